"""Arrays with initialisers: the entry that an index selects, its members named as the structure's declaration names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import headers, preprocess

__all__ = ["Table", "members_of", "read"]

NumberOf = Callable[[str], "int | None"]
Holds = Callable[["str | None"], "bool | None"]

_MOST_WAYS = 8


@dataclass(frozen=True, slots=True)
class _Element:
    """One element between commas: its text, where it begins, its designator (`[X]`) and its condition."""

    text: str
    position: model.SourcePos
    designator: str | None
    condition: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """One array with an initialiser. `struct` is the tag of its elements' structure, None when they have none."""

    name: str
    position: model.SourcePos
    struct: str | None
    condition: str | None
    elements: tuple[_Element, ...]

    def entries(
        self, index: int, members: Sequence[str], number_of: NumberOf, holds: Holds
    ) -> Iterator[model.TableEntry]:
        """Every element that may be at `index`: several when elements before it depend on undecided conditions."""
        ways: list[tuple[int, str | None]] = [(0, None)]
        for element in self.elements:
            truth = True if element.condition == self.condition else holds(element.condition)
            if truth is False:
                continue
            at = _designated(element, ways, number_of)
            for position, condition in at:
                joined = preprocess.all_of(condition, None if truth else element.condition)
                if position == index and preprocess.compatible(joined):
                    yield _entry(self, element, index, members, joined)
            taken = [(position + 1, condition) for position, condition in at]
            if truth is None and element.condition is not None:
                skipped = [
                    (p, preprocess.all_of(c, preprocess.negated(element.condition)))
                    for p, c in ways
                ]
                taken = [(p, preprocess.all_of(c, element.condition)) for p, c in taken] + skipped
            ways = [way for way in taken if preprocess.compatible(way[1])][:_MOST_WAYS]


def _designated(
    element: _Element, ways: list[tuple[int, str | None]], number_of: NumberOf
) -> list[tuple[int, str | None]]:
    """Where an element stands: behind the one before it, or where its designator says (`[A ... B]` counts as A)."""
    if element.designator is None:
        return ways
    number = number_of(element.designator.split("...")[0])
    return [] if number is None else [(number, None)]


def _entry(
    table: Table, element: _Element, index: int, members: Sequence[str], condition: str | None
) -> model.TableEntry:
    return model.TableEntry(
        table=table.name,
        index=index,
        position=element.position,
        members=tuple(_members(element.text, members)),
        condition=preprocess.all_of(table.condition, condition),
    )


_FIELD = re.compile(r"\.(\w+)\s*=(.*)", re.DOTALL)


def _members(text: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The members of `{ a, .b = c }` by name; one without a known name is called by its number."""
    inside = text.strip()
    if not (inside.startswith("{") and inside.endswith("}")):
        yield "", " ".join(inside.split())
        return
    following = 0
    for _, piece in headers.pieces(inside, 1, len(inside) - 1):
        designated = _FIELD.fullmatch(piece.strip())
        if designated is not None:
            name, value = designated[1], designated[2]
            following = names.index(name) + 1 if name in names else following + 1
        else:
            name = names[following] if following < len(names) else str(following)
            value, following = piece, following + 1
        yield name, " ".join(value.split())


_ELEMENT = re.compile(r"\s*(?:\[([^\]]*)\]\s*=\s*)?", re.DOTALL)


def read(name: str, path: str, text: str) -> tuple[Table, ...]:
    """Every array called `name` that the file initialises."""
    text = text.replace("\r\n", "\n")
    if name not in text:
        return ()
    plain = preprocess.without_comments(text)
    conditions = preprocess.conditionals(text)
    places = headers.Places(path, text)
    found = []
    pattern = re.compile(
        rf"(?:\bstruct\s+(\w+)\s*)?[\s*]{re.escape(name)}\s*\[[^\]\n]*\][^;={{}}]{{0,120}}=\s*\{{"
    )
    for match in pattern.finditer(plain):
        end = _closing(plain, match.end() - 1)
        if end < 0:
            continue
        position = places.at(match.start() + match[0].rindex(name, 0, match[0].index("[")))
        elements = tuple(_elements(plain, match.end(), end, places, conditions))
        found.append(Table(name, position, match[1], conditions.at(position.line), elements))
    return tuple(found)


_BRACE = re.compile(r"""[{}]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""")
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)


def _closing(text: str, at: int) -> int:
    """The offset of the brace that closes the one at `at`, -1 when none does."""
    depth = 0
    for match in _BRACE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    return -1


def _elements(
    plain: str, start: int, end: int, places: headers.Places, conditions: preprocess.Conditionals
) -> Iterator[_Element]:
    bare = plain[:start] + _DIRECTIVE.sub(lambda match: _blank(match[0]), plain[start:end])
    for first, piece in headers.pieces(bare, start, end):
        match = _ELEMENT.match(piece)
        if match is None or not piece.strip():
            continue
        begin = first + len(piece) - len(piece.lstrip())
        position = places.at(begin)
        yield _Element(
            piece[match.end() :].strip(), position, match[1], conditions.at(position.line)
        )


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)


_POINTER = re.compile(r"\(\s*\*\s*(?:const\s+)?(\w+)")
_DECLARED = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?::[^,]*)?(?:__\w+(?:\([^)]*\))?\s*)*$")


def members_of(struct: str, text: str) -> tuple[str, ...]:
    """The members of `struct struct { … }` in their order, () when the text does not declare it."""
    plain = preprocess.without_comments(text)
    match = re.search(rf"\bstruct\s+{re.escape(struct)}\s*\{{", plain)
    if match is None:
        return ()
    end = _closing(plain, match.end() - 1)
    if end < 0:
        return ()
    body = _DIRECTIVE.sub("", plain[match.end() : end])
    names: list[str] = []
    for declaration in _declarations(body):
        pointer = _POINTER.search(declaration)
        if pointer is not None:
            names.append(pointer[1])
            continue
        for declarator in declaration.split(","):
            declared = _DECLARED.search(declarator.strip())
            if declared is not None:
                names.append(declared[1])
    return tuple(names)


def _declarations(body: str) -> Iterator[str]:
    """The parts that end in `;` outside braces; a nested structure counts by the name behind its brace."""
    depth, first = 0, 0
    for match in re.finditer("[{};]", body):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                first = match.end()
        elif depth == 0:
            if body[first : match.start()].strip():
                yield body[first : match.start()].strip()
            first = match.end()
