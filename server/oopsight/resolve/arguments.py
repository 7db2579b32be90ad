"""What each printed argument held: decoded by its domain, compared with what the caller passed, confirmed where it was cut."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from oopsight import model, values
from oopsight.resolve import contexts, disagreements, flows, ways_by_value
from oopsight.resolve.frames import Placed

K = model.DefinitionKind
S = model.Status
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def decode_all(
    context: contexts.Context, placed: Sequence[Placed]
) -> tuple[model.ResolvedFrame, ...]:
    """The frames of one stack with their arguments, from the outermost inwards, since a caller fixes what it passes."""
    resolved: dict[int, model.ResolvedFrame] = {}
    passed: dict[str, flows.Passed] = {}
    for position in reversed(range(len(placed))):
        here = placed[position].resolved
        known = {name: given.number for name, given in passed.items()}
        arguments = []
        for index, argument in enumerate(here.frame.arguments):
            value = _argument(context, here, index, argument, passed, placed, position)
            given = passed.get(value.name or "")
            if given is not None and value.number is not None and not _same(value, given.number):
                verdict = disagreements.judge(context, placed, position, value, given)
                value = verdict.inner
                source = _printed_outside(resolved, position)
                if verdict.outer_doubt is not None and source is not None:
                    resolved[source] = disagreements.with_doubt(resolved[source], given, verdict)
                known.pop(value.name or "", None)
                if verdict.believed is not None:
                    known[value.name or ""] = verdict.believed
            elif value.name is not None and value.number is not None and not value.doubts:
                known[value.name] = value.number
            arguments.append(value)
        resolved[position] = replace(here, arguments=tuple(arguments))
        passed = {}
        if position > 0 and not here.frame.crossing:
            passed = flows.passed(context, placed[position], placed[position - 1].resolved, known)
    in_order = [resolved[position] for position in range(len(placed))]
    return tuple(_excluding(context, placed, in_order, position) for position in range(len(placed)))


def _printed_outside(resolved: Mapping[int, model.ResolvedFrame], position: int) -> int | None:
    """The next frame outwards that prints arguments: inlined ones in between only pass on what it has."""
    outer = position + 1
    while (
        outer in resolved and resolved[outer].frame.inlined and not resolved[outer].frame.arguments
    ):
        outer += 1
    return outer if outer in resolved else None


def _same(value: model.ResolvedValue, number: int) -> bool:
    """Whether a printed number is `number` in the width of its type: -1 is 0xFFFFFFFF."""
    mask = (1 << (value.bits or 64)) - 1
    return value.number is not None and value.number & mask == number & mask


def _excluding(
    context: contexts.Context,
    placed: Sequence[Placed],
    resolved: Sequence[model.ResolvedFrame],
    position: int,
) -> model.ResolvedFrame:
    """The frame with what the values of the next inner one say about its rival ways."""
    here = resolved[position]
    found, unit = placed[position].link.found, placed[position].link.unit
    if (
        position == 0
        or found is None
        or unit is None
        or found.first is None
        or here.definition is None
    ):
        return here
    callee = resolved[position - 1].definition
    rivals = [way for way in found.others if not way.plain]
    if callee is None or not rivals or here.status is not S.LIKELY:
        return here
    reasons = []
    for value in resolved[position - 1].arguments:
        flags = ways_by_value.telling_flags(
            context, here.definition, callee, found.first, rivals, value, unit
        )
        if flags:
            reasons.append(
                f"{value.name} = {value.printed} contains {' and '.join(flags)}, which this function gives it and "
                "no function on a longer way names."
            )
    if not reasons:
        return here
    evidence = tuple(dict.fromkeys((*here.evidence, model.Evidence.VALUE)))
    return replace(here, reasons=(*here.reasons, *reasons), evidence=evidence)


# ── one argument ────────────────────────────────────────────────────────────────────────────────────────────────────


def _parameter(
    here: model.ResolvedFrame, argument: model.Argument, index: int
) -> model.Parameter | None:
    if here.definition is None:
        return None
    if argument.name is not None:
        return next((p for p in here.definition.parameters if p.name == argument.name), None)
    parameters = here.definition.parameters
    return parameters[index] if index < len(parameters) else None


def domain_of(
    context: contexts.Context | None,
    name: str | None,
    type_name: str | None,
    function: str | None,
    definition: model.Definition | None,
) -> model.Domain | None:
    """The domain of a variable: by its type, its name, or the flag names that stand beside it in its function."""
    arch = context.arch if context is not None else None
    found = values.domain_of(type_name, name, function, arch)
    if found is not None or context is None or definition is None or name is None:
        return found
    companions = context.tree.body(definition).companions.get(name, frozenset())
    return domain_of_names(companions)


def domain_of_names(names: frozenset[str]) -> model.Domain | None:
    """The only domain to which flag names belong, None when there is none or several."""
    fitting = [
        domain
        for domain in values.domains()
        if any(
            word.startswith(prefix)
            for word in names
            for prefix in (*domain.prefixes, *domain.composites)
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


def declared_at(
    context: contexts.Context, definition: model.Definition | None, name: str
) -> model.SourcePos | None:
    """Where a parameter stands in its function's header."""
    if definition is None:
        return None
    return context.once(
        ("declared", definition, name), lambda: _declared_at(context, definition, name)
    )


