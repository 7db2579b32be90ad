"""The parts of a large text that are worth reading: lines with a hint of a callstack, and what stands around them.

Where a region begins and ends follows from the lines alone, so that an edit elsewhere leaves it as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import compress

# A text of that many lines is one region.
SMALL = 1500
# So far around a hint a heading, a mention or a tell of the architecture is looked for.
AROUND = 100
# A stack ends here for certain; what follows is another region.
_ENDS = re.compile(r"end of frame\W{0,8}$")
# Lines between two reports of progress.
_STEP = 20_000

Progress = Callable[[int, int], None]


def find(
    lines: Sequence[str], hints: Sequence[re.Pattern[str]], progress: Progress | None = None
) -> list[tuple[int, int]]:
    """The regions as first line and line after the last, in order, without overlap; [] where nothing in a large text hints at a crash."""
    if len(lines) <= SMALL:
        return [(0, len(lines))]
    hot, ends = _told(lines, hints, progress)
    if not hot:
        return []
    regions = []
    for first, last in _spread(hot, len(lines)):
        low, high = bisect_left(ends, first), bisect_left(ends, last - 1)
        borders = [at + 1 for at in ends[low:high]]
        regions += list(zip([first, *borders], [*borders, last], strict=True))
    return regions


# What a line tells, for the lines that were looked at last: an editor asks again after each key.
_COLD, _HOT, _END = 0, 1, 2
_known: dict[str, int] = {}
_MOST_KNOWN = 150_000


def _told(
    lines: Sequence[str], hints: Sequence[re.Pattern[str]], progress: Progress | None
) -> tuple[list[int], list[int]]:
    """The lines that hint at a crash, and those of them that end a stack."""
    hint = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in hints))
    told = _looked_up(lines, hint) if len(lines) <= _MOST_KNOWN else None
    if told is None:
        told = []
        for start in range(0, len(lines), _STEP):
            told += [_tell(line, hint) for line in lines[start : start + _STEP]]
            if progress:
                progress(len(told), len(lines))
    elif progress:
        progress(len(lines), len(lines))
    hot = list(compress(range(len(lines)), told))
    return hot, [at for at in hot if told[at] == _END]


def _looked_up(lines: Sequence[str], hint: re.Pattern[str]) -> list[int]:
    """What the lines tell, from memory where they were seen before."""
    told = list(map(_known.get, lines))
    if None in told and len(_known) > _MOST_KNOWN:
        _known.clear()
    for at in [at for at, known in enumerate(told) if known is None]:
        told[at] = _known[lines[at]] = _tell(lines[at], hint)
    return [known or _COLD for known in told]


def _tell(line: str, hint: re.Pattern[str]) -> int:
    if not hint.search(line):
        return _COLD
    return _END if _ENDS.search(line) else _HOT


def _spread(hot: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Runs of hints with what stands around them; runs that would touch are one."""
    first = last = hot[0]
    for at in (*hot[1:], None):
        if at is not None and at - last <= 2 * AROUND:
            last = at
            continue
        yield max(0, first - AROUND), min(length, last + AROUND + 1)
        if at is not None:
            first = last = at
