"""Line programs: address → file and line (DWARF 5, section 6.2), for versions 2 to 5."""

from __future__ import annotations

import itertools
import posixpath
import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from oopsight.image import abbreviations, cursors

# The most rows of one unit: no kernel's has a hundredth of it.
_MOST_ROWS = 4_000_000


@dataclass(slots=True)
class Table:
    """The rows of one unit: flat arrays in the order of the addresses, and the names of its files.

    A row with line 0 belongs to no line; one with file -1 ends a sequence.
    """

    addresses: array[int]
    files: array[int]
    lines: array[int]
    columns: array[int]
    names: Sequence[str]
    problems: list[str] = field(default_factory=list)

    def at(self, address: int) -> tuple[str | None, int, int]:
        """File, line and column of an address; None, 0, 0 where no row covers it."""
        index = bisect_right(self.addresses, address) - 1
        if index < 0 or self.files[index] < 0:
            return None, 0, 0
        return self.name(self.files[index]), self.lines[index], self.columns[index]

    def name(self, file: int) -> str | None:
        """The path of a file as the compiler saw it, joined with its directory."""
        return self.names[file] if 0 <= file < len(self.names) else None


@dataclass(slots=True)
class _Head:
    version: int
    is_wide: bool
    address_size: int
    minimum: int
    most_operations: int
    line_base: int
    line_range: int
    opcode_base: int
    lengths: Sequence[int]
    names: list[str]
    start: int
    end: int


Text = Callable[[str, int], bytes]


def read(data: bytes, order: str, directory: str | None, text: Text, *, keeps_zero: bool) -> Table:
    """The rows of the program that begins with `data`.

    `directory` is the unit's, `text(section, offset)` gives strings of other sections. Sequences that begin at
    address 0 are of code that the linker threw away; only a module's own are kept (`keeps_zero`).
    """
    try:
        head = _head(data, order, directory, text)
    except (IndexError, ValueError, struct.error):
        return Table(
            array("Q"), array("i"), array("I"), array("H"), (), ["The line table is damaged."]
        )
    return _run(data, order, head, keeps_zero=keeps_zero)


def _head(data: bytes, order: str, directory: str | None, text: Text) -> _Head:
    length = struct.unpack_from(order + "I", data)[0]
    at, wide = 4, length == 0xFFFFFFFF
    if wide:
        length, at = struct.unpack_from(order + "Q", data, 4)[0], 12
    end = min(at + length, len(data))
    version = struct.unpack_from(order + "H", data, at)[0]
    if not 2 <= version <= 5:
        raise ValueError("unknown version")
    at += 2
    address_size = 8
    if version >= 5:
        address_size = data[at]
        at += 2
    offset = order + ("Q" if wide else "I")
    header = struct.unpack_from(offset, data, at)[0]
    at += struct.calcsize(offset)
    start = at + header
    minimum = data[at]
    at += 1
    most = 1
    if version >= 4:
        most = data[at]
        at += 1
    line_base = struct.unpack_from("b", data, at + 1)[0]
    line_range, opcode_base = data[at + 2], data[at + 3]
    at += 4
    if not line_range or not opcode_base:
        raise ValueError("a line range of 0")
    lengths = data[at : at + opcode_base - 1]
    at += opcode_base - 1
    names = (
        _names(data, at, order, wide=wide, text=text)
        if version >= 5
        else _old_names(data, at, directory)
    )
    return _Head(
        version,
        wide,
        address_size,
        minimum,
        most or 1,
        line_base,
        line_range,
        opcode_base,
        lengths,
        names,
        start,
        end,
    )


def _joined(directory: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(directory, name)) if name else name


def _old_names(data: bytes, at: int, directory: str | None) -> list[str]:
    """Directories and files before DWARF 5: numbers begin at 1, 0 is the unit's directory."""
    directories = [directory or ""]
    while data[at]:
        name, at = cursors.text(data, at)
        directories.append(_joined(directories[0], name.decode("utf-8", "replace")))
    at += 1
    names = [""]
    while data[at]:
        name, at = cursors.text(data, at)
        of, at = cursors.uleb(data, at)
        _, at = cursors.uleb(data, at)
        _, at = cursors.uleb(data, at)
        parent = directories[of] if of < len(directories) else ""
        names.append(_joined(parent, name.decode("utf-8", "replace")))
    return names


# DW_LNCT_path, DW_LNCT_directory_index
_PATH, _DIRECTORY = 1, 2


def _names(data: bytes, at: int, order: str, *, wide: bool, text: Text) -> list[str]:
    """Directories and files of DWARF 5."""
    rows, at = _entries(data, at, order, wide=wide, text=text)
    first = rows[0][0] if rows else ""
    directories = [_joined(first, name) for name, _ in rows]
    files, at = _entries(data, at, order, wide=wide, text=text)
    return [_joined(directories[of] if of < len(directories) else "", name) for name, of in files]


