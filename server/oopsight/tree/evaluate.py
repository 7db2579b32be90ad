"""Numbers of C constant expressions: macros and enumerators expanded by the definitions that a look-up gives, in C's types.

A name may have several definitions under different conditions. Every combination that does not contradict itself is
an outcome, with the condition under which it comes out. What cannot be computed has no outcome; nothing is guessed.
The evaluator reads no file and knows no number of any kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from oopsight import model
from oopsight.tree import expressions, preprocess
from oopsight.tree.expressions import Token

__all__ = [
    "Lookup",
    "Meaning",
    "Outcome",
    "evaluate",
    "evaluate_meaning",
    "under",
    "without_own_guard",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One definition of a name: a macro (function-like when `parameters` is not None) or an enumerator.

    `condition` is the `#if` it stands under.
    """

    name: str
    body: str
    parameters: tuple[str, ...] | None = None
    condition: str | None = None
    enumerator: bool = False
    position: model.SourcePos | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number and the condition under which an expression has it, None when it always has."""

    number: int
    condition: str | None = None


Lookup = Callable[[str], Sequence[Meaning]]
Holds = Callable[["str | None"], "bool | None"]

_MOST_OUTCOMES = 32
_MOST_TRIALS = 160
_MOST_TOKENS = 6000


def _undecided(condition: str | None) -> bool | None:
    return preprocess.holds(condition, None)


def evaluate(
    expression: str,
    lookup: Lookup,
    *,
    bits: int = 32,
    holds: Holds = _undecided,
    limit: int = _MOST_OUTCOMES,
) -> tuple[Outcome, ...]:
    """Every number the expression can have, at most `limit`; `bits` is the width of `long`.

    `holds` says whether a condition is known to hold: definitions under a false one are left out, and a true one is
    not named in the outcome.
    """
    return evaluate_meaning(Meaning("", expression), lookup, bits=bits, holds=holds, limit=limit)


def evaluate_meaning(
    meaning: Meaning,
    lookup: Lookup,
    *,
    bits: int = 32,
    holds: Holds = _undecided,
    limit: int = _MOST_OUTCOMES,
) -> tuple[Outcome, ...]:
    """Every number of one definition of a name. The definition's own condition is the first part of the outcome's."""
    if meaning.parameters is not None:
        return ()
    names = _Names(lookup, holds)
    start = {} if not meaning.name else {meaning.name: meaning}
    own = None if holds(meaning.condition) else meaning.condition
    pending: list[tuple[dict[str, Meaning], tuple[str | None, ...]]] = [(start, (own,))]
    found: list[Outcome] = []
    trials = 0
    while pending and trials < _MOST_TRIALS and len(found) < limit:
        choices, conditions = pending.pop()
        trials += 1
        trial = _Trial(names, choices, bits)
        try:
            value = trial.run(meaning)
        except _ChoiceNeeded as needed:
            pending.extend(_branches(needed, choices, conditions, names))
            continue
        except _NoNumberError:
            continue
        found.append(Outcome(value.number, preprocess.all_of(*conditions)))
    return _merged(found)


def _branches(
    needed: _ChoiceNeeded,
    choices: Mapping[str, Meaning],
    conditions: tuple[str | None, ...],
    names: _Names,
) -> Iterable[tuple[dict[str, Meaning], tuple[str | None, ...]]]:
    """The ways to go on, last first, since the work list is a stack."""
    for candidate in reversed(needed.candidates):
        condition = None if names.holds(candidate.condition) else candidate.condition
        extended = (*conditions, condition) if condition is not None else conditions
        if condition is None or preprocess.compatible(*extended):
            yield {**choices, needed.name: candidate}, extended


def _merged(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Outcomes of one number joined by `||`; without a condition when together they always hold."""
    conditions: dict[int, list[str | None]] = {}
    for outcome in outcomes:
        conditions.setdefault(outcome.number, []).append(outcome.condition)
    merged = []
    for number, several in conditions.items():
        condition = preprocess.any_of(*several)
        if condition is not None and not preprocess.compatible(preprocess.negated(condition)):
            condition = None
        merged.append(Outcome(number, condition))
    return tuple(merged)


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

