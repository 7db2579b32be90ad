"""SPARC, 32 and 64 bits: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

_TELLS = (
    # The register dump and the lines around it, arch/sparc/kernel/process_{32,64}.c and traps_{32,64}.c.
    r"\bTSTATE: [0-9a-f]{16} TPC: ",
    r"\bPSR: [0-9a-f]{8} PC: [0-9a-f]{8} NPC: ",
    r"\bTPC: ?<",
    r"\bRPC: ?<",
    r"\bI7: ?<",
    r"(?:^|\s)[goli][04]: [0-9a-f]{16} [goli][15]: [0-9a-f]{16}",
    r"\bCaller\[[0-9a-f]{8,16}",
    r"\bInstruction DUMP:",
    r"\btsk->\{mm,active_mm\}->(?:context|pgd)",
    r"__U_/",
    # Labels of arch/sparc/kernel/{ttable_64,tsb,entry,syscalls}.S.
    r"\b(?:tl0_irq\d{1,2}|rtrap_xcall|linux_sparc_syscall(?:32)?|sparc64_realfault_common|start_early_boot)\b",
)

ARCH = model.Arch(
    name="sparc",
    also=("sparc64", "sparc32", "sparcv9", "sun4u", "sun4v", "sun4m"),
    tree_dir="arch/sparc",
    # A 32-bit kernel prints shorter numbers.
    bits=64,
    elf_machine="EM_SPARCV9",
    registers=(
        *(model.Register(f"{bank}{number}") for bank in "gli" for number in range(8)),
        *(model.Register(f"o{number}") for number in range(6)),
        model.Register("tpc", ("pc",)),
        model.Register("tnpc", ("npc",)),
        model.Register("tstate", ("psr",)),
        model.Register("y"),
        model.Register("sp", ("o6",)),
        model.Register("ret_pc", ("o7",)),
    ),
    tells=_TELLS,
    # arch/sparc/kernel/{tsb,dtlb_prot,itlb_miss,winfixup}.S and ttable_64.S.
    fault_entries=("sparc64_realfault_common", "sun4v_dtlb_error", "do_sparc_fault"),
    access_entries=("sparc64_realfault_common",),
    user_entries=("linux_sparc_syscall", "linux_sparc_syscall32", "sparc64_realfault_common", "syscall_is_too_hard"),
    # The SPARC Architecture Manual, CALL and JMPL: the address of the call itself is saved.
    saves_calls=True,
    low_kernel=True,
)  # fmt: skip
