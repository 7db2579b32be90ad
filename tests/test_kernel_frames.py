"""Frames as kernels print them: the call line of each from the source, what text and symbol lists add, and what is doubted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.support import kernels
from tests.support.kernels import frame, place

from oopsight import formats, image, model, resolve, tree
from oopsight.resolve import addresses

S = model.Status
E = model.Evidence
C = model.Convention

RING = """#include <linux/a.h>

static inline int ring_put(struct ring *r, int v)
{
	return ring_store(r, v);
}

int ring_push(struct ring *r, int v)
{
	if (v < 0)
		ring_report(r);
	WARN_ON(v > 9);
	return ring_put(r, v);
}

int ring_store(struct ring *r, int v)
{
	*r->at = v;
	return 0;
}

SYSCALL_DEFINE1(ring, int, v)
{
	int error = ring_push(the_ring, v);

	return error;
}

int ring_twice(struct ring *r)
{
	ring_store(r, 1);
	ring_log(r);
	ring_log(r);
	ring_log(r);
	return ring_store(r, 2) + 1;
}
"""
HEADER = """#define SYSCALL_DEFINE1(name, type, arg) \\
	static long __se_sys_##name(long arg); \\
	static inline long __do_sys_##name(type arg); \\
	long __sample_sys_##name(const struct pt_regs *regs) \\
	{ return __se_sys_##name(regs->a); } \\
	static long __se_sys_##name(long arg) \\
	{ return __do_sys_##name((type)arg); } \\
	static inline long __do_sys_##name(type arg)
"""
HEAD = "[    1.000000] CPU: 0 PID: 93 Comm: exc Not tainted 6.1.0-sample #1\n[    1.000000] Call Trace:\n"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tree.KernelTree:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    files = {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n",
        "include/linux/a.h": HEADER,
        "drivers/sample/ring.c": RING,
    }
    kernels.write_files(tmp_path / "kernel", files, None)
    return tree.build_index(tree.open_tree(tmp_path / "kernel"))


def _explain(
    opened: tree.KernelTree | None, *lines: str, maps: image.Symbols | None = None
) -> model.Explanation:
    text = HEAD + "".join(f"[    1.000000]  {line}\n" for line in lines)
    return resolve.explain(formats.parse(model.Document.of(text)), opened, maps=maps)


def test_a_frame_leads_to_the_next_sure_one(opened: tree.KernelTree) -> None:
    found = _explain(opened, "ring_store+0x4/0x20", "? ring_twice+0x8/0x90", "ring_push+0x10/0x40")
    assert place(frame(found, "ring_push")) == "drivers/sample/ring.c:13"
    assert [hop.name for hop in frame(found, "ring_push").hops] == ["ring_put"]
    doubted = frame(found, "ring_twice")
    assert (doubted.status, doubted.position) == (S.FUNCTION, None)
    assert "doubts" in doubted.reasons[0]


def test_arm_names_the_callee_itself(opened: tree.KernelTree) -> None:
    found = _explain(opened, "ring_report from ring_push+0x10/0x40")
    assert place(frame(found, "ring_push")) == "drivers/sample/ring.c:11"


def test_a_system_call_shows_what_its_macro_made(opened: tree.KernelTree) -> None:
    found = frame(
        _explain(opened, "ring_push+0x10/0x40", "__sample_sys_ring+0x10/0x40"), "__sample_sys_ring"
    )
    assert place(found) == "drivers/sample/ring.c:22"
    assert [(hop.name, hop.position.line) for hop in found.hops] == [
        ("__se_sys_ring", 22),
        ("__do_sys_ring", 24),
    ]


@pytest.mark.parametrize(("offset", "line"), [("0x8", 31), ("0x88", 35)])
def test_the_offset_orders_calls_and_proves_nothing(
    opened: tree.KernelTree, offset: str, line: int
) -> None:
    found = frame(
        _explain(opened, "ring_store+0x4/0x20", f"ring_twice+{offset}/0x90"), "ring_twice"
    )
    assert (place(found), found.status) == (f"drivers/sample/ring.c:{line}", S.AMBIGUOUS)
    assert len({line, *(one.position.line for one in found.candidates)}) == 2


def test_a_title_names_the_line_of_its_frame(opened: tree.KernelTree) -> None:
    text = (
        "[    1.000000] WARNING: CPU: 0 PID: 93 at drivers/sample/ring.c:12 ring_push+0x10/0x40\n"
        f"{HEAD}[    1.000000]  ring_push+0x10/0x40\n[    1.000000]  ring_twice+0x10/0x90\n"
    )
    found = frame(resolve.explain(formats.parse(model.Document.of(text)), opened), "ring_push")
    assert (place(found), found.status, found.evidence) == (
        "drivers/sample/ring.c:12",
        S.EXACT,
        (E.PRINTED,),
    )


@pytest.mark.parametrize(
    "path",
    ["drivers/sample/ring.c", "/mnt/x/linux/./drivers/sample/ring.c", "../drivers/sample/ring.c"],
)
def test_a_printed_line_that_fits_is_exact(opened: tree.KernelTree, path: str) -> None:
    found = _explain(opened, f"ring_store ({path}:18)", f"ring_push ({path}:5 {path}:13)")
    pushed = frame(found, "ring_push")
    assert (place(pushed), pushed.status) == ("drivers/sample/ring.c:13", S.EXACT)
    assert [(hop.name, hop.position.line) for hop in pushed.hops] == [("ring_put", 5)]
    assert frame(found, "ring_store").status is S.EXACT


@pytest.mark.parametrize(
    ("line", "said"), [(12, "does not call"), (18, "is not in ring_push"), (900, "is not in")]
)
def test_a_printed_line_that_does_not_fit_says_what_is_there(
    opened: tree.KernelTree, line: int, said: str
) -> None:
    found = frame(
        _explain(
            opened,
            "ring_report (drivers/sample/ring.c:1)",
            f"ring_push+0x4/0x40 drivers/sample/ring.c:{line}",
        ),
        "ring_push",
    )
    assert (place(found), found.status) == ("drivers/sample/ring.c:11", S.MISMATCH)
    assert said in found.reasons[0]


def _maps(folder: Path, text: str) -> image.Symbols:
    file = folder / "System.map"
    file.write_text(text, encoding="utf-8")
    return image.read(file)


SYMBOLS = """c0008000 T _stext
c0014300 T ring_store
c0014340 t ring_push
c0014400 T the_end
c0800000 D the_ring
"""


def test_addresses_get_their_names(opened: tree.KernelTree, tmp_path: Path) -> None:
    line = "Function entered at [<c0014300>] from [<c0014350>]"
    found = _explain(opened, line, maps=_maps(tmp_path, SYMBOLS))
    pushed = frame(found, "ring_push")
    assert (place(pushed), pushed.frame.code.symbol) == ("drivers/sample/ring.c:13", None)
    assert (pushed.frame.code.offset, pushed.frame.code.size) == (0x10, 0xC0)
    assert pushed.evidence[0] is E.SYMTAB


def test_a_return_address_behind_a_function_is_the_call_in_it(tmp_path: Path) -> None:
    line = "Function entered at [<c0014300>] from [<c0014400>]"
    found = _explain(None, line, maps=_maps(tmp_path, SYMBOLS))
    assert frame(found, "ring_push").frame.code.offset == 0xC0


def test_a_moved_kernel_is_told_by_a_name(tmp_path: Path) -> None:
    maps = _maps(tmp_path, SYMBOLS)
    lines = ("[<c1014304>] ring_store+0x4/0x40", "[<c1014350>] 0xc1014350")
    found = _explain(None, *lines, maps=maps)
    assert "moved by 0x1000000" in frame(found, "ring_push").reasons[0]


def test_the_map_of_another_kernel_says_so(tmp_path: Path) -> None:
    line = "Function entered at [<80014300>] from [<80014350>]"
    found = _explain(None, line, maps=_maps(tmp_path, SYMBOLS))
    assert [one.code for one in found.crashes[0].problems] == ["symbols-do-not-fit"]


@pytest.mark.parametrize("text", ["int main(void);\n", "00000000 T _stext\n00000000 t x\n", ""])
def test_what_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(image.NotAMap):
        _maps(tmp_path, text)


def test_a_large_map_is_read_quickly(tmp_path: Path) -> None:
    rows = (f"{0xFFFFFFFF81000000 + 64 * at:016x} t function_{at}\n" for at in range(130_000))
    text = "".join(rows)
    before = time.process_time()
    assert len(_maps(tmp_path, text).names) == 130_000
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("address", "convention", "arch", "wanted"),
    [
        (0xC0014351, C.RETURN, "arm", 0xC001434F),
        (0xC0014351, C.EXACT, "arm", 0xC0014350),
        (0xFFFFFF8008084200, C.RETURN, "arm64", 0xFFFFFF80080841FF),
        (0x00A8FFC008084200, C.CALL_SITE, "arm64", 0xFFFFFFC008084200),
        (0xFFFFFFFF812C280A, C.RETURN, "x86_64", 0xFFFFFFFF812C2809),
    ],
)
def test_one_function_gives_the_address_to_look_up(
    address: int, convention: C, arch: str, wanted: int
) -> None:
    assert addresses.lookup_address(address, convention, arch) == wanted


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("frame->pc = *(unsigned long *)(fp + 8) - 4;", True),
        ("pc = frame->ra - 0x4;", True),
        ("frame->pc = *(unsigned long *)(fp + 8);", False),
    ],
)
def test_the_unwinder_says_whether_it_steps_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, back: bool
) -> None:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    unwinder = f"int unwind_frame(struct f *frame)\n{{\n\t{text}\n}}\n"
    files = {
        "Makefile": "VERSION = 4\nPATCHLEVEL = 4\n",
        "arch/arm64/kernel/stacktrace.c": unwinder,
    }
    kernels.write_files(tmp_path / "kernel", files, None)
    opened = tree.open_tree(tmp_path / "kernel")
    assert addresses.steps_back(opened, "arm64") is back
