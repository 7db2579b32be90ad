"""The outline of a crash text: crashes, their stacks, their frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import words, workspaces


@dataclass(frozen=True, slots=True)
class Symbol:
    """One line of the outline: `first_line` to `last_line` (from 0, inclusive) is all of it.

    `kind` is crash, stack or frame; `selection` the piece of text to stand on. Children are in the order of the text,
    which is not the stack's where lines came out of order.
    """

    name: str
    detail: str
    kind: str
    first_line: int
    last_line: int
    selection: model.Span
    children: tuple[Symbol, ...] = ()


def outline(workspace: workspaces.Workspace, key: str) -> tuple[Symbol, ...]:
    """The crashes of a text, each with its stacks and frames."""
    log = workspace.log(key)
    if log is None:
        return ()
    crashes = (_crash(crash, number) for number, crash in enumerate(log.explanation.crashes, 1))
    return tuple(symbol for symbol in crashes if symbol is not None)


def _crash(crash: model.ResolvedCrash, number: int) -> Symbol | None:
    stacks = tuple(s for s in (_stack(stack) for stack in crash.stacks) if s is not None)
    title = crash.crash.title or f"Crash {number}"
    after = None if crash.crash.follows is None else f"after crash {crash.crash.follows + 1}"
    told = (crash.crash.kind, crash.arch, crash.crash.release, after)
    detail = ", ".join(part for part in told if part)
    return _symbol(title, detail, "crash", crash.crash.spans, stacks)


def _stack(stack: model.ResolvedStack) -> Symbol | None:
    sure = [one for one in stack.frames if one.frame.reliability is model.Reliability.SURE]
    # What may be stale is shown where nothing else is.
    frames = tuple(f for f in map(_frame, sure or stack.frames) if f is not None)
    title = stack.stack.title or f"Stack ({stack.stack.role.value})"
    role = f"{stack.stack.role.value}, " if stack.stack.title else ""
    return _symbol(title, role + stack.stack.format, "stack", stack.stack.spans, frames)


def _frame(frame: model.ResolvedFrame) -> Symbol | None:
    name = words.frame_name(frame.frame)
    number = "" if frame.frame.number is None else f"{frame.frame.number} "
    place = "" if frame.position is None else f"{words.position(frame.position)} "
    is_label = frame.frame.kind is model.FrameKind.ASM and frame.position is not None
    detail = f"{place}{'label' if is_label else frame.status.value}"
    spans = (*frame.frame.code.name_spans, *frame.frame.spans, *_below(frame.frame))
    return _symbol(number + name, detail, "frame", spans, ())


def _below(frame: model.Frame) -> Iterator[model.Span]:
    """Where the local variables and source lines stand that are printed below a frame."""
    pending = list(frame.variables)
    while pending:
        variable = pending.pop()
        pending += variable.members
        yield from variable.spans
    for row in frame.source_rows:
        yield from row.spans


def _symbol(
    name: str,
    detail: str,
    kind: str,
    spans: tuple[model.Span, ...],
    children: tuple[Symbol, ...],
) -> Symbol | None:
    """A symbol whose lines cover its own and those of its children; None for something without a place."""
    selections = (*spans, *(child.selection for child in children))
    if not selections:
        return None
    return Symbol(
        words.visible(name) or "?",
        words.visible(detail),
        kind,
        min(_lines(spans, children, "first_line")),
        max(_lines(spans, children, "last_line")),
        selections[0],
        tuple(sorted(children, key=lambda child: child.selection)),
    )


def _lines(spans: Iterable[model.Span], children: Iterable[Symbol], field: str) -> list[int]:
    return [span.line for span in spans] + [int(getattr(child, field)) for child in children]
