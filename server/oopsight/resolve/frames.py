"""Printed frames → places in the tree: where in its function each called the next inner one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import answers, callpaths, choices, contexts, leaves, meanings
from oopsight.tree import asmcalls, units

K = model.DefinitionKind
S = model.Status
E = model.Evidence


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
    chosen = meanings.choose_all(context, frames)
    prints_inline = stack.format in contexts.PRINTS_INLINE or any(frame.inlined for frame in frames)
    return tuple(
        _place(context, frames, position, chosen, prints_inline) for position in range(len(frames))
    )


def _place(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    chosen: dict[int, meanings.Chosen],
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
        return Placed(
            _label(context, frame, mine.choice, definition, meanings.inner_of(frames, position))
        )
    if frame.kind is model.FrameKind.ASM:
        reason = "Assembler code that a macro makes: the place is that of the macro."
        return Placed(answers.at_function(frame, mine.choice, definition, reason))
    unit = mine.unit or context.unit(definition.position.path)
    inner = meanings.inner_of(frames, position)
    if inner is None:
        if frame.kind is model.FrameKind.CALL:
            named = position == 0 or meanings.gap(frames, position)
            missing = "is not in the text" if named else "has no name"
            reason = (
                f"The function that this frame called {missing}, so the place in it is not known."
            )
            return Placed(answers.at_function(frame, mine.choice, definition, reason))
        return Placed(
            leaves.leaf(
                context,
                frame,
                mine.choice,
                definition,
                leaves.data_fault(context, frames, position),
            )
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
    found: callpaths.Found,
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
