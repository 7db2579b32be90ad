"""Which `#if` branches of a C or assembler file a line stands under, and its text without comments.

Nothing here expands macros or knows what a kernel option means: a condition is text (`defined(CONFIG_NUMA)`). What
conditions and configurations are is in `conditions` and `configs`, whose names can be had here too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from oopsight.tree.conditions import all_of, any_of, compatible, holds, negated, tidy
from oopsight.tree.configs import Config, parse_config

__all__ = [
    "Conditionals",
    "Config",
    "all_of",
    "any_of",
    "compatible",
    "conditionals",
    "holds",
    "in_one_line",
    "negated",
    "parse_config",
    "without_comments",
]


@dataclass(frozen=True, slots=True)
class Conditionals:
    """The conditions of a file's lines: from line `starts[i]` on (1-based), `conditions[i]` is in force."""

    starts: tuple[int, ...] = ()
    conditions: tuple[str | None, ...] = ()

    def at(self, line: int) -> str | None:
        """The condition under which a 1-based line is compiled, None when it always is."""
        index = bisect_right(self.starts, line) - 1
        return self.conditions[index] if index >= 0 else None


@dataclass(slots=True)
class _Directive:
    keyword: str
    text: str
    first: int  # 1-based line of the `#`
    last: int  # last line, where continued
    start: int  # offset of the `#`'s line
    end: int  # offset behind the directive


@dataclass(slots=True)
class _Open:
    """An `#if` that waits for its `#endif`: the conditions of the branches so far, the last one in force."""

    branches: list[str]
    outer: tuple[str, ...]
    guard: bool

    def terms(self) -> tuple[str, ...]:
        if self.guard and len(self.branches) == 1:
            return self.outer
        *before, now = self.branches
        if len(self.outer) + len(before) > _MOST_TERMS:
            return self.outer
        return (*self.outer, *(negated(branch) for branch in before), now)


# No kernel file nests or chains as deep, or writes a condition as long; a hostile one must not cost more than others.
_MOST_TERMS = 60
_LONGEST_CONDITION = 2000


# Begins with a literal, which the engine finds fast; whether anything stands before it is looked at behind.
_DIRECTIVE = re.compile(
    r"#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b([^\n\\]*(?:\\(?:\r?\n|.)[^\n\\]*)*)"
)
_GUARD = re.compile(r"!defined\((\w+)\)(?: \|\| defined\(\w*MULTI_READ\w*\))?")
_GUARD_DEFINE = re.compile(r"\s*#[ \t]*define[ \t]+(\w+)[ \t]*(?:1[ \t]*)?(?:/\*|//|\r?\n|\Z)")


def conditionals(text: str) -> Conditionals:
    """The conditions of every line of a C or assembler file. Files that open or close too much are read as far as possible."""
    if "#" not in text:
        return Conditionals()
    directives = list(_directives(text))
    guards = _guards(text, directives)
    starts: list[int] = []
    found: list[str | None] = []
    stack: list[_Open] = []

    def change(line: int) -> None:
        starts.append(line)
        terms = stack[-1].terms() if stack else ()
        found.append(_joined(terms) if terms else None)

    for number, directive in enumerate(directives):
        if directive.keyword in ("if", "ifdef", "ifndef"):
            outer = stack[-1].terms() if stack else ()
            stack.append(_Open([_condition(directive)], outer, number in guards))
            change(directive.last + 1)
        elif not stack:
            continue
        elif directive.keyword == "endif":
            stack.pop()
            change(directive.first)
        else:
            stack[-1].branches.append(_condition(directive))
            change(directive.first)
    return Conditionals(tuple(starts), tuple(found))


@lru_cache(maxsize=4096)
def _joined(terms: tuple[str, ...]) -> str | None:
    return all_of(*terms)


def _directives(text: str) -> Iterator[_Directive]:
    """The conditional directives outside comments, with their lines."""
    found = []
    line, counted = 1, 0
    doubtful = False
    for match in _DIRECTIVE.finditer(text):
        start = text.rfind("\n", counted, match.start()) + 1 or counted
        if text[start : match.start()].strip(" \t"):
            continue
        opened = text.rfind("/*", counted, start)
        doubtful = doubtful or (opened >= 0 and text.find("*/", opened + 2, start) < 0)
        line += text.count("\n", counted, start)
        counted = start
        last = line + match[0].count("\n")
        found.append(_Directive(match[1], match[2], line, last, start, match.end()))
    return _outside_comments(text, found) if doubtful else iter(found)


