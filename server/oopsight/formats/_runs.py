"""Frames in spellings that other texts have, too: which of the lines that look like one are one."""

from __future__ import annotations

from collections.abc import Sequence

from oopsight import model
from oopsight.formats import _format, _kinds

# So many together are a stack, whatever stands above them.
_ENOUGH = 3
# Below these a single one is a frame.
_ABOVE = frozenset((_kinds.TITLE, _kinds.HEADING, _kinds.TRACE))


def kept(
    lines: Sequence[model.LogLine], matches: Sequence[_format.Match]
) -> Sequence[_format.Match]:
    """The matches without those rows that stand alone."""
    if not any(match.kind == _kinds.ROW for match in matches):
        return matches
    found: list[_format.Match] = []
    run: list[_format.Match] = []
    for match in matches:
        if run and not (match.kind == _kinds.ROW and _follows(lines, run[-1], match)):
            found += _checked(found, run)
            run = []
        if match.kind == _kinds.ROW:
            run.append(match)
        else:
            found.append(match)
    return [*found, *_checked(found, run)]


def _follows(lines: Sequence[model.LogLine], one: _format.Match, other: _format.Match) -> bool:
    """Whether nothing but what others printed stands between two rows of one format."""
    between = lines[one.at + 1 : other.at]
    return one.format == other.format and all(line.noise for line in between)


def _checked(
    above: Sequence[_format.Match], run: Sequence[_format.Match]
) -> Sequence[_format.Match]:
    if not run or len(run) >= _ENOUGH:
        return run
    if above and above[-1].at == run[0].at - 1 and above[-1].kind in _ABOVE:
        return run
    return ()
