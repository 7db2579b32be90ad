"""Dumps of memory and of instructions: rows of numbers with their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from oopsight import model

_WORD = re.compile(r"(?P<open>[<(])?(?P<digits>[0-9A-Fa-f]{2,16})[>)]?(?!\w)")
_UNREADABLE = re.compile(r"[?*x]{4,16}")


@dataclass(slots=True)
class Open:
    """A dump while it is read."""

    title: str | None
    low: int | None
    address: int | None = None
    width: int = 0
    words: list[int | None] = field(default_factory=list)
    spans: list[model.Span] = field(default_factory=list)

    def add(self, line: model.LogLine, at: str | None, start: int, end: int) -> None:
        """Add a row; `at` are the digits of the address of its first column."""
        found = list(_WORD.finditer(line.text, start, end))
        self.spans += line.spans(0, len(line.text.rstrip()))
        if not found:
            return
        width = len(found[0]["digits"]) // 2
        if not self.words:
            self.width = width
            self.address = self.low
            if at is not None and self.low is None:
                # The first row of a dump that begins within a row has blanks where nothing was printed.
                skipped = (found[0].start() - start) // (2 * width + 1)
                self.address = int(at, 16) + skipped * width
        self.words += [int(word["digits"], 16) for word in found]

    def closed(self) -> model.MemoryWords:
        """The dump as nouns."""
        return model.MemoryWords(
            self.title, self.address, tuple(self.words), self.width, tuple(self.spans)
        )


def code(line: model.LogLine, start: int, end: int) -> model.CodeBytes | None:
    """Instructions around a place; the one in brackets is the place itself."""
    found = list(_WORD.finditer(line.text, start, end))
    if not found:
        return None
    fault = next((at for at, word in enumerate(found) if word["open"]), None)
    return model.CodeBytes(
        tuple(int(word["digits"], 16) for word in found),
        max(len(word["digits"]) for word in found) // 2,
        fault,
        line.spans(found[0].start(), found[-1].end()),
    )


def instruction(line: model.LogLine, start: int, end: int, *, at_fault: bool) -> model.CodeBytes:
    """One disassembled instruction: its bytes in one word."""
    digits = line.text[start:end]
    found = tuple(int(digits[at : at + 2], 16) for at in range(0, len(digits) - 1, 2))
    return model.CodeBytes(found, 1, 0 if at_fault else None, line.spans(start, end))


def continued(first: model.CodeBytes, second: model.CodeBytes) -> model.CodeBytes:
    """Instructions of two rows as one dump."""
    fault = first.fault
    if fault is None and second.fault is not None:
        fault = len(first.units) + second.fault
    return model.CodeBytes(
        (*first.units, *second.units),
        max(first.width, second.width),
        fault,
        (*first.spans, *second.spans),
    )
