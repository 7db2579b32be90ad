"""What a vmlinux says of its functions: name, file and line from DWARF, and who calls whom from its machine code.

It reads 64-bit little-endian images whose debug sections are neither compressed nor split, with the standard library
and `objdump` alone.
"""

from __future__ import annotations

import json
import mmap
import re
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# DWARF 5, 7.5 and 7.7.
_SUBPROGRAM, _COMPILE_UNIT = 0x2E, 0x11
_SIBLING, _NAME, _STMT_LIST, _LOW_PC, _COMP_DIR = 0x01, 0x03, 0x10, 0x11, 0x1B
_ORIGIN, _FILE, _LINE, _SPECIFICATION, _RANGES = 0x31, 0x3A, 0x3B, 0x47, 0x55
_WANTED = (
    _SIBLING,
    _NAME,
    _STMT_LIST,
    _LOW_PC,
    _COMP_DIR,
    _ORIGIN,
    _FILE,
    _LINE,
    _SPECIFICATION,
    _RANGES,
)
_SIZES = {
    0x01: 8, 0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x0E: 4, 0x10: 4, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8,
    0x17: 4, 0x19: 0, 0x1E: 16, 0x1F: 4, 0x20: 8, 0x21: 0, 0x25: 1, 0x26: 2, 0x28: 4,
}  # fmt: skip
_LEB = (0x0D, 0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23)
_CALL = re.compile(
    r"^([0-9a-f]{8,16}):\t(call|jmp|bl?|j[a-z]+|b\.\w+|bl\w*)\s+(?:0x)?([0-9a-f]{8,16})\b"
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function with code: `file` as a path in the tree."""

    name: str
    file: str
    line: int
    address: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """How a DIE is laid out: attributes and forms, with constants of the abbreviation."""

    tag: int
    children: bool
    attributes: tuple[tuple[int, int, int], ...]
    fixed: int | None  # bytes, where no form has a length of its own
    sibling: int | None  # where the reference to the next sibling lies (4 bytes)


class _Sections:
    """The sections of an ELF file by name, as views of a mapping."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise SystemExit(f"{path} is no 64-bit little-endian ELF file.")
        (at,) = struct.unpack_from("<Q", self.data, 0x28)
        size, count, names = struct.unpack_from("<HHH", self.data, 0x3A)
        rows = [struct.unpack_from("<IIQQQQ", self.data, at + size * n) for n in range(count)]
        base = rows[names][4]
        self.places = {self.text(base + row[0]): (row[4], row[5]) for row in rows}

    def text(self, at: int) -> str:
        """The zero-terminated string at an offset of the file."""
        return self.data[at : self.data.find(b"\0", at)].decode("utf-8", "replace")

    def symbols(self) -> set[int]:
        """The addresses that have a symbol of a function."""
        at, size = self.places[".symtab"]
        rows = struct.iter_unpack("<IBBHQQ", self.data[at : at + size])
        return {value for _, info, _, section, value, _ in rows if info & 15 == 2 and section}

    def start(self, name: str) -> int:
        """Where a section begins in the file."""
        if name not in self.places:
            raise SystemExit(f"The image has no {name}: name a vmlinux with debug information.")
        return self.places[name][0]


def _uleb(data: mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _abbreviations(data: mmap.mmap, at: int) -> dict[int, _Entry]:
    found = {}
    while True:
        code, at = _uleb(data, at)
        if code == 0:
            return found
        tag, at = _uleb(data, at)
        children = data[at] == 1
        at += 1
        attributes = []
        fixed: int | None = 0
        sibling = None
        while True:
            name, at = _uleb(data, at)
            form, at = _uleb(data, at)
            constant = 0
            if form == 0x21:
                constant, at = _uleb(data, at)
            if name == form == 0:
                break
            if name == _SIBLING and form == 0x13:
                sibling = fixed
            attributes.append((name, form, constant))
            fixed = None if fixed is None or form not in _SIZES else fixed + _SIZES[form]
        found[code] = _Entry(tag, children, tuple(attributes), fixed, sibling)


class _Reader:
    """Reads the compile units of an image, their top level only."""

    def __init__(self, path: Path) -> None:
        self.elf = _Sections(path)
        self.data = self.elf.data
        self.tables: dict[int, dict[int, _Entry]] = {}

    def functions(self, top: Callable[[str], str | None]) -> Iterator[Function]:
        """Every function with an address; `top` makes a path of the tree from a compiler's path."""
        info, end = self.elf.places[".debug_info"]
        at, end = info, info + end
        while at < end:
            length, version = struct.unpack_from("<IH", self.data, at)
            if version >= 5:
                (table,) = struct.unpack_from("<I", self.data, at + 8)
                first = at + 12
            else:
                (table,) = struct.unpack_from("<I", self.data, at + 6)
                first = at + 11
            if table not in self.tables:
                if len(self.tables) > 50:
                    self.tables.clear()
                self.tables[table] = _abbreviations(
                    self.data, self.elf.start(".debug_abbrev") + table
                )
            yield from self._unit(at, first, at + 4 + length, self.tables[table], top)
            at += 4 + length

    def _unit(
        self,
        unit: int,
        at: int,
        end: int,
        table: dict[int, _Entry],
        top: Callable[[str], str | None],
    ) -> Iterator[Function]:
        code, at = _uleb(self.data, at)
        root, at = self._read(table[code], at)
        if table[code].tag != _COMPILE_UNIT or _STMT_LIST not in root:
            return
        dies: dict[int, dict[int, int]] = {}
        for offset, entry, start in self._children(unit, at, end, table):
            if entry.tag == _SUBPROGRAM:
                dies[offset - unit] = self._read(entry, start)[0]
        files: list[str] | None = None
        for die in dies.values():
            if _LOW_PC not in die and _RANGES in die:
                die[_LOW_PC] = self._first(die[_RANGES])
            if _LOW_PC not in die:
                continue
            known = dict(die)
            for _ in range(4):
                origin = known.pop(_ORIGIN, known.pop(_SPECIFICATION, None))
                if origin is None:
                    break
                known = {**dies.get(origin, {}), **known}
            if files is None:
                files = self._files(root[_STMT_LIST], self.elf.text(root[_COMP_DIR]))
            if _NAME in known and _FILE in known and known[_FILE] < len(files):
                file = top(files[known[_FILE]])
                if file is not None:
                    name = self.elf.text(known[_NAME])
                    yield Function(name, file, known.get(_LINE, 0), known[_LOW_PC])

    def _first(self, offset: int) -> int:
        """Where the first range of a function begins that was divided (DWARF 5, 7.25; and of earlier versions)."""
        if ".debug_rnglists" not in self.elf.places:
            return int(
                struct.unpack_from("<Q", self.data, self.elf.start(".debug_ranges") + offset)[0]
            )
        at = self.elf.start(".debug_rnglists") + offset
        kind = self.data[at]
        (address,) = struct.unpack_from("<Q", self.data, at + 1)
        if kind == 0x05:  # a base address, and then an offset from it
            more, _ = _uleb(self.data, at + 10)
            return int(address) + more
        return int(address) if kind in (0x06, 0x07) else 0

    def _children(
        self, unit: int, at: int, end: int, table: dict[int, _Entry]
    ) -> Iterator[tuple[int, _Entry, int]]:
        """The DIEs below the unit's own; what is below them is passed over."""
        data = self.data
        depth = 1
        while at < end and depth:
            offset = at
            code = data[at]
            at += 1
            if code >= 0x80:
                code, at = _uleb(data, offset)
            if code == 0:
                depth -= 1
                continue
            entry = table[code]
            if depth == 1:
                yield offset, entry, at
            if entry.children and entry.sibling is not None:
                at = unit + struct.unpack_from("<I", data, at + entry.sibling)[0]
                continue
            at = at + entry.fixed if entry.fixed is not None else self._read(entry, at)[1]
            if entry.children:
                depth += 1

    def _read(self, entry: _Entry, at: int) -> tuple[dict[int, int], int]:
        """The attributes of a DIE as numbers; a string's number is where it stands in the file."""
        data = self.data
        values = {}
        for name, form, constant in entry.attributes:
            size = _SIZES.get(form)
            if form == 0x21:
                values[name] = constant
            elif size is not None:
                if name in _WANTED:
                    number = int.from_bytes(data[at : at + size], "little")
                    if form == 0x0E:
                        number += self.elf.start(".debug_str")
                    elif form == 0x1F:
                        number += self.elf.start(".debug_line_str")
                    values[name] = number
                at += size
            elif form in _LEB:
                values[name], at = _uleb(data, at)
            elif form == 0x08:
                values[name] = at
                at = data.find(b"\0", at) + 1
            elif form in (0x09, 0x18):
                length, at = _uleb(data, at)
                at += length
            elif form in (0x03, 0x04, 0x0A):
                width = {0x03: 2, 0x04: 4, 0x0A: 1}[form]
                at += width + int.from_bytes(data[at : at + width], "little")
            else:
                raise SystemExit(
                    f"The image uses the DWARF form {form:#x}, which is not read here."
                )
        return values, at

    def _files(self, offset: int, comp_dir: str) -> list[str]:
        """The file names of a line program (DWARF 5, 6.2.4; and of earlier versions), absolute."""
        data = self.data
        at = self.elf.start(".debug_line") + offset
        _, version = struct.unpack_from("<IH", data, at)
        at += 6 + (2 if version >= 5 else 0) + 4
        at += 6 if version >= 4 else 5  # from the length of an instruction to the number of opcodes
        return self._files_at(at, version, comp_dir)

    def _files_at(self, at: int, version: int, comp_dir: str) -> list[str]:
        data = self.data
        opcodes = data[at - 1]
        at += opcodes - 1
        if version >= 5:
            folders, at = self._names(at)
            paths = [_joined(comp_dir, folder) for folder, _ in folders]
            names, at = self._names(at)
            return [_joined(paths[number], name) for name, number in names]
        paths = [comp_dir]
        while data[at]:
            paths.append(_joined(comp_dir, self.elf.text(at)))
            at = data.find(b"\0", at) + 1
        files = [""]
        while data[at]:
            name = self.elf.text(at)
            at = data.find(b"\0", at) + 1
            number, at = _uleb(data, at)
            _, at = _uleb(data, at)
            _, at = _uleb(data, at)
            files.append(_joined(paths[number], name))
        return files

    def _names(self, at: int) -> tuple[list[tuple[str, int]], int]:
        """A table of DWARF 5: (name, number of its folder)."""
        data = self.data
        formats = []
        count = data[at]
        at += 1
        for _ in range(count):
            kind, at = _uleb(data, at)
            form, at = _uleb(data, at)
            formats.append((kind, form, 0))
        entry = _Entry(0, False, tuple(((_NAME if k == 1 else _FILE if k == 2 else 0x2000 + k), f, c) for k, f, c in formats), None, None)  # fmt: skip
        count, at = _uleb(data, at)
        found = []
        for _ in range(count):
            values, at = self._read(entry, at)
            found.append((self.elf.text(values[_NAME]), values.get(_FILE, 0)))
        return found, at


def _joined(folder: str, name: str) -> str:
    return name if name.startswith("/") else f"{folder}/{name}"


def functions(vmlinux: Path, tree: Path) -> list[Function]:
    """Every function of the image whose file is in the tree, by address.

    One without a symbol is left out, since it can be in no stack: a weak one whose code is there but not its name.
    """
    known: dict[str, str | None] = {}

    def top(path: str) -> str | None:
        if path not in known:
            known[path] = _in_tree(path, tree)
        return known[path]

    reader = _Reader(vmlinux)
    symbols = reader.elf.symbols()
    found = {one.address: one for one in reader.functions(top) if one.address in symbols}
    return [found[address] for address in sorted(found)]


def _in_tree(path: str, tree: Path) -> str | None:
    """The part of a compiler's path that is a file of the tree: the longest that is there."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if (tree / tail).is_file():
            return tail
    return None


def calls(vmlinux: Path, known: list[Function]) -> list[tuple[int, int, str]]:
    """Direct calls and jumps between functions: (address of the caller, of the callee, `call` or `jump`)."""
    starts = {one.address for one in known}
    found: dict[tuple[int, int, str], None] = {}
    command = ["objdump", "-d", "--no-show-raw-insn", "-w"]
    sections = ["-j.text", "-j.init.text", "-j.exit.text"]
    here = 0
    with subprocess.Popen(
        [*command, *sections, str(vmlinux)], stdout=subprocess.PIPE, text=True, errors="replace"
    ) as objdump:
        assert objdump.stdout is not None
        for line in objdump.stdout:
            if line.endswith(">:\n"):
                here = int(line[:16], 16)
                continue
            match = _CALL.match(line)
            if match is not None:
                target = int(match[3], 16)
                if target in starts and target != here and here in starts:
                    kind = "call" if match[2] in ("call", "bl") else "jump"
                    found[here, target, kind] = None
    return list(found)


def read(
    vmlinux: Path, tree: Path, cache: Path
) -> tuple[list[Function], list[tuple[int, int, str]]]:
    """Functions and calls of an image, kept as JSON in a folder."""
    status = vmlinux.stat()
    kept = cache / f"functions-{status.st_size}-{status.st_mtime_ns}.json"
    if not kept.exists():
        known = functions(vmlinux, tree)
        told = {
            "functions": [(one.name, one.file, one.line, one.address) for one in known],
            "calls": calls(vmlinux, known),
        }
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(told), encoding="utf-8")
    told = json.loads(kept.read_text(encoding="utf-8"))
    return (
        [Function(*one) for one in told["functions"]],
        [(caller, callee, kind) for caller, callee, kind in told["calls"]],
    )
