"""Rows that a debugger prints below a frame: local variables, and lines of the source around its call site."""

from __future__ import annotations

from collections.abc import Sequence

from oopsight import model
from oopsight.formats import _members, _tokens

# How a remark begins that is no comment of the source.
_REMARKS = ("<", "=", "-", "←", "⇐")
_KEYWORDS = frozenset(("return", "case", "default", "goto", "else", "do"))
# A pointer is not written into source with so many digits.
_POINTER_DIGITS = 8


def read(
    rows: Sequence[tuple[model.LogLine, int]],
) -> tuple[tuple[model.Variable, ...], tuple[model.SourceRow, ...]]:
    """The variables and the lines of source in rows below a frame, each from the given column of its line on.

    A variable is `name = value`, with a value as a debugger prints it; every other row that is not empty is source.
    """
    read_rows = [_tokens.row(line, start) for line, start in rows]
    reader = _members.Reader()
    sources: list[model.SourceRow] = []
    for (line, start), row, following in zip(rows, read_rows, _following(read_rows), strict=True):
        if row.blank:
            continue
        if not row.tokens and line.text[start:].lstrip().startswith(_REMARKS):
            reader.remark(row)
        elif _goes_on(reader, row) or _is_local(row, following):
            reader.feed(row)
        else:
            reader.finish()
            sources.append(_source(line, start))
    reader.finish()
    return tuple(reader.variables), tuple(sources)


def _following(rows: Sequence[_tokens.Row]) -> list[_tokens.Row | None]:
    """For each row the next one that is not empty."""
    found: list[_tokens.Row | None] = []
    following = None
    for row in reversed(rows):
        found.append(following)
        following = following if row.blank else row
    return found[::-1]


def _goes_on(reader: _members.Reader, row: _tokens.Row) -> bool:
    """Whether the row is inside the group that an earlier row opened."""
    return reader.goes_on(row) and (row.named or row.elements)


def _is_local(row: _tokens.Row, following: _tokens.Row | None) -> bool:
    """Whether a row outside all groups is a variable and not an assignment in the source."""
    if row.equals != row.item + 1 or row.tokens[row.item].text in _KEYWORDS:
        return False
    if row.ends == "=":
        return following is not None and following.elements and following.ends == "word"
    if row.ends == "(" and row.tokens[-2].kind == "=":
        return following is not None and (following.named or following.elements)
    return not _has_comma(row) or _is_printed(row)


def _has_comma(row: _tokens.Row) -> bool:
    """Whether a comma stands outside all parentheses, as in a list of declarations."""
    depth = 0
    for token in row.tokens:
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        if token.kind == "," and depth <= 0:
            return True
    return False


def _is_printed(row: _tokens.Row) -> bool:
    """Whether only a debugger prints the first value: a pointer, or what it could not read."""
    value = row.tokens[row.item + 2]
    pointer = _tokens.is_number(value) and len(value.text) >= 2 + _POINTER_DIGITS
    return pointer or value.text.startswith(("?", "<"))


def _source(line: model.LogLine, start: int) -> model.SourceRow:
    text = line.text[start:].rstrip()
    low = start + len(text) - len(text.lstrip())
    return model.SourceRow(text.lstrip(), line.spans(low, start + len(text)))
