"""What a callstack format is: a row of rules over shared tokens, and an assembler for what spans several lines.

A rule says what kind of line a line is; the assembler of a format makes stacks from lines of known kind. Rules
never look at a second line, and assemblers never look for lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.formats import _codes, _events, _kinds, _regions, _shapes

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

    `needs` is a text without which the pattern cannot match; looking for it first saves time. `says` is what the
    spelling itself fixes for lines of this kind.
    """

    kind: str
    pattern: re.Pattern[str]
    needs: str
    says: _kinds.Says = _kinds.NOTHING


@dataclass(frozen=True, slots=True)
class Match:
    """A line that a rule has claimed; `at` is its position in the sequence of lines, `format` the rule's spelling.

    `report` is false for the spellings of debuggers, which are put together by themselves.
    """

    at: int
    line: model.LogLine
    kind: str
    groups: re.Match[str]
    says: _kinds.Says = _kinds.NOTHING
    format: str = ""
    report: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What one format found in a region of lines."""

    stacks: tuple[model.Stack, ...] = ()
    windows: tuple[model.Variable, ...] = ()
    spans: tuple[model.Span, ...] = ()
    problems: tuple[model.Problem, ...] = ()
    mentions: tuple[model.SourceMention, ...] = ()
    events: tuple[_events.Event, ...] = ()


Assemble = Callable[[Sequence[model.LogLine], Sequence[Match], "model.Arch | None"], Reading]


@dataclass(frozen=True, slots=True)
class Format:
    """One spelling of callstacks; the module's file name is its name.

    `sample` is one line that `rules` read. A large text is read only around the lines that `hints`
    finds. `shape` says how its elements are
    put together again; what `looks` finds, and nobody read, may be one of them that is damaged. `assemble` gets all lines, those that the rules claimed, and the architecture when the text
    betrays it. A spelling of the kernel's own reports has neither hints, shape nor assembler: the lines of all of
    them are put together by `_reports`, for one report uses several spellings. `architectures` are those whose
    kernels print it, empty where all do.
    """

    title: str
    sample: str
    rules: tuple[Rule, ...]
    hints: _regions.Hints | None = None
    shape: _shapes.Shape | None = None
    assemble: Assemble | None = None
    architectures: tuple[str, ...] = ()
    looks: re.Pattern[str] | None = None


def rule(kind: str, pattern: str, needs: str = "", says: _kinds.Says = _kinds.NOTHING) -> Rule:
    """A rule; `{CODE}`, `{SYMBOL}`, `{HEX}` and the words of `_codes` in `pattern` stand for the shared tokens."""
    expanded = _TOKEN.sub(lambda m: _TOKENS.get(m.group(1)) or _codes.TOKENS[m.group(1)], pattern)
    return Rule(kind, re.compile(expanded, re.ASCII), needs, says)


_NUMBER = re.compile(r"(-?)(?:0[xX]([0-9A-Fa-f]{1,32})|([0-9]{1,39}))\Z", re.ASCII)


def number_of(text: str) -> int | None:
    """The number that `text` is, in decimal or hex, None when it is none or wider than 128 bits."""
    found = _NUMBER.match(text)
    if not found:
        return None
    sign, hexadecimal, decimal = found.groups()
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return -number if sign else number
