"""Elements that transport broke over several lines are put together again, and those that share a line are parted.

Terminals cut lines at their width, mailers at the blank before theirs, a debugger at its window's edge, another CPU
wherever it likes; trackers put everything on one line. What an element is, and what can go on with one, only the
formats know: each says so in a `Shape`. Nothing here changes a character or loses a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from oopsight import log, model

# An element that takes more lines, or is longer, is none: people do not wrap a frame a hundred times.
_MOST_LINES = 64
_LONGEST = 8192
# Lines of other people between a line that a debugger wrapped and its rest.
_MOST_PASSED = 3
# No terminal is narrower.
_NARROWEST = 40


class Edge(Enum):
    """How near to the place where lines of the text end a line comes."""

    FAR = 0
    NEAR = 1  # the next line's first word had no room behind it
    FULL = 2  # it ends at the widest column, or where another CPU cut in


@dataclass(frozen=True, slots=True)
class Joint:
    """How a line goes on with an element.

    `start` is where in the line the rest begins (a debugger repeats the frame's number), `glue` stands between,
    `surely`: by its form alone the line can be nothing else. `inside`: it is a rest only if the stack goes on below it.
    """

    glue: str
    start: int = 0
    surely: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What unwrapping must know of a format.

    `begins` matches a line on which an element begins, at its first character; `inner` finds where elements begin on
    a line that holds several. `end` is where an element's own text ends, None while it is not finished. `joint` says
    how a line goes on with an unfinished or finished element, None when it does not; its last argument tells whether
    the element stands at the edge where lines end.
    """

    begins: re.Pattern[str]
    inner: re.Pattern[str]
    end: Callable[[str], int | None]
    joint: Callable[[str, str, Edge], Joint | None]


def unwrap(lines: Sequence[model.LogLine], shapes: Sequence[Shape]) -> list[model.LogLine]:
    """The lines with every element of `shapes` on one line of its own, as far as that can be known."""
    parted = _parted(lines, shapes)
    widest = max((_edge(line) for line in parted), default=0)
    wrap = _Wrap(shapes, widest)
    found = list(_joined(parted, wrap))
    if wrap.proven:
        # Now that lines are known to be cut at the widest column, a rest that does not end its element is believed.
        found = list(_joined(parted, replace(wrap, believing=True)))
    return found


@dataclass(slots=True)
class _Wrap:
    """How the lines of a text are wrapped: the widest column, and whether an element was whole with its rest there."""

    shapes: Sequence[Shape]
    widest: int
    believing: bool = False
    proven: bool = False


# Everything on one line


def _parted(lines: Sequence[model.LogLine], shapes: Sequence[Shape]) -> list[model.LogLine]:
    """Lines that hold several elements, divided; the lines on which such a line was wrapped are undone first."""
    found: list[model.LogLine] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not _crowded(line.text, shapes):
            found.append(line)
            continue
        crowd = [line]
        while at < len(lines) and _goes_on_crowded(lines[at], shapes):
            crowd.append(lines[at])
            at += 1
        found += _divided(_one_line(crowd), shapes)
    return found


def _crowded(text: str, shapes: Sequence[Shape]) -> bool:
    """Whether a line holds more than one element of a format."""
    return any(len(_starts(text, shape, 2)) > 1 for shape in shapes)


def _goes_on_crowded(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    """Whether a line below a crowded one is its wrapped rest: it begins within an element, whatever follows then."""
    return bool(line.text.strip()) and not any(shape.begins.match(line.text) for shape in shapes)


def _starts(text: str, shape: Shape, most: int | None = None) -> list[int]:
    """Where elements begin on a line."""
    starts = []
    for found in shape.inner.finditer(text):
        starts.append(found.start())
        if len(starts) == most:
            break
    return starts


def _one_line(lines: Sequence[model.LogLine]) -> model.LogLine:
    """Wrapped lines of a crowd as one: cut at a width they follow each other directly, wrapped at blanks with one."""
    if len(lines) == 1:
        return lines[0]
    ends = [_edge(line) for line in lines[:-1]]
    cut = max(ends) >= _NARROWEST and min(ends) == max(ends)
    return log.joined(lines, "" if cut else " ")


def _divided(line: model.LogLine, shapes: Sequence[Shape]) -> Iterator[model.LogLine]:
    """The elements of a crowded line, each alone; what stands before, between and behind them are lines, too."""
    shape = max(shapes, key=lambda one: len(_starts(line.text, one)))
    starts = _starts(line.text, shape)
    borders = [0, *(start for start in starts if start > 0), len(line.text)]
    for start, end in pairwise(borders):
        own = shape.end(line.text[start:end])
        middle = end if own is None else start + own
        for low, high in ((start, middle), (middle, end)):
            if line.text[low:high].strip():
                yield log.part(line, low, high)


# Wrapped lines


def _joined(lines: Sequence[model.LogLine], wrap: _Wrap) -> Iterator[model.LogLine]:
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        shape = next((one for one in wrap.shapes if one.begins.match(line.text)), None)
        if shape is None:
            yield line
            continue
        taken, whole, between = _with_rest(lines, at, shape, wrap)
        yield whole
        yield from between
        at = taken


def _with_rest(
    lines: Sequence[model.LogLine], at: int, shape: Shape, wrap: _Wrap
) -> tuple[int, model.LogLine, list[model.LogLine]]:
    """The element on the line before lines[at] with its rest; where the next line is, and what stood between.

    Lines are taken on trial until the element ends. If it never does, only those lines stay that are its rest by
    their own form, or that follow a line which reaches the edge of a text that is known to be cut there.
    """
    element = kept = lines[at - 1]
    passed: list[model.LogLine] = []
    kept_passed = 0
    taken = at
    trusted = True  # every joint so far is sure
    tried = at
    while tried < len(lines) and tried - at < _MOST_LINES and len(element.text) < _LONGEST:
        line = lines[tried]
        tried += 1
        edge = _edge_of(element, line, wrap.widest)
        joint = None if line.noise else _joint(shape, wrap.shapes, element, line, edge)
        open_before = shape.end(element.text) is None
        between = _is_between(lines, tried, wrap.shapes)
        if joint and joint.inside and not between and not open_before:
            joint = None
        if joint is None:
            if line.noise or (len(passed) < _MOST_PASSED and not _begins(line, wrap.shapes)):
                passed.append(line)
                continue
            break
        if len(passed) > sum(one.noise for one in passed) and not joint.start:
            break  # only a repeated number leads over other lines
        element = log.joined((element, log.part(line, joint.start)), joint.glue)
        believed = edge is Edge.FULL and (wrap.believing or lines[tried - 2].spliced)
        trusted = trusted and (joint.surely or believed)
        ended = shape.end(element.text) is not None
        wrap.proven = wrap.proven or (ended and open_before and edge is Edge.FULL)
        if trusted or (joint.inside and between) or ended:
            kept, taken, kept_passed = element, tried, len(passed)
    return taken, replace(kept, spliced=False), passed[:kept_passed]


def _joint(
    shape: Shape,
    shapes: Sequence[Shape],
    element: model.LogLine,
    line: model.LogLine,
    edge: Edge,
) -> Joint | None:
    if not line.text.strip():
        return None
    joint = shape.joint(element.text, line.text, edge)
    return None if joint and not joint.start and _begins(line, shapes) else joint


def _edge_of(line: model.LogLine, following: model.LogLine, widest: int) -> Edge:
    end = _edge(line)
    if line.spliced or (widest >= _NARROWEST and end >= widest):
        return Edge.FULL
    first = len(following.text.split(maxsplit=1)[0]) if following.text.strip() else 0
    return Edge.NEAR if end + 1 + first > widest >= _NARROWEST else Edge.FAR


def _begins(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    return any(shape.begins.match(line.text) for shape in shapes)


def _is_between(lines: Sequence[model.LogLine], at: int, shapes: Sequence[Shape]) -> bool:
    """Whether an element begins on lines[at]: then the line before it stands in the midst of a stack."""
    return at < len(lines) and _begins(lines[at], shapes)


def _edge(line: model.LogLine) -> int:
    """The column of the document at which a line ends."""
    return line.pieces[-1].end if line.pieces else 0
