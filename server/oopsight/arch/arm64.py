"""64-bit Arm (AArch64): what tells its logs, its registers and its kernel entries. Fault registers are not described yet."""

from __future__ import annotations

from oopsight import model

_TELLS = (
    # Labels of arch/arm64/kernel/entry.S and handlers of entry-common.c, in the spellings of 3.x to 6.x.
    r"\bel[01](?:h|t)?_(?:64_|32_)?(?:sync|irq|fiq|error|da|ia|svc|undef|inv|dbg|abort|pc|sp_pc|fpsimd_acc)\w*",
    r"\b(?:do_el0_svc|el0_svc_common|el0_svc_handler|el0_slow_syscall|do_mem_abort|__arm64_sys_\w+)\b",
    # TRACE32 access class X is A64 code.
    r"\b(?:N|Z|H)?(?:S|U|H)?X:0x[0-9A-Fa-f]{8,16}\b",
    r"\bN?[SUH]?D:0x[0-9A-Fa-f]{16}\b",
    # TRACE32 prints hex in capitals; kernel addresses of 39-bit address spaces begin so, those of x86_64 do not.
    r"\b0xFFFFFF(?!FF)[89A-F][0-9A-F]{9}\b",
    # The register dump and the lines around it.
    r"\bpstate ?: [0-9a-f]{8}\b",
    r"\bx(?:30|[12]?[0-9]) ?: [0-9a-f]{16}\b",
    r"\bESR(?:_EL[12])? ?[=:] ?0x[0-9a-f]{8}",
    r"\bMem abort info:",
    r"\bSError Interrupt on CPU ?[0-9]",
    r"\bUnhandled .{1,40} exception on CPU[0-9]{1,5}, ESR 0x",
    r"\b(?:swapper|user) pgtable: ",
    r"\bOops(?: - [A-Za-z ]{1,40})?: (?:0000000)?0?[89][0-9a-f]{7}\b",
    r"\[[0-9a-f]{16}\] (?:\*?pgd)=",
)

ARCH = model.Arch(
    name="arm64",
    also=("aarch64", "armv8", "armv8l"),
    tree_dir="arch/arm64",
    bits=64,
    elf_machine="EM_AARCH64",
    registers=(
        *(model.Register(f"x{number}") for number in range(29)),
        model.Register("x29", ("fp",)),
        model.Register("x30", ("lr",)),
        model.Register("sp"),
        model.Register("pc"),
        model.Register("pstate", ("cpsr",)),
    ),
    tells=_TELLS,
    fault_entries=(
        "el1_sync", "el1_da", "el1_ia", "el1_abort", "el1_undef", "el1_dbg", "el1h_64_sync",
        "el0_sync", "el0_da", "el0_ia", "el0_undef", "el0_dbg", "el0t_64_sync", "el0t_32_sync",
    ),
    user_entries=(
        "el0_sync", "el0_sync_compat", "el0_svc", "el0_svc_naked", "el0_svc_compat", "el0_irq", "el0_irq_naked",
        "el0_da", "el0_ia", "el0_undef", "el0_dbg", "el0t_64_sync", "el0t_64_irq", "el0t_64_error",
        "el0t_32_sync", "el0t_32_irq", "ret_to_user", "ret_fast_syscall",
    ),
    # arch/arm64/kernel/entry.S until 5.4; since then el0_da is a function of entry-common.c. Left out are the entries
    # of every synchronous exception (el1_sync, el1h_64_sync) and el1_abort, which serves fetches of instructions too.
    access_entries=("el1_da", "el0_da"),
    # Since 4.15 every entry from the kernel leaves a frame record that names the interrupted place (`kernel_entry` in
    # entry.S). Before, only the switch from the interrupt stack found it, since 4.5, in arch/arm64/kernel/stacktrace.c.
    trap_entries=(
        "el1_sync", "el1_irq", "el1_fiq", "el1_error", "el1_da", "el1_ia", "el1_pc", "el1_undef", "el1_dbg", "el1_inv",
        "el1_sp_pc", "el1_fpac", "el1_sync_invalid", "el1_irq_invalid", "el1_fiq_invalid", "el1_error_invalid",
        "el1h_64_sync", "el1h_64_irq", "el1h_64_fiq", "el1h_64_error",
        "el1t_64_sync", "el1t_64_irq", "el1t_64_fiq", "el1t_64_error",
    ),
    addressed_trap_entries=("el1_irq",),
    warns_by_trap=True,  # `brk` since 4.3, __WARN_FLAGS in arch/arm64/include/asm/bug.h
)  # fmt: skip
