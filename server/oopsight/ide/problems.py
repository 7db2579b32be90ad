"""Diagnostics of a crash text: what is cut, doubtful, ambiguous or missing, and what to do about it.

Editors show them as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from oopsight import model
from oopsight.ide import words, workspaces


class Severity(Enum):
    """How loud a finding is."""

    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic: `code` is a stable word, `message` full sentences, `related` the places it speaks of."""

    span: model.Span
    severity: Severity
    code: str
    message: str
    related: tuple[tuple[model.SourcePos, str], ...] = ()


_SEVERITY = {"no-tree": Severity.HINT, "indexing": Severity.HINT}
VERDICT = "tree-verdict"
_VERDICTS = {
    model.TreeMatch.THIS: Severity.HINT,
    model.TreeMatch.NEAR: Severity.INFORMATION,
    model.TreeMatch.ANOTHER: Severity.WARNING,
}
# About the whole workspace, or with a loudness of their own.
_SAID_ELSEWHERE = ("no-tree", "indexing", VERDICT)
_TREE_PROBLEM = {
    workspaces.Stage.NO_TREE: "no-tree",
    workspaces.Stage.INDEXING: "indexing",
    workspaces.Stage.READY: "no-configuration",
}
_MOST_RELATED = 10
# Of stacks with these roles it is said which frames are not sure; in a dump of a thousand tasks nobody looks for that.
_TOLD = (model.StackRole.FAULT, model.StackRole.INTERRUPTED)


def findings(workspace: workspaces.Workspace, key: str) -> tuple[Finding, ...]:
    """Everything to say about a text, in the order of the text; the same thing is said once."""
    log = workspace.log(key)
    if log is None:
        return ()
    if not log.explanation.crashes:
        return _without_crash(log)
    said: dict[tuple[object, ...], Finding] = {}
    cuts: dict[int, list[model.Span]] = {}
    for finding in (
        *_about_tree(workspace, log),
        *_verdicts(log),
        *_stated(log),
        *_found(workspace, log),
    ):
        if finding.code == "cut-short":
            # A frame is cut once, by whatever it is told; several frames may stand on one line.
            before = cuts.setdefault(finding.span.line, [])
            if any(_overlap(finding.span, span) for span in before):
                continue
            before.append(finding.span)
        said.setdefault((finding.code, finding.span, finding.message), finding)
    return tuple(_plain(finding) for finding in sorted(said.values(), key=lambda one: one.span))


def _overlap(a: model.Span, b: model.Span) -> bool:
    """Whether two spans of one line share a character."""
    return a.start < b.end and b.start < a.end


def _plain(finding: Finding) -> Finding:
    related = tuple((position, words.plain(message)) for position, message in finding.related)
    return replace(finding, message=words.plain(finding.message), related=related)


def _without_crash(log: workspaces.Log) -> tuple[Finding, ...]:
    """A text that claims to be a crash and is not read; an empty one is still to be pasted into."""
    first = next((number for number, line in enumerate(log.lines) if line.strip()), None)
    if first is None:
        return ()
    message = "No callstack was found in this text. Paste the whole of it, as the debugger or the log prints it."
    span = model.Span(first, 0, len(log.lines[first]))
    return (Finding(span, Severity.INFORMATION, "no-crash", message),)


def _about_tree(workspace: workspaces.Workspace, log: workspaces.Log) -> Iterator[Finding]:
    """What is missing before lines can be found, said at the first frame."""
    span = _first_span(log)
    if workspace.tree_problem is not None:
        none = workspace.stage is workspaces.Stage.NO_TREE
        message = workspace.tree_problem + (f" {words.NO_TREE_HINT}" if none else "")
        kept = workspace.tree is None or workspace.tree_problem != workspace.tree.index.problem
        code = _TREE_PROBLEM[workspace.stage] if kept else "not-kept"
        yield Finding(span, Severity.WARNING, code, message)
    elif workspace.stage is workspaces.Stage.NO_TREE:
        message = (
            "No kernel source tree is open, so frames lead nowhere and values keep their numbers. "
            + words.NO_TREE_HINT
        )
        yield Finding(span, Severity.HINT, "no-tree", message)
    elif workspace.stage is workspaces.Stage.INDEXING:
        message = "The kernel tree is still being indexed; answers get better when that is done."
        yield Finding(span, Severity.HINT, "indexing", message)


def _stated(log: workspaces.Log) -> Iterator[Finding]:
    """What the readers and the resolver found odd."""
    first = _first_span(log)
    for problem in all_problems(log.parsed, log.explanation):
        if problem.code not in _SAID_ELSEWHERE:
            message = problem.message + (f" {problem.hint}" if problem.hint else "")
            severity = _SEVERITY.get(problem.code, Severity.INFORMATION)
            yield Finding(problem.span or first, severity, problem.code, message)


