"""The same noun some lines further down: an edit above it moves all its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

from oopsight.model.text import Span

_T = TypeVar("_T")
# The fields of a noun, each with whether it can hold spans, directly or deeper; () for a noun that has none.
_FIELDS: dict[type, tuple[tuple[str, bool], ...]] = {}


def moved(value: _T, lines: int) -> _T:
    """`value` (a noun, or a tuple of them) with every span so many lines further down."""
    return value if lines == 0 else _moved(value, lines)


def _moved(value: Any, lines: int) -> Any:  # noqa: ANN401  whatever a field of a noun can hold
    kind = type(value)
    if kind is Span:
        return Span(value.line + lines, value.start, value.end)
    if kind is tuple:
        return tuple([_moved(item, lines) for item in value]) if value else value
    held = _FIELDS.get(kind)
    if held is None:
        held = _FIELDS[kind] = _fields(kind)
    if not held:
        return value
    # As `dataclasses.replace` does, without calling the constructor: thousands of nouns are moved by one key.
    copy = object.__new__(kind)
    for name, holds in held:
        part = getattr(value, name)
        object.__setattr__(copy, name, _moved(part, lines) if holds and part else part)
    return copy


def _fields(kind: type) -> tuple[tuple[str, bool], ...]:
    found = tuple((name, _lead_to_spans(types, set())) for name, types in _nouns(kind).items())
    return found if any(holds for _, holds in found) else ()


def _lead_to_spans(types: Iterable[type], seen: set[type]) -> bool:
    for kind in types:
        if kind is Span:
            return True
        if kind not in seen:
            seen.add(kind)
            if any(_lead_to_spans(inner, seen) for inner in _nouns(kind).values()):
                return True
    return False


def _nouns(kind: type) -> dict[str, tuple[type, ...]]:
    """The nouns that each field of a noun can hold."""
    if not is_dataclass(kind):
        return {}
    hints = get_type_hints(kind)
    return {field.name: tuple(_inside(hints[field.name])) for field in fields(kind)}


def _inside(hint: Any) -> Iterable[type]:  # noqa: ANN401  an annotation
    """The dataclasses in an annotation."""
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for inner in get_args(hint):
        yield from _inside(inner)
