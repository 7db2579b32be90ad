"""Functions that no line of the tree spells out: macros make their names by pasting, as `SYSCALL_DEFINE3(read, …)` does.

Nothing about single macros is known here: every macro that is used outside of functions with a part of the wanted
name among its arguments is expanded as the tree defines it, and makes the function when its name comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from oopsight import model
from oopsight.tree import ctext, preprocess, scan
from oopsight.tree.rows import Row, Use

if TYPE_CHECKING:
    from oopsight.tree.trees import KernelTree

K = model.DefinitionKind

# `SetPageDirty`, `__x64_sys_read`: parts begin and end at underscores, at a capital behind a small letter, at digits.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")
_MOST_PARTS = 14
_MOST_USES = 3000
_MOST_EXPANSIONS = 3000
_DEEPEST = 8
_LONGEST = 40_000
_CALLED = re.compile(r"\b([A-Za-z_]\w*)[ \t\n]*\(")
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_PASTE = re.compile(r"[ \t\n]*##[ \t\n]*")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
# What stands for an argument while it is not known; no kernel name holds it.
_MARK = "Zz{}zZ"
_MARKED = re.compile(r"Zz([0-9]{1,2})zZ")


def made(tree: KernelTree, name: str) -> tuple[model.Definition, ...]:
    """Where macros make the function `name`: the lines on which they are used, in the order of paths."""
    return tree.once(("made", name), lambda: _made(tree, name, defined=True))


def declared(tree: KernelTree, name: str) -> tuple[model.Definition, ...]:
    """Where macros do no more than declare `name`: an assembler macro on the same line may make it."""
    return tree.once(("declared", name), lambda: _made(tree, name, defined=False))


def is_made(tree: KernelTree, definition: model.Definition) -> bool:
    """Whether a definition is only the line on which a macro makes it, so that its body and parameters are not known."""
    if definition.kind is not K.FUNCTION or definition.parameters:
        return False
    lines = tree.sources.lines(definition.position.path) or ()
    at = definition.position.line - 1
    return at >= len(lines) or definition.name not in lines[at]


def _made(tree: KernelTree, name: str, *, defined: bool) -> tuple[model.Definition, ...]:
    found: dict[tuple[str, int], model.Definition] = {}
    for word in _words_in(name):
        uses = tree.index.uses(word)
        for path, use in uses if len(uses) <= _MOST_USES else ():
            if (path, use.line) not in found and _makes(tree, path, use, name, defined):
                found[path, use.line] = _definition(tree, name, path, use)
    return tuple(found[place] for place in sorted(found))


def _makes(tree: KernelTree, path: str, use: Use, name: str, defined: bool) -> bool:
    """Whether a use of a macro defines, or only declares, the function `name`."""
    forms = [one for one in _forms(tree, path, use.macro) if one.may_be(name)]
    if not forms:
        return False
    given, opens = _given(tree, path, use)
    return any(
        form.of(given) == name
        and (not defined or form.body is _Body.OWN or (opens and form.body is _Body.BEHIND))
        for form in forms
    )


def _given(tree: KernelTree, path: str, use: Use) -> tuple[tuple[str, ...], bool]:
    """The arguments of a use, and whether a body follows it."""
    lines = tree.sources.lines(path) or ()
    text = preprocess.without_comments("\n".join(lines[use.line - 1 : use.end + _MORE_LINES]))
    opening = text.find("(", text.find(use.macro))
    if opening < 0:
        return (), False
    end = ctext.matching(text, opening)
    given = tuple(ctext.split_arguments(text[opening + 1 : end]))
    behind = text[end + 1 :].lstrip()
    if behind.startswith("("):  # the macro makes the name alone: `static int FNAME(walk_addr)(…)`
        behind = behind[ctext.matching(behind, 0) + 1 :].lstrip()
    return given, behind.startswith("{")


_MORE_LINES = 40


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a macro makes: `body` is its text where the macro holds it.

    `body` is None where the text behind the macro's use is its body; `declared` where there is none here.
    """

    definition: model.Definition
    body: str | None
    declared: bool = False


def families(tree: KernelTree, path: str, word: str) -> tuple[tuple[Function, ...], ...]:
    """What each use of a macro in a file makes that has a body behind it in which `word` stands."""
    return tree.once(("families", path, word), lambda: tuple(_families(tree, path, word)))


def _families(tree: KernelTree, path: str, word: str) -> Iterator[tuple[Function, ...]]:
    lines = tree.sources.lines(path) or ()
    known = re.compile(rf"(?<!\w){re.escape(word)}[ \t]*\(")
    lasts: dict[int, Use] = {}
    for use in scan.scan(path, tree.sources.data(path) or b"").uses:
        lasts.setdefault(use.line, use)
    for use in lasts.values():
        if not any(known.search(line) for line in lines[use.line : use.end]):
            continue
        given, opens = _given(tree, path, use)
        names = {form.of(given) for form in _forms(tree, path, use.macro)} if opens else set()
        for name in sorted(name for name in names if name and _WORD.fullmatch(name)):
            family = _together(tree, _definition(tree, name, path, use))
            if family:
                yield family
            break


