"""The small kernel trees of `testdata/trees`, as the constants that a tree gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from oopsight.tree import headers
from oopsight.tree.configs import Config, parse_config
from oopsight.tree.constants import TreeConstants

TREES = Path(__file__).parents[1] / "testdata" / "trees"
_ARRAY = re.compile(r"\b(\w+)\[[^\]]*\]\s*=\s*\{|\bstruct\s+(\w+)\s*\{")


def read(tree: str, path: str) -> str | None:
    """The text of a file, None when there is none."""
    file = TREES / tree / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


@cache
def index(tree: str) -> dict[str, tuple[str, ...]]:
    """Which files state which names: what the real index answers."""
    found: dict[str, dict[str, None]] = {}
    for file in sorted((TREES / tree).rglob("*.[ch]")):
        path = file.relative_to(TREES / tree).as_posix()
        text = file.read_text(encoding="utf-8")
        names = [*headers.read(path, text).meanings]
        names += [match[1] or match[2] for match in _ARRAY.finditer(text)]
        for name in names:
            found.setdefault(name, {})[path] = None
    return {name: tuple(paths) for name, paths in found.items()}


def config(words: Sequence[str]) -> Config | None:
    """`CONFIG_X=y` words as a configuration; none at all when there are no words."""
    return parse_config("\n".join(words)) if words else None


def constants(
    tree: str,
    *options: str,
    indexed: bool = True,
    bits: int = 32,
    tree_dir: str | None = "arch/arm",
) -> TreeConstants:
    """The constants of a small tree, with or without an index and a configuration."""
    return TreeConstants(
        lambda path: read(tree, path),
        lambda name: index(tree).get(name, ()) if indexed else (),
        config(options),
        bits,
        tree_dir,
    )
