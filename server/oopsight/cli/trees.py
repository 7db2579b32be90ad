"""The kernel tree, configuration and architecture that the options name, opened and indexed."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from pathlib import Path

from oopsight import arch, image, model, resolve, tree
from oopsight.cli import outcomes, output


def tree_of(options: argparse.Namespace) -> tree.KernelTree | None:
    """The tree that the options name, not yet indexed."""
    mapped = _mappings(options.path_map)
    top: Path | None = options.tree
    if top is None and options.build is not None:
        top = tree.source_of(options.build)
    if top is None:
        for given, what in (
            (options.config, "a configuration says"),
            (options.build, "a build directory says"),
            (options.also, "further sources say"),
            (mapped, "a mapping of paths says"),
        ):
            if given:
                raise outcomes.UnusableError(
                    f"{what} nothing without a source tree; add --tree DIR."
                )
        return None
    return opened(
        top,
        config=options.config,
        build=options.build,
        also=options.also,
        path_map=mapped,
    )


def _mappings(written: Sequence[str]) -> list[tuple[str, str]]:
    try:
        return [resolve.parse_map(one) for one in written]
    except resolve.NotAMapping as error:
        raise outcomes.UnusableError(str(error)) from None


def opened(
    path: Path,
    *,
    config: Path | None = None,
    build: Path | None = None,
    also: Sequence[Path] = (),
    path_map: Sequence[tuple[str, str]] = (),
) -> tree.KernelTree:
    """The kernel tree in a directory, not yet indexed, with `config` instead of its own configuration."""
    try:
        found = tree.open_tree(path, config=config, build=build, also=also, path_map=path_map)
    except tree.NotAKernelTree as error:
        raise outcomes.UnusableError(str(error)) from None
    except (OSError, ValueError) as error:
        raise outcomes.UnusableError(
            f"cannot read {path}: {error}; name a directory that you may read."
        ) from None
    if build is not None and tree.foreign_build(found, build):
        output.say(
            f"{build} was made from {tree.source_of(build)}, so its configuration may not fit {found.root}."
        )
    return found


def indexed(found: tree.KernelTree, *, rebuild: bool = False) -> tree.KernelTree:
    """The tree with its index, from the user's cache or by reading the tree."""
    try:
        with output.progress() as progress:
            built = tree.build_index(found, rebuild=rebuild, progress=progress)
    except (OSError, sqlite3.Error) as error:
        raise outcomes.UnusableError(
            f"cannot keep the index of {found.root}: {error}; make the cache directory writable "
            "or name another one in XDG_CACHE_HOME."
        ) from None
    except BrokenExecutor:
        raise outcomes.UnusableError(
            f"cannot index {found.root}: a worker process was ended from outside, perhaps for lack "
            "of memory; try again."
        ) from None
    if built.index.problem is not None:
        output.say(built.index.problem)
    return built


def symbols_of(options: argparse.Namespace) -> image.Symbols | None:
    """The list of symbols that the options name; one of a running kernel tells more, its modules among it."""
    path: Path | None = options.kallsyms or options.system_map
    if path is None:
        return None
    try:
        return image.read(path)
    except image.NotAMap as error:
        raise outcomes.UnusableError(str(error)) from None
    except OSError as error:
        raise outcomes.UnusableError(
            f"cannot read {path}: {error.strerror or error}; name a file that you may read."
        ) from None


def images_of(options: argparse.Namespace) -> resolve.Images | None:
    """The image and the directories of modules that the options name."""
    if options.vmlinux is None:
        if options.modules:
            raise outcomes.UnusableError(
                "--modules needs --vmlinux FILE, the image that the modules belong to."
            )
        return None
    try:
        return resolve.open_images(options.vmlinux, options.modules or ())
    except image.Unreadable as error:
        raise outcomes.UnusableError(str(error)) from None
    except OSError as error:
        raise outcomes.UnusableError(
            f"cannot read {options.vmlinux}: {error.strerror or error}; name a file that you may read."
        ) from None


def arch_name(name: str | None) -> str | None:
    """The key of the architecture that the user names."""
    if name is None:
        return None
    record = arch.get(name)
    if record is None:
        known = ", ".join(record.name for record in arch.all())
        raise outcomes.UnusableError(f"the architecture {name} is unknown; known are {known}.")
    return record.name


def arch_of_tree(found: tree.KernelTree) -> model.Arch | None:
    """The architecture that the configuration of a tree chooses, or the only one that the tree has."""
    config = found.config
    chosen = [
        one
        for one in arch.all()
        if config is not None and config.get(f"CONFIG_{one.name.upper()}") in ("y", "1")
    ]
    if not chosen and len(found.arches) == 1:
        chosen = [one for one in arch.all() if Path(one.tree_dir).name == found.arches[0]]
    # CONFIG_X86 is set beside CONFIG_X86_64, and the two share a directory: the wider one tells more.
    return max(chosen, key=lambda one: one.bits, default=None)
