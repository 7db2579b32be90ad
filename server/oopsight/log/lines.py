"""Document → clean lines: prefixes and the damage of transport taken away, every column still known.

Knows no callstack format. Reading never fails, and text that is neither prefix nor damage is kept as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from oopsight import model
from oopsight.log import characters, markup, repairs, ropes, splices, stripping

# So many lines are remembered clean: an editor asks again after each keystroke.
_REMEMBERED = 1 << 15


def read(
    document: model.Document, first: int = 0, last: int | None = None
) -> tuple[model.LogLine, ...]:
    """The lines of `document` from `first` to before `last`, clean and in order.

    Most are one line of the document each; a line that was broken by transport is one line again, and one in which
    several were printed is several.
    """
    lines: list[model.LogLine] = []
    for number, raw in enumerate(document.lines[first:last], first):
        lines += _clean(number, raw)
    return tuple(lines)


def strands(lines: Sequence[model.LogLine]) -> tuple[tuple[model.LogLine, ...], ...]:
    """The lines by who printed them."""
    return (tuple(lines),)


@functools.lru_cache(_REMEMBERED)
def _clean(number: int, raw: str) -> tuple[model.LogLine, ...]:
    """The clean lines of one line of a document."""
    if characters.is_suspect(raw) or markup.is_suspect(raw):
        return repairs.mended(ropes.whole(number, raw))
    start, time, caller = stripping.end(raw)
    text = raw[start:] if start else raw
    if splices.is_suspect(text):
        return repairs.mended(ropes.whole(number, raw))
    pieces = (model.Piece(0, len(text), number, start),)
    noise = stripping.is_noise(raw, start)
    return (model.LogLine(number, text, pieces, time, caller, noise),)
