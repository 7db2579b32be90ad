"""Printed frames → places in the tree: which definition is meant, and where in it the next inner frame was called."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.resolve import callpaths, choices, contexts
from oopsight.tree import asmcalls, units

K = model.DefinitionKind
S = model.Status
E = model.Evidence
_MOST_CANDIDATES = 100
_C_KINDS = (model.FrameKind.FAULT, model.FrameKind.INTERRUPTED, model.FrameKind.CALL)


@dataclass(frozen=True, slots=True)
class Link:
    """How a frame leads to the next inner one: the chosen way, for whoever follows arguments along it."""

    way: units.Way | None = None
    found: callpaths.Found | None = None
    unit: units.Unit | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A resolved frame, and its link inwards."""

    resolved: model.ResolvedFrame
    link: Link = Link()


def place(context: contexts.Context, stack: model.Stack) -> tuple[Placed, ...]:
    """Every frame of a stack with its definition and its place, in printed order."""
    frames = stack.frames
    chosen = _choose_all(context, frames)
    prints_inline = stack.format in contexts.PRINTS_INLINE or any(frame.inlined for frame in frames)
    return tuple(
        _place(context, frames, position, chosen, prints_inline) for position in range(len(frames))
    )


# ── which definition ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Chosen:
    choice: choices.Choice
    unit: units.Unit | None


def _real_of(frames: Sequence[model.Frame], position: int) -> int | None:
    """The frame of the function into which the frame was inlined: the next one outwards that is not inlined."""
    for at in range(position, len(frames)):
        if frames[at].number != frames[position].number:
            return None
        if not frames[at].inlined:
            return at
    return None


def inner_of(frames: Sequence[model.Frame], position: int) -> str | None:
    """The function that the frame called; None for a frame that called nothing that the text names."""
    if position == 0 or frames[position].crossing or _gap(frames, position):
        return None
    return frames[position - 1].code.function


def _gap(frames: Sequence[model.Frame], position: int) -> bool:
    """Whether the numbers say that frames are missing directly inside of this one."""
    mine, inner = frames[position].number, frames[position - 1].number
    return mine is not None and inner is not None and mine - inner > 1


def _choose_all(context: contexts.Context, frames: Sequence[model.Frame]) -> dict[int, _Chosen]:
    chosen: dict[int, _Chosen] = {}
    candidates = {
        position: _candidates(context, frame)
        for position, frame in enumerate(frames)
        if not frame.inlined and frame.code.function is not None
    }
    anchors = _anchors(context, candidates)
    # From the outermost inwards: where the caller stands says which static functions it can call.
    for position, found in sorted(candidates.items(), reverse=True):
        caller = _caller_of(frames, position, chosen)
        frame = frames[position]
        choice = context.once(
            (
                "real",
                found,
                anchors,
                frame.kind,
                frame.cut,
                tuple(argument.name for argument in frame.arguments),
                inner_of(frames, position),
                None
                if caller is None or caller.unit is None
                else (caller.unit.path, caller.choice.sure),
            ),
            functools.partial(_choose_real, context, frames, position, found, anchors, caller),
        )
        definition = choice.definition
        unit = None
        if definition is not None and definition.kind in choices.FUNCTIONS:
            unit = context.unit(definition.position.path)
        chosen[position] = _Chosen(choice, unit)
    for position, frame in enumerate(frames):
        if frame.inlined and frame.code.function is not None:
            real = _real_of(frames, position)
            unit = chosen[real].unit if real in chosen else None
            question = (
                "inlined",
                frame.code.function,
                inner_of(frames, position),
                unit and unit.path,
            )
            choice = context.once(
                question, functools.partial(_choose_inlined, context, frames, position, unit)
            )
            chosen[position] = _Chosen(choice, unit)
    return chosen


def _caller_of(
    frames: Sequence[model.Frame], position: int, chosen: dict[int, _Chosen]
) -> _Chosen | None:
    """The real function whose code called the frame, None when an exception or a gap lies between."""
    outer = position + 1
    if outer >= len(frames) or frames[outer].crossing or _gap(frames, outer):
        return None
    real = _real_of(frames, outer)
    return chosen.get(real) if real is not None else None


def _candidates(context: contexts.Context, frame: model.Frame) -> tuple[model.Definition, ...]:
    name = frame.code.function or ""
    functions = context.tree.definitions(name, *choices.FUNCTIONS)
    labels = context.tree.definitions(name, K.LABEL)
    if frame.kind is model.FrameKind.ASM:
        return labels or functions
    return functions or labels


