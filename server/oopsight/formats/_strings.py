"""Where a quoted text ends: shared by everything that reads values which debuggers print."""

from __future__ import annotations

import re

_STOP = re.compile(r'["\\]')
_CHARACTERS = re.compile(r"'[^']{0,32}'|'''")


def string_end(text: str, start: int) -> int:
    """The place after the `"` that closes the string whose text begins at `start`; `len(text) + 1` when none does."""
    while found := _STOP.search(text, start):
        if found.group() == '"':
            return found.end()
        start = found.end() + 1  # a backslash and what it escapes
    return len(text) + 1


def characters_end(text: str, start: int) -> int | None:
    """The place after characters in single quotes that begin at `start` (`'....'`), None when there are none."""
    found = _CHARACTERS.match(text, start)
    return found.end() if found else None
