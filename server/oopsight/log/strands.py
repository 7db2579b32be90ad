"""Lines of several printers, one printer after the other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from oopsight import model

# Lines of one printer that stand in the wrong order do so by moments; a clock that jumps further was set anew.
_MOMENTS = 5.0


def strands(lines: Sequence[model.LogLine]) -> tuple[tuple[model.LogLine, ...], ...]:
    """The lines by who printed them, in the order in which the printers first spoke.

    A line that does not say who printed it belongs with the line before it; below a line that was printed into
    another one, with the one that was interrupted. One printer, or none that is named, gives one strand. The lines of
    a printer are in the order of their times.
    """
    found = by_printer(lines)
    return tuple(map(_in_time, found)) if len(found) > 1 else tuple(map(tuple, found))


def by_printer(lines: Sequence[model.LogLine]) -> list[Sequence[model.LogLine]]:
    """The lines by who printed them, in the order of the document."""
    named = {line.caller for line in lines if line.caller is not None}
    if len(named) < 2:
        return [lines] if lines else []
    found: dict[str | None, list[model.LogLine]] = {}
    # What stands above the first printed line was put there for it.
    speaker = next((line.caller for line in lines if _is_named(line)), None)
    for line in lines:
        own = line.caller if _is_named(line) else speaker
        if not line.foreign:
            speaker = own
        found.setdefault(own, []).append(line)
    return list(found.values())


def _is_named(line: model.LogLine) -> bool:
    """Whether a line says by itself to which strand it belongs: printers without a name are one."""
    return line.time is not None or line.caller is not None


def _in_time(lines: Sequence[model.LogLine]) -> tuple[model.LogLine, ...]:
    """One printer's lines by their times, where they are nearly in that order; lines without go with the one above."""
    times = [line.time for line in lines if line.time is not None]
    back = max((one - next_ for one, next_ in itertools.pairwise(times)), default=0.0)
    if not 0 < back <= _MOMENTS:
        return tuple(lines)
    timed: list[tuple[float, int, model.LogLine]] = []
    now = times[0]
    for at, line in enumerate(lines):
        now = now if line.time is None else line.time
        timed.append((now, at, line))
    return tuple(line for _, _, line in sorted(timed, key=lambda entry: entry[:2]))
