"""Which directory is the top of a kernel tree: the one named, one above it, or the one a build was made from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from oopsight.tree import builds, releases


class NotAKernelTree(Exception):
    """The directory is no kernel tree; the text says why and what to do, in one sentence."""


class NotAConfiguration(NotAKernelTree):
    """The tree is one, but the named kernel configuration is none; the text says what to do, in one sentence."""


class NotARoot(NotAKernelTree):
    """The tree is one, but a directory named beside it is of no use; the text says what to do, in one sentence."""


def top_of(path: Path) -> Path:
    """The top of the kernel tree that `path` names or lies in.

    A kernel tree is a directory whose Makefile states VERSION and PATCHLEVEL and that has `include/linux` and `arch`.
    `path` may be one, a folder or symbolic link inside one, or the output directory of a build (`O=`). Raises `NotAKernelTree`.
    """
    try:
        there, folder = path.exists(), path.is_dir()
    except ValueError:
        there = folder = False
    if not there:
        raise NotAKernelTree(
            f"There is no directory {path}: name the top directory of a kernel source tree."
        )
    if not folder:
        raise NotAKernelTree(f"{path} is a file: name the top directory of a kernel source tree.")
    for candidate in _upwards(path):
        if not lacks(candidate):
            return candidate
    source = builds.source_of(path)
    if source is not None and not lacks(source):
        return source
    raise NotAKernelTree(
        f"{path} is not the top of a kernel source tree, since it lacks {' and '.join(lacks(path))}, and lies in none: "
        "name the directory that holds the kernel's top Makefile."
    )


def _upwards(path: Path) -> Iterator[Path]:
    """The directory and those above it, first as written, then as symbolic links lead."""
    written = Path(os.path.abspath(path))
    yield from dict.fromkeys((written, *written.parents))
    real = Path(os.path.realpath(path))
    if real != written:
        yield from (real, *real.parents)


def lacks(path: Path) -> tuple[str, ...]:
    """What a directory has not that the top of a kernel tree has."""
    return tuple(
        what
        for what, there in (
            (
                "a Makefile that states VERSION and PATCHLEVEL",
                releases.of_makefile(path) is not None,
            ),
            ("a directory include/linux", (path / "include" / "linux").is_dir()),
            ("a directory arch", (path / "arch").is_dir()),
        )
        if not there
    )
