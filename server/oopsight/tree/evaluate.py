"""Numbers of C constant expressions: macros and enumerators expanded by the definitions that a look-up gives, in C's types.

A name may have several definitions under different conditions. Every combination that does not contradict itself is
an outcome, with the condition under which it comes out. What cannot be computed has no outcome; nothing is guessed.
The evaluator reads no file and knows no number of any kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from oopsight.tree import arithmetic, expressions, macros, preprocess
from oopsight.tree.macros import Meaning, under

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
class Outcome:
    """A number and the condition under which an expression has it, None when it always has."""

    number: int
    condition: str | None = None


Lookup = Callable[[str], Sequence[Meaning]]
Holds = Callable[["str | None"], "bool | None"]

_MOST_OUTCOMES = 32
_MOST_TRIALS = 160


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
            number = trial.run(meaning)
        except _ChoiceNeeded as needed:
            pending.extend(_branches(needed, choices, conditions, names))
            continue
        except (arithmetic.NoNumberError, macros.EndlessError, RecursionError):
            continue
        found.append(Outcome(number, preprocess.all_of(*conditions)))
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


# ── names ──

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


class _ChoiceNeeded(Exception):
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
        if name in arithmetic.CHECKS:
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


# ── one trial ──


@dataclass(frozen=True, slots=True)
class _Trial:
    """One evaluation with a fixed choice of definitions."""

    names: _Names
    choices: Mapping[str, Meaning]
    long: int

    def run(self, meaning: Meaning) -> int:
        expansion = macros.Expansion(self._meaning, self.long)
        node = expressions.parse_tokens(expansion.of(meaning))
        if node is None:
            raise arithmetic.NoNumberError
        return arithmetic.Arithmetic(self.long, self._option).of(node).number

    def _meaning(self, name: str, hidden: frozenset[str], followed: bool) -> Meaning | None:
        """The definition that a name stands for here, None when it stays as it is."""
        candidates = self.names.of(name)
        if name in self.choices:
            candidates = (self.choices[name], *(each for each in candidates if each.enumerator))
        usable = [
            each
            for each in candidates
            if (each.parameters is None or followed)
            and (name + macros.ENUMERATOR if each.enumerator else name) not in hidden
        ]
        if not usable:
            return None
        if name in self.choices and usable[0] is self.choices[name]:
            return usable[0]
        if self.names.holds(usable[0].condition):
            return usable[0]
        raise _ChoiceNeeded(name, usable)

    def _option(self, test: str) -> bool:
        candidates = self.names.option(test)
        chosen = self.choices.get(test)
        if chosen is None and len(candidates) > 1:
            raise _ChoiceNeeded(test, candidates)
        return (chosen or candidates[0]).body == "1"
