"""A parsed text and a tree → the explanation of every crash in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from oopsight import image, model
from oopsight.resolve import (
    addresses,
    arguments,
    by_build,
    choices,
    contexts,
    frames,
    images,
    kept,
    pending,
    printed,
    stale,
    symbols,
    verdicts,
    windows,
)
from oopsight.tree import trees

K = model.DefinitionKind


def explain(
    parsed: model.Parsed,
    tree: trees.KernelTree | None,
    *,
    arch: str | None = None,
    known: Sequence[model.ResolvedCrash] = (),
    maps: image.Symbols | None = None,
    quickly: bool = False,
    opened: images.Images | None = None,
) -> model.Explanation:
    """Everything that text and tree say about the crashes of a document; `arch` overrides what the text tells.

    `maps` is a list of the kernel's symbols; without it, the one beside the tree names addresses that have no name.
    `opened` are the crashed kernel's image and its modules, which make lines exact.
    `quickly`: of a dump of very many stacks only the functions are looked up; `continued` finds the rest.

    `known` are answers from the same tree and `arch`: what they say of crashes and stacks that are the same is kept.
    """
    roots = () if tree is None else tree.roots
    naming = _naming(parsed.crashes, parsed.document.lines, tree, maps)
    crashes = tuple(
        kept.crash(crash, known)
        or _explain_crash(crash, tree, arch, known, naming, quickly=quickly)
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
    explanation = model.Explanation(roots, crashes, tuple(problems))
    if opened is None or not parsed.crashes:
        return explanation
    return images.applied(explanation, parsed, tree, opened, arch)


def _naming(
    crashes: Sequence[model.Crash],
    lines: Sequence[str],
    tree: trees.KernelTree | None,
    maps: image.Symbols | None,
) -> symbols.Naming | None:
    """The list of symbols for this text, where an address in it needs one."""
    if not any(symbols.nameless(crash) for crash in crashes):
        return None
    if maps is None and tree is not None:
        maps = symbols.beside(tree)
    return None if maps is None else symbols.naming(maps, crashes, lines)


def _explain_crash(
    crash: model.Crash,
    tree: trees.KernelTree | None,
    named: str | None,
    known: Sequence[model.ResolvedCrash],
    naming: symbols.Naming | None,
    *,
    quickly: bool = False,
) -> model.ResolvedCrash:
    if tree is None:
        return _from_text(crash, named, naming)
    record, reason = contexts.arch_of(tree, crash, named)
    context = contexts.context_of(tree, record, reason)
    arch = None if record is None else record.name
    stacks = []
    left_over = crash.windows
    same = kept.Stacks(
        one
        for one in known
        if not crash.windows
        and not one.crash.windows
        and (one.crash.title, _positions(one.crash)) == (crash.title, _positions(crash))
        and contexts.arch_of(tree, one.crash, named) == (record, reason)
    )
    titled = printed.of_title(context, crash)
    quickly = quickly and pending.is_large(crash)
    for stack in crash.stacks:
        answer = same.get(stack)
        if answer is None and quickly:
            answer = pending.stack(context, stack)
        if answer is not None:
            stacks.append(answer)
            continue
        meant = addresses.with_conventions(stack, tree, arch)
        if naming is not None:
            meant = symbols.named_stack(meant, naming, arch)
        placed = frames.place(context, stale.without(meant))
        resolved = stale.among(context, meant, arguments.decode_all(context, placed))
        if naming is not None:
            resolved = symbols.with_evidence(resolved, stack, naming)
        about_title = bool(titled) and stack.role is model.StackRole.FAULT
        if about_title:
            resolved, titled = printed.with_title(context, resolved, titled), ()
        resolved, left_over = windows.attach(context, resolved, left_over)
        stacks.append(model.ResolvedStack(stack, windows.narrowed(context, resolved)))
        if not crash.windows and not about_title:
            same.alike.put(stacks[-1])
    verdict = None if pending.is_pending(stacks) else verdicts.judge(context.tree, crash, stacks)
    said = (
        verdicts.problem(crash, verdict),
        contexts.foreign_config(context),
        _symbols_problem(crash, naming),
    )
    return model.ResolvedCrash(
        crash,
        record.name if record is not None else crash.arch,
        tuple(stacks),
        tuple(windows.value_of(context, variable, None) for variable in left_over),
        (*(one for one in said if one is not None), *crash.problems),
        verdict,
    )


def _positions(crash: model.Crash) -> tuple[model.SourcePos, ...]:
    """The source positions that a text prints beside its frames."""
    return tuple(one.position for one in crash.mentions if one.position is not None)


def _symbols_problem(crash: model.Crash, naming: symbols.Naming | None) -> model.Problem | None:
    return None if naming is None else symbols.problem(crash, naming)


def continued(
    explanation: model.Explanation, tree: trees.KernelTree, seconds: float
) -> model.Explanation:
    """An explanation that was made quickly, with more of its stacks explained: those that so many seconds suffice for."""
    naming = _naming(tuple(one.crash for one in explanation.crashes), (), tree, None)
    end = time.monotonic() + seconds
    crashes = []
    for one in explanation.crashes:
        crash = one
        while pending.is_pending(crash.stacks) and time.monotonic() < end:
            some = pending.next_of(crash)
            done = _explain_crash(replace(crash.crash, stacks=some), tree, None, (), naming)
            crash = _explain_crash(crash.crash, tree, None, (crash, done), naming, quickly=True)
        crashes.append(crash)
    return replace(explanation, crashes=tuple(crashes))


def _from_text(
    crash: model.Crash, named: str | None, naming: symbols.Naming | None
) -> model.ResolvedCrash:
    """What can be said without a tree: the text's own facts."""
    reason = "No kernel source tree was given, so this function was not looked for."
    stacks = []
    for stack in crash.stacks:
        resolved = []
        meant = stack
        if naming is not None:
            meant = symbols.named_stack(stack, naming, named or crash.arch)
        for frame in meant.frames:
            answer = frames.without_source(frame) or model.ResolvedFrame(
                frame, model.Status.UNRESOLVED, reasons=(reason,)
            )
            if frame.arguments or frame.variables:
                values = tuple(arguments.plain_value(argument) for argument in frame.arguments)
                variables = tuple(windows.plain_value(variable) for variable in frame.variables)
                answer = replace(answer, arguments=values, variables=variables)
            resolved.append(answer)
        answers = tuple(resolved)
        if naming is not None:
            answers = symbols.with_evidence(answers, stack, naming)
        stacks.append(model.ResolvedStack(stack, answers))
    values = tuple(windows.plain_value(variable) for variable in crash.windows)
    said = _symbols_problem(crash, naming)
    problems = crash.problems if said is None else (said, *crash.problems)
    return model.ResolvedCrash(crash, named or crash.arch, tuple(stacks), values, problems)


