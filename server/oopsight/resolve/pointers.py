"""Calls through pointers: which of those in a function, or in what is inlined into it, can have led to the callee.

A table of the tree that holds the callee explains a call; without one its name, its parameters and where its address is
kept rank what is possible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import contexts, founds, rivals
from oopsight.tree import csyntax, dispatch, made, preprocess, units

K = model.DefinitionKind
_DEEPEST = 5
_MOST_BODIES = 250
_MOST_WAYS = 60


def through_table(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
) -> founds.Found | None:
    """An indirect call in the caller through a member under which a table of the tree holds the callee."""
    body = context.tree.body(caller)
    pointers = [call for call in body.calls if call.member is not None]
    if not pointers:
        return None
    wanted = len(callee_definition.parameters) if callee_definition is not None else None
    fitting = [call for call in pointers if wanted is None or len(call.arguments) == wanted]
    held = dispatch.holding(context.tree, unit, callee, callee_definition, body, fitting)
    matches = [
        (
            call,
            [
                entry
                for entry in held
                if entry.member == call.member and entry.fits(context.tree, body, call)
            ],
        )
        for call in fitting
    ]
    matches = [
        (call, _from_named_table(body, call, entries)) for call, entries in matches if entries
    ]
    if not matches:
        return None
    evidence = (model.Evidence.CALL_PATH, model.Evidence.TABLE)
    call, entries = matches[0]
    reasons = [
        f"An indirect call through the member {call.member}, under which {_holders(entries)} hold {callee}."
    ]
    if len(entries) == 1:
        reasons = [reasons[0].replace(" hold ", " holds ")]
    if len(matches) > 1:
        lines = ", ".join(str(other.line) for other, _ in matches)
        return founds.Found(
            model.Status.AMBIGUOUS,
            None,
            tuple(units.Way(other) for other, _ in matches),
            (*reasons, f"{len(matches)} indirect calls fit (lines {lines})."),
            evidence,
        )
    if len(pointers) > 1:
        reasons.append(f"No table holds {callee} for the other indirect calls of this function.")
    unsure = rivals.beside_table(context, unit, caller, callee, callee_definition)
    return founds.Found(
        founds.sure_or_likely(not unsure), units.Way(call), (), (*reasons, *unsure), evidence
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A way that ends in a call through a pointer, and how much speaks for it (0: nothing)."""

    way: units.Way
    score: int


def through_pointer(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
    wanted: int | None,
    outside: bool = False,
) -> founds.Found | None:
    """A call through a pointer that no table of the tree explains: what is left when nothing else leads to the callee.

    `wanted` is the number of arguments that the callee takes, None when nothing tells. `outside` says that the callee belongs
    to a module, so that it may well be in no tree.
    """
    if callee_definition is not None and callee_definition.kind is K.LABEL:
        return None
    kept = _kept_in(context, callee, callee_definition)
    own = callee_definition is not None and callee_definition.static and not kept
    if (
        own
        and callee_definition is not None
        and not address_taken(context, callee_definition)
        and not _pasted(context, callee_definition)
    ):
        return None
    types = [
        _structure(each.type)
        for each in (callee_definition.parameters if callee_definition else ())
    ]
    ranked = []
    for way in indirect(context, unit, caller):
        call = way.steps[-1].call if way.steps else way.call
        holder = way.steps[-1].definition if way.steps else caller
        counted = holder.kind is not K.MACRO and not made.together(context.tree, holder)
        if wanted is not None and counted and len(call.arguments) != wanted:
            continue
        if types and _contradict(context, holder, call, types):
            continue
        names = _names_of(context, holder, call)
        ranked.append(_Ranked(way, _score(callee, names, kept)))
    if callee_definition is None and not outside:
        ranked = [one for one in ranked if not one.way.steps]
    if not ranked:
        return None
    ranked.sort(key=lambda one: (-one.score, len(one.way.steps), one.way.call.line))
    return _best(callee, ranked[:_MOST_WAYS], wanted)


