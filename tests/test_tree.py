# ruff: noqa: E101
"""Kernel trees: what is one, where things are defined in a file, what a body calls, and the index on disk."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies
from tests.support.kernels import Kernel

from oopsight import model, tree
from oopsight.tree import (
    csyntax,
    ctext,
    files,
    indexes,
    scan,
    stores,
    tables,
    trees,
    units,
    workers,
)

K = model.DefinitionKind

# One text of every shape that kernel code has; the comment behind each says what must be found on that line.
SHAPES = """\
/* A comment with a brace { and a call(of something) */
#define one_line(x) other(x)
#define two_lines(a, b) \\
	other(a, \\
	      b)
#define AN_ALIAS another_name
#define A_NUMBER (1 << 4)
#define calls_hidden get_hidden()
int same_line(void) { return 0; }
static inline void empty_stub(struct thing *t) { }
static inline void
name_below(int a,
	   int b)
{
	if (a) {
		b++;
	}
}

static int __init attributes_before(void)
{
	return 0;
}

asmlinkage void __exception
two_line_header(unsigned long addr, unsigned int fsr)
{
}

static noinline int not_inline(void)
	__releases(lock)
{
}

int brace_at_the_end(int a,
		     int b) {
	return a;
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return 0;
}

DEFINE_IDTENTRY_RAW(exc_sample)
{
}
EXPORT_SYMBOL(exc_sample);
BDI_SHOW(ratio, bdi->ratio)

static ssize_t after_a_macro(void)
{
}
#if defined(CONFIG_A) || \\
    defined(CONFIG_B)
void after_a_directive(void)
{
}
#endif
static struct fsr_info fsr_info[] = {
	{ do_bad, 1 },
};
const struct file_operations sample_fops __ro_after_init = {
	.read = sample_read,
};
struct sample {
	int member;
#define INSIDE 3
	void (*call)(int);
};
enum colour {
	RED,
	GREEN = 4, /* BLUE, */
	YELLOW
};
extern int declared_only(int a);
"""
FOUND = [
    ("one_line", K.MACRO, 2, 2, 2),
    ("two_lines", K.MACRO, 3, 3, 5),
    ("AN_ALIAS", K.MACRO, 6, 6, 6),
    ("A_NUMBER", K.CONSTANT, 7, 7, 7),
    ("calls_hidden", K.MACRO, 8, 8, 8),
    ("same_line", K.FUNCTION, 9, 9, 9),
    ("empty_stub", K.INLINE, 10, 10, 10),
    ("name_below", K.INLINE, 12, 11, 18),
    ("attributes_before", K.FUNCTION, 20, 20, 23),
    ("two_line_header", K.FUNCTION, 26, 25, 28),
    ("not_inline", K.FUNCTION, 30, 30, 33),
    ("brace_at_the_end", K.FUNCTION, 35, 35, 38),
    ("sys_read", K.FUNCTION, 40, 40, 43),
    ("exc_sample", K.FUNCTION, 45, 45, 47),
    ("after_a_macro", K.FUNCTION, 51, 51, 53),
    ("after_a_directive", K.FUNCTION, 56, 56, 58),
    ("fsr_info", K.TABLE, 60, 60, 62),
    ("sample_fops", K.TABLE, 63, 63, 65),
    ("sample", K.STRUCT, 66, 66, 70),
    ("INSIDE", K.CONSTANT, 68, 68, 68),
    ("RED", K.ENUMERATOR, 72, 72, 72),
    ("GREEN", K.ENUMERATOR, 73, 73, 73),
    ("YELLOW", K.ENUMERATOR, 74, 74, 74),
]
ASM = """\
#include <linux/linkage.h>
	.macro	helper, a
	bl	something
	.endm
ENTRY(first)
	mov	r0, r1
1:	b	1b
.Llocal:
ENDPROC(first)
second:
	nop
