"""Which files of a tree are sources, and how each looked when it was read."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Folders that never hold kernel code, and outputs.
_SKIPPED = frozenset(
    (".git", ".svn", ".hg", ".repo", "Documentation", "LICENSES", "out", ".venv", "node_modules")
)
# Read first, since most traces need nothing else; the rest follows in the order of its names.
_FIRST = ("include", "kernel", "mm", "arch", "fs", "lib", "block", "init", "ipc", "net", "virt")
_ENDINGS = (".c", ".h", ".S")
# A file of that size is no source; register headers that were generated have up to 30 MB.
_LARGEST = 64 << 20
# Above this a header holds register numbers: of its macros only those that are called are kept.
_LARGE_HEADER = 512 << 10
# Object-like macros are kept where values and regions come from; elsewhere they are mostly register numbers.
_CONSTANTS = ("include/", "mm/", "kernel/", "fs/", "lib/", "block/", "net/", "ipc/")
# File systems count time in steps of up to two seconds (FAT): a change within one step may not show.
_STEP = 2_000_000_000


class File(NamedTuple):
    """A source: its path in the tree, and size, change of content and change of anything (ns) by which an edit shows."""

    path: str
    size: int
    modified: int
    changed: int


def sources(root: Path) -> list[File]:
    """Every C, header and assembler file below `root`, the likeliest folders first. Links and FIFOs are left out."""
    return list(walk(root))


def walk(root: Path) -> Iterator[File]:
    """The same, one after the other as they are found."""
    order = {name: position for position, name in enumerate(_FIRST)}
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name)
        except OSError:
            continue
        below = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.endswith(_ENDINGS):
                status = _status(entry)
                if status is not None:
                    yield File(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                    continue
            if entry.name not in _SKIPPED and entry.is_dir(follow_symlinks=False):
                below.append(path)
        if not folder:
            below.sort(key=lambda path: (order.get(path, len(order)), path))
        stack.extend(reversed(below))


def source(root: Path, path: str) -> File | None:
    """The file `path` as it is now, None when it is no source (any more) or in no folder of sources."""
    folders = path.split("/")[:-1]
    if not path.endswith(_ENDINGS) or not _SKIPPED.isdisjoint(folders):
        return None
    full = root / path
    try:
        status = full.stat(follow_symlinks=False)
        # No folder on the way is a link.
        inside = full.parent.resolve() == root.resolve().joinpath(*folders)
    except OSError:
        return None
    if not inside or not _is_source(status):
        return None
    return File(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        status = entry.stat(follow_symlinks=False)
        entry.name.encode("utf-8")
    except (OSError, UnicodeEncodeError):
        return None
    return status if _is_source(status) else None


def _is_source(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST


def is_large_header(file: File) -> bool:
    """Whether it is one that was generated from a description of registers."""
    return file.path.endswith(".h") and file.size > _LARGE_HEADER


def keeps_constants(path: str, size: int) -> bool:
    """Whether the index keeps the object-like macros of this file."""
    if is_large_header(File(path, size, 0, 0)):
        return False
    return path.startswith(_CONSTANTS) or (path.startswith("arch/") and "/boot/" not in path)


def settled(file: File, now: int | None = None) -> bool:
    """Whether a later edit of the file will show: not when it was written just now, within one step of its clock.

    Any distance in the future counts as settled, since a clock that was set back gives other times to new edits.
    """
    now = time.time_ns() if now is None else now
    return abs(now - file.modified) > _STEP
