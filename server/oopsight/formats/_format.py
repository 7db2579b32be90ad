"""What a callstack format is: a row of rules over shared tokens, and an assembler for what spans several lines.

A rule says what kind of line a line is; the assembler of a format makes stacks from lines of known kind. Rules
never look at a second line, and assemblers never look for lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.formats import _regions, _shapes

# Shared words of all rules. No token can match the same text in two ways, and all are bounded in length.
_SYMBOL = r"[A-Za-z_.$][\w.$]{0,511}"
_HEX = r"[0-9A-Fa-f]{1,16}"
_TOKENS = {
    "SYMBOL": _SYMBOL,
    "HEX": _HEX,
    # A place in code: a name with or without offset and size (`f+0x1a4/0x5e0`), or an address with or without a
    # debugger's memory class and space id (`NSX:0x0::0xFFFF0010`).
    "CODE": rf"(?:(?P<symbol>{_SYMBOL}(?:\[jt\])?)(?:\+0x(?P<offset>{_HEX})(?:/0x(?P<size>{_HEX}))?(?![\w/]))?"
    rf"|(?P<class>[A-Z]{{1,4}}):(?:0x{_HEX}::)?(?:0x)?(?P<address>{_HEX})(?![\w:])"
    rf"|0x(?P<bare>{_HEX})(?![\w:]))",
}
_TOKEN = re.compile(r"\{([A-Z]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Lines that match `pattern` (from the line's first character) are of this `kind`.

    `needs` is a text without which the pattern cannot match; looking for it first saves time.
    """

    kind: str
    pattern: re.Pattern[str]
    needs: str


@dataclass(frozen=True, slots=True)
class Match:
    """A line that a rule has claimed; `at` is its position in the sequence of lines."""

    at: int
    line: model.LogLine
    kind: str
    groups: re.Match[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one format found in a region of lines."""

    stacks: tuple[model.Stack, ...] = ()
    windows: tuple[model.Variable, ...] = ()
    spans: tuple[model.Span, ...] = ()
    problems: tuple[model.Problem, ...] = ()
    mentions: tuple[model.SourceMention, ...] = ()


Assemble = Callable[[Sequence[model.LogLine], Sequence[Match], "model.Arch | None"], Reading]


@dataclass(frozen=True, slots=True)
class Format:
    """One spelling of callstacks; the module's file name is its name.

    `sample` is one line that `rules` read. A large text is read only around the lines that `hints`
    finds. `shape` says how its elements are
    put together again; what `looks` finds, and nobody read, may be one of them that is damaged. `assemble` gets all lines, those that the rules claimed, and the architecture when the text
    betrays it.
    """

    title: str
    sample: str
    hints: _regions.Hints
    shape: _shapes.Shape
    rules: tuple[Rule, ...]
    assemble: Assemble
    looks: re.Pattern[str] | None = None


def rule(kind: str, pattern: str, needs: str = "") -> Rule:
    """A rule; `{CODE}`, `{SYMBOL}` and `{HEX}` in `pattern` stand for the shared tokens."""
    expanded = _TOKEN.sub(lambda m: _TOKENS[m.group(1)], pattern)
    return Rule(kind, re.compile(expanded, re.ASCII), needs)


# What compilers and linkers append to a function's name when they copy, split or move it.
_SUFFIXES = frozenset(
    (
        "isra",
        "constprop",
        "part",
        "cold",
        "llvm",
        "lto_priv",
        "localalias",
        "clone",
        "unlikely",
        "cfi",
        "cfi_jt",
    )
)


def function_of(symbol: str) -> str:
    """The name in the source: `symbol` without what compilers append (`.isra.43.constprop.50`, `[jt]`)."""
    name = symbol.removesuffix("[jt]")
    parts = name.lstrip(".").split(".")
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _SUFFIXES):
        parts.pop()
    return "." * (len(name) - len(name.lstrip("."))) + ".".join(parts)


_NUMBER = re.compile(r"(-?)(?:0[xX]([0-9A-Fa-f]{1,32})|([0-9]{1,39}))\Z", re.ASCII)


def number_of(text: str) -> int | None:
    """The number that `text` is, in decimal or hex, None when it is none or wider than 128 bits."""
    found = _NUMBER.match(text)
    if not found:
        return None
    sign, hexadecimal, decimal = found.groups()
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return -number if sign else number
