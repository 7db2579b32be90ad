"""Macros of assemblers (`.macro` … `.endm`): what they are given, and the lines that come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN = re.compile(r"^[ \t]*\.macro[ \t]+(\w+)[ \t,]*([^\n]*)$", re.MULTILINE)
_END = re.compile(r"^[ \t]*\.endm\b", re.MULTILINE)
_PARAMETER = re.compile(r"(\w+)(?::\w+)?(?:[ \t]*=[ \t]*([^\s,]+))?")
_ARGUMENT = re.compile(r"\"[^\"\n]*\"|[^\s,()]*\([^()\n]*\)[^\s,]*|[^\s,]+")
_NAMED = re.compile(r"(\w+)=([^=].*)")
# `\name`, and `\()`, which ends a name so that letters can follow.
_REFERENCE = re.compile(r"\\(?:\(\)|(\w+)|@)")
_FIRST = re.compile(r"[ \t]*(\w+)(?![ \t]*[:=])[ \t]*([^\n]*)")
_DEEPEST = 5
_MOST_LINES = 4000


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its parameters with their defaults, and its lines with their numbers."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that comes out of a macro: where it stands in a macro, and its text with arguments put in.

    `pasted` says whether an argument is part of it.
    """

    macro: Macro
    number: int
    text: str
    pasted: bool


Macros = dict[str, list[Macro]]


def read(text: str) -> tuple[Macros, list[tuple[int, int]]]:
    """The macros of a file without comments, by name, and the offsets from which to which they reach."""
    found: Macros = {}
    spans = []
    line = at = 0
    for begin in _BEGIN.finditer(text):
        line += text.count("\n", at, begin.start())
        at = begin.start()
        end = _END.search(text, begin.end())
        if end is None:
            break
        first = line + 2
        body = text[begin.end() + 1 : end.start()].split("\n")
        parameters = tuple((one[1], one[2] or "") for one in _PARAMETER.finditer(begin[2]))
        macro = Macro(begin[1], parameters, tuple(enumerate(body, first)))
        found.setdefault(begin[1], []).append(macro)
        spans.append((begin.start(), end.end()))
    return found, spans


def expanded(macros: Macros, name: str, given: str) -> Iterator[Line]:
    """The lines that a use of a macro becomes, macros in it expanded as well; each definition of it counts."""
    yield from _expanded(macros, name, given, 0, [_MOST_LINES])


def _expanded(macros: Macros, name: str, given: str, depth: int, left: list[int]) -> Iterator[Line]:
    for macro in macros.get(name, ()):
        values = _values(macro, given)
        for number, raw in macro.lines:
            left[0] -= 1
            if left[0] < 0:
                return
            text = _filled(raw, values)
            yield Line(macro, number, text, text != raw)
            first = _FIRST.match(text)
            if first is not None and first[1] in macros and depth < _DEEPEST:
                yield from _expanded(macros, first[1], first[2], depth + 1, left)


def _filled(text: str, values: dict[str, str]) -> str:
    """A line of a macro with its arguments put in; what the macro does not know stays."""

    def value(reference: re.Match[str]) -> str:
        if reference[1] is None:
            return "" if reference[0] == "\\()" else reference[0]
        return values.get(reference[1], reference[0])

    return _REFERENCE.sub(value, text)


def _values(macro: Macro, given: str) -> dict[str, str]:
    """What each parameter stands for: arguments by their places, `name=value` by their names."""
    values = dict(macro.parameters)
    places = iter(macro.parameters)
    for argument in _ARGUMENT.findall(given):
        named = _NAMED.fullmatch(argument)
        if named is not None and named[1] in values:
            values[named[1]] = named[2]
            continue
        parameter = next(places, None)
        if parameter is None:
            break
        values[parameter[0]] = argument.strip('"')
    return values
