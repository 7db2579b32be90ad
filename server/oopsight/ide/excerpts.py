"""Pieces of source: a few lines around a place, and the lines of a function that lead to a call.

Lines come from the tree only; a place outside it, or behind a file's end, gives nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model

Lines = Callable[[str], "tuple[str, ...] | None"]

_MOST_HEADER = 8
_MOST_STATEMENT = 4
_NEAR = 12
_BEFORE = 3
_TAB = 8
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an excerpt: `number` from 1, None where lines are left out; `marked` is the line it is about."""

    number: int | None
    text: str
    marked: bool = False


def around(lines: Lines, position: model.SourcePos, radius: int = 2) -> tuple[Row, ...]:
    """The line at `position` and up to `radius` lines on both sides."""
    text = lines(position.path)
    if text is None or not 1 <= position.line <= len(text):
        return ()
    first = max(1, position.line - radius)
    last = min(len(text), position.line + radius)
    return tuple(_row(text, number, number == position.line) for number in range(first, last + 1))


def single(lines: Lines, position: model.SourcePos) -> str | None:
    """The line at `position` without its indentation."""
    rows = around(lines, position, 0)
    return rows[0].text.strip() if rows else None


def leading_to(lines: Lines, path: str, start: int, marks: Sequence[int]) -> tuple[Row, ...]:
    """From line `start` of a file, where a definition begins, to the statements at the lines `marks`.

    What lies far from both is left out; a row without a number stands there.
    """
    text = lines(path)
    inside = () if text is None else tuple(mark for mark in marks if 1 <= mark <= len(text))
    if text is None or not inside:
        return ()
    first = min(inside)
    wanted: set[int] = set()
    for mark in inside:
        wanted.update(range(mark, _statement_end(text, mark) + 1))
    if first - _NEAR <= start <= first:
        wanted.update(range(start, first))
    else:
        wanted.update(range(_context_start(text, first), first))
        if 1 <= start < first:
            wanted.update(range(start, _header_end(text, start, first) + 1))
    return _rows(text, sorted(wanted), frozenset(inside))


def _rows(text: tuple[str, ...], numbers: list[int], marks: frozenset[int]) -> tuple[Row, ...]:
    """Rows of these lines, with a gap wherever lines, or more than two blank lines, are left out."""
    shown = [n for n in numbers if n in marks or not _in_blank_run(text, n)]
    rows: list[Row] = []
    for before, number in zip([None, *shown], shown, strict=False):
        if before is not None and number != before + 1:
            rows.append(Row(None, ""))
        rows.append(_row(text, number, number in marks))
    return tuple(rows)


def _in_blank_run(text: tuple[str, ...], number: int) -> bool:
    """Whether a blank line has blank lines on both sides, or two on one side."""
    low, high = max(number - 3, 0), min(number + 2, len(text))
    blank = [not line.strip() for line in text[low:high]]
    at = number - 1 - low
    return blank[at] and (
        blank[max(at - 2, 0) : at + 1] == [True] * 3
        or blank[max(at - 1, 0) : at + 2] == [True] * 3
        or blank[at : at + 3] == [True] * 3
    )


def _header_end(text: tuple[str, ...], start: int, limit: int) -> int:
    """The line of the opening brace, or a macro's first line."""
    if text[start - 1].lstrip().startswith("#"):
        return start
    for number in range(start, min(start + _MOST_HEADER, limit)):
        if "{" in text[number - 1]:
            return number
    return start


def _context_start(text: tuple[str, ...], line: int) -> int:
    """The first of the few lines before a statement that are not blank, and no rest of a comment."""
    start = line
    for number in range(line - 1, max(line - 1 - _BEFORE, 0), -1):
        stripped = text[number - 1].strip()
        if stripped.endswith("*/") and not stripped.startswith("/*"):
            break
        if stripped:
            start = number
        elif start != line:
            break
    return start


def header_start(lines: Lines, position: model.SourcePos) -> int:
    """The first line of a definition whose name stands at `position`: its type may stand on the line before."""
    text = lines(position.path) or ()
    if not 2 <= position.line <= len(text) or text[position.line - 1][:1] == "#":
        return position.line
    before = text[position.line - 2].rstrip()
    is_type = before[:1].isalpha() or before[:1] == "_"
    return position.line - (is_type and not before.endswith((";", "{", "}", "*/", ":", "\\", ",")))


def _statement_end(text: tuple[str, ...], line: int) -> int:
    """The last line of the statement or macro that contains `line`, a few lines further at most."""
    in_macro = text[line - 1].lstrip().startswith("#") or (
        line >= 2 and text[line - 2].rstrip().endswith("\\")
    )
    for number in range(line, min(line + _MOST_STATEMENT, len(text) + 1)):
        stripped = text[number - 1].split("/*")[0].rstrip()
        if stripped.endswith((";", "{", "}", ":")) or not stripped:
            return number
        if in_macro and not stripped.endswith("\\"):
            return number
    return line


def _row(text: tuple[str, ...], number: int, marked: bool) -> Row:
    line = text[number - 1].expandtabs(_TAB).rstrip()
    if len(line) > _LONGEST_LINE:
        line = line[: _LONGEST_LINE - 1] + "…"
    return Row(number, line, marked)
