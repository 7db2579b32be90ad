"""A kernel configuration as `.config` or `autoconf.h` states it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from oopsight.tree import expressions

__all__ = ["Config", "parse_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """A kernel configuration: `options` maps CONFIG_ names to "y", "m" or the value as written (strings unquoted).

    A name that is absent is not set, as Kconfig says it.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    strings: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        return hash((frozenset(self.options.items()), self.strings))

    def get(self, name: str) -> str | None:
        """The option's value, None when it is not set."""
        return self.options.get(name)

    def builtin(self, name: str) -> bool:
        """Whether C code sees the name defined: the option is set, and not as a module."""
        value = self.options.get(name)
        if value is not None:
            return value != "m" or name in self.strings
        return name.endswith("_MODULE") and self.module(name.removesuffix("_MODULE"))

    def module(self, name: str) -> bool:
        """Whether the option is built as a module."""
        return self.options.get(name) == "m" and name not in self.strings

    def number(self, name: str) -> int | None:
        """The number that C code sees for the name: 1 for y, None for a string or an option that is not set."""
        value = self.options.get(name)
        if value is None:
            return 1 if self.builtin(name) else None
        if name in self.strings:
            return None
        if value == "y":
            return 1
        literal = expressions.integer(value.lstrip("-"))
        if literal is None:
            return None
        return -literal.number if value.startswith("-") else literal.number


_ASSIGNMENT = re.compile(r"^(CONFIG_\w+)=([^\r\n]*)", re.MULTILINE)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(CONFIG_\w+)[ \t]*([^\r\n]*)", re.MULTILINE)


def parse_config(text: str) -> Config:
    """The configuration that a `.config` or an `autoconf.h` states; the two may stand in one text."""
    options: dict[str, str] = {}
    strings: set[str] = set()
    for match in _ASSIGNMENT.finditer(text):
        _set(options, strings, match[1], match[2].strip())
    for match in _DEFINE.finditer(text):
        name, value = match[1], match[2].strip()
        if name.endswith("_MODULE") and value == "1":
            options.setdefault(name.removesuffix("_MODULE"), "m")
        else:
            # In autoconf.h `y` is spelled 1, which reads the same as a number.
            _set(options, strings, name, value or "y")
    return Config(options, frozenset(strings))


def _set(options: dict[str, str], strings: set[str], name: str, value: str) -> None:
    if value == "n":
        return
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        strings.add(name)
        value = value[1:-1]
    options[name] = value
