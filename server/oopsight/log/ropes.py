"""Cutting, joining and respelling lines of a log so that every character still knows where it came from.

Repairs of damaged text are written with these operations alone; none of them can lose a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from oopsight import model


def whole(number: int, raw: str) -> model.LogLine:
    """A line of the document as it stands."""
    return model.LogLine(number, raw, (model.Piece(0, len(raw), number, 0),))


def part(line: model.LogLine, start: int, end: int | None = None) -> model.LogLine:
    """The text[start:end] of a line as a line of its own; a respelled piece belongs to the part where it begins."""
    end = len(line.text) if end is None else min(end, len(line.text))
    start = min(start, end)
    pieces = tuple(_parts(line.pieces, start, end, -start))
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
            pieces += _respelled(line.spans(start, end), at, text)
        at += len(text)
        done = end
    texts.append(line.text[done:])
    pieces += _parts(line.pieces, done, len(line.text), at - done)
    return replace(line, text="".join(texts), pieces=tuple(pieces))


def _respelled(spans: Sequence[model.Span], at: int, text: str) -> list[model.Piece]:
    """The piece for a new spelling; of several spans (a spelling that was wrapped) the first one counts."""
    if not spans:
        return []
    first = spans[0]
    taken = first.end - first.start
    same = taken == len(text) and len(spans) == 1
    return [model.Piece(at, len(text), first.line, first.start, None if same else taken)]


def _parts(
    pieces: Sequence[model.Piece], start: int, end: int, shift: int
) -> Iterable[model.Piece]:
    """The pieces of text[start:end], moved by `shift`; a respelled one is whole or absent, by where it begins."""
    for piece in pieces:
        if piece.taken is not None:
            if start <= piece.at < end:
                yield replace(piece, at=piece.at + shift, length=min(piece.length, end - piece.at))
            continue
        low, high = max(start, piece.at), min(end, piece.at + piece.length)
        if low < high:
            yield model.Piece(low + shift, high - low, piece.line, piece.start + low - piece.at)
