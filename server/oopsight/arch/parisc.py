"""PA-RISC: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

_TELLS = (
    # The register dump and the lines around it, arch/parisc/kernel/traps.c.
    r"\bYZrvWESTHLNXBCVMcbcbcbcbOGFRQPDI\b",
    r"\bIAOQ\[[01]\]: ",
    r"\bRP\(r2\): ",
    r"\bIASQ: [0-9a-f]{8,16} [0-9a-f]{8,16} IAOQ: ",
    r"\bIIR: [0-9a-f]{8,16} {4}ISR: ",
    r"\b[sf]?r\d\d-\d\d  [0-9a-f]{8}",
    # Labels of arch/parisc/kernel/{entry,syscall}.S.
    r"\b(?:intr_check_sig|syscall_exit_rfi|start_parisc|parisc_kernel_start)\b",
    r"\bHardware name: 9000/\d",
)

ARCH = model.Arch(
    name="parisc",
    also=("hppa", "parisc64", "hppa64"),
    tree_dir="arch/parisc",
    # A 32-bit kernel prints shorter numbers.
    bits=64,
    elf_machine="EM_PARISC",
    registers=(
        *(model.Register(f"r{number}") for number in range(32)),
        *(model.Register(f"sr{number}") for number in range(8)),
        model.Register("iaoq", ("iaoq0", "pc")),
        model.Register("iaoq1"),
        model.Register("iasq", ("iasq0",)),
        model.Register("iasq1"),
        model.Register("psw"),
        model.Register("iir"),
        model.Register("isr"),
        model.Register("ior"),
        model.Register("cr30"),
        model.Register("cr31"),
        model.Register("orig_r28"),
    ),
    tells=_TELLS,
    # arch/parisc/kernel/entry.S: all interruptions but system calls are entered here.
    fault_entries=("intr_extint", "handle_interruption", "nadtlb_fault", "itlb_fault", "dtlb_fault"),
    access_entries=("nadtlb_fault", "dtlb_fault"),
    user_entries=("syscall_exit", "syscall_exit_rfi", "intr_return", "intr_check_sig"),
    warns_by_trap=True,  # `break`, arch/parisc/include/asm/bug.h
    low_kernel=True,
)  # fmt: skip
