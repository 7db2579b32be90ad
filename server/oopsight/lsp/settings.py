"""What the user can set, in our own words, and the tree that follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from oopsight import resolve, tree

_MOST_FOLDERS = 200
_MODULES = re.compile(r"^obj-(?:m|\$\(CONFIG_\w+\))[ \t]*[:+]?=", re.MULTILINE)
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set, each None or empty when it is not: the kernel tree, its configuration, the output directory of its
    build, further source directories, and what paths of another machine mean here (`FROM=TO`).
    """

    kernel_tree: Path | None = None
    kernel_config: Path | None = None
    build_directory: Path | None = None
    also_sources: tuple[Path, ...] = ()
    path_map: tuple[str, ...] = ()


def opened(
    chosen: Settings, folders: tuple[Path, ...]
) -> tuple[tree.KernelTree | None, str | None]:
    """The tree that is set, else the first kernel tree that an open folder is, lies in or has directly below it.

    Open folders outside of it that hold modules of their own count as further sources. With it what is wrong
    with what is set beside it, which is then left out.
    Raises `tree.NotAKernelTree` when a tree is set and is none; None when nothing is set and nothing found.
    """
    if chosen.kernel_tree is not None:
        return _open(chosen.kernel_tree, chosen, folders)
    for folder in folders:
        for place in (folder, *_below(folder)):
            try:
                return _open(place, chosen, folders)
            except tree.NotAKernelTree:
                continue
    if chosen.build_directory is not None:
        source = tree.source_of(chosen.build_directory)
        if source is not None:
            return _open(source, chosen, folders)
    return None, None


def _open(
    place: Path, chosen: Settings, folders: tuple[Path, ...]
) -> tuple[tree.KernelTree, str | None]:
    """The tree with all that is of use of what is set; what is not is said."""
    plain = tree.open_tree(place)
    problems: list[str] = []
    config, build = chosen.kernel_config, chosen.build_directory
    refused = False
    if config is not None:
        refused = _refused(problems, partial(tree.open_tree, place, config=config))
    if build is not None and _refused(problems, partial(tree.open_tree, place, build=build)):
        build = None
    also = [
        one
        for one in chosen.also_sources
        if not _refused(problems, partial(tree.open_tree, place, also=[one]))
    ]
    for one in folders:
        outside = plain.sources.path_of(one) is None and _holds_modules(one)
        # The folder was opened for something else, so it is no mistake if it is of no use.
        if outside and not _refused([], partial(tree.open_tree, place, also=[one])):
            also.append(one)
    mapped: list[tuple[str, str]] = []
    for text in chosen.path_map:
        try:
            mapped.append(resolve.parse_map(text))
        except resolve.NotAMapping as error:
            problems.append(str(error))
    found = tree.open_tree(
        place,
        config=None if refused else config,
        build=build,
        also=also,
        path_map=mapped,
    )
    if refused:
        # Not the tree's own either: the user named another one because that one is not it.
        found = replace(found, config=None, config_path=None)
    return found, " ".join(problems) or None


def _refused(problems: list[str], attempt: Callable[[], object]) -> bool:
    """Whether something that is set is of no use, which is then said."""
    try:
        attempt()
    except tree.NotAKernelTree as error:
        problems.append(str(error))
        return True
    return False


def _below(folder: Path) -> Iterator[Path]:
    """Directories directly below a folder that could be a kernel tree."""
    try:
        names = sorted(folder.iterdir())[:_MOST_FOLDERS]
    except OSError:
        return
    yield from (name for name in names if (name / "Makefile").is_file())


def _holds_modules(folder: Path) -> bool:
    """Whether a folder is one of kernel modules, as its makefiles tell, there or directly below."""
    for place in (folder, *_below(folder)):
        for name in ("Kbuild", "Makefile"):
            try:
                # Not a FIFO, whose other end nobody may ever open.
                if (place / name).is_file():
                    with open(place / name, encoding="utf-8", errors="replace") as file:
                        if _MODULES.search(file.read(_HEAD)):
                            return True
            except OSError:
                continue
    return False
