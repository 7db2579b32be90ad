"""Name → definitions of a whole tree, kept on disk in the user's cache and brought up to date file by file.

The index is a SQLite file, made beside its final name and moved there, so that a stop at any moment leaves the old
one or the new one. It can be deleted at any time; that costs seconds.

Schema history: 1, first. 2, functions that macros with a body make, named by their first argument; headers
that are wrapped before their `{`.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import connection
from pathlib import Path

from oopsight.tree import scan
from oopsight.tree.scan import KIND_NUMBER, KINDS, Row

SCHEMA = 2

# Folders that never hold kernel code, and outputs.
_SKIPPED = frozenset(
    (".git", ".svn", ".hg", ".repo", "Documentation", "LICENSES", "out", ".venv", "node_modules")
)
# Read first, since most traces need nothing else; the rest follows in the order of its names.
_FIRST = ("include", "kernel", "mm", "arch", "fs", "lib", "block", "init", "ipc", "net", "virt")
# Generated register headers hold nothing but numbers; sources of any size are read.
_LARGEST_HEADER = 512 << 10
_LARGEST_SOURCE = 8 << 20
# Object-like macros are kept where values and regions come from; elsewhere they are mostly register numbers.
_CONSTANTS = ("include/", "mm/", "kernel/", "fs/", "lib/", "block/", "net/", "ipc/")
_CHUNK = 120

File = tuple[str, int, int]  # path, size, mtime in ns
Packed = tuple[str, int, int, int, int, int, str | None]  # a Row with its kind as a number
Progress = Callable[[int, int], None]


class Cancelled(Exception):
    """The caller asked to stop; nothing was written."""


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


def list_files(root: Path) -> list[File]:
    """Every C, header and assembler file below `root`, the likeliest folders first. Links and FIFOs are left out."""
    found: list[File] = []
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
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    below.append(path)
            elif entry.name.endswith((".c", ".h", ".S")):
                status = _status(entry)
                if status is not None:
                    found.append((path, status.st_size, status.st_mtime_ns))
        if not folder:
            below.sort(key=lambda path: (order.get(path, len(order)), path))
        stack.extend(reversed(below))
    return found


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        status = entry.stat(follow_symlinks=False)
        entry.name.encode("utf-8")
    except (OSError, UnicodeEncodeError):
        return None
    limit = _LARGEST_HEADER if entry.name.endswith(".h") else _LARGEST_SOURCE
    return status if stat.S_ISREG(status.st_mode) and status.st_size <= limit else None


def keeps_constants(path: str) -> bool:
    """Whether the index keeps the object-like macros of this file."""
    return path.startswith(_CONSTANTS) or (path.startswith("arch/") and "/boot/" not in path)


def _scan_files(root: str, files: Sequence[File]) -> list[tuple[File, list[Packed]]]:
    """Scan some files; runs in a worker process."""
    result = []
    for file in files:
        rows: list[Packed] = []
        try:
            with open(os.path.join(root, file[0]), "rb") as opened:
                data = opened.read()
        except OSError:
            data = b""
        for row in scan.scan(file[0], data, constants=keeps_constants(file[0])):
            kind = KIND_NUMBER[row.kind]
            rows.append((row.name, kind, row.line, row.start, row.end, row.static, row.type_name))
        result.append((file, rows))
    return result


class Index:
    """What is known of a tree's names. An index without a file on disk is empty and not `complete`."""

    def __init__(self, file: Path | None) -> None:
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._found: dict[str, tuple[tuple[str, Row], ...]] = {}
        if file is not None:
            uri = f"{file.absolute().as_uri()}?mode=ro"
            self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)

    @property
    def complete(self) -> bool:
        """Whether every file of the tree was read."""
        return self._database is not None

    def find(self, name: str) -> tuple[tuple[str, Row], ...]:
        """Every definition of `name`, as (path, row), in the order of paths and lines."""
        if self._database is None:
            return ()
        with self._lock:
            found = self._found.get(name)
            if found is None:
                cursor = self._database.execute(_FIND, (name,))
                found = tuple((row[0], _unpack(row[1:])) for row in cursor)
                self._found[name] = found
        return found

    def tables(self, type_name: str) -> tuple[tuple[str, Row], ...]:
        """Every initialised variable or array of `struct type_name`."""
        if self._database is None:
            return ()
        with self._lock:
            cursor = self._database.execute(_TABLES, (type_name, KIND_NUMBER[scan.K.TABLE]))
            return tuple((row[0], _unpack(row[1:])) for row in cursor)

    def counts(self) -> dict[str, int]:
        """Numbers for people: files, and definitions by kind."""
        if self._database is None:
            return {}
        with self._lock:
            files = self._database.execute("SELECT count(*) FROM file").fetchone()[0]
            kinds = self._database.execute(
                "SELECT kind, count(*) FROM def GROUP BY kind ORDER BY kind"
            ).fetchall()
        return {"files": files, **{KINDS[kind].value: count for kind, count in kinds}}


