"""Bytes of a file → its text, or why it is none."""

from __future__ import annotations

import codecs

# How well-known files that are no text begin, and what to do with them.
_KINDS = (
    (b"\x7fELF", "an ELF file (a program or a kernel image)"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"%PDF-", "a PDF; copy its text into a file first"),
    (b"\x89PNG", "a picture; give the text itself"),
    (b"\xff\xd8\xff", "a picture; give the text itself"),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A serial line drops bytes to NUL now and then; a file full of them is no text.
_MOST_NULS = 0.02


class NotATextError(Exception):
    """The bytes are no text; the words say what they are, to follow "is"."""


def decode(data: bytes) -> str:
    """The text, in UTF-8 or what its byte order mark says; characters that are none become U+FFFD."""
    for start, what in _KINDS:
        if data.startswith(start):
            raise NotATextError(f"no text but {what}")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if data.count(0) > _MOST_NULS * len(data):
        raise NotATextError("binary; give a text")
    return data.decode("utf-8", errors="replace")
