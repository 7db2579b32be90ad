"""What the Makefiles of small trees say of their sources: built or not, into which module, and by which line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import kernels

from oopsight import tree
from oopsight.tree import makefiles, maketext

B = makefiles.Built
TOP = "VERSION = 6\nPATCHLEVEL = 1\ncore-y := kernel/\ndrivers-y := drivers/ fs/\nlibs-y := lib/\n"


class Small:
    """A tree of the given files, each with its text."""

    def __init__(self, root: Path, files: dict[str, str], config: str | None) -> None:
        kernels.write_files(root, {"Makefile": TOP, **files}, config)
        self.tree = tree.open_tree(root)

    def built(self, path: str, arch_dir: str | None = "arch/arm") -> makefiles.Answer:
        return makefiles.built(self.tree, path, arch_dir, 32)


def made(
    root: Path, makefile: str, path: str, config: str | None = "CONFIG_A=y\nCONFIG_M=m\n"
) -> makefiles.Answer:
    """The answer for a file of `drivers/`, whose Makefile is given."""
    return Small(root, {"drivers/Makefile": makefile}, config).built(path)


CASES = [
    ("obj-y += a.o", B.YES, ()),
    ("obj-m += a.o", B.MODULE, ("a",)),
    ("obj-$(CONFIG_A) += a.o", B.YES, ()),
    ("obj-$(CONFIG_M) += a.o", B.MODULE, ("a",)),
    ("obj-${CONFIG_M} += a.o", B.MODULE, ("a",)),
    ("obj-$(CONFIG_B) += a.o", B.NO, ()),
    ("lib-y := b.o \\\n\ta.o  # the last one", B.YES, ()),
    ("# obj-y += a.o", B.UNKNOWN, ()),
    ("extra-y := a.o", B.YES, ()),
    ("obj-y += $(obj)/a.o", B.YES, ()),
    # composite objects
    ("obj-$(CONFIG_M) += big-mod.o\nbig-mod-y := b.o a.o", B.MODULE, ("big_mod",)),
    ("obj-$(CONFIG_M) += big.o\nbig-objs := a.o", B.MODULE, ("big",)),
    ("obj-y += big.o\nbig-$(CONFIG_B) += a.o", B.NO, ()),
    ("obj-$(CONFIG_B) += big.o\nbig-y += a.o", B.NO, ()),
    ("obj-$(CONFIG_M) += big.o\nbig-y := $(part-y)\npart-$(CONFIG_A) := a.o", B.MODULE, ("big",)),
    ("obj-$(CONFIG_M) += x.o y.o\nx-y := a.o\ny-y := a.o", B.MODULE, ("x", "y")),
    ("obj-y += big.o\nbig-y := part.o\npart-y := a.o", B.YES, ()),
    # conditionals
    ("ifeq ($(CONFIG_A),y)\nobj-y += a.o\nendif", B.YES, ()),
    ("ifeq ($(CONFIG_B),y)\nobj-y += a.o\nendif", B.NO, ()),
    ("ifneq ($(CONFIG_B),)\nobj-y += b.o\nelse\nobj-y += a.o\nendif", B.YES, ()),
    ('ifeq "$(CONFIG_A)" "y"\nobj-y += a.o\nendif', B.YES, ()),
    (
        "ifdef CONFIG_B\nobj-y += b.o\nelse ifdef CONFIG_A\nobj-y += a.o\nelse\nobj-m += a.o\nendif",
        B.YES,
        (),
    ),
    ("ifndef CONFIG_A\nobj-y += a.o\nendif", B.NO, ()),
    ("ifeq ($(CONFIG_A)$(CONFIG_B),yy)\nobj-y += a.o\nendif", B.NO, ()),
    ("ifeq ($(shell true),)\nobj-y += a.o\nendif", B.UNKNOWN, ()),
    ("ifeq ($(SRCARCH),arm)\nobj-y += a.o\nendif", B.YES, ()),
    # functions and variables
    ("obj-$(subst m,y,$(CONFIG_M)) += a.o", B.YES, ()),
    ("obj-$(CONFIG_M:m=y) += a.o", B.YES, ()),
    ("obj-y += $(addsuffix .o,$(names))\nnames = b a", B.YES, ()),
    ("obj-y += $(patsubst %,%.o,$(names))\nnames := a", B.YES, ()),
    ("obj-y += $(filter-out a.o,a.o b.o)", B.UNKNOWN, ()),
    ("obj-$(if $(CONFIG_B),,y) += a.o", B.YES, ()),
    ("obj-y += $(if $(CONFIG_A),a.o)", B.YES, ()),
    ("obj-$(call any,y) += a.o", B.UNKNOWN, ("a",)),
    # the second takes the place of the first, as with mm/nommu.c
    ("obj-y += $(mmu-y)\nmmu-y := a.o\nmmu-$(CONFIG_A) := b.o", B.NO, ()),
    ("obj-y += $(mmu-y)\nmmu-y := a.o\nmmu-$(CONFIG_B) := b.o", B.YES, ()),
    # programs of the build machine
    ("hostprogs := a", B.NO, ()),
    ("hostprogs := a\nobj-y += a.o", B.YES, ()),
    ("hostprogs-y += tool\ntool-objs := a.o", B.NO, ()),
]


@pytest.mark.parametrize(("makefile", "built", "modules"), CASES)
def test_a_line_of_a_makefile(
    tmp_path: Path, makefile: str, built: makefiles.Built, modules: tuple[str, ...]
) -> None:
    found = made(tmp_path, makefile + "\n", "drivers/a.c")
    assert (built, modules) == (found.built, found.modules), found.reason


def test_without_a_configuration_options_are_open_but_modules_are_known(tmp_path: Path) -> None:
    makefile = "obj-$(CONFIG_M) += big.o\nbig-y := a.o\nobj-y += b.o\nobj-m += c.o\n"
    small = Small(tmp_path, {"drivers/Makefile": makefile}, None)
    assert (B.UNKNOWN, ("big",)) == (
        small.built("drivers/a.c").built,
        small.built("drivers/a.c").modules,
    )
    assert B.YES is small.built("drivers/b.c").built
    assert (B.MODULE, ("c",)) == (
        small.built("drivers/c.c").built,
        small.built("drivers/c.c").modules,
    )


def test_the_reason_names_line_and_option(tmp_path: Path) -> None:
    found = made(tmp_path, "\nobj-$(CONFIG_B) += a.o\n", "drivers/a.c")
    assert (
        "drivers/a.c is not built: drivers/Makefile:2 asks for CONFIG_B, which is not set."
        == found.reason
    )
    assert found.position is not None
    assert ("drivers/Makefile", 2) == (found.position.path, found.position.line)


class TestFolders:
    def test_a_folder_under_an_option(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_B) += off/\nobj-$(CONFIG_M) += mod/\nobj-y += a/b/\n",
            "drivers/off/Makefile": "obj-y += a.o\n",
            "drivers/mod/Makefile": "obj-y += a.o\n",
            "drivers/a/b/Kbuild": "obj-y += a.o\n",
            "drivers/a/b/Makefile": "obj-m += a.o\n",
            "drivers/lost/Makefile": "obj-y += a.o\n",
        }
        small = Small(tmp_path, files, "CONFIG_M=m\n")
        assert B.NO is small.built("drivers/off/a.c").built
        assert "CONFIG_B" in (small.built("drivers/off/a.c").reason or "")
        assert B.MODULE is small.built("drivers/mod/a.c").built
        assert B.YES is small.built("drivers/a/b/a.c").built
        lost = small.built("drivers/lost/a.c")
        assert (B.UNKNOWN, False) == (lost.built, lost.reached)

    def test_the_top_makefile_turns_its_lists_into_archives(self, tmp_path: Path) -> None:
        files = {
            "Makefile": TOP
            + "libs-y1 := $(patsubst %/, %/lib.a, $(libs-y))\nlibs-y2 := $(patsubst %/, %/built-in.o, $(libs-y))\n"
            "libs-y := $(libs-y1) $(libs-y2)\ncore-y := $(patsubst %/, %/built-in.o, $(core-y))\n",
            "lib/Makefile": "lib-y := a.o\n",
            "kernel/Makefile": "obj-y := a.o\n",
        }
        small = Small(tmp_path, files, "CONFIG_A=y\n")
        assert [B.YES, B.YES] == [small.built(path).built for path in ("lib/a.c", "kernel/a.c")]

    def test_objects_of_folders_below(self, tmp_path: Path) -> None:
        files = {"fs/Makefile": "obj-y += x.o\nx-y := $(addprefix libx/, a.o b.o) c/d.o\n"}
        small = Small(tmp_path, files, "CONFIG_A=y\n")
        for path in ("fs/libx/a.c", "fs/c/d.c"):
            assert B.YES is small.built(path).built

    def test_an_architectures_folders(self, tmp_path: Path) -> None:
        files = {
            "arch/arm/Makefile": "machine-$(CONFIG_A) += one\nmachine-$(CONFIG_B) += two\n"
            "machdirs := $(patsubst %,arch/arm/mach-%/,$(machine-y))\ncore-y += arch/arm/kernel/ $(machdirs)\n"
            "head-y := arch/arm/kernel/head.o\n",
            "arch/arm/kernel/Makefile": "obj-y += irq.o\n",
            "arch/arm/mach-one/Makefile": "obj-y += a.o\n",
            "arch/arm/mach-two/Makefile": "obj-y += a.o\n",
            "arch/x86/kernel/Makefile": "obj-y += irq.o\n",
        }
        small = Small(tmp_path, files, "CONFIG_A=y\n")
        assert B.YES is small.built("arch/arm/kernel/irq.c").built
        assert B.YES is small.built("arch/arm/kernel/head.S").built
        assert B.YES is small.built("arch/arm/mach-one/a.c").built
        assert B.YES is not small.built("arch/arm/mach-two/a.c").built
        assert not small.built("arch/x86/kernel/irq.c").reached

    def test_a_makefile_that_another_includes(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_M) += big.o\nbig-y := a.o\ninclude $(src)/sub/Makefile\n",
            "drivers/sub/Makefile": "big-y += sub/b.o\ninclude $(srctree)/drivers/sub/Makefile\n",
        }
        assert ("big",) == Small(tmp_path, files, "CONFIG_M=m\n").built("drivers/sub/b.c").modules

    def test_a_neighbours_makefile_reaches_over(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-y += gpu/main/\n",
            "drivers/gpu/main/Makefile": "WAY := ../display\nobj-y += big.o\nbig-y := $(addprefix $(WAY)/,a.o)\n",
        }
        assert (
            B.YES is Small(tmp_path, files, "CONFIG_A=y\n").built("drivers/gpu/display/a.c").built
        )

    def test_a_source_that_another_includes(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += all.o\n",
            "kernel/all.c": '#include "part.c"\n',
            "kernel/part.c": "",
        }
        assert B.YES is Small(tmp_path, files, "CONFIG_A=y\n").built("kernel/part.c").built


def test_headers_and_lost_files_are_unknown(tmp_path: Path) -> None:
    small = Small(tmp_path, {}, "CONFIG_A=y\n")
    for path in ("include/linux/a.h", "drivers/none.c", "nowhere/at/all.c", "x.c"):
        assert (B.UNKNOWN, False) == (small.built(path).built, small.built(path).listed)


@pytest.mark.parametrize(
    "text",
    [
        "obj-y += $(a\nifeq (\nelse\nendif\nendif\nendif\ninclude $(\n",
        "a = $(b)\nb = $(a)\nobj-y += $(a) $(obj-y) $($(a))\nobj-y += a.o\n",
        "big-y := big.o a.o\nbig-objs := $(big-y)\nobj-y += big.o\n",
        "x-y := y.o\ny-y := x.o a.o\nobj-y += x.o\n",
        "$(((((((((((((((((((((((((((((((((((((((( = )\n" + "\\\n" * 30_000,
        "obj-y += " + "$(strip " * 500 + "\n",
        "obj-$(" + "$(" * 3000 + " += a.o\n",
        "\0\udcff\n=\n:=\n+=\n$=$\n",
    ],
)
def test_any_text_is_read(tmp_path: Path, text: str) -> None:
    """Damaged and circular Makefiles end, and say what they can."""
    small = Small(tmp_path, {}, "CONFIG_A=y\n")
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "Makefile").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert isinstance(small.built("drivers/a.c").built, makefiles.Built)


def test_tests_and_functions_of_make() -> None:
    known = {"a": "x.c y.c", "empty": ""}
    for text, wanted in (
        ("$(a:.c=.o)", "x.o y.o"),
        ("$(or $(empty),$(unknown),z)", None),
        ("$(or z,$(unknown))", "z"),
        ("$(and $(empty),$(unknown))", ""),
        ("$(filter %.c,a.h b.c)", "b.c"),
        ("$(findstring y,xyz)", "y"),
        ("$(notdir a/b.c)", "b.c"),
        ("$(shell date)", None),
        ("a$(empty)b", "ab"),
        ("$(if $(empty),1,2)", "2"),
        ("$@", None),
    ):
        assert wanted == maketext.expanded(text, known.get), text
