"""What a scan of one file finds: definitions, and macros at work that may define more."""

from __future__ import annotations

from typing import NamedTuple

from oopsight import model

K = model.DefinitionKind

# Order is stored on disk: append only, and raise indexes.SCHEMA.
KINDS = (
    K.FUNCTION,
    K.INLINE,
    K.MACRO,
    K.CONSTANT,
    K.ENUMERATOR,
    K.LABEL,
    K.ASM_MACRO,
    K.TABLE,
    K.STRUCT,
)
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


class Row(NamedTuple):
    """One definition: lines from 1; `start` to `end` is the whole of it, `line` that of its name."""

    name: str
    kind: model.DefinitionKind
    line: int
    start: int
    end: int
    static: bool = False
    type_name: str | None = None


class Use(NamedTuple):
    """A macro that is used outside of functions, and may define some: `TRACE_EVENT(sched_switch, …)`.

    `word` is one of its first arguments, the last one of its lines is `end` (with the body that follows, if any).
    """

    word: str
    macro: str
    line: int
    end: int


class Found(NamedTuple):
    """Everything that one file defines or may define, in the order of its lines."""

    rows: list[Row]
    uses: list[Use]
