"""The index of several roots: the kernel tree, further source directories, and the headers that a build has made.

It answers as `indexes.Index` does; paths outside of the tree begin with the id of their root (`model.rooted`).
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oopsight import model
from oopsight.tree import files, indexes, scan, stores
from oopsight.tree.rows import Row, Use

# Where a build keeps headers that it made, below its output directory and below each architecture in it.
_MADE = "include/generated"
_HEADER = ".h"


class Made:
    """The headers that a kernel build has made, read when something is asked for the first time."""

    def __init__(self, sources: files.Sources) -> None:
        self._sources = sources
        self._lock = threading.Lock()
        self._names: dict[str, list[tuple[str, Row]]] | None = None

    def find(self, name: str) -> Sequence[tuple[str, Row]]:
        """Every definition of `name` in them, as (path, row)."""
        with self._lock:
            if self._names is None:
                self._names = {}
                for path in self._paths():
                    for row in scan.scan(path, self._sources.data(path) or b"").rows:
                        self._names.setdefault(row.name, []).append((path, row))
            return self._names.get(name, ())

    def _paths(self) -> Iterable[str]:
        top = self._sources.others["build"]
        below = sorted(entry.name for entry in top.glob("arch/*") if entry.is_dir())
        for folder in (_MADE, *(f"arch/{name}/{_MADE}" for name in below)):
            for here, folders, names in os.walk(top / folder):
                folders.sort()
                for name in sorted(names):
                    path = f"build:/{Path(here, name).relative_to(top).as_posix()}"
                    if name.endswith(_HEADER) and self._sources.exists(path):
                        yield path


@dataclass(frozen=True, eq=False)
class Joined:
    """The index of a tree and of the roots beside it. `others` are by the id of their root."""

    tree: indexes.Index
    others: Mapping[str, indexes.Index] = field(default_factory=dict)
    made: Made | None = None

    @property
    def complete(self) -> bool:
        """Whether every file of every root was read."""
        return all(one.complete for one in (self.tree, *self.others.values()))

    @property
    def problem(self) -> str | None:
        """Why it is not kept on disk, in full sentences."""
        return next(
            (one.problem for one in (self.tree, *self.others.values()) if one.problem), None
        )

    @property
    def written(self) -> bool:
        """Whether anything was changed since this index was opened."""
        return any(one.written for one in (self.tree, *self.others.values()))

    @property
    def store(self) -> stores.Store | None:
        """Where the tree's own index is kept."""
        return self.tree.store

    def find(self, name: str) -> tuple[tuple[str, Row], ...]:
        """Every definition of `name`, as (path, row); those of the kernel tree first."""
        more = [
            (f"{key}:/{path}", row)
            for key, one in self.others.items()
            for path, row in one.find(name)
        ]
        made = () if self.made is None else self.made.find(name)
        return (*self.tree.find(name), *more, *made)

    def tables(self, type_name: str) -> tuple[tuple[str, Row], ...]:
        """Every initialised variable or array of `struct type_name`."""
        more = [
            (f"{key}:/{path}", row)
            for key, one in self.others.items()
            for path, row in one.tables(type_name)
        ]
        return (*self.tree.tables(type_name), *more)

    def uses(self, word: str) -> tuple[tuple[str, Use], ...]:
        """Every macro outside of functions that is given this word among its first arguments."""
        more = [
            (f"{key}:/{path}", use)
            for key, one in self.others.items()
            for path, use in one.uses(word)
        ]
        return (*self.tree.uses(word), *more)

    def rows(self, path: str) -> tuple[Row, ...] | None:
        """Everything that a file defines, None where this state of it was not read, or not its constants."""
        root, below = model.rooted(path)
        one = self.tree if root == "tree" else self.others.get(root)
        return None if one is None else one.rows(below)

    def search(self, pattern: str, most: int) -> tuple[str, ...]:
        """Names that a regular expression over bytes finds between two line ends, at most so many."""
        found: dict[str, None] = {}
        for one in (*self.others.values(), self.tree):
            found.update(dict.fromkeys(one.search(pattern, most)))
        return tuple(found)[:most]

    def counts(self) -> dict[str, int]:
        """Numbers for people: files, and definitions by kind."""
        total: Counter[str] = Counter()
        for one in (self.tree, *self.others.values()):
            total.update(one.counts())
        return dict(total)


AnyIndex = indexes.Index | Joined


def joined(
    index: indexes.Index, others: Mapping[str, indexes.Index], sources: files.Sources
) -> AnyIndex:
    """The index of a tree together with those of the roots beside it; the tree's own where there are none."""
    made = Made(sources) if "build" in sources.others else None
    return Joined(index, others, made) if others or made is not None else index


def parts(index: AnyIndex) -> Mapping[str, indexes.Index]:
    """The index of each root by its id, the kernel tree's as `tree`."""
    if isinstance(index, Joined):
        return {"tree": index.tree, **index.others}
    return {"tree": index}


def below(paths: Iterable[str], root: str) -> list[str]:
    """Those of some paths that lie in a root, relative to it."""
    split = (model.rooted(path) for path in paths)
    return [path for key, path in split if key == root]
