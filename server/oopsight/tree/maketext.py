"""The text of a kernel Makefile: its assignments and conditionals in order, and the words that an expression stands for.

Nothing is run. What only `make` or a shell could tell (`$(shell …)`, `$(call …)`, an environment variable) is not known,
and everything that depends on it is neither true nor false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_CONDITIONAL = re.compile(r"(ifeq|ifneq|ifdef|ifndef|else|endif)\b[ \t]*(.*)", re.DOTALL)
_INCLUDE = re.compile(r"[s-]?include[ \t]+(.*)", re.DOTALL)
_TWO_WORDS = re.compile(r"""["']([^"']*)["'][ \t]*["']([^"']*)["']""")
_LONGEST_LINE = 20_000
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Statement:
    """One logical line: `kind` is assign, include, if, elif, else or endif.

    An assignment has its variable's `name` and `operator`, an `if` its test in `name` (`ifeq` …); `value` is the rest.
    """

    kind: str
    line: int
    name: str
    operator: str
    value: str


def statements(text: str) -> tuple[Statement, ...]:
    """What a Makefile states, recipes and rules left out."""
    found = []
    for line, raw in _logical_lines(text):
        words = raw.strip()
        conditional = _CONDITIONAL.match(words)
        if conditional is not None:
            found.append(_conditional(conditional, line))
            continue
        assigned = _assignment(words)
        if assigned is not None:
            name, operator, value = assigned
            # Behind a tab stands a recipe, or what someone indented within a conditional.
            if not raw.startswith("\t") or "-" in name:
                found.append(Statement("assign", line, name, operator, value))
            continue
        included = _INCLUDE.match(words)
        if included is not None:
            found.append(Statement("include", line, "", "", included[1].strip()))
    return tuple(found)


def _assignment(words: str) -> tuple[str, str, str] | None:
    """Name, operator and value of an assignment, None for a rule or anything else."""
    depth = 0
    for at, letter in enumerate(words):
        depth += (letter in "({") - (letter in ")}")
        if depth or letter not in "=:":
            continue
        end = words.find("=", at)
        operator = words[at : end + 1]
        if letter == ":" and (end < 0 or operator.strip(":") != "="):
            return None
        start = at - 1 if at and letter == "=" and words[at - 1] in "+?!" else at
        name = words[:start].removeprefix("export ").removeprefix("override ").strip()
        if not name or (" " in name and "$(" not in name):
            return None
        return name, words[start : end + 1], words[end + 1 :].strip()
    return None


def _conditional(match: re.Match[str], line: int) -> Statement:
    word, rest = match[1], match[2].strip()
    if word != "else":
        return Statement("endif" if word == "endif" else "if", line, word, "", rest)
    inner = _CONDITIONAL.match(rest)
    if inner is not None and inner[1].startswith("if"):
        return Statement("elif", line, inner[1], "", inner[2].strip())
    return Statement("else", line, "", "", "")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, without comments, each with its first 1-based line."""
    parts: list[str] = []
    first = 1
    size = 0
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        line = line.rstrip("\r")
        if not parts:
            first, size = number, 0
        size += len(line) + 1
        parts.append(line[:-1] if line.endswith("\\") else line)
        if line.endswith("\\") and size < _LONGEST_LINE:
            continue
        whole = _without_comment(" ".join(parts) if len(parts) > 1 else parts[0])
        parts = []
        if whole.strip():
            yield first, whole


def _without_comment(line: str) -> str:
    at = line.find("#")
    while at > 0 and line[at - 1] == "\\":
        at = line.find("#", at + 1)
    return line if at < 0 else line[:at]


def compared(value: str) -> tuple[str, str] | None:
    """The two sides of an `ifeq`: `(a,b)` or `"a" "b"`."""
    if value.startswith("("):
        inside = value[1 : _closing(value, 0)]
        parts = _split(inside)
        return (parts[0].strip(), ",".join(parts[1:]).strip()) if len(parts) > 1 else None
    words = _TWO_WORDS.match(value)
    return (words[1], words[2]) if words is not None else None


def _closing(text: str, start: int) -> int:
    """Where the parenthesis or brace at `start` closes; the end of the text when it does not."""
    closes = ")" if text[start] == "(" else "}"
    depth = 0
    for at in range(start, len(text)):
        if text[at] == text[start]:
            depth += 1
        elif text[at] == closes:
            depth -= 1
            if depth == 0:
                return at
    return len(text)


def _split(text: str) -> list[str]:
    """The parts of a function's arguments between commas outside of parentheses."""
    parts = [""]
    depth = 0
    for letter in text:
        if letter == "," and depth == 0:
            parts.append("")
            continue
        depth += (letter in "({") - (letter in ")}")
        parts[-1] += letter
    return parts


def tokens(text: str) -> list[str]:
    """Words between blanks outside of parentheses."""
    found: list[str] = []
    word = ""
    depth = 0
    for letter in text:
        if letter.isspace() and depth == 0:
            if word:
                found.append(word)
            word = ""
            continue
        depth += (letter in "({") - (letter in ")}")
        word += letter
    return [*found, word] if word else found


