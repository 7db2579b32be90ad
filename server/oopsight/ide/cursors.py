"""A place in a crash text → the element that stands there: a frame, an argument, a variable or a mention.

Every element of a text is found here, with its place; hovers, definitions and links then agree on what is where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import workspaces


@dataclass(frozen=True, slots=True)
class FrameHit:
    """The name of a frame, or anything else on its line."""

    crash: model.ResolvedCrash
    frame: model.ResolvedFrame
    span: model.Span


@dataclass(frozen=True, slots=True)
class ArgumentHit:
    """An argument of a frame; `value` is None when nothing is known of it."""

    crash: model.ResolvedCrash
    frame: model.ResolvedFrame
    argument: model.Argument
    value: model.ResolvedValue | None
    span: model.Span


@dataclass(frozen=True, slots=True)
class VariableHit:
    """A line of a variable window or a local; `frame` is the frame that it belongs to, where known.

    `target` is true on the symbolic meaning that the text prints (`= fsr_info[7]`).
    """

    crash: model.ResolvedCrash
    frame: model.ResolvedFrame | None
    variable: model.Variable
    value: model.ResolvedValue | None
    span: model.Span
    target: bool


@dataclass(frozen=True, slots=True)
class MentionHit:
    """A function, `file:line` or table elsewhere in the text."""

    crash: model.ResolvedCrash
    mention: model.SourceMention
    span: model.Span


@dataclass(frozen=True, slots=True)
class RegisterHit:
    """A register with its number."""

    crash: model.ResolvedCrash
    register: model.RegisterValue
    span: model.Span


@dataclass(frozen=True, slots=True)
class TitleHit:
    """The line that says what happened."""

    crash: model.ResolvedCrash
    span: model.Span


Hit = FrameHit | ArgumentHit | VariableHit | MentionHit | RegisterHit | TitleHit


def element_at(log: workspaces.Log, line: int, column: int) -> Hit | None:
    """The most telling element at a place; one that ends just before it counts when none covers it."""
    on_line = [
        hit for part in (elements, _whole_elements) for hit in part(log) if hit.span.line == line
    ]
    covering = [hit for hit in on_line if hit.span.start <= column < hit.span.end]
    touching = [hit for hit in on_line if hit.span.end == column > hit.span.start]
    names = [hit for hit in touching if not _is_whole_line(hit)]
    telling = [hit for hit in covering if not _is_whole_line(hit)]
    return next(iter((*telling, *names, *covering, *touching)), None)


# What mentions belong to in a text that holds no crash.
_NO_CRASH = model.ResolvedCrash(model.Crash(None, None, (), ()), None, ())


def elements(log: workspaces.Log) -> Iterator[Hit]:
    """Every named element: arguments, variables and mentions before frames, so that the first hit is the nearest."""
    for mention in log.parsed.mentions:
        yield MentionHit(_NO_CRASH, mention, mention.span)
    for crash in log.explanation.crashes:
        for stack in crash.stacks:
            inner: model.ResolvedFrame | None = None
            for frame in stack.frames:
                if frame.frame.arguments:
                    yield from _arguments(crash, frame)
                for span in frame.frame.code.name_spans:
                    yield FrameHit(crash, frame, span)
                if frame.frame.callee is not None:
                    yield from _callee(crash, frame.frame.callee, inner)
                inner = frame
        yield from _variables(crash)
        for mention in crash.crash.mentions:
            yield MentionHit(crash, mention, mention.span)
        for registers in crash.crash.registers:
            for register in registers.registers:
                if register.code is not None:
                    yield from _places(crash, register.code, register.convention)


def _callee(
    crash: model.ResolvedCrash, callee: model.CodeRef, inner: model.ResolvedFrame | None
) -> Iterator[Hit]:
    """The function that a line names beside its frame: it is that of the frame above, where there is one."""
    if callee.function is None:
        return
    for span in callee.name_spans:
        if inner is not None and inner.frame.code.function == callee.function:
            yield FrameHit(crash, inner, span)
        else:
            yield MentionHit(crash, model.SourceMention(span, name=callee.function), span)


def _places(
    crash: model.ResolvedCrash, code: model.CodeRef, convention: model.Convention | None
) -> Iterator[Hit]:
    """A place in code outside of a stack."""
    if code.function is not None:
        for span in code.name_spans:
            yield MentionHit(
                crash, model.SourceMention(span, code=code, convention=convention), span
            )


def _whole_elements(log: workspaces.Log) -> Iterator[Hit]:
    """What covers a piece of a line in which nearer elements may stand: lines of frames, registers, titles."""
    for crash in log.explanation.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                for span in frame.frame.spans:
                    yield FrameHit(crash, frame, span)
        for registers in crash.crash.registers:
            for register in registers.registers:
                for span in register.spans:
                    yield RegisterHit(crash, register, span)
        for span in crash.crash.title_spans:
            yield TitleHit(crash, span)


def _is_whole_line(hit: Hit) -> bool:
    if isinstance(hit, TitleHit):
        return True
    return (
        isinstance(hit, FrameHit)
        and hit.span in hit.frame.frame.spans
        and hit.span not in hit.frame.frame.code.name_spans
    )


def _arguments(crash: model.ResolvedCrash, frame: model.ResolvedFrame) -> Iterator[Hit]:
    values = {value.spans: value for value in frame.arguments if value.spans}
    for argument in frame.frame.arguments:
        value = values.get(argument.spans)
        for span in argument.spans:
            yield ArgumentHit(crash, frame, argument, value, span)


def _variables(crash: model.ResolvedCrash) -> Iterator[Hit]:
    known: dict[tuple[model.Span, ...], tuple[model.ResolvedFrame | None, model.ResolvedValue]] = {}
    for value in _with_members(crash.values):
        known[value.spans] = (None, value)
    printed = list(crash.crash.windows)
    for stack in crash.stacks:
        for frame in stack.frames:
            printed += frame.frame.variables
            for value in _with_members(frame.variables):
                known[value.spans] = (frame, value)
    seen = set()
    while printed:
        variable = printed.pop(0)
        printed[:0] = variable.members
        if variable.spans in seen:
            continue  # a window that also stands in its frame
        seen.add(variable.spans)
        frame_or_none, found = known.get(variable.spans, (None, None))
        for spans, target in ((variable.target_spans, True), (variable.name_spans, False)):
            for span in spans:
                yield VariableHit(crash, frame_or_none, variable, found, span, target)


def _with_members(values: tuple[model.ResolvedValue, ...]) -> Iterator[model.ResolvedValue]:
    pending = list(values)
    while pending:
        value = pending.pop(0)
        pending[:0] = value.members
        if value.spans:
            yield value
