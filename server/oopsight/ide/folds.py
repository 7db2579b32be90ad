"""What can be folded in a crash text: crashes, stacks, blocks of registers, dumps of memory, and what a machine said between crashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import workspaces

# A block of fewer lines is not worth a fold.
_LEAST = 3
# So many lines between two crashes are the log of a machine that works.
_LEAST_BETWEEN = 20
# Lines of one block have at most so many others between them.
_MOST_BETWEEN = 2


@dataclass(frozen=True, slots=True, order=True)
class Fold:
    """Lines `first` to `last` (from 0, inclusive) that can be shown as the first of them."""

    first: int
    last: int


def folding_ranges(workspace: workspaces.Workspace, key: str) -> tuple[Fold, ...]:
    """Everything of a text that can be folded, from the top, the larger of two first; none crosses another one's end."""
    log = workspace.log(key)
    if log is None:
        return ()
    found = {fold for crash in log.parsed.crashes for fold in _of_crash(crash)}
    found |= set(_between(log))
    ordered = sorted(
        (fold for fold in found if fold.last > fold.first), key=lambda one: (one.first, -one.last)
    )
    kept: list[Fold] = []
    open_: list[Fold] = []
    for fold in ordered:
        while open_ and open_[-1].last < fold.first:
            open_.pop()
        if open_ and (open_[-1].last < fold.last or open_[-1].first == fold.first):
            continue  # it would cross the end of one above, or cannot be told from it
        open_.append(fold)
        kept.append(fold)
    return tuple(kept)


def _of_crash(crash: model.Crash) -> Iterator[Fold]:
    if crash.spans:
        yield Fold(crash.spans[0].line, crash.spans[-1].line)
    for stack in crash.stacks:
        yield from _run(_trace(stack))
    for registers in crash.registers:
        for run in _runs(registers.spans):
            if len({span.line for span in run}) >= _LEAST:
                yield from _run(run)
    for memory in crash.memory:
        if len({span.line for span in memory.spans}) >= _LEAST:
            yield from _run(memory.spans)
    for window in crash.windows:
        yield from _run(_all_spans(window))


def _trace(stack: model.Stack) -> tuple[model.Span, ...]:
    """A stack without the interrupted place that is printed with the registers, far above the others."""
    first = stack.frames[0]
    below = tuple(span for span in stack.spans if span not in first.spans)
    if first.kind is model.FrameKind.CALL or not below:
        return stack.spans
    near = min(span.line for span in below) - first.spans[-1].line <= _MOST_BETWEEN
    return stack.spans if near else below


def _run(spans: Sequence[model.Span]) -> Iterator[Fold]:
    lines = [span.line for span in spans]
    if lines:
        yield Fold(min(lines), max(lines))


def _runs(spans: Sequence[model.Span]) -> Iterator[list[model.Span]]:
    """Spans in groups: one number of a register may be printed far from the others."""
    run: list[model.Span] = []
    for span in sorted(spans, key=lambda one: one.line):
        if run and span.line - run[-1].line > _MOST_BETWEEN:
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _all_spans(variable: model.Variable) -> tuple[model.Span, ...]:
    members = (span for member in variable.members for span in _all_spans(member))
    return (*variable.spans, *members)


def _between(log: workspaces.Log) -> Iterator[Fold]:
    """What stands before the first crash, between two, and below the last one."""
    below = 0
    crashes = [
        (crash.spans[0].line, crash.spans[-1].line) for crash in log.parsed.crashes if crash.spans
    ]
    for first, last in [*sorted(crashes), (len(log.lines), len(log.lines))]:
        if crashes and first - below >= _LEAST_BETWEEN:
            yield Fold(below, first - 1)
        below = max(below, last + 1)
