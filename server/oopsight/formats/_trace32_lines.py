"""Which lines that look like frames are frames: tables, expressions and sentences look like them, too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from oopsight import model
from oopsight.formats import _arguments, _format
from oopsight.formats import _trace32_shape as shape

_REMARK_BEGINS = re.compile(shape.REMARK)


# Other people's lines may stand between a name alone and the next line of its stack.
_NEAR = 3


def frames_and_markers(
    lines: Sequence[model.LogLine], matches: Sequence[_format.Match]
) -> Iterator[_format.Match]:
    """Leave out frames behind other text that stand alone among frames: somebody writes about them.

    They count where a neighbouring line is one of a stack, or where the text has no other frames.
    """
    matches = list(_frames_only(lines, matches))
    parts = {m.at for m in matches if m.kind in ("frame", "exception", "end")}
    alone = all(m.groups["lead"] for m in matches if m.kind == "frame")
    last = -1
    for match in matches:
        led = match.kind in ("frame", "exception", "end") and match.groups["lead"]
        if led:
            near = match.at - 1 in parts or match.at + 1 in parts
            if not (near or (alone and not _is_open(match))):
                continue
            if match.kind == "frame" and not _fills_line(match):
                continue
            if match.kind == "frame" and _is_unended(match) and number_of(match) < last:
                continue  # somebody writes about a frame that was printed above
        if match.kind == "frame":
            last = number_of(match)
        yield match


def _frames_only(
    lines: Sequence[model.LogLine], matches: Sequence[_format.Match]
) -> Iterator[_format.Match]:
    """Leave out what only looks like a frame.

    A line whose beginning is mangled, or behind which something stands as in source code, needs a frame with the same
    or the neighbouring number on the line above or below; else every numbered table would be a stack. A name alone
    needs another line of a stack beside it.
    """
    texts = [at for at, line in enumerate(lines) if line.text.strip() and not line.noise]
    place = {at: number for number, at in enumerate(texts)}
    matches = [match for match in matches if match.at in place]
    parts = {place[m.at] for m in matches if m.kind in ("frame", "exception", "end", "row")}
    frames = [m for m in matches if m.kind == "frame"]
    beside = _beside([place[m.at] for m in frames])
    firm = {place[m.at]: number_of(m) for m in frames if _is_firm(m) and not _is_code(m)}
    weak = [m for m in frames if place[m.at] not in firm]
    for some in (weak, weak[::-1]):  # a firm frame holds up those below it and above it
        for match in some:
            near = [firm[at] for at in beside[place[match.at]] if at in firm]
            if any(abs(number - number_of(match)) <= 1 for number in near):
                firm[place[match.at]] = number_of(match)
    for match in matches:
        if match.kind == "frame":
            last = place[match.at] == len(texts) - 1  # a text may begin to be pasted here
            around = range(place[match.at] - _NEAR, place[match.at] + _NEAR + 1)
            named = match.groups["open"] or last or parts & (set(around) - {place[match.at]})
            if place[match.at] not in firm or not named:
                continue
        yield match


# More lines between two frames are somebody's text.
_FEW = 6
# So near behind the last frame a line that begins like one is looked for.
_BEHIND = 3
_BETWEEN = "This line stands between two frames and is not read; it may be the rest of the line above it, or have lost its mark."
_UNBROKEN = "Paste the stack with its own line ends, as the debugger shows it."


def left_between(
    lines: Sequence[model.LogLine], places: Sequence[int], read: Collection[int]
) -> model.Problem | None:
    """The first line between frames of one stack, at `places`, that is not `read` and may belong to them.

    What people write there stands apart or begins with a mark. A text that transport has broken may have lines that
    are no one's; else only what looks like a row that has lost its bar is said.
    """
    order = sorted(places)
    last = min(order[-1] + _BEHIND, len(lines)) if order else 0
    for above, below in pairwise([*order, last]):
        between = [
            lines[at] for at in range(above + 1, below) if at not in read and not lines[at].noise
        ]
        if len(between) > _FEW:
            continue
        apart = not all(line.text.strip() for line in between)
        torn = lines[above].spliced or len(_rows_of(lines[above])) > 1
        for line in between:
            torn = torn or line.foreign or len(_rows_of(line, lines[above])) == 1
            own = _REMARK_BEGINS.match(line.text.strip())
            begun = shape.SHAPE.begins.match(line.text) and not shape.is_heading(line.text)
            if begun or (
                above != order[-1]
                and ((torn and not apart) or _ROW_LIKE.search(line.text))
                and not own
            ):
                span = next(iter(line.spans(0, len(line.text))), None)
                return model.Problem("damaged", _BETWEEN, span, _UNBROKEN)
    return None


_ROW_LIKE = re.compile(r"^[ \t]*[\w.\[\]]{1,80} = |;[ \t]*$")


def _rows_of(*lines: model.LogLine) -> set[int]:
    """The lines of the document on which these lines stand."""
    return {piece.line for line in lines for piece in line.pieces}


def _beside(places: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    """The places of the frames above and below each frame, where no more than one line, an answer, stands between."""
    around = zip(places, [None, *places][:-1], [*places, None][1:], strict=True)
    return {
        at: tuple(near for near in both if near is not None and abs(near - at) <= 2)
        for at, *both in around
    }


def _is_firm(match: _format.Match) -> bool:
    groups = match.groups
    if groups["dash"] and not groups["gap"]:
        return bool(groups["open"] or len(groups["number"]) > 1)
    return _fills_line(match)


def _is_code(match: _format.Match) -> bool:
    """Whether what stands behind a frame shows that it is none."""
    opened = match.groups.end("open")
    end = _arguments.end(match.line.text, opened) if opened >= 0 else match.groups.end()
    return end is not None and shape.goes_on_as_code(match.line.text, end)


def number_of(match: _format.Match) -> int:
    """The number that a frame's line prints."""
    return int(match.groups["number"] or match.groups["bald"])


def _is_unended(match: _format.Match) -> bool:
    opened = match.groups.end("open")
    return opened >= 0 and _arguments.end(match.line.text, opened) is None


def _is_open(match: _format.Match) -> bool:
    """Whether words alone are left of a frame's arguments: so does the text column of a dump end."""
    if match.kind != "frame" or not match.groups["open"]:
        return False
    opened = match.groups.end("open")
    text = match.line.text
    return _arguments.end(text, opened) is None and "=" not in text[opened:]


def _fills_line(match: _format.Match) -> bool:
    """Whether a frame goes to the end of its line, as a sentence about a frame or a table would not."""
    if not match.groups["open"]:
        return False
    read = _arguments.read(match.line, match.groups.end("open"), shape.WORDS)
    rest = match.line.text[read.end :].strip()
    return not rest or bool(_REMARK_BEGINS.match(rest))
