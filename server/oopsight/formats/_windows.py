"""Variable windows of a debugger: `(type) name = value = target -> (` with members to any depth, over many lines.

Where a window prints members below an expression, the parentheses may be missing: `(struct request)0xFF80` and
`pm_only = 2,` below it, indented. Such a window ends at the first line that is no member.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.formats import _members, _tokens
from oopsight.log import ropes

DEEPEST = _members.DEEPEST
GROUP = _members.GROUP

_NAME = r"(?:[\w.$\[\]*&]|->){1,128}"
_TYPE = r"\([A-Za-z_][^=;{}\"]{0,200}\)"
_HEX = r"0[xX][0-9A-Fa-f]{1,16}"
_BEHIND = rf"[ \t]*(?:(?:{_tokens.REMARK}).*)?$"
# Lines that may begin a window: a typed name with more than a bare value; a name with a group; an expression above
# its members. The lines alone do not tell a window from code and prose: `read` looks closer.
START_TYPED = rf"[ \t]*{_TYPE}[ \t]*{_NAME}[ \t]*=[ \t]*(?:\(|[^ \t;]{{1,128}}[ \t]+(?:=|->))[^;]*$"
START_PLAIN = rf"[ \t]*{_NAME} = (?:[^ \t;()]{{1,128}} (?:= [^ \t;()]{{1,128}} )?-> )?\([^;]*$"
START_OPEN = (
    rf"[ \t]*[*&]{{0,2}}(?:\({{1,4}}[A-Za-z_][^=;{{}}\"()]{{0,200}}\)[ \t]*\(?(?:{_HEX}|{_NAME}[ \t]*=[ \t]*{_HEX})"
    rf"|{_NAME}[ \t]*=[ \t]*0[xX][0-9A-Fa-f]{{8,16}})"
    rf"\){{0,4}}(?:(?:\.|->)[\w$\[\]]{{1,128}}){{0,16}}(?:[ \t]+=[ \t]+[^\s;(){{}}]{{1,128}}){{0,4}}{_BEHIND}"
)
# No terminal is narrower, and no mailer.
_TERMINAL = 80
_NARROWEST = 60
# Lines between two members at most.
_MOST_BETWEEN = 8
# A row that takes more lines is none.
_MOST_WRAPPED = 4
_OPEN = re.compile(START_OPEN, re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """The variables of a window, how many lines it takes, and whether the text ends inside it."""

    variables: tuple[model.Variable, ...]
    lines: int
    cut: bool
    spans: tuple[model.Span, ...]


_NONE = Window((), 0, cut=False, spans=())


def read(lines: Sequence[model.LogLine], at: int) -> Window:
    """The window that begins on lines[at]; without variables and lines where none begins."""
    first, behind = _row(lines, at)
    following, after = _next(lines, behind)
    if following and not following.tokens:
        following, _ = _next(lines, after)  # a remark that was wrapped
    if _heads(first, following):
        return _collect(lines, at, behind, first, _heading(first))
    if _opens(first, following) and not (0 not in first.types and _is_left_over(lines, at, first)):
        return _collect(lines, at, behind, first, None)
    return _NONE


def _next(lines: Sequence[model.LogLine], at: int) -> tuple[_tokens.Row | None, int]:
    """The next row from `at` on and the line behind it, None at the end.

    One empty line between members is damage and no end, and so is what the console says about itself.
    """
    empty = False
    for number in range(at, min(at + _MOST_BETWEEN, len(lines))):
        line = lines[number]
        if line.noise:
            continue
        if line.text.strip():
            return _row(lines, number)
        if empty:
            break
        empty = True
    return None, at


def _row(lines: Sequence[model.LogLine], at: int) -> tuple[_tokens.Row, int]:
    """The row on lines[at] with what a mailer wrapped onto the next lines, and the line behind it."""
    first = row = _tokens.row(lines[at])
    last = at
    for behind in range(at + 1, min(at + _MOST_WRAPPED, len(lines))):
        rest = lines[behind]
        low = len(rest.text) - len(rest.text.lstrip())
        if row.remark and _goes_on_remark(lines, behind, row):
            row = _tokens.row(ropes.joined([row.line, ropes.part(rest, low)], _glue(row.line)))
            first, last = row, behind
            continue
        if row.remark or not row.tokens or low == len(rest.text) or _OPEN.match(row.line.text):
            break
        begun = ropes.part(row.line, 0, len(row.line.text.rstrip()))
        longer = _tokens.row(ropes.joined([begun, ropes.part(rest, low)], _glue(row.line)))
        behind_row = _tokens.row(rest)
        if not _ends_behind(row, behind_row, longer):
            if not _is_unfinished(row):
                return row, behind
            if row.reads and not row.opens_string and behind_row.named:
                break
        row, last = longer, behind
    return (first, at + 1) if _is_unfinished(row) else (row, last + 1)


def _goes_on_remark(lines: Sequence[model.LogLine], at: int, row: _tokens.Row) -> bool:
    """Whether the remark behind a row goes on: words stand between rows of which the first comes near to the edge."""
    if _column(row.line) < _NARROWEST or at + 1 >= len(lines) or lines[at].noise:
        return False
    words, following = _tokens.row(lines[at]), _tokens.row(lines[at + 1])
    return bool(words.tokens) and not words.reads and following.named


def _is_unfinished(row: _tokens.Row) -> bool:
    """Whether a row of a window ends where none can end."""
    return (
        row.opens_string
        or row.ends in ("=", "arrow")
        or (not row.reads and bool(row.tokens) and row.begins_named)
    )


def _ends_behind(row: _tokens.Row, rest: _tokens.Row, longer: _tokens.Row) -> bool:
    """Whether a line that is nothing alone makes one row with the row before it."""
    if not (row.named and longer.named and rest.tokens):
        return False
    if row.ends in (",", "("):
        kinds = [token.kind for token in row.tokens]
        opened = kinds.count("(") > kinds.count(")") and kinds[-2:] not in (
            ["=", "("],
            ["arrow", "("],
        )
        return opened and rest.indent == 0 < row.indent and _column(row.line) >= _NARROWEST
    return not (rest.named or rest.elements)


def _glue(line: model.LogLine) -> str:
    """What stood where a line was broken: mailers break at a blank and keep to 80 columns, terminals break anywhere."""
    at_edge = _column(line) >= _TERMINAL
    return "" if at_edge and not line.text[-1:].isspace() else " "


def _column(line: model.LogLine) -> int:
    """Where the line ends in its document."""
    return line.pieces[-1].end if line.pieces else 0


def _is_left_over(lines: Sequence[model.LogLine], at: int, first: _tokens.Row) -> bool:
    """Whether a line is a member of a window whose beginning is lost: a comma stands behind it, or before it."""
    if first.ends == ",":
        return True
    before = _tokens.row(lines[at - 1]) if at else None
    if before is not None and before.named and before.remark:
        return lines[at - 1].text.rstrip().endswith(",")  # members behind a remark
    if before is None or before.ends != "," or not (before.named or before.elements):
        return False
    kinds = [token.kind for token in before.tokens]
    return kinds.count(")") <= kinds.count("(")


def _opens(first: _tokens.Row, following: _tokens.Row | None) -> bool:
    """Whether a window begins whose members stand in parentheses."""
    if not first.named:
        return False
    value = first.equals + 1
    kinds = [token.kind for token in first.tokens[value:]]
    if 0 in first.types and kinds[:1] != ["("]:
        numbered = any(_tokens.is_number(token) for token in first.tokens[value:])
        return kinds[1:2] in (["="], ["arrow"]) and numbered
    if kinds[:1] != ["("]:
        numbered = kinds[:1] == ["word"] and first.tokens[value].text[:1].isdigit()
        return numbered and any(pair == ("arrow", "(") for pair in itertools.pairwise(kinds))
    if kinds == ["("]:
        return _is_member(following) if following else 0 in first.types
    if 0 in first.types:
        return True
    # All on one line: `name = ((counter = 0), (counter = 7))`.
    inner = next((at for at, kind in enumerate(kinds) if kind != "("), len(kinds))
    numbered = kinds[inner : inner + 3] == ["word", "=", "word"]
    return numbered and bool(_tokens.is_number(first.tokens[value + inner + 2]))


def _is_member(row: _tokens.Row) -> bool:
    """Whether the first row behind `name = (` shows that the name is a variable and this no line of code."""
    if row.named:
        return True
    kinds = [token.kind for token in row.tokens]
    return row.elements and ("=" in kinds or (kinds[:2] == ["word", ","]))


def _heads(first: _tokens.Row, following: _tokens.Row | None) -> bool:
    """Whether an expression begins a window whose members stand below it without parentheses."""
    if following is None or not following.named or not _OPEN.match(first.line.text):
        return False
    if first.ends == ",":
        return False  # a member, whose window is lost
    deeper = following.indent > first.indent
    if first.line.text.lstrip()[:1] not in "(*&":
        plain = following.item == 0 and following.tokens[0].text[0] not in "[*&:"
        return deeper and following.ends == "," and plain
    # Where blanks in front of lines are lost, only an address that is called by its type is a heading for certain.
    by_type = 0 in first.types and first.tokens[first.types[0] + 1].text[:1].isdigit()
    return deeper or (following.ends == "," and (by_type or not first.named))


def _heading(first: _tokens.Row) -> _members.Item:
    """The variable whose members stand below its row."""
    line, tokens = first.line, first.tokens
    item = _members.Item(tokens[0], tokens[-1], first.indent, members=[])
    if first.remark:
        item.remark = line.text[slice(*first.remark)]
    rest = tokens
    if 0 in first.types:
        end = tokens[first.types[0]]
        item.type = " ".join(line.text[tokens[0].end : end.start].split())
        rest = tokens[first.types[0] + 1 :]
    equals = [at for at, token in enumerate(rest) if token.kind == "="]
    edges = [-1, *equals, len(rest)]
    parts = [rest[low + 1 : high] for low, high in itertools.pairwise(edges)]
    item.name = [_tokens.Token("word", line, parts[0][0].start, parts[0][-1].end)]
    item.values = [list(part) for part in parts[1:]]
    item.broken = first.remark is None and (line.cut or _is_begun(line.text, tokens[-1]))
    return item


def _is_begun(text: str, value: _tokens.Token) -> bool:
    """Whether the value of an address is only the beginning of the address: a pointer's own value is the same."""
    behind = text.find(value.text, 0, value.start) + len(value.text)
    begun = behind >= len(value.text) and _tokens.is_number(value)
    return begun and text[behind : behind + 1].isalnum()


