"""Dumps of thousands of stacks: an answer at once, with the functions only, before each stack is looked into.

Nobody waits for the calls of two thousand tasks; whoever looks at one has them a moment later.
"""

from __future__ import annotations

from collections.abc import Sequence

from oopsight import model
from oopsight.resolve import choices, contexts, frames, kept

# A crash with more frames is not explained all at once.
_MANY_FRAMES = 3000
# So many kinds of stacks are explained at once afterwards.
_AT_ONCE = 1
_REASON = "The place in this function is still being looked for: the text has very many stacks."


def is_large(crash: model.Crash) -> bool:
    """Whether a crash has so many frames that nobody waits for all of them."""
    return sum(len(stack.frames) for stack in crash.stacks) > _MANY_FRAMES


def is_pending(stacks: Sequence[model.ResolvedStack]) -> bool:
    """Whether a stack is still to be explained."""
    return any(stack.pending for stack in stacks)


def is_unfinished(explanation: model.Explanation) -> bool:
    """Whether more can be said about some stacks of an explanation that was made quickly."""
    return any(is_pending(crash.stacks) for crash in explanation.crashes)


def next_of(crash: model.ResolvedCrash) -> tuple[model.Stack, ...]:
    """The stacks to be explained next: no two of them alike."""
    found: dict[object, model.Stack] = {}
    for stack in crash.stacks:
        if stack.pending:
            found.setdefault(kept.shape(stack.stack) or id(stack.stack), stack.stack)
            if len(found) >= _AT_ONCE:
                break
    return tuple(found.values())


def stack(context: contexts.Context, printed: model.Stack) -> model.ResolvedStack:
    """A stack with the definitions of its functions, where there is one that can be meant."""
    return model.ResolvedStack(
        printed, tuple([_frame(context, frame) for frame in printed.frames]), pending=True
    )


def _frame(context: contexts.Context, frame: model.Frame) -> model.ResolvedFrame:
    name = frame.code.function
    sourceless = frames.without_source(frame)
    if sourceless is not None or name is None:
        return sourceless or model.ResolvedFrame(frame, model.Status.UNRESOLVED)
    definition = context.once(("only", name), lambda: _only(context, name))
    evidence = () if definition is None else (model.Evidence.DEFINITION,)
    status = model.Status.UNRESOLVED if definition is None else model.Status.FUNCTION
    return model.ResolvedFrame(frame, status, definition, None, evidence, (_REASON,))


def _only(context: contexts.Context, name: str) -> model.Definition | None:
    """The one definition that the architecture can have, None where there are several, or only a macro makes it."""
    index = context.tree.index
    found = [
        (path, row)
        for path, row in index.find(name)
        if row.kind in choices.FUNCTIONS and not context.foreign(path)
    ]
    return context.tree.definition(*found[0]) if len(found) == 1 else None
