"""Name → definitions of a whole tree, kept in the user's cache and brought up to date file by file.

The index can be deleted at any time; that costs seconds. Where it cannot be kept on disk it is kept in memory.

Schema history: 1, first. 2, functions that macros with a body make, named by their first argument; headers
that are wrapped before their `{`. 3, packed rows of each file and sorted keys; macros that are used outside of functions.
4 and 5, lines in two bytes where they fit. 6, labels that assembler macros make of their arguments; functions whose name
alone a macro makes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from oopsight.tree import listing, packing, scan, stores, workers
from oopsight.tree.listing import File
from oopsight.tree.rows import KINDS, Found, Row, Use
from oopsight.tree.workers import Cancelled, Part

__all__ = ["SCHEMA", "Cancelled", "Index", "build", "cache_folder", "index_file"]

SCHEMA = 6
_OLD = ("index-1-", "index-2-", "index-3-", "index-4-")
# What a stop of the process may lose.
_SECONDS_BETWEEN_WRITES = 2.0
_KEPT_NAMES = 50_000
_KEPT_FILES = 200

Progress = Callable[[int, int], None]


def cache_folder() -> Path:
    """The user's cache directory for this tool (XDG Base Directory Specification)."""
    base = os.environ.get("OOPSIGHT_CACHE")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oopsight"


