"""The sample kernel: its positions, its values, and that it is real C."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "sample_kernel"
COMPILERS = ("gcc", "arm-linux-gnueabi-gcc")
FRAGMENTS = ("arch/arm/mm/fsr-2level.c", "arch/arm/mm/fsr-3level.c")
"""Files that arch/arm/mm/fault.c includes: no C on their own."""

POSITIONS = (
    # file, line of the definition, function or macro, line of the call, callee
    ("mm/page_alloc.c", 2864, "__alloc_pages_nodemask", 2926, "get_page_from_freelist"),
    ("include/linux/gfp.h", 323, "__alloc_pages", 326, "__alloc_pages_nodemask"),
    ("include/linux/gfp.h", 329, "alloc_pages_node", 336, "__alloc_pages"),
    ("include/linux/gfp.h", 359, "alloc_pages", 360, "alloc_pages_node"),
    ("include/linux/gfp.h", 361, "alloc_pages_vma", 362, "alloc_pages"),
    ("include/linux/gfp.h", 365, "alloc_page_vma", 366, "alloc_pages_vma"),
    ("include/linux/highmem.h", 156, "__alloc_zeroed_user_highpage", 160, "alloc_page_vma"),
    (
        "include/linux/highmem.h",
        179,
        "alloc_zeroed_user_highpage_movable",
        182,
        "__alloc_zeroed_user_highpage",
    ),
    ("mm/memory.c", 2633, "do_anonymous_page", 2661, "alloc_zeroed_user_highpage_movable"),
    ("mm/memory.c", 3203, "handle_pte_fault", 3218, "do_anonymous_page"),
    ("mm/memory.c", 3265, "__handle_mm_fault", 3342, "handle_pte_fault"),
    ("mm/memory.c", 3351, "handle_mm_fault", 3371, "__handle_mm_fault"),
    ("arch/arm/mm/fault.c", 224, "__do_page_fault", 247, "handle_mm_fault"),
    ("arch/arm/mm/fault.c", 259, "do_page_fault", 312, "__do_page_fault"),
    ("arch/arm/mm/fault.c", 550, "do_DataAbort", 555, "inf->fn"),
)

BODY_LINES = 130
"""No function of the table is longer; a body ends at the first brace in column 1."""

VALUES = (
    ("GFP_HIGHUSER_MOVABLE | __GFP_CMA", 33685722, 0x20200DA),
    ("GFP_HIGHUSER | __GFP_MOVABLE | __GFP_CMA", 33685722, 0x20200DA),
    ("ALLOC_WMARK_LOW | ALLOC_CPUSET | ALLOC_CMA | ALLOC_FAIR", 449, 0x1C1),
    (
        "FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_USER",
        169,
        0xA9,
    ),
    ("SEGV_MAPERR", 196609, 0x30001),
    ("THREAD_SIZE", 8192, 0x2000),
    ("sizeof(struct pt_regs)", 72, 0x48),
)
"""An expression, and its value as a callstack prints it and as a reader writes it."""


def lines_of(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def body_of(path: str, line: int) -> str:
    """The text from a definition's line to the brace that ends it."""
    taken: list[str] = []
    for text in lines_of(path)[line - 1 : line - 1 + BODY_LINES]:
        taken.append(text)
        if text.startswith("}"):
            return "\n".join(taken)
    raise AssertionError(f"{path}:{line} has no end within {BODY_LINES} lines")


def calls(text: str, callee: str) -> int:
    return len(re.findall(rf"(?<![\w>]){re.escape(callee)}\(", text))


def flags_for(path: str) -> list[str]:
    parts = path.split("/")
    arch = parts[1] if parts[0] == "arch" else "arm"
    includes = (f"arch/{arch}/include", "arch/arm/include", "include", "include/uapi")
    return [
        "-fsyntax-only",
        "-std=gnu11",
        "-ffreestanding",
        "-nostdinc",
        "-D__KERNEL__",
        "-Werror",
        "-include",
        "include/generated/autoconf.h",
        *(f"-I{folder}" for folder in includes),
    ]


