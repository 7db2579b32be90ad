"""What can hide another way to the callee: its bare name, pointers that hold it, and names that nobody defines.

A direct call is proof only when none of these is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oopsight import model
from oopsight.resolve import contexts
from oopsight.tree import csyntax, dispatch, units

K = model.DefinitionKind
_KNOWN_TO_COMPILERS = re.compile(
    r"__builtin_\w+|typeof|__typeof__|offsetof|va_\w+|__va_\w+|asm|__asm__|sizeof|_+Generic"
)


def hidden(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
    ways: tuple[units.Way, ...],
) -> tuple[tuple[units.Way, ...], tuple[str, ...]]:
    """Calls through pointers that can reach the callee as well, and sentences on what else cannot be ruled out."""
    body = context.tree.body(caller)
    sentences = [
        *_named(body, callee, ways),
        *_undefined(context, unit, body),
        *_macro_of_that_name(unit, callee),
    ]
    pointers = tuple(_pointers(context, unit, body, callee, callee_definition))
    inlined = _inlined_pointers(context, unit, caller, callee, callee_definition)
    if inlined:
        sentences.append(f"{inlined} calls through a pointer that can hold {callee}.")
    return pointers, tuple(sentences)


def beside_table(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
) -> tuple[str, ...]:
    """What else cannot be ruled out where a table explains the caller's own call through a pointer."""
    inlined = _inlined_pointers(context, unit, caller, callee, callee_definition)
    body = context.tree.body(caller)
    sentences = [*_named(body, callee, ()), *_undefined(context, unit, body)]
    if inlined:
        sentences.append(f"{inlined} calls through a pointer that can hold {callee}.")
    return tuple(sentences)


def _named(body: csyntax.Body, callee: str, ways: tuple[units.Way, ...]) -> Iterator[str]:
    """The callee's name without a call: it is passed on or kept, and may be called from there."""
    explained = {way.call.line for way in ways}
    lines = sorted({t.line for t in body.variables if t.name == callee} - explained)
    if any(local.name == callee for local in body.locals):
        yield f"A local variable is called {callee} here as well."
    elif lines:
        yield f"{callee} is named without a call on line {lines[0]}, so it may be called through what is done with it there."


def _macro_of_that_name(unit: units.Unit, callee: str) -> Iterator[str]:
    """That a macro of the callee's name may take its calls."""
    for node in unit.nodes.get(callee, ()):
        if node.row.kind is K.MACRO and callee not in node.calls:
            yield f"{callee} is a macro in {node.path}:{node.row.line} as well."


def _undefined(context: contexts.Context, unit: units.Unit, body: csyntax.Body) -> Iterator[str]:
    """Called names that no file of the unit and no file of the tree defines or declares: macros of unseen headers."""
    variables = {local.name for local in body.locals} | {p.name for p in body.definition.parameters}
    names = dict.fromkeys(call.name for call in body.calls if call.name is not None)
    unknown = [
        name for name in names if name not in variables and unseen(context, unit, body, name)
    ]
    if unknown:
        shown = ", ".join(unknown[:3])
        yield f"{shown} {'comes' if len(unknown) == 1 else 'come'} from a header that was not found, and may hide a call."


def unseen(
    context: contexts.Context, unit: units.Unit, body: csyntax.Body, name: str | None
) -> bool:
    """Whether a called name can be a macro of a header that was not found: nobody in the unit defines or declares it."""
    return (
        name is not None
        and name not in unit.nodes
        and not _KNOWN_TO_COMPILERS.fullmatch(name)
        and not _is_function(context, name)
        and not _declared(context, unit, body, name)
    )


def _is_function(context: contexts.Context, name: str) -> bool:
    """Whether all that the tree defines under this name are functions."""
    found = context.tree.index.find(name)
    return bool(found) and all(row.kind in {K.FUNCTION, K.INLINE, K.LABEL} for _, row in found)


def _declared(context: contexts.Context, unit: units.Unit, body: csyntax.Body, name: str) -> bool:
    word = name.encode()
    for file in unit.files:
        data = context.tree.sources.data(file)
        if data is not None and word in data:
            if file != body.definition.position.path:
                return True
            if data.count(word) > body.text.encode("utf-8", "surrogateescape").count(word):
                return True
    return False


def _held_members(
    context: contexts.Context,
    unit: units.Unit,
    callee: str,
    callee_definition: model.Definition | None,
    body: csyntax.Body,
) -> tuple[dispatch.Held, ...]:
    return dispatch.holding(context.tree, unit, callee, callee_definition, body, ())


def _pointers(
    context: contexts.Context,
    unit: units.Unit,
    body: csyntax.Body,
    callee: str,
    callee_definition: model.Definition | None,
) -> Iterator[units.Way]:
    """Calls of the caller through a member under which a table of the file holds the callee."""
    calls = [call for call in body.calls if call.member is not None]
    if not calls:
        return
    wanted = len(callee_definition.parameters) if callee_definition is not None else None
    held = _held_members(context, unit, callee, callee_definition, body)
    for call in calls:
        fits = wanted is None or len(call.arguments) == wanted
        if fits and any(
            entry.member == call.member and entry.fits(context.tree, body, call) for entry in held
        ):
            yield units.Way(call)


def _inlined_pointers(
    context: contexts.Context,
    unit: units.Unit,
    caller: model.Definition,
    callee: str,
    callee_definition: model.Definition | None,
) -> str | None:
    """The name of an inlined function that makes such a call, None when there is none."""
    body = context.tree.body(caller)
    held = _held_members(context, unit, callee, callee_definition, body)
    members = {entry.member for entry in held if entry.member}
    if not members:
        return None
    call = re.compile(rf"(?:->|\.)\s*(?:{'|'.join(map(re.escape, sorted(members)))})\s*\(")
    for name in units.inlined_below(unit, body):
        for node in unit.nodes.get(name, ()):
            lines = context.tree.sources.lines(node.path) or ()
            if node.row.name != caller.name and call.search(
                "\n".join(lines[node.row.start - 1 : node.row.end])
            ):
                return name
    return None
