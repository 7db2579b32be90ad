"""Document → clean lines: prefixes and the damage of transport taken away, every column still known.

Knows no callstack format. Reading never fails, and text that is neither prefix nor damage is kept as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from oopsight import model
from oopsight.log import calm, characters, markup, printable, repairs, ropes, splices, stripping

# Damage of lines and of texts takes turns so many times.
_ROUNDS = 6
# So many lines are remembered clean: an editor asks again after each keystroke.
_REMEMBERED = 1 << 15


def read(
    document: model.Document, first: int = 0, last: int | None = None
) -> tuple[model.LogLine, ...]:
    """The lines of `document` from `first` to before `last`, clean and in order.

    Most are one line of the document each; a line that was broken by transport is one line again, and one in which
    several were printed is several. What damage there is, is told from these lines alone.
    """
    raws = document.lines[first:last]
    calmly = calm.read(raws, first)
    return _thoroughly(document, raws, first) if calmly is None else calmly


def _thoroughly(
    document: model.Document, raws: Sequence[str], first: int
) -> tuple[model.LogLine, ...]:
    plain = [_plain(raw) if characters.is_suspect(raw) else raw for raw in raws]
    lines: Sequence[model.LogLine]
    if repairs.is_suspect(plain):
        lines = _renewed([ropes.whole(number, raw) for number, raw in enumerate(raws, first)])
    else:
        lines = [line for number, raw in enumerate(raws, first) for line in _clean(number, raw)]
    for _ in range(_ROUNDS):
        before = lines
        lines = repairs.mended_block(splices.rejoined(splices.restacked(lines), document.lines))
        if lines is before:
            break
        known = set(map(id, before))
        lines = [
            clean
            for line in lines
            for clean in ((line,) if id(line) in known else repairs.mended(line))
        ]
    return tuple(lines)


def forget() -> None:
    """Forget the lines that are remembered clean; for measurements."""
    _clean.cache_clear()
    calm.forget()
    _plain.cache_clear()


def _renewed(wholes: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """The clean lines of a text that may be damaged as a whole: what was done to it last is undone first.

    Its characters are mended before all, so that a byte order mark does not hide the first line's number; but not on
    both sides of a soft break, which may stand within a sequence; an encoder leaves no escape as it is.
    """
    plain = [
        characters.mend(line)[0]
        if characters.is_suspect(line.text)
        and ("\x1b" in line.text or not printable.is_soft(above, line.text))
        else line
        for above, line in zip(["", *(line.text for line in wholes)], wholes, strict=False)
    ]
    known = {id(line): whole for line, whole in zip(plain, wholes, strict=True)}
    lines: list[model.LogLine] = []
    for line in repairs.mended_block(plain):
        whole = known.get(id(line))
        lines += repairs.mended(line) if whole is None else _clean(whole.number, whole.text)
    return lines


@functools.lru_cache(_REMEMBERED)
def _plain(raw: str) -> str:
    """A line with plain characters."""
    return characters.mend(ropes.whole(0, raw))[0].text


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
