"""64-bit MIPS: as the 32-bit one, with wider registers and more of them for arguments."""

from __future__ import annotations

from oopsight import model
from oopsight.arch import mips

# The n64 calling convention.
_NAMES = (
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2", "t3",
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra",
)  # fmt: skip

_TELLS = (
    *mips.TELLS_OF_BOTH,
    r"^[ \t]*(?:epc   |Hi    |Lo    ): [0-9a-f]{16}",
    # Kernel addresses of the unmapped and of the compatibility segments, which LoongArch has not.
    r"^[ \t]*\$ ?[0-9]{1,2} {0,4}: .{0,60}\b(?:a8000|98000|ffffffff8)[0-9a-f]{7,11}(?![0-9a-f])",
)

ARCH = model.Arch(
    name="mips64",
    also=("mips64el", "mipsel64"),
    tree_dir="arch/mips",
    bits=64,
    elf_machine="EM_MIPS",
    registers=mips.registers(_NAMES),
    tells=_TELLS,
    fault_entries=mips.FAULT_ENTRIES,
    user_entries=mips.USER_ENTRIES,
    access_entries=mips.ACCESS_ENTRIES,
    trap_entries=mips.TRAP_ENTRIES,
)