def _anchors(
    context: contexts.Context, candidates: dict[int, tuple[model.Definition, ...]]
) -> tuple[str, ...]:
    """Files in which the stack surely is: those of functions that are defined once."""
    files: dict[str, None] = {}
    for found in candidates.values():
        choice = choices.choose(found, choices.kernel_tests(context))
        if choice.definition is not None and choice.left_over == 0:
            files.setdefault(choice.definition.position.path)
    return tuple(files)


def _choose_real(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    candidates: Sequence[model.Definition],
    anchors: Sequence[str],
    caller: _Chosen | None,
) -> choices.Choice:
    frame = frames[position]
    tests = choices.kernel_tests(context)
    if caller is not None and caller.unit is not None:
        tests.append(choices.linkage_test(context, caller.unit, caller.choice.sure))
    inner = inner_of(frames, position)
    if frame.kind is not model.FrameKind.ASM:
        if inner is not None:
            tests.append(
                choices.leads_test(context, inner, lambda d: context.unit(d.position.path))
            )
        names = [argument.name for argument in frame.arguments if argument.name is not None]
        whole = len(frame.arguments) if names and not frame.cut else None
        if names:
            tests.append(choices.signature_test(names, whole))
        tests.append(choices.strong_test(context))
        tests.append(choices.near_test(anchors))
    return _doubted(context, choices.choose(candidates, tests), caller)


def _doubted(
    context: contexts.Context, choice: choices.Choice, caller: _Chosen | None
) -> choices.Choice:
    """The choice with what speaks against it, although nothing better is there."""
    definition = choice.definition
    if definition is None:
        return choice
    against = []
    path = definition.position.path
    if context.foreign(path) and context.arch is not None:
        against.append(
            f"It is defined only outside of {context.arch_dir}, although the crash is one of {context.arch.name}."
        )
    if path.startswith(contexts.NOT_KERNEL):
        against.append(f"{path} is no kernel code, but nothing else defines it.")
    if context.tree.holds(definition.condition) is False:
        against.append(
            f"It stands under `{definition.condition}`, which the configuration rules out."
        )
    unit = caller.unit if caller is not None else None
    if unit is not None and not choices.can_be_called_from(context, unit, definition):
        against.append(f"It is static, and {unit.path}, where the caller stands, cannot call it.")
    if not against:
        return choice
    return replace(choice, sure=False, reasons=(*choice.reasons, *against))


def _choose_inlined(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    unit: units.Unit | None,
) -> choices.Choice:
    name = frames[position].code.function or ""
    seen = []
    if unit is not None:
        seen = [
            context.tree.definition(node.path, node.row)
            for node in unit.nodes.get(name, ())
            if node.row.kind in choices.FUNCTIONS
        ]
    known = [d for d in context.tree.definitions(name, *choices.FUNCTIONS) if d not in seen]
    tests = choices.kernel_tests(context)
    if unit is not None:
        tests.append(choices.visible_test(unit))
    tests.append(choices.inlinable_test())
    inner = inner_of(frames, position)
    if inner is not None and unit is not None:
        tests.append(choices.leads_test(context, inner, lambda d: unit))
    choice = choices.choose([*seen, *known], tests)
    if (
        unit is not None
        and choice.definition is not None
        and not unit.sees(choice.definition.position.path)
    ):
        reason = f"{unit.path}, into which it was inlined, does not include {choice.definition.position.path}."
        choice = replace(choice, sure=False, reasons=(*choice.reasons, reason))
    return _doubted(context, choice, None)


# ── where in it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _place(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    chosen: dict[int, _Chosen],
    prints_inline: bool,
) -> Placed:
    frame = frames[position]
    sourceless = without_source(frame)
    if sourceless is not None:
        return Placed(sourceless)
    mine = chosen[position]
    definition = mine.choice.definition
    if definition is None:
        return Placed(_missing(context, frame))
    if definition.kind is K.LABEL:
        return Placed(_label(context, frame, mine.choice, definition, inner_of(frames, position)))
    unit = mine.unit or context.unit(definition.position.path)
    inner = inner_of(frames, position)
    if inner is None:
        if frame.kind is model.FrameKind.CALL:
            named = position == 0 or _gap(frames, position)
            missing = "is not in the text" if named else "has no name"
            reason = (
                f"The function that this frame called {missing}, so the place in it is not known."
            )
            return Placed(_at_function(frame, mine.choice, definition, reason))
        return Placed(
            _leaf(context, frame, mine.choice, definition, _data_fault(context, frames, position))
        )
    inner_choice = chosen[position - 1].choice if position - 1 in chosen else None
    inner_definition = inner_choice.definition if inner_choice is not None else None
    printed = frames[position - 1]
    count = len(printed.arguments) if printed.arguments and not printed.cut else None
    found = context.once(
        ("way", unit.path, definition, inner, inner_definition, prints_inline, count),
        lambda: callpaths.find(
            context, unit, definition, inner, inner_definition, prints_inline, count
        ),
    )
    return Placed(
        _called(context, frame, mine, definition, inner, found), Link(found.first, found, unit)
    )


