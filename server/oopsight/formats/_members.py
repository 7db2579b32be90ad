"""Variables with their members, to any depth and over many lines, read token by token.

The reader keeps its own stack of open groups, so that the depth of a text never becomes the depth of our calls, and
it looks at every token a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model
from oopsight.formats import _format, _tokens

# No structure of a kernel is printed deeper; what lies below is passed over, so that later steps may recurse.
DEEPEST = 48
# Stands for the value of a variable that has members.
GROUP = "(…)"

_TARGET = re.compile(
    r"[A-Za-z_.$][\w.$]{0,255}(?:\[[0-9]{1,9}\])?(?:[+-](?:0x)?[0-9A-Fa-f]{1,16})?\Z", re.ASCII
)
_NO_TARGETS = frozenset(("TRUE", "FALSE", "NULL"))
# What a debugger prints in place of the elements for which it has no room.
_LEFT_OUT = frozenset(("...", "..", "…"))
_BINARY = re.compile(r"(-?)0[yYbB]([01]{1,128})\Z")


@dataclass(slots=True)
class Item:
    """A variable while it is read: `[(type)] name = value = value -> text or (members)`.

    `indent` is that of the row it began on; `filled` says that its group's first member stands on the row that opens
    the group, `shortened` that the debugger left members out, `commas` that
    commas separate its members, `broken` that its last word stands where lines were cut.
    """

    first: _tokens.Token
    last: _tokens.Token
    indent: int = 0
    type: str | None = None
    name: list[_tokens.Token] = field(default_factory=list)
    values: list[list[_tokens.Token]] = field(default_factory=list)
    text: _tokens.Token | None = None
    members: list[model.Variable] | None = None
    filled: bool = False
    shortened: bool = False
    commas: bool = False
    broken: bool = False
    remark: str | None = None

    def waits(self) -> bool:
        """Whether a value or a name is still to come."""
        return self.last.kind in ("=", "arrow") or not (self.name or self.values or self.text)


class Reader:
    """Reads variables row by row; between rows it remembers which groups are open.

    `heading` is a variable whose members stand below it without a parenthesis.
    """

    def __init__(self, heading: Item | None = None) -> None:
        self.variables: list[model.Variable] = []
        self._groups = [heading] if heading else []  # items whose group is open, outermost first
        self._base = len(self._groups)
        self._item: Item | None = None
        self._passed_over = 0  # open groups below the deepest that is kept
        self._indent = 0  # of the row that is read
        self._noted = False  # whether a remark stands behind the row before
        self._ended = ""  # the kind of the last token of the row before

    @property
    def begun(self) -> bool:
        """Whether a first variable or member was read."""
        return bool(self._item or self._siblings())

    def inside(self) -> bool:
        """Whether a parenthesis is open or a value is still to come."""
        return len(self._groups) > self._base or (self._item is not None and self._item.waits())

    def goes_on(self, row: _tokens.Row) -> bool:
        """Whether something is open that can go on with `row`."""
        opened = len(self._groups) - self._base
        waits = self._item is not None and self._item.waits() and not row.named
        return waits or opened > self.lost(row)

    def lost(self, row: _tokens.Row) -> int:
        """How many open groups cannot go on with `row`: their line was cut, so that what closes them is gone."""
        count = 0
        for group in reversed(self._groups[self._base :]):
            if self._passed_over or not self._is_lost(group, row):
                break
            count += 1
        return count

    def _is_lost(self, group: Item, row: _tokens.Row) -> bool:
        if not group.filled or not row.tokens:
            return False
        if row.tokens[0].kind == ")":
            return row.indent < group.indent
        if not row.named or row.indent > group.indent:
            return False
        members = group.members or []
        elements = (bool(members) and members[-1].name.startswith("[")) or (
            not members and self._item is not None and not self._item.values
        )
        return elements or self._ended not in (",", "(")

    def feed(self, row: _tokens.Row) -> None:
        """Read one row."""
        tokens = row.tokens
        for _ in range(self.lost(row)):
            self._end_item(cut=self._ended not in (",", ")"))
            self._item = self._groups.pop()
            self._end_item(cut=True)
            self._ended = ")"
        if self._item and not self._goes_on(row):
            self._end_item(cut=self._item.waits() or self._lacks_comma(row))
        self._noted = row.remark is not None
        self._indent = row.indent
        remarked = self._remarked(row)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if at in row.types and not (self._item and self._item.name and not self._item.values):
                self._type(token, tokens[row.types[at]])
                at = row.types[at] + 1
                continue
            if token.kind == "(" and _tokens.numbered(tokens, at):
                self._enumerator(tokens[at + 1 : at + 3])
                at += 3
                continue
            self._step(tokens, at)
            if at == remarked and self._item and row.remark:
                self._item.remark = row.line.text[slice(*row.remark)]
            if token.kind == ")" and not self._groups:
                break  # the window is closed; what follows on the line is a remark
            at += 1
        if row.line.cut and row.remark is None and self._item:
            self._item.broken = True
        self._ended = row.ends or self._ended

    def remark(self, row: _tokens.Row) -> None:
        """A row that is nothing but a person's remark: it is about the variable before it."""
        if not row.remark:
            return
        if self._item and not self._item.waits():
            self._end_item()
        siblings = self._siblings()
        if siblings:
            texts = (siblings[-1].remark, row.line.text[slice(*row.remark)])
            siblings[-1] = replace(siblings[-1], remark=" ".join(filter(None, texts)))
        elif self._groups:
            self._groups[-1].remark = row.line.text[slice(*row.remark)]

    def finish(self) -> bool:
        """The text is over: close what is open; True when something was."""
        cut = self.inside()
        if self._item:
            self._end_item(cut=cut)
        while self._groups:
            open_here = len(self._groups) > self._base
            self._item = self._groups.pop()
            self._base = min(self._base, len(self._groups))
            self._end_item(cut=open_here)
        self._passed_over = 0
        return cut

    def _goes_on(self, row: _tokens.Row) -> bool:
        """Whether the variable that the row before ended with goes on here without a comma."""
        begins = row.tokens[0].kind if row.tokens else ""
        return self._item is not None and (
            begins in ("=", "arrow", ",", ")") or (self._item.waits() and not row.named)
        )

    def _lacks_comma(self, row: _tokens.Row) -> bool:
        """Whether the row before lost its end: the debugger separates members with commas, and another one follows."""
        commas = bool(self._groups) and self._groups[-1].commas
        return commas and row.named and not self._noted

    def _remarked(self, row: _tokens.Row) -> int:
        """The `=` of the variable that a remark behind the row is about: the last one of the outermost on the row."""
        if not row.remark:
            return -1
        best = -1
        depth = lowest = 0
        for at, token in enumerate(row.tokens):
            if token.kind in "()" and at not in row.types:
                depth += 1 if token.kind == "(" else -1
            elif token.kind == "=" and (best < 0 or depth <= lowest):
                best, lowest = at, depth
        if best < 0 and len(self._groups) > self._base:
            self._groups[-1].remark = row.line.text[slice(*row.remark)]
        return best

    def _type(self, first: _tokens.Token, last: _tokens.Token) -> None:
        """A type before a name; a cast before a value says nothing that is kept."""
        if self._item is None and not self._passed_over:
            printed = first.line.text[first.end : last.start]
            self._begin(first, last).type = " ".join(printed.split())

    def _begin(self, first: _tokens.Token, last: _tokens.Token) -> Item:
        self._item = Item(first, last, self._indent)
        if self._groups and not self._groups[-1].members:
            group = self._groups[-1]
            group.filled = group.filled or group.last.line is first.line
        return self._item

    def _step(self, tokens: Sequence[_tokens.Token], at: int) -> None:
        kind = tokens[at].kind
        if self._passed_over:
            self._passed_over += {"(": 1, ")": -1}.get(kind, 0)
        elif kind == "(":
            self._open_group(tokens[at])
        elif kind == ")":
            self._close_group()
        elif kind == ",":
            self._end_item()
            if self._groups:
                self._groups[-1].commas = True
        else:
            self._extend(tokens, at)

    def _extend(self, tokens: Sequence[_tokens.Token], at: int) -> None:
        token = tokens[at]
        item = self._item or self._begin(token, token)
        item.last = token
        if token.kind == "arrow" and not item.values and _tokens.glued(tokens, at):
            item.name.append(token)  # a member of what a pointer leads to, as a name
        elif token.kind in ("=", "arrow"):
            item.values.append([])
        elif token.kind == "string":
            item.text = token
        elif item.values:
            item.values[-1].append(token)
        elif _tokens.is_home(tokens, at - 1) and item.name == [tokens[at - 1]]:
            item.name = [token]
        elif not item.name and token.kind == "word" and token.text.startswith(":"):
            item.name.append(replace(token, start=token.start + 1))
        else:
            item.name.append(token)

    def _enumerator(self, tokens: Sequence[_tokens.Token]) -> None:
        """The number behind an enumerator's name: `RPM_ACTIVE (0)`; without its parenthesis it may have lost digits."""
        item = self._item
        if self._passed_over or item is None:
            return
        if not item.values:
            item.values, item.name = [item.name], []
        item.last = tokens[-1]
        if len(tokens) > 1:
            item.values.append([tokens[0]])
        else:
            item.shortened = True

    def _open_group(self, token: _tokens.Token) -> None:
        item = self._item or self._begin(token, token)
        self._item = None
        if len(self._groups) >= DEEPEST:
            self._item = item
            self._passed_over = 1
            return
        item.members = item.members or []
        self._groups.append(item)

    def _close_group(self) -> None:
        self._end_item()
        if len(self._groups) > self._base:
            self._item = self._groups.pop()
            self._end_item()

    def _siblings(self) -> list[model.Variable]:
        if not self._groups:
            return self.variables
        group = self._groups[-1]
        group.members = group.members or []
        return group.members

    def _end_item(self, *, cut: bool = False) -> None:
        item = self._item
        self._item = None
        if item is None:
            return
        if self._groups and not item.values and _text(item.name) in _LEFT_OUT:
            self._groups[-1].shortened = True
            return
        siblings = self._siblings()
        siblings.append(_variable(item, position=len(siblings), cut=cut))


