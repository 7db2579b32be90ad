"""s390 (IBM Z): what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

_TELLS = (
    # Labels of arch/s390/kernel/entry.S and functions of syscall.c.
    r"\b(?:pgm_check_handler|ext_int_handler|io_int_handler|mcck_int_handler|restart_int_handler|sysc_do_svc|"
    r"do_ext_irq|do_io_irq|__s390x?_sys_\w+)\b",
    # The register dump and the lines around it, arch/s390/kernel/dumpstack.c.
    r"\b(?:Krnl|User) PSW ?:",
    r"\b(?:Krnl|User) GPRS:",
    r"\b(?:Krnl|User) Code:",
    r"\bLast Breaking-Event-Address:",
    r"\bilc:\d \[#\d",
    r"\b[Ff]ailing address: [0-9a-f]{8,16}\b",
    r"\bmode while using \w{4,8} ASCE\.",
    r"\bR:[01] T:[01] IO:[01] EX:[01] Key:",
    r"\bIBM \d{4} \w{3} \w{3} \((?:LPAR|z/VM|KVM)",
)

ARCH = model.Arch(
    name="s390",
    also=("s390x", "s390-64", "z"),
    tree_dir="arch/s390",
    bits=64,
    elf_machine="EM_S390",
    registers=(
        *(model.Register(f"r{number}", (f"gpr{number}",)) for number in range(16)),
        model.Register("pc", ("psw-address",)),
        model.Register("psw", ("psw-mask",)),
        model.Register("last_break", ("bear",)),
    ),
    tells=_TELLS,
    # arch/s390/kernel/entry.S. A program check is every fault and every exception of an instruction.
    fault_entries=("pgm_check_handler", "pgm_check_int_handler"),
    user_entries=("system_call", "sysc_do_svc", "sysc_per", "sysc_nr_ok"),
    # Since 5.14 the unwinder goes on with the interrupted place below these (arch/s390/kernel/unwind_bc.c).
    trap_entries=("pgm_check_handler", "ext_int_handler", "io_int_handler", "mcck_int_handler", "io_return"),
    warns_by_trap=True,  # `mc`, __EMIT_BUG in arch/s390/include/asm/bug.h
    low_kernel=True,
)  # fmt: skip