def _declared_at(
    context: contexts.Context, definition: model.Definition, name: str
) -> model.SourcePos | None:
    lines = context.tree.sources.lines(definition.position.path) or ()
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    start = definition.position.line
    for number in range(start, min(definition.end_line, start + 40) + 1):
        text = lines[number - 1] if number <= len(lines) else ""
        column = (definition.position.column or 0) + len(definition.name) if number == start else 0
        found = word.search(text, column)
        if found:
            return model.SourcePos(definition.position.path, number, found.start())
        if text.startswith("{"):
            break
    return None


def plain_value(argument: model.Argument) -> model.ResolvedValue:
    """An argument as the text has it, when there is no tree to say more."""
    doubts = (_cut_doubt(argument),) if argument.cut else ()
    return model.ResolvedValue(
        argument.name,
        argument.printed,
        argument.number,
        spans=argument.spans,
        cut=argument.cut,
        doubts=doubts,
    )


def _cut_doubt(argument: model.Argument) -> str:
    return f"The text ends behind `{argument.printed}`, so digits may be lost."


def _argument(
    context: contexts.Context,
    here: model.ResolvedFrame,
    index: int,
    argument: model.Argument,
    expected: Mapping[str, flows.Passed],
    placed: Sequence[Placed],
    position: int,
) -> model.ResolvedValue:
    base = plain_value(argument)
    parameter = _parameter(here, argument, index)
    if here.definition is None or (parameter is None and argument.name is not None):
        return base
    name = parameter.name if parameter is not None else argument.name
    type_name = parameter.type if parameter is not None else None
    bits = flows.bits_of(context, type_name) if type_name else None
    declared = declared_at(context, here.definition, name) if name else None
    base = replace(base, name=name, type=type_name or None, bits=bits, declared=declared)
    domain = domain_of(context, name, type_name, here.frame.code.function, here.definition)
    if domain is not None:
        base = replace(base, domain=domain.key)
    given = expected.get(name) if name else None
    if argument.cut:
        base = _confirm(context, base, argument, domain, given)
    if base.number is None:
        return base
    base = described(context, base, domain)
    if domain is not None:
        base = replace(
            base, derivation=(*base.derivation, *_branches(context, base, placed, position))
        )
    return base


def _confirm(
    context: contexts.Context,
    base: model.ResolvedValue,
    argument: model.Argument,
    domain: model.Domain | None,
    given: flows.Passed | None,
) -> model.ResolvedValue:
    """A value that touches the cut, with its number if something else says that no digit is lost."""
    printed = argument.printed
    base_number = 16 if printed.lower().startswith("0x") else 10
    try:
        number = int(printed, base_number)
    except ValueError:
        return base
    digits = printed[2:] if base_number == 16 else printed
    if given is not None and given.number == number:
        reason = f"The text ends here, but {given.caller} passes `{given.expression}`, which is this number, so no digit is lost."
        return replace(base, number=number, doubts=(), derivation=(reason,))
    if domain is not None and values.whole(
        digits, base_number, domain, context.tree.constants(context.arch)
    ):
        reason = (
            f"The text ends here, but one more digit would set bits that the tree has no name for ({domain.title}), "
            "so no digit is lost."
        )
        return replace(base, number=number, doubts=(), derivation=(reason,))
    if base.bits is not None and number * base_number >= 1 << base.bits:
        reason = f"The text ends here, but one more digit would not fit in {base.bits} bits, so no digit is lost."
        return replace(base, number=number, doubts=(), derivation=(reason,))
    if given is not None:
        return replace(base, expected=given.number)
    return base


