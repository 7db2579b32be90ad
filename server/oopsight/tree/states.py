"""How the index of a root lies in the user's cache, for people who ask; looking changes nothing."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from oopsight.tree import indexes, stores


@dataclass(frozen=True, slots=True)
class State:
    """An index on disk: `size` in bytes, `age` in seconds since it was last written.

    `files` is None where there is none or it cannot be read; `complete` says that every file was read at some time.
    """

    path: Path
    files: int | None = None
    complete: bool = False
    size: int | None = None
    age: float | None = None


def state_of(root: Path) -> State:
    """What the user's cache holds of the tree or source directory at `root`."""
    path = indexes.index_file(root)
    try:
        status = path.stat()
    except OSError:
        return State(path)
    # A clock may have been set back since.
    age = max(0.0, time.time() - status.st_mtime)
    try:
        store = stores.Store(path)
    except (sqlite3.Error, OSError, TypeError):
        return State(path, None, False, status.st_size, age)
    try:
        return State(path, store.number_of_files(), store.complete, status.st_size, age)
    except sqlite3.Error:
        return State(path, None, False, status.st_size, age)
    finally:
        store.close()
