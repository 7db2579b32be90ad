"""A printk time that was printed into another line, and that a wrap broke in two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from oopsight import model
from oopsight.log import ropes

# What of a time and its caller may stand at the end of a line.
_BEGUN = re.compile(
    r"\[[ \t]{0,8}(?:[0-9]{1,10}(?:\.(?:[0-9]{0,5}|[0-9]{6}(?:\](?:\[[ \t]{0,8}(?:[TC][0-9]{0,10})?)?)?)?)?)?$",
    re.ASCII,
)
_WHOLE = re.compile(r"\[[ \t]{0,8}[0-9]{1,10}\.[0-9]{6}\](?:\[[ \t]{0,8}[TC][0-9]{1,10}\])?(?:[ \t]|$)", re.ASCII)  # fmt: skip
# A caller alone, whose time was read.
_CALLER = re.compile(r"\[[ \t]{0,8}[TC][0-9]{1,10}\](?:[ \t]|$)", re.ASCII)
# What is left of it is no longer.
_LEFT = 40


def without_halves(
    lines: Sequence[model.LogLine], bare: Callable[[model.LogLine], tuple[model.LogLine, ...]]
) -> Sequence[model.LogLine]:
    """Lines that end within a time, with the line on which it ends, and then parted before it by `bare`."""
    mended: list[model.LogLine] = []
    for line in lines:
        above = mended[-1] if mended else None
        begun = _begun(above.text) if above is not None else None
        if above is None or begun is None:
            mended.append(line)
        elif _is_other(above, line):
            # What is left of the time was read without its bracket.
            mended[-1:] = (
                replace(ropes.part(above, 0, begun), spliced=True),
                replace(line, foreign=True),
            )
        elif _ends(above.text, begun, line.text) or _is_caller(above, line):
            mended[-1:] = bare(ropes.joined((above, line)))
        else:
            mended.append(line)
    return mended if any(a is not b for a, b in zip(mended, lines, strict=False)) else lines


def _begun(text: str) -> int | None:
    """Where the time begins within which a text ends."""
    found = _BEGUN.search(text, max(0, len(text) - _LEFT)) if "[" in text[-_LEFT:] else None
    return found.start() if found else None


def _ends(text: str, begun: int, rest: str) -> bool:
    """Whether the time that begins there goes on with `rest`."""
    whole = _WHOLE.match(text[begun:] + rest[:_LEFT])
    return whole is not None and whole.end() > len(text) - begun


def _is_caller(line: model.LogLine, below: model.LogLine) -> bool:
    """Whether nothing but the bracket of a caller is left of a line, and the caller stands below."""
    alone = line.text.strip() == "[" and line.time is not None
    return alone and _CALLER.match("[" + below.text[:_LEFT]) is not None


def _is_other(line: model.LogLine, below: model.LogLine) -> bool:
    """Whether the line below was printed by another one at the same moment."""
    known = None not in (line.caller, below.caller) and line.caller != below.caller
    return known and below.time == line.time and line.text.rstrip(" \t").endswith("[")
