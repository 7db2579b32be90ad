"""Initialised structures and arrays of them: entries, and members named as the structure's declaration names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import headers, preprocess

__all__ = ["Element", "Table", "members_named", "members_of", "read", "typed_members_of"]

NumberOf = Callable[[str], "int | None"]
Holds = Callable[["str | None"], "bool | None"]

_MOST_WAYS = 8


@dataclass(frozen=True, slots=True)
class Element:
    """One element between commas: its text, where it begins, its designator (`X` of `[X] =`) and its condition."""

    text: str
    position: model.SourcePos
    designator: str | None
    condition: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """One array with an initialiser, or one structure (`array` is False), which is its own only element.

    `struct` is the tag of the elements' structure, None when they have none.
    """

    name: str
    position: model.SourcePos
    struct: str | None
    condition: str | None
    elements: tuple[Element, ...]
    array: bool = True

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
    element: Element, ways: list[tuple[int, str | None]], number_of: NumberOf
) -> list[tuple[int, str | None]]:
    """Where an element stands: behind the one before it, or where its designator says (`[A ... B]` counts as A)."""
    if element.designator is None:
        return ways
    number = number_of(element.designator.split("...")[0])
    return [] if number is None else [(number, None)]


def _entry(
    table: Table, element: Element, index: int, members: Sequence[str], condition: str | None
) -> model.TableEntry:
    return model.TableEntry(
        table=table.name,
        index=index,
        position=element.position,
        members=tuple(members_named(element.text, members)),
        condition=preprocess.all_of(table.condition, condition),
    )


_FIELD = re.compile(r"\.(\w+)\s*=(.*)", re.DOTALL)


def members_named(text: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
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
    """Every array or structure called `name` that the file initialises."""
    text = text.replace("\r\n", "\n")
    if name not in text:
        return ()
    plain = preprocess.without_comments(text)
    conditions = preprocess.conditionals(text)
    places = headers.Places(path, text)
    found = []
    pattern = re.compile(
        rf"(?:\b(?:struct|union)\s+(\w+)\s*)?[\s*](?<!struct )(?<!union )(?P<name>{re.escape(name)})\s*(?P<array>(?:\[[^\]\n]*\]\s*)+)?[^;={{}}\[]{{0,120}}=\s*\{{"
    )
    for match in pattern.finditer(plain):
        end = _closing(plain, match.end() - 1)
        if end < 0:
            continue
        position = places.at(match.start("name"))
        condition = conditions.at(position.line)
        array = match["array"] is not None
        if array:
            elements = tuple(_elements(plain, match.end(), end, places, conditions))
        else:
            whole = _DIRECTIVE.sub(
                lambda directive: _blank(directive[0]), plain[match.end() - 1 : end + 1]
            )
            elements = (Element(whole, position, None, condition),)
        found.append(Table(name, position, match[1], condition, elements, array))
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
) -> Iterator[Element]:
    bare = plain[:start] + _DIRECTIVE.sub(lambda match: _blank(match[0]), plain[start:end])
    for first, piece in headers.pieces(bare, start, end):
        match = _ELEMENT.match(piece)
        if match is None or not piece.strip():
            continue
        begin = first + len(piece) - len(piece.lstrip())
        position = places.at(begin)
        yield Element(
            piece[match.end() :].strip(), position, match[1], conditions.at(position.line)
        )


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)


_POINTER = re.compile(r"\(\s*\*\s*(?:const\s+)?(\w+)")
_DECLARED = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?::[^,]*)?(?:__\w+(?:\([^)]*\))?\s*)*$")


def members_of(struct: str, text: str) -> tuple[str, ...]:
    """The members of `struct struct { … }` in their order, () when the text does not declare it."""
    return tuple(name for name, _ in typed_members_of(struct, text))


def typed_members_of(struct: str, text: str) -> tuple[tuple[str, str], ...]:
    """The members of a structure or union with their types as written, () when the text does not declare it."""
    plain = preprocess.without_comments(text)
    match = re.search(rf"\b(?:struct|union)\s+{re.escape(struct)}\s*\{{", plain)
    if match is None:
        return ()
    end = _closing(plain, match.end() - 1)
    if end < 0:
        return ()
    body = _DIRECTIVE.sub("", plain[match.end() : end])
    found: list[tuple[str, str]] = []
    for declaration in _declarations(body):
        pointer = _POINTER.search(declaration)
        if pointer is not None:
            found.append((pointer[1], f"{' '.join(declaration[: pointer.start()].split())} (*)()"))
            continue
        base = ""
        for declarator in declaration.split(","):
            declared = _DECLARED.search(declarator.strip())
            if declared is not None:
                base = base or " ".join(declarator.strip()[: declared.start()].split())
                found.append((declared[1], base))
    return tuple(found)


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
