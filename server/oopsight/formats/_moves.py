"""The same element some lines further down: an edit above a region moves all places in it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from oopsight import model

_T = TypeVar("_T")


def moved(value: _T, lines: int) -> _T:
    """`value` (a noun of the model, or a tuple of them) with every span so many lines further down."""
    return value if lines == 0 else _moved(value, lines)


def _moved(value: Any, lines: int) -> Any:  # noqa: ANN401  whatever a field of a noun can hold
    if isinstance(value, model.Span):
        return model.Span(value.line + lines, value.start, value.end)
    if isinstance(value, tuple):
        return tuple(_moved(item, lines) for item in value) if value else value
    places = _places(type(value))
    if not places:
        return value
    return replace(value, **{name: _moved(getattr(value, name), lines) for name in places})


_PLACES: dict[type, tuple[str, ...]] = {}


def _places(kind: type) -> tuple[str, ...]:
    """The fields of a noun that can hold spans, directly or deeper."""
    known = _PLACES.get(kind)
    if known is None:
        noun = is_dataclass(kind) and kind is not model.SourcePos
        known = tuple(f.name for f in fields(kind) if _holds(str(f.type))) if noun else ()
        _PLACES[kind] = known
    return known


def _holds(annotation: str) -> bool:
    nouns = (
        "Span",
        "CodeRef",
        "Argument",
        "Variable",
        "SourceRow",
        "Frame",
        "Stack",
        "Mention",
        "Problem",
    )
    return any(noun in annotation for noun in nouns) and "Kind" not in annotation
