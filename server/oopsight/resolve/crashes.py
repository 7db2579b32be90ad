"""A parsed text and a tree → the explanation of every crash in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oopsight import model
from oopsight.resolve import arguments, choices, contexts, frames, kept, stale, verdicts, windows
from oopsight.tree import trees

K = model.DefinitionKind


def explain(
    parsed: model.Parsed,
    tree: trees.KernelTree | None,
    *,
    arch: str | None = None,
    known: Sequence[model.ResolvedCrash] = (),
) -> model.Explanation:
    """Everything that text and tree say about the crashes of a document; `arch` overrides what the text tells.

    `known` are answers from the same tree and `arch`: what they say of crashes and stacks that are the same is kept.
    """
    roots = () if tree is None else tree.roots
    crashes = tuple(
        kept.crash(crash, known) or _explain_crash(crash, tree, arch, known)
        for crash in parsed.crashes
    )
    problems = list(parsed.problems)
    if tree is None and parsed.crashes:
        problems.append(
            model.Problem(
                "no-tree",
                "No kernel source tree was given, so only what the text itself says is shown.",
                None,
                "Name the top directory of the crashed kernel's sources to see every source line and decoded value.",
            )
        )
    elif tree is not None and not tree.index.complete and parsed.crashes:
        problems.append(
            model.Problem(
                "indexing", "The kernel tree is still being indexed; answers will be complete then."
            )
        )
    return model.Explanation(roots, crashes, tuple(problems))


def _explain_crash(
    crash: model.Crash,
    tree: trees.KernelTree | None,
    named: str | None,
    known: Sequence[model.ResolvedCrash],
) -> model.ResolvedCrash:
    if tree is None:
        return _from_text(crash, named)
    record, reason = contexts.arch_of(tree, crash, named)
    context = contexts.Context(tree, record, reason)
    stacks = []
    left_over = crash.windows
    same = kept.Stacks(
        one
        for one in known
        if not crash.windows
        and not one.crash.windows
        and contexts.arch_of(tree, one.crash, named) == (record, reason)
    )
    for stack in crash.stacks:
        answer = same.get(stack)
        if answer is not None:
            stacks.append(answer)
            continue
        sure = stale.without(stack)
        placed = frames.place(context, sure)
        resolved = stale.among(context, stack, arguments.decode_all(context, placed))
        resolved, left_over = windows.attach(context, resolved, left_over)
        stacks.append(model.ResolvedStack(stack, windows.narrowed(context, resolved)))
    verdict = verdicts.judge(tree, crash, stacks)
    said = verdicts.problem(crash, verdict)
    return model.ResolvedCrash(
        crash,
        record.name if record is not None else crash.arch,
        tuple(stacks),
        tuple(windows.value_of(context, variable, None) for variable in left_over),
        crash.problems if said is None else (said, *crash.problems),
        verdict,
    )


def _from_text(crash: model.Crash, named: str | None) -> model.ResolvedCrash:
    """What can be said without a tree: the text's own facts."""
    reason = "No kernel source tree was given, so this function was not looked for."
    stacks = []
    for stack in crash.stacks:
        resolved = []
        for frame in stack.frames:
            answer = frames.without_source(frame) or model.ResolvedFrame(
                frame, model.Status.UNRESOLVED, reasons=(reason,)
            )
            values = tuple(arguments.plain_value(argument) for argument in frame.arguments)
            variables = tuple(windows.plain_value(variable) for variable in frame.variables)
            resolved.append(replace(answer, arguments=values, variables=variables))
        stacks.append(model.ResolvedStack(stack, tuple(resolved)))
    values = tuple(windows.plain_value(variable) for variable in crash.windows)
    return model.ResolvedCrash(crash, named or crash.arch, tuple(stacks), values, crash.problems)


def definitions(
    tree: trees.KernelTree, name: str, crash: model.ResolvedCrash | None
) -> tuple[model.Definition, ...]:
    """Where a function that the text mentions is defined, the likeliest first: as a frame has it, else by architecture."""
    if crash is not None:
        for stack in crash.stacks:
            for frame in stack.frames:
                if frame.definition is not None and frame.definition.name == name:
                    return (frame.definition, *frame.others)
    found = tree.definitions(name, *choices.FUNCTIONS, K.MACRO, K.LABEL)
    choice = choices.choose(found, choices.kernel_tests(_context(tree, crash)))
    return () if choice.definition is None else (choice.definition, *choice.others)


def table_entries(
    tree: trees.KernelTree, table: str, index: int, crash: model.ResolvedCrash | None
) -> tuple[model.TableEntry, ...]:
    """Entry `index` of every array of that name which the crashed kernel can have had."""
    context = _context(tree, crash)
    return tuple(
        entry
        for entry in tree.constants(context.arch).entry(table, index)
        if not context.foreign(entry.position.path)
    )


def _context(tree: trees.KernelTree, crash: model.ResolvedCrash | None) -> contexts.Context:
    if crash is None:
        return contexts.Context(tree, None)
    record, reason = contexts.arch_of(tree, crash.crash, crash.arch)
    return contexts.Context(tree, record, reason)
