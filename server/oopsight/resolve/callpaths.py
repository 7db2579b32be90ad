"""Caller and callee → the call that led there: every way, ranked, with what lies between, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from oopsight import model
from oopsight.resolve import contexts, founds, pointers, rivals
from oopsight.tree import csyntax, made, units

K = model.DefinitionKind
address_taken = pointers.address_taken
_TAIL_DEPTH = 3


def find(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
    prints_inline: bool,
    printed_arguments: int | None = None,
    outside: bool = False,
) -> founds.Found:
    """Where `caller` leads to `callee`, through as little as possible.

    `printed_arguments` is how many arguments the text prints for the callee, None when that is not all of them; `outside`
    that the callee is one of a module.
    """
    all_ways = units.ways(unit, caller, callee)
    if not all_ways:
        table = pointers.through_table(context, unit, caller, callee, callee_definition)
        if table is not None:
            return table
        tail = _through_tail_calls(context, unit, caller, callee, callee_definition)
        if tail.status is not model.Status.UNRESOLVED:
            return tail
        wanted = printed_arguments
        if callee_definition is not None and not made.together(context.tree, callee_definition):
            wanted = len(callee_definition.parameters)
        through = pointers.through_pointer(
            context, unit, caller, callee, callee_definition, wanted, outside
        )
        if through is not None and pointers.is_named(through, callee):
            return through
        entry = _through_held_tail(context, unit, caller, callee, callee_definition)
        return entry or through or tail
    held, unsure = rivals.hidden(context, unit, caller, callee, callee_definition, all_ways)
    compiled = [way for way in all_ways if not way.plain]
    plain = [way for way in all_ways if way.plain]
    direct = [way for way in compiled if not way.steps]
    evidence = (model.Evidence.CALL_PATH,)
    if direct and len({way.call.line for way in direct}) == 1:
        longer = [way for way in compiled if way.steps and way.call.line != direct[0].call.line]
        others = (*longer, *held, *plain)
        reasons = [f"The only direct call of {callee} in this function{_beside(longer)}."]
        if len(direct) > 1:
            reasons = [
                f"All direct calls of {callee} in this function stand on this line{_beside(longer)}."
            ]
        sure = not longer and not held and not unsure and (prints_inline or not plain)
        reasons += _rival_reasons(callee, held, plain, unsure, prints_inline)
        return founds.Found(
            founds.sure_or_likely(sure), direct[0], others, tuple(reasons), evidence
        )
    if direct:
        lines = _lines(direct)
        return founds.Found(
            model.Status.AMBIGUOUS,
            None,
            (*all_ways, *held),
            (
                f"{len(direct)} direct calls of {callee} in this function (lines {lines}); "
                "the text does not tell which.",
            ),
            evidence,
        )
    group = compiled or plain
    shortest = [way for way in group if len(way.steps) == len(group[0].steps)]
    if len({way.call.line for way in shortest}) > 1:
        return founds.Found(
            model.Status.AMBIGUOUS,
            None,
            (*all_ways, *held),
            (
                f"{len(shortest)} calls lead to {callee} through functions that the text does not show "
                f"(lines {_lines(shortest)}).",
            ),
            evidence,
        )
    first = group[0]
    rest = tuple(way for way in all_ways if way is not first)
    chain = " → ".join(step.definition.name for step in first.steps)
    reasons = [f"No direct call of {callee}; the way runs through {chain}."]
    sure = bool(compiled) and len(compiled) == 1 and first.only and (prints_inline or not plain)
    sure = sure and not held and not unsure
    if rest:
        many = len(rest) > 1
        reasons.append(f"{len(rest)} longer way{'s' if many else ''} remain{'' if many else 's'}.")
    if not first.only:
        reasons.append(
            f"{first.steps[0].definition.name} leads to {callee} in more than one way; the shortest is shown."
        )
    reasons += _step_conditions(context, first)
    reasons += _rival_reasons(callee, held, (), unsure, prints_inline)
    return founds.Found(
        founds.sure_or_likely(sure), first, (*rest, *held), tuple(reasons), evidence
    )


def _through_held_tail(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
) -> founds.Found | None:
    """A call through a pointer of a function that left no frame, since its call of the callee was its last act.

    So `ksys_write` is reached from the entry code through `__x64_sys_write`, which is in a table.
    """
    if callee_definition is None:
        return None
    path = callee_definition.position.path
    for step, rest in _last_callers(context, path, callee):
        name = step.definition.name
        through = pointers.through_pointer(context, unit, caller, name, step.definition, None)
        if through is None or not pointers.is_named(through, name):
            continue
        reason = (
            f"No call leads to {callee} by name; {name} does, which is called through a pointer and left no frame of its "
            "own: its call must have been compiled as a tail call."
        )
        ways = [
            replace(way, steps=(*way.steps, step, *rest))
            for way in (*([through.first] if through.first else ()), *through.others)
        ]
        first = ways[0] if through.first is not None else None
        return founds.Found(
            through.status, first, tuple(ways), (reason, *through.reasons[1:]), through.evidence
        )
    return None


def _last_callers(
    context: contexts.Context, path: str, callee: str
) -> Iterator[tuple[units.Step, tuple[units.Step, ...]]]:
    """Functions of a file whose last act can be a call of the callee, those that macros make for system calls first."""
    for family in made.families(context.tree, path, callee):
        for one in family:
            if one.declared or not pointers.is_system_call(one.definition.name):
                continue
            for way in units.ways(context.unit(path), one.definition, callee)[:1]:
                yield units.Step(one.definition, way.call), way.steps
    for step in _callers(context, {path: None}, callee, {callee}):
        if step.call.tail:
            yield step, ()


def _step_conditions(context: contexts.Context, way: units.Way) -> Iterator[str]:
    """The conditions of what lies between, where no configuration decides them."""
    for step in way.steps:
        condition = step.definition.condition
        if condition is not None and context.tree.holds(condition) is None:
            yield f"{step.definition.name} is this one only under `{condition}`."


def _rival_reasons(
    callee: str,
    held: Sequence[units.Way],
    plain: Sequence[units.Way],
    unsure: Sequence[str],
    prints_inline: bool,
) -> list[str]:
    reasons = []
    if plain:
        reasons.append(_plain_reason(plain, prints_inline))
    if held:
        reasons.append(
            f"A table holds {callee} for the call through a pointer on line {_lines(held)} as well."
        )
    return [*reasons, *unsure]


def _lines(ways: Sequence[units.Way]) -> str:
    return ", ".join(str(way.call.line) for way in ways)


def _beside(longer: Sequence[units.Way]) -> str:
    if not longer:
        return ""
    through = ", ".join(dict.fromkeys(way.steps[0].definition.name for way in longer if way.steps))
    many = len(longer)
    return f"; {many} longer way{'s' if many > 1 else ''} run{'' if many > 1 else 's'} through {through}"


def _plain_reason(plain: Sequence[units.Way], prints_inline: bool) -> str:
    through = ", ".join(dict.fromkeys(way.steps[0].definition.name for way in plain))
    if prints_inline:
        return f"A way through {through} would have left a frame of its own."
    return f"A way through {through} is possible if the compiler inlined it."


def rival_reason(way: units.Way, callee: str) -> str:
    """Why a way that was not chosen comes second."""
    condition = f" It stands under `{way.call.condition}`." if way.call.condition else ""
    if not way.steps and way.call.member is not None:
        return f"A call through the member {way.call.member}, under which a table holds {callee}.{condition}"
    if not way.steps:
        return f"A direct call of {callee}.{condition}"
    through = " → ".join(step.definition.name for step in way.steps)
    kind = (
        "a longer way" if not way.plain else "a way through a function that would have left a frame"
    )
    return f"It is {kind}, through {through}.{condition}"


def hops(way: units.Way) -> tuple[model.Hop, ...]:
    """The functions and macros of a way as an answer shows them."""
    return tuple(
        model.Hop(
            step.definition.name,
            _hop_kind(step),
            step.definition.position,
            model.SourcePos(step.definition.position.path, step.call.line, step.call.column),
        )
        for step in way.steps
    )


def _hop_kind(step: units.Step) -> model.HopKind:
    if step.definition.kind is K.MACRO:
        return model.HopKind.MACRO
    if step.definition.kind is K.INLINE or (step.definition.static and not step.call.tail):
        return model.HopKind.INLINE
    return model.HopKind.TAIL_CALL


def _through_tail_calls(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
) -> founds.Found:
    """A function that the text does not show although it is no inline one: its call of the callee was its last act."""
    paths = [caller.position.path, unit.path]
    if callee_definition is not None:
        paths.insert(0, callee_definition.position.path)
    paths += _files_called(context, unit, caller, callee)
    targets: list[tuple[str, tuple[units.Step, ...]]] = [(callee, ())]
    seen = {callee, caller.name}
    for _ in range(_TAIL_DEPTH):
        following: list[tuple[str, tuple[units.Step, ...]]] = []
        for name, rest in targets:
            for step in _callers(context, dict.fromkeys(paths), name, seen):
                seen.add(step.definition.name)
                following.append((step.definition.name, (step, *rest)))
        found = [
            replace(way, steps=(*way.steps, *rest), plain=True)
            for name, rest in following
            for way in units.ways(unit, caller, name)
        ]
        if found:
            found.sort(
                key=lambda way: (
                    not all(step.call.tail for step in way.steps),
                    len(way.steps),
                    way.call.line,
                )
            )
            return _tail_found(found, callee)
        targets = following
    return founds.Found(
        model.Status.UNRESOLVED,
        None,
        (),
        (
            f"No call in {caller.name} ({caller.position.path}:{caller.position.line}) leads to {callee} in this tree.",
        ),
    )


def _files_called(
    context: contexts.Context, unit: units.Unit, caller: model.Definition, callee: str
) -> list[str]:
    """Files that define functions which the caller calls, and that name the callee."""
    word = callee.encode()
    names = dict.fromkeys(
        call.name for call in context.tree.body(caller).calls if call.name is not None
    )
    found = []
    for name in names:
        for path, row in context.tree.index.find(name):
            if (
                row.kind is K.FUNCTION
                and not row.static
                and path not in unit.files
                and path not in found
            ):
                data = None if context.foreign(path) else context.tree.sources.data(path)
                if data is not None and word in data:
                    found.append(path)
    return found


def _tail_found(found: list[units.Way], callee: str) -> founds.Found:
    first = found[0]
    names = [
        step.definition.name for step in first.steps if _hop_kind(step) is model.HopKind.TAIL_CALL
    ]
    through = ", ".join(names) or ", ".join(step.definition.name for step in first.steps)
    reason = (
        f"No call here reaches {callee} without {through}, which left no frame of its own: its call must have been "
        "compiled as a tail call."
    )
    same = [way for way in found[1:] if len(way.steps) == len(first.steps)]
    if same:
        return founds.Found(
            model.Status.AMBIGUOUS,
            first,
            tuple(found[1:]),
            (reason, f"{len(same)} other ways are as long."),
            (model.Evidence.CALL_PATH,),
        )
    return founds.Found(
        model.Status.LIKELY, first, tuple(found[1:]), (reason,), (model.Evidence.CALL_PATH,)
    )


def _callers(
    context: contexts.Context, paths: dict[str, None], name: str, seen: set[str]
) -> list[units.Step]:
    """Functions of the given files that call `name` themselves."""
    found = []
    for path in paths:
        if context.foreign(path):
            continue
        for node in units.file_nodes_of(context.tree, path):
            if (
                name not in node.calls
                or node.row.name in seen
                or node.row.kind not in (K.FUNCTION, K.INLINE)
            ):
                continue
            definition = context.tree.definition(path, node.row)
            if context.tree.holds(definition.condition) is False:
                continue
            calls = [call for call in context.tree.body(definition).calls if call.name == name]
            if calls:
                found.append(units.Step(definition, _last(calls)))
    return found


def _last(calls: Sequence[csyntax.Call]) -> csyntax.Call:
    """The call that is the function's last act, else the first."""
    return next((call for call in calls if call.tail), calls[0])
