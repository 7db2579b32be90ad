"""Scanning many files over the cores: processes that end with their parent, in chunks, as they come."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import re
import signal
import threading
import zlib
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing import connection
from typing import NamedTuple, TypeVar

from oopsight.tree import listing, packing, scan
from oopsight.tree.listing import File

_T = TypeVar("_T")
Numbered = tuple[int, File]

_CHUNK_FILES = 120
_CHUNK_BYTES = 4 << 20
# So few are scanned sooner than a process starts.
_FEW_BYTES = 8 << 20
# Chunks for each process that wait for it.
_AHEAD = 3


class Scanned(NamedTuple):
    """A file with its number, what was found in it, and how many of each kind."""

    number: int
    file: File
    packed: bytes
    counts: bytes


class Part(NamedTuple):
    """What was found in some files: each with its packed rows; sorted postings (key << 32 | number of file); names."""

    files: list[Scanned]
    postings: bytes
    names: bytes


class Cancelled(Exception):
    """The caller asked to stop."""


class Cores:
    """The processes of one job, started when they are needed first; many files are worth them, few are not.

    They are shared by all that the job does, since each of them takes half a second until it works.
    """

    def __init__(self) -> None:
        self._count = min(os.cpu_count() or 1, 8)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Cores:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def awaited(self, files: Iterable[File]) -> Iterator[File]:
        """The files, while processes start that will read all of them, if they are many."""
        size = 0
        for file in files:
            size += file.size
            if size > _FEW_BYTES:
                self._start()
            yield file

    def _start(self) -> None:
        if self._count > 1 and self._pool is None:
            # Not fork: the caller may be a server with threads.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self._count, mp_context=context, initializer=_follow_parent
            )
            with _undisturbed():
                for _ in range(self._count):
                    self._pool.submit(_nothing)

    def scanned(
        self, root: str, files: Sequence[Numbered], cancelled: Callable[[], bool] | None
    ) -> Generator[Part, None, None]:
        """What is found in numbered files, part by part; raises `Cancelled` when `cancelled` says so."""
        return self._over(partial(_scan, root), files, cancelled)

    def with_names(
        self,
        root: str,
        files: Sequence[Numbered],
        names: Sequence[str],
        cancelled: Callable[[], bool] | None,
    ) -> Generator[Part, None, None]:
        """What is found in those of the files that may define one of the names, scanned for nothing else first."""
        return self._over(partial(_scan_with, root, defining(names)), files, cancelled)

    def _over(
        self,
        work: Callable[[Sequence[Numbered]], _T],
        files: Sequence[Numbered],
        cancelled: Callable[[], bool] | None,
    ) -> Generator[_T, None, None]:
        """The results of `work` for chunks of files, over the cores when they are many."""
        if self._pool is None and sum(file.size for _, file in files) > _FEW_BYTES:
            self._start()
        if self._pool is None:
            for chunk in _chunks(files):
                _stop_if(cancelled)
                yield work(chunk)
            return
        waiting: set[Future[_T]] = set()
        try:
            for chunk in _chunks(files):
                # This may start a worker; an end in the midst of that would make it complain.
                with _undisturbed():
                    waiting.add(self._pool.submit(work, chunk))
                if len(waiting) >= _AHEAD * self._count:
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


def _nothing() -> None:
    """Let a process start, and read our code."""


def defining(names: Sequence[str]) -> bytes:
    """A pattern of the beginnings of lines that may define one of the names."""
    either = b"|".join(re.escape(name.encode("latin-1", "replace")) for name in names)
    return (
        rb"\n(?:[A-Za-z_][^\n;]*?\b(?:%s)\b|[ \t]*#[ \t]*define[ \t]+(?:%s)\b|(?:%s)[ \t]*[(:])"
        % (either, either, either)
    )


def _scan(root: str, files: Sequence[Numbered]) -> Part:
    """Scan some files; runs in a worker process."""
    return _part((number, file, read(root, file)) for number, file in files)


def _scan_with(root: str, pattern: bytes, files: Sequence[Numbered]) -> Part:
    """Scan those of some files in which the pattern is found; runs in a worker process."""
    search = re.compile(pattern).search
    return _part(
        (number, file, data)
        for number, file in files
        if search(b"\n" + (data := read(root, file))) is not None
    )


def _part(files: Iterator[tuple[int, File, bytes]]) -> Part:
    result = []
    postings = array("Q")
    names: set[bytes] = set()
    for number, file, data in files:
        constants = listing.keeps_constants(file.path, file.size)
        found = scan.raw(file.path, data, constants=constants)
        result.append(Scanned(number, file, packing.packed(found), packing.counts(found)))
        postings.extend([key << 32 | number for key in packing.keys(found)])
        names |= packing.searched(found)
    text = b"\n".join(sorted(names))
    return Part(result, array("Q", sorted(postings)).tobytes(), zlib.compress(text, 1))


def read(root: str, file: File) -> bytes:
    """The bytes of a file, none when it cannot be read; it may have become something else since it was listed."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(f"{root}/{file.path}", flags)
    except OSError:
        return b""
    try:
        data = os.read(handle, file.size + 1)
        while len(data) < file.size and (more := os.read(handle, file.size + 1 - len(data))):
            data += more
        return data
    except OSError:
        return b""
    finally:
        os.close(handle)


def _chunks(files: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    chunk: list[Numbered] = []
    size = 0
    for numbered in files:
        chunk.append(numbered)
        size += numbered[1].size
        if len(chunk) >= _CHUNK_FILES or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _follow_parent() -> None:
    """Make this worker process end with its parent, also when that is killed and can tell nobody."""
    gc.disable()  # rows hold nothing in circles, and millions of them would be looked through
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