def shortened(variables: Sequence[model.Variable]) -> Iterator[model.Variable]:
    """The variables, at any depth, that are not printed in full; nothing inside such a variable is told again."""
    waiting = list(reversed(variables))
    while waiting:
        variable = waiting.pop()
        if variable.cut:
            yield variable
        else:
            waiting += reversed(variable.members)


def _variable(item: Item, position: int, *, cut: bool) -> model.Variable:
    """The variable that was read; elements of arrays, which have no name in the text, are called by their position."""
    values = [value for value in item.values if value]
    named = bool(item.name) and bool(item.values or item.members is not None)
    if named and item.type is None and _number(_text(item.name)) is not None:
        named = False  # `0xC0 -> (…)` as an element
    if item.name and not named:
        values = [item.name, *values]
    texts = [_text(value) for value in values]
    # The last value of a cut text may be longer than what is left of it.
    cut = cut or item.broken
    bare = item.text is None and item.members is None
    whole = texts[:-1] if item.broken or (cut and bare) else texts
    number = next((n for n in map(_number, whole) if n is not None), None)
    target = _target(whole)
    string = item.text.text if item.text else None
    opened = string is not None and (len(string) < 2 or not string.endswith('"'))
    return model.Variable(
        name=_text(item.name) if named else f"[{position}]",
        type=item.type,
        printed=texts[0] if texts else (string if string is not None else GROUP),
        number=number,
        target=None if target is None else whole[target],
        text=None if string is None else string[1:].removesuffix('"'),
        members=tuple(item.members or ()),
        spans=_spans(item.first, item.last),
        name_spans=_place(item.name) if named else (),
        target_spans=() if target is None else _place(values[target]),
        cut=cut or item.shortened or opened,
        remark=item.remark,
    )


