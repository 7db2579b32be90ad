"""Cutting, joining and respelling lines of a log so that every character still knows where it came from.

Repairs of damaged text are written with these operations alone; none of them can lose a column. All are linear, also
for a line of many pieces.
"""

from __future__ import annotations

import bisect
import itertools
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from oopsight import model

_END = re.compile(r"[\n\v]")
_PLACE = operator.attrgetter("at")


def whole(number: int, raw: str) -> model.LogLine:
    """A line of the document as it stands."""
    return model.LogLine(number, raw, (model.Piece(0, len(raw), number, 0),))


def part(line: model.LogLine, start: int, end: int | None = None) -> model.LogLine:
    """The text[start:end] of a line as a line of its own; a respelled piece belongs to the part where it begins.

    An empty part stands at the place where it was cut out.
    """
    end = len(line.text) if end is None else min(end, len(line.text))
    start = min(start, end)
    pieces = tuple(_parts(line.pieces, start, end, -start)) or _nothing_at(line.pieces, start)
    number = pieces[0].line if pieces else line.number
    return replace(line, number=number, text=line.text[start:end], pieces=pieces)


def joined(lines: Sequence[model.LogLine], glue: str = "") -> model.LogLine:
    """One line out of several (at least one), with `glue` between them; number, time and caller are the first one's."""
    texts: list[str] = []
    pieces: list[model.Piece] = []
    at = 0
    for line in lines:
        if texts and glue:
            texts.append(glue)
            at += len(glue)
        texts.append(line.text)
        pieces += [replace(piece, at=piece.at + at) for piece in line.pieces]
        at += len(line.text)
    return replace(lines[0], text="".join(texts), pieces=tuple(pieces))


def translated(line: model.LogLine, table: dict[int, str]) -> model.LogLine:
    """The line with single characters replaced by single characters; nothing moves."""
    if line.text.isascii():
        return line
    text = line.text.translate(table)
    return line if text == line.text else replace(line, text=text)


def broken(line: model.LogLine) -> tuple[model.LogLine, ...]:
    r"""The parts of a line between the ends that are written in it, `\n` a line's and `\v` a paragraph's.

    Parts without text are left out, but between two ends of lines; one part is left at least.
    """
    ends = [found.span() for found in _END.finditer(line.text)]
    if not ends:
        return (line,)
    borders = [(0, 0), *ends, (len(line.text), len(line.text))]
    parts: list[model.LogLine] = []
    for (before, start), (end, after) in itertools.pairwise(borders):
        blank_line = line.text[before:start] == line.text[end:after] == "\n"
        if blank_line or line.text[start:end].strip():
            parts.append(part(line, start, end))
    return tuple(parts) or (part(line, 0, 0),)


def respelled(line: model.LogLine, changes: Iterable[tuple[int, int, str]]) -> model.LogLine:
    """The line with each text[start:end] replaced; `changes` are in order and do not overlap.

    What replaces a text stands where the text stood; a text that is replaced by nothing is gone.
    """
    texts: list[str] = []
    pieces: list[model.Piece] = []
    done = at = 0
    for start, end, text in changes:
        texts += (line.text[done:start], text)
        pieces += _parts(line.pieces, done, start, at - done)
        at += start - done
        if text:
            pieces += _respelled(_spans(line, start, end), at, text)
        at += len(text)
        done = end
    texts.append(line.text[done:])
    pieces += _parts(line.pieces, done, len(line.text), at - done)
    kept = tuple(pieces) or _nothing_at(line.pieces, 0)
    number = kept[0].line if kept else line.number
    return replace(line, number=number, text="".join(texts), pieces=kept)


def _spans(line: model.LogLine, start: int, end: int) -> tuple[model.Span, ...]:
    """`line.spans(start, end)`, without a look at pieces far away."""
    if len(line.pieces) < 8:
        return line.spans(start, end)
    first = max(0, bisect.bisect_left(line.pieces, start, key=_PLACE) - 1)
    last = bisect.bisect_right(line.pieces, end, key=_PLACE)
    return replace(line, pieces=line.pieces[first:last]).spans(start, end)


def _respelled(spans: Sequence[model.Span], at: int, text: str) -> list[model.Piece]:
    """The piece for a new spelling; of several lines (a spelling that was wrapped) the first one counts."""
    if not spans:
        return []
    first, last = spans[0], spans[-1]
    taken = (last if last.line == first.line else first).end - first.start
    same = taken == len(text) and len(spans) == 1
    return [model.Piece(at, len(text), first.line, first.start, None if same else taken)]


def _parts(
    pieces: Sequence[model.Piece], start: int, end: int, shift: int
) -> Iterator[model.Piece]:
    """The pieces of text[start:end], moved by `shift`; a respelled one is whole or absent, by where it begins."""
    first = max(0, bisect.bisect_right(pieces, start, key=_PLACE) - 1)
    for index in range(first, len(pieces)):
        piece = pieces[index]
        if piece.at >= end:
            return
        if piece.taken is not None:
            if start <= piece.at:
                yield replace(piece, at=piece.at + shift, length=min(piece.length, end - piece.at))
            continue
        low, high = max(start, piece.at), min(end, piece.at + piece.length)
        if low < high:
            yield model.Piece(low + shift, high - low, piece.line, piece.start + low - piece.at)


def _nothing_at(pieces: Sequence[model.Piece], start: int) -> tuple[model.Piece, ...]:
    """The empty piece at the place of text[start]: a line without text still stands somewhere."""
    if not pieces:
        return ()
    piece = pieces[max(0, bisect.bisect_right(pieces, start, key=_PLACE) - 1)]
    if start >= piece.at + piece.length:
        column = piece.end
    else:
        column = piece.start + (start - piece.at if piece.taken is None else 0)
    return (model.Piece(0, 0, piece.line, column),)
