"""What a caller's call gives to the callee's parameters, as far as the text and the source fix it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import contexts, rivals
from oopsight.resolve.frames import Placed
from oopsight.tree import csyntax, units

K = model.DefinitionKind
S = model.Status
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_WIDE = re.compile(
    r"\b(?:long long|u64|s64|__u64|__s64|uint64_t|int64_t|loff_t|dma_addr_t|phys_addr_t)\b"
)
_NARROW = {"bool": 8, "char": 8, "u8": 8, "u16": 16, "short": 16}


@dataclass(frozen=True, slots=True)
class Passed:
    """What a call gives to a parameter: the number, the expression in the caller's text, and the caller's name."""

    number: int
    expression: str
    caller: str


def passed(
    context: contexts.Context, outer: Placed, inner: model.ResolvedFrame, numbers: Mapping[str, int]
) -> dict[str, Passed]:
    """What the caller's call gives to the parameters of the inner frame's function, as far as the text fixes it."""
    way, definition, callee = outer.link.way, outer.resolved.definition, inner.definition
    if way is None or definition is None or callee is None or outer.resolved.status is S.AMBIGUOUS:
        return {}
    if outer.resolved.others and outer.resolved.status not in (S.EXACT, S.LIKELY):
        return {}
    known = _unchanged(context, definition, numbers)
    call = way.call
    caller = definition.name
    for step in way.steps:
        known = _bound(context, step.definition, call, known)
        known = _unchanged(context, step.definition, known)
        call = step.call
        caller = step.definition.name
    found = {}
    for parameter, expression in zip(callee.parameters, call.arguments, strict=False):
        number = number_of(context, expression, known)
        if number is not None and parameter.name:
            found[parameter.name] = Passed(
                number & _mask(context, parameter.type), expression, caller
            )
    return found


def _bound(
    context: contexts.Context,
    definition: model.Definition,
    call: csyntax.Call,
    known: Mapping[str, int],
) -> dict[str, int]:
    bound = {}
    for parameter, expression in zip(definition.parameters, call.arguments, strict=False):
        number = number_of(context, expression, known)
        if number is not None:
            bound[parameter.name] = number
    return bound


def _unchanged(
    context: contexts.Context, definition: model.Definition, known: Mapping[str, int]
) -> dict[str, int]:
    """Parameters that the function never assigns keep what they came with; those that a local hides do not count."""
    hidden = {local.name for local in context.tree.body(definition).locals}
    changed = assigned(context, definition)
    return {
        name: number for name, number in known.items() if name not in changed and name not in hidden
    }


_ASM_OUTPUT = re.compile(r"\"[^\"\n]*[=+][^\"\n]*\"\s*\(\s*(\w+)\s*\)")


def assigned(context: contexts.Context, definition: model.Definition) -> frozenset[str]:
    """The variables that a function may change: by assignment, by address, by assembler code, or inside a macro."""
    return context.once(("assigned", definition), lambda: _assigned(context, definition))


def _assigned(context: contexts.Context, definition: model.Definition) -> frozenset[str]:
    body = context.tree.body(definition)
    found = set(body.assigned)
    if "asm" in body.text:
        found |= set(_ASM_OUTPUT.findall(body.text))
    names = {parameter.name for parameter in definition.parameters} - found
    unit = context.unit(definition.position.path)
    for call in body.calls:
        for at, argument in enumerate(call.arguments):
            name = argument.strip("() ")
            if name in names and (
                _macro_assigns(unit, call.name, at, 0)
                or rivals.unseen(context, unit, body, call.name)
            ):
                found.add(name)
    return frozenset(found)


def _macro_assigns(unit: units.Unit, name: str | None, at: int, depth: int) -> bool:
    """Whether a macro of that name changes its argument number `at`."""
    for node in unit.nodes.get(name or "", ()):
        if node.row.kind is not K.MACRO:
            continue
        definition = unit.tree.definition(node.path, node.row)
        if at >= len(definition.parameters) or depth > 4:
            continue
        parameter = definition.parameters[at].name
        body = unit.tree.body(definition)
        if parameter in body.assigned:
            return True
        word = rf"(?<![\w>.])\(*{re.escape(parameter)}\)*"
        text = body.text.partition(")")[2]
        if re.search(
            rf"{word}\s*(?:[-+*/|&^%]|<<|>>)?=(?!=)|{word}\s*(?:\+\+|--)|(?<!&)&\s*{word}(?!\w)",
            text,
        ):
            return True
        if "asm" in text and re.search(rf"\"[^\"\n]*[=+][^\"\n]*\"\s*\(\s*{word}", text):
            return True
        for call in body.calls:
            for position, argument in enumerate(call.arguments):
                if (
                    argument.strip("() ") == parameter
                    and call.name != name
                    and _macro_assigns(unit, call.name, position, depth + 1)
                ):
                    return True
    return False


def number_of(context: contexts.Context, expression: str, known: Mapping[str, int]) -> int | None:
    """The number of a C expression whose variables are `known`, None when anything in it is not known for sure."""
    names = set(_IDENTIFIER.findall(expression))
    if any(mark in expression for mark in ("->", ".", '"', "'", "[", "{")):
        return None
    if any(name.islower() and name not in known and name not in _TYPE_WORDS for name in names):
        return None
    relevant = {name: known[name] for name in sorted(names & known.keys())}
    return context.once(
        ("number", expression, tuple(relevant.items())),
        lambda: context.tree.number(expression, relevant, context.arch),
    )


_TYPE_WORDS = frozenset(
    "unsigned signed long int short char void const struct u8 u16 u32 u64 gfp_t size_t".split()
)


def bits_of(context: contexts.Context, type_name: str) -> int:
    """The width of a C type in bits, as far as its spelling tells."""
    pointer = context.arch.bits if context.arch is not None else 64
    if "*" in type_name or "(" in type_name:
        return pointer
    if _WIDE.search(type_name):
        return 64
    for word, bits in _NARROW.items():
        if re.search(rf"\b{word}\b", type_name):
            return bits
    if re.search(r"\blong\b|\bsize_t\b|\bpgoff_t\b|\bsector_t\b", type_name):
        return pointer
    return 32


def _mask(context: contexts.Context, type_name: str) -> int:
    return (1 << bits_of(context, type_name)) - 1
