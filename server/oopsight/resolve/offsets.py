"""The printed offset in a function's code as a hint: which of several calls stands where the return address does.

Compilers keep the order of statements mostly, so a call halfway through the source is about halfway through the code. This
never proves anything: it orders what is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import contexts
from oopsight.tree import csyntax, units


@dataclass(frozen=True, slots=True)
class Ordered:
    """Ways in the order of their distance from the printed offset; `clear` where the first is much nearer than the rest."""

    ways: tuple[units.Way, ...]
    clear: bool


def ordered(
    context: contexts.Context,
    frame: model.Frame,
    definition: model.Definition,
    ways: Sequence[units.Way],
) -> Ordered | None:
    """The ways by how near each is to the printed offset; None where the offset says nothing."""
    share = _share(frame.code)
    body = context.tree.body(definition)
    if share is None or len(body.calls) < 2:
        return None
    places = {id(way): _place(body, way.call) for way in ways}
    found = sorted(ways, key=lambda way: (abs(places[id(way)] - share), len(way.steps)))
    lines = [way.call.line for way in found]
    other = next((way for way in found if way.call.line != lines[0]), None)
    if other is None:
        return Ordered(tuple(found), True)
    near, far = (abs(places[id(way)] - share) for way in (found[0], other))
    return Ordered(tuple(found), near < _NEAR and far > 3 * near and far - near > _FAR)


_NEAR = 0.12
_FAR = 0.2


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
