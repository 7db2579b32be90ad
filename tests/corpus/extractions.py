"""What other extractors made of the same texts, beside what is read here: number of crashes, release, titles, frames.

    python -m tests.corpus.extractions

`abrt` keeps beside a text what its extractor prints for it: how many crashes, the release and lines of each. For texts
of `satyr` only frames can be counted: rows of a trace that name a place, counted by an expression of their own. Every
difference is listed; not all are faults, for an extractor cuts and drops lines.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.measure import CORPUS

from oopsight import formats, model
from oopsight.util import texts

# A row of a trace, of any age, without what a log puts in front.
_ROW = re.compile(
    r"^(?:.*\]|[ \t>]*)?[ \t]*(?:\(?\[<[0-9a-f]{8,16}>\]|(?:\[[0-9a-f]{8,16}\] ){2})?[ \t]*(?:\? )?\(?"
    r"(?P<place>[:\w.$-]+\+0x[0-9a-f]+/0x[0-9a-f]+)(?: \[[\w-]+\])?\)?(?: \(unreliable\))?[ \t]*$"
)
_FROM = re.compile(r"from (?:\[<[0-9a-f]{8}>\] \()?(?P<place>[\w.$]+\+0x[0-9a-f]+/0x[0-9a-f]+)")
# What stands alone on a line and is no frame.
_NO_ROW = re.compile(r"(?:PC|LR|IP) is at|NIP|\bLR\b|IP:|caller is|\bat:| at \(|\bkey\b")
# Below these stands one place, and no trace.
_ONE_BELOW = re.compile(
    r"Last Breaking-Event-Address:|is trying to release lock .* at:|Preemption disabled at:"
)
_FOUND = re.compile(r"Found oopses: (\d+)")


@dataclass
class Told:
    """A crash of an extraction."""

    release: str
    title: str
    places: Counter[str]


def told(path: Path) -> tuple[int, list[Told]]:
    """How many crashes an extraction names, and what it prints of each."""
    text = texts.decode(path.read_bytes())
    count = int(found[1]) if (found := _FOUND.search(text)) else 0
    crashes = []
    for block in re.split(r"(?m)^Version:", text)[1:]:
        release, _, body = block.partition("\n")
        lines = [line for line in body.split("\n") if line.strip()]
        crashes.append(Told(release.strip(), lines[0].strip() if lines else "", places(lines)))
    return count, crashes


def places(lines: list[str]) -> Counter[str]:
    """The places of the rows among these lines."""
    found: Counter[str] = Counter()
    for above, line in zip(["", *lines], lines, strict=False):
        if _ONE_BELOW.search(above):
            continue
        match = _FROM.search(line) or (None if _NO_ROW.search(line) else _ROW.match(line))
        if match:
            found[match["place"].split(":")[-1]] += 1
    return found


def read(crashes: tuple[model.Crash, ...]) -> Counter[str]:
    """The same of what is read here; the saved pc in front of a trace is no row of it."""
    found: Counter[str] = Counter()
    for crash in crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                code = frame.code
                if code.symbol is not None and code.offset is not None and code.size is not None:
                    pc = frame.kind is not model.FrameKind.CALL and code.address is None
                    if not pc:
                        found[f"{code.symbol}+{code.offset:#x}/{code.size:#x}"] += 1
    return found


def differences(name: str, text: str, want: Counter[str]) -> Iterator[str]:
    """Frames that stand on one side only."""
    crashes = formats.parse(model.Document.of(text)).crashes
    have = read(crashes)
    pcs = Counter(
        f"{f.code.symbol}+{f.code.offset:#x}/{f.code.size:#x}"
        for crash in crashes
        for stack in crash.stacks
        for f in stack.frames
        if f.code.symbol and f.code.offset is not None and f.code.size is not None
    )
    for place in (want - pcs).elements():
        yield f"{name}: not read as a frame: {place}"
    for place in (have - want).elements():
        yield f"{name}: a frame here only: {place}"


def abrt() -> Iterator[str]:
    """Differences to the extractions of abrt, and crashes in texts that hold none."""
    for path in sorted((CORPUS / "abrt").iterdir()):
        if ".test" not in path.name:
            continue
        text = texts.decode(path.read_bytes())
        crashes = formats.parse(model.Document.of(text)).crashes
        if path.name.startswith(("not_oops", "no_oops")) and crashes:
            yield f"abrt/{path.name}: a crash where there is none: {crashes[0].title}"
        right = path.with_name(path.name.split(".test")[0] + ".right")
        if not right.exists():
            continue
        count, wanted = told(right)
        if count != len(crashes):
            titles = [crash.title for crash in crashes]
            yield f"abrt/{path.name}: {count} crashes told, {len(crashes)} read: {titles}"
        releases = {crash.release for crash in crashes}
        for one in wanted:
            if one.release and one.release not in releases:
                yield f"abrt/{path.name}: release {one.release} told, {releases} read"
            titles = [crash.title or "" for crash in crashes]
            if not any(one.title.startswith(t) or t in one.title for t in titles if t):
                yield f"abrt/{path.name}: told {one.title!r}, read {titles}"
            yield from differences(f"abrt/{path.name}", text, one.places)


def satyr() -> Iterator[str]:
    """Differences between the rows of a trace as they are counted here and the frames that are read."""
    for path in sorted((CORPUS / "satyr").iterdir()):
        if path.name in ("COPYING", "MANIFEST.tsv"):
            continue
        text = texts.decode(path.read_bytes())
        yield from differences(f"satyr/{path.name}", text, places(text.split("\n")))


def main() -> int:
    """Run as a program."""
    if not CORPUS.is_dir():
        print(f"There is no corpus at {CORPUS}; nothing was compared.")
        return 0
    found = [*abrt(), *satyr()]
    for line in found:
        print(line)
    print(f"{len(found)} differences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