def _collect(
    lines: Sequence[model.LogLine],
    at: int,
    behind: int,
    first: _tokens.Row,
    heading: _members.Item | None,
) -> Window:
    """The window whose first row ends before the line `behind`."""
    reader = _members.Reader(heading)
    spans = list(_span(first))
    if heading is None:
        reader.feed(first)
    number = behind
    last = first
    spaced: bool | None = None  # whether empty lines stand between all lines
    indented: bool | None = None
    while heading or reader.inside():
        row, behind = _next(lines, number)
        if row is None or not _goes_on(
            reader, first, row, indented=bool(indented), open_=bool(heading)
        ):
            break
        if last.ends == "arrow" and 0 in row.types and row.named and row.indent <= first.indent:
            break  # what the arrow leads to is lost, and another window begins
        empty = not lines[number].text.strip()
        if empty and spaced is False and row.named and row.indent <= first.indent:
            break  # an empty line where there was none before ends a window that was cut
        spaced = empty if spaced is None else spaced
        number = behind
        if indented is None and row.named:
            indented = row.indent > first.indent
        if row.tokens:
            reader.feed(row)
        else:
            reader.remark(row)
        spans += _span(row)
        last = row
    if heading is None and not reader.inside() and _closes_more(first, last):
        return _NONE  # a member of a window whose beginning is lost
    cut = reader.finish()
    return Window(tuple(reader.variables), number - at, cut, tuple(spans))


