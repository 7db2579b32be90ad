"""An open text with its line ends, and edits of it: splices of lines, in code points.

The ends matter: a CR that is typed at the end of a line that ends with LF makes CR LF, one end and not two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model

# As `model.Document.of` splits.
_LINE_END = re.compile(r"\r\n|\n|\r")
Place = tuple[int, int]
"""A line, and a code point in it; both from 0."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """An open document and the end of each of its lines, which is empty for the last."""

    document: model.Document
    ends: tuple[str, ...]

    @staticmethod
    def of(text: str, key: str, version: int) -> Buffer:
        """A text as it was opened."""
        return Draft.of(text).done(key, version)

    @property
    def text(self) -> str:
        """The whole text."""
        lines = self.document.lines
        return "".join(part for pair in zip(lines, self.ends, strict=True) for part in pair)


@dataclass(slots=True)
class Draft:
    """A text that is being edited."""

    lines: list[str]
    ends: list[str]

    @staticmethod
    def of(text: str) -> Draft:
        """A whole text."""
        return Draft(_LINE_END.split(text), [*_LINE_END.findall(text), ""])

    @staticmethod
    def from_buffer(buffer: Buffer) -> Draft:
        """A copy to edit."""
        return Draft(list(buffer.document.lines), list(buffer.ends))

    def done(self, key: str, version: int) -> Buffer:
        """The text as it is now."""
        return Buffer(model.Document(key, version, tuple(self.lines)), tuple(self.ends))

    def replace(self, start: Place, end: Place, text: str) -> None:
        """Put `text` in place of what stands between two places of this text; an end before the start deletes nothing."""
        end = max(start, end)
        (first, low), (last, high) = start, end
        head, tail = self.lines[first][:low], self.lines[last][high:] + self.ends[last]
        if first > 0 and self.ends[first - 1] == "\r":  # which may become half of a CR LF
            first -= 1
            head = f"{self.lines[first]}\r{head}"
        new = Draft.of(head + text + tail)
        if self.ends[last]:
            # What follows the end of the last line stands in the text already.
            new.lines.pop()
            new.ends.pop()
        self.lines[first : last + 1] = new.lines
        self.ends[first : last + 1] = new.ends


def inside(lines: Sequence[str], line: int, column: int) -> Place:
    """The place, or the nearest one of the text."""
    if line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    line = max(line, 0)
    return line, min(max(column, 0), len(lines[line]))
