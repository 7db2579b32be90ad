"""Variable windows: to which frame each belongs, and what its members mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from oopsight import model, values
from oopsight.resolve import arguments, by_build, choices, contexts

K = model.DefinitionKind
_ELEMENT = re.compile(r"(\w+)\[(\d+)\]$")
_STRUCT = re.compile(r"\b(?:struct|union)\s+(\w+)")


def plain_value(variable: model.Variable) -> model.ResolvedValue:
    """A variable as the text has it."""
    doubts = (
        (f"The text ends behind `{variable.printed}`, so digits may be lost.",)
        if variable.cut
        else ()
    )
    return model.ResolvedValue(
        variable.name,
        variable.printed,
        variable.number,
        type=variable.type,
        text=variable.text,
        spans=variable.spans,
        cut=variable.cut,
        doubts=doubts,
        members=tuple(plain_value(member) for member in variable.members),
        target=variable.target,
    )


def attach(
    context: contexts.Context, frames: Sequence[model.ResolvedFrame], left: Sequence[model.Variable]
) -> tuple[tuple[model.ResolvedFrame, ...], tuple[model.Variable, ...]]:
    """The frames with the windows that show one of their variables, and the windows that fit no frame."""
    found: dict[int, list[model.ResolvedValue]] = {}
    rest = []
    for variable in left:
        owner = next(
            (at for at, frame in enumerate(frames) if _declares(context, frame, variable)), None
        )
        if owner is None:
            rest.append(variable)
        else:
            found.setdefault(owner, []).append(value_of(context, variable, frames[owner]))
    return (
        tuple(
            replace(frame, variables=(*_locals(context, frame), *found.get(at, ())))
            for at, frame in enumerate(frames)
        ),
        tuple(rest),
    )


def _locals(
    context: contexts.Context, frame: model.ResolvedFrame
) -> tuple[model.ResolvedValue, ...]:
    return tuple(value_of(context, variable, frame) for variable in frame.frame.variables)


def _declares(
    context: contexts.Context, frame: model.ResolvedFrame, variable: model.Variable
) -> bool:
    """Whether the frame's function has a variable of that name and structure."""
    if frame.definition is None or frame.definition.kind is K.LABEL:
        return False
    declared = [
        local.type
        for local in context.tree.body(frame.definition).locals
        if local.name == variable.name
    ]
    declared += [p.type for p in frame.definition.parameters if p.name == variable.name]
    wanted = _STRUCT.search(variable.type or "")
    if wanted is None:
        return bool(declared)
    return any(
        (found := _STRUCT.search(text)) and found.group(1) == wanted.group(1) for text in declared
    )


def value_of(
    context: contexts.Context, variable: model.Variable, frame: model.ResolvedFrame | None
) -> model.ResolvedValue:
    """A variable with its members decoded: by the table entry that it points to, else by name and type."""
    value = plain_value(variable)
    entry = _entry(context, variable.target)
    declared = None
    if frame is not None and frame.definition is not None:
        body = context.tree.body(frame.definition)
        local = next((local for local in body.locals if local.name == variable.name), None)
        if local is not None:
            declared = model.SourcePos(frame.definition.position.path, local.line, local.column)
        else:
            declared = arguments.declared_at(context, frame.definition, variable.name)
    siblings = _siblings(context, variable, entry)
    members = tuple(_member(context, member, entry, siblings) for member in variable.members)
    position = entry.position if entry is not None else _function(context, variable.target)
    text = value.text
    if text is None and entry is not None:
        text = ", ".join(part for _, part in entry.members)
    return replace(value, members=members, declared=declared, target_position=position, text=text)


def _entry(context: contexts.Context, target: str | None) -> model.TableEntry | None:
    match = _ELEMENT.match(target or "")
    if match is None:
        return None
    found = [
        entry
        for entry in context.tree.constants(context.arch).entry(match.group(1), int(match.group(2)))
        if not context.foreign(entry.position.path)
    ]
    return found[0] if found else None


def _function(context: contexts.Context, target: str | None) -> model.SourcePos | None:
    """Where the function is defined that a pointer member shows."""
    if target is None or not re.fullmatch(r"\w+", target):
        return None
    found = context.tree.definitions(target, *choices.FUNCTIONS)
    choice = choices.choose(found, by_build.kernel_tests(context))
    return choice.definition.position if choice.definition is not None else None


