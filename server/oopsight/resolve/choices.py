"""Which of several definitions of one name a frame means: tests that leave some out, each with its reason in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model

K = model.DefinitionKind
FUNCTIONS = (K.FUNCTION, K.INLINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The definition of a frame. `sure` when nothing but it is possible; `others` are those left out or left over."""

    definition: model.Definition | None
    sure: bool = False
    reasons: tuple[str, ...] = ()
    others: tuple[model.Definition, ...] = ()
    left_over: int = 0


Definitions = Sequence[model.Definition]


@dataclass(frozen=True, slots=True)
class Test:
    """A question that leaves some definitions out: which it keeps, and what is said of those that it drops.

    `proof`: what it drops is impossible. A function is given (kept, dropped) where that depends on them.
    """

    keeps: Callable[[model.Definition], bool]
    says: Callable[[Definitions], str]
    proof: bool | Callable[[Definitions, Definitions], bool] = False


def choose(candidates: Definitions, tests: Sequence[Test]) -> Choice:
    """Apply the tests in order; one that leaves nothing is passed over."""
    left = list(candidates)
    reasons = []
    sure = True
    for test in tests:
        if len(left) < 2:
            break
        kept = [definition for definition in left if test.keeps(definition)]
        if kept and len(kept) < len(left):
            dropped = [definition for definition in left if definition not in kept]
            reasons.append(test.says(dropped))
            sure = sure and (
                test.proof if isinstance(test.proof, bool) else test.proof(kept, dropped)
            )
            left = kept
    if not left:
        return Choice(None)
    first = left[0]
    others = tuple(left[1:]) + tuple(d for d in candidates if d not in left)
    if len(left) > 1:
        reasons.append(f"{places(left[1:])} would fit as well.")
    return Choice(first, sure and len(left) == 1, tuple(reasons), others, len(left) - 1)


def places(definitions: Definitions) -> str:
    """`mm/a.c:3 and 4 others`, for sentences."""
    first = definitions[0].position
    rest = len(definitions) - 1
    tail = "" if not rest else f" and {rest} other{'s' if rest > 1 else ''}"
    return f"{first.path}:{first.line}{tail}"


def be(definitions: Definitions) -> str:
    """`is` or `are`, for as many."""
    return "is" if len(definitions) == 1 else "are"


def have(definitions: Definitions) -> str:
    """`has` or `have`, for as many."""
    return "has" if len(definitions) == 1 else "have"


def belong(definitions: Definitions) -> str:
    """`belongs` or `belong`, for as many."""
    return "belongs" if len(definitions) == 1 else "belong"


def count(definitions: Definitions) -> str:
    """`3 definitions in 2 files`, for sentences."""
    files = {definition.position.path for definition in definitions}
    many = len(definitions)
    return f"{many} definition{'s' if many > 1 else ''} in {len(files)} file{'s' if len(files) > 1 else ''}"
