"""Frames that the kernel doubts (`? name`): stale words of the stack, which called nothing and were called by nobody shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oopsight import model
from oopsight.resolve import answers, contexts, frames, meanings

_DOUBTED = "The kernel doubts this frame: a return address that lies on the stack and need not belong to this call chain."


def without(stack: model.Stack) -> model.Stack:
    """The stack without doubted frames: what is left called one another."""
    if not any(map(_doubted, stack.frames)):
        return stack
    return replace(stack, frames=tuple(one for one in stack.frames if not _doubted(one)))


def among(
    context: contexts.Context, stack: model.Stack, sure: Sequence[model.ResolvedFrame]
) -> tuple[model.ResolvedFrame, ...]:
    """The answers for the sure frames with those for the doubted ones between them, in printed order."""
    rest = list(sure)
    found = []
    for one in stack.frames:
        if not _doubted(one):
            found.append(rest.pop(0))
        elif one.reliability is model.Reliability.SURE and not _is_label(context, one):
            found.append(_in_front(context, one, rest[0] if rest else None))
        else:
            found.append(_doubtful(context, one))
    return tuple(found)


def _is_label(context: contexts.Context, frame: model.Frame) -> bool:
    """Whether the address may be a label to which assembler code returns by design, such as `ret_fast_syscall`."""
    name = frame.code.function
    return name is not None and bool(context.tree.definitions(name, model.DefinitionKind.LABEL))


def _in_front(
    context: contexts.Context, frame: model.Frame, outer: model.ResolvedFrame | None
) -> model.ResolvedFrame:
    """The function that lies in front of the printed one: the source's way from the outer frame may show it."""
    name = frame.code.function
    reason = (
        f"The return address is the first byte of {name}: the call was the last instruction of the function in front of it, "
        "since what it called does not return."
    )
    hop = outer.hops[-1] if outer is not None and outer.hops else None
    if hop is None:
        return model.ResolvedFrame(frame, model.Status.UNRESOLVED, reasons=(reason,))
    return model.ResolvedFrame(
        frame,
        model.Status.LIKELY,
        context.tree.function_at(hop.definition.path, hop.definition.line),
        hop.position,
        (model.Evidence.CALL_PATH,),
        (reason, f"By the source this is {hop.name}."),
    )


def _doubted(frame: model.Frame) -> bool:
    return frame.reliability is model.Reliability.UNSURE or _behind(frame)


def _behind(frame: model.Frame) -> bool:
    """Whether a return address is the first byte of a function: the call before it, of one that does not return, is not in it."""
    return frame.convention is model.Convention.RETURN and frame.code.offset == 0


def _doubtful(context: contexts.Context, frame: model.Frame) -> model.ResolvedFrame:
    sourceless = frames.without_source(frame)
    if sourceless is not None:
        return sourceless
    choice = meanings.choose_all(context, (frame,))[0].choice
    if choice.definition is None:
        return frames.missing(context, frame)
    if frame.reliability is model.Reliability.UNSURE:
        return answers.at_function(frame, choice, choice.definition, _DOUBTED)
    label = answers.at_function(
        frame, choice, choice.definition, "Assembler code: the place is that of the label."
    )
    return replace(label, position=choice.definition.position)