def _data_fault(
    context: contexts.Context, frames: Sequence[model.Frame], position: int
) -> bool | None:
    """Whether the frame was cut into because a data access faulted; None when no exception is shown."""
    if not frames[position].crossing:
        return None
    entry = frames[position - 1].code.function if position > 0 else None
    entries = context.arch.access_entries if context.arch is not None else ()
    return entry in entries


def without_source(frame: model.Frame) -> model.ResolvedFrame | None:
    """The answer for an address without a name, which no tree can place."""
    address = f"0x{frame.code.address:X}" if frame.code.address is not None else "This address"
    if frame.kind is model.FrameKind.USER:
        reason = (
            f"{address} is a user-space address: it lies in a program, not in the kernel's source."
        )
        return model.ResolvedFrame(frame, S.NO_SOURCE, reasons=(reason,))
    if frame.code.function is None:
        reason = f"{address} has no name in the text; the kernel's symbols are needed to find its function."
        return model.ResolvedFrame(frame, S.UNRESOLVED, reasons=(reason,))
    return None


def _missing(context: contexts.Context, frame: model.Frame) -> model.ResolvedFrame:
    name = frame.code.function
    if not context.tree.index.complete:
        reason = f"{name} was not looked for yet: the tree is still being indexed."
    else:
        reason = f"No definition of {name} in this tree: it is made by a macro, generated, or belongs to another tree."
    return model.ResolvedFrame(frame, S.UNRESOLVED, reasons=(reason,))


def _label(
    context: contexts.Context,
    frame: model.Frame,
    choice: choices.Choice,
    definition: model.Definition,
    inner: str | None,
) -> model.ResolvedFrame:
    reasons = ["Assembler code: the place is that of the label."]
    path = definition.position.path
    found = None
    if inner is not None:
        found = context.once(
            ("asm", definition, inner), lambda: asmcalls.ways(context.unit(path), definition, inner)
        )
    hops: tuple[model.Hop, ...] = ()
    if found is not None:
        hops = tuple(_asm_hop(step) for step in found.steps)
        if found.last:
            reasons.append(f"{inner} is reached through one of {', '.join(found.last[:8])}.")
        elif not hops:
            reasons.append(f"{inner} is named on line {found.line}.")
        else:
            reasons.append(f"The way to {inner} begins on line {found.line}.")
    return model.ResolvedFrame(
        frame,
        S.FUNCTION if choice.left_over == 0 else S.AMBIGUOUS,
        definition,
        definition.position,
        (E.DEFINITION,),
        (*reasons, *choice.reasons),
        _definition_candidates(choice),
        hops,
        others=choice.others,
    )


def _asm_hop(step: asmcalls.AsmStep) -> model.Hop:
    macro = step.definition.kind is K.ASM_MACRO
    return model.Hop(
        step.definition.name,
        model.HopKind.MACRO if macro else model.HopKind.ASM,
        step.definition.position,
        model.SourcePos(step.definition.position.path, step.line),
    )


def _definition_candidates(choice: choices.Choice) -> tuple[model.Candidate, ...]:
    left = choice.others[: choice.left_over]
    return tuple(
        model.Candidate(d.position, (f"{d.name} is defined here too.",))
        for d in left[:_MOST_CANDIDATES]
    )


def _at_function(
    frame: model.Frame, choice: choices.Choice, definition: model.Definition, reason: str
) -> model.ResolvedFrame:
    return model.ResolvedFrame(
        frame,
        S.FUNCTION,
        definition,
        None,
        (E.DEFINITION,),
        (reason, *choice.reasons),
        others=choice.others,
    )


def _condition_reason(
    context: contexts.Context, choice: choices.Choice, definition: model.Definition
) -> list[str]:
    """That the function was in the crashed kernel proves the condition under which it is compiled."""
    if (
        choice.sure
        and definition.condition is not None
        and context.tree.holds(definition.condition) is None
    ):
        return [
            f"It is compiled only under `{definition.condition}`, so this held for the crashed kernel."
        ]
    return []


