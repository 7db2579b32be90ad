"""Folders that Makefiles add to the include path of a folder's sources: `ccflags-y += -I$(src)/include`.

Conditions are not asked: a folder too many is only looked into where nothing else has the header.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Sequence

from oopsight import model
from oopsight.tree import maketext
from oopsight.tree.trees import KernelTree

_NAMES = ("Kbuild", "Makefile")
_FLAG = "-I"
_MOST_FOLDERS = 60
# What names the folder of the sources, the top of the kernel's, and the top of a module outside of it.
_HERE = frozenset(("src", "obj"))
_KERNEL = frozenset(
    ("srctree", "objtree", "srcroot", "abs_srctree", "KERNEL_SRC", "KDIR", "KERNELDIR")
)
_MODULE = frozenset(("M", "PWD", "CURDIR", "KBUILD_EXTMOD", "src_dir"))


def include_folders(tree: KernelTree, folder: str) -> tuple[str, ...]:
    """The folders that the Makefiles of a folder and of those above it name, the nearest Makefile's first."""
    return tree.once(("include flags", folder), lambda: tuple(dict.fromkeys(_all(tree, folder))))


def _all(tree: KernelTree, folder: str) -> Iterator[str]:
    root, below = model.rooted(f"{folder}/")
    top = "" if root == "tree" else f"{root}:/"
    parts = [part for part in below.split("/") if part]
    # The top Makefile of a kernel has the folders that every source sees.
    for depth in range(len(parts), 0 if root == "tree" else -1, -1):
        yield from _of(tree, top + "/".join(parts[:depth]), top)


def _of(tree: KernelTree, folder: str, top: str) -> tuple[str, ...]:
    return tree.once(("makefile flags", folder), lambda: tuple(_read(tree, folder, top)))


def _read(tree: KernelTree, folder: str, top: str) -> Iterator[str]:
    separator = "" if not folder or folder.endswith("/") else "/"
    for name in _NAMES:
        text = tree.sources.text(f"{folder}{separator}{name}")
        if text is not None and _FLAG in text:
            stated = maketext.statements(text)
            lookup = _Variables(stated, folder, top).lookup
            values = [one.value for one in stated if one.kind == "assign" and _FLAG in one.value]
            yield from itertools.islice(_flags(values, lookup), _MOST_FOLDERS)


class _Variables:
    """What the variables of one Makefile stand for, the first value of each."""

    def __init__(self, stated: Sequence[maketext.Statement], folder: str, top: str) -> None:
        self._known: dict[str, str] = {}
        for one in stated:
            if one.kind == "assign":
                self._known.setdefault(one.name, one.value)
        self._known.update(dict.fromkeys(_HERE, folder.rstrip("/") or "."))
        self._known.update(dict.fromkeys(_KERNEL, "."))
        self._known.update(dict.fromkeys(_MODULE, top.rstrip("/") or "."))
        self._asked: set[str] = set()

    def lookup(self, name: str) -> str | None:
        """The value of a variable; None for one that is not known, or asks for itself."""
        if name not in self._known or name in self._asked:
            return None
        self._asked.add(name)
        try:
            return maketext.expanded(self._known[name], self.lookup)
        finally:
            self._asked.discard(name)


def _flags(values: list[str], lookup: maketext.Lookup) -> Iterator[str]:
    for value in values:
        words = iter(maketext.tokens(value))
        for word in words:
            if not word.startswith(_FLAG):
                continue
            told = maketext.expanded(word[len(_FLAG) :] or next(words, ""), lookup)
            for folder in (told or "").split():
                found = _folder(folder)
                if found is not None:
                    yield found


def _folder(path: str) -> str | None:
    """A folder below its root; None for one outside of it."""
    marked = path.rpartition(":/")
    if marked[1]:  # `./also1:/sub`: the kernel's top stands in front of the folder of a module
        root = posixpath.basename(marked[0])
        below = posixpath.normpath(marked[2] or ".")
        return None if below.startswith(("..", "/")) else f"{root}:/{'' if below == '.' else below}"
    below = posixpath.normpath(path)
    return None if below.startswith(("..", "/")) else "" if below == "." else below
