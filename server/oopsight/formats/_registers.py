"""Registers as kernels print them: names with numbers, and rows of numbers whose names only count on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model

# `RAX: 0000000000000002`, `r9 : 0000000b`, `pc : [<bf0001d8>]`, `RSP: 0018:ffffcc7280383c78`, `Hi    : 00000125`,
# `a0 9000000101ccf0b8`. What is in front of a second colon is a segment.
_PAIR = re.compile(
    r"(?<![\w$.])(?P<name>[A-Za-z$][A-Za-z]{0,7}[0-9]{0,2}(?:_[A-Za-z]{1,8}[0-9]{0,2})?)"
    r"(?:[ \t]{0,6}[:=][ \t]{0,4}|[ \t])(?:[0-9a-f]{4}:)?(?:\[?<)?(?:0x)?(?P<value>[0-9A-Fa-f]{2,16}|(?<=: )[0-9a-f])(?![\w.+:/-])"
)
# A register that is a queue (`IAOQ: 102bce5c 102bce60`): the words behind its first one.
_NEXT = re.compile(r"[ ]([0-9A-Fa-f]{8}|[0-9A-Fa-f]{16})(?![\w.+:/-])")
_NO_REGISTERS = frozenset(("cpu", "pid", "comm"))
_WORD = re.compile(r"(?<!\S)[0-9A-Fa-f]{4,16}(?!\S)")


@dataclass(slots=True)
class Open:
    """A set of registers while it is read."""

    user: bool = False
    found: dict[str, model.RegisterValue] = field(default_factory=dict)
    spans: list[model.Span] = field(default_factory=list)
    counted: int = 0
    prefix: str = "r"

    def takes(self, value: model.RegisterValue) -> bool:
        """Whether a register belongs to this set: one that is there already with another number does not."""
        known = self.found.get(value.register)
        if known is None or known.number is None or value.number is None:
            return (
                known is None
                or known.code is None
                or value.code is None
                or known.code == value.code
            )
        return known.number == value.number

    def add(self, value: model.RegisterValue) -> None:
        """Add a register; number and place in code of one register may stand on two lines."""
        known = self.found.get(value.register)
        if known is not None:
            value = replace(
                value if value.number is not None else known,
                code=known.code or value.code,
                convention=known.convention or value.convention,
                spans=(*known.spans, *value.spans),
            )
        self.found[value.register] = value

    def closed(self) -> model.RegisterSet:
        """The set as it stands in the text."""
        return model.RegisterSet(tuple(self.found.values()), tuple(self.spans), self.user)


def pairs(line: model.LogLine, start: int, end: int) -> Iterator[model.RegisterValue]:
    """The named registers of a piece of a line."""
    for found in _PAIR.finditer(line.text, start, end):
        printed, name = found["value"], found["name"].lower()
        if name in _NO_REGISTERS:
            continue
        yield model.RegisterValue(
            name,
            printed,
            int(printed, 16),
            line.spans(*found.span()),
            value_spans=line.spans(*found.span("value")),
        )
        count = 0
        while (more := _NEXT.match(line.text, found.end(), end)) is not None:
            found, count = more, count + 1
            spans = line.spans(*more.span(1))
            yield model.RegisterValue(
                f"{name}{count}", more[1], int(more[1], 16), spans, value_spans=spans
            )


def row(
    line: model.LogLine, start: int, end: int, prefix: str, first: int
) -> Iterator[model.RegisterValue]:
    """The numbers of a row, as registers that are called `prefix` and a number that counts on from `first`."""
    for number, found in enumerate(_WORD.finditer(line.text, start, end), first):
        spans = line.spans(*found.span())
        yield model.RegisterValue(
            f"{prefix}{number}", found[0], int(found[0], 16), spans, value_spans=spans
        )


def span_of(values: Sequence[model.RegisterValue]) -> tuple[model.Span, ...]:
    """Where these registers stand."""
    return tuple(span for value in values for span in value.spans)