SYM_FUNC_START(third)
"""


class TestScan:
    def test_every_shape_is_found_on_its_lines(self) -> None:
        rows = [
            (r.name, r.kind, r.line, r.start, r.end) for r in scan.scan("a.c", SHAPES.encode()).rows
        ]
        assert FOUND == rows

    def test_windows_line_ends_change_nothing(self) -> None:
        data = SHAPES.replace("\n", "\r\n").encode()
        assert list(scan.scan("a.c", SHAPES.encode()).rows) == list(scan.scan("a.c", data).rows)

    def test_structures_of_tables_are_known(self) -> None:
        types = {
            r.name: r.type_name for r in scan.scan("a.c", SHAPES.encode()).rows if r.kind is K.TABLE
        }
        assert {"fsr_info": "fsr_info", "sample_fops": "file_operations"} == types

    def test_labels_of_assembler_code(self) -> None:
        rows = [(r.name, r.kind, r.line, r.end) for r in scan.scan("a.S", ASM.encode()).rows]
        assert [
            ("helper", K.ASM_MACRO, 2, 4),
            ("first", K.LABEL, 5, 9),
            ("second", K.LABEL, 10, 11),
            ("third", K.LABEL, 12, 13),
        ] == rows

    def test_patterns_without_possessive_repeats_find_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Python 3.10 has none."""
        before = scan.scan("a.c", SHAPES.encode())
        for version in ((3, 10), (3, 11)):
            monkeypatch.setattr(scan.sys, "version_info", version)
            compiled = scan._compiled(rb"x\w++ [ ]*+=")
            assert (b"++" in compiled.pattern) == (version == (3, 11))
            assert compiled.match(b"xyz  =") is not None
        greedy = re.sub(rb"([*+])\+", rb"\1", scan._WITH_CONSTANTS.pattern)
        monkeypatch.setattr(scan, "_WITH_CONSTANTS", re.compile(greedy, re.VERBOSE))
        assert before == scan.scan("a.c", SHAPES.encode())

    def test_a_header_of_numbers_is_left_out_but_for_macros_with_parameters(self) -> None:
        numbers = "/* numbers (of a chip) */\n" + "".join(
            f"#define REG_{n} (0x{n:x} << SHIFT(1))\n" for n in range(50)
        )
        with_call = numbers + "#  define field(x) other(x)\n"
        for text, names in ((numbers, set()), (with_call, {"field"})):
            found = scan.scan("a.h", text.encode(), constants=False).rows
            assert names == {row.name for row in found if not row.name.startswith("REG_")}

    @hypothesis.given(strategies.text(alphabet='{}();=#\\\n \t/*"ax_.,[]'))
    def test_any_text_gives_rows_inside_of_it(self, text: str) -> None:
        for path in ("a.c", "a.S"):
            for row in scan.scan(path, text.encode()).rows:
                assert 1 <= row.start <= row.line <= row.end + 1 <= text.count("\n") + 3


class TestBody:
    def _body(self, text: str, name: str) -> csyntax.Body:
        lines = tuple(text.split("\n"))
        row = next(r for r in scan.scan("a.c", text.encode()).rows if r.name == name)
        definition = model.Definition(
            name, row.kind, model.SourcePos("a.c", row.line), row.start, row.end
        )
        from oopsight.tree import preprocess

        return csyntax.read_body(lines, definition, preprocess.conditionals(text))

    def test_calls_of_every_kind(self) -> None:
        text = (
            "static int __kprobes\nf(struct a *a)\n{\n\tif (unlikely(!g(a->x)))\n\t\treturn a->ops->run(a, 1);\n"
            "#ifdef CONFIG_X\n\th();\n#endif\n\t(*a->fn)(2);\n\treturn last(a);\n}\n"
        )
        calls = self._body(text, "f").calls
        assert [
            ("unlikely", None, 4, None, False),
            ("g", None, 4, None, False),
            (None, "run", 5, None, True),
            ("h", None, 7, "defined(CONFIG_X)", False),
            (None, "fn", 9, None, False),
            ("last", None, 10, None, True),
        ] == [(c.name, c.member, c.line, c.condition, c.tail) for c in calls]

    def test_a_macro_calls_on_its_own_line(self) -> None:
        text = "#define f(a, b)\t\\\n\tg(a, 0, \\\n\t  h(b))\n"
        calls = self._body(text, "f").calls
        assert [("g", 2, ("a", "0", "h(b)")), ("h", 3, ("b",))] == [
            (c.name, c.line, c.arguments) for c in calls
        ]

    def test_stores_loads_and_addresses(self) -> None:
        text = "void f(struct a *p, int *q)\n{\n\tp->x = 1;\n\tg(&p->y);\n\t*q = p->z;\n\treturn p.w;\n}\n"
        accesses = [(a.line, a.text, a.store) for a in self._body(text, "f").accesses]
        assert [(3, "p->x", True), (5, "*q", True), (5, "p->z", False)] == accesses

    def test_parameters_in_kernel_spelling(self) -> None:
        header = "f(gfp_t mask, int (*fn)(void *, int), struct a *a[2], const char __user *buf __maybe_unused, ...)"
        assert ["mask", "fn", "a", "buf"] == [p.name for p in ctext.parameters_of(header)][:4]

    def test_half_a_function_is_read_as_far_as_it_goes(self) -> None:
        assert ["g"] == [
            c.name for c in self._body("int f(void)\n{\n\tg(1);\n\tif (x {\n", "f").calls
        ]


