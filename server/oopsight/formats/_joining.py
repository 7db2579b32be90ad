"""A debugger's stack and a report of the kernel in one text, where they are about the same crash, become one crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oopsight import model

# A title stands so near above the stack that somebody pasted below it.
_NEAR = 40
# So much of a report's stack must be in the debugger's.
_SHARED = 0.5


def join(reports: Sequence[model.Crash], debugger: model.Crash) -> tuple[model.Crash, ...]:
    """The crashes of a text in its order: the debugger's own, or joined with the report that it belongs to."""
    reports = [report for report in reports if not _is_within(report, debugger)]
    for at, report in enumerate(reports):
        if _is_same(report, debugger):
            return _sorted([*reports[:at], _both(report, debugger), *reports[at + 1 :]])
    return _sorted([*reports, debugger])


def _is_within(report: model.Crash, debugger: model.Crash) -> bool:
    """Whether a title without anything below it stands in the midst of a stack: another printer's line, whose report is elsewhere."""
    if report.stacks or not report.spans:
        return False
    first, last = report.spans[0].line, report.spans[-1].line
    return any(
        stack.spans[0].line <= first and last <= stack.spans[-1].line
        for stack in debugger.stacks
        if stack.spans
    )


def _sorted(crashes: Sequence[model.Crash]) -> tuple[model.Crash, ...]:
    return tuple(sorted(crashes, key=lambda crash: crash.spans[:1]))


def _is_same(report: model.Crash, debugger: model.Crash) -> bool:
    if not report.stacks:
        # A title without a stack of its own, and the stack below it.
        return 0 <= debugger.spans[0].line - report.spans[-1].line <= _NEAR
    theirs = {f.code.function for stack in debugger.stacks for f in stack.frames}
    for stack in report.stacks:
        ours = [f.code.function for f in stack.frames if f.code.function is not None]
        sure = [
            f.code.function
            for f in stack.frames
            if f.code.function is not None and f.reliability is model.Reliability.SURE
        ]
        shared = sum(name in theirs for name in sure)
        # Nearly every stack ends in the same entry code: its innermost function must be there, too.
        if ours and sure and ours[0] in theirs and shared >= max(2, _SHARED * len(sure)):
            return True
    return False


def _both(report: model.Crash, debugger: model.Crash) -> model.Crash:
    return replace(
        report,
        spans=tuple(sorted((*report.spans, *debugger.spans))),
        stacks=tuple(sorted((*report.stacks, *debugger.stacks), key=lambda one: one.spans[:1])),
        windows=debugger.windows,
        mentions=tuple(
            sorted(
                {m.span: m for m in (*debugger.mentions, *report.mentions)}.values(),
                key=lambda one: one.span,
            )
        ),
        problems=(*report.problems, *debugger.problems),
        release=report.release or debugger.release,
        upstream=report.upstream or debugger.upstream,
    )