# What these mean in every kernel, for trees (or parts of trees) that do not define them: include/linux/bits.h,
# include/linux/const.h and their uapi and vdso relatives.
_USUAL = {
    "BIT": (("nr",), "(1UL << (nr))"),
    "BIT_ULL": (("nr",), "(1ULL << (nr))"),
    "_BITUL": (("x",), "(1UL << (x))"),
    "_BITULL": (("x",), "(1ULL << (x))"),
    "GENMASK": (("h", "l"), "(((~0UL) << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))"),
    "GENMASK_ULL": (("h", "l"), "(((~0ULL) << (l)) & (~0ULL >> (63 - (h))))"),
    "UL": (("x",), "x##UL"),
    "ULL": (("x",), "x##ULL"),
    "_UL": (("x",), "x##UL"),
    "_ULL": (("x",), "x##ULL"),
    "_AC": (("x", "y"), "x##y"),
    "_AT": (("t", "x"), "((t)(x))"),
}  # fmt: skip

# Checks at compile time that add nothing to a value but cannot be evaluated, and attributes.
_CHECKS = frozenset(
    {"BUILD_BUG_ON_ZERO", "GENMASK_INPUT_CHECK", "__BUILD_BUG_ON_ZERO_MSG", "BIT_INPUT_CHECK"}
)
_OPTION_TESTS = frozenset(
    {"IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE", "config_enabled"}
)
_ENUMERATOR = " enumerator"  # a blank cannot stand in a name, so no macro is called so


class _NoNumberError(Exception):
    """The expression has no number that can be computed."""


class _ChoiceNeeded(Exception):  # noqa: N818 - a step of the search and no error
    """A name has several definitions; the trial is run again with each of them."""

    def __init__(self, name: str, candidates: Sequence[Meaning]) -> None:
        super().__init__(name)
        self.name = name
        self.candidates = candidates


class _Names:
    """What names mean, shared by the trials of one evaluation."""

    def __init__(self, lookup: Lookup, holds: Holds) -> None:
        self._lookup = lookup
        self.holds = holds
        self._known: dict[str, tuple[Meaning, ...]] = {}

    def of(self, name: str) -> tuple[Meaning, ...]:
        """The definitions of a name that may be in force."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tuple[Meaning, ...]:
        if name in _CHECKS:
            return ()
        candidates = without_own_guard(self._lookup(name))
        possible = [each for each in candidates if self.holds(each.condition) is not False]
        sure = [each for each in possible if self.holds(each.condition)]
        if sure:
            # A name that is surely defined keeps that meaning; a macro hides an enumerator of the same name.
            macros = [each for each in sure if not each.enumerator]
            return (*macros[:1], *[each for each in sure if each.enumerator][:1])
        if possible:
            return tuple(possible)
        if name in _USUAL:
            parameters, body = _USUAL[name]
            return (Meaning(name, body, parameters),)
        return ()

    def option(self, test: str) -> tuple[Meaning, ...]:
        """The two meanings of an option's test such as `IS_ENABLED(CONFIG_NUMA)`, or the one that is known."""
        truth = self.holds(test)
        yes = Meaning(test, "1", condition=test)
        no = Meaning(test, "0", condition=preprocess.negated(test))
        return (yes, no) if truth is None else ((yes,) if truth else (no,))


def without_own_guard(candidates: Sequence[Meaning]) -> list[Meaning]:
    """The definitions of one name; a fallback under `#ifndef NAME` is put under what excludes the others."""
    result = []
    for candidate in candidates:
        own = f"!defined({candidate.name})"
        if candidate.condition is None or own not in candidate.condition:
            result.append(candidate)
            continue
        others = [
            other.condition
            for other in candidates
            if other is not candidate and own not in (other.condition or "")
        ]
        if None in others:
            continue
        terms = [term for term in candidate.condition.split(" && ") if term != own]
        condition = preprocess.all_of(
            *terms, *(preprocess.negated(other) for other in others if other)
        )
        result.append(under(candidate, condition))
    return result


def under(meaning: Meaning, condition: str | None) -> Meaning:
    """The same definition under another condition."""
    return Meaning(
        meaning.name,
        meaning.body,
        meaning.parameters,
        condition,
        meaning.enumerator,
        meaning.position,
    )


# ── one trial ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Hidden:
    """A token and the macros it came out of, which it does not name again."""

    token: Token
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Value:
    """A C value: the number, already in range of its type."""

    number: int
    bits: int = 32
    signed: bool = True


