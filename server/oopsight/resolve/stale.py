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
    rest = iter(sure)
    return tuple(_doubtful(context, one) if _doubted(one) else next(rest) for one in stack.frames)


def _doubted(frame: model.Frame) -> bool:
    return frame.reliability is model.Reliability.UNSURE


def _doubtful(context: contexts.Context, frame: model.Frame) -> model.ResolvedFrame:
    sourceless = frames.without_source(frame)
    if sourceless is not None:
        return sourceless
    choice = meanings.choose_all(context, (frame,))[0].choice
    if choice.definition is None:
        return frames.missing(context, frame)
    return answers.at_function(frame, choice, choice.definition, _DOUBTED)
