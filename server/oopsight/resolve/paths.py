"""Paths that a text or an image names → paths of the sources at hand.

A kernel is often built on another machine, or in a directory of its own, and its paths say so: `/build/linux/mm/slub.c`,
`../mm/slub.c`, `C:\\src\\linux\\mm\\slub.c`. Nothing outside of the source roots is ever found.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from oopsight import model
from oopsight.tree import trees

# A path with fewer folders than this says too little to be found by its end alone.
_LEAST_FOLDERS = 1
_MOST_PARTS = 64
_LONGEST = 4096
_UPWARDS = re.compile(r"^(?:\.\.?/)+")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class NotAMapping(ValueError):
    """The text is no `FROM=TO`; the message says what to write, in one sentence."""


def parse_map(text: str) -> tuple[str, str]:
    """The two paths of a `FROM=TO`: the beginning of a path elsewhere, and what stands there in its place.

    TO is a directory of the tree (`.` for the tree itself) or an absolute one in one of the source roots.
    """
    before, equals, after = text.partition("=")
    before, after = before.strip(), after.strip()
    if not equals or not before or not after or "\0" in text:
        raise NotAMapping(
            f"{text} is no mapping of paths: write FROM=TO, such as /build/linux=/home/me/linux."
        )
    if after.startswith("..") or "/../" in f"{after}/":
        raise NotAMapping(
            f"{after} leads upwards: name a directory of the kernel tree or an absolute path after `=`."
        )
    return _slashes(before), _slashes(after)


def path_in_tree(tree: trees.KernelTree, printed: str) -> str | None:
    """The file of the source roots that a printed path means, None when there is none.

    In this order: what the user maps, a path relative to the tree or to a build beside it (`../mm/slub.c`), and one that leads
    into a root on this machine.
    """
    if not printed or "\0" in printed or len(printed) > _LONGEST:
        return None
    return tree.once(("path", printed), lambda: _path_in_tree(tree, _slashes(printed)))


def path_by_end(tree: trees.KernelTree, printed: str) -> str | None:
    """The file of the tree that has the longest end of a path in common with it: a guess, since other trees have the same."""
    if len(printed) > _LONGEST:
        return None
    parts = [part for part in _slashes(printed).split("/") if part not in ("", ".", "..")]
    parts = parts[-_MOST_PARTS:]
    ends = ("/".join(parts[first:]) for first in range(len(parts) - _LEAST_FOLDERS))
    return next((end for end in ends if tree.sources.exists(end)), None)


def _path_in_tree(tree: trees.KernelTree, path: str) -> str | None:
    candidates = [*_mapped(tree, path), path]
    if path.startswith("../"):
        candidates.append(_UPWARDS.sub("", path))
    found = (_known(tree, candidate) for candidate in candidates)
    return next((one for one in found if one is not None), None)


def _slashes(path: str) -> str:
    """A path as Unix writes it; one of Windows is told by its drive, or by having no slash."""
    windows = _DRIVE.match(path) is not None or ("\\" in path and "/" not in path)
    return path.replace("\\", "/") if windows else path


def _mapped(tree: trees.KernelTree, path: str) -> list[str]:
    """What the user's mappings make of a path, the most telling first."""
    found = []
    for before, after in sorted(tree.path_map, key=lambda pair: -len(pair[0])):
        folder = before.rstrip("/")
        if path == folder or path.startswith(f"{folder}/"):
            rest = path[len(folder) + 1 :]
            found.append(posixpath.join(after, rest))
    return found


def _known(tree: trees.KernelTree, path: str) -> str | None:
    if path.startswith("/"):
        inside = tree.sources.path_of(Path(posixpath.normpath(path)))
    else:
        root, below = model.rooted(path)
        below = posixpath.normpath(below)
        inside = below if root == "tree" else f"{root}:/{below}"
    return inside if inside is not None and tree.sources.exists(inside) else None
