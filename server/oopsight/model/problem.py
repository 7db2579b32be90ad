"""What was odd: a stable code, a full sentence that says what to do, and the place it is about."""

from __future__ import annotations

from dataclasses import dataclass

from oopsight.model.text import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is a stable word such as `cut-short`; `message` and `hint` are full sentences."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
