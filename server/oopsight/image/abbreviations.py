"""Abbreviations of DWARF entries (DWARF 5, section 7.5.3), prepared so that an entry that is not wanted is skipped quickly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oopsight.image import cursors

AT_SIBLING = 0x01
AT_LOW_PC = 0x11
AT_RANGES = 0x55
FORM_INDIRECT = 0x16
FORM_IMPLICIT_CONST = 0x21
_REF4 = 0x13

# Forms of fixed size; "offset" and "address" depend on the unit.
_FIXED = {
    0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8, 0x19: 0, 0x1C: 4, 0x1E: 16,
    0x20: 8, 0x21: 0, 0x24: 8, 0x25: 1, 0x26: 2, 0x27: 3, 0x28: 4, 0x29: 1, 0x2A: 2, 0x2B: 3, 0x2C: 4,
}  # fmt: skip
_OFFSETS = frozenset((0x0E, 0x17, 0x1D, 0x1F, 0x1F20, 0x1F21))
_LEB = frozenset((0x0D, 0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23, 0x1F01, 0x1F02))


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """One kind of entry: `specs` are (attribute, form, constant). `size` is that of all its attributes, -1 where it varies.

    `sibling` is where among the attributes the offset of the next sibling stands, -1 where that is not known without
    reading. `has_code`: the entry may have addresses.
    """

    tag: int
    has_children: bool
    specs: tuple[tuple[int, int, int], ...]
    size: int
    sibling: int
    has_code: bool


def size_of(form: int, address: int, offset: int, version: int) -> int:
    """The size of a form in bytes, -1 where it varies."""
    fixed = _FIXED.get(form)
    if fixed is not None:
        return fixed
    if form == 0x01:
        return address
    if form in _OFFSETS:
        return offset
    if form == 0x10:  # DW_FORM_ref_addr was as wide as an address in DWARF 2
        return address if version == 2 else offset
    return -1


def read(
    data: bytes, at: int, address: int, offset: int, version: int
) -> Mapping[int, Abbreviation]:
    """The abbreviations that begin at `at` in .debug_abbrev, by their codes."""
    found: dict[int, Abbreviation] = {}
    while True:
        code, at = cursors.uleb(data, at)
        if code == 0:
            return found
        tag, at = cursors.uleb(data, at)
        has_children = bool(data[at])
        at += 1
        specs: list[tuple[int, int, int]] = []
        size, sibling = 0, -1
        while True:
            attribute, at = cursors.uleb(data, at)
            form, at = cursors.uleb(data, at)
            constant = 0
            if form == FORM_IMPLICIT_CONST:
                constant, at = cursors.sleb(data, at)
            if attribute == 0 and form == 0:
                break
            if attribute == AT_SIBLING and form == _REF4 and size >= 0:
                sibling = size
            specs.append((attribute, form, constant))
            one = size_of(form, address, offset, version)
            size = -1 if one < 0 or size < 0 else size + one
        has_code = any(attribute in (AT_LOW_PC, AT_RANGES) for attribute, _, _ in specs)
        found.setdefault(
            code, Abbreviation(tag, has_children, tuple(specs), size, sibling, has_code)
        )


def skipped(data: bytes, at: int, form: int, *, little: bool) -> int:
    """Where the value of a form of varying size ends that begins at `at`."""
    if form in _LEB:
        while data[at] >= 0x80:
            at += 1
        return at + 1
    if form == 0x08:
        return data.index(b"\0", at) + 1
    if form in (0x18, 0x09):
        length, at = cursors.uleb(data, at)
        return at + length
    if form == 0x0A:
        return at + 1 + data[at]
    if form == 0x03:
        return at + 2 + _number(data, at, 2, little=little)
    if form == 0x04:
        return at + 4 + _number(data, at, 4, little=little)
    raise ValueError(f"unknown form {form:#x}")


def _number(data: bytes, at: int, size: int, *, little: bool) -> int:
    return int.from_bytes(data[at : at + size], "little" if little else "big")
