"""The order of the packages is law: imports go down, and each outside library has one door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "server" / "oopsight"

# From top to bottom; packages on one line are strangers to each other.
LAYERS = (
    ("lsp", "cli", "__main__"),
    ("ide",),
    ("resolve",),
    ("formats", "image", "tree"),
    ("values",),
    ("log", "arch"),
    ("model", "util"),
)
DOORS = {
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "elftools": "image",
    "zstandard": "image",
    "tree_sitter": "tree",
    "tree_sitter_c": "tree",
}
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def _package_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else file.stem


def _imports() -> Iterator[tuple[str, str]]:
    """Every import of every module, as (importing file, imported dotted name)."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield str(file.relative_to(PACKAGE)), alias.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: relative import"
                for alias in node.names:
                    yield str(file.relative_to(PACKAGE)), f"{node.module}.{alias.name}"


IMPORTS = tuple(_imports())


@pytest.mark.parametrize(
    ("importer", "name"), [(i, n) for i, n in IMPORTS if n.startswith("oopsight.")]
)
def test_imports_go_down(importer: str, name: str) -> None:
    here = _package_of(PACKAGE / importer)
    there = name.split(".")[1]
    if here == "__init__" or there in {here, "__version__"}:
        return
    if (here, there) == ("__main__", "cli") or (here, there) == ("cli", "lsp"):
        return  # `python -m oopsight` is the command line, and its `serve` starts the other wire
    assert LEVEL[here] < LEVEL[there], f"{importer} imports {name}: up or sideways"


def test_every_outside_library_has_one_door() -> None:
    known = sys.stdlib_module_names | {"oopsight"}
    outside = {
        (importer, name.split(".")[0])
        for importer, name in IMPORTS
        if name.split(".")[0] not in known
    }
    wrong = {(i, lib) for i, lib in outside if _package_of(PACKAGE / i) != DOORS.get(lib)}
    assert wrong == set()


def test_model_is_inert() -> None:
    """`model` imports nothing but the standard library's words for data."""
    allowed = {"__future__", "collections", "dataclasses", "enum", "typing", "re", "oopsight"}
    used = {(i, n.split(".")[0]) for i, n in IMPORTS if i.startswith("model/")}
    assert {(i, n) for i, n in used if n not in allowed} == set()
