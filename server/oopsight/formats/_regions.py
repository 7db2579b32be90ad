"""The parts of a large text that are worth reading: lines with a hint of a callstack, and what stands around them.

Where a region begins and ends follows from the lines alone, so that an edit elsewhere leaves it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

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
    """The regions as first line and line after the last, in order, without overlap; [] where nothing hints at a crash."""
    hot = list(_hot(lines, hints, progress))
    if not hot:
        return []
    if len(lines) <= SMALL:
        return [(0, len(lines))]
    regions = []
    for first, last in _spread(hot, len(lines)):
        borders = [at + 1 for at in range(first, last - 1) if _ENDS.search(lines[at])]
        regions += list(zip([first, *borders], [*borders, last], strict=True))
    return regions


def _hot(
    lines: Sequence[str], hints: Sequence[re.Pattern[str]], progress: Progress | None
) -> Iterator[int]:
    hint = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in hints))
    for start in range(0, len(lines), _STEP):
        for at, line in enumerate(lines[start : start + _STEP], start):
            if hint.search(line):
                yield at
        if progress:
            progress(min(start + _STEP, len(lines)), len(lines))


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