def described(
    context: contexts.Context,
    value: model.ResolvedValue,
    domain: model.Domain | None,
    siblings: Mapping[str, str] | None = None,
) -> model.ResolvedValue:
    """The value with its meaning: names of a domain, or what an address is."""
    if value.number is None:
        return value
    constants = context.tree.constants(context.arch)
    if domain is None:
        text = None
        if value.type is not None and context.arch is not None and _may_be_address(context, value):
            number, type_name, arch = value.number, value.type, context.arch
            text = context.once(
                ("address", number, type_name),
                lambda: values.describe_address(number, type_name, arch, constants),
            )
        return replace(value, text=text)
    decoded = values.decode(domain, value.number, constants, siblings or {})
    if decoded.impossible:
        return replace(
            value, domain=domain.key, unknown=value.number, doubts=(*value.doubts, *decoded.doubts)
        )
    return replace(
        value,
        number=decoded.number,
        domain=domain.key,
        text=decoded.text,
        parts=decoded.parts,
        fields=decoded.fields,
        unknown=decoded.unknown,
        alternatives=decoded.alternatives,
        doubts=(*value.doubts, *decoded.doubts),
        derivation=(*value.derivation, *decoded.notes),
    )


def _may_be_address(context: contexts.Context, value: model.ResolvedValue) -> bool:
    name = (value.name or "").lower()
    return "*" in (value.type or "") or (
        "long" in (value.type or "")
        and (name.endswith(("addr", "address", "pc", "sp", "start", "end")))
    )


_OTHER_CONFIGURATION = (
    ", although the configuration says the opposite: it is that of another kernel"
)


def _branches(
    context: contexts.Context, value: model.ResolvedValue, placed: Sequence[Placed], position: int
) -> tuple[str, ...]:
    """Flags that the caller sets in one `#if` branch only: that the value has them says which branch was built."""
    outer = position + 1
    if outer >= len(placed) or not value.parts or placed[outer].link.way is None:
        return ()
    caller, way = placed[outer].resolved.definition, placed[outer].link.way
    callee = placed[position].resolved.definition
    if caller is None or way is None or way.steps or callee is None:
        return ()
    names = [parameter.name for parameter in callee.parameters]
    index = names.index(value.name) if value.name in names else -1
    if not 0 <= index < len(way.call.arguments):
        return ()
    variables = set(_IDENTIFIER.findall(way.call.arguments[index]))
    path = caller.position.path
    conditionals = context.tree.conditionals(path)
    found = []
    for part in value.parts:
        if part.mask == 0:
            continue  # a number's name: nobody needs to have set it
        lines = mentions(context.tree.sources.lines(path) or (), caller, variables, part.name)
        conditions = {conditionals.at(line) for line in lines}
        if (
            lines
            and len(conditions) == 1
            and (condition := conditions.pop()) not in (None, caller.condition)
        ):
            found.append(
                f"{caller.name} sets {part.name} only under `{condition}` ({path}:{lines[0]}), so this held for the "
                f"crashed kernel{'' if context.tree.holds(condition) is not False else _OTHER_CONFIGURATION}."
            )
    return tuple(found)


def mentions(
    lines: Sequence[str], definition: model.Definition, variables: set[str], name: str
) -> list[int]:
    """Lines of a function on which one of the variables is given a value that names the flag."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    given = re.compile(
        rf"(?<![\w>.])(?:{'|'.join(map(re.escape, sorted(variables))) or '$.'})\s*\|?=(?!=)"
    )
    last = min(definition.end_line, len(lines))
    return [
        number
        for number in range(definition.start_line, last + 1)
        if word.search(lines[number - 1]) and given.search(lines[number - 1])
    ]