def _may_access_elsewhere(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a function accesses memory in other ways than through a pointer: calls, assembler code, global variables."""
    body = context.tree.body(definition)
    own = {local.name for local in body.locals} | {p.name for p in definition.parameters}
    return (
        bool(body.calls)
        or re.search(r"\b(?:asm|__asm__)\b", body.text) is not None
        or any(token.name not in own and not token.name.isupper() for token in body.variables)
    )


def _leaf(
    context: contexts.Context,
    frame: model.Frame,
    choice: choices.Choice,
    definition: model.Definition,
    entered_by: bool | None,
) -> model.ResolvedFrame:
    """The innermost frame: without an address, any statement that accesses memory can have faulted.

    `entered_by` says whether the exception was a fault of a data access, None when the text shows no exception.
    """
    lines: dict[int, list[str]] = {}
    for access in context.tree.body(definition).accesses:
        if context.tree.holds(access.condition) is not False:
            how = "stores to" if access.store else "loads"
            lines.setdefault(access.line, []).append(f"{how} {access.text}")
    evidence = (E.DEFINITION,)
    reasons = [*_condition_reason(context, choice, definition), *choice.reasons]
    path = definition.position.path
    if not lines:
        reason = "The innermost frame has no address, and no statement of this function accesses memory itself."
        return _at_function(frame, choice, definition, reason)
    places = [
        model.Candidate(model.SourcePos(path, line), (f"It {', '.join(dict.fromkeys(what))}.",))
        for line, what in sorted(lines.items())
    ]
    if len(places) == 1 and choice.left_over == 0 and entered_by is not False:
        only = places[0]
        reason = f"The only statement of {definition.name} that accesses memory. {only.reasons[0]}"
        alone = choice.sure and not _may_access_elsewhere(context, definition)
        if not alone and choice.sure:
            reason += " What else it does may access memory as well."
        if entered_by is None:
            reason += " The text does not say that it faulted."
        if alone or entered_by:
            return model.ResolvedFrame(
                frame,
                S.EXACT if alone and entered_by else S.LIKELY,
                definition,
                only.position,
                evidence,
                (reason, *reasons),
                others=choice.others,
            )
    count = "1 line" if len(places) == 1 else f"{len(places)} lines"
    accessing = (
        f"{count} of {definition.name} {'accesses' if len(places) == 1 else 'access'} memory"
    )
    if frame.kind is model.FrameKind.FAULT:
        reason = (
            f"The innermost frame has no address: {accessing}, and any of them can have faulted."
        )
    else:
        reason = f"The text stops here without an address; {accessing} and can have faulted, if it was a fault."
    return model.ResolvedFrame(
        frame,
        S.AMBIGUOUS,
        definition,
        None,
        evidence,
        (reason, *reasons),
        (*places[:_MOST_CANDIDATES], *_definition_candidates(choice)),
        others=choice.others,
    )


def _called(
    context: contexts.Context,
    frame: model.Frame,
    mine: _Chosen,
    definition: model.Definition,
    inner: str,
    found: callpaths.Found,
) -> model.ResolvedFrame:
    choice = mine.choice
    path = definition.position.path
    status = found.status
    if choice.left_over and status is not S.UNRESOLVED:
        status = S.AMBIGUOUS
    elif not choice.sure and status is S.EXACT:
        status = S.LIKELY
    rivals = [way for way in found.others if way is not found.first]
    candidates = [
        model.Candidate(
            model.SourcePos(path, way.call.line, way.call.column),
            (callpaths.rival_reason(way, inner),),
            callpaths.hops(way),
        )
        for way in rivals[:_MOST_CANDIDATES]
    ]
    candidates += _definition_candidates(choice)
    evidence = found.evidence or (E.DEFINITION,)
    reasons = (*found.reasons, *_condition_reason(context, choice, definition), *choice.reasons)
    if found.first is None:
        return model.ResolvedFrame(
            frame,
            status,
            definition,
            None,
            evidence,
            reasons,
            tuple(candidates),
            others=choice.others,
        )
    return model.ResolvedFrame(
        frame,
        status,
        definition,
        model.SourcePos(path, found.first.call.line, found.first.call.column),
        evidence,
        reasons,
        tuple(candidates),
        callpaths.hops(found.first),
        others=choice.others,
    )