def together(tree: KernelTree, definition: model.Definition) -> tuple[Function, ...]:
    """All functions that the same use of a macro makes as this one, it among them; () for one that is written out."""
    return tree.once(("together", definition), lambda: _together(tree, definition))


_USED = re.compile(r"[ \t]*(?:[A-Za-z_]\w*[ \t]+){0,6}?([A-Za-z_]\w*)[ \t]*\(")


def _together(tree: KernelTree, definition: model.Definition) -> tuple[Function, ...]:
    path, line = definition.position.path, definition.position.line
    lines = tree.sources.lines(path) or ()
    used = _USED.match(lines[line - 1]) if 1 <= line <= len(lines) else None
    if used is None or used.group(1) == definition.name or definition.kind is not K.FUNCTION:
        return ()
    use = Use("", used.group(1), line, definition.end_line)
    given, opens = _given(tree, path, use)
    found: dict[str, Function] = {}
    rank = {_Body.OWN: 0, _Body.BEHIND: 1, _Body.NONE: 2}
    for form in sorted(
        _forms(tree, path, use.macro), key=lambda one: (rank[one.body], -len(one.inside))
    ):
        name = form.of(given)
        if name is None or not _WORD.fullmatch(name) or name in found:
            continue
        behind = form.body is _Body.BEHIND and opens
        body = _filled(form.inside, given) if form.body is _Body.OWN else None
        found[name] = Function(
            _definition(tree, name, path, use), body, body is None and not behind
        )
    return tuple(found.values()) if definition.name in found else ()


def _filled(text: str, given: Sequence[str]) -> str:
    """A text with the arguments in place of their marks."""

    def argument(mark: re.Match[str]) -> str:
        at = int(mark.group(1))
        return given[at].strip() if at < len(given) else ""

    return _MARKED.sub(argument, text)


class _Body(Enum):
    """Where the body of a function is whose header a macro holds."""

    OWN = "own"  # in the macro
    BEHIND = "behind"  # the macro ends with the header: behind its use, if anywhere
    NONE = "none"  # the macro only declares the function


@dataclass(frozen=True, slots=True)
class _Form:
    """A function that a macro makes: pieces of its name, and between them the positions of the macro's arguments."""

    pieces: tuple[str, ...]
    arguments: tuple[int, ...]
    body: _Body
    inside: str = ""  # the text of its own body

    def may_be(self, name: str) -> bool:
        """Whether some arguments give the name."""
        return name.startswith(self.pieces[0]) and name.endswith(self.pieces[-1])

    def of(self, given: Sequence[str]) -> str | None:
        """The name that these arguments give."""
        if any(position >= len(given) for position in self.arguments):
            return None
        parts = [self.pieces[0]]
        for position, piece in zip(self.arguments, self.pieces[1:], strict=True):
            parts += (given[position].strip(), piece)
        return "".join(parts)


def _forms(tree: KernelTree, path: str, macro: str) -> frozenset[_Form]:
    """The names of all functions that a macro makes when it is used in a file."""
    own = any(
        where == path and not path.endswith(".h")
        for where, row in tree.index.find(macro)
        if row.kind is K.MACRO
    )
    where = path if own else ""
    return tree.once(("makes", macro, where), lambda: _Expansion(tree, where).forms(macro))


def _definition(tree: KernelTree, name: str, path: str, use: Use) -> model.Definition:
    return model.Definition(
        name,
        K.FUNCTION,
        model.SourcePos(path, use.line, 0),
        use.line,
        use.end,
        (),
        False,
        tree.conditionals(path).at(use.line),
    )


