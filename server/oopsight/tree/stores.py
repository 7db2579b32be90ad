"""The index of a tree on disk: a SQLite file in the user's cache, changed in transactions, so that a stop at any
moment leaves what was true before or after.

`file` says which state of each source was read, `found` what was found in it, `part` where to look for a name: sorted
numbers, key << 32 | file, in one part or several. A file that is read again gets a new number; a number that is
not in `file` any more counts for nothing.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from oopsight.tree import packing
from oopsight.tree.listing import File
from oopsight.tree.rows import KINDS, Found
from oopsight.tree.workers import Cancelled, Part

_TABLES = """
CREATE TABLE state (name TEXT PRIMARY KEY, number INT) WITHOUT ROWID;
CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT UNIQUE, size INT, modified INT, changed INT, counts BLOB);
CREATE TABLE found (file INTEGER PRIMARY KEY, packed BLOB);
CREATE TABLE part (id INTEGER PRIMARY KEY, postings BLOB, sum INT, names BLOB);
INSERT INTO state VALUES ('complete', 0), ('next', 1), ('dead', 0);
"""
# More parts than these, or more entries of files that were read again, are put together.
_MOST_PARTS = 24
_MOST_DEAD = 0.2
_BUSY_SECONDS = 20.0
_SLICE_BITS = 6


class Store:
    """One index, on disk or in memory. Methods may be called from any thread, one at a time."""

    def __init__(self, file: Path | None) -> None:
        """Open or make the index at `file`, in memory for None; raises `sqlite3.Error` or `OSError`."""
        self.path = file
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(
            ":memory:" if file is None else file,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise
        self._made = self._database.total_changes
        self._identity = self._status()
        self._version = -1
        self._parts: list[array[int]] = []

    def _prepare(self) -> None:
        # Nothing is lost but time when the machine itself stops; a process that is killed loses nothing.
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("PRAGMA cache_size = -2000")
        with self._transaction():
            if not self._database.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._database.execute(statement)
        self._database.execute("SELECT number FROM state WHERE name = 'next'").fetchone()[0]

    def copied(self) -> Store:
        """The same index once more, in memory; what is written to one is not in the other."""
        other = Store.__new__(Store)
        other.path = None
        other._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._database.backup(other._database)
        other._made = other._database.total_changes
        other._identity = None
        other._version = -1
        other._parts = []
        return other

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    @property
    def written(self) -> bool:
        """Whether anything was changed through this connection."""
        return self._database.total_changes > self._made

    def _status(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        status = self.path.stat()
        return status.st_dev, status.st_ino

    def replaced(self) -> bool:
        """Whether the file on disk is not the opened one any more."""
        try:
            return self._status() != self._identity
        except OSError:
            return True

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    # What is known

    def _number(self, name: str) -> int:
        found = self._database.execute("SELECT number FROM state WHERE name = ?", (name,))
        return int(found.fetchone()[0])

    @property
    def complete(self) -> bool:
        """Whether every file of the tree was read at some time."""
        return bool(self._number("complete"))

    def known(self) -> dict[str, tuple[int, File]]:
        """Number and read state of every file."""
        rows = self._database.execute("SELECT id, path, size, modified, changed FROM file")
        return {row[1]: (row[0], File(*row[1:])) for row in rows}

    def refresh(self) -> bool:
        """Take over what another connection has written; whether there was anything."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return False
        self._version = version
        self._load()
        return True

    def reload(self) -> None:
        """Take over everything that was written."""
        self._version = -1
        self.refresh()

    def _load(self) -> None:
        rows = self._database.execute("SELECT postings, sum FROM part ORDER BY id")
        self._parts = [_checked(*row) for row in rows]

    def files_of(self, key: int) -> dict[int, str]:
        """Number and path of the files that may hold what the key stands for."""
        numbers: list[int] = []
        for part in self._parts:
            at = bisect_left(part, key << 32)
            while at < len(part) and part[at] >> 32 == key:
                numbers.append(part[at] & 0xFFFFFFFF)
                at += 1
        paths: dict[int, str] = {}
        for low in range(0, len(numbers), 500):
            some = numbers[low : low + 500]
            marks = ",".join("?" * len(some))
            paths.update(
                self._database.execute(f"SELECT id, path FROM file WHERE id IN ({marks})", some)
            )
        return paths

    def found(self, number: int) -> Found | None:
        """What was found in a file; None when that is not to be read."""
        row = self._database.execute(
            "SELECT packed FROM found WHERE file = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        try:
            return packing.unpacked(row[0])
        except packing.Damaged:
            return None

    def found_as(self, file: File) -> Found | None:
        """What was found in a file; None when not in this state of it."""
        row = self._database.execute(
            "SELECT id, path, size, modified, changed FROM file WHERE path = ?", (file.path,)
        ).fetchone()
        return None if row is None or File(*row[1:]) != file else self.found(row[0])

    def counts(self) -> tuple[int, list[int]]:
        """How many files were read, and how many definitions of each kind are in them."""
        files = 0
        total = [0] * len(KINDS)
        for (packed,) in self._database.execute("SELECT counts FROM file"):
            one = array("I")
            one.frombytes(packed)
            files += 1
            total = [sum(pair) for pair in zip(total, one, strict=True)]
        return files, total

    def packed_names(self) -> list[bytes]:
        """The names of functions, macros, labels and structures, for `names`."""
        return [row[0] for row in self._database.execute("SELECT names FROM part ORDER BY id")]

    def number_of_files(self) -> int:
        """How many files were read."""
        return int(self._database.execute("SELECT count(*) FROM file").fetchone()[0])

    # Writing

    def begin(self, gone: Iterable[str]) -> int:
        """Forget files; the first free number."""
        with self._transaction():
            self._forget(gone)
            return self._number("next")

    def _forget(self, paths: Iterable[str]) -> None:
        for path in paths:
            row = self._database.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone()
            if row is not None:
                self._database.execute("DELETE FROM found WHERE file = ?", row)
                self._database.execute("DELETE FROM file WHERE id = ?", row)
                self._database.execute("UPDATE state SET number = number + 1 WHERE name = 'dead'")

    def add(self, parts: Iterable[Part]) -> None:
        """Add what was found; files that were known by another number are replaced."""
        with self._transaction():
            for part in parts:
                self._forget(one.file.path for one in part.files)
                self._database.executemany(
                    "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
                    [(one.number, *one.file, one.counts) for one in part.files],
                )
                self._database.executemany(
                    "INSERT INTO found VALUES (?, ?)",
                    [(one.number, one.packed) for one in part.files],
                )
                self._database.execute(
                    "INSERT INTO part (postings, sum, names) VALUES (?, ?, ?)",
                    (part.postings, zlib.crc32(part.postings), _zipped([part.names])),
                )
                last = max((one.number for one in part.files), default=0)
                self._database.execute(
                    "UPDATE state SET number = max(number, ?) WHERE name = 'next'", (last + 1,)
                )

    def finish(self) -> None:
        """Everything was read: put the parts together where they are many."""
        with self._transaction():
            parts = self._database.execute("SELECT count(*) FROM part").fetchone()[0]
            dead = self._number("dead")
            if parts > _MOST_PARTS or dead > _MOST_DEAD * self.number_of_files():
                self._put_together()
            self._database.execute("UPDATE state SET number = 1 WHERE name = 'complete'")
        self._version = -1

    def _put_together(self) -> None:
        alive: set[int] | None = None
        if self._number("dead"):
            alive = {row[0] for row in self._database.execute("SELECT id FROM file")}
        parts = []
        names = []
        for postings, sum_, packed in self._database.execute(
            "SELECT postings, sum, names FROM part"
        ):
            parts.append(_checked(postings, sum_))
            names.append(packed)
        merged = _merged(parts, alive).tobytes()
        self._database.execute("DELETE FROM part")
        self._database.execute(
            "INSERT INTO part (postings, sum, names) VALUES (?, ?, ?)",
            (merged, zlib.crc32(merged), b"".join(names)),
        )
        self._database.execute("UPDATE state SET number = 0 WHERE name = 'dead'")


def _checked(postings: bytes, expected: int) -> array[int]:
    """Sorted numbers as they were written; raises `sqlite3.DatabaseError` when they are not."""
    if zlib.crc32(postings) != expected:
        raise sqlite3.DatabaseError("the index is damaged")
    part = array("Q")
    part.frombytes(postings)
    return part


def _merged(parts: list[array[int]], alive: set[int] | None) -> array[int]:
    """Sorted parts as one, without files that are not alive; in slices, since other threads wait while one is sorted."""
    merged = array("Q")
    step = 1 << (64 - _SLICE_BITS)
    ends = [0] * len(parts)
    for top in range(1, (1 << _SLICE_BITS) + 1):
        some: list[int] = []
        for number, part in enumerate(parts):
            start = ends[number]
            ends[number] = bisect_left(part, top * step, start)
            some += part[start : ends[number]]
        some.sort()
        merged.extend(some if alive is None else [one for one in some if one & 0xFFFFFFFF in alive])
    return merged


def names(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Names sorted in each part, each between line ends.

    A name may come more than once, and one that edits removed may still be among them.
    """
    for part in packed:
        for text in _unzipped(part):
            yield b"\n" + text + b"\n"


def _zipped(texts: Iterable[bytes]) -> bytes:
    """Compressed texts behind each other, each with its length in front."""
    return b"".join(len(text).to_bytes(4, "little") + text for text in texts)


def _unzipped(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        length = int.from_bytes(packed[at : at + 4], "little")
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(packed[at + 4 : at + 4 + length])
        at += 4 + length


@contextlib.contextmanager
def only_writer(file: Path, cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """Be the only process that fills this index, also when the other one is killed; waits for its end.

    Raises `Cancelled` when `cancelled` says so meanwhile, and `sqlite3.Error` where nothing can be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(
        file.with_suffix(".lock"), timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        while True:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            if cancelled is not None and cancelled():
                raise Cancelled
            time.sleep(0.1)
        yield
    finally:
        lock.close()