def _number(text: str) -> int | None:
    found = _BINARY.match(text)
    if found:
        return int(found[1] + found[2], 2)
    return _format.number_of(text)


def _target(texts: Sequence[str]) -> int | None:
    """Which value is a symbolic meaning: a name behind a number, such as `fsr_info[7]` in `0xC161514C = fsr_info[7]`."""
    numbered = False
    for position, text in enumerate(texts):
        if numbered and _TARGET.match(text) and text not in _NO_TARGETS:
            return position
        numbered = numbered or _number(text) is not None
    return None


def _text(tokens: Sequence[_tokens.Token]) -> str:
    """What stands from the first to the last token of a line; "" for no tokens."""
    if not tokens:
        return ""
    first, last = tokens[0], tokens[-1]
    if first.line is last.line:
        return first.line.text[first.start : last.end]
    return " ".join(token.text for token in tokens)


def _place(tokens: Sequence[_tokens.Token]) -> tuple[model.Span, ...]:
    """Where a name or target stands; nowhere when it is an expression with blanks, which are not part of a name."""
    if len(tokens) == 1 and len(tokens[0].text.split()) > 1:
        return ()
    first, last = tokens[0], tokens[-1]
    if first.line is last.line:
        return first.line.spans(first.start, last.end)
    return tuple(span for token in tokens for span in token.line.spans(token.start, token.end))


def _spans(first: _tokens.Token, last: _tokens.Token) -> tuple[model.Span, ...]:
    if first.line is last.line:
        return first.line.spans(first.start, last.end)
    return first.line.spans(first.start, len(first.line.text.rstrip())) + last.line.spans(
        len(last.line.text) - len(last.line.text.lstrip()), last.end
    )
