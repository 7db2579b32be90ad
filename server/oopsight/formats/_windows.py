"""Variable windows of a debugger: `(type) name = value = target -> (` with members to any depth, over many lines.

The reader keeps its own stack of open groups, so that the depth of a text never becomes the depth of our calls, and
it looks at every character a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from oopsight import model
from oopsight.formats import _format, _strings

# No structure of a kernel is printed deeper; what lies below is passed over, so that later steps may recurse.
DEEPEST = 48
# Stands for the value of a variable that has members.
GROUP = "(…)"

_NAME = r"[\w.$\[\]]{1,128}"
_TYPE = r"\([A-Za-z_][^=;{}\"]{0,200}\)"
# Lines that begin a window: a typed name with more than a bare value, or a name that opens a group at the line's end.
START_TYPED = rf"[ \t]*{_TYPE}[ \t]*{_NAME}[ \t]*=[ \t]*(?:\(|[^ \t;]{{1,128}}[ \t]+(?:=|->))[^;]*$"
START_PLAIN = (
    rf"[ \t]*{_NAME} = (?:[^ \t;()]{{1,128}} (?:= [^ \t;()]{{1,128}} )?-> )?\([ \t]*(?://.*|<-.*)?$"
)
# A line that can go on a window: a member with its value, numbers of an array, what closes or opens a group. Prose and
# code do not look like this; what ends in `;` or a brace is code anyway.
_MEMBER = re.compile(
    rf"[ \t]*(?:\)|\"|'|\([ \t]*$|\(*(?:{_TYPE}[ \t]*)?{_NAME}[ \t]+=(?:[ \t]|$)|{_TYPE}[ \t]*\("
    rf"|\(*-?(?:0x[0-9A-Fa-f]{{1,32}}|[0-9]{{1,39}})[ \t]*(?:[,)]|$)|{_NAME}[ \t]*[,)]{{1,64}}[ \t]*$)",
    re.ASCII,
)
_CODE_ENDS = (";", "{", "}")
_TOKEN = re.compile(
    r"(?P<blank>[ \t]+)|(?P<remark>//|<-|<<|/\*|==>)|(?P<arrow>->)|(?P<mark>[(),=])|(?P<string>\")"
    r"|(?P<word>[^\s()=,\"'<>/-]+|.)",
    re.ASCII | re.DOTALL,
)
_TARGET = re.compile(
    r"[A-Za-z_.$][\w.$]{0,255}(?:\[[0-9]{1,9}\])?(?:[+-](?:0x)?[0-9A-Fa-f]{1,16})?\Z", re.ASCII
)
_NO_TARGETS = frozenset(("TRUE", "FALSE", "NULL"))


@dataclass(frozen=True, slots=True)
class Window:
    """The variables of a window, how many lines it takes, and whether the text ends inside it."""

    variables: tuple[model.Variable, ...]
    lines: int
    cut: bool
    spans: tuple[model.Span, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    line: model.LogLine
    start: int
    end: int


@dataclass(slots=True)
class _Item:
    """A variable while it is read: `[(type)] name = value = value -> text or (members)`."""

    first: _Token
    last: _Token
    type: str | None = None
    name: list[_Token] = field(default_factory=list)
    values: list[list[_Token]] = field(default_factory=list)
    text: _Token | None = None
    members: list[model.Variable] | None = None

    def goes_on(self) -> bool:
        """Whether the next line belongs to this variable: a value is still to come."""
        return self.last.kind in ("=", "arrow") or not (self.values or self.members)


def starts_plain(lines: Sequence[model.LogLine], at: int) -> bool:
    """Whether the line after a plain start (`name = (`) shows that a window begins, and not a line of code."""
    return at + 1 < len(lines) and " = " in lines[at + 1].text and _is_member(lines[at + 1], 0)


def read(lines: Sequence[model.LogLine], at: int) -> Window:
    """The window that begins on lines[at]; the caller has seen that the line is a start."""
    reader = _Reader()
    spans: list[model.Span] = []
    number = at
    while number < len(lines):
        line = lines[number]
        if number > at and not _goes_on(lines, number):
            break
        reader.feed(_tokens(line, 0))
        spans += line.spans(len(line.text) - len(line.text.lstrip()), len(line.text.rstrip()))
        number += 1
        if not reader.inside():
            break
    cut = reader.finish()
    kept = tuple(span for span in spans if span.start < span.end)
    return Window(tuple(reader.variables), number - at, cut, kept)


def read_rows(rows: Sequence[tuple[model.LogLine, int]]) -> tuple[model.Variable, ...]:
    """The variables in rows below a frame; of each row the text from the given column on counts."""
    reader = _Reader()
    for line, start in rows:
        if _is_member(line, start):
            reader.feed(_tokens(line, start))
    reader.finish()
    return tuple(reader.variables)


def _is_member(line: model.LogLine, start: int) -> bool:
    return bool(_MEMBER.match(line.text, start)) and not line.text.rstrip().endswith(_CODE_ENDS)


def _goes_on(lines: Sequence[model.LogLine], number: int) -> bool:
    """Whether the window goes on here; one empty line between members is damage and no end."""
    if lines[number].text.strip():
        return _is_member(lines[number], 0)
    return number + 1 < len(lines) and _is_member(lines[number + 1], 0)


def _tokens(line: model.LogLine, start: int) -> list[_Token]:
    """The tokens of a line from `start`, without blanks and remarks."""
    tokens = []
    text = line.text
    while found := _TOKEN.match(text, start):
        kind = found.lastgroup or ""
        end = found.end()
        if kind == "remark":
            break
        if kind == "string":
            end = min(_strings.string_end(text, end), len(text))
        elif found.group() == "'":
            end = _strings.characters_end(text, start) or end
        if kind != "blank":
            tokens.append(_Token(found.group() if kind == "mark" else kind, line, start, end))
        start = end
    return tokens


def _types(tokens: Sequence[_Token]) -> dict[int, int]:
    """Where types stand, as first token → last token: `(int (*)()) fn`, but not `(counter = 6)` or `(1, 2)`."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    telling = -1  # the last token that no type holds
    for at, token in enumerate(tokens):
        if token.kind in ("=", "arrow", "string"):
            telling = at
        elif token.kind == "(":
            opened.append(at)
        elif token.kind == ")" and opened:
            start = opened.pop()
            inner = tokens[start + 1]
            named = at + 1 < len(tokens) and tokens[at + 1].kind == "word"
            if named and telling < start and re.match(r"[A-Za-z_]", inner.line.text[inner.start]):
                ends[start] = at
    return ends