def _siblings(
    context: contexts.Context, variable: model.Variable, entry: model.TableEntry | None
) -> dict[str, str]:
    """The members by name, as the names that the tree's table has for them where there is one."""
    found = {}
    for member in variable.members:
        written = entry.member(member.name) if entry is not None else None
        if written is not None:
            found[member.name] = written
        elif member.number is not None:
            found[member.name] = str(member.number)
    return found


def _member(
    context: contexts.Context,
    member: model.Variable,
    entry: model.TableEntry | None,
    siblings: Mapping[str, str],
) -> model.ResolvedValue:
    value = plain_value(member)
    written = entry.member(member.name) if entry is not None else None
    domain = arguments.domain_of_names(frozenset((written,))) if written is not None else None
    domain = domain or arguments.domain_of(context, member.name, member.type, None, None)
    if member.number is not None and domain is not None and not member.cut:
        value = arguments.described(context, value, domain, siblings)
    members = tuple(_member(context, inner, None, {}) for inner in member.members)
    return replace(value, members=members, target_position=_function(context, member.target))


def narrowed(
    context: contexts.Context, frames: Sequence[model.ResolvedFrame]
) -> tuple[model.ResolvedFrame, ...]:
    """Frames that call through a table, with the entry that a window or a status register selects among the reasons."""
    result = []
    for at, frame in enumerate(frames):
        inner = frames[at - 1].frame.code.function if at > 0 else None
        if model.Evidence.TABLE in frame.evidence and inner is not None:
            frame = _with_selection(
                frame, [*_by_window(frame, inner), *_by_register(context, frame, inner)]
            )
        result.append(frame)
    return tuple(result)


def _with_selection(
    frame: model.ResolvedFrame, found: Sequence[tuple[bool, str]]
) -> model.ResolvedFrame:
    """The frame with what the text's values say about the table's entry: each agrees with the inner frame or not."""
    if not found:
        return frame
    agree = all(fits for fits, _ in found)
    evidence = (
        tuple(dict.fromkeys((*frame.evidence, model.Evidence.VALUE))) if agree else frame.evidence
    )
    status = frame.status
    if not agree and status is model.Status.EXACT:
        status = model.Status.LIKELY
    reasons = (*frame.reasons, *(reason for _, reason in found))
    return replace(frame, reasons=reasons, evidence=evidence, status=status)


def _by_window(frame: model.ResolvedFrame, inner: str) -> Iterator[tuple[bool, str]]:
    for value in frame.variables:
        handlers = [
            member
            for member in value.members
            if member.target is not None and member.target_position
        ]
        if value.target is None or not handlers:
            continue
        shown = next((member for member in handlers if member.target == inner), handlers[0])
        what = f"The text shows {value.name} = {value.target}, whose {shown.name} is {shown.target}"
        if shown.target == inner:
            yield True, f"{what}."
        else:
            yield (
                False,
                f"{what} and not {inner}: the window is from another moment than the stack.",
            )


def _by_register(
    context: contexts.Context, frame: model.ResolvedFrame, inner: str
) -> Iterator[tuple[bool, str]]:
    """A status register whose field indexes the table: its entry is the one that was called."""
    for value in frame.arguments:
        for part in value.fields:
            entry = _status_entry(context, value.domain, part)
            if entry is None:
                continue
            selects = f"{part.name} {part.value} of {value.name} = {value.printed} selects {entry.table}[{entry.index}]"
            if inner in (text for _, text in entry.members):
                yield True, f"{selects}, whose handler is {inner}."
            else:
                handler = entry.members[0][1] if entry.members else "another one"
                yield (
                    False,
                    f"{selects}, whose handler is {handler} and not {inner}: the value is not that of this call, or the tree is another.",
                )


def _status_entry(
    context: contexts.Context, key: str | None, part: model.DecodedField
) -> model.TableEntry | None:
    domain = values.domain(key) if key is not None else None
    for layout in domain.layouts if domain is not None else ():
        for known in layout.fields:
            if known.table is not None and known.name == part.name:
                entry = _entry(context, f"{known.table}[{part.value}]")
                # The register has a layout for each of its kinds; the one that was read names this entry.
                if entry is not None and entry.position == part.position:
                    return entry
    return None
