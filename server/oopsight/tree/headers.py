"""The constants that one header or C file states: object-like and function-like macros, and enumerators.

The text is read by its shape, not parsed: constants stand in directives and in `enum { … }`, which no kernel idiom
hides. Numbers are not computed here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from oopsight import model
from oopsight.tree import preprocess
from oopsight.tree.evaluate import Meaning

__all__ = ["Header", "Include", "Places", "includes", "pieces", "read"]


@dataclass(frozen=True, slots=True)
class Include:
    """An `#include` line: the name between `<>` or quotes, and the condition it stands under."""

    name: str
    quoted: bool
    condition: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """What a file states. `meanings` has every name's definitions in their order, `enums` the names of each tagged enum."""

    path: str
    meanings: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    includes: tuple[Include, ...] = ()


class Places:
    """Offsets of a text as positions in its file."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> model.SourcePos:
        """The position of an offset."""
        line = bisect_right(self._starts, offset)
        return model.SourcePos(self._path, line, offset - self._starts[line - 1])


_DEFINE = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^()\n]*\))?((?:[^\n\\]|\\\n|\\.)*)", re.MULTILINE
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
_ENUM = re.compile(r"\benum\b(?:\s+(?!__)(\w+))?[^{};=()]{0,80}\{")
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)
_ENUMERATOR = re.compile(r"\s*(\w+)\s*(?:=(.*))?", re.DOTALL)


def read(path: str, text: str) -> Header:
    """The constants that a text states."""
    text = text.replace("\r\n", "\n")
    plain = preprocess.in_one_line(text)
    places = Places(path, text)
    conditions = preprocess.conditionals(text)
    found: dict[str, list[Meaning]] = {}
    for meaning in _macros(plain, places, conditions):
        found.setdefault(meaning.name, []).append(meaning)
    enums: dict[str, tuple[str, ...]] = {}
    for tag, meanings in _enums(plain, places, conditions):
        for meaning in meanings:
            found.setdefault(meaning.name, []).append(meaning)
        if tag:
            names = dict.fromkeys((*enums.get(tag, ()), *(meaning.name for meaning in meanings)))
            enums[tag] = tuple(names)
    includes = tuple(
        Include(
            match[1] or match[2], match[2] is not None, conditions.at(places.at(match.end()).line)
        )
        for match in _INCLUDE.finditer(plain)
    )
    meanings_of = {name: tuple(several) for name, several in found.items()}
    return Header(path, meanings_of, enums, includes)


def includes(text: str) -> tuple[Include, ...]:
    """The includes of a text alone, without their conditions: the small part of what `read` does."""
    plain = preprocess.in_one_line(text)
    return tuple(
        Include(match[1] or match[2], match[2] is not None, None)
        for match in _INCLUDE.finditer(plain)
    )


def _macros(plain: str, places: Places, conditions: preprocess.Conditionals) -> Iterator[Meaning]:
    for match in _DEFINE.finditer(plain):
        position = places.at(match.start(1))
        body = match[3].replace("\\\n", " ").strip()
        parameters = None
        if match[2] is not None:
            inside = match[2][1:-1].replace("\\", " ").strip()
            parameters = tuple(name.strip() for name in inside.split(",")) if inside else ()
        yield Meaning(match[1], body, parameters, conditions.at(position.line), position=position)


def _enums(
    plain: str, places: Places, conditions: preprocess.Conditionals
) -> Iterator[tuple[str | None, list[Meaning]]]:
    if "enum" not in plain:
        return
    bare = _DIRECTIVE.sub(lambda match: " " * len(match[0]), plain)
    for match in _ENUM.finditer(bare):
        end = bare.find("}", match.end())
        if end >= 0:
            outer = conditions.at(places.at(match.end()).line)
            body = _Body(bare, match.end(), end, outer)
            yield match[1], list(_enumerators(body, places, conditions))


@dataclass(frozen=True, slots=True)
class _Body:
    """The text between the braces of an enum, and the condition of the whole."""

    text: str
    start: int
    end: int
    outer: str | None

    def relative(self, condition: str) -> str:
        """A condition inside, without what holds for the whole."""
        return condition.removeprefix(f"{self.outer} && ") if self.outer else condition


@dataclass(frozen=True, slots=True)
class _Next:
    """What the next enumerator's value is when nothing else is said: `base` + `plus`, under a condition."""

    base: str
    plus: int
    condition: str | None = None

    @property
    def body(self) -> str:
        return f"({self.base}) + {self.plus}" if self.plus else self.base


def _enumerators(
    body: _Body, places: Places, conditions: preprocess.Conditionals
) -> Iterator[Meaning]:
    """Enumerators with their values. One behind an optional one has several values, one for each way to get there."""
    ways = [_Next("0", 0)]
    for first, piece in pieces(body.text, body.start, body.end):
        match = _ENUMERATOR.fullmatch(piece)
        if match is None:
            ways = []  # a macro that makes enumerators: what follows cannot be counted
            continue
        name = match[1]
        position = places.at(first + match.start(1))
        condition = conditions.at(position.line)
        if match[2] is not None:
            yield Meaning(name, match[2].strip(), None, condition, True, position)
            after = [_Next(name, 1)]
        else:
            mine = [way for way in ways if preprocess.compatible(condition, way.condition)]
            for way in mine:
                joined = preprocess.all_of(condition, way.condition)
                yield Meaning(name, way.body, None, joined, True, position)
            alone = len(mine) == 1
            after = (
                [_Next(mine[0].base, mine[0].plus + 1) if alone else _Next(name, 1)] if mine else []
            )
        if condition is None or condition == body.outer:
            ways = after
        else:
            ways = _optional(body.relative(condition), after, ways)


def _optional(condition: str, taken: list[_Next], passed: list[_Next]) -> list[_Next]:
    """The ways on from an enumerator that is only there under a condition."""
    without = preprocess.negated(condition)
    return [_Next(way.base, way.plus, condition) for way in taken] + [
        _Next(way.base, way.plus, preprocess.all_of(way.condition, without))
        for way in passed
        if preprocess.compatible(way.condition, without)
    ]


_MARK = re.compile(r"""[(){}\[\],]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""")


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The parts between commas outside brackets, each with its offset; an empty last one is left out."""
    depth, first = 0, start
    for match in _MARK.finditer(text, start, end):
        mark = match[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark == "," and depth == 0:
            yield first, text[first : match.start()]
            first = match.end()
    if text[first:end].strip():
        yield first, text[first:end]
