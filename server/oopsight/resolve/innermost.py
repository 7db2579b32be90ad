"""The innermost frame of a stack that nobody faulted in: it called what prints the stack, or what gives the CPU away."""

from __future__ import annotations

from collections.abc import Iterator

from oopsight import model
from oopsight.resolve import answers, callpaths, choices, contexts, founds, offsets
from oopsight.tree import units

S = model.Status

# By which the kernel prints or keeps the stack of whoever asks; they leave themselves out. lib/dump_stack.c,
# kernel/stacktrace.c, arch/arm64/kernel/stacktrace.c, mm/slub.c.
_PRINTERS = (
    "show_stack",
    "arch_stack_walk",
    "dump_backtrace",
    "stack_trace_save",
    "save_stack_trace",
)
# By which a task leaves the CPU: `switch_to` of arch/*/include/asm/switch_to.h calls one of them.
_SWITCHES = ("__switch_to_asm", "cpu_switch_to", "__switch_to", "_switch", "resume")


def called(
    context: contexts.Context,
    unit: units.Unit,
    definition: model.Definition,
    role: model.StackRole,
) -> tuple[founds.Found, str] | None:
    """The way to what the innermost function of a stack calls by all that is known of such stacks, and that function."""
    names = (*_SWITCHES, *_PRINTERS) if role is model.StackRole.TASK else (*_PRINTERS, *_SWITCHES)
    for name in names:
        if name == definition.name or not units.ways(unit, definition, name):
            continue
        found = callpaths.find(context, unit, definition, name, None, False)
        what = "prints a stack" if name in _PRINTERS else "gives the CPU to another task"
        reason = f"Nothing inside of this frame is printed; {name}, which it calls, {what} and leaves itself out."
        status = S.LIKELY if found.status is S.EXACT else found.status
        return founds.Found(
            status, found.first, found.others, (reason, *found.reasons), found.evidence
        ), name
    return None


def any_call(
    context: contexts.Context,
    frame: model.Frame,
    choice: choices.Choice,
    definition: model.Definition,
    reason: str,
) -> model.ResolvedFrame:
    """The function with all its calls as candidates, since any can be the one that had not returned."""
    answer = answers.at_function(frame, choice, definition, reason)
    return answers.with_candidates(answer, tuple(every_call(context, frame, definition)))


def every_call(
    context: contexts.Context, frame: model.Frame, definition: model.Definition
) -> Iterator[model.Candidate]:
    """The lines of a function that call anything, those nearest to the printed offset first."""
    ways = [
        units.Way(call)
        for call in context.tree.body(definition).calls
        if context.tree.holds(call.condition) is not False
    ]
    order = offsets.ordered(context, frame, definition, ways)
    lines: dict[int, list[str]] = {}
    for way in ways if order is None else order:
        name = way.call.name or way.call.member or way.call.receiver or ""
        lines.setdefault(way.call.line, []).append(name)
    for line, names in list(lines.items())[: answers.MOST_CANDIDATES]:
        text = ", ".join(dict.fromkeys(names))
        yield model.Candidate(
            model.SourcePos(definition.position.path, line), (f"It calls {text}.",)
        )
