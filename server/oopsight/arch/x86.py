"""32-bit x86: what tells its logs, its registers and its kernel entries. Error codes are not described yet."""

from __future__ import annotations

from oopsight import model

# The labels of the page fault, of both widths: arch/x86/kernel/entry_32.S and entry_64.S until 4.1,
# arch/x86/entry/entry_32.S and entry_64.S until 5.7, arch/x86/include/asm/idtentry.h since (`asm_` before the name of
# the handler). KVM guests enter at async_page_fault instead; trace_page_fault is there while page faults are traced.
PAGE_FAULT_ENTRIES = ("page_fault", "trace_page_fault", "async_page_fault", "asm_exc_page_fault")

# What both widths of x86 print; a log with only these stays undecided.
TELLS_OF_BOTH = (
    r"\basm_(?:exc|sysvec|common_interrupt|call_irq)\w*",
    r"\b(?:exc_page_fault|handle_page_fault|async_page_fault|common_interrupt)\b",
    r"#PF: ",
)

_TELLS = (
    *TELLS_OF_BOTH,
    r"\b(?:do_fast_syscall_32|do_int80_syscall_32|entry_SYSENTER_32|entry_INT80_32|sysenter_(?:do_call|past_esp))\b",
    r"\bE(?:AX|SI|IP): [0-9a-f]{4,8}\b",
    r"\bEIP is at ",
    r"\bEFLAGS: [0-9a-f]{8} CPU: ",
    r"\bCR2: [0-9a-f]{8} CR3: ",
)

ARCH = model.Arch(
    name="x86",
    also=("i386", "i486", "i586", "i686", "x86_32", "ia32"),
    tree_dir="arch/x86",
    bits=32,
    elf_machine="EM_386",
    registers=tuple(
        model.Register(name)
        for name in ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip", "eflags", "cr2")
    ),
    tells=_TELLS,
    fault_entries=(*PAGE_FAULT_ENTRIES, "error_code", "handle_exception"),
    user_entries=("entry_SYSENTER_32", "entry_INT80_32", "sysenter_do_call", "syscall_call"),
    access_entries=PAGE_FAULT_ENTRIES,
    warns_by_trap=True,  # __WARN_FLAGS in arch/x86/include/asm/bug.h, since 4.11
)