_FIND = (
    "SELECT path, name, kind, line, start, last, static, type FROM def JOIN file ON file.id = def.file "
    "WHERE name = ? ORDER BY path, line"
)
_TABLES = (
    "SELECT path, name, kind, line, start, last, static, type FROM def JOIN file ON file.id = def.file "
    "WHERE type = ? AND kind = ? ORDER BY path, line"
)


def _unpack(packed: Packed) -> Row:
    name, kind, line, start, end, static, type_name = packed
    return Row(name, KINDS[kind], line, start, end, bool(static), type_name)


def build(
    root: Path,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Index:
    """The complete index of the tree at `root`, reading only files that changed since the last time.

    `progress` is told (files done, files to do). Raises `Cancelled` when `cancelled` says so.
    """
    target = index_file(root)
    files = list_files(root)
    known = {} if rebuild else _known(target)
    changed = [file for file in files if known.get(file[0]) != file[1:]]
    gone = known.keys() - {file[0] for file in files}
    if known and not changed and not gone:
        return Index(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    making = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    making.unlink(missing_ok=True)
    try:
        fresh = not known or len(changed) + len(gone) > len(files) // 2
        if not fresh:
            _copy(target, making)
        _write(making, root, files if fresh else changed, gone, fresh, progress, cancelled)
        os.replace(making, target)
    finally:
        making.unlink(missing_ok=True)
    return Index(target)


_ABANDONED_AFTER = 24 * 3600  # seconds; no index takes that long to make


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed have left half made."""
    for left in folder.glob("*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_AFTER:
                left.unlink()


def _known(target: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file that the index on disk has read; empty when there is none or it is damaged."""
    if not target.is_file():
        return {}
    try:
        database = sqlite3.connect(f"{target.absolute().as_uri()}?mode=ro", uri=True)
        try:
            rows = database.execute("SELECT path, size, time FROM file").fetchall()
        finally:
            database.close()
    except sqlite3.Error:
        return {}
    return {path: (size, time) for path, size, time in rows}


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _write(
    making: Path,
    root: Path,
    files: Sequence[File],
    gone: Iterable[str],
    fresh: bool,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    database = sqlite3.connect(making)
    try:
        # The file is thrown away if we are stopped, so nothing needs to be flushed on the way.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        if fresh:
            database.execute(
                "CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT, size INT, time INT)"
            )
            database.execute(
                "CREATE TABLE def (name TEXT, file INT, kind INT, line INT, start INT, last INT, static INT, type TEXT)"
            )
        else:
            outdated = [(path,) for path in (*gone, *(file[0] for file in files))]
            database.execute("CREATE INDEX IF NOT EXISTS file_path ON file (path)")
            database.execute("CREATE INDEX IF NOT EXISTS def_file ON def (file)")
            database.executemany(
                "DELETE FROM def WHERE file IN (SELECT id FROM file WHERE path = ?)", outdated
            )
            database.executemany("DELETE FROM file WHERE path = ?", outdated)
        done = 0
        for part in _scan_all(root, files, cancelled):
            for file, rows in part:
                number = database.execute(
                    "INSERT INTO file (path, size, time) VALUES (?, ?, ?)", file
                ).lastrowid
                database.executemany(
                    f"INSERT INTO def VALUES (?, {number}, ?, ?, ?, ?, ?, ?)", rows
                )
            done += len(part)
            if progress is not None:
                progress(done, len(files))
        if fresh:
            database.execute("CREATE INDEX def_name ON def (name)")
            database.execute("CREATE INDEX def_type ON def (type) WHERE type IS NOT NULL")
        database.commit()
    finally:
        database.close()


def _scan_all(
    root: Path, files: Sequence[File], cancelled: Callable[[], bool] | None
) -> Iterator[list[tuple[File, list[Packed]]]]:
    """Scan all files, over the cores when they are many."""
    real = os.path.realpath(root)
    chunks = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
    cores = min(os.cpu_count() or 1, 8)
    if len(chunks) <= 4 or cores == 1:
        for chunk in chunks:
            _stop_if(cancelled)
            yield _scan_files(real, chunk)
        return
    # Not fork: the caller may be a server with threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context, initializer=_follow_parent) as pool:
        waiting: set[Future[list[tuple[File, list[Packed]]]]] = set()
        rest = iter(chunks)
        try:
            for chunk in rest:
                # This may start a worker; an end in the midst of that would make it complain.
                with _undisturbed():
                    waiting.add(pool.submit(_scan_files, real, chunk))
                if len(waiting) >= 3 * cores:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
                _stop_if(cancelled)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
                _stop_if(cancelled)
        except BaseException:
            for future in waiting:
                future.cancel()
            raise


def _follow_parent() -> None:
    """Make this worker process end with its parent, also when that is killed and can tell nobody."""
    # What a terminal sends to the whole group is the parent's to handle: it lets the workers finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


_ENDS = frozenset(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that end the process wait until this is over, where the system can do that."""
    if (
        not hasattr(signal, "pthread_sigmask")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