def _words_in(name: str) -> list[str]:
    """Every part of a name that may have been given to a macro, the longest first."""
    parts = list(_PART.finditer(name))
    if len(parts) > _MOST_PARTS:
        parts = parts[: _MOST_PARTS // 2] + parts[-_MOST_PARTS // 2 :]
    starts = {part.start() for part in parts} | {0}
    ends = {part.end() for part in parts} | {len(name)}
    # A word may begin or end with underscores of its own.
    starts |= {at for start in starts for at in range(start) if not name[at:start].strip("_")}
    ends |= {at for end in ends for at in range(end, len(name) + 1) if not name[end:at].strip("_")}
    words = {name[start:end] for start in starts for end in ends if start < end}
    return sorted(words, key=lambda word: (-len(word), word))


@dataclass(frozen=True, slots=True)
class _Call:
    """A macro with what it is given."""

    macro: str
    given: tuple[str, ...]


class _Expansion:
    """Everything that a macro can become, under any of the tree's definitions of the macros in it.

    Macros of headers are seen everywhere, those of a C file only in itself (`path`, "" for none).
    """

    def __init__(self, tree: KernelTree, path: str) -> None:
        self._tree = tree
        self._path = path
        self._seen: set[_Call] = set()
        self._found: set[_Form] = set()

    def forms(self, macro: str) -> frozenset[_Form]:
        """The names of the functions that the macro defines, as far as its arguments are part of them."""
        most = max((len(parameters) for parameters, _ in self._definitions(macro)), default=0)
        layer = [_Call(macro, tuple(map(_MARK.format, range(min(most + 4, 40)))))]
        for _ in range(_DEEPEST):
            following: list[_Call] = []
            for call in layer:
                for parameters, text in self._definitions(call.macro):
                    following += self._read(_substituted(parameters, text, call.given))
            layer = following
        return frozenset(self._found)

    def _read(self, text: str) -> Iterator[_Call]:
        """Note the functions that a text defines, and give the macros in it to which an argument goes on."""
        if _MARKED.search(text) and _PURE.fullmatch(text.strip()):
            self._found.add(_form(text.strip(), _Body.BEHIND, ""))
        for found in _CALLED.finditer(text):
            name = found.group(1)
            if _MARKED.search(name):
                if _has_type(text, found.start()):
                    self._found.add(_form(name, *_body_of(text, found.end() - 1)))
                continue
            end = ctext.matching(text, found.end() - 1)
            given = tuple(ctext.split_arguments(text[found.end() : end]))
            if not any(_PURE.fullmatch(one.strip()) and _MARKED.search(one) for one in given):
                continue
            call = _Call(name, given)
            if call not in self._seen and len(self._seen) < _MOST_EXPANSIONS:
                self._seen.add(call)
                yield call

    def _definitions(self, macro: str) -> list[tuple[tuple[str, ...], str]]:
        """Parameters and text of each definition of a macro that may be seen."""
        return list(
            dict.fromkeys(
                _body(self._tree, path, row)
                for path, row in self._tree.index.find(macro)
                if row.kind is K.MACRO and (path.endswith(".h") or path == self._path)
            )
        )


_PURE = re.compile(r"\w+")
_BEFORE_NAME = re.compile(r"(\w+)[ \t\n]+\Z|\*[ \t\n]*\Z")


def _has_type(text: str, start: int) -> bool:
    """Whether a name with a parenthesis is declared there, and not called: a type stands before it."""
    before = _BEFORE_NAME.search(text, max(0, start - 200), start)
    return before is not None and before.group(1) not in ("return", "else", "do", "case", "goto")


def _body_of(text: str, opening: int) -> tuple[_Body, str]:
    """Where the body of the function is whose parameters begin at `opening`, and its text if the macro holds it."""
    behind = text[ctext.matching(text, opening) + 1 :]
    found = _ENDS.search(behind)
    if found is None:
        return _Body.BEHIND, ""
    if found.group() != "{":
        return _Body.NONE, ""
    end = ctext.matching(behind, found.start())
    return _Body.OWN, behind[found.start() : min(end + 1, found.start() + _LONGEST_BODY)]


_ENDS = re.compile(r"[;{]")
_LONGEST_BODY = 4000


def _form(name: str, body: _Body, inside: str) -> _Form:
    parts = _MARKED.split(name)
    return _Form(tuple(parts[::2]), tuple(map(int, parts[1::2])), body, inside)


def _body(tree: KernelTree, path: str, row: Row) -> tuple[tuple[str, ...], str]:
    """The parameters and the text of a macro."""
    return tree.once(("macro body", path, row), lambda: _read_body(tree, path, row))


def _read_body(tree: KernelTree, path: str, row: Row) -> tuple[tuple[str, ...], str]:
    lines = tree.sources.lines(path) or ()
    text = preprocess.without_comments("\n".join(lines[row.start - 1 : row.end]))
    start = text.find(row.name) + len(row.name)
    text = text[start:].replace("\\\n", " \n")[:_LONGEST]
    if not text.startswith("("):
        return (), text
    end = ctext.matching(text, 0)
    return tuple(one.strip() for one in text[1:end].split(",")), text[end + 1 :]


def _substituted(parameters: tuple[str, ...], text: str, given: tuple[str, ...]) -> str:
    """A macro's text with its parameters replaced and names pasted."""
    known = dict(zip(parameters, given, strict=False))
    if parameters and parameters[-1].endswith("..."):
        rest = ", ".join(given[len(parameters) - 1 :])
        known[parameters[-1][:-3].strip() or "__VA_ARGS__"] = rest
    text = _STRING.sub('""', text)
    text = _WORD.sub(lambda word: known.get(word.group(), word.group()), text)
    return _PASTE.sub("", text)[:_LONGEST]
