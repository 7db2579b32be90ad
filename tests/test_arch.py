"""Architectures: found by their files, true to their shape, and guessed from what only their logs hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oopsight import arch, model

FOLDER = Path(arch.__file__).parent
RECORDS = arch.all()

ARM_OOPS = """\
Unable to handle kernel paging request at virtual address 00100104
pgd = ed2c4000
[00100104] *pgd=00000000
Internal error: Oops: 817 [#1] PREEMPT SMP ARM
CPU: 1    Tainted: G        W     (3.4.67 #1)
PC is at sample_unlink+0x24/0x60
LR is at sample_take+0x40/0x90
pc : [<c01d6c20>]    lr : [<c01d6d00>]    psr: a0000093
sp : ed0f1e08  ip : 00200200  fp : ed0f1e1c
r10: 00000000  r9 : ed0f0000  r8 : c1234568
Flags: NzCv  IRQs off  FIQs on  Mode SVC_32  ISA ARM  Segment user
Control: 10c5387d  Table: ad2c406a  DAC: 00000015
"""
ARM64_OOPS = """\
Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
Mem abort info:
  ESR = 0x0000000096000004
[0000000000000008] pgd=0000000000000000
Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP
pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)
x29: ffff80000a5bbc50 x28: ffff0000c1e40000
 sample_read+0x24/0x60
 el0t_64_sync_handler+0xb4/0x130
"""
X86_64_OOPS = """\
BUG: kernel NULL pointer dereference, address: 0000000000000008
#PF: supervisor read access in kernel mode
RIP: 0010:sample_read+0x1b/0x40
RAX: 0000000000000000 RBX: ffff888003d5a000 RCX: 0000000000000001
 do_syscall_64+0x55/0xb0
 entry_SYSCALL_64_after_hwframe+0x6e/0xd8
"""
X86_OOPS = """\
BUG: unable to handle page fault for address: cf3c1000
#PF: supervisor write access in kernel mode
EIP: sample_read+0x1b/0x40
EAX: 00000000 EBX: 00000001 ECX: 00000400 EDX: cf3c2000
 do_int80_syscall_32+0x30/0x80
"""
TRACE32_ARM = """\
-000|sample_leaf(inline)
-001|do_page_fault(addr = 0, fsr = 2071, regs = 0xC6D61FB0)
-002|do_DataAbort(addr = 0, fsr = 2071, regs = 0xC6D61FB0)
-003|__dabt_usr(asm)
-->|exception
-004|NUR:0xA806E848(asm)
"""
TRACE32_ARM64 = """\
-000|sample_leaf(p = 0xFFFFFFC660447460)
-001|ret_from_fork(asm)
---|end of frame
"""


def test_every_file_is_an_architecture() -> None:
    """Architectures are found by their files; nothing is registered and nothing is left out."""
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {record.name for record in RECORDS}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_names_lead_to_the_record(record: model.Arch) -> None:
    """A record is found by its name and every other spelling, in any case of letters."""
    for name in (record.name, *record.also):
        assert arch.get(name) is record
        assert arch.get(name.upper()) is record


def test_names_are_unique() -> None:
    names = [name for record in RECORDS for name in (record.name, *record.also)]
    assert len(names) == len(set(names))
    assert arch.get("pdp11") is None


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_registers_are_unique(record: model.Arch) -> None:
    names = [name for register in record.registers for name in (register.name, *register.also)]
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_layouts_fit_their_registers(record: model.Arch) -> None:
    """Fields lie inside the register, do not overlap, and say where the manual describes them."""
    for domain in record.domains:
        for layout in domain.layouts:
            assert layout.source
            bits = [
                bit
                for field in layout.fields
                for bit in (field.bits or range(field.low, field.high + 1))
            ]
            assert len(bits) == len(set(bits))
            assert all(0 <= bit < domain.bits for bit in bits)
            for field in layout.fields:
                assert field.high >= field.low
                if field.bits:
                    assert (max(field.bits), min(field.bits)) == (field.high, field.low)
                    assert list(field.bits) == sorted(field.bits, reverse=True)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_entries_for_accesses_are_entries_for_faults(record: model.Arch) -> None:
    """An architecture with labels of their own for faulted accesses names them; they are some of those of faults, each
    named once."""
    assert record.access_entries or len(record.fault_entries) <= 2
    for entries in (record.access_entries, record.fault_entries, record.user_entries):
        assert len(entries) == len(set(entries))
    assert set(record.access_entries) < set(record.fault_entries)


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("arm", "__dabt_svc", True),
        ("arm", "__dabt_usr", True),
        ("arm", "__pabt_svc", False),  # the fetch of an instruction
        ("arm", "__und_svc", False),
        ("arm", "__irq_svc", False),
        ("arm64", "el1_da", True),
        ("arm64", "el0_da", True),
        ("arm64", "el1_ia", False),
        ("arm64", "el1_abort", False),  # data and instructions
        ("arm64", "el1h_64_sync", False),  # every synchronous exception
        ("x86", "page_fault", True),
        ("x86", "error_code", False),  # the common end of many exceptions
        ("x86_64", "asm_exc_page_fault", True),
        ("x86_64", "asm_exc_invalid_op", False),
        ("x86_64", "general_protection", False),
    ],
)
def test_only_accesses_enter_there(name: str, label: str, expected: bool) -> None:
    """A label that other exceptions reach too does not say that the interrupted statement touches memory."""
    record = arch.get(name)
    assert record is not None
    assert (label in record.access_entries) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ARM_OOPS, "arm"),
        (ARM64_OOPS, "arm64"),
        (X86_64_OOPS, "x86_64"),
        (X86_OOPS, "x86"),
        (TRACE32_ARM, "arm"),
        (TRACE32_ARM64, "arm64"),
        ("-000|schedule()\n-001|kthread(?)\n", None),
        ("", None),
    ],
    ids=["arm", "arm64", "x86_64", "x86", "trace32 arm", "trace32 arm64", "none", "empty"],
)
def test_guess(text: str, expected: str | None) -> None:
    """A log betrays its architecture by the words that only that architecture has."""
    assert arch.guess(text.splitlines()) == expected


def test_guess_needs_no_whole_log() -> None:
    """One telling line is enough; lines that tell nothing do not matter."""
    assert arch.guess(["hello", "-003|__dabt_svc(asm)", "안녕 🙂"]) == "arm"
    assert arch.guess(iter(["  asm_sysvec_apic_timer_interrupt+0x16/0x20"])) is None  # both widths
    assert arch.guess(["RIP: 0010:f+0x1/0x2", "asm_exc_page_fault+0x22/0x30"]) == "x86_64"


def test_a_tie_is_no_guess() -> None:
    """As many lines of one as of another say nothing."""
    assert arch.guess(["-003|__dabt_svc(asm)", "RIP: 0010:f+0x1/0x2"]) is None


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_tells_are_patterns_for_one_line(record: model.Arch) -> None:
    """Tells compile, match nothing empty, and hold no repetition inside a repetition (they must stay linear)."""
    for tell in record.tells:
        pattern = re.compile(tell)
        assert not pattern.search("")
        assert not re.search(r"[*+}]\)[*+{]", tell), tell


@given(st.lists(st.text(max_size=60), max_size=12))
def test_guess_never_fails(lines: list[str]) -> None:
    """Any lines give the name of an architecture or none."""
    found = arch.guess(lines)
    assert found is None or arch.get(found) is not None
