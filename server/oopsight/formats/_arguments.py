"""The argument list of a frame: `name = value`, bare values, homes of values, and what a cut leaves of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.formats import _format, _strings

# C compilers must accept 127 parameters (C11 5.2.4.1); whatever has more is no argument list.
MOST = 256

_MARK = re.compile(r"""[()\[\]{},"']""")
_NAMED = re.compile(
    r"(?:\[(?P<where>[^\]]{0,80})\][ \t]*)?(?P<entry>:)?"
    r"(?P<name>[A-Za-z_$][\w.$]{0,127})[ \t]*=[ \t]*(?P<value>\S.*)\Z",
    re.ASCII | re.DOTALL,
)
_UNKNOWN = re.compile(r"(?:\[(?P<where>[^\]]{0,80})\][ \t]*)?(?P<value>\?{1,3})\Z", re.ASCII)
_FIRST_VALUE = re.compile(r"[^ \t=]{1,64}(?=[ \t]*(?:=|->))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands between the parentheses.

    `end` is the place after the closing one, or the end of the text when it is missing (`cut`). `word` is the whole
    content where it is a word about the frame itself (`inline`, `asm`). `overflow`: there were more than `MOST`.
    `mangled` is the first argument that no debugger prints so: damage that could not be undone.
    """

    end: int
    cut: bool
    word: str | None = None
    fragment: str | None = None
    arguments: tuple[model.Argument, ...] = ()
    overflow: bool = False
    mangled: str | None = None


def read(line: model.LogLine, start: int, words: frozenset[str]) -> Arguments:
    """Read the arguments whose opening parenthesis stands just before `start`.

    `words` are what the format prints in place of arguments.
    """
    text = line.text
    pieces, end, overflow = _split(text, start)
    cut = end is None
    if end is None:
        end = len(text.rstrip())
    if len(pieces) == 1:
        word = text[slice(*pieces[0])].strip()
        if word in words:
            return Arguments(end, cut, word=word)
    arguments = []
    fragment = mangled = None
    for number, (low, high) in enumerate(pieces):
        last = number == len(pieces) - 1
        found = _argument(line, low, high, cut=cut and last)
        if found and (_is_mangled(found) or f"{found.name}{found.printed}" in words):
            mangled = mangled or found.printed
            found = replace(found, number=None, cut=True)
        if found:
            arguments.append(found)
        elif cut and last:
            fragment = text[low:high].strip() or None
    # Where one argument is mangled, others may be missing: as much as in a cut text.
    cut = cut or mangled is not None
    return Arguments(end, cut, None, fragment, tuple(arguments), overflow, mangled)


# What is left of tags, quoted-printable, quote marks, numbers of lines and lines of others.
_LEFT_OVER = re.compile(
    r"3D|[\w.]{1,64}[ \t]+\w|.*(?:</|<\w+ |(?<!-)>(?=[\w \t])|\ufffd|-[0-9]{3}\|)",
    re.ASCII | re.DOTALL,
)


# What a debugger prints where it cannot read a value.
_UNREADABLE = re.compile(r"<[^<>|]{1,80}>", re.ASCII)


def _is_mangled(argument: model.Argument) -> bool:
    """Whether no debugger prints an argument so: without a name there is no equals sign, and no page's tags are in it."""
    printed = argument.printed
    if '"' in printed or "'" in printed or _UNREADABLE.match(printed):
        return False
    return bool(_LEFT_OVER.match(printed)) or (argument.name is None and "=" in printed)


def _split(text: str, start: int) -> tuple[list[tuple[int, int]], int | None, bool]:
    """The pieces between commas, where the closing parenthesis ends (None when it is missing), and overflow."""
    pieces: list[tuple[int, int]] = []
    depth = 0
    low = at = start
    while found := _MARK.search(text, at):
        mark, at = found.group(), found.end()
        if mark == '"':
            at = _strings.string_end(text, at)
        elif mark == "'":
            at = _strings.characters_end(text, found.start()) or at
        elif mark in "([{":
            depth += 1
        elif mark == ",":
            if depth == 0:
                if len(pieces) < MOST:
                    pieces.append((low, found.start()))
                low = at
        elif depth:
            depth -= 1
        elif mark == ")":
            overflow = len(pieces) >= MOST
            return (pieces if overflow else [*pieces, (low, found.start())]), at, overflow
    overflow = len(pieces) >= MOST
    return (pieces if overflow else [*pieces, (low, len(text))]), None, overflow


def _argument(line: model.LogLine, low: int, high: int, *, cut: bool) -> model.Argument | None:
    """The argument in text[low:high]; None when nothing stands there, or nothing that is whole enough to be one."""
    piece = line.text[low:high]
    low += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    spans = line.spans(low, low + len(piece))
    named = _NAMED.match(piece)
    if named:
        printed = named["value"]
        return model.Argument(
            name=named["name"],
            printed=printed,
            number=None if cut else _number(printed),
            spans=spans,
            name_spans=line.spans(low + named.start("name"), low + named.end("name")),
            value_spans=line.spans(low + named.start("value"), low + named.end("value")),
            cut=cut,
            where=named["where"] if named["where"] is not None else named["entry"],
        )
    unknown = _UNKNOWN.match(piece)
    if unknown:
        return model.Argument(None, unknown["value"], None, spans, cut=cut, where=unknown["where"])
    if cut or not piece:
        return None
    return model.Argument(None, piece, _number(piece), spans, value_spans=spans)


def _number(printed: str) -> int | None:
    """The number of a value such as `27`, or of `0xC11DEC42 -> "text"`."""
    found = _FIRST_VALUE.match(printed)
    return _format.number_of(found.group() if found else printed)


def end(text: str, start: int) -> int | None:
    """Where the arguments end whose opening parenthesis stands just before `start`; None where they are cut."""
    return _split(text, start)[1]


_TOKEN = re.compile(
    r"(?P<blank>[ \t]+)|(?P<arrow>->)|(?P<mark>[()\[\]{},=])|(?P<string>[\"'])|(?P<word>[^\s()\[\]{},=\"'-]+|-|\s)"
)
_FOREIGN = re.compile(r"[;|]|(?<!\.\.)\.\Z")
_NO_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*[G-Wg-wYyZz]|[0-9]+[A-Za-z]*[G-Wg-wYyZz]", re.ASCII)
_BEHIND = re.compile(r"[ \t]*(?:$|//|<-|<<|<=|==>|/\*)")
# How the types in a cast begin; between its parentheses words follow each other.
_TYPE_WORDS = frozenset(
    ("struct", "union", "enum", "unsigned", "signed", "const", "volatile", "long", "short")
)


def can_go_on(text: str, *, tail: bool = False) -> bool:
    """Whether a text that was put together can be what stands behind an opening parenthesis, closed or not yet.

    Debuggers never print two words without something between them, people always do. Behind the closing parenthesis
    only a remark may stand; anything where it is known to be the `tail` of the line.
    """
    depth, at = 1, 0
    equals = 0  # of the argument that is being read
    apart = False  # the last token was a word, and a blank stood behind it
    before = ""
    cast_depth = 0
    while found := _TOKEN.match(text, at):
        kind, token, at = found.lastgroup, found.group(), found.end()
        if kind == "blank":
            apart = before == "word"
            continue
        if kind == "string":
            ending = _strings.characters_end(text, found.start()) if token == "'" else None
            at = _strings.string_end(text, at) if token == '"' else ending or at
        elif token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            cast_depth = min(cast_depth, depth)
            if depth == 0:
                return tail or bool(_BEHIND.match(text, at))
        elif depth == 1 and token in ("=", ","):
            equals = equals + 1 if token == "=" else 0
            if equals > 1:
                return False
        elif kind == "word":
            if _NO_NUMBER.match(token):
                return False
            if token in _TYPE_WORDS and depth > 1:
                cast_depth = depth
            if _FOREIGN.search(token) or (apart and before == "word" and cast_depth < depth):
                return False
        apart = False
        before = kind or ""
    return True
