"""Which way a printed value fits: flags that only one of several ways can have set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oopsight import model, values
from oopsight.resolve import contexts
from oopsight.tree import units

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


def telling_flags(
    context: contexts.Context,
    caller: model.Definition,
    callee: model.Definition,
    chosen: units.Way,
    rivals: Sequence[units.Way],
    value: model.ResolvedValue,
    unit: units.Unit,
) -> tuple[str, ...]:
    """Flags of a printed argument that the chosen way names for it and none of the rivals does."""
    names = [parameter.name for parameter in callee.parameters]
    if value.name not in names or not rivals:
        return ()
    index = names.index(value.name)
    if chosen.steps or index >= len(chosen.call.arguments):
        return ()
    words = set(_IDENTIFIER.findall(chosen.call.arguments[index]))
    text = context.tree.body(caller).text
    own = words.union(*(_assigned(context, unit, text, word) for word in words))
    others: set[str] = set()
    for way in rivals:
        if not way.steps or words & set(_IDENTIFIER.findall(" ".join(way.call.arguments))):
            return ()  # the caller passes the variable on: it can hold the same
        others |= _named_between(
            context, unit, way.steps[0].definition.name, callee.name, caller.name
        )
    domain = values.domain(value.domain or "")
    # The names of a number are no flags: that one way does not spell the number out says nothing.
    numbers = domain.index_prefix if domain is not None else None
    return tuple(
        part.name
        for part in value.parts
        if part.name in own
        and part.name not in others
        and not (numbers and part.name.startswith(numbers))
    )


def _named_between(
    context: contexts.Context, unit: units.Unit, start: str, callee: str, caller: str
) -> set[str]:
    """Every name in the functions through which `start` leads to `callee`, and in those that compute their variables."""
    found: set[str] = set()
    for name in units.between(unit, start, callee, caller):
        for node in unit.nodes.get(name, ()):
            text = context.tree.body(context.tree.definition(node.path, node.row)).text
            found |= set(_IDENTIFIER.findall(text))
            for called in _RESULT.findall(text):
                if called not in (callee, caller):
                    found |= _text_names(context, unit, called)
    return found


_RESULT = re.compile(r"[|&^]?=\s*(\w+)\s*\(")


def _text_names(context: contexts.Context, unit: units.Unit, name: str) -> set[str]:
    found: set[str] = set()
    for node in unit.nodes.get(name, ()):
        found |= set(
            _IDENTIFIER.findall(
                context.tree.body(context.tree.definition(node.path, node.row)).text
            )
        )
    return found


def _assigned(context: contexts.Context, unit: units.Unit, text: str, name: str) -> set[str]:
    """Names in what a function assigns to a variable, and in the functions whose results it assigns."""
    found: set[str] = set()
    for match in re.finditer(rf"(?<![\w>.]){re.escape(name)}\s*[|&+^]?=(?!=)([^;]*);", text):
        found |= set(_IDENTIFIER.findall(match.group(1)))
    return found.union(*(_text_names(context, unit, word) for word in found))
