"""Functions that macros make: found under the names that appear in traces, on the line of the macro."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.kernels import Kernel

from oopsight import model, tree
from oopsight.tree import listing, rows, scan

HEADER = """\
#define SAMPLE_DEFINE1(name, ...) SAMPLE_DEFINEx(1, _##name, __VA_ARGS__)
#define SAMPLE_DEFINEx(x, sname, ...)\t\\
\t__SAMPLE_DEFINEx(x, sname, __VA_ARGS__)
#define __SAMPLE_DEFINEx(x, name, ...)\t\\
\tstatic long __do_sample##name(int a);\t\\
\t__SAMPLE_STUBx(board, sample##name, __VA_ARGS__)\t\\
\tlong sample##name(int a) { return __do_sample##name(a); }\t\\
\tstatic long __do_sample##name(int a)
#define __SAMPLE_STUBx(abi, name, ...)\t\\
\tlong __##abi##_##name(const struct pt_regs *regs) { return name(regs->a); }
#define SAMPLE_EVENT(name, proto, args)\t\\
\tstatic void sample_probe_##name(void *data, proto)\t\\
\t{ if (enabled) deliver_##name(data); }
#define SAMPLEFLAG(Uname, lname)\t\\
static inline int Test##Uname(struct page *page) { return test_bit(PG_##lname, page); }
#define module_sample_driver(__driver)\t\\
\tmodule_anything(__driver, sample_register)
#define module_anything(__driver, __register)\t\\
static int __init __driver##_init(void) { return __register(&(__driver)); }\t\\
module_init(__driver##_init);
#define DECLARE_SAMPLE(func)\t\\
\tasmlinkage void asm_##func(void);\t\\
\tasmlinkage void func##_handler(struct pt_regs *regs)
"""
SOURCE = """\
#include <linux/made.h>
#define OWN_SHOW(field)\t\\
static ssize_t field##_show(struct device *dev) { return 0; }

SAMPLE_DEFINE1(write, int, fd)
{
\treturn 0;
}
SAMPLE_EVENT(sample_started,

\tTP_PROTO(int cpu),
\tTP_ARGS(cpu)
);
SAMPLEFLAG(Dirty, dirty)
OWN_SHOW(depth);
module_sample_driver(board_driver);
DECLARE_SAMPLE(board_trap);
"""


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tree.KernelTree:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    kernel = Kernel(tmp_path / "kernel")
    (kernel.root / "include" / "linux" / "made.h").write_text(HEADER)
    (kernel.root / "mm" / "made.c").write_text(SOURCE)
    (kernel.root / "mm" / "other.c").write_text("OWN_SHOW(depth);\nint own(void)\n{\n}\n")
    return kernel.open()


@pytest.mark.parametrize(
    ("name", "line", "end"),
    [
        ("sample_write", 5, 8),
        ("__do_sample_write", 5, 8),
        ("__board_sample_write", 5, 8),
        ("sample_probe_sample_started", 9, None),
        ("TestDirty", 14, None),
        ("depth_show", 15, None),
        ("board_driver_init", 16, None),
    ],
)
def test_name_leads_to_the_macro(
    opened: tree.KernelTree, name: str, line: int, end: int | None
) -> None:
    (found,) = opened.definitions(name, model.DefinitionKind.FUNCTION)
    assert (name, "mm/made.c", line) == (found.name, found.position.path, found.position.line)
    assert end in (None, found.end_line)


@pytest.mark.parametrize(
    "name", ["deliver_sample_started", "sample_read", "__arch_sample_write", "Dirty", "_show", ""]
)
def test_what_is_only_called_or_has_no_use_is_not_made(opened: tree.KernelTree, name: str) -> None:
    assert opened.definitions(name, model.DefinitionKind.FUNCTION) == ()


def test_what_is_only_declared_is_found_where_nothing_else_is(opened: tree.KernelTree) -> None:
    for name in ("asm_board_trap", "board_trap_handler"):
        assert opened.definitions(name, model.DefinitionKind.FUNCTION) == ()
        assert [one.position.line for one in opened.definitions(name)] == [17]


def test_macros_outside_of_functions_are_found_with_their_words() -> None:
    data = (
        b"DEFINE_SAMPLE(one, two + 1, three)\nint f(void)\n{\n\tCALLED(inside);\n}\n"
        b"EXPORT_SYMBOL(f);\nWITH_BODY(first)\n{\n\tx = 1;\n}\nTRACE(name,\n\tFAST(\n\t\ta = b;\n\t)\n);\n"
    )
    uses = [(use.macro, use.word, use.line, use.end) for use in scan.scan("a.c", data).uses]
    assert uses == [
        ("DEFINE_SAMPLE", "one", 1, 1),
        ("DEFINE_SAMPLE", "three", 1, 1),
        ("WITH_BODY", "first", 7, 10),
        ("TRACE", "name", 11, 13),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__attribute__((nonnull(2, 3)))\nvoid sorted(int a)\n{\n}\n", ["sorted"]),
        ("__INLINE __diagnose_as(x, 1)\nchar *copied(char *to)\n{\n}\n", ["copied"]),
        ("static int __held(int a)\n__must_hold(lock)\n{\n}\n", ["__held"]),
        ("int t[] = {\n\t1, 2 };\n\nint behind(void)\n{\n}\n", ["behind"]),
        ("DEFINE_LOCK(x)\nint after(void)\n{\n}\n", ["after"]),
        ("int\nlow(int a)\n{\n}\n", ["low"]),
        ("union u {\n\tint a;\n};\nstruct s *f(struct s *a)\n{\n}\n", ["f"]),
    ],
)
def test_headers_of_every_kind(text: str, names: list[str]) -> None:
    kinds = (model.DefinitionKind.FUNCTION, model.DefinitionKind.INLINE)
    found = [row.name for row in scan.scan("a.c", text.encode()).rows if row.kind in kinds]
    assert found == names


def test_what_was_packed_is_unpacked() -> None:
    from oopsight.tree import packing

    found = scan.raw("a.c", (HEADER + SOURCE).encode())
    assert packing.unpacked(packing.packed(found)) == rows.found(found)
    empty = rows.Raw([], [], [])
    assert packing.unpacked(packing.packed(empty)) == rows.Found([], [])
    for damaged in (b"", b"x", packing.packed(found)[:-9]):
        with pytest.raises(packing.Damaged):
            packing.unpacked(damaged)


def test_a_file_written_just_now_is_looked_at_again() -> None:
    second = 10**9
    assert not listing.settled(listing.File("a.c", 1, 100 * second, 0), 101 * second)
    assert listing.settled(listing.File("a.c", 1, 100 * second, 0), 103 * second)
    assert listing.settled(listing.File("a.c", 1, 900 * second, 0), 101 * second)


def test_macros_that_make_the_name_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    kernel = Kernel(tmp_path / "kernel")
    text = (
        "#if WIDTH == 64\n#define SNAME(name) sample64_##name\n#else\n#define SNAME(name) sample32_##name\n#endif\n"
        "static int SNAME(walk)(struct walker *w,\n\t\tint depth)\n{\n\treturn 0;\n}\n"
        "#define SAMPLE_PROG(name, args...) name(unsigned long *ctx, ##args)\n"
        "int SAMPLE_PROG(started, int cpu)\n{\n\treturn 0;\n}\n"
        "static inline int FAN_TO_REG(int reg)\n{\n\treturn 0;\n}\nvoid ALL_OFF(void)\n{\n}\n"
        "TEST_F(board, first)\n{\n}\nTEST(second)\n{\n}\n"
    )
    (kernel.root / "include" / "linux" / "walk.h").write_text(text)
    rows = [row.name for row in scan.scan("a.h", text.encode()).rows]
    assert rows == [
        "SNAME",
        "SNAME",
        "walk",
        "SAMPLE_PROG",
        "started",
        "FAN_TO_REG",
        "ALL_OFF",
        "second",
    ]
    opened = kernel.open()
    for name in ("sample64_walk", "sample32_walk"):
        (found,) = opened.definitions(name, model.DefinitionKind.FUNCTION)
        assert ("include/linux/walk.h", 6) == (found.position.path, found.position.line)
