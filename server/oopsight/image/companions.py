"""Which files belong together: modules by their name, debugging information by build id or debug link.

Where they are looked for: directories that the user names, and where distributions put them (`/usr/lib/debug`; see "Separate
Debug Files" in GDB's manual, whose order this is).
"""

from __future__ import annotations

import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from oopsight.image import elf

SYSTEM = Path("/usr/lib/debug")
_MODULE = re.compile(
    r"(?P<name>[\w.+-]{1,128}?)\.ko(?:\.debug)?(?P<packed>\.(?:gz|xz|zst))?\Z|(?P<bare>[\w.+-]{1,128})\.debug\Z",
    re.ASCII,
)
# A build directory of a kernel has some ten thousand directories.
_MOST_DIRECTORIES = 60_000
# No module is larger unpacked.
_MOST_UNPACKED = 1 << 30


def module_name(name: str) -> str:
    """A module's name as kernels print it: files are called `snd-pcm.ko`, the module `snd_pcm`."""
    return name.replace("-", "_")


@dataclass(slots=True)
class Directory:
    """The modules below one directory, found when first asked for; files with debugging information first."""

    root: Path
    _found: Mapping[str, tuple[Path, ...]] | None = None

    def modules(self, name: str) -> tuple[Path, ...]:
        """Every file that can be the module of that name."""
        if self._found is None:
            found: dict[str, list[Path]] = {}
            for path in _files(self.root):
                match = _MODULE.match(path.name)
                if match:
                    key = module_name(match["name"] or match["bare"])
                    found.setdefault(key, []).append(path)
            self._found = {key: tuple(sorted(paths, key=_rank)) for key, paths in found.items()}
        return self._found.get(module_name(name), ())


def _rank(path: Path) -> tuple[bool, bool, int, str]:
    """Debug files first, then unpacked ones."""
    return (
        ".debug" not in path.suffixes and path.suffix != ".debug",
        path.suffix in (".gz", ".xz", ".zst"),
        len(path.parts),
        str(path),
    )


def _files(root: Path) -> Iterator[Path]:
    """Every file below a directory; links to directories are not followed, and what cannot be read is left out."""
    for seen, (folder, names, files) in enumerate(os.walk(root)):
        if seen == _MOST_DIRECTORIES:
            return
        names.sort()
        for name in sorted(files):
            yield Path(folder, name)


@dataclass(frozen=True, slots=True)
class Search:
    """Where files are looked for; `directories` are the user's."""

    directories: tuple[Directory, ...] = ()
    system: Path = SYSTEM

    def module(self, name: str, build_id: str | None) -> tuple[Path, ...]:
        """The files of a module, the best first; by build id, where one is printed, before all."""
        found = [*self._by_build_id(build_id)]
        for directory in self.directories:
            found += [path for path in directory.modules(name) if path not in found]
        return tuple(found)

    def debug_files(self, path: Path, build_id: str | None, link: str | None) -> tuple[Path, ...]:
        """Where the debugging information of a stripped file may be, the best first."""
        found = [*self._by_build_id(build_id)]
        if link and "/" not in link and link not in (".", ".."):
            roots = [path.parent, path.parent / ".debug"]
            roots += [directory.root for directory in self.directories]
            roots.append(self.system / path.parent.relative_to(path.anchor))
            found += [root / link for root in roots]
        return tuple(one for one in dict.fromkeys(found) if one != path and one.is_file())

    def _by_build_id(self, build_id: str | None) -> Iterator[Path]:
        if build_id is None or len(build_id) < 4:
            return
        roots = [self.system, *(directory.root for directory in self.directories)]
        for root in roots:
            path = root / ".build-id" / build_id[:2] / f"{build_id[2:]}.debug"
            if path.is_file():
                yield path


def unpacker(path: Path) -> Callable[[bytes], bytes] | None:
    """How a compressed module is unpacked; None for a plain file. Raises `elf.Unreadable` when it is called in vain."""
    return {".gz": _gunzip, ".xz": _unxz, ".zst": _unzstd}.get(path.suffix)


def _gunzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MOST_UNPACKED)
    except (zlib.error, gzip.BadGzipFile):
        raise elf.Unreadable("The module cannot be unpacked: its gzip data are damaged.") from None


def _unxz(data: bytes) -> bytes:
    try:
        return lzma.LZMADecompressor(memlimit=1 << 29).decompress(data, _MOST_UNPACKED)
    except lzma.LZMAError:
        raise elf.Unreadable("The module cannot be unpacked: its xz data are damaged.") from None


def _unzstd(data: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise elf.Unreadable(
            "The module is compressed with zstd; install the Python package `zstandard` to read it."
        ) from None
    try:
        return bytes(zstandard.ZstdDecompressor().decompressobj().decompress(data))
    except zstandard.ZstdError:
        raise elf.Unreadable("The module cannot be unpacked: its zstd data are damaged.") from None


def link_of(file: elf.Elf) -> tuple[str, int] | None:
    """The name and checksum (CRC-32) of the companion that `.gnu_debuglink` names."""
    data = file.bytes_of(".gnu_debuglink")
    name = data.partition(b"\0")[0]
    if not name or len(data) < 8:
        return None
    number = int.from_bytes(data[-4:], "little" if file.order == "<" else "big")
    return name.decode("utf-8", "replace"), number
