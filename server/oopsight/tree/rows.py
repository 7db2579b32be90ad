"""What a scan of one file finds: definitions, and macros at work that may define more."""

from __future__ import annotations

from functools import partial
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
STATIC = 1 << 6  # beside the number of a kind


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


# A name; a kind's number, perhaps with STATIC; its line, lines before it and lines behind it.
RawRow = tuple[bytes, int, int, int, int]
# A word; a macro; its line and lines behind it.
RawUse = tuple[bytes, bytes, int, int]


class Raw(NamedTuple):
    """The same as `Found`, in the form in which millions of rows are made and stored quickly.

    `types` are the type names of the tables among the rows.
    """

    rows: list[RawRow]
    types: list[bytes]
    uses: list[RawUse]


def found(raw: Raw) -> Found:
    """Rows and uses for those who ask for them."""
    types = iter(raw.types)
    table = KIND_NUMBER[K.TABLE]
    names = b"\n".join([row[0] for row in raw.rows]).decode("latin-1").split("\n")
    rows = [
        _row(
            (
                name,
                KINDS[mark & (STATIC - 1)],
                line,
                line - back,
                line + more,
                mark >= STATIC,
                next(types).decode("latin-1") if mark & (STATIC - 1) == table else None,
            )
        )
        for name, (_, mark, line, back, more) in zip(names, raw.rows, strict=False)
    ]
    uses = [
        Use(word.decode("latin-1"), macro.decode("latin-1"), line, line + more)
        for word, macro, line, more in raw.uses
    ]
    return Found(rows, uses)


_row = partial(tuple.__new__, Row)  # what Row() does, in half the time
