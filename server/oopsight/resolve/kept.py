"""Answers that still hold after an edit: what was said of a stack is said again, however far down it has moved.

A stack's answer depends on the tree, the crash's architecture and the stack itself, and on nothing else as long as
the text has no variable windows, which are shared out among the stacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from oopsight import model
from oopsight.resolve import frames


class Stacks:
    """Resolved stacks of earlier answers, found by the stack."""

    def __init__(self, crashes: Iterable[model.ResolvedCrash]) -> None:
        self._known: dict[object, list[model.ResolvedStack]] = {}
        self._unmoved: dict[int, model.ResolvedStack] = {}
        self.alike = Alike()
        for crash in crashes:
            for stack in crash.stacks:
                if stack.pending:
                    continue
                self._unmoved[id(stack.stack)] = stack
                if not self.alike.put(stack):
                    self._known.setdefault(_sketch(stack.stack), []).append(stack)

    def get(self, stack: model.Stack) -> model.ResolvedStack | None:
        """The answer for the same stack, which may have stood on other lines, or for one like it."""
        unmoved = self._unmoved.get(id(stack))
        if unmoved is not None and unmoved.stack is stack:
            return unmoved
        alike = self.alike.get(stack)
        if alike is not None:
            return alike
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


class Alike:
    """Stacks of one crash that differ in nothing but their places: a dump of a thousand tasks has a few dozen kinds of them."""

    def __init__(self) -> None:
        self._known: dict[object, model.ResolvedStack] = {}

    def get(self, stack: model.Stack) -> model.ResolvedStack | None:
        """The answer for this stack, where one like it was answered."""
        like = shape(stack)
        known = None if like is None else self._known.get(like)
        if known is None:
            return None
        answers = zip(known.frames, stack.frames, strict=True)
        return model.ResolvedStack(stack, tuple([_again(one, frame) for one, frame in answers]))

    def put(self, answer: model.ResolvedStack) -> bool:
        """Remember an answer; False for one that is for its own stack alone, since it speaks of values or places."""
        like = shape(answer.stack)
        if like is None or any(frame.problems for frame in answer.frames):
            return False
        self._known.setdefault(like, answer)
        return True


def shape(stack: model.Stack) -> object | None:
    """All of a stack that its answer depends on; None where values decide, too."""
    told: list[object] = [stack.format, stack.role]
    for frame in stack.frames:
        if frame.arguments or frame.variables or frame.source_rows:
            return None
        code, callee = frame.code, frame.callee
        user = frame.kind is model.FrameKind.USER
        told.append(
            (
                code.symbol,
                None if user else code.address,
                code.offset,
                code.size,
                code.module,
                frame.kind,
                frame.reliability,
                frame.convention,
                frame.inlined,
                frame.crossing,
                frame.printed,
                frame.chain,
                None if callee is None else callee.symbol,
                frame.registers == (),
            )
        )
    return tuple(told)


def _again(answer: model.ResolvedFrame, frame: model.Frame) -> model.ResolvedFrame:
    """The same answer about a frame elsewhere."""
    if frame.kind is model.FrameKind.USER:
        return frames.without_source(frame) or replace(answer, frame=frame)
    return replace(answer, frame=frame)