class _Reader:
    """Reads a window token by token; between lines it remembers which groups are open."""

    def __init__(self) -> None:
        self.variables: list[model.Variable] = []
        self._groups: list[_Item] = []  # items whose group is open, outermost first
        self._item: _Item | None = None
        self._passed_over = 0  # open groups below the deepest that is kept

    def inside(self) -> bool:
        """Whether a group is open or a value is still to come."""
        return bool(self._groups) or (self._item is not None and self._item.goes_on())

    def feed(self, tokens: Sequence[_Token]) -> None:
        """Read one line."""
        if self._item and not self._item.goes_on():
            self._end_item()  # the line before ended without its comma
        types = _types(tokens)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if at in types and not (self._item and self._item.name and not self._item.values):
                self._type(token, tokens[types[at]])
                at = types[at] + 1
                continue
            self._step(token)
            if token.kind == ")" and not self._groups:
                break  # the window is closed; what follows on the line is a remark
            at += 1

    def finish(self) -> bool:
        """The text is over: close what is open; True when something was."""
        cut = self.inside()
        if self._item:
            self._end_item(cut=cut)
        while self._groups:
            self._item = self._groups.pop()
            self._end_item(cut=True)
        return cut

    def _type(self, first: _Token, last: _Token) -> None:
        """A type before a name; a cast before a value says nothing that is kept."""
        if self._item is None and not self._passed_over:
            printed = first.line.text[first.end : last.start]
            self._item = _Item(first, last, type=" ".join(printed.split()))

    def _step(self, token: _Token) -> None:
        if self._passed_over:
            self._passed_over += {"(": 1, ")": -1}.get(token.kind, 0)
        elif token.kind == "(":
            self._open_group(token)
        elif token.kind == ")":
            self._close_group()
        elif token.kind == ",":
            self._end_item()
        else:
            self._extend(token)

    def _extend(self, token: _Token) -> None:
        if self._item is None:
            self._item = _Item(token, token)
        item = self._item
        item.last = token
        if token.kind in ("=", "arrow"):
            item.values.append([])
        elif token.kind == "string":
            item.text = token
        elif item.values:
            item.values[-1].append(token)
        else:
            item.name.append(token)

    def _open_group(self, token: _Token) -> None:
        item = self._item or _Item(token, token)
        self._item = None
        if len(self._groups) >= DEEPEST:
            self._item = item
            self._passed_over = 1
            return
        item.members = item.members or []
        self._groups.append(item)

    def _close_group(self) -> None:
        self._end_item()
        if self._groups:
            self._item = self._groups.pop()
            self._end_item()

    def _end_item(self, *, cut: bool = False) -> None:
        item = self._item
        self._item = None
        if item is None:
            return
        siblings = self.variables
        if self._groups:
            siblings = self._groups[-1].members or []
            self._groups[-1].members = siblings
        siblings.append(_variable(item, position=len(siblings), cut=cut))


