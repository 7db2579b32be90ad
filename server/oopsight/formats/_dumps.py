"""Dumps of memory and of instructions: rows of numbers with their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from oopsight import model

_WORD = re.compile(r"(?P<open>[<(])?(?:(?P<digits>[0-9A-Fa-f]{2,16})|[?*]{2,16})[>)]?(?!\w)")
# Many architectures print only the last digits of a row's address.
_LAST_DIGITS = 4


@dataclass(slots=True)
class Open:
    """A dump while it is read."""

    title: str | None
    low: int | None
    address: int | None = None
    width: int = 0
    words: list[int | None] = field(default_factory=list)
    spans: list[model.Span] = field(default_factory=list)

    def goes_on(self, at: str | None) -> bool:
        """Whether a row is the next one; `at` are the digits of the address of its first column."""
        if at is None or not self.words or self.address is None:
            return True
        due = self.address + len(self.words) * self.width
        return (due ^ int(at, 16)) & _mask(at) == 0

    def behind(self, at: str | None) -> Open:
        """The dump that goes on behind rows that are missing."""
        if at is None or self.address is None or len(at) > _LAST_DIGITS:
            return Open(self.title, None)
        due = self.address + len(self.words) * self.width
        address = due & ~_mask(at) | int(at, 16)
        return Open(self.title, address if address >= due else address + _mask(at) + 1)

    def add(self, line: model.LogLine, at: str | None, start: int, end: int) -> None:
        """Add a row; `at` are the digits of the address of its first column."""
        found = list(_WORD.finditer(line.text, start, end))
        self.spans += line.spans(0, len(line.text.rstrip()))
        if not found:
            return
        if not self.words:
            self.width = max(len(word["digits"] or "") for word in found) // 2
            self.address = self._first(at, found[0].start() - start)
        self.words += [int(word["digits"], 16) if word["digits"] else None for word in found]

    def _first(self, at: str | None, blanks: int) -> int | None:
        """The address of the first word, from the heading and the row that it stands on."""
        # The first row of a dump that begins within a row has blanks where nothing was printed.
        skipped = blanks // (2 * self.width + 1) * self.width if self.width else 0
        if at is None:
            return self.low
        if self.low is None:
            return int(at, 16) + skipped if len(at) > _LAST_DIGITS else None
        column = self.low & ~_mask(at) | int(at, 16) & _mask(at)
        # Some headings name an address within the first word. Where blanks were lost the heading is right.
        return column + skipped if 0 <= self.low - column - skipped < 4 else self.low

    def closed(self) -> model.MemoryWords:
        """The dump as nouns."""
        return model.MemoryWords(
            self.title, self.address, tuple(self.words), self.width, tuple(self.spans)
        )


def _mask(digits: str) -> int:
    return (1 << 4 * len(digits)) - 1


def code(line: model.LogLine, start: int, end: int) -> model.CodeBytes | None:
    """Instructions around a place; the one in brackets is the place itself."""
    found = list(_WORD.finditer(line.text, start, end))
    if not found:
        return None
    fault = next((at for at, word in enumerate(found) if word["open"]), None)
    return model.CodeBytes(
        tuple(int(word["digits"], 16) if word["digits"] else None for word in found),
        max(len(word["digits"] or "") for word in found) // 2,
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
