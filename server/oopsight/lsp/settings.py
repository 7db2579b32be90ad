"""What the user can set, in our own words, and the tree that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from oopsight import tree

_MOST_FOLDERS = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """`kernel_tree` and `kernel_config` as set, None when they are not."""

    kernel_tree: Path | None = None
    kernel_config: Path | None = None


def opened(
    chosen: Settings, folders: tuple[Path, ...]
) -> tuple[tree.KernelTree | None, str | None]:
    """The tree that is set, else the first kernel tree among the open folders and directly below them.

    With it what is wrong with the configuration that is set: the tree is then used without one.
    Raises `tree.NotAKernelTree` when a tree is set and is none; None when nothing is set and nothing found.
    """
    if chosen.kernel_tree is not None:
        return _open(chosen.kernel_tree, chosen.kernel_config)
    for folder in folders:
        for place in (folder, *_below(folder)):
            try:
                return _open(place, chosen.kernel_config)
            except tree.NotAKernelTree:
                continue
    return None, None


def _open(place: Path, config: Path | None) -> tuple[tree.KernelTree, str | None]:
    try:
        return tree.open_tree(place, config=config), None
    except tree.NotAConfiguration as error:
        # Not the tree's own either: the user named another one because that one is not it.
        return replace(tree.open_tree(place), config=None, config_path=None), str(error)


def _below(folder: Path) -> Iterator[Path]:
    """Directories directly below a folder that could be a kernel tree."""
    try:
        names = sorted(folder.iterdir())[:_MOST_FOLDERS]
    except OSError:
        return
    yield from (name for name in names if (name / "Makefile").is_file())