def _outside_comments(text: str, directives: Sequence[_Directive]) -> Iterator[_Directive]:
    comments = _block_comments(text)
    comment = next(comments, None)
    for directive in directives:
        while comment is not None and comment[1] <= directive.start:
            comment = next(comments, None)
        if comment is None or comment[0] >= directive.start:
            yield directive


def _block_comments(text: str) -> Iterator[tuple[int, int]]:
    """The extents of `/* */` comments. A `/*` inside a string or behind `//` starts none."""
    end = seen = (
        0  # behind the last comment; up to where the line in front of the next one was looked at
    )
    quotes = 0
    while (start := text.find("/*", max(end, seen))) >= 0:
        line = text.rfind("\n", seen, start) + 1
        if line:
            quotes = 0
        before = text[max(line, seen) : start]
        quotes += before.count('"') - before.count('\\"')
        seen = start + 2
        if quotes % 2:
            continue
        if "//" in before:
            # The rest of the line is a comment of its own.
            seen = text.find("\n", start)
            if seen < 0:
                return
            continue
        close = text.find("*/", start + 2)
        end = seen = len(text) if close < 0 else close + 2
        quotes = 0
        yield start, end


def without_comments(text: str) -> str:
    """The text with comments turned into blanks. Line breaks stay, so every place keeps its line and column."""
    return _blanked(text, lambda comment: _NO_BREAK.sub(lambda run: " " * len(run[0]), comment))


def in_one_line(text: str) -> str:
    """The text with comments turned into blanks, their line breaks too: a directive that goes on behind a comment of
    several lines is one line, as for a compiler. Every place keeps its offset, but not its line.
    """
    return _blanked(text, lambda comment: " " * len(comment))


def _blanked(text: str, blank: Callable[[str], str]) -> str:
    if "/*" not in text and "//" not in text:
        return text
    parts: list[str] = []
    at = 0
    for start, end in _block_comments(text):
        parts.append(text[at:start])
        parts.append(blank(text[start:end]))
        at = end
    parts.append(text[at:])
    return _LINE_COMMENT.sub(lambda match: match[1] or " " * len(match[0]), "".join(parts))


_NO_BREAK = re.compile(r"[^\n]+")
_LINE_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*')


def _guards(text: str, directives: Sequence[_Directive]) -> set[int]:
    """Which directives are include guards: `#ifndef X`, directly `#define X`, and nothing behind the `#endif`."""
    opened: list[int] = []
    guards: set[int] = set()
    for number, directive in enumerate(directives):
        if directive.keyword in ("if", "ifdef", "ifndef"):
            opened.append(number)
        elif directive.keyword == "endif" and opened:
            index = opened.pop()
            opener = directives[index]
            if opened or opener.keyword == "ifdef":
                continue
            match = _GUARD.fullmatch(_condition(opener))
            define = _GUARD_DEFINE.match(text, _skip_blank(text, opener.end))
            if match is None or define is None or define[1] != match[1]:
                continue
            # A trace header reads itself again by an #include that follows its #endif.
            rest = "" if "||" in match[0] else without_comments(text[directive.end :])
            if not rest.strip():
                guards.add(index)
    return guards


def _skip_blank(text: str, at: int) -> int:
    """The offset behind blanks and block comments."""
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if not text.startswith("/*", at):
            return at
        close = text.find("*/", at + 2)
        if close < 0:
            return len(text)
        at = close + 2


_CONTINUED = re.compile(r"\\\r?\n")


def _condition(directive: _Directive) -> str:
    return _condition_of(directive.keyword, directive.text)


@lru_cache(maxsize=4096)
def _condition_of(keyword: str, text: str) -> str:
    text = without_comments(_CONTINUED.sub(" ", text))
    text = " ".join(text.split())
    if keyword in ("ifdef", "elifdef"):
        return f"defined({text.split()[0] if text else ''})"
    if keyword in ("ifndef", "elifndef"):
        return f"!defined({text.split()[0] if text else ''})"
    if len(text) > _LONGEST_CONDITION:
        return "CONDITION_TOO_LONG"  # which nothing decides
    if keyword == "else":
        return "1"
    return tidy(text) or "0"
