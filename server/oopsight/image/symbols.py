"""The symbol table: names to addresses and back, with the sizes that kernels print.

A kernel prints as a symbol's size the distance to the next one that kallsyms keeps, not `st_size` (kernel/kallsyms.c,
`get_symbol_pos`; for modules kernel/module/kallsyms.c, `find_kallsyms_symbol`). kallsyms leaves out what
scripts/kallsyms.c calls ignored: mapping symbols (`$a`, `$x`), local labels (`.L…`), and more that is no code.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from oopsight.image import elf

_STT_FUNC, _STT_NOTYPE, _STT_OBJECT, _STT_SECTION, _STT_FILE, _STT_GNU_IFUNC = 2, 0, 1, 3, 4, 10
_MARKS = frozenset(b"$.")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of the file. `address` is that of the image (a module's sections have one of their own each).

    `size` is the distance to the next symbol of its section, which is what a kernel prints; None for the last one of a
    module's section, whose successor is known to the loader alone.
    `section` is the section's name, `own_size` what the symbol table says (`st_size`), 0 where it says nothing.
    """

    name: str
    address: int
    size: int | None
    section: str
    is_function: bool
    own_size: int = 0

    def covers(self, address: int) -> bool:
        """Whether an address at or behind the symbol is its own: as far as it says how long it is."""
        return not self.own_size or address < self.address + self.own_size


@dataclass(slots=True)
class Symbols:
    """The symbols of one file, read when first asked for."""

    file: elf.Elf
    base: dict[int, int]
    _rows: list[tuple[int, int, int, int, int]] | None = (
        None  # address, section, name's offset, kind, size
    )
    _starts: Sequence[int] = ()
    _strings: bytes = b""
    _names: dict[int, list[int]] | None = None
    _known: dict[str, tuple[Symbol, ...]] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Symbol, ...]:
        """Every symbol of that name, by address."""
        known = self._known.get(name)
        if known is None:
            self._load()
            wanted, strings = name.encode("utf-8", "replace") + b"\0", self._strings
            by_name = self._by_name()
            found: list[int] = []
            # Names that end alike share their bytes, so one may begin within another.
            at = strings.find(wanted)
            while at >= 0:
                found += by_name.get(at, ())
                at = strings.find(wanted, at + 1)
            known = self._known[name] = tuple(self._symbol(index) for index in sorted(found))
        return known

    def _by_name(self) -> dict[int, list[int]]:
        """The rows by where their name begins."""
        if self._names is None:
            self._names = {}
            for index, row in enumerate(self._load()):
                self._names.setdefault(row[2], []).append(index)
        return self._names

    def at(self, address: int) -> Symbol | None:
        """The symbol that an address lies in: the last one at or before it in the same section."""
        rows = self._load()
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        # Of several at one address the first that is a function.
        first = bisect_left(self._starts, rows[index][0])
        best = next(
            (i for i in range(first, index + 1) if rows[i][3] in (_STT_FUNC, _STT_GNU_IFUNC)), first
        )
        section = self.file.sections[rows[best][1]]
        start = self.base.get(section.index, section.address)
        if not start <= address < start + section.size:
            return None
        return self._symbol(best)

    def _symbol(self, index: int) -> Symbol:
        rows = self._load()
        address, section, name, kind, own = rows[index]
        end = self._strings.find(b"\0", name)
        following = bisect_right(self._starts, address)
        size = None
        if following < len(rows) and rows[following][1] == section:
            size = rows[following][0] - address
        elif not self.file.is_relocatable:
            held = self.file.sections[section]
            size = self.base.get(section, held.address) + held.size - address
        return Symbol(
            self._strings[name : end if end >= 0 else None].decode("utf-8", "replace"),
            address,
            size,
            self.file.sections[section].name,
            kind in (_STT_FUNC, _STT_GNU_IFUNC),
            own,
        )

    def _load(self) -> list[tuple[int, int, int, int, int]]:
        if self._rows is not None:
            return self._rows
        wide = self.file.bits == 64
        form = self.file.order + ("IBBHQQ" if wide else "IIIBBH")
        size = struct.calcsize(form)
        table = self.file.section(".symtab")
        data = self.file.bytes_of(".symtab")
        linked = None
        if table is not None and table.link < len(self.file.sections):
            linked = self.file.sections[table.link].name
        self._strings = self.file.bytes_of(linked or ".strtab")
        sections = self.file.sections
        allocated = frozenset(one.index for one in sections if one.is_allocated)
        base = self.base if self.file.is_relocatable else {}
        strings = self._strings
        kinds = frozenset((_STT_NOTYPE, _STT_OBJECT, _STT_FUNC, _STT_GNU_IFUNC))
        rows: list[tuple[int, int, int, int, int]] = []
        entries = struct.iter_unpack(form, data[: len(data) - len(data) % size])
        # 64-bit tables have the value and the size last, 32-bit ones in the middle.
        for entry in entries:
            if wide:
                name, info, _, section, value, own = entry
            else:
                name, value, own, info, _, section = entry
            kind = info & 0xF
            if section not in allocated or kind not in kinds or not name:
                continue
            if name < len(strings) and strings[name] in _MARKS and _is_ignored(strings, name):
                continue
            rows.append((value + base.get(section, 0), section, name, kind, own))
        rows.sort()
        self._rows = rows
        self._starts = [row[0] for row in rows]
        return rows


def _is_ignored(strings: bytes, at: int) -> bool:
    """Whether kallsyms leaves a symbol out: mapping symbols and local labels."""
    end = strings.find(b"\0", at, at + 3)
    if strings[at : at + 1] == b"$":
        return end == at + 2 or strings[at + 2 : at + 3] == b"."
    return strings[at : at + 2] == b".L"
