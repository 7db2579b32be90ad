"""Tests for choosing a definition by who calls whom: from where it can be called, what it calls, with which arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from oopsight import model
from oopsight.resolve import builds, callpaths, contexts
from oopsight.resolve.choices import Definitions, Test, be, have, places
from oopsight.tree import made, units

K = model.DefinitionKind


def visible_test(unit: units.Unit) -> Test:
    """An inlined subroutine must be visible where it was inlined."""
    return Test(
        lambda d: unit.sees(d.position.path),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not included by {unit.path}, into which this was inlined."
        ),
        True,
    )


def inlinable_test() -> Test:
    """What the text prints as inlined is no function of another file."""
    return Test(
        lambda d: d.kind is K.INLINE or d.position.path.endswith(".h"),
        lambda dropped: f"The text shows it inlined; {places(dropped)} could only be called.",
        False,
    )


def signature_test(context: contexts.Context, names: Sequence[str], count: int | None) -> Test:
    """The printed argument names are parameters of the function; a whole list has as many as it has parameters."""

    def keeps(definition: model.Definition) -> bool:
        if made.is_made(context.tree, definition):
            return True
        own = [parameter.name for parameter in definition.parameters]
        return all(name in own for name in names) and (count is None or count == len(own))

    return Test(
        keeps,
        lambda dropped: f"{places(dropped)} {have(dropped)} other parameters than the text prints.",
        False,
    )


def itself_test(caller: model.Definition) -> Test:
    """A function that does not call its own name reaches another one of that name through a pointer."""
    return Test(
        lambda d: d != caller,
        lambda dropped: f"{caller.name} does not call itself, and it is the frame behind this one.",
    )


def leads_test(
    context: contexts.Context, inner: str, unit_of: Callable[[model.Definition], units.Unit]
) -> Test:
    """The function of a frame leads to the next inner one.

    No proof: a function between that ended with a call left no frame, and compilers make calls out of other statements.
    """

    def keeps(definition: model.Definition) -> bool:
        return (
            made.is_made(context.tree, definition)
            or bool(units.ways(unit_of(definition), definition, inner))
            or has_pointer_call(context, definition)
        )

    return Test(
        keeps,
        lambda dropped: f"{places(dropped)} {have(dropped)} no call that leads to {inner}.",
    )


# What compilers call on their own account; what they put in place of loops and assignments can stand in the source.
_COMPILERS_CALL = re.compile(
    r"__stack_chk_fail|__fentry__|_?mcount|__gnu_mcount_nc|__cfi_\w+|__(?:asan|kasan|kcsan|tsan|msan|ubsan|sanitizer)_\w+"
    r"|__x86_\w+|__aeabi_\w+|mem(?:cpy|set|move|cmp)|str(?:len|cmp|cpy|cat|ncmp)|bcmp|__(?:mem|str)\w+"
)


def says_nothing(inner: str) -> bool:
    """Whether a call of the function need not stand in the source of its caller."""
    return _COMPILERS_CALL.fullmatch(inner) is not None


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


def pointer_test(context: contexts.Context, unit: units.Unit, caller: model.Definition) -> Test:
    """A function that the caller calls through a pointer takes what is passed there: as many arguments, the same structures.

    Where the caller calls through no pointer, a function of another file is a likelier one if it is not static: one that
    left no frame called it by name.
    """
    body = context.tree.body(caller)
    types = {local.name: local.type for local in body.locals}
    types.update((parameter.name, parameter.type) for parameter in caller.parameters)
    passed = [
        [_structure(types.get(argument.strip(), "")) for argument in call.arguments]
        for call in body.calls
        if call.member is not None or call.name in types
    ]
    if not passed:
        return Test(
            lambda d: not d.static or unit.sees(d.position.path),
            lambda dropped: (
                f"{caller.name} calls nothing through a pointer, and {places(dropped)} {be(dropped)} static in another file."
            ),
        )

    def keeps(definition: model.Definition) -> bool:
        if made.is_made(context.tree, definition):
            return True
        taken = [_structure(parameter.type) for parameter in definition.parameters]
        return any(
            len(given) == len(taken)
            and all(
                one is None or two is None or one == two
                for one, two in zip(given, taken, strict=True)
            )
            for given in passed
        )

    return Test(
        keeps,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not what {caller.name} calls through a pointer: other arguments are passed there."
        ),
    )


_STRUCTURE = re.compile(r"\b(?:struct|union)[ \t]+(\w+)")


def _structure(type_name: str) -> str | None:
    found = _STRUCTURE.search(type_name)
    return found[1] if found is not None else None


def linkage_test(context: contexts.Context, caller: units.Unit, proof: bool) -> Test:
    """A static function is called by name only from the files that see it."""
    return Test(
        lambda d: can_be_called_from(context, caller, d),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} static, and {caller.path} cannot call it."
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
        or _pasted(context, definition)
    )


def _pasted(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a macro of the file may put the name together: `DEVICE_ATTR_RO(size)` takes the address of `size_show`."""
    before, _, _ = definition.name.rpartition("_")
    if not before:
        return False
    text = context.tree.sources.text(definition.position.path) or ""
    # `DEVICE_ATTR_RO(size);`, `static struct kobj_attribute size_attr = __ATTR_RO(size);`.
    word = rf"(?:^[ \t]*(?:static[ \t]+)?|=[ \t\n]*)\w+[ \t]*\([^;(){{}}]*\b{re.escape(before)}\b"
    return re.search(word, text, re.MULTILINE) is not None


def named_test(
    context: contexts.Context, caller: units.Unit, definition: model.Definition, sure: bool
) -> Test:
    """A name in a call means the static function of the caller's own unit, if it has one."""

    def proved(kept: Definitions, _: Definitions) -> bool:
        return sure and all(context.tree.holds(each.condition) is True for each in kept)

    return Test(
        lambda each: is_own(context, caller, each),
        lambda dropped: (
            f"{definition.name} calls it by name, which in {caller.path} is another one than {places(dropped)}."
        ),
        proved,
    )


def is_own(context: contexts.Context, unit: units.Unit, definition: model.Definition) -> bool:
    """Whether a name in the unit means this static function; one of a header only if nothing leaves it out."""
    if not definition.static or not unit.sees(definition.position.path):
        return False
    stands = builds.stands(context, definition)
    return stands is True or (stands is None and builds.is_source(definition))
