"""Comparison of what was read with truth that a person typed (`*.expect.json` beside a text).

The texts are not part of this repository; where they are absent the tests that use them are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oopsight import formats, model

SHARED = Path(__file__).parents[2] / "../shared"

# The truth knows three kinds; ours are finer.
_KINDS = {
    model.FrameKind.FAULT: "call",
    model.FrameKind.INTERRUPTED: "call",
    model.FrameKind.CALL: "call",
    model.FrameKind.ASM: "asm",
    model.FrameKind.NO_SYMBOL: "asm",
    model.FrameKind.USER: "user",
}


def read(path: Path) -> model.Document:
    """A text as an editor opens it."""
    with path.open(encoding="utf-8", newline="") as file:
        return model.Document.of(file.read(), key=str(path))


def texts(folder: str) -> list[tuple[Path, Path]]:
    """Pairs of text and truth in a folder of the shared pages; [] when it is absent."""
    pairs = []
    for truth in sorted((SHARED / folder).glob("*.expect.json")):
        told = json.loads(truth.read_text(encoding="utf-8"))
        names = told.get("texts") or [truth.name.replace(".expect.json", ".txt")]
        pairs += [(truth.parent / name, truth) for name in names]
    return pairs


def differences(text: Path, truth: Path) -> list[str]:
    """How our reading of `text` differs from `truth`, one sentence each."""
    told = json.loads(truth.read_text(encoding="utf-8"))
    document = read(text)
    crashes = formats.parse(document).crashes
    stacks = [stack for crash in crashes for stack in crash.stacks]
    found = []
    if len(crashes) != 1:
        found.append(f"{len(crashes)} crashes")
    # The person who typed the truth sometimes knew the architecture from elsewhere than the text.
    if crashes and crashes[0].arch not in (told.get("arch"), None):
        found.append(f"arch {crashes[0].arch} instead of {told.get('arch')}")
    if len(stacks) != len(told["stacks"]):
        found.append(f"{len(stacks)} stacks instead of {len(told['stacks'])}")
    cut = text.stem.endswith("-cut")
    for stack, wanted in zip(stacks, told["stacks"], strict=False):
        found += _stack(document, stack, wanted, cut=cut)
    windows = [window[0] for window in told.get("variable_windows", [])]
    ours = [w.spans[0].line + 1 for crash in crashes for w in crash.windows]
    # Some were typed from the line of the variable, some from that of its first member.
    if len(ours) != len(windows) or any(
        b - a not in (0, 1) for a, b in zip(ours, windows, strict=False)
    ):
        found.append(f"windows at {ours} instead of {windows}")
    return found


def _stack(
    document: model.Document, stack: model.Stack, told: dict[str, Any], *, cut: bool
) -> Iterator[str]:
    marks = [s for s in stack.spans if document.lines[s.line][s.start : s.start + 4] == "-->|"]
    ends = [s for s in stack.spans if document.lines[s.line][s.start : s.start + 4] == "---|"]
    ours: Any = [s.line + 1 for s in marks]
    if ours != told["markers"]:
        yield f"markers {ours} instead of {told['markers']}"
    ours = ends[0].line + 1 if ends else None
    if ours != told["end_of_frame"]:
        yield f"end {ours} instead of {told['end_of_frame']}"
    if stack.title != told.get("title"):
        yield f"title {stack.title} instead of {told.get('title')}"
    if len(stack.frames) != len(told["frames"]):
        yield f"{len(stack.frames)} frames instead of {len(told['frames'])}"
    for frame, wanted in zip(stack.frames, told["frames"], strict=False):
        if cut and "cut_version" in wanted:
            wanted = {**wanted, **wanted["cut_version"]}
        seen, expected = _ours(frame), _told(wanted)
        _align_touching(frame, seen, expected)
        for key, value in expected.items():
            if seen[key] != value:
                yield f"line {wanted['log_line']}: {key} {seen[key]!r} instead of {value!r}"


def _ours(frame: model.Frame) -> dict[str, Any]:
    return {
        "lines": (frame.spans[0].line + 1, frame.spans[-1].line + 1),
        "number": frame.number,
        "function": frame.code.function,
        "symbol": frame.code.symbol,
        "inlined": frame.inlined,
        "kind": _KINDS[frame.kind],
        "address": frame.code.address,
        "address_class": frame.code.address_class,
        "arguments": [(a.name, a.printed) for a in frame.arguments],
        "where": [a.where for a in frame.arguments],
        "cut": frame.cut,
        "fragment": frame.fragment or "",
        "remark": " ".join(frame.remarks),
    }


def _told(frame: dict[str, Any]) -> dict[str, Any]:
    arguments = frame["arguments"]
    return {
        "lines": (frame["log_line"], frame.get("last_line", frame["log_line"])),
        **{key: frame[key] for key in ("number", "function", "symbol", "inlined", "kind")},
        "address": frame["address"],
        **({"address_class": frame["address_class"]} if "address_class" in frame else {}),
        "arguments": [_told_argument(a) for a in arguments],
        "where": [":" if a.get("entry_value_mark") else a.get("where") for a in arguments],
        "cut": frame["cut"],
        "fragment": frame.get("fragment", "").strip(),
        "remark": frame.get("remark", ""),
    }


def _told_argument(argument: dict[str, Any]) -> tuple[str | None, str]:
    """A name without a value (`f(rq)`, typed by a person) is what was printed, under no name."""
    if argument["printed"] is None:
        return None, argument["name"]
    return argument["name"], argument["printed"]


def _align_touching(frame: model.Frame, seen: dict[str, Any], expected: dict[str, Any]) -> None:
    """Where the truth calls a value that touches the cut a fragment, ours is an argument that is marked as cut."""
    last = frame.arguments[-1] if frame.arguments else None
    if last and last.cut and last.number is None and expected["fragment"]:
        as_fragment = f"{last.name} = {last.printed}"
        if as_fragment == expected["fragment"] and len(seen["arguments"]) > len(
            expected["arguments"]
        ):
            seen["fragment"] = as_fragment
            seen["arguments"] = seen["arguments"][:-1]
            seen["where"] = seen["where"][:-1]