def _pasted(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a macro of the file may put the name together: `CRASHTYPE(PANIC)` takes the address of `lkdtm_PANIC`."""
    _, _, end = definition.name.partition("_")
    text = context.tree.sources.text(definition.position.path) or ""
    word = rf"^[ \t]*\w+[ \t]*\([^;(){{}}]*\b{re.escape(end)}\b"
    return bool(end) and re.search(word, text, re.MULTILINE) is not None


def _best(callee: str, ranked: Sequence[_Ranked], wanted: int | None) -> founds.Found:
    evidence = (model.Evidence.CALL_PATH,)
    first = ranked[0]
    ways = tuple(one.way for one in ranked)
    best = [one for one in ranked if one.score == first.score]
    if not first.score:
        # Without a sign for any of them the function's own calls come first.
        best = [one for one in best if len(one.way.steps) == len(first.way.steps)]
    count = len(ranked)
    if len({one.way.call.line for one in best}) == 1:
        if count == 1:
            passes = " that passes as many arguments" if wanted is not None else ""
            reason = f"No call leads to {callee} by name; this is the only call through a pointer{passes}."
        elif first.score:
            call = first.way.steps[-1].call if first.way.steps else first.way.call
            through = call.member or call.name or call.receiver
            reason = f"No call leads to {callee} by name; of {count} calls through pointers, the one through {through} fits its name."
        else:
            reason = f"No call leads to {callee} by name; of {count} calls through pointers, this is the function's own."
        return founds.Found(model.Status.LIKELY, first.way, ways[1:], (reason,), evidence)
    lines = ", ".join(str(line) for line in sorted({one.way.call.line for one in ranked}))
    reason = (
        f"No call leads to {callee} by name; {count} calls through pointers can (lines {lines})."
    )
    return founds.Found(model.Status.AMBIGUOUS, None, ways, (reason,), evidence)


def is_named(found: founds.Found, callee: str) -> bool:
    """Whether the best of the calls through pointers was chosen by a name."""
    return any("fits its name" in reason for reason in found.reasons) or (
        is_system_call(callee) and bool(found.others)
    )


def indirect(
    context: contexts.Context, unit: units.Unit, caller: model.Definition
) -> tuple[units.Way, ...]:
    """Every call through a pointer in a function and in what is inlined into it, the nearest first."""
    return context.once(
        ("indirect", unit.path, caller), lambda: tuple(_indirect(context, unit, caller))
    )


def _indirect(
    context: contexts.Context, unit: units.Unit, caller: model.Definition
) -> list[units.Way]:
    below: dict[model.Definition, tuple[tuple[units.Step, ...], ...]] = {}
    found = [
        units.Way(steps[0].call, steps[1:]) for steps in _chains(context, unit, caller, below, 0)
    ]
    return sorted(found, key=lambda way: (len(way.steps), way.call.line, way.call.column))


def _chains(
    context: contexts.Context,
    unit: units.Unit,
    here: model.Definition,
    below: dict[model.Definition, tuple[tuple[units.Step, ...], ...]],
    depth: int,
) -> tuple[tuple[units.Step, ...], ...]:
    """The chains of calls from a function to calls through pointers; `below` remembers those of functions seen before."""
    if here in below or depth >= _DEEPEST or len(below) >= _MOST_BODIES:
        return below.get(here, ())
    below[here] = ()
    body = context.tree.body(here)
    variables = _variables(here, body)
    family = {one.definition.name: one for one in made.together(context.tree, here)}
    found: list[tuple[units.Step, ...]] = []
    for call in body.calls:
        if context.tree.holds(call.condition) is False or len(found) > _MOST_WAYS:
            continue
        step = units.Step(here, call)
        if call.name is None or call.name in variables or _DISPATCHER.search(call.name):
            found.append((step,))
        if call.name is None or call.name == here.name:
            continue
        inner = [
            context.tree.definition(node.path, node.row)
            for node in unit.nodes.get(call.name, ())
            if node.inlined or (node.row.static and node.path == unit.path)
        ]
        if call.name in family and not family[call.name].declared:
            inner.append(family[call.name].definition)
        for one in inner:
            found += [(step, *chain) for chain in _chains(context, unit, one, below, depth + 1)]
    below[here] = tuple(found)
    return below[here]


# What an architecture may call between its entry code and the system calls: a `switch` over numbers that a build makes.
_DISPATCHER = re.compile(r"(?<!ni_)sys_?call(?:_fn)?\Z")


def _variables(definition: model.Definition, body: csyntax.Body) -> set[str]:
    return {local.name for local in body.locals} | {p.name for p in definition.parameters}


def _contradict(
    context: contexts.Context,
    holder: model.Definition,
    call: csyntax.Call,
    types: Sequence[str | None],
) -> bool:
    """Whether variables are passed that point to other structures than the callee takes."""
    body = context.tree.body(holder)
    known = {local.name: local.type for local in body.locals}
    known.update((parameter.name, parameter.type) for parameter in holder.parameters)
    passed = [_structure(known.get(argument.strip(), "")) for argument in call.arguments]
    return any(
        one is not None and two is not None and one != two
        for one, two in zip(passed, types, strict=False)
    )


_STRUCTURE = re.compile(r"\b(?:struct|union)[ \t]+(\w+)")


def _structure(type_name: str) -> str | None:
    found = _STRUCTURE.search(type_name)
    return found[1] if found is not None else None


def _names_of(
    context: contexts.Context, holder: model.Definition, call: csyntax.Call
) -> tuple[str, ...]:
    """The names by which a call goes through its pointer: the member, or the variable and the member that it is set to."""
    if call.member is not None:
        return (call.member,)
    if call.name is None:
        return tuple(re.findall(r"\w+", call.receiver or "")[:1])
    body = context.tree.body(holder)
    given = [local.initial or "" for local in body.locals if local.name == call.name]
    given += re.findall(rf"(?<![\w>.]){re.escape(call.name)}\s*=(?!=)([^;]*);", body.text)[:4]
    return (call.name, *(name for text in given for name in re.findall(r"(?:->|\.)(\w+)", text)))


def _score(callee: str, names: Sequence[str], kept: frozenset[str]) -> int:
    """How much the names of a call speak for the callee: it is kept under one of them, or called alike."""
    if kept & set(names):
        return 3
    if _SYSTEM_CALL.match(callee) and any("sys" in name and "call" in name for name in names):
        abi = callee.strip("_").split("_")[0]
        return 4 if any(abi in name.split("_") for name in names) else 3
    if any(callee == name or callee.endswith(f"_{name}") for name in names):
        return 2
    last = callee.rpartition("_")[2]
    return int(len(last) > 2 and any(name.rpartition("_")[2] == last for name in names))


_SYSTEM_CALL = re.compile(r"(?:__[a-z0-9]+_)?(?:compat_)?(?:sys|SyS|SYSC)_\w+\Z")


def is_system_call(name: str) -> bool:
    """Whether a function is one that a system call's macro makes for the table of system calls."""
    return _SYSTEM_CALL.match(name) is not None


def _kept_in(
    context: contexts.Context, callee: str, definition: model.Definition | None
) -> frozenset[str]:
    """The members and variables to which the callee's own file assigns it."""
    if definition is None:
        return frozenset()

    def find() -> frozenset[str]:
        text = context.tree.sources.text(definition.position.path) or ""
        if not text:
            return frozenset()
        plain = preprocess.without_comments(text)
        word = rf"(?<!\w)(\w+)[ \t]*=[ \t\n]*&?{re.escape(callee)}(?!\w)(?!\s*\()"
        return frozenset(re.findall(word, plain))

    return context.once(("kept", callee, definition.position.path), find)


def address_taken(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether the file of a static function names it anywhere but in calls and declarations."""
    text = context.tree.sources.text(definition.position.path) or ""
    word = rf"(?<![\w>.]){re.escape(definition.name)}(?!\w)(?!\s*\()"
    return re.search(word, preprocess.without_comments(text)) is not None


def _from_named_table(
    body: csyntax.Body, call: csyntax.Call, entries: list[dispatch.Held]
) -> list[dispatch.Held]:
    """The entries of the table that the receiver is set to, where the function says so (`inf = fsr_info + n`)."""
    base = re.match(r"\W*(\w+)", call.receiver or "")
    name = base.group(1) if base else ""
    given = " ".join(local.initial or "" for local in body.locals if local.name == name)
    given += (
        " ".join(re.findall(rf"(?<![\w>.]){re.escape(name)}\s*=(?!=)([^;]*);", body.text))
        if name
        else ""
    )
    words = {name, *re.findall(r"\w+", given)}
    named = [entry for entry in entries if entry.table in words]
    return named or entries


def _holders(entries: Sequence[dispatch.Held]) -> str:
    """`fsr_info[7] and fsr_info[15] (arch/arm/mm/fsr-2level.c)`, for sentences."""
    files: dict[str, list[str]] = {}
    for entry in entries:
        files.setdefault(entry.position.path, []).append(entry.label)
    shown = []
    for path, labels in list(files.items())[:3]:
        more = "" if len(labels) <= 4 else f" and {len(labels) - 4} more"
        shown.append(f"{', '.join(labels[:4])}{more} ({path})")
    if len(files) > 3:
        shown.append(f"tables of {len(files) - 3} other files")
    return " and ".join(shown)
