"""Numbers of DWARF in bytes: LEB128, and the sizes of attribute forms (DWARF 5, sections 7.5.6 and 7.6)."""

from __future__ import annotations


def uleb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and where it ends."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 140:
            raise ValueError("a LEB128 number without an end")


def sleb(data: bytes, at: int) -> tuple[int, int]:
    """A signed LEB128 number and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if byte & 0x40:
                value -= 1 << shift
            return value, at
        if shift > 140:
            raise ValueError("a LEB128 number without an end")


def text(data: bytes, at: int) -> tuple[bytes, int]:
    """A string that ends with a zero byte, and where it ends."""
    end = data.index(b"\0", at)
    return data[at:end], end + 1
