"""One compilation unit of .debug_info: its head, the functions in it by address, and single entries.

DWARF 2 to 5 (DWARF 5, section 7.5.1) with GNU's older forms. Only the entries on the way to an address are read.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oopsight.image import abbreviations, cursors
from oopsight.image.abbreviations import Abbreviation

AT_NAME, AT_STMT_LIST, AT_HIGH_PC, AT_COMP_DIR = 0x03, 0x10, 0x12, 0x1B
AT_LOW_PC, AT_RANGES, AT_SIBLING = 0x11, 0x55, 0x01
AT_ORIGIN, AT_SPECIFICATION, AT_LANGUAGE, AT_LINKAGE_NAME = 0x31, 0x47, 0x13, 0x6E
AT_CALL_COLUMN, AT_CALL_FILE, AT_CALL_LINE = 0x57, 0x58, 0x59
AT_STR_OFFSETS_BASE, AT_ADDR_BASE, AT_RNGLISTS_BASE, AT_LOCLISTS_BASE = 0x72, 0x73, 0x74, 0x8C
AT_GNU_RANGES_BASE, AT_GNU_ADDR_BASE, AT_GNU_DWO_NAME, AT_DWO_NAME = 0x2132, 0x2133, 0x2130, 0x76
TAG_COMPILE, TAG_PARTIAL, TAG_SKELETON = 0x11, 0x3C, 0x4A
TAG_SUBPROGRAM, TAG_INLINED, TAG_BLOCK, TAG_NAMESPACE = 0x2E, 0x1D, 0x0B, 0x39
# Entries that can hold functions: namespaces and, in C++ and Rust, types.
_HOLDS_FUNCTIONS = frozenset((TAG_NAMESPACE, 0x1E, 0x13, 0x17, 0x02, 0x04))
# Languages without nested functions and namespaces: C in all its standards, assembler (DWARF 5, section 7.12).
_FLAT = frozenset((0x01, 0x02, 0x0C, 0x1D, 0x2C, 0x8001))

LANGUAGE_ASSEMBLER = 0x8001  # DW_LANG_Mips_Assembler, which every assembler says

Value = int | bytes
Read = Callable[[str, int, int], bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a unit stands and how it is written. `offset` is that in .debug_info, `end` behind its last byte."""

    offset: int
    end: int
    version: int
    offset_size: int
    address_size: int
    abbreviations: int
    first: int  # where its first entry begins, from `offset`
    kind: int  # DW_UT_*; 1 before DWARF 5


def heads(data: Callable[[int, int], bytes], size: int, order: str) -> Iterator[Head]:
    """The heads of all units; stops where the data make no sense any more."""
    at = 0
    while at + 11 < size:
        head = head_at(data, at, size, order)
        if head is None:
            return
        yield head
        at = head.end


def head_at(data: Callable[[int, int], bytes], at: int, size: int, order: str) -> Head | None:
    """The head of the unit at an offset, None where there is none."""
    raw = data(at, at + 48)
    if len(raw) < 11:
        return None
    length = struct.unpack_from(order + "I", raw)[0]
    position, width = 4, 4
    if length == 0xFFFFFFFF:
        if len(raw) < 23:
            return None
        length, position, width = struct.unpack_from(order + "Q", raw, 4)[0], 12, 8
    elif length >= 0xFFFFFFF0:
        return None
    end = at + position + length
    if length < 7 or end > size:
        return None
    version = struct.unpack_from(order + "H", raw, position)[0]
    position += 2
    offset_form = order + ("I" if width == 4 else "Q")
    if version >= 5:
        kind, address = raw[position], raw[position + 1]
        table = struct.unpack_from(offset_form, raw, position + 2)[0]
        # Type units have a signature and an offset, skeleton and split units an id.
        position += 2 + width + {2: 8 + width, 6: 8 + width, 4: 8, 5: 8}.get(kind, 0)
    else:
        kind = 1
        table = struct.unpack_from(offset_form, raw, position)[0]
        address = raw[position + width]
        position += width + 1
    if not 2 <= version <= 5 or address not in (4, 8):
        return Head(at, end, 0, width, 8, 0, position, kind)
    return Head(at, end, version, width, address, table, position, kind)


