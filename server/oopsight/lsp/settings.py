"""What the user can set, in our own words, and the tree that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oopsight import tree

_MOST_FOLDERS = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """`kernel_tree` and `kernel_config` as set, None when they are not."""

    kernel_tree: Path | None = None
    kernel_config: Path | None = None


def opened(chosen: Settings, folders: tuple[Path, ...]) -> tree.KernelTree | None:
    """The tree that is set, else the first kernel tree among the open folders and directly below them.

    Raises `tree.NotAKernelTree` when one is set and is none; None when nothing is set and nothing found.
    """
    if chosen.kernel_tree is not None:
        return tree.open_tree(chosen.kernel_tree, config=chosen.kernel_config)
    for folder in folders:
        for place in (folder, *_below(folder)):
            try:
                return tree.open_tree(place, config=chosen.kernel_config)
            except tree.NotAKernelTree:
                continue
    return None


def _below(folder: Path) -> Iterator[Path]:
    """Directories directly below a folder that could be a kernel tree."""
    try:
        names = sorted(folder.iterdir())[:_MOST_FOLDERS]
    except OSError:
        return
    yield from (name for name in names if (name / "Makefile").is_file())
