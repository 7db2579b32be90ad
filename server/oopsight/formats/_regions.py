"""The parts of a large text that are worth reading: lines with a hint of a callstack, and what stands around them.

Where a region begins and ends follows from the lines alone, so that an edit elsewhere leaves it as it is.
"""

from __future__ import annotations

import functools
import re
import threading
import zlib
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from oopsight import model

# A text of that many lines is one region.
SMALL = 1500
# So far around a hint a heading, a mention or a tell of the architecture is looked for.
AROUND = 100
# So many lines at once are looked at to see whether a region goes on: half of them must be rows.
_MORE = 25
# A stack ends here for certain; what follows is another region.
_ENDS = re.compile(r"end of frame\W{0,8}$")
# Lines between two reports of progress.
_STEP = 20_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hint:
    """Lines in which one of `needs` stands and `pattern` finds something; looking for words first saves much time.

    `begins`: something new begins there for certain, so that what stands above can be read without it.
    """

    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """What tells the lines of a format from others, in the original or in a spelling of transport.

    One of `opens` holds for every line with which a stack or window can begin, and for few others. `more` finds
    something in the lines that can follow in great number (rows of locals, members).
    """

    opens: tuple[Hint, ...]
    more: re.Pattern[str]


def find(
    document: model.Document, hints: Sequence[Hints], progress: Progress | None = None
) -> list[tuple[int, int]]:
    """The regions as first line and line after the last, in order, without overlap.

    [] where nothing in a large text hints at a crash. `progress` is told lines done and all lines.
    """
    lines = document.lines
    if len(lines) <= SMALL:
        return [(0, len(lines))]
    opens = tuple(hint for one in hints for hint in one.opens)
    more = re.compile("|".join(f"(?:{one.more.pattern})" for one in hints))
    told = _memory.told(document, opens) if len(lines) <= _MOST_KNOWN else None
    if told is None:
        told = bytearray()
        for start in range(0, len(lines), _STEP):
            told += bytes(_tell(line, opens) for line in lines[start : start + _STEP])
            if progress:
                progress(len(told), len(lines))
    elif progress:
        progress(len(lines), len(lines))
    hot = list(compress(range(len(lines)), told))
    borders = [at + 1 for at in hot if told[at] == _END]
    borders += [at for at in hot if told[at] == _BEGIN and _is_border(lines, at)]
    borders.sort()
    regions: list[tuple[int, int]] = []
    for first, last in _spread(hot, lines, more):
        inside = borders[bisect_left(borders, first + 1) : bisect_left(borders, last)]
        regions += zip([first, *inside], [*inside, last], strict=True)
    return regions


# What a line tells.
_COLD, _HOT, _END, _BEGIN = 0, 1, 2, 3


def _tell(line: str, opens: Sequence[Hint]) -> int:
    for hint in opens:
        for need in hint.needs:
            if need in line:
                if hint.pattern.search(line):
                    if hint.begins:
                        return _BEGIN
                    return _END if _ENDS.search(line) else _HOT
                break
    return _COLD


# Of the places where something new begins about so many make a region: how lines are wrapped shows in several reports.
_ONE_IN = 4
# So many lines above must be of the same printer, or another one's stack may go on below.
_SAME_PRINTER = 40
_CALLER = re.compile(r"\[ {0,8}([TC][0-9]{1,10})\]")


def _is_border(lines: Sequence[str], at: int) -> bool:
    """Whether a region ends above the line where something new begins; which ones do follows from these lines alone."""
    if zlib.crc32(lines[at][-_TELLING:].encode("utf-8", "replace")) % _ONE_IN:
        return False
    own = _caller(lines[at])
    return all(_caller(line) == own for line in lines[max(at - _SAME_PRINTER, 0) : at])


# The end of a line tells two of them apart.
_TELLING = 200


@functools.lru_cache(1 << 15)
def _caller(line: str) -> str | None:
    found = _CALLER.search(line, 0, _TELLING)
    return None if found is None else found[1]


def _spread(
    hot: Sequence[int], lines: Sequence[str], more: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Runs of hints with what stands around them; runs that would touch are one."""
    if not hot:
        return
    first = last = hot[0]
    for at in (*hot[1:], len(lines) + 3 * AROUND):
        if at - last > 2 * AROUND:
            last = _last_row(lines, last, at, more)
        if at - last > 2 * AROUND:
            yield max(0, first - AROUND), min(len(lines), last + AROUND + 1)
            first = at
        last = at


def _last_row(lines: Sequence[str], last: int, following: int, more: re.Pattern[str]) -> int:
    """The last of the rows that follow lines[last] in great number, before the next hint."""
    while last < min(following, len(lines)):
        below = lines[last + 1 : last + 1 + _MORE]
        rows = [at for at, line in enumerate(below) if more.search(line)]
        if not rows or 2 * len(rows) < len(below):
            break
        last += 1 + rows[-1]
    return last


# Texts that are remembered, and the most lines that one of them may have.
_MOST_TEXTS = 4
_MOST_KNOWN = 150_000


class _Memory:
    """What the lines of the last texts told: after an edit only lines that are new are looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, tuple[tuple[str, ...], bytearray]] = OrderedDict()

    def told(self, document: model.Document, opens: Sequence[Hint]) -> bytearray:
        """What each line tells."""
        lines = document.lines
        with self._lock:
            before, known = self._texts.get(document.key, ((), bytearray()))
        start = _common(before, lines)
        rest = min(len(before), len(lines)) - start
        end = _common(before[::-1][:rest], lines[::-1][:rest])
        new = bytes(_tell(line, opens) for line in lines[start : len(lines) - end])
        told = known[:start] + new + known[len(before) - end :]
        with self._lock:
            self._texts[document.key] = lines, told
            self._texts.move_to_end(document.key)
            while len(self._texts) > _MOST_TEXTS:
                self._texts.popitem(last=False)
        return told


_memory = _Memory()


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many lines at the beginning are equal."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:  # one[:low] == other[:low], and they differ within `high`
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