def _variable(item: _Item, position: int, *, cut: bool) -> model.Variable:
    """The variable that was read; elements of arrays, which have no name in the text, are called by their position."""
    values = [value for value in item.values if value]
    named = bool(item.name) and bool(item.values or item.members is not None)
    if item.name and not named:
        values = [item.name]
    texts = [_text(value) for value in values]
    # The last value of a cut text may be longer than what is left of it.
    whole = texts[:-1] if cut and not item.text and item.members is None else texts
    number = next((n for n in map(_format.number_of, whole) if n is not None), None)
    target = _target(whole)
    string = item.text.line.text[item.text.start : item.text.end] if item.text else None
    return model.Variable(
        name=_text(item.name) if named else f"[{position}]",
        type=item.type,
        printed=texts[0] if texts else (string if string is not None else GROUP),
        number=number,
        target=None if target is None else whole[target],
        text=None if string is None else string[1:].removesuffix('"'),
        members=tuple(item.members or ()),
        spans=_spans(item.first, item.last),
        name_spans=_span(item.name) if named else (),
        target_spans=() if target is None else _span(values[target]),
        cut=cut,
    )


def _target(texts: Sequence[str]) -> int | None:
    """Which value is a symbolic meaning: a name behind a number, such as `fsr_info[7]` in `0xC161514C = fsr_info[7]`."""
    numbered = False
    for position, text in enumerate(texts):
        if numbered and _TARGET.match(text) and text not in _NO_TARGETS:
            return position
        numbered = numbered or _format.number_of(text) is not None
    return None


def _text(tokens: Sequence[_Token]) -> str:
    """What stands from the first to the last token of a line."""
    first, last = tokens[0], tokens[-1]
    if first.line is last.line:
        return first.line.text[first.start : last.end]
    return " ".join(token.line.text[token.start : token.end] for token in tokens)


def _span(tokens: Sequence[_Token]) -> tuple[model.Span, ...]:
    first, last = tokens[0], tokens[-1]
    end = last.end if first.line is last.line else first.end
    return first.line.spans(first.start, end)


def _spans(first: _Token, last: _Token) -> tuple[model.Span, ...]:
    if first.line is last.line:
        return first.line.spans(first.start, last.end)
    return first.line.spans(first.start, len(first.line.text.rstrip())) + last.line.spans(
        len(last.line.text) - len(last.line.text.lstrip()), last.end
    )
