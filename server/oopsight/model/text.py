"""Text of a log: documents, places in them, and lines that remember where their characters came from."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Exactly the line ends that editors and the Language Server Protocol know. `str.splitlines` knows more
# (form feed, U+2028 …), which would shift every later line.
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in one line of a document.

    `line` counts from 0; `start` and `end` are code points of the original line, half-open.
    """

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the user has it: `key` names it (a URI or a path), `lines` have no line ends."""

    key: str
    version: int
    lines: tuple[str, ...]

    @staticmethod
    def of(text: str, key: str = "", version: int = 0) -> Document:
        """Split `text` into lines at CR LF, LF and CR, and nowhere else."""
        return Document(key, version, tuple(_LINE_END.split(text)))


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` code points at `at` in a cleaned line stand at `line`:`start` of the document.

    `taken` is how many code points of the document they were written with, where that is another number: `&gt;` is
    one character of the text and four of the document. Such a piece is never divided.
    """

    at: int
    length: int
    line: int
    start: int
    taken: int | None = None

    @property
    def end(self) -> int:
        """Where the piece ends in its line of the document."""
        return self.start + (self.length if self.taken is None else self.taken)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log without its prefixes and damage, put together from pieces of the original.

    `number` is the document line (from 0) on which it starts. Pieces are in the order of the text; text between two
    pieces (a blank where a line was wrapped) stands nowhere in the document. `time` is the printed time in seconds,
    `caller` who printed it, as the kernel writes it (`T7073` a task, `C2` a CPU; `C2 T7073` where a task logged what
    a CPU printed); both None when the line does not print them. `noise` is a remark of the console itself, which no report contains. `spliced`: another CPU's line
    cut in where this one ends; `foreign`: this one stands where another printer's line was cut.
    """

    number: int
    text: str
    pieces: tuple[Piece, ...]
    time: float | None = None
    caller: str | None = None
    noise: bool = False
    spliced: bool = False
    foreign: bool = False

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Where the cleaned text[start:end] stands in the document, in the order of the text.

        Pieces that follow each other in the document give one span.
        """
        if len(self.pieces) == 1:
            # Nearly all lines are one piece, and nearly all places lie within it.
            piece = self.pieces[0]
            if piece.taken is None and piece.at <= start <= end <= piece.at + piece.length:
                shift = piece.start - piece.at
                return (Span(piece.line, start + shift, end + shift),)
        found: list[Span] = []
        for piece in self.pieces:
            low = max(start, piece.at)
            high = min(end, piece.at + piece.length)
            if not (low < high or (start == end == low == high)):
                continue
            if piece.taken is None:
                shift = piece.start - piece.at
                span = Span(piece.line, low + shift, high + shift)
            else:
                span = Span(piece.line, piece.start, piece.end)
            if found and found[-1].line == span.line and found[-1].end == span.start:
                span = Span(span.line, found.pop().start, span.end)
            found.append(span)
        return tuple(found)
