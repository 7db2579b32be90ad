"""64-bit x86: what tells its logs, its registers and its kernel entries. Error codes are not described yet."""

from __future__ import annotations

from oopsight import model
from oopsight.arch import x86

_TELLS = (
    # Labels of arch/x86/entry and handlers, in the spellings of 3.x to 6.x.
    *x86.TELLS_OF_BOTH,
    r"\b(?:entry_SYSCALL_64|entry_SYSCALL_compat|do_syscall_64|x64_sys_call|system_call_fastpath|ret_from_fork_asm)\b",
    r"\b__x64_sys_\w+",
    # Where the direct map and vmalloc begin unless KASLR moved them (Documentation/x86/x86_64/mm.rst).
    r"\b(?:0x)?[Ff]{4}(?:888|[Cc]90)[0-9A-Fa-f]{9}\b",
    # The direct map until 4.19, and until 2.6.26.
    r"\bffff(?:880|8100)[0-9a-f]{8,9}\b",
    # The register dump and the lines around it.
    r"\bR(?:IP|SP): [0-9a-f]{4}:",
    r"\bR(?:AX|BX|CX|DX|SI|DI|BP|SP|08|09|10|11|12|13|14|15|IP): [0-9a-f]{16}\b",
    r"\bCR2: [0-9a-f]{16}\b",
    r"\bORIG_RAX: ",
)

ARCH = model.Arch(
    name="x86_64",
    also=("x86-64", "amd64", "x64"),
    tree_dir="arch/x86",
    bits=64,
    elf_machine="EM_X86_64",
    registers=(
        *(
            model.Register(name)
            for name in ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "rip", "eflags", "cr2")
        ),
        *(model.Register(f"r{number}", (f"r{number:02}",) if number < 10 else ()) for number in range(8, 16)),
    ),
    tells=_TELLS,
    fault_entries=(*x86.PAGE_FAULT_ENTRIES, "asm_exc_general_protection", "asm_exc_invalid_op",
                   "general_protection", "invalid_op"),
    user_entries=("entry_SYSCALL_64_after_hwframe", "entry_SYSCALL_64", "entry_SYSCALL_64_fastpath",
                  "system_call_fastpath", "entry_SYSCALL_compat"),
    access_entries=x86.PAGE_FAULT_ENTRIES,
    warns_by_trap=True,  # as on 32-bit x86
    trap_entries=x86.TRAP_ENTRIES,
)  # fmt: skip