def test_tables_by_position_and_by_name() -> None:
    text = (
        'static struct info t[] = {\n\t[3] = { .fn = a, .sig = 1 },\n\t{ b, 2, "t,{" }, /* { c } */\n'
        "#ifdef X\n\t{ d },\n#endif\n};\nstruct ops one = {\n\t.run = f,\n\t.stop = NULL,\n};\n"
    )
    (array,) = tables.read("t", "a.c", text)
    assert [("3", 2, None), (None, 3, None), (None, 5, "defined(X)")] == [
        (e.designator, e.position.line, e.condition) for e in array.elements
    ]
    assert [("fn", "b"), ("sig", "2"), ("2", '"t,{"')] == list(
        tables.members_named(array.elements[1].text, ("fn", "sig"))
    )
    (one,) = tables.read("one", "a.c", text)
    assert (False, 8, "ops") == (one.array, one.position.line, one.struct)
    assert [("run", "f"), ("stop", "NULL")] == list(tables.members_named(one.elements[0].text, ()))


class TestKernelTree:
    def test_a_directory_that_is_no_tree_says_what_it_lacks(self, tmp_path: Path) -> None:
        with pytest.raises(tree.NotAKernelTree, match="lacks a Makefile that states VERSION"):
            tree.open_tree(tmp_path)
        with pytest.raises(tree.NotAKernelTree, match="There is no directory"):
            tree.open_tree(tmp_path / "nowhere")

    def test_release_and_configuration(self, kernel: Kernel) -> None:
        opened = tree.open_tree(kernel.root)
        assert (opened.release or "").startswith("3.18.")
        assert opened.config is not None
        assert {"arm", "arm64", "x86"} <= set(opened.arches)

    def test_nothing_outside_of_the_tree_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "secret.c").write_text("int secret;", encoding="utf-8")
        root = tmp_path / "tree"
        root.mkdir()
        (root / "link.c").symlink_to(tmp_path / "secret.c")
        (root / "inner.c").write_text("int a;", encoding="utf-8")
        os.mkfifo(root / "pipe.c")
        sources = files.Sources(root)
        assert sources.lines("inner.c") == ("int a;",)
        for path in ("link.c", "../secret.c", "pipe.c", "/etc/passwd", "", "a\0b"):
            assert sources.text(path) is None, path


