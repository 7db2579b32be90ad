"""An image, a kernel or a module: address → function, file, line and every call that was inlined there."""

from __future__ import annotations

import re
import struct
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oopsight.image import abbreviations, companions, elf, lines, relocations, symbols, units

# Errors of damaged data while they are walked; each leaves the question unanswered and says so.
_DAMAGE = (
    IndexError,
    KeyError,
    ValueError,
    struct.error,
    OverflowError,
    RecursionError,
    MemoryError,
)
_BANNER = re.compile(rb"Linux version ([\w.+~-]{1,100})")
_VERMAGIC = re.compile(rb"(?:^|\0)vermagic=([\w.+~-]{1,100})")
# So many units stay read: a kernel's stack has some ten.
_MOST_UNITS = 48
_MOST_ORIGINS = 16


@dataclass(frozen=True, slots=True)
class Place:
    """One function at an address. `file` is the compiler's path, None where no line covers the address; `line` 0 then.

    `inlined` is true where the function was inlined into the next one of the chain.
    """

    function: str | None
    file: str | None
    line: int
    column: int
    inlined: bool


@dataclass(slots=True)
class Image:
    """One file with its tables; what is read stays for the next question."""

    file: elf.Elf
    relocated: relocations.Relocations
    symbols: symbols.Symbols
    problems: list[str] = field(default_factory=list)
    _tables: dict[tuple[int, int, int, int], Mapping[int, abbreviations.Abbreviation]] = field(
        default_factory=dict
    )
    _ranges: tuple[array[int], array[int], array[int]] | None = None
    _units: OrderedDict[int, units.Unit] = field(default_factory=OrderedDict)
    _heads: Sequence[units.Head] | None = None
    _lines: OrderedDict[int, lines.Table] = field(default_factory=OrderedDict)

    @property
    def build_id(self) -> str | None:
        """The build id in hexadecimal digits."""
        return self.file.build_id()

    @property
    def release(self) -> str | None:
        """What the kernel calls itself: from `linux_banner` (init/version.c), of a module from its `vermagic`."""
        magic = _VERMAGIC.search(self.file.bytes_of(".modinfo"))
        if magic:
            return magic[1].decode("ascii", "replace")
        for symbol in self.symbols.find("linux_banner"):
            section = self.file.section(symbol.section)
            if section is not None and section.kind != "SHT_NOBITS":
                start = symbol.address - section.address
                found = _BANNER.match(self.file.bytes_of(section.name, start, start + 256))
                if found:
                    return found[1].decode("ascii", "replace")
        return None

    @property
    def has_lines(self) -> bool:
        """Whether there is anything from which lines can be told."""
        return (
            self.file.section(".debug_info") is not None
            and self.file.section(".debug_line") is not None
        )

    def chain(self, address: int) -> tuple[Place, ...]:
        """The functions at an address, the innermost first; the last is the one that the code belongs to.

        Without debugging information, or where none covers the address, the symbol alone; () where there is none.
        """
        try:
            found = self._chain(address)
        except _DAMAGE as error:
            self._say(
                f"The debugging information of {self.file.path.name} is damaged near {address:#x} ({type(error).__name__})."
            )
            found = ()
        if found:
            return found
        symbol = self.symbols.at(address)
        if symbol is None or not symbol.covers(address):
            return ()
        return (Place(symbol.name, None, 0, 0, inlined=False),)

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _chain(self, address: int) -> tuple[Place, ...]:
        unit = self._unit_of(address)
        if unit is None:
            return ()
        table = self._line_table(unit)
        file, line, column = table.at(address) if table is not None else (None, 0, 0)
        entry = unit.function_at(address)
        if entry is None:
            # Assembler code, or what a compiler put between functions, which belongs to none.
            symbol = self.symbols.at(address)
            if symbol is not None and not symbol.covers(address):
                symbol = None
            if file is None and symbol is None:
                return ()
            return (Place(symbol.name if symbol else None, file, line, column, inlined=False),)
        abbreviation, at = unit.entry(entry)
        outer, _ = unit.attributes(abbreviation, at)
        places: list[Place] = []
        for call in reversed(unit.inlined_at(entry, address)):
            places.append(Place(self._name(unit, call), file, line, column, inlined=True))
            number = call.get(units.AT_CALL_FILE)
            file = table.name(number) if table is not None and isinstance(number, int) else None
            line = _int(call.get(units.AT_CALL_LINE))
            column = _int(call.get(units.AT_CALL_COLUMN))
        places.append(Place(self._name(unit, outer), file, line, column, inlined=False))
        return tuple(places)

    # Names.

    def _name(self, unit: units.Unit, attributes: Mapping[int, units.Value]) -> str | None:
        """The name of a function, which may stand in the entry that it is an instance of."""
        for _ in range(_MOST_ORIGINS):
            name = attributes.get(units.AT_NAME)
            if isinstance(name, bytes):
                return name.decode("utf-8", "replace")
            origin = attributes.get(units.AT_ORIGIN, attributes.get(units.AT_SPECIFICATION))
            if not isinstance(origin, int):
                break
            other = (
                unit if unit.head.offset <= origin < unit.head.end else self._unit_around(origin)
            )
            if other is None:
                break
            unit = other
            abbreviation, at = unit.entry(origin - unit.head.offset)
            attributes, _ = unit.attributes(abbreviation, at)
        linkage = attributes.get(units.AT_LINKAGE_NAME)
        return linkage.decode("utf-8", "replace") if isinstance(linkage, bytes) else None

    # Units.

    def read(self, section: str, start: int, end: int) -> bytes:
        """A part of a section, relocated."""
        return self.relocated.apply(section, start, self.file.bytes_of(section, start, end))

    def _unit(self, head: units.Head) -> units.Unit | None:
        known = self._units.get(head.offset)
        if known is not None:
            self._units.move_to_end(head.offset)
            return known
        if not head.version:
            return None
        key = (head.abbreviations, head.address_size, head.offset_size, head.version)
        table = self._tables.get(key)
        if table is None:
            data, first, last = self.file.raw(".debug_abbrev")
            start = first + head.abbreviations
            raw = bytes(data[start : min(start + (1 << 20), last)])
            table = self._tables[key] = abbreviations.read(
                raw, 0, head.address_size, head.offset_size, head.version
            )
        unit = units.Unit(head, self.file.order, self.read, table)
        unit.load()
        if unit.root.get(units.AT_GNU_DWO_NAME) or unit.root.get(units.AT_DWO_NAME):
            self._say(
                f"The debugging information of {self.file.path.name} is split into .dwo files, which are not read; build without CONFIG_DEBUG_INFO_SPLIT."
            )
        self._units[head.offset] = unit
        while len(self._units) > _MOST_UNITS:
            self._units.popitem(last=False)
        return unit

    def _head_at(self, offset: int) -> units.Head | None:
        data, first, last = self.file.raw(".debug_info")
        del data
        return units.head_at(
            lambda low, high: self.read(".debug_info", low, high),
            offset,
            last - first,
            self.file.order,
        )

    def _unit_of(self, address: int) -> units.Unit | None:
        lows, highs, offsets = self._load_ranges()
        index = bisect_right(lows, address) - 1
        for at in range(index, max(index - 4, -1), -1):
            if lows[at] <= address < highs[at]:
                head = self._head_at(offsets[at])
                return None if head is None else self._unit(head)
        return None

    def _all_heads(self) -> Sequence[units.Head]:
        if self._heads is None:
            _, first, last = self.file.raw(".debug_info")
            self._heads = tuple(
                units.heads(
                    lambda low, high: self.read(".debug_info", low, high),
                    last - first,
                    self.file.order,
                )
            )
        return self._heads

    def _unit_around(self, offset: int) -> units.Unit | None:
        heads = self._all_heads()
        index = bisect_right([head.offset for head in heads], offset) - 1
        return self._unit(heads[index]) if index >= 0 and offset < heads[index].end else None

    def _load_ranges(self) -> tuple[array[int], array[int], array[int]]:
        """The addresses of all units: from .debug_aranges, else from the units themselves."""
        if self._ranges is None:
            found = self._listed_ranges()
            covered = {offset for _, _, offset in found}
            _, first, last = self.file.raw(".debug_info")
            if last > first and not found:
                found = self._own_ranges(covered)
            found.sort()
            self._ranges = (
                array("Q", [low for low, _, _ in found]),
                array("Q", [high for _, high, _ in found]),
                array("Q", [offset for _, _, offset in found]),
            )
        return self._ranges

    def _listed_ranges(self) -> list[tuple[int, int, int]]:
        """.debug_aranges (DWARF 5, section 6.1.2)."""
        order = self.file.order
        data, first, last = self.file.raw(".debug_aranges")
        raw = self.relocated.apply(".debug_aranges", 0, bytes(data[first:last]))
        found: list[tuple[int, int, int]] = []
        at = 0
        while at + 12 <= len(raw):
            start = at
            length, position, wide = struct.unpack_from(order + "I", raw, at)[0], at + 4, False
            if length == 0xFFFFFFFF:
                length, position, wide = (
                    struct.unpack_from(order + "Q", raw, at + 4)[0],
                    at + 12,
                    True,
                )
            end = position + length
            if length < 8 or end > len(raw):
                break
            form = order + ("HQBB" if wide else "HIBB")
            _, offset, size, segment = struct.unpack_from(form, raw, position)
            at = end
            if size not in (4, 8) or segment:
                continue
            position += struct.calcsize(form)
            position += -(position - start) % (2 * size)
            pair = order + ("QQ" if size == 8 else "II")
            while position + 2 * size <= end:
                low, width = struct.unpack_from(pair, raw, position)
                position += 2 * size
                # Code that was thrown away lies at 0; so does nothing of a linked kernel.
                if width and (low or self.file.is_relocatable):
                    found.append((low, low + width & 0xFFFFFFFFFFFFFFFF, offset))
        return found

    def _own_ranges(self, covered: set[int]) -> list[tuple[int, int, int]]:
        """The addresses that the units themselves state, for files without .debug_aranges."""
        found = []
        for head in self._all_heads():
            if head.offset in covered or head.kind not in (1, 3, 4):
                continue
            unit = self._unit(head)
            if unit is None:
                continue
            ranges = unit.ranges(unit.root, unit.forms)
            found += [
                (low, high, head.offset) for low, high in ranges if low or self.file.is_relocatable
            ]
        return found

    def _line_table(self, unit: units.Unit) -> lines.Table | None:
        at = unit.number(units.AT_STMT_LIST)
        if at is None:
            return None
        known = self._lines.get(at)
        if known is not None:
            self._lines.move_to_end(at)
            return known
        head = self.read(".debug_line", at, at + 12)
        if len(head) < 12:
            return None
        order = self.file.order
        length = struct.unpack_from(order + "I", head)[0]
        whole = (
            length + 4 if length != 0xFFFFFFFF else struct.unpack_from(order + "Q", head, 4)[0] + 12
        )
        data = self.read(".debug_line", at, at + min(whole, 1 << 28))
        table = lines.read(
            data,
            order,
            unit.text(units.AT_COMP_DIR),
            self._text,
            keeps_zero=self.file.is_relocatable,
        )
        for problem in table.problems:
            self._say(f"{self.file.path.name}: {problem}")
        self._lines[at] = table
        while len(self._lines) > _MOST_UNITS:
            self._lines.popitem(last=False)
        return table

    def _text(self, section: str, offset: int) -> bytes:
        data, first, last = self.file.raw(section)
        start = first + offset
        end = data.find(b"\0", start, last)
        return bytes(data[start : end if end >= 0 else start])


def _int(value: units.Value | None) -> int:
    return value if isinstance(value, int) else 0


def opened(path: Path) -> Image:
    """Open an image. Raises `elf.Unreadable` with a sentence for users, and OSError."""
    return of(elf.opened(path, companions.unpacker(path)))


def of(file: elf.Elf) -> Image:
    """The image that an open file is."""
    relocated = relocations.Relocations(file)
    return Image(file, relocated, symbols.Symbols(file, relocated.base))