Lookup = Callable[[str], str | None]


def expanded(text: str, lookup: Lookup, depth: int = 0) -> str | None:
    """The text with `$(…)` replaced, None when a part of it is not known."""
    if "$" not in text:
        return text
    if depth > _DEEPEST:
        return None
    parts = []
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0 or dollar + 1 >= len(text):
            parts.append(text[at:])
            break
        parts.append(text[at:dollar])
        if text[dollar + 1] not in "({":
            return None
        end = _closing(text, dollar + 1)
        value = _reference(text[dollar + 2 : end], lookup, depth + 1)
        if value is None:
            return None
        parts.append(value)
        at = end + 1
    return "".join(parts)


_DEEPEST = 12


def reference(token: str) -> str | None:
    """What stands in `$(…)` when that is the whole token."""
    if not token.startswith(("$(", "${")) or _closing(token, 1) != len(token) - 1:
        return None
    return token[2:-1]


def function(inside: str) -> tuple[str, list[str]] | None:
    """The name and arguments of a function call: `addprefix a/,b.o`."""
    name, blank, rest = inside.partition(" ")
    if not blank or name not in _FUNCTIONS:
        return None
    return name, _split(rest)


_FUNCTIONS = frozenset(
    "subst patsubst filter filter-out addprefix addsuffix strip sort if or and findstring notdir basename dir firstword"
    " lastword shell call wildcard foreach eval word join abspath realpath origin error warning info value".split()
)


def _reference(inside: str, lookup: Lookup, depth: int) -> str | None:
    called = function(inside)
    if called is not None:
        return _called(called[0], called[1], lookup, depth)
    name, colon, change = inside.partition(":")
    if colon and "=" in change:
        old, _, new = change.partition("=")
        value = _of_variable(name, lookup, depth)
        if value is None:
            return None
        pattern = (old, new) if "%" in old else (f"%{old}", f"%{new}")
        return " ".join(patterned(pattern[0], pattern[1], word) for word in value.split())
    return _of_variable(inside, lookup, depth)


def _of_variable(name: str, lookup: Lookup, depth: int) -> str | None:
    whole = expanded(name, lookup, depth)
    return None if whole is None else lookup(whole.strip())


def _called(name: str, arguments: Sequence[str], lookup: Lookup, depth: int) -> str | None:
    """What a function of make gives; None for one whose answer is not in the text."""
    if name == "if":
        condition = expanded(arguments[0].strip(), lookup, depth)
        if condition is None or len(arguments) < 2:
            return None
        chosen = arguments[1] if condition else (arguments[2] if len(arguments) > 2 else "")
        return expanded(chosen, lookup, depth)
    values = [expanded(argument, lookup, depth) for argument in arguments]
    if name == "or":
        return next((value for value in values if value != ""), "")  # None where that is not known
    if name == "and" and "" in values:
        return ""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    rule = _RULES.get((name, len(known)))
    if rule is not None:
        return rule(known)
    if name == "and":
        return known[-1]
    return None


def patterned(old: str, new: str, word: str) -> str:
    """`patsubst` of one word."""
    before, percent, behind = old.partition("%")
    if not percent:
        return new if word == old else word
    if len(word) < len(before) + len(behind) or not (
        word.startswith(before) and word.endswith(behind)
    ):
        return word
    return new.replace("%", word[len(before) : len(word) - len(behind)], 1)


def fits(patterns: str, word: str) -> bool:
    """Whether one of the patterns of `filter` matches a word."""
    return any(
        patterned(one, "\0", word) == "\0"
        if "%" not in one
        else patterned(one, "\0%", word) != word
        for one in patterns.split()
    )


_RULES: dict[tuple[str, int], Callable[[list[str]], str]] = {
    ("subst", 3): lambda a: a[2].replace(a[0], a[1]) if a[0] else a[2],
    ("patsubst", 3): lambda a: " ".join(patterned(a[0].strip(), a[1].strip(), w) for w in a[2].split()),
    ("filter", 2): lambda a: " ".join(w for w in a[1].split() if fits(a[0], w)),
    ("filter-out", 2): lambda a: " ".join(w for w in a[1].split() if not fits(a[0], w)),
    ("addprefix", 2): lambda a: " ".join(a[0].strip() + w for w in a[1].split()),
    ("addsuffix", 2): lambda a: " ".join(w + a[0].strip() for w in a[1].split()),
    ("strip", 1): lambda a: " ".join(a[0].split()),
    ("sort", 1): lambda a: " ".join(sorted(set(a[0].split()))),
    ("findstring", 2): lambda a: a[0].strip() if a[0].strip() in a[1] else "",
    ("notdir", 1): lambda a: " ".join(w.rsplit("/", 1)[-1] for w in a[0].split()),
    ("firstword", 1): lambda a: (a[0].split() or [""])[0],
    ("lastword", 1): lambda a: (a[0].split() or [""])[-1],
    ("abspath", 1): lambda a: a[0].strip(),
    ("realpath", 1): lambda a: a[0].strip(),
}  # fmt: skip
