"""Which of several definitions of one name a frame means: each rule on a small tree of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import kernels

from oopsight import arch, model, tree
from oopsight.resolve import choices, contexts, meanings

TOP = "VERSION = 6\nPATCHLEVEL = 1\ncore-y := kernel/ mm/ fs/\ndrivers-y := drivers/\n"
RUN = "int run(int x)\n{\n\treturn x;\n}\n"
STATIC = "static int run(int x)\n{\n\treturn x;\n}\n"
CALLER = "int outer(int x)\n{\n\treturn run(x);\n}\n"


pytestmark = pytest.mark.usefixtures("own_cache")


def chosen(
    root: Path,
    files: dict[str, str],
    *names: str,
    config: str | None = "CONFIG_A=y\nCONFIG_M=m\n",
    module: str | None = None,
    offsets: bool = True,
    of: str = "run",
) -> choices.Choice:
    """The choice for `run`, or another, in a stack of the named functions, the innermost first."""
    kernels.write_files(root, {"Makefile": TOP, **files}, config)
    opened = tree.build_index(tree.open_tree(root))
    offset, size = (4, 32) if offsets else (None, None)
    frames = [
        model.Frame(
            None,
            model.CodeRef(name, name, None, None, offset, size, module if name == "run" else None),
            model.FrameKind.CALL,
            (),
        )
        for name in names
    ]
    context = contexts.context_of(opened, arch.get("arm"))
    return meanings.choose_all(context, frames)[names.index(of)].choice


def path(choice: choices.Choice) -> str | None:
    return choice.definition.position.path if choice.definition is not None else None


class TestMakefiles:
    def test_what_the_configuration_leaves_out_is_not_it(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_OFF) += a.o\nobj-$(CONFIG_A) += b.o\n",
            "drivers/a.c": RUN,
            "drivers/b.c": RUN,
        }
        found = chosen(tmp_path, files, "run")
        assert ("drivers/b.c", True) == (path(found), found.sure)
        assert (
            "drivers/a.c is not built: drivers/Makefile:1 asks for CONFIG_OFF, which is not set."
            in found.reasons
        )
        assert ["drivers/a.c"] == [other.position.path for other in found.others]

    def test_the_configuration_of_another_architecture_proves_nothing(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_OFF) += a.o\nobj-$(CONFIG_A) += b.o\n",
            "drivers/a.c": RUN,
            "drivers/b.c": RUN,
            "arch/x86/Makefile": "",
        }
        found = chosen(tmp_path, files, "run", config="CONFIG_X86=y\nCONFIG_A=y\n")
        assert (False, 1) == (found.sure, found.left_over)
        assert not any("CONFIG_OFF" in reason for reason in found.reasons)
        found = chosen(tmp_path, files, "run", config="CONFIG_ARM=y\nCONFIG_A=y\n")
        assert ("drivers/b.c", True) == (path(found), found.sure)

    def test_the_module_in_brackets(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_M) += one-mod.o two.o\none-mod-y := a.o\ntwo-y := b.o\n",
            "drivers/a.c": STATIC,
            "drivers/b.c": STATIC,
        }
        for module, wanted in (("one_mod", "drivers/a.c"), ("two", "drivers/b.c")):
            found = chosen(tmp_path, files, "run", module=module)
            assert (wanted, True) == (path(found), found.sure), found.reasons
            assert any(f"no module {module}" in reason for reason in found.reasons)
        # The rules are there without a configuration, too.
        (tmp_path / ".config").unlink()
        found = chosen(tmp_path, files, "run", module="two", config=None)
        assert ("drivers/b.c", True) == (path(found), found.sure)

    def test_no_brackets_means_the_kernel_itself(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_M) += a.o\nobj-y += b.o\n",
            "drivers/a.c": STATIC,
            "drivers/b.c": STATIC,
        }
        found = chosen(tmp_path, files, "run")
        assert ("drivers/b.c", True) == (path(found), found.sure)
        assert any("names no module here" in reason for reason in found.reasons)
        # A text that never prints modules leaves it open.
        found = chosen(tmp_path, files, "run", offsets=False)
        assert not found.sure

    def test_what_is_always_built_is_likelier_but_not_sure(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-$(CONFIG_X) += a.o\nobj-y += b.o\n",
            "drivers/a.c": STATIC,
            "drivers/b.c": STATIC,
        }
        found = chosen(tmp_path, files, "run", config=None)
        assert ("drivers/b.c", False) == (path(found), found.sure)


class TestOtherImages:
    @pytest.mark.parametrize(
        "other",
        [
            "tools/perf/a.c",
            "scripts/a.c",
            "samples/a.c",
            "arch/arm/boot/compressed/a.c",
            "arch/um/kernel/a.c",
            "arch/x86/purgatory/a.c",
            "drivers/firmware/efi/libstub/a.c",
            "drivers/a.mod.c",
        ],
    )
    def test_it_comes_last(self, tmp_path: Path, other: str) -> None:
        files = {"kernel/Makefile": "obj-y += b.o\n", "kernel/b.c": RUN, other: RUN}
        found = chosen(tmp_path, files, "run")
        assert ("kernel/b.c", True) == (path(found), found.sure)
        assert other in found.reasons[0]
        assert [other] == [one.position.path for one in found.others]

    def test_it_is_not_thrown_out_when_it_is_the_only_one(self, tmp_path: Path) -> None:
        found = chosen(tmp_path, {"arch/arm/boot/compressed/a.c": RUN}, "run")
        assert ("arch/arm/boot/compressed/a.c", False) == (path(found), found.sure)
        assert any("boot loader" in reason for reason in found.reasons)

    def test_an_example_that_is_built_is_kernel_code(self, tmp_path: Path) -> None:
        files = {
            "Makefile": TOP + "core-$(CONFIG_A) += samples/\n",
            "samples/Makefile": "obj-y += a.o\n",
            "samples/a.c": RUN,
            "tools/a.c": RUN,
        }
        found = chosen(tmp_path, files, "run")
        assert ("samples/a.c", True) == (path(found), found.sure)


class TestNeighbours:
    def test_the_callers_own_static_function(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": STATIC + CALLER,
            "kernel/b.c": RUN,
        }
        found = chosen(tmp_path, files, "run", "outer")
        assert ("kernel/a.c", True) == (path(found), found.sure)
        assert any("outer calls it by name" in reason for reason in found.reasons)

    def test_an_undecided_inline_function_gives_way(self, tmp_path: Path) -> None:
        files = {
            "include/linux/run.h": "#if SIZE == 1\nstatic inline int run(int x)\n{\n\treturn 0;\n}\n#endif\n",
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": "#include <linux/run.h>\n" + CALLER,
            "kernel/b.c": "#include <linux/run.h>\n" + RUN,
        }
        found = chosen(tmp_path, files, "run", "outer")
        assert ("kernel/b.c", False) == (path(found), found.sure)

    def test_what_the_architecture_has_of_its_own(self, tmp_path: Path) -> None:
        generic = "#include <asm/a.h>\n#ifndef ARCH_HAS_RUN\n" + RUN + "#endif\n"
        files = {
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": generic,
            "arch/arm/Makefile": "core-y += arch/arm/kernel/\n",
            "arch/arm/kernel/Makefile": "obj-y += a.o\n",
            "arch/arm/kernel/a.c": RUN,
            "arch/arm/include/asm/a.h": "#define ARCH_HAS_RUN\n",
        }
        found = chosen(tmp_path, files, "run")
        assert ("arch/arm/kernel/a.c", False) == (path(found), found.sure)
        assert any("ARCH_HAS_RUN" in reason for reason in found.reasons)

    def test_assembler_code_of_the_architecture(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": "#include <asm/a.h>\n#ifndef ARCH_HAS_RUN\n" + RUN + "#endif\n",
            "arch/arm/Makefile": "core-y += arch/arm/kernel/\n",
            "arch/arm/kernel/Makefile": "obj-y += a.o\n",
            "arch/arm/kernel/a.S": "ENTRY(run)\n\tmov pc, lr\nENDPROC(run)\n",
            "arch/arm/include/asm/a.h": "#define ARCH_HAS_RUN\n",
        }
        assert "arch/arm/kernel/a.S" == path(chosen(tmp_path, files, "run"))
        (tmp_path / "arch/arm/include/asm/a.h").unlink()
        del files["arch/arm/include/asm/a.h"]
        assert "kernel/a.c" == path(chosen(tmp_path, files, "run"))

    def test_what_a_file_does_not_include_is_not_defined_in_it(self, tmp_path: Path) -> None:
        files = {
            "include/linux/run.h": "extern inline int run(int x)\n{\n\treturn 0;\n}\n",
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": "#include <asm/a.h>\n#ifndef ARCH_HAS_RUN\n" + RUN + "#endif\n",
            "arch/arm/include/asm/a.h": "#ifdef CONFIG_A\n#include <asm/a-64.h>\n#else\n#include <asm/a-32.h>\n#endif\n",
            "arch/arm/include/asm/a-32.h": "#define ARCH_HAS_RUN\n",
            "arch/arm/include/asm/a-64.h": "",
        }
        assert "kernel/a.c" == path(chosen(tmp_path, files, "run"))
        assert "include/linux/run.h" == path(chosen(tmp_path, files, "run", config="CONFIG_B=y\n"))

    def test_a_function_that_does_not_call_itself_is_not_its_own_caller(
        self, tmp_path: Path
    ) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": "int run(struct ops *o)\n{\n\treturn o->run(o);\n}\n"
            "int outer(struct ops *o)\n{\n\treturn run(o);\n}\n",
            "kernel/b.c": "static int run(struct ops *o)\n{\n\treturn inner(o->inner(o));\n}\n"
            "struct ops ops = { .run = run };\n",
        }
        kernels.write_files(tmp_path, {"Makefile": TOP, **files}, "CONFIG_A=y\n")
        opened = tree.build_index(tree.open_tree(tmp_path))
        frames = [
            model.Frame(None, model.CodeRef(n, n, None, None, 4, 32), model.FrameKind.CALL, ())
            for n in ("run", "run", "outer")
        ]
        answers = meanings.choose_all(contexts.Context(opened, arch.get("arm")), frames)
        assert ["kernel/b.c", "kernel/a.c"] == [path(answers[at].choice) for at in (0, 1)]
        assert any("does not call itself" in reason for reason in answers[0].choice.reasons)

    def test_an_attribute_is_made_by_a_macro_in_an_initialiser(self, tmp_path: Path) -> None:
        show = "static int size_show(struct one *o)\n{\n\treturn 0;\n}\n"
        files = {
            "kernel/Makefile": "obj-y += a.o b.o c.o\n",
            "kernel/a.c": show,
            "kernel/b.c": show + "static struct attribute size_attr =\n\t__ATTR_RO(size);\n",
            "kernel/c.c": "int outer(struct ops *o, struct one *t)\n{\n\treturn o->show(t);\n}\n",
        }
        found = chosen(tmp_path, files, "size_show", "outer", of="size_show")
        assert "kernel/b.c" == path(found)

    def test_a_folder_that_no_makefile_enters_comes_last(self, tmp_path: Path) -> None:
        files = {
            "drivers/Makefile": "obj-y += base.o\n",
            "drivers/base.c": "int __weak run(int x)\n{\n\treturn 0;\n}\n",
            "drivers/alien/Makefile": "obj-y += a.o\n",
            "drivers/alien/a.c": RUN,
        }
        assert "drivers/base.c" == path(chosen(tmp_path, files, "run"))

    def test_a_header_gives_way_where_nobody_has_another(self, tmp_path: Path) -> None:
        files = {
            "include/linux/run.h": "static inline int run(int x)\n{\n\treturn 0;\n}\n",
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": "#ifndef __HAVE_ARCH_RUN\n" + RUN + "#endif\n",
        }
        found = chosen(tmp_path, files, "run")
        assert ("kernel/a.c", False) == (path(found), found.sure)

    def test_what_is_passed_through_a_pointer(self, tmp_path: Path) -> None:
        taken = "static int run(struct one *o, char *b)\n{\n\treturn 0;\n}\nint (*p)() = run;\n"
        files = {
            "kernel/Makefile": "obj-y += a.o b.o c.o\n",
            "kernel/a.c": taken,
            "kernel/b.c": taken.replace("one", "two"),
            "kernel/c.c": "int outer(struct ops *o, struct two *t)\n{\n\tchar *b = 0;\n\treturn o->call(t, b);\n}\n",
        }
        found = chosen(tmp_path, files, "run", "outer")
        assert ("kernel/b.c", False) == (path(found), found.sure)
        assert any("other arguments are passed" in reason for reason in found.reasons)

    def test_a_macro_takes_the_address(self, tmp_path: Path) -> None:
        attribute = (
            "static int size_show(struct one *o)\n{\n\treturn run(1);\n}\nDEVICE_ATTR_RO(size);\n"
        )
        files = {
            "kernel/Makefile": "obj-y += a.o b.o c.o\n",
            "kernel/a.c": attribute.replace("size_show", "run_show").replace("size", "run"),
            "kernel/b.c": "int run_show(struct one *o)\n{\n\treturn 0;\n}\n",
            "kernel/c.c": "int outer(struct ops *o, struct one *t)\n{\n\treturn o->show(t);\n}\n"
            "int run(int x)\n{\n\treturn x;\n}\n",
        }
        found = chosen(tmp_path, files, "run", "run_show", "outer")
        assert "kernel/c.c" == path(found)
        show = chosen(tmp_path, files, "run", "run_show", "outer", of="run_show")
        assert ("kernel/a.c", False) == (path(show), show.sure)

    def test_a_call_that_compilers_make_tells_nothing(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": STATIC,
            "drivers/Makefile": "obj-y += b.o\n",
            "drivers/b.c": STATIC.replace("return x", "return __stack_chk_fail()"),
        }
        found = chosen(tmp_path, files, "__stack_chk_fail", "run")
        assert not any("leads to" in reason for reason in found.reasons)

    def test_a_call_that_is_not_there_is_a_hint(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": STATIC,
            "kernel/b.c": STATIC.replace("return x", "return inner(x)"),
        }
        found = chosen(tmp_path, files, "inner", "run")
        assert ("kernel/b.c", False) == (path(found), found.sure)

    def test_the_folder_of_the_neighbours(self, tmp_path: Path) -> None:
        table = "struct ops { int (*run)(int); };\nstruct ops ops = { .run = run };\n"
        files = {
            "fs/Makefile": "obj-y += one/ two/\n",
            "fs/one/Makefile": "obj-y += a.o c.o\n",
            "fs/two/Makefile": "obj-y += a.o\n",
            "fs/one/a.c": STATIC + table,
            "fs/two/a.c": STATIC + table,
            "fs/one/c.c": "int outer(struct ops *o)\n{\n\treturn o->run(1);\n}\n",
        }
        found = chosen(tmp_path, files, "run", "outer")
        assert ("fs/one/a.c", False) == (path(found), found.sure)
        assert any("not in fs/one" in reason for reason in found.reasons)

    def test_a_weak_function_gives_way_for_sure_to_one_that_is_built(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": "int __weak run(int x)\n{\n\treturn 0;\n}\n",
            "drivers/Makefile": "obj-$(CONFIG_A) += b.o\n",
            "drivers/b.c": RUN,
        }
        found = chosen(tmp_path, files, "run")
        assert ("drivers/b.c", True) == (path(found), found.sure)
        found = chosen(tmp_path, files, "run", config="CONFIG_OTHER=y\n")
        assert ("kernel/a.c", True) == (path(found), found.sure)

    def test_nothing_to_choose_by_is_not_sure(self, tmp_path: Path) -> None:
        files = {
            "kernel/Makefile": "obj-y += a.o b.o\n",
            "kernel/a.c": STATIC,
            "kernel/b.c": STATIC,
        }
        found = chosen(tmp_path, files, "run")
        assert (False, 1) == (found.sure, found.left_over)
        assert any("would fit as well" in reason for reason in found.reasons)


class TestForeignConfiguration:
    """A configuration of another architecture than that of the crash decides nothing."""

    KCONFIG = 'config 64BIT\n\tbool "64-bit"\n\nconfig {0}\n\tdef_bool y\n\tselect THINGS\n\nconfig MMU\n\tdef_bool y\n'

    def context(self, root: Path, config: str, record: str = "arm") -> contexts.Context:
        files = {
            "Makefile": TOP,
            "arch/arm/Kconfig": self.KCONFIG.format("OWNWORD").replace("64BIT", "WIDE"),
            "arch/x86/Kconfig": self.KCONFIG.format("OTHERWORD")
            + "\nconfig X86_32\n\tdef_bool y\n\tdepends on !64BIT\n",
            "kernel/Makefile": "obj-y += a.o\n",
            "kernel/a.c": "#ifdef CONFIG_A\n" + RUN + "#else\n" + RUN + "#endif\n",
        }
        kernels.write_files(root, files, config)
        opened = tree.build_index(tree.open_tree(root))
        return contexts.context_of(opened, arch.get(record))

    def test_the_tree_says_which_option_is_an_architecture(self, tmp_path: Path) -> None:
        context = self.context(tmp_path, "CONFIG_OTHERWORD=y\nCONFIG_MMU=y\nCONFIG_A=y\n")
        problem = contexts.foreign_config(context)
        assert problem is not None
        assert "made for x86 (CONFIG_OTHERWORD=y, by arch/x86/Kconfig)" in problem.message
        assert "crash is one of arm." in problem.message
        assert context.tree.config is None
        assert context.tree.holds("defined(CONFIG_A)") is None

    def test_its_own_is_used(self, tmp_path: Path) -> None:
        context = self.context(tmp_path, "CONFIG_OWNWORD=y\nCONFIG_MMU=y\nCONFIG_A=y\n")
        assert contexts.foreign_config(context) is None
        assert context.tree.holds("defined(CONFIG_A)") is True

    def test_what_names_no_architecture_is_used(self, tmp_path: Path) -> None:
        context = self.context(tmp_path, "CONFIG_MMU=y\nCONFIG_A=y\n")
        assert contexts.foreign_config(context) is None

    @pytest.mark.parametrize(
        ("config", "record", "used"),
        [
            ("CONFIG_64BIT=y", "x86_64", True),
            ("CONFIG_64BIT=y", "x86", False),
            ("CONFIG_X86_32=y", "x86", True),
            ("CONFIG_X86_32=y", "x86_64", False),
            ("CONFIG_A=y", "x86_64", True),
        ],
    )
    def test_32_bits_are_not_64(self, tmp_path: Path, config: str, record: str, used: bool) -> None:
        context = self.context(tmp_path, f"CONFIG_OTHERWORD=y\n{config}\n", record)
        assert used == (contexts.foreign_config(context) is None)
