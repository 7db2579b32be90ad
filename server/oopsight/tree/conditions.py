"""Conditions as C text (`defined(CONFIG_NUMA) && !defined(X)`): how they are joined, and whether they hold.

Truth is True, False or None. None means that nothing decides it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from oopsight.tree import configs, expressions

__all__ = ["OPTION_TESTS", "all_of", "any_of", "compatible", "holds", "negated", "tidy"]

Defined = Callable[[str], "bool | None"]
NumberOf = Callable[[str], "int | None"]


_DEFINED = re.compile(r"\bdefined[ \t]*(?:\([ \t]*(\w+)[ \t]*\)|(\w+))")
_BANG = re.compile(r"!\s+(?=[\w(!])")


def tidy(text: str) -> str:
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
    terms: dict[str, None] = {}
    for condition in conditions:
        if condition is not None and condition != "1":
            terms.update(dict.fromkeys(_conjuncts(condition)))
    terms.pop("1", None)
    if len(terms) == 1:
        return tidy(next(iter(terms)))
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


@lru_cache(maxsize=4096)
def _conjuncts(condition: str) -> tuple[str, ...]:
    """The operands of the outermost `&&`s; a weaker operator outside brackets makes it one operand in brackets."""
    depth, start = 0, 0
    terms: list[str] = []
    for index, char in enumerate(condition):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif depth == 0 and (char == "?" or condition.startswith("||", index)):
            return (f"({condition})",)
        elif depth == 0 and condition.startswith("&&", index):
            terms.append(condition[start:index].strip())
            start = index + 2
    terms.append(condition[start:].strip())
    found: list[str] = []
    for term in terms:
        inner = tidy(term)
        found.extend((term,) if inner in (term, condition) else _conjuncts(inner))
    return tuple(found)


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
OPTION_TESTS = {
    "IS_ENABLED": ("", "_MODULE"),
    "IS_REACHABLE": ("", "_MODULE"),
    "IS_BUILTIN": ("",),
    "IS_MODULE": ("_MODULE",),
    "config_enabled": ("", "_MODULE"),
}


def holds(
    condition: str | None,
    config: configs.Config | None,
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
    try:
        return _holds(node, config, defined, number)
    except RecursionError:
        return None  # a condition deeper than any that people write


def _holds(
    node: expressions.Node,
    config: configs.Config | None,
    defined: Defined | None,
    number: NumberOf | None,
) -> bool | None:
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
    try:
        return _satisfiable([node for node in nodes if node is not None])
    except RecursionError:
        return True


@lru_cache(maxsize=4096)
def _parsed(condition: str) -> expressions.Node | None:
    return expressions.parse(condition)


class _Truth:
    """Three-valued evaluation of one condition: an int, or None where unknown."""

    def __init__(
        self, config: configs.Config | None, defined: Defined | None, number: NumberOf | None
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
        endings = OPTION_TESTS.get(node.name)
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
            endings = ("",) if node.name == "defined" else OPTION_TESTS.get(node.name)
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
