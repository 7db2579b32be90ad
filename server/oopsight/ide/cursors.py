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


Hit = FrameHit | ArgumentHit | VariableHit | MentionHit


def element_at(log: workspaces.Log, line: int, column: int) -> Hit | None:
    """The most telling element at a place; one that ends just before it counts when none covers it."""
    on_line = [hit for hit in (*elements(log), *_frame_lines(log)) if hit.span.line == line]
    covering = [hit for hit in on_line if hit.span.start <= column < hit.span.end]
    touching = [hit for hit in on_line if hit.span.end == column > hit.span.start]
    names = [hit for hit in touching if not _is_whole_line(hit)]
    telling = [hit for hit in covering if not _is_whole_line(hit)]
    return next(iter((*telling, *names, *covering, *touching)), None)


def elements(log: workspaces.Log) -> Iterator[Hit]:
    """Every named element: arguments, variables and mentions before frames, so that the first hit is the nearest."""
    for crash in log.explanation.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                yield from _arguments(crash, frame)
                for span in frame.frame.code.name_spans:
                    yield FrameHit(crash, frame, span)
        yield from _variables(crash)
        for mention in crash.crash.mentions:
            yield MentionHit(crash, mention, mention.span)


def _frame_lines(log: workspaces.Log) -> Iterator[Hit]:
    for crash in log.explanation.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                for span in frame.frame.spans:
                    yield FrameHit(crash, frame, span)


def _is_whole_line(hit: Hit) -> bool:
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
