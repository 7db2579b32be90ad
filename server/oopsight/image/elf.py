"""One ELF file, mapped: its sections by name, what machine it is for, its build id; damage gives problems, never an exception.

ELF: System V ABI, chapters 4 and 5; compressed sections: `SHF_COMPRESSED` there, and GNU's `.zdebug_` before it.
"""

from __future__ import annotations

import io
import mmap
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

# No section of a kernel is larger unpacked; a header that claims more is damaged.
_MOST_UNPACKED = 1 << 31
_SHF_ALLOC = 0x2
_SHF_EXECINSTR = 0x4
_SHF_COMPRESSED = 0x800
_SHT_NOBITS = "SHT_NOBITS"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: where it lies in the file and in memory."""

    index: int
    name: str
    kind: str
    address: int
    offset: int
    size: int
    flags: int
    link: int
    info: int

    @property
    def is_allocated(self) -> bool:
        """Whether the running kernel has it in memory."""
        return bool(self.flags & _SHF_ALLOC)

    @property
    def is_code(self) -> bool:
        """Whether it holds instructions."""
        return bool(self.flags & _SHF_EXECINSTR)


class Unreadable(Exception):
    """A file that is no ELF file that can be read; the message says why in a full sentence."""


@dataclass(slots=True)
class Elf:
    """A mapped file. `bits` is 32 or 64, `order` `<` or `>` as in `struct`; `is_relocatable` for modules."""

    path: Path
    data: mmap.mmap | bytes
    bits: int
    order: str
    machine: str
    is_relocatable: bool
    sections: tuple[Section, ...]
    by_name: Mapping[str, Section]
    problems: list[str] = field(default_factory=list)
    _unpacked: dict[str, bytes] = field(default_factory=dict)

    def section(self, name: str) -> Section | None:
        """The section of that name, also where it is stored compressed under GNU's older name."""
        return self.by_name.get(name) or self.by_name.get(name.replace(".debug_", ".zdebug_"))

    def raw(self, name: str) -> tuple[mmap.mmap | bytes, int, int]:
        """The bytes of a section as (data, start, end) without copying; nothing where there is none."""
        known = self._unpacked.get(name)
        if known is not None:
            return known, 0, len(known)
        section = self.section(name)
        if section is None or section.kind == _SHT_NOBITS:
            return b"", 0, 0
        start = min(section.offset, len(self.data))
        end = min(section.offset + section.size, len(self.data))
        if end - start < section.size:
            self._say(f"{self.path.name} ends inside of {section.name}: the file is cut off.")
        if section.flags & _SHF_COMPRESSED or section.name.startswith(".zdebug_"):
            whole = self._unpack(section, bytes(self.data[start:end]))
            self._unpacked[name] = whole
            return whole, 0, len(whole)
        return self.data, start, end

    def bytes_of(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """A copy of a part of a section."""
        data, first, last = self.raw(name)
        low = min(first + max(start, 0), last)
        high = last if end is None else min(first + max(end, 0), last)
        return bytes(data[low:high])

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _unpack(self, section: Section, packed: bytes) -> bytes:
        if section.name.startswith(".zdebug_"):
            if packed[:4] != b"ZLIB" or len(packed) < 12:
                return b""
            size, kind, body = struct.unpack(">Q", packed[4:12])[0], 1, packed[12:]
        else:
            head = self.order + ("IIQQ" if self.bits == 64 else "III")
            if len(packed) < struct.calcsize(head):
                return b""
            fields = struct.unpack_from(head, packed)
            kind, size = fields[0], fields[2] if self.bits == 64 else fields[1]
            body = packed[struct.calcsize(head) :]
        if size > _MOST_UNPACKED:
            self._say(
                f"{section.name} of {self.path.name} claims to unpack to {size} bytes; it is not read."
            )
            return b""
        if kind == 1:
            return self._inflated(section, body, size)
        return self._unzstandard(section, body, size)

    def _inflated(self, section: Section, body: bytes, size: int) -> bytes:
        try:
            return zlib.decompressobj().decompress(body, size)
        except zlib.error:
            self._say(f"{section.name} of {self.path.name} cannot be unpacked: it is damaged.")
            return b""

    def _unzstandard(self, section: Section, body: bytes, size: int) -> bytes:
        try:
            import zstandard
        except ImportError:
            self._say(
                f"{section.name} of {self.path.name} is compressed with zstd; install the Python package `zstandard` to read it."
            )
            return b""
        try:
            return bytes(zstandard.ZstdDecompressor().decompress(body, max_output_size=size))
        except zstandard.ZstdError:
            self._say(f"{section.name} of {self.path.name} cannot be unpacked: it is damaged.")
            return b""

    def build_id(self) -> str | None:
        """The build id in hexadecimal digits, from `.note.gnu.build-id` or the kernel's `.notes`."""
        for name in (".note.gnu.build-id", ".notes", ".note"):
            found = _note(self.bytes_of(name), self.order)
            if found is not None:
                return found
        return None


_NT_GNU_BUILD_ID = 3


def _note(data: bytes, order: str) -> str | None:
    """The build id among notes (System V ABI: name size, description size, kind, then both padded to 4 bytes)."""
    at = 0
    while at + 12 <= len(data):
        name_size, size, kind = struct.unpack_from(order + "III", data, at)
        name = data[at + 12 : at + 12 + name_size]
        start = at + 12 + (name_size + 3 & ~3)
        if kind == _NT_GNU_BUILD_ID and name.rstrip(b"\0") == b"GNU" and start + size <= len(data):
            return data[start : start + size].hex()
        at = start + (size + 3 & ~3)
    return None


def opened(path: Path, unpack: Callable[[bytes], bytes] | None = None) -> Elf:
    """Map a file and read its section headers; `unpack` makes the ELF file of a compressed one.

    Raises `Unreadable` with a sentence for users, and OSError.
    """
    data: mmap.mmap | bytes
    with path.open("rb") as stream:
        if unpack is not None:
            data = unpack(stream.read())
        else:
            try:
                data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:
                raise Unreadable(f"{path.name} is empty.") from None
    return _read(path, data)


def of_bytes(path: Path, data: bytes) -> Elf:
    """An ELF file that is in memory."""
    return _read(path, data)


def _read(path: Path, data: mmap.mmap | bytes) -> Elf:
    if data[:4] != b"\x7fELF":
        raise Unreadable(f"{path.name} is no ELF file: its first bytes are not those of one.")
    # Most of the time that a program takes to start; answers that are kept need no headers.
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        stream: Any = io.BytesIO(data) if isinstance(data, bytes) else data
        file = ELFFile(stream)
        order = "<" if file.little_endian else ">"
        sections = tuple(_sections(file, len(data)))
        machine = str(file.header["e_machine"])
        relocatable = file.header["e_type"] == "ET_REL"
        bits = int(file.elfclass)
    except (
        ELFError,
        struct.error,
        OSError,
        ValueError,
        KeyError,
        AttributeError,
        UnicodeDecodeError,
        TypeError,
        IndexError,
        OverflowError,
        MemoryError,
    ) as error:
        # pyelftools raises its own errors, and others on headers that point nowhere.
        raise Unreadable(
            f"{path.name} has damaged ELF headers ({type(error).__name__}); copy the file again."
        ) from None
    by_name: dict[str, Section] = {}
    for section in sections:
        by_name.setdefault(section.name, section)
    return Elf(path, data, bits, order, machine, relocatable, sections, by_name)


# A kernel has some hundred sections, a module with a section a function some thousand.
_MOST_SECTIONS = 65_000


def _sections(file: ELFFile, size: int) -> list[Section]:
    count = file.num_sections()
    if count > _MOST_SECTIONS or count * int(file["e_shentsize"]) > size:
        raise ValueError("more section headers than fit into the file")
    headers = [file._get_section_header(index) for index in range(count)]
    if not headers:
        return []
    names = headers[file.get_shstrndx()]
    start = int(names["sh_offset"])
    table = bytes(_part(file, start, min(int(names["sh_size"]), 1 << 24)))
    found = []
    for index, header in enumerate(headers):
        at = int(header["sh_name"])
        end = table.find(b"\0", at)
        found.append(
            Section(
                index,
                table[at : end if end >= 0 else len(table)].decode("ascii", "replace"),
                str(header["sh_type"]),
                int(header["sh_addr"]),
                int(header["sh_offset"]),
                int(header["sh_size"]),
                int(header["sh_flags"]),
                int(header["sh_link"]),
                int(header["sh_info"]),
            )
        )
    return found


def _part(file: ELFFile, start: int, size: int) -> bytes:
    file.stream.seek(start)
    found: bytes = file.stream.read(size)
    return found