@dataclass(slots=True)
class _Trial:
    """One evaluation with a fixed choice of definitions."""

    names: _Names
    choices: Mapping[str, Meaning]
    long: int
    _produced: int = field(default=0)

    def run(self, meaning: Meaning) -> _Value:
        hidden = frozenset({meaning.name}) if meaning.name else frozenset()
        expanded = self._expand([_Hidden(token, hidden) for token in _body(meaning)])
        node = expressions.parse_tokens([item.token for item in expanded])
        if node is None:
            raise _NoNumberError
        return self._value(node)

    # Macro expansion after Prosser's algorithm: each token carries the names it must not expand again.

    def _expand(self, items: list[_Hidden]) -> list[_Hidden]:
        waiting = items[::-1]
        done: list[_Hidden] = []
        while waiting:
            item = waiting.pop()
            self._produced += 1
            if self._produced > _MOST_TOKENS:
                raise _NoNumberError
            if item.token.kind != "name":
                done.append(item)
            elif item.token.text in _OPTION_TESTS or item.token.text == "sizeof":
                done.append(item)
                done.extend(_bracketed(waiting))
            else:
                self._expand_name(item, waiting, done)
        return done

    def _expand_name(self, item: _Hidden, waiting: list[_Hidden], done: list[_Hidden]) -> None:
        name = item.token.text
        if name in _C_WORDS or name in _NO_TYPE_WORDS or name in _TYPES or name.endswith("_t"):
            done.append(item)
            return
        if name == "BITS_PER_LONG":
            done.append(_Hidden(Token("number", str(self.long))))
            return
        meaning = self._meaning(item, followed=bool(waiting) and waiting[-1].token.text == "(")
        if meaning is None:
            done.append(item)
            return
        mark = name + _ENUMERATOR if meaning.enumerator else name
        if meaning.parameters is None:
            hidden = item.hidden | {mark}
            waiting.extend(_Hidden(token, hidden) for token in reversed(_body(meaning)))
            return
        arguments, closing = _arguments(waiting)
        hidden = (item.hidden & closing.hidden) | {mark}
        replaced = self._substituted(meaning, arguments)
        waiting.extend(_Hidden(each.token, each.hidden | hidden) for each in reversed(replaced))

    def _meaning(self, item: _Hidden, followed: bool) -> Meaning | None:
        """The definition that a name stands for here, None when it stays as it is."""
        name = item.token.text
        candidates = self.names.of(name)
        if name in self.choices:
            candidates = (self.choices[name], *(each for each in candidates if each.enumerator))
        usable = [
            each
            for each in candidates
            if (each.parameters is None or followed)
            and (name + _ENUMERATOR if each.enumerator else name) not in item.hidden
        ]
        if not usable:
            return None
        if name in self.choices and usable[0] is self.choices[name]:
            return usable[0]
        if len(usable) == 1 and self.names.holds(usable[0].condition):
            return usable[0]
        if self.names.holds(usable[0].condition):
            return usable[0]
        raise _ChoiceNeeded(name, usable)

    def _substituted(self, meaning: Meaning, arguments: list[list[_Hidden]]) -> list[_Hidden]:
        """The body of a function-like macro with its arguments in place, `##` pasted."""
        parameters = meaning.parameters or ()
        bound = _bound(parameters, arguments)
        if bound is None:
            raise _NoNumberError
        body = expressions.tokens(meaning.body)
        result: list[_Hidden] = []
        index = 0
        while index < len(body):
            token = body[index]
            if token.text == "##" and result and index + 1 < len(body):
                follower = bound.get(body[index + 1].text, [_Hidden(body[index + 1])])
                _paste(result, follower)
                index += 2
                continue
            if token.text in bound:
                pasted = index + 1 < len(body) and body[index + 1].text == "##"
                argument = bound[token.text]
                result.extend(argument if pasted else self._expand(list(argument)))
                if pasted and not argument:
                    result.append(_Hidden(Token("name", "")))
            else:
                result.append(_Hidden(token))
            index += 1
        return [item for item in result if item.token.text]

    # Arithmetic in C's types.

    def _value(self, node: expressions.Node) -> _Value:
        if isinstance(node, expressions.Number):
            return self._literal(node)
        if isinstance(node, expressions.Unary):
            return self._unary(node.operator, self._value(node.operand))
        if isinstance(node, expressions.Binary):
            return self._binary(node)
        if isinstance(node, expressions.Ternary):
            condition = self._value(node.condition)
            return self._value(node.then if condition.number else node.otherwise)
        if isinstance(node, expressions.Cast):
            return self._cast(node)
        if isinstance(node, expressions.SizeOf):
            kind = self._type(node.type)
            if kind is None:
                raise _NoNumberError
            return _Value(kind[0] // 8, self.long, signed=False)
        if isinstance(node, expressions.Call):
            return self._call(node)
        raise _NoNumberError

    def _call(self, node: expressions.Call) -> _Value:
        if node.name in _OPTION_TESTS:
            return self._option(node)
        if node.name in _CHECKS:
            return _Value(0)
        if node.name in ("__builtin_constant_p", "__is_constexpr"):
            return _Value(1)
        if node.name in ("__builtin_choose_expr", "__builtin_expect") and node.arguments:
            first = self._value(node.arguments[0])
            if node.name == "__builtin_expect":
                return first
            return self._value(node.arguments[1 if first.number else 2])
        if node.name in ("ilog2", "const_ilog2", "__ilog2_u32", "__ilog2_u64") and node.arguments:
            operand = self._value(node.arguments[0])
            if operand.number > 0:
                return _Value(operand.number.bit_length() - 1)
        if node.name == _ENUMERATOR:
            return _enumerator(self._value(node.arguments[0]))
        raise _NoNumberError

    def _option(self, node: expressions.Call) -> _Value:
        test = expressions.render(node)
        candidates = self.names.option(test)
        chosen = self.choices.get(test)
        if chosen is None and len(candidates) > 1:
            raise _ChoiceNeeded(test, candidates)
        return _Value(int((chosen or candidates[0]).body))

    def _literal(self, node: expressions.Number) -> _Value:
        """The first type of C11 6.4.4.1 that the literal fits."""
        unsigned = "U" in node.suffix
        least = 64 if "LL" in node.suffix else self.long if "L" in node.suffix else 32
        for bits in sorted({least, max(least, self.long), 64}):
            if not unsigned and node.number < 1 << (bits - 1):
                return _Value(node.number, bits)
            if (unsigned or not node.decimal) and node.number < 1 << bits:
                return _Value(node.number, bits, signed=False)
        return _wrap(node.number, 64, signed=False)

    def _unary(self, operator: str, operand: _Value) -> _Value:
        if operator == "!":
            return _Value(int(operand.number == 0))
        operand = _promoted(operand)
        number = expressions.apply_unary(operator, operand.number)
        return _wrap(number, operand.bits, operand.signed)

    def _binary(self, node: expressions.Binary) -> _Value:
        operator = node.operator
        left = self._value(node.left)
        if operator in ("&&", "||"):
            if bool(left.number) == (operator == "||"):
                return _Value(int(operator == "||"))
            return _Value(int(self._value(node.right).number != 0))
        right = self._value(node.right)
        if operator in ("<<", ">>"):
            left = _promoted(left)
            if not 0 <= right.number < left.bits:
                raise _NoNumberError
        elif operator == ",":
            return right
        else:
            left, right = _converted(left, right)
        number = expressions.apply_binary(operator, left.number, right.number)
        if number is None:
            raise _NoNumberError
        if operator in ("<", ">", "<=", ">=", "==", "!="):
            return _Value(number)
        return _wrap(number, left.bits, left.signed)

    def _cast(self, node: expressions.Cast) -> _Value:
        operand = self._value(node.operand)
        kind = self._type(node.type)
        # A type that is not known is taken as one that holds the value.
        return operand if kind is None else _wrap(operand.number, *kind)

    def _type(self, words: str) -> tuple[int, bool] | None:
        """Width and signedness of a type."""
        if words.endswith("*"):
            return self.long, False
        kept = [word for word in words.split() if word not in _NO_TYPE_WORDS]
        if len(kept) == 1 and kept[0] in _TYPES:
            bits, signed = _TYPES[kept[0]]
            return bits or self.long, signed
        if not kept or not set(kept) <= _C_WORDS:
            return None
        if "_Bool" in kept or "bool" in kept or "void" in kept:
            return None
        signed = "unsigned" not in kept
        if "char" in kept:
            return 8, signed
        if "short" in kept:
            return 16, signed
        if kept.count("long") > 1:
            return 64, signed
        return (self.long if "long" in kept else 32), signed


_NO_TYPE_WORDS = frozenset(
    {"const", "volatile", "__force", "__user", "__iomem", "__kernel", "__bitwise", "__signed__"}
)
_C_WORDS = frozenset(
    {"char", "short", "int", "long", "signed", "unsigned", "_Bool", "bool", "void"}
)
# Typedefs of the kernel whose width is the same in all versions; 0 is the width of long.
_TYPES = {
    **{f"{prefix}{kind}{bits}": (bits, kind == "s") for prefix in ("", "__") for kind in "us" for bits in (8, 16, 32, 64)},
    **{f"{prefix}int{bits}_t": (bits, not prefix) for prefix in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"__{order}{bits}": (bits, False) for order in ("le", "be") for bits in (16, 32, 64)},
    "gfp_t": (32, False), "fmode_t": (32, False), "slab_flags_t": (32, False), "blk_opf_t": (32, False),
    "blk_mq_req_flags_t": (32, False), "vm_fault_t": (32, False), "req_flags_t": (32, False), "uint": (32, False),
    "size_t": (0, False), "ssize_t": (0, True), "uintptr_t": (0, False), "ulong": (0, False), "pgoff_t": (0, False),
    "vm_flags_t": (0, False), "loff_t": (64, True), "ptrdiff_t": (0, True), "ushort": (16, False),
}  # fmt: skip


def _wrap(number: int, bits: int, signed: bool) -> _Value:
    number &= (1 << bits) - 1
    if signed and number >> (bits - 1):
        number -= 1 << bits
    return _Value(number, bits, signed)


def _promoted(value: _Value) -> _Value:
    return value if value.bits >= 32 else _Value(value.number)


def _converted(left: _Value, right: _Value) -> tuple[_Value, _Value]:
    """C's usual arithmetic conversions."""
    left, right = _promoted(left), _promoted(right)
    bits = max(left.bits, right.bits)
    unsigned = any(not each.signed and each.bits == bits for each in (left, right))
    return _wrap(left.number, bits, not unsigned), _wrap(right.number, bits, not unsigned)


def _enumerator(value: _Value) -> _Value:
    """An enumeration constant is an int where it fits."""
    if -(1 << 31) <= value.number < 1 << 31:
        return _Value(value.number)
    return _Value(value.number, signed=False) if 0 <= value.number < 1 << 32 else value


# ── tokens of macros ────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8192)
def _plain_body(body: str) -> tuple[Token, ...]:
    return expressions.tokens(body)


def _body(meaning: Meaning) -> tuple[Token, ...]:
    body = _plain_body(meaning.body)
    if meaning.enumerator:
        return (Token("name", _ENUMERATOR), Token("op", "("), *body, Token("op", ")"))
    return body


def _bracketed(waiting: list[_Hidden]) -> list[_Hidden]:
    """The bracketed tokens that come next, taken off unexpanded."""
    taken: list[_Hidden] = []
    depth = 0
    while waiting:
        if not taken and waiting[-1].token.text != "(":
            return taken
        item = waiting.pop()
        taken.append(item)
        depth += {"(": 1, ")": -1}.get(item.token.text, 0)
        if depth == 0:
            return taken
    return taken


def _arguments(waiting: list[_Hidden]) -> tuple[list[list[_Hidden]], _Hidden]:
    """The arguments of a macro call, taken off, and its closing bracket; the opening one comes next."""
    waiting.pop()
    arguments: list[list[_Hidden]] = [[]]
    depth = 0
    while waiting:
        item = waiting.pop()
        text = item.token.text
        if text == ")" and depth == 0:
            return arguments, item
        if text == "," and depth == 0:
            arguments.append([])
            continue
        depth += {"(": 1, ")": -1, "[": 1, "]": -1, "{": 1, "}": -1}.get(text, 0)
        arguments[-1].append(item)
    raise _NoNumberError


def _bound(
    parameters: tuple[str, ...], arguments: list[list[_Hidden]]
) -> dict[str, list[_Hidden]] | None:
    """Parameters and their arguments, None when the numbers differ; `...` takes what is left."""
    if parameters and parameters[-1].endswith("..."):
        name = parameters[-1].removesuffix("...").strip() or "__VA_ARGS__"
        fixed = parameters[:-1]
        rest: list[_Hidden] = []
        for number, argument in enumerate(arguments[len(fixed) :]):
            rest.extend([_Hidden(Token("op", ","))] if number else [])
            rest.extend(argument)
        if len(arguments) < len(fixed):
            return None
        return {**dict(zip(fixed, arguments, strict=False)), name: rest}
    if not parameters:
        return {} if arguments == [[]] else None
    return (
        dict(zip(parameters, arguments, strict=True)) if len(parameters) == len(arguments) else None
    )


def _paste(result: list[_Hidden], follower: Sequence[_Hidden]) -> None:
    """`##`: the last token and the first of what follows become one."""
    if not follower:
        return
    first = result.pop()
    joined = expressions.tokens(first.token.text + follower[0].token.text)
    result.extend(_Hidden(token, first.hidden) for token in joined)
    result.extend(follower[1:])
