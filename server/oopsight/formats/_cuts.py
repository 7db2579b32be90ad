"""Lines that were cut at a column: what ends there may not be whole, also where it looks so.

Windows have a width, and so have the fields of trackers and the columns of a log. Elements that do not end betray the
column; rows of variables and names that end at the same one were cut, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.formats import _shapes

# So many lines that end at one column are no chance.
_SOME = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """Where lines were cut: at a `column` of the document, or of the text behind the prefixes, as `measure` tells."""

    column: int
    measure: Callable[[model.LogLine], int]

    def ends(self, line: model.LogLine) -> bool:
        """Whether a line ends where lines were cut."""
        return self.measure(line) == self.column

    def marked(self, lines: Sequence[model.LogLine]) -> tuple[model.LogLine, ...]:
        """The lines, of which those that end there are marked."""
        return tuple(replace(line, cut=True) if self.ends(line) else line for line in lines)

    def problems(
        self, lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
    ) -> Iterator[model.Problem]:
        """What may be missing where a line that looks whole ends at the column."""
        doubted = (line for line in lines if line.cut and not _is_open(line, shapes))
        line = next(doubted, None)
        if line is not None:
            at = len(line.text.rstrip())
            span = next(iter(line.spans(max(0, at - 1), at)), None)
            yield model.Problem("cut-short", _MAY_BE_CUT, span, _WIDER)


_MAY_BE_CUT = (
    "Other lines of this text are cut at this column, so what ends here may not be whole, either."
)
_WIDER = "Paste the text with its lines in full length."


def find(
    lines: Sequence[model.LogLine],
    joined: Sequence[model.LogLine],
    shapes: Sequence[_shapes.Shape],
) -> Cut | None:
    """Where the lines were cut, if they were: at the widest column, where elements end that never come to their end.

    `joined` are the lines with broken elements put together; the last one of a text may be cut for itself.
    """
    texts = [line for line in lines if line.pieces and line.text.strip() and not line.noise]
    open_ = [line for line in joined[:-1] if line.pieces and _is_open(line, shapes)]
    last = texts[-1].number if texts else 0
    for measure in (_column, _length):
        ends = [measure(line) for line in texts]
        widest = max(ends, default=0)
        cut = any(measure(line) == widest and line.number != last for line in open_)
        if cut and ends.count(widest) >= _SOME and widest >= _shapes.NARROWEST:
            return Cut(widest, measure)
    return None


def _is_open(line: model.LogLine, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether an element begins on a line and does not end on it."""
    return any(shape.begins.match(line.text) and shape.end(line.text) is None for shape in shapes)


def _column(line: model.LogLine) -> int:
    return line.pieces[-1].end if line.pieces else 0


def _length(line: model.LogLine) -> int:
    return len(line.text)
