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
# What no text contains: control characters other than those of layout, bells, backspaces and escape sequences.
_CONTROLS = bytes({*range(32), 127} - set(b"\a\b\t\n\v\f\r\x1b"))
# A serial line drops bytes to NUL now and then, or brings some noise; a file full of that is no text. Of random
# bytes every tenth is such a character. A few of them settle nothing.
_MOST_NULS = 0.02
_MOST_CONTROLS = 0.05
_FEW = 8
# Less of them is enough beside bytes that are in no encoding of a text: neither in UTF-8 nor in one that editors and
# terminals of Asia write.
_MOST_CONTROLS_IN_DOUBT = 0.01
_MOST_BROKEN = 0.1
_ENCODINGS = ("utf-8", "cp949", "gb18030", "shift_jis", "euc_jp", "big5")
_ENOUGH_TO_JUDGE = 1 << 16
# UTF-16 without a mark: of every Latin character one byte is NUL, always on the same side.
_NULS_OF_UTF_16, _NULS_ON_THE_OTHER_SIDE = 0.25, 0.05


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
    wide = _unmarked_utf_16(data)
    if wide is not None:
        return data.decode(wide, errors="replace")
    if _is_binary(data):
        raise NotATextError("binary; give a text")
    return data.decode("utf-8", errors="replace")


def _unmarked_utf_16(data: bytes) -> str | None:
    """The byte order of UTF-16 that bears no mark, None for anything else."""
    half = len(data) // 2
    high, low = data[::2].count(0), data[1::2].count(0)
    if half < _FEW or max(high, low) < _NULS_OF_UTF_16 * half:
        return None
    if min(high, low) > _NULS_ON_THE_OTHER_SIDE * half:
        return None
    encoding = "utf-16-be" if high > low else "utf-16-le"
    text = data[:_ENOUGH_TO_JUDGE].decode(encoding, errors="replace")
    controls = sum(ord(character) in _CONTROLS for character in text if character <= "\x7f")
    return encoding if controls <= _MOST_CONTROLS * len(text) else None


def _is_binary(data: bytes) -> bool:
    """Whether there is more in the bytes than a text with some noise in it."""
    if data.count(0) > _MOST_NULS * len(data):
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls < _FEW or controls <= _MOST_CONTROLS_IN_DOUBT * len(data):
        return False
    return controls > _MOST_CONTROLS * len(data) or all(
        _broken(data[:_ENOUGH_TO_JUDGE], encoding) > _MOST_BROKEN for encoding in _ENCODINGS
    )


def _broken(data: bytes, encoding: str) -> float:
    """The share of a text that is no character of the encoding."""
    return data.decode(encoding, errors="replace").count("\ufffd") / max(len(data), 1)