def run(compiler: str, arguments: list[str], text: str | None = None) -> None:
    """Runs a compiler in the sample kernel and fails with what it says."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed, so the sample kernel is not compiled with it")
    done = subprocess.run(
        [compiler, *arguments], cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("position", POSITIONS, ids=lambda p: f"{p[2]}-{p[3]}")
def test_definition_and_call_stand_on_their_lines(position: tuple[str, int, str, int, str]) -> None:
    path, line, name, call_line, callee = position
    lines = lines_of(path)
    assert calls(lines[line - 1], name) == 1
    assert calls(lines[call_line - 1], callee) == 1


@pytest.mark.parametrize(
    "position", [p for p in POSITIONS if p[0] != "include/linux/gfp.h"], ids=lambda p: p[2]
)
def test_the_call_is_the_only_one(position: tuple[str, int, str, int, str]) -> None:
    path, line, _, _, callee = position
    assert calls(body_of(path, line), callee) == 1


@pytest.mark.parametrize(
    ("path", "start", "callee"),
    [
        ("mm/page_alloc.c", "get_page_from_freelist(gfp_t gfp_mask", "buffered_rmqueue"),
        ("mm/page_alloc.c", "struct page *buffered_rmqueue(", "list_del"),
        ("include/linux/list.h", "static inline void list_del(", "__list_del"),
    ],
)
def test_the_innermost_calls_are_the_only_ones(path: str, start: str, callee: str) -> None:
    line = next(n for n, text in enumerate(lines_of(path), 1) if text.startswith(start))
    assert calls(body_of(path, line), callee) == 1


def test_the_fault_is_in_one_of_two_stores() -> None:
    lines = lines_of("include/linux/list.h")
    line = next(
        n for n, text in enumerate(lines, 1) if text.startswith("static inline void __list_del(")
    )
    body = body_of("include/linux/list.h", line).splitlines()[2:-1]
    assert [re.sub(r"\s", "", text) for text in body] == ["prev->next=next;", "next->prev=prev;"]


def test_the_slow_path_has_rivals_of_the_fast_one() -> None:
    lines = lines_of("mm/page_alloc.c")
    rivals = [n for n, text in enumerate(lines, 1) if calls(text, "get_page_from_freelist")]
    in_bodies = [n for n in rivals if lines[n - 1].startswith("\t")]
    assert len(in_bodies) == 6
    assert max(in_bodies) == 2926
    setting = [n for n, text in enumerate(lines, 1) if re.search(r"=.*\bALLOC_FAIR\b", text)]
    assert [n for n in setting if "~ALLOC_FAIR" not in lines[n - 1]] == [
        n for n in range(2864, 2926) if "ALLOC_FAIR" in lines[n - 1]
    ]


@pytest.mark.parametrize("name", ["fsr_info", "ifsr_info"])
@pytest.mark.parametrize(("path", "count"), [(FRAGMENTS[0], 32), (FRAGMENTS[1], 64)])
def test_tables_have_an_entry_for_each_status(path: str, count: int, name: str) -> None:
    lines = lines_of(path)
    start = lines.index(f"static struct fsr_info {name}[] = {{")
    entries = [text for text in lines[start + 1 : lines.index("};", start)] if "{" in text]
    assert len(entries) == count
    assert [part.strip() for part in entries[7].strip("\t {},").split(",")][:3] == [
        "do_page_fault",
        "SIGSEGV",
        "SEGV_MAPERR",
    ]


def test_entry_7_is_the_fault_of_the_callstack() -> None:
    lines = lines_of(FRAGMENTS[0])
    entries = [text for text in lines if text.startswith("\t{")]
    assert '"page translation fault"' in entries[7]


def test_autoconf_says_what_config_says() -> None:
    options = dict(
        text.split("=", 1) for text in lines_of(".config") if re.match(r"CONFIG_\w+=", text)
    )
    header = dict(
        text.split()[1:3]
        for text in lines_of("include/generated/autoconf.h")
        if text.startswith("#define ")
    )
    assert header == {name: "1" if value == "y" else value for name, value in options.items()}


def test_offsets_of_assembly_are_those_of_the_structures() -> None:
    members = {
        "TI_FLAGS": "struct thread_info, flags",
        "TI_PREEMPT": "struct thread_info, preempt_count",
        "S_SP": "struct pt_regs, ARM_sp",
        "S_LR": "struct pt_regs, ARM_lr",
        "S_PC": "struct pt_regs, ARM_pc",
        "S_PSR": "struct pt_regs, ARM_cpsr",
        "S_OLD_R0": "struct pt_regs, ARM_ORIG_r0",
        "PROCESSOR_DABT_FUNC": "struct processor, _data_abort",
        "PROCESSOR_PABT_FUNC": "struct processor, _prefetch_abort",
    }
    text = (
        "#include <linux/sched.h>\n#include <asm/proc-fns.h>\n#include <generated/asm-offsets.h>\n"
    )
    for name, member in members.items():
        text += f'_Static_assert({name} == offsetof({member}), "{name}");\n'
    text += '_Static_assert(S_FRAME_SIZE == sizeof(struct pt_regs), "S_FRAME_SIZE");\n'
    run("arm-linux-gnueabi-gcc", [*flags_for(""), "-x", "c", "-"], text)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_source_is_real_c(compiler: str) -> None:
    sources = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.c"))
    assert set(FRAGMENTS) < set(sources)
    for source in sources:
        if source not in FRAGMENTS:
            run(compiler, [*flags_for(source), source])


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("option", ["ARM_LPAE", "ZONE_MOVABLE_CMA", "DEBUG_VM", "DEBUG_USER"])
def test_another_configuration_is_real_c(compiler: str, option: str) -> None:
    for source in ("arch/arm/mm/fault.c", "mm/memory.c", "mm/page_alloc.c"):
        run(compiler, [*flags_for(source), f"-DCONFIG_{option}=1", source])


def test_assembly_assembles(tmp_path: Path) -> None:
    for source in sorted(ROOT.glob("arch/arm/*/*.S")):
        flags = [flag for flag in flags_for("") if flag != "-fsyntax-only"]
        output = str(tmp_path / source.with_suffix(".o").name)
        run(
            "arm-linux-gnueabi-gcc",
            [*flags, "-D__ASSEMBLY__", "-c", "-o", output, str(source.relative_to(ROOT))],
        )


@pytest.mark.parametrize(("expression", "decimal", "hexadecimal"), VALUES)
def test_the_values_of_the_callstack(expression: str, decimal: int, hexadecimal: int) -> None:
    assert decimal == hexadecimal
    text = (
        "#include <linux/mm.h>\n#include <linux/sched.h>\n#include <linux/siginfo.h>\n"
        '#include <asm/ptrace.h>\n#include "mm/internal.h"\n'
        f'_Static_assert(({expression}) == {decimal}, "it differs");\n'
    )
    target = "arm-linux-gnueabi-gcc" if "sizeof" in expression else "gcc"
    run(target, [*flags_for(""), "-I.", "-x", "c", "-"], text)


def test_the_callstack_is_whole() -> None:
    text = (ROOT / "crashes/arm/seed.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) == 20
    assert lines[0] == "-001|__dabt_svc(asm)"
    assert lines[-1] == "---|end of frame"
    assert sum(line.startswith("-->|") for line in lines) == 2
    assert max(map(len, lines)) == 89


def test_the_makefile_states_the_version() -> None:
    assert lines_of("Makefile")[1:3] == ["VERSION = 3", "PATCHLEVEL = 18"]
