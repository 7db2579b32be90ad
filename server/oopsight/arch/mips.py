"""32-bit MIPS: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

# What both widths print; a log with only these stays undecided.
TELLS_OF_BOTH = (
    r"\bStatus: [0-9a-f]{8}[ \t^I]{1,20}(?:[KSU]X |KERNEL|USER|SUPERVISOR|BAD_MODE|IEp|KUp)",
    r"\bCause : [0-9a-f]{8}",
    r"\bPrId  : [0-9a-f]{8} \((?!Loongson-(?:32|64)bit)",
    # Labels of arch/mips/kernel/{genex,entry,scall*}.S and what cpu-probe.c calls machines.
    r"\b(?:ret_from_irq|handle_(?:adel|ades|ri|tr|ov|cpu|int|msa|dsp|tlb[lsm])(?:_int)?|r4k_wait_irqoff|r4k_wait|stack_done|syscall_common|plat_irq_dispatch)\b",
    r", epc == (?:[0-9a-f]{16}|[0-9a-f]{8}), ra == ",
)

# The names of the o32 calling convention; kernels print the numbers.
_NAMES = (
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
)  # fmt: skip
_SPECIAL = (
    model.Register("hi"),
    model.Register("lo"),
    model.Register("acx"),
    model.Register("epc", ("pc",)),
    model.Register("status"),
    model.Register("cause"),
    model.Register("badva"),
    model.Register("prid"),
)


def registers(names: tuple[str, ...]) -> tuple[model.Register, ...]:
    """The registers of a calling convention: those with numbers under these names, then the others."""
    numbered = (model.Register(f"${number}", (name,)) for number, name in enumerate(names))
    return (*numbered, *_SPECIAL)


_TELLS = (
    *TELLS_OF_BOTH,
    # The rows that LoongArch prints in the same way are wider.
    r"^[ \t]*\$ ?[0-9]{1,2} {0,4}: [0-9a-f]{8} [0-9a-f]{8}(?![0-9a-f])",
    r"^[ \t]*(?:epc   |ra    |Hi    |Lo    |BadVA ): [0-9a-f]{8}(?![0-9a-f])",
)

ACCESS_ENTRIES = ("tlb_do_page_fault_0", "tlb_do_page_fault_1")
FAULT_ENTRIES = (
    *ACCESS_ENTRIES, "handle_adel_int", "handle_ades_int", "handle_ri_int", "handle_bp_int", "handle_tr_int",
)  # fmt: skip
USER_ENTRIES = ("stack_done", "syscall_common", "handle_sys", "handle_sys64", "handle_sysn32")
# `unwind_stack_by_address` in arch/mips/kernel/process.c goes on with the saved program counter there.
TRAP_ENTRIES = ("ret_from_irq", "ret_from_exception")

ARCH = model.Arch(
    name="mips",
    also=("mips32", "mipsel", "mips32el"),
    tree_dir="arch/mips",
    bits=32,
    elf_machine="EM_MIPS",
    registers=registers(_NAMES),
    tells=_TELLS,
    fault_entries=FAULT_ENTRIES,
    user_entries=USER_ENTRIES,
    access_entries=ACCESS_ENTRIES,  # also for fetches of instructions: arch/mips/mm/tlbex-fault.S
    trap_entries=TRAP_ENTRIES,
)
