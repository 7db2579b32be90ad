"""Answers that still hold after an edit: what was said of a stack is said again, however far down it has moved.

A stack's answer depends on the tree, the crash's architecture and the stack itself, and on nothing else as long as
the text has no variable windows, which are shared out among the stacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oopsight import model


class Stacks:
    """Resolved stacks of earlier answers, found by the stack."""

    def __init__(self, crashes: Iterable[model.ResolvedCrash]) -> None:
        self._known: dict[object, list[model.ResolvedStack]] = {}
        for crash in crashes:
            for stack in crash.stacks:
                self._known.setdefault(_sketch(stack.stack), []).append(stack)

    def get(self, stack: model.Stack) -> model.ResolvedStack | None:
        """The answer for the same stack, which may have stood on other lines."""
        for known in self._known.get(_sketch(stack), ()):
            lines = _line(stack) - _line(known.stack)
            if stack is known.stack or stack == model.moved(known.stack, lines):
                return model.moved(known, lines)
        return None


def crash(asked: model.Crash, kept: Sequence[model.ResolvedCrash]) -> model.ResolvedCrash | None:
    """The earlier answer for exactly this crash."""
    return next((one for one in kept if one.crash is asked or one.crash == asked), None)


def _sketch(stack: model.Stack) -> object:
    """What equal stacks have in common, quickly told."""
    return stack.format, tuple((frame.number, frame.code.function) for frame in stack.frames)


def _line(stack: model.Stack) -> int:
    return min((span.line for span in stack.spans), default=0)
