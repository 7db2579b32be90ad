"""Answers that still hold after an edit: what was said of a stack is said again, however far down it has moved.

A stack's answer depends on the tree, the crash's architecture and the stack itself, and on nothing else as long as
the text has no variable windows, which are shared out among the stacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, get_args, get_type_hints

from oopsight import model

_T = TypeVar("_T")


class Stacks:
    """Resolved stacks of earlier answers, found by the stack."""

    def __init__(self, crashes: Iterable[model.ResolvedCrash]) -> None:
        self._known: dict[object, list[model.ResolvedStack]] = {}
        for crash in crashes:
            for stack in crash.stacks:
                self._known.setdefault(_sketch(stack.stack), []).append(stack)

    def get(self, stack: model.Stack) -> model.ResolvedStack | None:
        """The answer for the same stack, which may have stood on other lines."""
        for known in self._known.get(_sketch(stack), ()):
            lines = _line(stack) - _line(known.stack)
            if stack is known.stack or stack == moved(known.stack, lines):
                return moved(known, lines)
        return None


def crash(asked: model.Crash, kept: Sequence[model.ResolvedCrash]) -> model.ResolvedCrash | None:
    """The earlier answer for exactly this crash."""
    return next((one for one in kept if one.crash is asked or one.crash == asked), None)


def moved(value: _T, lines: int) -> _T:
    """A noun of the model with every span so many lines further down."""
    return value if lines == 0 else _moved(value, lines)


def _moved(value: Any, lines: int) -> Any:  # noqa: ANN401  whatever a field of a noun can hold
    if isinstance(value, model.Span):
        return model.Span(value.line + lines, value.start, value.end)
    if isinstance(value, tuple):
        return tuple(_moved(item, lines) for item in value) if value else value
    names = _PLACED.get(type(value))
    if names is None:
        names = _PLACED[type(value)] = _placed(type(value))
    if not names:
        return value
    return replace(value, **{name: _moved(getattr(value, name), lines) for name in names})


_PLACED: dict[type, tuple[str, ...]] = {}


def _placed(kind: type) -> tuple[str, ...]:
    """The fields of a noun that can hold spans, directly or deeper."""
    return tuple(name for name, types in _nouns(kind).items() if _lead_to_spans(types, set()))


def _lead_to_spans(types: Iterable[type], seen: set[type]) -> bool:
    for kind in types:
        if kind is model.Span:
            return True
        if kind not in seen:
            seen.add(kind)
            if any(_lead_to_spans(inner, seen) for inner in _nouns(kind).values()):
                return True
    return False


def _nouns(kind: type) -> dict[str, tuple[type, ...]]:
    """The nouns of the model that each field of a noun can hold."""
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


def _sketch(stack: model.Stack) -> object:
    """What equal stacks have in common, quickly told."""
    return stack.format, tuple((frame.number, frame.code.function) for frame in stack.frames)


def _line(stack: model.Stack) -> int:
    return min((span.line for span in stack.spans), default=0)