def _closes_more(first: _tokens.Row, last: _tokens.Row) -> bool:
    """Whether the last row of what is closed closes further groups, which begin above it."""
    depth = 0
    rows = (first,) if last is first else (last,)
    for row in rows:
        for token in row.tokens:
            depth += {"(": 1, ")": -1}.get(token.kind, 0)
    return depth < (0 if last is first else -1) and last.remark is None


def _goes_on(
    reader: _members.Reader, first: _tokens.Row, row: _tokens.Row, *, indented: bool, open_: bool
) -> bool:
    """Whether a row goes on with the window that began with `first`.

    `indented`: the first member was indented, so that a name that is not begins something else. `open_`: nothing but
    the form of its members tells where the window ends.
    """
    inside = reader.inside()
    if open_ and not row.tokens:
        return not reader.begun
    if open_ and not (inside and reader.goes_on(row)):
        return row.named and (
            row.indent > first.indent or (row.ends in (",", "(") and not indented)
        )
    if row.named:
        return reader.goes_on(row) and not (indented and row.indent <= first.indent)
    return row.elements or not row.tokens


def _span(row: _tokens.Row) -> tuple[model.Span, ...]:
    text = row.line.text
    found = row.line.spans(len(text) - len(text.lstrip()), len(text.rstrip()))
    return tuple(span for span in found if span.start < span.end)
