"""64-bit RISC-V: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

# What both widths print; a log with only these stays undecided.
TELLS_OF_BOTH = (
    # Labels of arch/riscv/kernel/entry.S, and handlers of kernel/traps.c.
    r"\b(?:do_trap_(?:ecall_[usm]|insn_\w+|load_\w+|store_\w+|break|unknown)|riscv_(?:intc_irq|ipi_\w+))\b",
    r"\bret_from_exception\b",
    r"\b__riscv_sys_\w+",
    r"^[ \t]*epc : [A-Za-z_.$][\w.$]*\+0x",
    r"\bHardware name: riscv-virtio",
)

# The names of the ABI (RISC-V ELF psABI specification, integer register convention) with the numbers in brackets.
_NAMES = (
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
)  # fmt: skip
REGISTERS = (
    *(
        model.Register(name, (f"x{number}", "fp") if name == "s0" else (f"x{number}",))
        for number, name in enumerate(_NAMES)
    ),
    model.Register("epc", ("sepc", "pc")),
    model.Register("status", ("sstatus",)),
    model.Register("badaddr", ("sbadaddr", "stval")),
    model.Register("cause", ("scause",)),
    model.Register("ssp"),
)

_TELLS = (
    *TELLS_OF_BOTH,
    r"\b(?:(?:gp|tp|[ast][0-9]) |s1[01]): [0-9a-f]{16}\b",
    r"\bs?epc ?: [0-9a-f]{16} ra ?: ",
    r"\bs?badaddr: [0-9a-f]{16} s?cause: ",
)

# Every trap enters at one label, whatever its cause, so none is known to be entered by accesses alone.
ENTRIES = ("handle_exception", "ret_from_exception")
USER_ENTRIES = ("handle_exception", "ret_from_exception", "ret_from_syscall")

ARCH = model.Arch(
    name="riscv",
    also=("riscv64", "rv64"),
    tree_dir="arch/riscv",
    bits=64,
    elf_machine="EM_RISCV",
    registers=REGISTERS,
    tells=_TELLS,
    fault_entries=ENTRIES,
    user_entries=USER_ENTRIES,
    # `walk_stackframe` in arch/riscv/kernel/stacktrace.c goes on with the saved program counter there.
    trap_entries=ENTRIES,
    warns_by_trap=True,  # `ebreak`, __WARN_FLAGS in arch/riscv/include/asm/bug.h
)
