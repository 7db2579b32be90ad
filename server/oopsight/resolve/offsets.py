"""The printed offset in a function's code as a hint: which of several calls stands where the return address does.

Compilers keep the order of statements mostly, so a call halfway through the source is about halfway through the code. It is wrong too
often to prove anything or to make an answer likely: it orders what is possible.
"""

from __future__ import annotations

from collections.abc import Sequence

from oopsight import model
from oopsight.resolve import contexts
from oopsight.tree import csyntax, units


def ordered(
    context: contexts.Context,
    frame: model.Frame,
    definition: model.Definition,
    ways: Sequence[units.Way],
) -> tuple[units.Way, ...] | None:
    """The ways by how near each is to the printed offset; None where the offset says nothing."""
    share = _share(frame.code)
    body = context.tree.body(definition)
    if share is None or len(body.calls) < 2:
        return None

    def distance(way: units.Way) -> tuple[float, int]:
        return abs(_place(body, way.call) - share), len(way.steps)

    return tuple(sorted(ways, key=distance))


def _share(code: model.CodeRef) -> float | None:
    """How far into the function's code the printed place is, from 0 to 1."""
    parts = (code.symbol or "").split(".")[1:]
    if code.offset is None or not code.size or code.offset > code.size or "cold" in parts:
        return None
    return code.offset / code.size


def _place(body: csyntax.Body, call: csyntax.Call) -> float:
    """How far into the body a call stands, counted in calls."""
    before = sum((each.line, each.column) < (call.line, call.column) for each in body.calls)
    return (before + 0.5) / max(len(body.calls), 1)
