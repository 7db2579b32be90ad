"""32-bit RISC-V: as the 64-bit one, with narrower registers."""

from __future__ import annotations

from oopsight import model
from oopsight.arch import riscv

_TELLS = (
    *riscv.TELLS_OF_BOTH,
    r"\b(?:(?:gp|tp|t[0-6]|s[0-9]|a[0-7]) |s1[01]): [0-9a-f]{8}(?![0-9a-f])",
    r"\bs?epc ?: [0-9a-f]{8} ra ?: ",
    r"\bs?badaddr: [0-9a-f]{8} s?cause: ",
)

ARCH = model.Arch(
    name="riscv32",
    also=("rv32",),
    tree_dir="arch/riscv",
    bits=32,
    elf_machine="EM_RISCV",
    registers=riscv.REGISTERS,
    tells=_TELLS,
    fault_entries=riscv.ENTRIES,
    user_entries=riscv.USER_ENTRIES,
    trap_entries=riscv.ENTRIES,
    warns_by_trap=True,
)