def definitions(
    tree: trees.KernelTree, name: str, crash: model.ResolvedCrash | None
) -> tuple[model.Definition, ...]:
    """Where a function that the text mentions is defined, the likeliest first: as a frame has it, else by architecture."""
    if crash is not None:
        for stack in crash.stacks:
            for frame in stack.frames:
                if frame.definition is not None and frame.definition.name == name:
                    return (frame.definition, *frame.others)
    context = _context(tree, crash)
    found = context.tree.definitions(name, *choices.FUNCTIONS, K.MACRO, K.LABEL)
    choice = choices.choose(found, by_build.kernel_tests(context))
    return () if choice.definition is None else (choice.definition, *choice.others)


def table_entries(
    tree: trees.KernelTree, table: str, index: int, crash: model.ResolvedCrash | None
) -> tuple[model.TableEntry, ...]:
    """Entry `index` of every array of that name which the crashed kernel can have had."""
    context = _context(tree, crash)
    return tuple(
        entry
        for entry in context.tree.constants(context.arch).entry(table, index)
        if not context.foreign(entry.position.path)
    )


def _context(tree: trees.KernelTree, crash: model.ResolvedCrash | None) -> contexts.Context:
    if crash is None:
        return contexts.Context(tree, None)
    record, reason = contexts.arch_of(tree, crash.crash, crash.arch)
    return contexts.context_of(tree, record, reason)
