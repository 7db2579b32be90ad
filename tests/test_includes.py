"""Which file an `#include` means: folders that Makefiles add to the include path."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import kernels

from oopsight import tree
from oopsight.tree import includes

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 1\nccflags-y += -Itop\n",
    "top/top.h": "",
    "drivers/a/Makefile": "HERE = $(srctree)/$(src)/..\nccflags-y := -I$(src)/include -I$(HERE)/shared \\\n"
    "\t-I $(srctree)/drivers/b -I$(unknown)/x -I/usr/include\nONE = $(TWO)\nTWO = $(ONE)\nccflags-$(X) += -I$(ONE)\n",
    "drivers/a/deep/a.c": "",
    "drivers/a/include/own.h": "",
    "drivers/shared/shared.h": "",
    "drivers/b/b.h": "",
    "drivers/c/Kbuild": "subdir-ccflags-y += -I$(srctree)/drivers/b\n",
}


@pytest.fixture
def opened(tmp_path: Path) -> tree.KernelTree:
    root, module = tmp_path / "linux", tmp_path / "widget"
    kernels.write_files(root, FILES, None)
    (module / "src").mkdir(parents=True)
    (module / "hal").mkdir()
    (module / "hal" / "hal.h").write_text("")
    (module / "src" / "Makefile").write_text(
        "ccflags-y := -I$(M)/hal -I$(src)/../hal -I$(srctree)/drivers/b\n"
    )
    return tree.open_tree(root, also=[module])


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("drivers/a/a.c", "own.h", "drivers/a/include/own.h"),
        ("drivers/a/a.c", "shared.h", "drivers/shared/shared.h"),
        ("drivers/a/a.c", "b.h", "drivers/b/b.h"),
        ("drivers/a/deep/a.c", "own.h", "drivers/a/include/own.h"),
        ("drivers/c/x/a.c", "b.h", "drivers/b/b.h"),
        ("drivers/b/a.c", "own.h", None),
        ("drivers/a/a.c", "top.h", None),
        ("drivers/a/a.c", "none.h", None),
        ("also1:/src/main.c", "hal.h", "also1:/hal/hal.h"),
        ("also1:/src/main.c", "b.h", "drivers/b/b.h"),
    ],
)
def test_folders_of_makefiles(
    opened: tree.KernelTree, path: str, name: str, expected: str | None
) -> None:
    assert expected == includes.resolve(opened, path, '"', name, "arch/arm")
