"""Which of several definitions of one name a frame means: tests that leave some out, each with its reason in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import callpaths, contexts
from oopsight.tree import units

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


Test = tuple[Callable[[model.Definition], bool], Callable[[Sequence[model.Definition]], str], bool]


def choose(candidates: Sequence[model.Definition], tests: Sequence[Test]) -> Choice:
    """Apply the tests in order; one that leaves nothing is passed over. The third part of a test says whether it is proof."""
    left = list(candidates)
    reasons = []
    sure = True
    for keeps, says, proof in tests:
        if len(left) < 2:
            break
        kept = [definition for definition in left if keeps(definition)]
        if kept and len(kept) < len(left):
            dropped = [definition for definition in left if definition not in kept]
            reasons.append(says(dropped))
            sure = sure and proof
            left = kept
    if not left:
        return Choice(None)
    first = left[0]
    others = tuple(left[1:]) + tuple(d for d in candidates if d not in left)
    if len(left) > 1:
        places = _places(left[1:])
        reasons.append(f"{places} would fit as well.")
    return Choice(first, sure and len(left) == 1, tuple(reasons), others, len(left) - 1)


def _places(definitions: Sequence[model.Definition]) -> str:
    """`mm/a.c:3 and 4 others`, for sentences."""
    first = definitions[0].position
    rest = len(definitions) - 1
    tail = "" if not rest else f" and {rest} other{'s' if rest > 1 else ''}"
    return f"{first.path}:{first.line}{tail}"


def _be(definitions: Sequence[model.Definition]) -> str:
    return "is" if len(definitions) == 1 else "are"


def _have(definitions: Sequence[model.Definition]) -> str:
    return "has" if len(definitions) == 1 else "have"


def _belong(definitions: Sequence[model.Definition]) -> str:
    return "belongs" if len(definitions) == 1 else "belong"


def _count(definitions: Sequence[model.Definition]) -> str:
    files = {definition.position.path for definition in definitions}
    many = len(definitions)
    return f"{many} definition{'s' if many > 1 else ''} in {len(files)} file{'s' if len(files) > 1 else ''}"


def kernel_tests(context: contexts.Context) -> list[Test]:
    """What holds for every name: kernel code, of this architecture, under conditions that may hold."""
    tests: list[Test] = [
        (
            lambda d: not d.position.path.startswith(contexts.NOT_KERNEL),
            lambda dropped: f"{_places(dropped)} {_be(dropped)} no kernel code.",
            True,
        )
    ]
    if context.arch is not None:
        arch = context.arch
        tests.append(
            (
                lambda d: not context.foreign(d.position.path),
                lambda dropped: (
                    f"{_count(dropped)} of this name {_belong(dropped)} to other architectures than {arch.name}."
                    + (f" {context.arch_reason}" if context.arch_reason else "")
                ),
                True,
            )
        )
    tests.append(
        (
            lambda d: context.tree.holds(d.condition) is not False,
            lambda dropped: (
                f"{_places(dropped[:1])} stands under `{dropped[0].condition}`, which the configuration rules out."
            ),
            True,
        )
    )
    return tests


def strong_test(context: contexts.Context) -> Test:
    """A weak definition is what the linker takes when there is no other."""
    weak = re.compile(r"\b__weak\b|\bweak\b")

    def keeps(definition: model.Definition) -> bool:
        lines = context.tree.sources.lines(definition.position.path) or ()
        return not weak.search(
            "\n".join(lines[definition.start_line - 1 : definition.position.line])
        )

    return (
        keeps,
        lambda dropped: (
            f"{_places(dropped)} {_be(dropped)} weak: another definition takes its place."
        ),
        False,
    )


def visible_test(unit: units.Unit) -> Test:
    """An inlined subroutine must be visible where it was inlined."""
    return (
        lambda d: unit.sees(d.position.path),
        lambda dropped: (
            f"{_places(dropped)} {_be(dropped)} not included by {unit.path}, into which this was inlined."
        ),
        True,
    )


def inlinable_test() -> Test:
    """What the text prints as inlined is no function of another file."""
    return (
        lambda d: d.kind is K.INLINE or d.position.path.endswith(".h"),
        lambda dropped: f"The text shows it inlined; {_places(dropped)} could only be called.",
        False,
    )


def signature_test(names: Sequence[str], count: int | None) -> Test:
    """The printed argument names are parameters of the function; a whole list has as many as it has parameters."""

    def keeps(definition: model.Definition) -> bool:
        own = [parameter.name for parameter in definition.parameters]
        return all(name in own for name in names) and (count is None or count == len(own))

    return (
        keeps,
        lambda dropped: (
            f"{_places(dropped)} {_have(dropped)} other parameters than the text prints."
        ),
        False,
    )


def leads_test(
    context: contexts.Context, inner: str, unit_of: Callable[[model.Definition], units.Unit]
) -> Test:
    """The function of a frame leads to the next inner one."""

    def keeps(definition: model.Definition) -> bool:
        return bool(units.ways(unit_of(definition), definition, inner)) or has_pointer_call(
            context, definition
        )

    return (
        keeps,
        lambda dropped: f"{_places(dropped)} {_have(dropped)} no call that leads to {inner}.",
        True,
    )


def has_pointer_call(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a function calls through a pointer or through what cannot be read here, by which it may reach anything."""
    body = context.tree.body(definition)
    variables = {local.name for local in body.locals} | {p.name for p in definition.parameters}
    unit = context.unit(definition.position.path)
    return any(
        call.member is not None
        or call.name in variables
        or any(node.pastes for node in unit.nodes.get(call.name or "", ()))
        for call in body.calls
    )


def linkage_test(context: contexts.Context, caller: units.Unit, proof: bool) -> Test:
    """A static function is called by name only from the files that see it."""
    return (
        lambda d: can_be_called_from(context, caller, d),
        lambda dropped: (
            f"{_places(dropped)} {_be(dropped)} static, and {caller.path} cannot call it."
        ),
        proof,
    )


def can_be_called_from(
    context: contexts.Context, caller: units.Unit, definition: model.Definition
) -> bool:
    """Whether a caller in that unit can reach the function: by name, or because its address was given away."""
    return (
        not definition.static
        or definition.kind is K.LABEL
        or caller.sees(definition.position.path)
        or callpaths.address_taken(context, definition)
    )


def near_test(paths: Sequence[str]) -> Test:
    """A static function called directly stands in the file of a neighbour in the stack."""
    return (
        lambda d: d.position.path in paths,
        lambda dropped: f"{_places(dropped)} {_be(dropped)} in no file of the neighbouring frames.",
        False,
    )
