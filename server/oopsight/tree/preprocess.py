"""Which `#if` branches of a C or assembler file a line stands under, and whether they hold under a configuration.

Nothing here expands macros or knows what a kernel option means: a condition is text (`defined(CONFIG_NUMA)`), and its
truth is True, False or None. None means that nothing decides it; an answer built on it must name the condition.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from oopsight.tree import expressions

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

Defined = Callable[[str], "bool | None"]
NumberOf = Callable[[str], "int | None"]


# ── configuration ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Config:
    """A kernel configuration: `options` maps CONFIG_ names to "y", "m" or the value as written (strings unquoted).

    A name that is absent is not set, as Kconfig says it.
    """

    options: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
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
    return Config(MappingProxyType(options), frozenset(strings))


def _set(options: dict[str, str], strings: set[str], name: str, value: str) -> None:
    if value == "n":
        return
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        strings.add(name)
        value = value[1:-1]
    options[name] = value


# ── the branches of a file ──────────────────────────────────────────────────────────────────────────────────────────


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
        return (*self.outer, *(negated(branch) for branch in before), now)


_DIRECTIVE = re.compile(
    r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b((?:[^\n\\]|\\\r?\n|\\.)*)",
    re.MULTILINE,
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
        found.append(all_of(*stack[-1].terms()) if stack else None)

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


def _directives(text: str) -> Iterator[_Directive]:
    """The conditional directives outside comments, with their lines."""
    comments = _block_comments(text)
    comment = next(comments, None)
    line, counted = 1, 0
    for match in _DIRECTIVE.finditer(text):
        start = match.start()
        while comment is not None and comment[1] <= start:
            comment = next(comments, None)
        if comment is not None and comment[0] < start:
            continue
        line += text.count("\n", counted, start)
        counted = start
        last = line + match[0].count("\n")
        yield _Directive(match[1], match[2], line, last, start, match.end())


def _block_comments(text: str) -> Iterator[tuple[int, int]]:
    """The extents of `/* */` comments. A `/*` inside a string or behind `//` starts none."""
    end = 0
    while (start := text.find("/*", end)) >= 0:
        line = text.rfind("\n", 0, start) + 1
        before = text[max(line, end) : start]
        if "//" in before or (before.count('"') - before.count('\\"')) % 2:
            end = start + 2
            continue
        close = text.find("*/", start + 2)
        end = len(text) if close < 0 else close + 2
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
    text = without_comments(_CONTINUED.sub(" ", directive.text))
    text = " ".join(text.split())
    if directive.keyword in ("ifdef", "elifdef"):
        return f"defined({text.split()[0] if text else ''})"
    if directive.keyword in ("ifndef", "elifndef"):
        return f"!defined({text.split()[0] if text else ''})"
    if directive.keyword == "else":
        return "1"
    return _tidy(text) or "0"


_DEFINED = re.compile(r"\bdefined[ \t]*(?:\([ \t]*(\w+)[ \t]*\)|(\w+))")
_BANG = re.compile(r"!\s+(?=[\w(!])")


def _tidy(text: str) -> str:
    """One spelling for `defined X`, `defined ( X )` and `! X`; one pair of brackets around the whole is dropped."""
    text = _DEFINED.sub(lambda match: f"defined({match[1] or match[2]})", text)
    text = _BANG.sub("!", text).strip()
    while text.startswith("(") and _closing(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str, at: int) -> int:
    """The index of the bracket that closes the one at `at`, -1 when nothing does."""
    depth = 0
    for index in range(at, len(text)):
        if text[index] == "(":
            depth += 1
        elif text[index] == ")":
            depth -= 1
            if depth == 0:
                return index
    return -1


# ── conditions as text ──────────────────────────────────────────────────────────────────────────────────────────────

_CALL = re.compile(r"!?\w+(?:\(\w*\))?")


def negated(condition: str) -> str:
    """The opposite of a condition: `!defined(A)` for `defined(A)`, `!(A || B)` for `A || B`."""
    if condition in ("0", "1"):
        return "1" if condition == "0" else "0"
    if _CALL.fullmatch(condition):
        return condition[1:] if condition.startswith("!") else f"!{condition}"
    if condition.startswith("!(") and _closing(condition, 1) == len(condition) - 1:
        return condition[2:-1]
    return f"!({condition})"


def all_of(*conditions: str | None) -> str | None:
    """The conditions joined by `&&`, each once; None when nothing is left to hold."""
    terms: list[str] = []
    for condition in conditions:
        if condition is None or condition == "1":
            continue
        for term in _conjuncts(condition):
            if term != "1" and term not in terms:
                terms.append(term)
    if len(terms) == 1:
        return _tidy(terms[0])
    return " && ".join(terms) or None


def any_of(*conditions: str | None) -> str | None:
    """The conditions joined by `||`, each once; None when one of them always holds."""
    terms: list[str] = []
    for condition in conditions:
        if condition is None:
            return None
        if condition != "0" and condition not in terms:
            terms.append(condition)
    if not terms:
        return "0"
    if len(terms) == 1:
        return terms[0]
    return " || ".join(f"({term})" if "&&" in term or "?" in term else term for term in terms)


def _conjuncts(condition: str) -> Iterator[str]:
    """The operands of the outermost `&&`s; a weaker operator outside brackets makes it one operand in brackets."""
    depth, start, terms = 0, 0, []
    for index, char in enumerate(condition):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif depth == 0 and (char == "?" or condition.startswith("||", index)):
            yield f"({condition})"
            return
        elif depth == 0 and condition.startswith("&&", index):
            terms.append(condition[start:index].strip())
            start = index + 2
    terms.append(condition[start:].strip())
    for term in terms:
        if term.startswith("(") and _closing(term, 0) == len(term) - 1:
            yield from _conjuncts(term[1:-1].strip())
        else:
            yield term


# ── truth ───────────────────────────────────────────────────────────────────────────────────────────────────────────

# What the compiler and Kbuild define for every C file of the kernel, and what only assembler files see.
_FIXED = {"__KERNEL__": True, "__ASSEMBLY__": False, "__ASSEMBLER__": False, "__cplusplus": False}
_FIXED |= {"__GNUC__": True, "__STDC__": True, "__CHECKER__": False, "__GENKSYMS__": False}
_FIXED |= {
    "__GENERATING_BOUNDS_H": False,
    "__ASSEMBLY": False,
    "LINKER_SCRIPT": False,
    "__DTS__": False,
}
_FIXED |= {"__DOXYGEN__": False, "__KERNEL_DOC__": False, "CREATE_TRACE_POINTS": False}
_OPTION_TESTS = {
    "IS_ENABLED": ("", "_MODULE"),
    "IS_REACHABLE": ("", "_MODULE"),
    "IS_BUILTIN": ("",),
    "IS_MODULE": ("_MODULE",),
    "config_enabled": ("", "_MODULE"),
}


def holds(
    condition: str | None,
    config: Config | None,
    defined: Defined | None = None,
    number: NumberOf | None = None,
) -> bool | None:
    """Whether a condition holds: None when neither the configuration nor `defined` and `number` decide it.

    `defined` answers for macros that are no CONFIG_ option, and for options when there is no configuration; `number`
    gives the value of such names. Unknown parts do not matter where the known ones decide (`0 && X` is False).
    """
    if condition is None:
        return True
    node = _parsed(condition)
    if node is None:
        return None
    value = _Truth(config, defined, number).of(node)
    if value is not None:
        return value != 0
    # `A && !A` is false and `A || !A` is true whatever A is.
    if not _satisfiable([node]):
        return False
    return None if _satisfiable([expressions.Unary("!", node)]) else True


def compatible(*conditions: str | None) -> bool:
    """Whether the conditions can hold together: False only when no choice of options satisfies all of them."""
    nodes = [_parsed(condition) for condition in conditions if condition is not None]
    return _satisfiable([node for node in nodes if node is not None])


@lru_cache(maxsize=4096)
def _parsed(condition: str) -> expressions.Node | None:
    return expressions.parse(condition)


class _Truth:
    """Three-valued evaluation of one condition: an int, or None where unknown."""

    def __init__(
        self, config: Config | None, defined: Defined | None, number: NumberOf | None
    ) -> None:
        self._config = config
        self._defined = defined
        self._number = number

    def of(self, node: expressions.Node) -> int | None:
        if isinstance(node, expressions.Number):
            return node.number
        if isinstance(node, expressions.Name):
            return self._value(node.name)
        if isinstance(node, expressions.Call):
            return self._call(node)
        if isinstance(node, expressions.Unary):
            operand = self.of(node.operand)
            return None if operand is None else expressions.apply_unary(node.operator, operand)
        if isinstance(node, expressions.Binary):
            return self._binary(node)
        if isinstance(node, expressions.Ternary):
            return self._ternary(node)
        return None

    def _binary(self, node: expressions.Binary) -> int | None:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator == "&&":
            if left == 0 or right == 0:
                return 0
            return None if left is None or right is None else 1
        if node.operator == "||":
            if left or right:
                return 1
            return None if left is None or right is None else 0
        if left is None or right is None:
            return None
        return expressions.apply_binary(node.operator, left, right)

    def _ternary(self, node: expressions.Ternary) -> int | None:
        condition = self.of(node.condition)
        if condition is None:
            left, right = self.of(node.then), self.of(node.otherwise)
            return left if left == right else None
        return self.of(node.then if condition else node.otherwise)

    def _call(self, node: expressions.Call) -> int | None:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], expressions.Name):
            return None
        name = node.arguments[0].name
        if node.name == "defined":
            return _as_int(self._is_defined(name))
        endings = _OPTION_TESTS.get(node.name)
        if endings is None:
            return None
        known = [self._is_defined(name + ending) for ending in endings]
        if True in known:
            return 1
        return None if None in known else 0

    def _is_defined(self, name: str) -> bool | None:
        if name.startswith("CONFIG_") and self._config is not None:
            return self._config.builtin(name)
        if name in _FIXED:
            return _FIXED[name]
        return self._defined(name) if self._defined is not None else None

    def _value(self, name: str) -> int | None:
        if name.startswith("CONFIG_") and self._config is not None:
            if self._config.get(name) is None and not self._config.builtin(name):
                return 0  # the preprocessor reads an undefined name as 0
            return self._config.number(name)
        if self._number is not None and (known := self._number(name)) is not None:
            return known
        return 0 if self._is_defined(name) is False else None


def _as_int(known: bool | None) -> int | None:
    return None if known is None else int(known)


_MOST_STEPS = 3000


def _satisfiable(nodes: Sequence[expressions.Node]) -> bool:
    """Whether some truth of the atoms makes all nodes true; True as well when that takes too long to find out."""
    forced: dict[str, bool] = {}
    if not all(_force(node, True, forced) for node in nodes):
        return False
    atoms = [atom for node in nodes for atom in _atoms(node) if atom not in forced]
    steps = 0

    def search(known: dict[str, bool], rest: Sequence[str]) -> bool:
        nonlocal steps
        steps += 1
        truths = [_kleene(node, known) for node in nodes]
        if False in truths:
            return False
        if None not in truths or steps > _MOST_STEPS:
            return True
        return any(search({**known, rest[0]: value}, rest[1:]) for value in (True, False))

    return search(forced, list(dict.fromkeys(atoms)))


def _force(node: expressions.Node, truth: bool, forced: dict[str, bool]) -> bool:
    """Note the atoms whose truth follows at once; False when two of them contradict each other."""
    if isinstance(node, expressions.Unary) and node.operator == "!":
        return _force(node.operand, not truth, forced)
    if isinstance(node, expressions.Binary) and node.operator == ("&&" if truth else "||"):
        return _force(node.left, truth, forced) and _force(node.right, truth, forced)
    if isinstance(node, (expressions.Binary, expressions.Number)):
        return True
    spellings = _spellings(node)
    if truth and len(spellings) > 1:
        return True  # one of them, and nothing says which
    return all(forced.setdefault(atom, truth) is truth for atom in spellings)


def _atoms(node: expressions.Node) -> Iterable[str]:
    """The parts of a condition whose truth is independent as far as the text tells."""
    if isinstance(node, expressions.Unary) and node.operator == "!":
        yield from _atoms(node.operand)
    elif isinstance(node, expressions.Binary) and node.operator in ("&&", "||"):
        yield from _atoms(node.left)
        yield from _atoms(node.right)
    elif not isinstance(node, expressions.Number):
        yield from _spellings(node)


def _spellings(node: expressions.Node) -> list[str]:
    """The `defined(…)` atoms that a test of an option stands for; other nodes stand for themselves."""
    if isinstance(node, expressions.Call) and len(node.arguments) == 1:
        argument = node.arguments[0]
        if isinstance(argument, expressions.Name):
            endings = ("",) if node.name == "defined" else _OPTION_TESTS.get(node.name)
            if endings is not None:
                return [f"defined({argument.name}{ending})" for ending in endings]
    return [expressions.render(node)]


def _kleene(node: expressions.Node, known: dict[str, bool]) -> bool | None:
    if isinstance(node, expressions.Number):
        return node.number != 0
    if isinstance(node, expressions.Unary) and node.operator == "!":
        operand = _kleene(node.operand, known)
        return None if operand is None else not operand
    if isinstance(node, expressions.Binary) and node.operator in ("&&", "||"):
        sides = (_kleene(node.left, known), _kleene(node.right, known))
        decisive = node.operator == "||"
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive
    truths = [known.get(atom) for atom in _spellings(node)]
    if True in truths:
        return True
    return None if None in truths else False