def _entries(
    data: bytes, at: int, order: str, *, wide: bool, text: Text
) -> tuple[list[tuple[str, int]], int]:
    little = order == "<"
    kinds = []
    count = data[at]
    at += 1
    for _ in range(count):
        kind, at = cursors.uleb(data, at)
        form, at = cursors.uleb(data, at)
        kinds.append((kind, form))
    count, at = cursors.uleb(data, at)
    if count > len(data):
        raise ValueError("more files than bytes")
    found = []
    for _ in range(count):
        name, directory = b"", 0
        for kind, form in kinds:
            size = abbreviations.size_of(form, 8, 8 if wide else 4, 5)
            if size >= 0:
                number = int.from_bytes(data[at : at + size], "little" if little else "big")
                at += size
                if form in (0x0E, 0x1F) and kind == _PATH:
                    name = text(".debug_str" if form == 0x0E else ".debug_line_str", number)
                elif kind == _DIRECTORY:
                    directory = number
            elif form == 0x08:
                value, at = cursors.text(data, at)
                name = value if kind == _PATH else name
            elif form in (0x0F, 0x0D):
                number, at = cursors.uleb(data, at)
                directory = number if kind == _DIRECTORY else directory
            else:
                at = abbreviations.skipped(data, at, form, little=little)
        found.append((name.decode("utf-8", "replace"), directory))
    return found, at


def _run(data: bytes, order: str, head: _Head, *, keeps_zero: bool) -> Table:
    """Run the program; rows of each sequence are kept together and sorted by where the sequence begins."""
    sequences: list[tuple[int, list[int], list[int], list[int], list[int]]] = []
    problems: list[str] = []
    try:
        _sequences(data, order, head, sequences, keeps_zero=keeps_zero)
    except (IndexError, ValueError, struct.error):
        problems.append("The line table is damaged; the lines before that place are used.")
    sequences.sort(key=lambda one: one[0])
    table = Table(array("Q"), array("i"), array("I"), array("H"), head.names, problems)
    for _, addresses, files, lines, columns in sequences:
        if any(later < sooner for sooner, later in itertools.pairwise(addresses)):
            rows = sorted(
                zip(addresses, files, lines, columns, strict=True), key=lambda row: row[0]
            )
            addresses, files, lines, columns = (list(part) for part in zip(*rows, strict=True))
        table.addresses.extend(addresses)
        table.files.extend(files)
        table.lines.extend(lines)
        table.columns.extend(columns)
    return table


def _sequences(
    data: bytes,
    order: str,
    head: _Head,
    out: list[tuple[int, list[int], list[int], list[int], list[int]]],
    *,
    keeps_zero: bool,
) -> None:
    minimum, line_base, line_range, opcode_base = (
        head.minimum,
        head.line_base,
        head.line_range,
        head.opcode_base,
    )
    constant_add = (255 - opcode_base) // line_range * minimum
    at, end, rows = head.start, head.end, 0
    mask = (1 << 64) - 1
    while at < end:
        address, file, line, column = 0, 1, 1, 0
        addresses: list[int] = []
        files: list[int] = []
        lines: list[int] = []
        columns: list[int] = []
        while at < end:
            opcode = data[at]
            at += 1
            if opcode >= opcode_base:
                opcode -= opcode_base
                address += opcode // line_range * minimum
                line += line_base + opcode % line_range
            elif opcode == 1:
                pass
            elif opcode == 2:
                advance, at = cursors.uleb(data, at)
                address = address + advance * minimum & mask
                continue
            elif opcode == 3:
                advance, at = cursors.sleb(data, at)
                line += advance
                continue
            elif opcode == 4:
                file, at = cursors.uleb(data, at)
                continue
            elif opcode == 5:
                column, at = cursors.uleb(data, at)
                continue
            elif opcode == 8:
                address += constant_add
                continue
            elif opcode == 9:
                address += struct.unpack_from(order + "H", data, at)[0]
                at += 2
                continue
            elif opcode in (6, 7, 10, 11):
                continue
            elif opcode == 0:
                length, at = cursors.uleb(data, at)
                kind = data[at]
                if kind == 1:
                    addresses.append(address & mask)
                    files.append(-1)
                    lines.append(0)
                    columns.append(0)
                    at += length
                    break
                if kind == 2:
                    address = int.from_bytes(
                        data[at + 1 : at + length], "little" if order == "<" else "big"
                    )
                if length == 0:
                    raise ValueError("an empty extended operation")
                at += length
                continue
            elif opcode == 12:
                _, at = cursors.uleb(data, at)
                continue
            else:
                for _ in range(head.lengths[opcode - 1]):
                    _, at = cursors.uleb(data, at)
                continue
            rows += 1
            if rows > _MOST_ROWS:
                raise ValueError("too many rows")
            addresses.append(address & mask)
            files.append(file if file < 1 << 30 else 0)
            lines.append(line if 0 <= line < 1 << 32 else 0)
            columns.append(column if column < 1 << 16 else 0)
        if addresses and files[-1] == -1 and (addresses[0] or keeps_zero):
            out.append((addresses[0], addresses, files, lines, columns))
