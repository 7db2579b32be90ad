"""Tokens of a line on which a debugger prints variables, and whether they can be such a line at all.

Variables stand among prose, source code, tables and shell text. What a debugger prints is told from all of these by
its tokens alone: nothing is called, nothing is computed, and no two words stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.formats import _strings

NUMBER = r"-?(?:0[xX][0-9A-Fa-f]{1,32}|0[yYbB][01]{1,128}|[0-9]{1,39}(?:\.[0-9]{0,39}(?:[eE][+-]?[0-9]{1,4})?)?)"
# How a person's remark begins. A shift (`1 << 3`) is none.
REMARK = r"//|/\*|<-|<<(?![ \t]*[\w(])|<=(?!=)|-{2,8}>|={1,8}>|[←⇐]"
_TOKEN = re.compile(
    rf"(?P<blank>[ \t]+)|(?P<remark>{REMARK})|(?P<arrow>->)|(?P<mark>[(),=])|(?P<string>\")"
    rf"|(?P<word>\[[\w:.+?-]{{1,80}}\](?![\w\[.])|<[A-Za-z?][^<>]{{0,60}}>|{NUMBER}(?![\w.$\[])|[^\s()=,\"'<>/-]+|.)",
    re.ASCII | re.DOTALL,
)
# A word that may be a value or an element: a number, a symbol with or without an index or an offset, something that
# the debugger could not read, or the dots of what it left out. A cut may have taken the end of each.
_OFFSET = r"(?:\+(?:0[xX]?[0-9A-Fa-f]{0,16}|[1-9][0-9A-Fa-f]{0,16})?)?"
_VALUE = re.compile(
    rf"(?:{NUMBER}|0[xX]|:?[A-Za-z_$][\w.$:]{{0,255}}(?:\[[\w.]{{0,32}}\]){{0,8}}{_OFFSET}"
    rf"|(?:\[[\w.]{{1,32}}\]){{1,8}}|\?{{1,4}}|\.{{2,3}}|…|<.*>|'.*)\Z",
    re.ASCII | re.DOTALL,
)
_NAME = re.compile(r":?[*&]{0,4}[A-Za-z_$][\w.$:]{0,127}(?:\[[\w.]{1,32}\]){0,8}\Z", re.ASCII)
_SYMBOL = re.compile(r"[A-Za-z_][\w.$]{0,255}\Z", re.ASCII)
_MINUS = re.compile(r"-(?:0x)?[0-9A-Fa-f]{1,16}\Z", re.ASCII)
_NUMBER = re.compile(rf"{NUMBER}\Z", re.ASCII)
# Where a variable lives, in front of its name: `[X19] addr = 0x10`.
_HOME = re.compile(r"\[[\w:.+?-]{1,80}\]\Z", re.ASCII)
# What ends the words of a type, and the words before its last one.
_TYPE_WORDS = re.compile(r"[*(\[:,)]")
_QUALIFIERS = frozenset(
    "struct union enum class const volatile register static extern auto unsigned signed long short int char float"
    " double".split()
)
# Types are not longer.
_LONG = 256
# Two words, neither of which is an element or the name of a member.
_WORDS = re.compile(r"[^\s=,()]{1,64}[ \t]{1,64}[^\s=,()-]")
# Characters in quotes that a cut left open are not longer.
_SHORT = 9
# What is left of an arrow or a bracket that was cut in two.
_HALVES = frozenset(("-", "<"))


@dataclass(frozen=True, slots=True)
class Token:
    """A mark (`(`, `)`, `,`, `=` are their own kinds), `arrow`, `string` or `word` of a line."""

    kind: str
    line: model.LogLine
    start: int
    end: int

    @property
    def text(self) -> str:
        """The token as the line has it."""
        return self.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Row:
    """A line in tokens. `types` are the types in it, as first token → last token; `indent` is in columns.

    `remark` is where a person's remark stands, None when there is none. `reads` tells whether a debugger could have
    printed the line among variables.
    """

    line: model.LogLine
    tokens: tuple[Token, ...]
    types: Mapping[int, int]
    indent: int
    remark: tuple[int, int] | None
    reads: bool

    @property
    def item(self) -> int:
        """The position of the first token behind a home and a type in front: the name, where the row begins with one."""
        at = self.types[0] + 1 if 0 in self.types else 0
        return at + 1 if at < len(self.tokens) and is_home(self.tokens, at) else at

    @property
    def equals(self) -> int:
        """The position of the `=` behind the name that the row begins with, -1 where it does not begin so."""
        at = self.item
        if not self.reads or at >= len(self.tokens) or self.tokens[at].kind != "word":
            return -1
        while glued(self.tokens, at + 1) and self.tokens[at + 1].kind == "arrow":
            at += 2  # `sbi->nr_pages` is one name
        found = at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "="
        return at + 1 if found else -1

    @property
    def named(self) -> bool:
        """Whether the row begins with `[type] name =`."""
        return self.equals >= 0

    @property
    def ends(self) -> str:
        """The kind of the last token, "" when there is none."""
        return self.tokens[-1].kind if self.tokens else ""

    @property
    def opens_string(self) -> bool:
        """Whether the row ends inside a string."""
        return self.ends == "string" and _strings.string_end(
            self.line.text, self.tokens[-1].start + 1
        ) > len(self.line.text)

    @property
    def begins_named(self) -> bool:
        """Whether the row begins with `(` or `name =`, whatever follows."""
        kinds = [token.kind for token in self.tokens[self.item : self.item + 2]]
        return kinds == ["word", "="] or self.tokens[0].kind == "("

    @property
    def blank(self) -> bool:
        """Whether the row has neither tokens nor a remark."""
        return not self.tokens and self.remark is None

    @property
    def elements(self) -> bool:
        """Whether the row can go on with a group: elements of an array, structures, what closes the group."""
        if not self.reads or not self.tokens or self.named:
            return False
        at = self.item
        while at < len(self.tokens) and self.tokens[at].kind == "(" and at not in self.types:
            at += 1
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return at > self.item or self.tokens[0].kind in (")", "string")
        # Prose has words alone and in brackets too; only a name in an enumerator's spelling is an element.
        text, following = self.tokens[at].text, self.tokens[at + 1 : at + 2]
        return (
            is_number(self.tokens[at])
            or any(token.kind == "=" for token in following)
            or (bool(following) and (text[0] in "'?<.…" or _enumerator(text)))
        )


def row(line: model.LogLine, start: int = 0) -> Row:
    """The tokens of a line from column `start` on."""
    tokens, remark = _tokens(line, start)
    types = _types(tokens)
    first = tokens[0].start if tokens else len(line.text)
    indent = len(line.text[start:first].expandtabs(8))
    return Row(line, tuple(tokens), types, indent, remark, _reads(tokens, types))


def _enumerator(text: str) -> bool:
    return text.isidentifier() and (text.isupper() or "_" in text)


def _tokens(line: model.LogLine, start: int) -> tuple[list[Token], tuple[int, int] | None]:
    """The tokens without blanks, and where a remark ends them."""
    tokens: list[Token] = []
    text = line.text
    whole = len(text.rstrip())
    valued = far = False  # a value stands before, and a gap that ends it
    while start < whole and (found := _TOKEN.match(text, start)):
        kind = found.lastgroup or ""
        end = found.end()
        if kind == "blank":
            after = valued or (tokens and tokens[-1].kind == "," and _WORDS.match(text, end))
            far = bool(after) and (end - start > 1 or found.group() == "\t")
            start = end
            continue
        if kind == "remark" or (far and kind == "word"):
            return tokens, (start, whole)
        if kind == "string":
            end = min(_strings.string_end(text, end), whole)
        elif found.group() == "'":
            rest = whole if whole - start < _SHORT else end
            end = _strings.characters_end(text, start) or rest
        kind = found.group() if kind == "mark" else kind
        before = tokens[-1].kind if tokens else ""
        valued = kind in ("word", "string") and (
            before in ("=", "arrow") or (valued and before in ("word", "string"))
        )
        far = False
        tokens.append(Token(kind, line, start, end))
        start = end
    return tokens, None


def _types(tokens: Sequence[Token]) -> dict[int, int]:
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
            if named and telling < start and _is_type(inner, token.start):
                ends[start] = at
    return ends


def _is_type(first: Token, end: int) -> bool:
    """Whether what begins with `first` and ends at `end` is a type and no words in brackets."""
    *before, _ = _TYPE_WORDS.split(first.line.text[first.start : min(end, first.start + _LONG)])[
        0
    ].split() or [""]
    begins = first.line.text[first.start]
    return (begins.isascii() and (begins.isalpha() or begins == "_")) and all(
        word in _QUALIFIERS or word.startswith("__") for word in before
    )


def _reads(tokens: Sequence[Token], types: Mapping[int, int]) -> bool:
    """Whether no two neighbours among the tokens are what only prose or source code has."""
    before: Token | None = None
    named = False  # the item has its name, and values follow
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if at in types:
            if before and before.kind not in ("(", ",", "=", "arrow"):
                return False
            at = types[at] + 1
            continue
        if not _fits(tokens, at, before, named=named):
            return False
        if token.kind == "(" and before and before.kind == "word":
            at = min(at + 2, len(tokens) - 1)  # the number of an enumerator is no group
            token = tokens[at]
        named = token.kind == "=" or (named and token.kind not in ("(", ","))
        before = token
        at += 1
    return True


def _fits(tokens: Sequence[Token], at: int, before: Token | None, *, named: bool) -> bool:
    """Whether tokens[at] can stand behind `before`."""
    token = tokens[at]
    kind = before.kind if before else ""
    if token.kind == "word":
        following = tokens[at + 1].kind if at + 1 < len(tokens) else ""
        if before and kind == "word":
            if before.end == token.start:
                return bool(_MINUS.match(token.text))
            if not (following == "" and token.text in _HALVES):
                return not named and following == "=" and is_home(tokens, at - 1)
        if kind in ("string", ")"):
            return False
        naming = following in ("=", "arrow") and not named
        return (
            bool(_VALUE.match(token.text))
            or (naming and bool(_NAME.match(token.text)))
            or (following == "" and token.text in _HALVES)
            or is_home(tokens, at)
        )
    if token.kind == "string":
        return kind not in ("word", "string", ")")
    if token.kind == "(":
        return kind not in ("word", ")", "string") or numbered(tokens, at)
    if token.kind == "=":
        return kind == "word"
    if token.kind == "arrow":
        return kind == "word" and (not named or not glued(tokens, at))
    return token.kind == ")" or kind not in ("", "=", "(")  # a comma


def is_number(token: Token) -> bool:
    """Whether a token is a number as a debugger prints it."""
    return bool(_NUMBER.match(token.text))


def is_home(tokens: Sequence[Token], at: int) -> bool:
    """Whether tokens[at] says where a variable lives: `[X19]` before its name."""
    return (
        at + 1 < len(tokens)
        and tokens[at + 1].kind == "word"
        and bool(_HOME.match(tokens[at].text))
    )


def numbered(tokens: Sequence[Token], at: int) -> bool:
    """Whether at tokens[at] an enumerator's number begins: `RPM_ACTIVE (0)`, where code would call `f(0)`."""
    if not 0 < at < len(tokens) - 1:
        return False
    name, number = tokens[at - 1], tokens[at + 1]
    closed = at + 2 >= len(tokens) or tokens[at + 2].kind == ")"
    return (
        closed
        and name.kind == "word"
        and name.end < tokens[at].start
        and bool(_SYMBOL.match(name.text) or _NUMBER.match(name.text))
        and bool(_NUMBER.match(number.text))
    )


def glued(tokens: Sequence[Token], at: int) -> bool:
    """Whether no blank stands around tokens[at]: `sbi->nr_pages` is one expression."""
    return (
        0 < at < len(tokens) - 1
        and tokens[at - 1].end == tokens[at].start
        and tokens[at].end == tokens[at + 1].start
    )
