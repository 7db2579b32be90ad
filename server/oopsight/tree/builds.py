"""Output directories of kernel builds (`make O=DIR`): is this one, of which tree, and which one belongs to a tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# What a configured output directory has at least one of.
CONFIGURED = (".config", "include/config/auto.conf", "include/generated/autoconf.h")
# The Makefile that a build writes into its output directory leads back to the sources.
_LEADS_BACK = re.compile(r"^(?:include[ \t]+(\S+)/Makefile|MAKEARGS[ \t]*:?=[ \t]*-C[ \t]+(\S+))", re.MULTILINE)  # fmt: skip
_HEAD = 4096
# Names of output directories beside a tree or in it; a directory of another name that points at the tree counts too.
_MOST_FOLDERS = 200
# Where Android's build puts them, below the directory that holds the tree or one above.
_ANDROID = "out/target/product/*/obj/KERNEL_OBJ"


def is_build(folder: Path) -> bool:
    """Whether a kernel was configured in this directory."""
    return any((folder / name).is_file() for name in CONFIGURED)


def source_of(folder: Path) -> Path | None:
    """The kernel tree that an output directory says it was made from."""
    link = folder / "source"
    if link.is_symlink() and link.is_dir():
        return Path(os.path.realpath(link))
    makefile = folder / "Makefile"
    try:
        if not makefile.is_file():
            return None
        with open(makefile, encoding="utf-8", errors="replace") as file:
            found = _LEADS_BACK.search(file.read(_HEAD))
    except OSError:
        return None
    if found is None:
        return None
    named = Path(os.path.realpath(folder / (found.group(1) or found.group(2))))
    return named if named.is_dir() and named != Path(os.path.realpath(folder)) else None


def near(top: Path) -> tuple[Path, ...]:
    """The output directories in and beside a kernel tree that say they were made from it, in the order of their names."""
    real = Path(os.path.realpath(top))
    found = {
        Path(os.path.realpath(folder)): folder
        for folder in _candidates(top)
        if is_build(folder) and source_of(folder) == real
    }
    return tuple(sorted(found.values()))


def _candidates(top: Path) -> Iterator[Path]:
    for place in (top, top.parent):
        for folder in _folders(place):
            yield folder
            if folder.name.startswith(("out", "build")):
                yield from _folders(folder)
    for place in (top.parent, top.parent.parent):
        try:
            yield from sorted(place.glob(_ANDROID))
        except OSError:
            continue


def _folders(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())[:_MOST_FOLDERS]
    except OSError:
        return []
    return [place / name for name in names]
