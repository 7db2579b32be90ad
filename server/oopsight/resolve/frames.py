"""Printed frames → places in the tree: where in its function each called the next inner one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.resolve import (
    answers,
    callpaths,
    choices,
    contexts,
    founds,
    innermost,
    leaves,
    meanings,
    offsets,
    printed,
)
from oopsight.tree import asmcalls, made, units

K = model.DefinitionKind
S = model.Status
E = model.Evidence


@dataclass(frozen=True, slots=True)
class Link:
    """How a frame leads to the next inner one: the chosen way, for whoever follows arguments along it."""

    way: units.Way | None = None
    found: founds.Found | None = None
    unit: units.Unit | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A resolved frame, and its link inwards."""

    resolved: model.ResolvedFrame
    link: Link = Link()


def place(context: contexts.Context, stack: model.Stack) -> tuple[Placed, ...]:
    """Every frame of a stack with its definition and its place, in printed order."""
    frames = stack.frames
    chosen = meanings.choose_all(context, frames)
    prints_inline = stack.format in contexts.PRINTS_INLINE or any(frame.inlined for frame in frames)
    return tuple(
        _place(context, frames, position, chosen, prints_inline, stack.role)
        for position in range(len(frames))
    )


def _place(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    chosen: dict[int, meanings.Chosen],
    prints_inline: bool,
    role: model.StackRole,
) -> Placed:
    frame = frames[position]
    sourceless = without_source(frame)
    if sourceless is not None:
        return Placed(sourceless)
    mine = chosen[position]
    definition = mine.choice.definition
    if definition is None:
        return Placed(missing(context, frame))
    if definition.kind is K.LABEL:
        return Placed(
            _label(context, frame, mine.choice, definition, meanings.inner_of(frames, position))
        )
    if frame.kind is model.FrameKind.ASM or _is_declared(context, definition):
        reason = "Assembler code that a macro makes: the place is that of the macro."
        label = answers.at_function(frame, mine.choice, definition, reason)
        return Placed(replace(label, position=definition.position))
    unit = mine.unit or context.unit(definition.position.path)
    inner = meanings.inner_of(frames, position)
    if inner is None:
        if frame.printed is not None:
            known = answers.at_function(frame, mine.choice, definition, "")
            return Placed(printed.checked(context, known, None, unit, None))
        if frame.kind is model.FrameKind.CALL:
            named = position == 0 or meanings.gap(frames, position)
            why = "is not in the text" if named else "has no name"
            reason = f"The function that this frame called {why}, so the place in it is not known."
            if frame.convention is None:
                return Placed(answers.at_function(frame, mine.choice, definition, reason))
            last = innermost.called(context, unit, definition, role) if position == 0 else None
            if last is None:
                return Placed(innermost.any_call(context, frame, mine.choice, definition, reason))
            found = _by_offset(context, frame, definition, last[0])
            return Placed(_called(context, frame, mine, definition, last[1], found))
        return Placed(
            leaves.leaf(
                context,
                frame,
                mine.choice,
                definition,
                leaves.data_fault(context, frames, position),
            )
        )
    at = meanings.inner_frame(frames, position)
    outside = at is not None and frames[at].code.module is not None
    if at is None:
        inner_definition, count = meanings.by_name(context, inner), None
    else:
        inner_definition = chosen[at].choice.definition if at in chosen else None
        called = frames[at]
        count = len(called.arguments) if called.arguments and not called.cut else None
    found = context.once(
        ("way", unit.path, definition, inner, inner_definition, prints_inline, count, outside),
        lambda: callpaths.find(
            context, unit, definition, inner, inner_definition, prints_inline, count, outside
        ),
    )
    found = _by_offset(context, frame, definition, found)
    answer = _called(context, frame, mine, definition, inner, found)
    if frame.convention is not None and answer.status is S.UNRESOLVED:
        answer = answers.with_candidates(
            answer, tuple(innermost.every_call(context, frame, definition))
        )
    answer = printed.checked(context, answer, found, unit, inner)
    return Placed(answer, Link(found.first, found, unit))


def _by_offset(
    context: contexts.Context,
    frame: model.Frame,
    definition: model.Definition,
    found: founds.Found,
) -> founds.Found:
    """What is left open, ordered by the printed offset."""
    if found.status is not S.AMBIGUOUS or len(found.others) < 2:
        return found
    ranked = [way for way in found.others if not way.plain] or list(found.others)
    rest = [way for way in found.others if way not in ranked]
    order = offsets.ordered(context, frame, definition, ranked)
    if order is None:
        return found
    first = order[0]
    code = frame.code
    reason = (
        f"The printed offset {code.offset:#x} of {code.size:#x} is nearest to the call on line {first.call.line}, "
        "as far as the code follows the source."
    )
    others = (*order[1:], *rest)
    return founds.Found(S.AMBIGUOUS, first, others, (*found.reasons, reason), found.evidence)


def _is_declared(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether C code only declares the function, by a macro: an assembler macro on the same line makes it."""
    family = made.together(context.tree, definition)
    return bool(family) and all(one.declared for one in family)


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


def missing(context: contexts.Context, frame: model.Frame) -> model.ResolvedFrame:
    """The answer for a name that nothing in the tree defines."""
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
        answers.definition_candidates(choice),
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


_STILL_READING = "The kernel tree is still being indexed, and what was not read yet may hold another definition or another way."


def _called(
    context: contexts.Context,
    frame: model.Frame,
    mine: meanings.Chosen,
    definition: model.Definition,
    inner: str,
    found: founds.Found,
) -> model.ResolvedFrame:
    choice = mine.choice
    path = definition.position.path
    status = found.status
    doubts: tuple[str, ...] = ()
    if choice.left_over and status is not S.UNRESOLVED:
        status = S.AMBIGUOUS
    elif status is S.EXACT and not choice.sure:
        status = S.LIKELY
    elif status is S.EXACT and not context.tree.index.complete:
        status = S.LIKELY
        doubts = (_STILL_READING,)
    rivals = [way for way in found.others if way is not found.first]
    candidates = [
        model.Candidate(
            model.SourcePos(path, way.call.line, way.call.column),
            (callpaths.rival_reason(way, inner),),
            callpaths.hops(way),
        )
        for way in rivals[: answers.MOST_CANDIDATES]
    ]
    candidates += answers.definition_candidates(choice)
    evidence = found.evidence or (E.DEFINITION,)
    reasons = (
        *found.reasons,
        *answers.condition_reason(context, choice, definition),
        *choice.reasons,
        *doubts,
    )
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
