"""Opening a kernel tree: where its top is, with which configuration, build and further sources it is read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from oopsight.tree import builds, files, indexes, preprocess, releases, roots, tops, trees
from oopsight.tree.tops import NotAConfiguration, NotARoot


def open_tree(
    path: Path,
    *,
    config: Path | None = None,
    build: Path | None = None,
    also: Sequence[Path] = (),
    path_map: Sequence[tuple[str, str]] = (),
) -> trees.KernelTree:
    """Open the kernel tree that `path` names or lies in (see `tops`). Quick: the index stays empty until `build_index`.

    Without `config` and `build`, a tree that is not configured itself is used with the one output directory beside or
    in it that was made from it. Raises `NotAKernelTree` when there is no tree, and its kinds `NotAConfiguration` and
    `NotARoot` when only `config`, `build` or one of `also` is of no use.
    """
    top = tops.top_of(path)
    root = Path(os.path.abspath(top))
    if build is not None and not builds.is_build(build):
        raise NotARoot(
            f"{build} has no .config and no generated headers: name the output directory of a kernel build (O=)."
        )
    candidates: tuple[Path, ...] = ()
    hinted = path if config is None else config.parent if config.name == ".config" else None
    if build is None and hinted is not None and _made_from(hinted, top):
        build = hinted
    elif build is None and config is None and not builds.is_build(top):
        candidates = builds.near(root)
        build = candidates[0] if len(candidates) == 1 else None
    read, config_path = _config(top, config, build)
    stated = releases.of_tree(releases.of_makefile(top) or "", top, build, read, config_path)
    others = _further(root, also)
    separate = build is not None and os.path.realpath(build) != os.path.realpath(root)
    beside = {"build": Path(os.path.abspath(build)), **others} if build and separate else others
    sources = files.Sources(root, beside)
    return trees.KernelTree(
        root,
        stated.name,
        tuple(sorted(entry.name for entry in (top / "arch").iterdir() if entry.is_dir())),
        sources,
        roots.joined(indexes.Index(None), {key: indexes.Index(None) for key in others}, sources),
        read,
        config_path,
        stated,
        beside.get("build"),
        candidates if len(candidates) > 1 else (),
        others,
        tuple(path_map),
    )


def foreign_build(tree: trees.KernelTree, build: Path) -> bool:
    """Whether an output directory says that it was made from another tree."""
    source = builds.source_of(build)
    return source is not None and source != Path(os.path.realpath(tree.root))


def _made_from(folder: Path, top: Path) -> bool:
    """Whether this is the output directory of a build of the tree."""
    return builds.is_build(folder) and builds.source_of(folder) == Path(os.path.realpath(top))


def _further(root: Path, also: Sequence[Path]) -> dict[str, Path]:
    """Further source directories by their id; those that lie in the tree or in another one are read already."""
    found: dict[str, Path] = {}
    read = [Path(os.path.realpath(root))]
    for path in also:
        real = Path(os.path.realpath(path))
        if not real.is_dir():
            raise NotARoot(
                f"There is no directory {path}: name a directory that holds the sources of modules."
            )
        if read[0].is_relative_to(real) and read[0] != real:
            raise NotARoot(
                f"{path} holds the kernel tree itself: name only the directory of the modules' sources."
            )
        if not any(real.is_relative_to(one) for one in read):
            read.append(real)
            found[f"also{len(found) + 1}"] = Path(os.path.abspath(path))
    return found


# What every configuration has at least one of, set or not, as `.config` or `autoconf.h` writes it.
_OPTION = re.compile(
    r"^(?:CONFIG_\w+=|# CONFIG_\w+ is not set|[ \t]*#[ \t]*define[ \t]+CONFIG_\w)", re.MULTILINE
)


def _config(
    path: Path, named: Path | None, build: Path | None
) -> tuple[preprocess.Config | None, Path | None]:
    """The named configuration, else that of the build, else the tree's own: `.config`, or what a build left in a tree."""
    if named is not None:
        try:
            text = named.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise NotAConfiguration(
                f"The kernel configuration {named} cannot be read ({reason}): name a readable .config file."
            ) from None
        if not _OPTION.search(text):
            raise NotAConfiguration(
                f"{named} is no kernel configuration, since no line of it sets an option (CONFIG_MMU=y): "
                "name the .config file that the kernel was built with."
            )
        return preprocess.parse_config(text), named
    for candidate in ((build or path) / name for name in builds.CONFIGURED):
        if not candidate.is_file():
            continue
        try:
            text = candidate.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if _OPTION.search(text):
            return preprocess.parse_config(text), candidate
    return None, None