def index_file(root: Path) -> Path:
    """Where the index of the tree at `root` is kept."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    return cache_folder() / f"index-{SCHEMA}-{digest}.sqlite"


@dataclass(frozen=True, slots=True)
class Sought:
    """A name that was searched for, with one of its definitions."""

    name: str
    path: str
    row: Row


class Index:
    """What is known of a tree's names. An index without a store is empty and not `complete`.

    `problem` says in full sentences why it is not kept on disk.
    """

    def __init__(
        self, store: stores.Store | None, root: Path | None = None, problem: str | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._store = store
        self._root = root
        self._names: dict[str, tuple[tuple[str, Row], ...]] = {}
        self._files: dict[int, Found] = {}
        self.problem = problem
        self._complete = store is not None and store.complete
        if store is not None:
            store.reload()

    @property
    def complete(self) -> bool:
        """Whether every file of the tree was read."""
        return self._complete

    @property
    def written(self) -> bool:
        """Whether anything was changed since this index was opened."""
        return self._store is not None and self._store.written

    @property
    def store(self) -> stores.Store | None:
        """Where it is kept; None for an empty one."""
        return self._store

    def in_memory(self) -> stores.Store | None:
        """A copy of what is kept in memory only; None for an index on disk and for an empty one."""
        if self._store is None or self._store.path is not None:
            return None
        with self._lock:
            return self._store.copied()

    def find(self, name: str) -> tuple[tuple[str, Row], ...]:
        """Every definition of `name`, as (path, row), in the order of paths and lines."""
        if self._store is None:
            return ()
        with self._lock:
            self._refresh(self._store)
            found = self._names.get(name)
            if found is None:
                pairs = self._holding(self._store, packing.key_of_name(name))
                found = tuple((path, row) for path, in_file in pairs for row in in_file.rows if row.name == name)  # fmt: skip
                if len(self._names) > _KEPT_NAMES:
                    self._names.clear()
                self._names[name] = found
        return found

    def tables(self, type_name: str) -> tuple[tuple[str, Row], ...]:
        """Every initialised variable or array of `struct type_name`."""
        if self._store is None:
            return ()
        with self._lock:
            self._refresh(self._store)
            pairs = self._holding(self._store, packing.key_of_type(type_name))
            return tuple((path, row) for path, found in pairs for row in found.rows if row.type_name == type_name)  # fmt: skip

    def uses(self, word: str) -> tuple[tuple[str, Use], ...]:
        """Every macro outside of functions that is given this word among its first arguments."""
        if self._store is None:
            return ()
        with self._lock:
            self._refresh(self._store)
            pairs = self._holding(self._store, packing.key_of_word(word))
            return tuple((path, use) for path, found in pairs for use in found.uses if use.word == word)  # fmt: skip

    def rows(self, path: str) -> tuple[Row, ...] | None:
        """Everything that a file defines, None where this state of it was not read, or not its constants."""
        if self._store is None or self._root is None:
            return None
        try:
            status = os.lstat(f"{self._root}/{path}")
        except (OSError, ValueError):
            return None
        if not listing.keeps_constants(path, status.st_size):
            return None
        file = File(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._refresh(self._store)
            found = self._store.found_as(file)
            return None if found is None else tuple(found.rows)
        return None

    def search(self, pattern: str, most: int) -> tuple[str, ...]:
        """Names that a regular expression over bytes finds between two line ends, at most so many."""
        if self._store is None:
            return ()
        compiled = re.compile(pattern.encode("latin-1", "replace"))
        names: dict[str, None] = {}
        with self._lock:
            self._refresh(self._store)
            packed = self._store.packed_names()
        # Others may ask while this goes on.
        for text in stores.names(packed):
            names.update((one.decode("latin-1"), None) for one in compiled.findall(text))
            if len(names) >= most:
                break
        return tuple(names)[:most]

    def counts(self) -> dict[str, int]:
        """Numbers for people: files, and definitions by kind."""
        if self._store is None:
            return {}
        with self._lock:
            files, kinds = self._store.counts()
        named = {kind.value: count for kind, count in zip(KINDS, kinds, strict=True) if count}
        return {"files": files, **named}

    def _refresh(self, store: stores.Store) -> None:
        """Another process may have written."""
        with contextlib.suppress(sqlite3.Error):
            if store.refresh():
                self._names.clear()
                self._files.clear()

    def _holding(self, store: stores.Store, key: int) -> list[tuple[str, Found]]:
        try:
            paths = store.files_of(key)
            return sorted(
                ((path, self._found(store, number, path)) for number, path in paths.items()),
                key=lambda pair: pair[0],
            )
        except sqlite3.Error:
            return []

    def _found(self, store: stores.Store, number: int, path: str) -> Found:
        """What a file defines; from the file itself when the index does not say."""
        kept = self._files.get(number)
        if kept is None:
            kept = store.found(number) or _from_file(self._root, path)
            while len(self._files) >= _KEPT_FILES:
                self._files.pop(next(iter(self._files)))
            self._files[number] = kept
        return kept


def _from_file(root: Path | None, path: str) -> Found:
    file = None if root is None else listing.source(root, path)
    if root is None or file is None:
        return Found([], [])
    try:
        data = (root / path).read_bytes()
    except OSError:
        return Found([], [])
    return scan.scan(path, data, constants=listing.keeps_constants(path, file.size))


def build(
    root: Path,
    *,
    rebuild: bool = False,
    only: Sequence[str] | None = None,
    before: Index | None = None,
    wanted: Sequence[str] = (),
    progress: Progress | None = None,
    grown: Callable[[Index], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Index:
    """The complete index of the tree at `root`, reading only files that changed since the last time.

    With `only`, just these paths are looked at, where the index is complete. Where it cannot be kept on disk, an index
    in memory from `before` is brought up to date instead of being made anew. Where it is empty, the files
    that may define the `wanted` names are read first, and `grown` is given what is known then, once or twice. `progress` is told
    (files done, files to do). Raises `Cancelled` when `cancelled` says so; what was read by then is kept.
    """
    target = index_file(root)
    work = _Work(root, rebuild, only, wanted, progress, grown, cancelled)
    try:
        with stores.only_writer(target, cancelled):
            _sweep(target.parent)
            try:
                return work.fill(_opened(target, rebuild), None)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                return work.fill(_opened(target, anew=True), None)
    except (sqlite3.Error, OSError) as error:
        problem = (
            f"The index of the kernel tree cannot be kept in {target.parent} ({error}), so it is made anew at every start. "
            "Make that directory writable, or name another one in XDG_CACHE_HOME."
        )
        kept = None if before is None or rebuild else before.in_memory()
        return work.fill(kept or stores.Store(None), problem)


def _opened(target: Path, anew: bool) -> stores.Store:
    """The store on disk; a damaged one is made anew."""
    if anew:
        _remove(target)
    try:
        return stores.Store(target)
    except (sqlite3.DatabaseError, TypeError) as error:
        if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
            raise
        _remove(target)
        return stores.Store(target)


def _remove(target: Path) -> None:
    for path in (target, target.with_name(f"{target.name}-journal")):
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Work:
    """What `build` was asked for."""

    root: Path
    rebuild: bool
    only: Sequence[str] | None
    wanted: Sequence[str]
    progress: Progress | None
    grown: Callable[[Index], None] | None
    cancelled: Callable[[], bool] | None

    def fill(self, store: stores.Store, problem: str | None) -> Index:
        """Bring a store up to date."""
        with workers.Cores() as cores:
            known = store.known()
            complete = bool(known) and store.complete
            if complete and self.only is not None:
                listed = {path: listing.source(self.root, path) for path in self.only}
                files = [file for file in listed.values() if file is not None]
                gone = [path for path, file in listed.items() if file is None and path in known]
            else:
                found = listing.walk(self.root)
                files = list(found if complete else cores.awaited(found))
                gone = list(known.keys() - {file.path for file in files})
            changed = [
                file for file in files if file.path not in known or known[file.path][1] != file
            ]
            if changed or gone or not complete:
                self._write(cores, store, changed, gone, problem)
        return Index(store, self.root, problem)

    def _write(
        self,
        cores: workers.Cores,
        store: stores.Store,
        files: Sequence[File],
        gone: Iterable[str],
        problem: str | None,
    ) -> None:
        first = store.begin(gone)
        numbered = list(enumerate((_as_read(file) for file in files), first))
        real = os.path.realpath(self.root)
        done = 0
        if self.wanted and not store.complete:
            for some in _likeliest_first(numbered):
                parts = list(cores.with_names(real, some, self.wanted, self.cancelled))
                if not any(part.files for part in parts):
                    continue
                store.add(parts)
                read = {scanned.number for part in parts for scanned in part.files}
                numbered = [one for one in numbered if one[0] not in read]
                done += len(read)
                if self.grown is not None:
                    self.grown(Index(store, self.root, problem))
        waiting: list[Part] = []
        written = time.monotonic()
        with contextlib.closing(cores.scanned(real, numbered, self.cancelled)) as found:
            try:
                for part in found:
                    waiting.append(part)
                    done += len(part.files)
                    if self.progress is not None:
                        self.progress(done, len(files))
                    if time.monotonic() - written > _SECONDS_BETWEEN_WRITES:
                        store.add(waiting)
                        waiting.clear()
                        written = time.monotonic()
            except Cancelled:
                store.add(waiting)
                raise
        store.add(waiting)
        store.finish()


# Most of a tree's bytes, and few of a trace's frames.
_LATER = ("drivers/", "sound/", "tools/", "samples/", "scripts/", "Documentation/")


def _likeliest_first(files: Sequence[workers.Numbered]) -> tuple[list[workers.Numbered], ...]:
    """The files that may define a function of a trace, in two parts; large headers hold register numbers."""
    worth = [one for one in files if not listing.is_large_header(one[1])]
    return (
        [one for one in worth if not one[1].path.startswith(_LATER)],
        [one for one in worth if one[1].path.startswith(_LATER)],
    )


def _as_read(file: File) -> File:
    """The state under which a file is remembered: one that no later look finds the same, where an edit might not show."""
    return file if listing.settled(file) else file._replace(changed=-1)


_ABANDONED_AFTER = 24 * 3600  # seconds; no index takes that long to make


def _sweep(folder: Path) -> None:
    """Remove what earlier versions have left."""
    for left in (*folder.glob("*.tmp"), *(each for old in _OLD for each in folder.glob(f"{old}*"))):
        with contextlib.suppress(OSError):
            if left.suffix != ".tmp" or time.time() - left.stat().st_mtime > _ABANDONED_AFTER:
                left.unlink()
