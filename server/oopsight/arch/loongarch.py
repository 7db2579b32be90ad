"""64-bit LoongArch: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

# The names of the ABI (LoongArch ELF psABI specification); r21 is u0 in the kernel.
_NAMES = (
    "zero", "ra", "tp", "sp", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3",
    "t4", "t5", "t6", "t7", "t8", "u0", "s9", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
)  # fmt: skip

_TELLS = (
    r"^[ \t]*(?:pc|[ats]\d|tp) [0-9a-f]{16} (?:ra|[atsu]\d|s9) [0-9a-f]{16}",
    r"^[ \t]*(?:ERA: |era   : )[0-9a-f]{16}",
    r"\b(?:CRMD: [0-9a-f]{8} \(PLV|PRMD: [0-9a-f]{8} \(PPLV|EUEN: [0-9a-f]{8} \(|ECFG: [0-9a-f]{8} \(LIE|ESTAT: [0-9a-f]{8} \[)",
    r"\bCSR (?:crmd|prmd|euen|ecfg|estat): ",
    r"\bPRID: [0-9a-f]{8} \(Loongson",
    r"\bPrId  : [0-9a-f]{8} \(Loongson-(?:32|64)bit\)",
    r", era == [0-9a-f]{16}, ra == ",
    r"\b(?:handle_loongarch_irq|handle_vint|loongson_\w+_irq)\b",
    r"\[<9000[0-9a-f]{12}>\]",
)

_ACCESS_ENTRIES = ("tlb_do_page_fault_0", "tlb_do_page_fault_1", "handle_ale", "handle_tlb_protect")
_FAULT_ENTRIES = (
    *_ACCESS_ENTRIES, "handle_ade", "handle_bce", "handle_bp", "handle_fpe", "handle_ri", "handle_fpu",
    "handle_lsx", "handle_lasx", "handle_lbt", "handle_watch",
)  # fmt: skip

ARCH = model.Arch(
    name="loongarch",
    also=("loongarch64", "la64"),
    tree_dir="arch/loongarch",
    bits=64,
    elf_machine="EM_LOONGARCH",
    registers=(
        *(model.Register(name, (f"${number}", f"r{number}")) for number, name in enumerate(_NAMES)),
        model.Register("era", ("pc",)),
        *(model.Register(name) for name in ("crmd", "prmd", "euen", "ecfg", "estat", "badv", "badva", "prid")),
    ),
    tells=_TELLS,
    fault_entries=_FAULT_ENTRIES,
    user_entries=("handle_sys", "handle_syscall"),
    access_entries=_ACCESS_ENTRIES,
    # Labels of arch/loongarch/kernel/genex.S and mm/tlbex.S; the unwinders take the saved program counter there.
    trap_entries=("handle_vint", *_FAULT_ENTRIES),
    warns_by_trap=True,  # `break`, __WARN_FLAGS in arch/loongarch/include/asm/bug.h
)  # fmt: skip