class TestIndex:
    def test_only_what_changed_is_read_again(
        self, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kernel.open()
        kernel.insert("mm/memory.c", 1, "int a_new_function(void) { return 0; }")
        (kernel.root / "lib" / "list_debug.c").unlink()
        asked: list[str] = []
        read = workers.read
        monkeypatch.setattr(
            workers, "read", lambda root, file: (asked.append(file.path), read(root, file))[1]
        )
        opened = kernel.open()
        assert ["mm/memory.c"] == asked
        assert ["mm/memory.c"] == [path for path, _ in opened.index.find("a_new_function")]
        assert "lib/list_debug.c" not in [path for path, _ in opened.index.find("list_del")]

    def test_rows_of_a_file_come_from_the_index_until_it_is_edited(
        self, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = "mm/memory.c"
        os.utime(kernel.root / path, (1_000_000_000, 1_000_000_000))
        opened = kernel.open()
        read = tuple(scan.scan(path, kernel.read(path).encode()).rows)
        assert read == opened.index.rows(path)
        monkeypatch.setattr(trees.scan, "scan", None)  # nobody asks for a scan
        assert read == opened.rows(path)
        monkeypatch.undo()
        kernel.insert(path, 1, "int a_new_function(void) { return 0; }")
        assert opened.index.rows(path) is None
        again = trees.build_index(opened, only=())
        assert "a_new_function" in {row.name for row in again.rows(path)}

    def test_a_damaged_index_is_made_anew(self, kernel: Kernel) -> None:
        kernel.open()
        indexes.index_file(kernel.root).write_bytes(b"this is no database" * 100)
        assert kernel.open().index.find("do_DataAbort")

    def test_what_was_read_before_a_stop_is_kept(
        self, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers, "_CHUNK_FILES", 10)
        stops = iter((False, False, True))
        with pytest.raises(tree.Cancelled):
            tree.build_index(tree.open_tree(kernel.root), cancelled=lambda: next(stops))
        with contextlib.closing(stores.Store(indexes.index_file(kernel.root))) as store:
            assert not store.complete
            assert len(store.known()) == 20
        assert kernel.open().index.complete

    def test_links_and_fifos_do_no_harm(self, kernel: Kernel) -> None:
        (kernel.root / "loop").symlink_to(kernel.root)
        os.mkfifo(kernel.root / "mm" / "pipe.c")
        (kernel.root / "mm" / "latin.c").write_bytes(b"/* \xe9\xff */\nint latin_one(void)\n{\n}\n")
        opened = kernel.open()
        assert [("mm/latin.c", 2)] == [
            (path, row.line) for path, row in opened.index.find("latin_one")
        ]

    def test_the_index_can_be_read_by_others(self, kernel: Kernel) -> None:
        kernel.open()
        with sqlite3.connect(indexes.index_file(kernel.root)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    return Kernel(tmp_path / "kernel")


class TestWays:
    def _ways(
        self, kernel: Kernel, caller: str, callee: str, path: str = "mm/probe.c"
    ) -> list[str]:
        opened: trees.KernelTree = kernel.open()
        unit = units.open_unit(opened, path, "arch/arm")
        row = next(r for r in opened.rows(path) if r.name == caller)
        found = units.ways(unit, opened.definition(path, row), callee)
        return [
            f"{way.call.line}{'~' if way.plain else ''}:{' '.join(step.definition.name for step in way.steps)}"
            for way in found
        ]

    def test_ways_are_ordered_from_the_most_direct_on(self, kernel: Kernel) -> None:
        kernel.write(
            "mm/probe.c",
            "#include <linux/list.h>\n"
            "#define via_macro(x) target(x)\n"
            "static inline int via_inline(int x) { return via_macro(x); }\n"
            "static int via_static(int x)\n{\n\treturn target(x);\n}\n"
            "int caller(int x)\n{\n\tvia_static(x);\n\tvia_inline(x);\n\tvia_macro(x);\n\treturn target(x);\n}\n",
        )
        assert ["13:", "12:via_macro", "11:via_inline via_macro", "10~:via_static"] == self._ways(
            kernel, "caller", "target"
        )

    def test_a_way_that_only_words_suggest_is_none(self, kernel: Kernel) -> None:
        kernel.write(
            "mm/probe.c",
            "static inline int near(int x)\n{\n\treturn x; /* target(x) */\n}\n"
            'int caller(int x)\n{\n\treturn near(x) + sizeof("target(x)");\n}\n',
        )
        assert [] == self._ways(kernel, "caller", "target")

    def test_recursion_ends(self, kernel: Kernel) -> None:
        kernel.write(
            "mm/probe.c",
            "static inline int a(int x);\nstatic inline int b(int x)\n{\n\treturn a(x);\n}\n"
            "static inline int a(int x)\n{\n\treturn b(x) + target(x);\n}\nint caller(int x)\n{\n\treturn b(x);\n}\n",
        )
        assert ["12:b a"] == self._ways(kernel, "caller", "target")
