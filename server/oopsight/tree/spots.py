"""Offsets of a file's bytes: their line numbers, and the bytes without comments."""

from __future__ import annotations

import re

_COMMENT = re.compile(rb"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*")
_BLANK = re.compile(rb"[^\n]")


def blank(match: re.Match[bytes]) -> bytes:
    """Spaces in place of what was matched, whose line ends stay."""
    text = match.group()
    return _BLANK.sub(b" ", text) if b"\n" in text else b" " * len(text)


def without_comments(data: bytes) -> bytes:
    """`data` with comments replaced by spaces, so that offsets and lines stay."""
    if b"/*" not in data and b"//" not in data:
        return data
    return _COMMENT.sub(blank, data)


class Lines:
    """Line numbers of offsets that grow; the data begins with a newline of its own, so that the first line is 1."""

    __slots__ = ("_at", "_count", "_line")

    def __init__(self, data: bytes) -> None:
        self._count = data.count
        self._at = 0
        self._line = 0

    def of(self, offset: int) -> int:
        """The line of an offset; one a little before the last asked for is counted back."""
        if offset < self._at:
            return self._line - self._count(b"\n", offset, self._at)
        self._line += self._count(b"\n", self._at, offset)
        self._at = offset
        return self._line
