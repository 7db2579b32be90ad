"""The same element some lines further down: an edit above a region moves all places in it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from oopsight import model

_T = TypeVar("_T")
_PLACES: dict[type, tuple[tuple[str, bool], ...]] = {}


def moved(value: _T, lines: int) -> _T:
    """`value` (a noun of the model, or a tuple of them) with every span so many lines further down."""
    return value if lines == 0 else _moved(value, lines)


def _moved(value: Any, lines: int) -> Any:  # noqa: ANN401  whatever a field of a noun can hold
    kind = type(value)
    if kind is model.Span:
        return model.Span(value.line + lines, value.start, value.end)
    if kind is tuple:
        return tuple([_moved(item, lines) for item in value]) if value else value
    places = _PLACES.get(kind)
    if places is None:
        places = _PLACES[kind] = _places(kind)
    if not places:
        return value
    # As `dataclasses.replace` does, without calling the constructor: thousands of frames are moved by one key.
    copy = object.__new__(kind)
    for name, holds in places:
        part = getattr(value, name)
        object.__setattr__(copy, name, _moved(part, lines) if holds and part else part)
    return copy


def _places(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a noun, each with whether it can hold spans; () for what has none."""
    if not is_dataclass(kind) or kind is model.SourcePos:
        return ()
    found = tuple((field.name, _holds(str(field.type))) for field in fields(kind))
    return found if any(holds for _, holds in found) else ()


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