@dataclass(slots=True)
class Unit:
    """A unit that is being read; `read` gives the bytes of any section, relocated."""

    head: Head
    order: str
    read: Read
    table: Mapping[int, Abbreviation]
    data: bytes = b""
    root: Mapping[int, Value] = field(default_factory=dict)
    forms: Mapping[int, int] = field(default_factory=dict)
    _functions: tuple[Sequence[int], Sequence[tuple[int, int, int]]] | None = None
    _names: dict[int, tuple[str | None, int | None]] = field(default_factory=dict)

    def load(self) -> None:
        """Read the unit's bytes and its root entry."""
        if self.data:
            return
        head = self.head
        self.data = self.read(".debug_info", head.offset, head.end)
        code, at = cursors.uleb(self.data, head.first)
        abbreviation = self.table.get(code)
        if abbreviation is not None:
            self.root, _ = self.attributes(abbreviation, at)
            self.forms = {attribute: form for attribute, form, _ in abbreviation.specs}

    # Single values.

    def attributes(self, abbreviation: Abbreviation, at: int) -> tuple[dict[int, Value], int]:
        """All attributes of an entry whose values begin at `at`, and where they end.

        Indexes into tables are looked up later (`address`, `string`); a reference is an offset in .debug_info.
        """
        found: dict[int, Value] = {}
        for attribute, form, constant in abbreviation.specs:
            value, at = self._value(form, constant, at)
            found[attribute] = value
        return found, at

    def _value(self, form: int, constant: int, at: int) -> tuple[Value, int]:
        data, head = self.data, self.head
        if form == abbreviations.FORM_INDIRECT:
            form, at = cursors.uleb(data, at)
            return self._value(form, 0, at)
        size = abbreviations.size_of(form, head.address_size, head.offset_size, head.version)
        if size >= 0:
            if form == 0x19:
                return 1, at
            if form == abbreviations.FORM_IMPLICIT_CONST:
                return constant, at
            value = int.from_bytes(data[at : at + size], "little" if self.order == "<" else "big")
            if form in (0x11, 0x12, 0x13, 0x14):
                value += head.offset
            elif form in (0x25, 0x26, 0x27, 0x28):
                return self._indexed_string(value), at + size
            elif form in (0x29, 0x2A, 0x2B, 0x2C):
                return self.indexed_address(value), at + size
            elif form in (0x0E, 0x1F):
                return self._string(
                    ".debug_str" if form == 0x0E else ".debug_line_str", value
                ), at + size
            return value, at + size
        if form == 0x0D:
            return cursors.sleb(data, at)
        if form in (0x0F, 0x15, 0x22, 0x23, 0x1A, 0x1B, 0x1F01, 0x1F02):
            value, at = cursors.uleb(data, at)
            if form == 0x15:
                value += head.offset
            elif form in (0x1A, 0x1F02):
                return self._indexed_string(value), at
            elif form in (0x1B, 0x1F01):
                return self.indexed_address(value), at
            return value, at
        if form == 0x08:
            return cursors.text(data, at)
        end = abbreviations.skipped(data, at, form, little=self.order == "<")
        # An expression or a block: its bytes, without their length.
        lead = {0x0A: 1, 0x03: 2, 0x04: 4}.get(form)
        start = cursors.uleb(data, at)[1] if lead is None else at + lead
        return data[start:end], end

    def _string(self, section: str, offset: int) -> bytes:
        step = 128
        found = self.read(section, offset, offset + step)
        while b"\0" not in found and len(found) == step and step < 1 << 16:
            step *= 8
            found = self.read(section, offset, offset + step)
        return found.split(b"\0", 1)[0]

    def _indexed_string(self, index: int) -> bytes:
        width = self.head.offset_size
        # Before DWARF 5 and in a unit that does not say where, the table begins at its head.
        base = self.root.get(AT_STR_OFFSETS_BASE, 8 if self.head.version >= 5 else 0)
        at = int(base) + index * width if isinstance(base, int) else 0
        raw = self.read(".debug_str_offsets", at, at + width)
        if len(raw) < width:
            return b""
        return self._string(".debug_str", self._number(raw))

    def indexed_address(self, index: int) -> int:
        """An address of .debug_addr."""
        width = self.head.address_size
        base = self.root.get(AT_ADDR_BASE, self.root.get(AT_GNU_ADDR_BASE, 8))
        at = int(base) + index * width if isinstance(base, int) else 0
        raw = self.read(".debug_addr", at, at + width)
        return self._number(raw) if len(raw) == width else 0

    def _number(self, raw: bytes) -> int:
        return int.from_bytes(raw, "little" if self.order == "<" else "big")

    def text(self, attribute: int) -> str | None:
        """A string of the root entry."""
        value = self.root.get(attribute)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else None

    def number(self, attribute: int) -> int | None:
        """A number of the root entry."""
        value = self.root.get(attribute)
        return value if isinstance(value, int) else None

    # Addresses.

    @property
    def low(self) -> int:
        """The base of the unit's range lists."""
        return self.number(AT_LOW_PC) or 0

    def ranges(
        self, attributes: Mapping[int, Value], forms: Mapping[int, int]
    ) -> list[tuple[int, int]]:
        """The addresses of an entry, half-open; those of code that the linker has thrown away are left out."""
        low, high = attributes.get(AT_LOW_PC), attributes.get(AT_HIGH_PC)
        listed = attributes.get(AT_RANGES)
        if isinstance(listed, int):
            return [
                pair for pair in self._list(listed, forms.get(AT_RANGES, 0)) if pair[0] < pair[1]
            ]
        if isinstance(low, int) and isinstance(high, int):
            # The end is an address of its own class in DWARF 2 and 3, else a length.
            if forms.get(AT_HIGH_PC) not in (0x01, 0x1B, 0x29, 0x2A, 0x2B, 0x2C, 0x1F01):
                high += low
            return [(low, high)] if low < high else []
        return []

    def _list(self, value: int, form: int) -> Iterator[tuple[int, int]]:
        if self.head.version >= 5:
            if form == 0x23:  # DW_FORM_rnglistx
                base = self.number(AT_RNGLISTS_BASE) or 0
                width = self.head.offset_size
                at = base + value * width
                raw = self.read(".debug_rnglists", at, at + width)
                value = base + (self._number(raw) if len(raw) == width else 0)
            return self._range_list(value)
        return self._old_range_list(value + (self.number(AT_GNU_RANGES_BASE) or 0))

    def _old_range_list(self, at: int) -> Iterator[tuple[int, int]]:
        """A list of .debug_ranges (DWARF 4, section 2.17.3)."""
        width, base = self.head.address_size, self.low
        highest = (1 << 8 * width) - 1
        while True:
            raw = self.read(".debug_ranges", at, at + 2 * width)
            if len(raw) < 2 * width:
                return
            low, high = self._number(raw[:width]), self._number(raw[width:])
            at += 2 * width
            if low == highest:
                base = high
            elif low == high == 0:
                return
            else:
                yield low + base & highest, high + base & highest

    def _range_list(self, at: int) -> Iterator[tuple[int, int]]:
        """A list of .debug_rnglists (DWARF 5, section 7.25)."""
        width, base = self.head.address_size, self.low
        data, at, section = self.read(".debug_rnglists", at, at + 4096), 0, at
        while at < len(data):
            kind = data[at]
            at += 1
            if kind == 0:
                return
            if at + 40 > len(data):  # a long list: read on from here
                section += at - 1
                data, at = self.read(".debug_rnglists", section, section + 65536), 1
            if kind in (1, 2, 3):  # base_addressx, startx_endx, startx_length
                first, at = cursors.uleb(data, at)
                if kind == 1:
                    base = self.indexed_address(first)
                    continue
                second, at = cursors.uleb(data, at)
                low = self.indexed_address(first)
                yield low, self.indexed_address(second) if kind == 2 else low + second
            elif kind == 4:  # offset_pair
                first, at = cursors.uleb(data, at)
                second, at = cursors.uleb(data, at)
                yield base + first, base + second
            elif kind == 5:  # base_address
                base = self._number(data[at : at + width])
                at += width
            elif kind in (6, 7):  # start_end, start_length
                low = self._number(data[at : at + width])
                at += width
                if kind == 6:
                    yield low, self._number(data[at : at + width])
                    at += width
                else:
                    length, at = cursors.uleb(data, at)
                    yield low, low + length
            else:
                return

    # Functions.

    def function_at(self, address: int) -> int | None:
        """Where in the unit's bytes the function's entry begins that covers an address; None where none does."""
        starts, found = self._by_address()
        at = bisect_right(starts, address) - 1
        # Parts of functions do not overlap, but a damaged file may say so: look a little further back.
        for index in range(at, max(at - 8, -1), -1):
            if found[index][0] <= address < found[index][1]:
                return found[index][2]
        return None

    def _by_address(self) -> tuple[Sequence[int], Sequence[tuple[int, int, int]]]:
        if self._functions is None:
            found = sorted(self._all_functions())
            self._functions = [one[0] for one in found], found
        return self._functions

    def _all_functions(self) -> Iterator[tuple[int, int, int]]:
        """Every function with its addresses, and where its entry begins."""
        code, at = cursors.uleb(self.data, self.head.first)
        abbreviation = self.table.get(code)
        if abbreviation is None or not abbreviation.has_children:
            return
        _, at = self.attributes(abbreviation, at)
        nested = self.number(AT_LANGUAGE) not in _FLAT
        yield from self._functions_in(at, nested=nested)

    def _functions_in(self, at: int, *, nested: bool) -> Iterator[tuple[int, int, int]]:
        data, table, end = self.data, self.table, len(self.data)
        depth = 0
        while at < end:
            start = at
            code = data[at]
            at += 1
            if code >= 0x80:
                code, at = cursors.uleb(data, start)
            if code == 0:
                depth -= 1
                if depth < 0:
                    return
                continue
            abbreviation = table[code]
            if abbreviation.tag == TAG_SUBPROGRAM and abbreviation.has_code:
                for low, high in self._covered(abbreviation, at)[2]:
                    yield low, high, start
            if nested and abbreviation.has_children and abbreviation.tag in _HOLDS_FUNCTIONS:
                depth += 1
                at = self.after(abbreviation, at)
            else:
                at = self.behind(abbreviation, start, at)

    def after(self, abbreviation: Abbreviation, at: int) -> int:
        """Where the attributes of an entry end."""
        if abbreviation.size >= 0:
            return at + abbreviation.size
        head, data = self.head, self.data
        for _, form, _ in abbreviation.specs:
            if form == abbreviations.FORM_INDIRECT:
                form, at = cursors.uleb(data, at)
            size = abbreviations.size_of(form, head.address_size, head.offset_size, head.version)
            at = (
                at + size
                if size >= 0
                else abbreviations.skipped(data, at, form, little=self.order == "<")
            )
        return at

    def skip_children(self, at: int) -> int:
        """Where the children that begin at `at` end, behind their closing zero."""
        data, table = self.data, self.table
        depth = 1
        while depth:
            start = at
            code = data[at]
            at += 1
            if code >= 0x80:
                code, at = cursors.uleb(data, start)
            if code == 0:
                depth -= 1
                continue
            abbreviation = table[code]
            if abbreviation.has_children and abbreviation.sibling >= 0:
                at = self._sibling(abbreviation, start, at)
                continue
            depth += abbreviation.has_children
            at = at + abbreviation.size if abbreviation.size >= 0 else self.after(abbreviation, at)
        return at

    def _sibling(self, abbreviation: Abbreviation, start: int, at: int) -> int:
        """The next sibling of the entry at `start`, whose attributes begin at `at`; raises ValueError where it is none."""
        found: int = struct.unpack_from(self.order + "I", self.data, at + abbreviation.sibling)[0]
        if found <= start:
            raise ValueError("a sibling that stands before its entry")
        return found

    def behind(self, abbreviation: Abbreviation, start: int, at: int) -> int:
        """Where the entry at `start`, whose attributes begin at `at`, ends with all its children."""
        if not abbreviation.has_children:
            return (
                at + abbreviation.size if abbreviation.size >= 0 else self.after(abbreviation, at)
            )
        if abbreviation.sibling >= 0:
            return self._sibling(abbreviation, start, at)
        return self.skip_children(self.after(abbreviation, at))

    def _covered(
        self, abbreviation: Abbreviation, at: int
    ) -> tuple[Mapping[int, Value], int, list[tuple[int, int]]]:
        """The attributes of an entry, where they end, and the addresses that it covers."""
        attributes, after = self.attributes(abbreviation, at)
        forms = {attribute: form for attribute, form, _ in abbreviation.specs}
        return attributes, after, self.ranges(attributes, forms)

    def entry(self, at: int) -> tuple[Abbreviation, int]:
        """The abbreviation of the entry at `at`, and where its attributes begin."""
        code, after = cursors.uleb(self.data, at)
        return self.table[code], after

    def inlined_at(self, at: int, address: int) -> list[Mapping[int, Value]]:
        """The calls that were inlined into the function at `at` and cover an address, the outermost first."""
        found: list[Mapping[int, Value]] = []
        abbreviation, after = self.entry(at)
        at = self.after(abbreviation, after)
        if not abbreviation.has_children:
            return found
        data, table = self.data, self.table
        while True:
            start = at
            code = data[at]
            at += 1
            if code >= 0x80:
                code, at = cursors.uleb(data, start)
            if code == 0:
                return found
            abbreviation = table[code]
            # A block without addresses was made for its names alone.
            if abbreviation.has_code and abbreviation.tag in (TAG_INLINED, TAG_BLOCK):
                attributes, after, ranges = self._covered(abbreviation, at)
                if any(low <= address < high for low, high in ranges):
                    if abbreviation.tag == TAG_INLINED:
                        found.append(attributes)
                    if not abbreviation.has_children:
                        return found
                    at = after  # into it: whatever stands behind it does not cover the address
                    continue
            at = self.behind(abbreviation, start, at)
