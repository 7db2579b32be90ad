"""Relocations of a module's debug sections, applied only to the bytes that are read.

A module (ET_REL) has every text section at address 0. Each allocated section is given a place of its own here, one
behind the other, as a loader does, so that an address means one place. The kinds of relocations are those that
the psABI of each machine names for absolute 32 and 64 bit words; a debug section holds hardly any others.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from oopsight.image import elf

# Width in bytes by kind of relocation; negative: subtract (RISC-V's pairs of ADD and SUB).
_KINDS: dict[str, dict[int, int]] = {
    "EM_X86_64": {1: 8, 10: 4, 11: 4, 24: 8},  # 64, 32, 32S, PC64
    "EM_386": {1: 4},
    "EM_AARCH64": {257: 8, 258: 4},  # ABS64, ABS32
    "EM_ARM": {2: 4},  # ABS32
    "EM_PPC64": {38: 8, 1: 4},  # ADDR64, ADDR32
    "EM_PPC": {1: 4},
    "EM_S390": {22: 8, 4: 4},  # R_390_64, R_390_32
    "EM_MIPS": {18: 8, 2: 4},  # R_MIPS_64, R_MIPS_32
    "EM_RISCV": {2: 8, 1: 4, 33: 1, 34: 2, 35: 4, 36: 8, 37: -1, 38: -2, 39: -4, 40: -8},
    "EM_LOONGARCH": {2: 8, 1: 4, 47: 1, 48: 2, 50: 4, 51: 8, 52: -1, 53: -2, 55: -4, 56: -8},
    "EM_SPARCV9": {32: 8, 54: 8, 3: 4, 23: 4},
    "EM_SPARC": {3: 4, 23: 4},
    "EM_PARISC": {80: 8, 1: 4},
}
_FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}
# Sections of a module begin at such an address; where exactly does not matter.
_FIRST = 0x1000
_ALIGNED = 0x1000


@dataclass(slots=True)
class Relocations:
    """The relocations of one file; nothing to do for a linked one."""

    file: elf.Elf
    base: dict[int, int] = field(default_factory=dict)  # section index → its address here
    _symbols: Sequence[int] | None = None
    _tables: dict[str, tuple[list[int], list[tuple[int, int, int | None]]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        at = _FIRST
        for section in self.file.sections:
            if not self.file.is_relocatable:
                self.base[section.index] = section.address
            elif section.is_allocated:
                self.base[section.index] = at
                at += (section.size + 2 * _ALIGNED - 1) // _ALIGNED * _ALIGNED

    def apply(self, name: str, start: int, data: bytes) -> bytes:
        """`data`, which stands at `start` in the section of that name, with its relocations applied."""
        if not self.file.is_relocatable:
            return data
        offsets, entries = self._table(name)
        first = bisect_left(offsets, start)
        last = bisect_left(offsets, start + len(data))
        if first == last:
            return data
        kinds = _KINDS.get(self.file.machine, {})
        symbols = self._values()
        changed = bytearray(data)
        order = self.file.order
        for offset, (kind, symbol, addend) in zip(
            offsets[first:last], entries[first:last], strict=True
        ):
            width = kinds.get(kind)
            at = offset - start
            if width is None or at + abs(width) > len(changed):
                continue
            form = order + _FORMATS[abs(width)]
            value = symbols[symbol] if symbol < len(symbols) else 0
            mask = (1 << 8 * abs(width)) - 1
            if kind in _SETS_NOTHING.get(self.file.machine, ()):  # added to what stands there
                here = struct.unpack_from(form, changed, at)[0]
                total = value + (addend or 0)
                struct.pack_into(
                    form, changed, at, (here - total if width < 0 else here + total) & mask
                )
                continue
            if addend is None:
                addend = struct.unpack_from(form, changed, at)[0]
            struct.pack_into(form, changed, at, (value + addend) & mask)
        return bytes(changed)

    def _table(self, name: str) -> tuple[list[int], list[tuple[int, int, int | None]]]:
        known = self._tables.get(name)
        if known is None:
            known = self._tables[name] = self._read(name)
        return known

    def _read(self, name: str) -> tuple[list[int], list[tuple[int, int, int | None]]]:
        wide, order = self.file.bits == 64, self.file.order
        target = self.file.section(name)
        rows: list[tuple[int, int, int, int | None]] = []
        for section in self.file.sections:
            if (
                target is None
                or section.info != target.index
                or section.kind not in ("SHT_REL", "SHT_RELA")
            ):
                continue
            has_addend = section.kind == "SHT_RELA"
            form = order + (
                ("QQq" if has_addend else "QQ") if wide else ("IIi" if has_addend else "II")
            )
            data, low, high = self.file.raw(section.name)
            data = bytes(data[low : high - (high - low) % struct.calcsize(form)])
            mips = wide and self.file.machine == "EM_MIPS"
            for entry in struct.iter_unpack(form, data):
                kind, symbol = _info(entry[1], wide=wide, mips=mips, little=order == "<")
                rows.append((entry[0], kind, symbol, entry[2] if has_addend else None))
        rows.sort(key=lambda row: row[0])
        return [row[0] for row in rows], [row[1:] for row in rows]

    def _values(self) -> Sequence[int]:
        if self._symbols is None:
            wide = self.file.bits == 64
            form = self.file.order + ("IBBHQQ" if wide else "IIIBBH")
            data = self.file.bytes_of(".symtab")
            size = struct.calcsize(form)
            found = []
            for entry in struct.iter_unpack(form, data[: len(data) - len(data) % size]):
                section, value = (entry[3], entry[4]) if wide else (entry[5], entry[1])
                found.append(self.base.get(section, 0) + value)
            self._symbols = found
        return self._symbols


# Relocations that add to what stands in the section, by machine.
_SETS_NOTHING: dict[str, frozenset[int]] = {
    "EM_RISCV": frozenset(range(33, 41)),
    "EM_LOONGARCH": frozenset((47, 48, 50, 51, 52, 53, 55, 56)),
}


def _info(info: int, *, wide: bool, mips: bool, little: bool) -> tuple[int, int]:
    """Kind and symbol of a relocation."""
    if not wide:
        return info & 0xFF, info >> 8
    if mips and little:
        # MIPS 64 has its own layout: symbol (32), special symbol and three kinds (8 each).
        return info >> 56 & 0xFF, info & 0xFFFFFFFF
    if mips:
        return info & 0xFF, info >> 32
    return info & 0xFFFFFFFF, info >> 32