def _verdicts(log: workspaces.Log) -> Iterator[Finding]:
    """Whether the tree is that of the crash, said once where the crash begins."""
    for crash in log.explanation.crashes:
        for problem in crash.problems:
            if problem.code == VERDICT and crash.verdict is not None and crash.verdict.match:
                message = problem.message + (f" {problem.hint}" if problem.hint else "")
                severity = _VERDICTS[crash.verdict.match]
                yield Finding(problem.span or _first_span(log), severity, VERDICT, message)


def all_problems(parsed: model.Parsed, explanation: model.Explanation) -> tuple[model.Problem, ...]:
    """Every problem of a text and its explanation, each once."""
    found = [*parsed.problems, *explanation.problems]
    for crash in explanation.crashes:
        found += crash_problems(crash)
    return tuple(dict.fromkeys(found))


def crash_problems(crash: model.ResolvedCrash) -> tuple[model.Problem, ...]:
    """Every problem of one crash, each once."""
    found = [*crash.crash.problems, *crash.problems]
    for stack in crash.stacks:
        for frame in stack.frames:
            found += frame.problems
    return tuple(dict.fromkeys(found))


def _found(workspace: workspaces.Workspace, log: workspaces.Log) -> Iterator[Finding]:
    """What the answers themselves say: cut and doubtful values, frames that are not sure.

    Nothing about frames before the tree is known: that they lead nowhere is said once for all of them.
    """
    ready = workspace.stage is workspaces.Stage.READY
    for crash in log.explanation.crashes:
        yield from _follows(log, crash.crash)
        for stack in crash.stacks:
            told = ready and stack.stack.role in _TOLD
            for frame in stack.frames:
                if frame.frame.arguments or frame.frame.cut or frame.variables:
                    yield from _frame(frame)
                if told and frame.frame.reliability is model.Reliability.SURE:
                    yield from _unsure(frame)
        for value in crash.values:
            yield from _doubts(value)


def _follows(log: workspaces.Log, crash: model.Crash) -> Iterator[Finding]:
    """What came after the first fault of a boot may only be its consequence."""
    crashes = log.parsed.crashes
    if crash.follows is None or not crash.title_spans or crash.follows >= len(crashes):
        return
    first = crashes[crash.follows]
    if not first.spans:
        return
    name = f" ({first.title})" if first.title else ""
    message = f"This came after the fault on line {first.spans[0].line + 1}{name}, and may only follow from it."
    yield Finding(crash.title_spans[0], Severity.HINT, "follows", message)


def _frame(frame: model.ResolvedFrame) -> Iterator[Finding]:
    for argument in frame.frame.arguments:
        if argument.cut and argument.spans:
            message = (
                f"The text ends at `{argument.printed}`, so digits may be missing. "
                "Widen the window of the tool that printed it and copy again."
            )
            yield Finding(argument.spans[-1], Severity.INFORMATION, "cut-short", message)
    if frame.frame.cut and frame.frame.spans:
        message = (
            "The line is cut before its closing parenthesis, so arguments are missing. "
            "Widen the window of the tool that printed it and copy again."
        )
        yield Finding(frame.frame.spans[-1], Severity.INFORMATION, "cut-short", message)
    for value in (*frame.arguments, *frame.variables):
        yield from _doubts(value)


def _doubts(value: model.ResolvedValue) -> Iterator[Finding]:
    for member in value.members:
        yield from _doubts(member)
    if value.doubts and value.spans:
        better = words.expected(value)
        message = " ".join((*value.doubts, *([f"{better}."] if better else [])))
        name = f"{value.name}: " if value.name else ""
        yield Finding(value.spans[0], Severity.WARNING, "doubtful-value", name + message)


def _unsure(frame: model.ResolvedFrame) -> Iterator[Finding]:
    unsure = (model.Status.AMBIGUOUS, model.Status.UNRESOLVED, model.Status.MISMATCH)
    if frame.status not in unsure or not frame.frame.spans:
        return
    name = words.frame_name(frame.frame)
    message = " ".join((f"{name}: {words.STATUS[frame.status]}.", *frame.reasons))
    related = tuple(
        (candidate.position, " ".join(candidate.reasons) or "a place that is possible")
        for candidate in frame.candidates[:_MOST_RELATED]
    )
    span = (*frame.frame.code.name_spans, *frame.frame.spans)[0]
    yield Finding(span, Severity.INFORMATION, f"{frame.status.value}-frame", message, related)


def _first_span(log: workspaces.Log) -> model.Span:
    """The first frame's name, else the crash's first line."""
    for crash in log.explanation.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                for span in frame.frame.code.name_spans:
                    return span
        if crash.crash.spans:
            return crash.crash.spans[0]
    return model.Span(0, 0, 0)
