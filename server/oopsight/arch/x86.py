"""32-bit x86: what tells its logs, its registers and its kernel entries. Error codes are not described yet."""

from __future__ import annotations

from oopsight import model

# The labels of the page fault, of both widths: arch/x86/kernel/entry_32.S and entry_64.S until 4.1,
# arch/x86/entry/entry_32.S and entry_64.S until 5.7, arch/x86/include/asm/idtentry.h since (`asm_` before the name of
# the handler). KVM guests enter at async_page_fault instead; trace_page_fault is there while page faults are traced.
PAGE_FAULT_ENTRIES = ("page_fault", "trace_page_fault", "async_page_fault", "asm_exc_page_fault")

# Entry code for exceptions, of both widths: entry_32.S and entry_64.S until 5.7, idtentry.h since.
_EXCEPTIONS = (
    "divide_error overflow bounds device_not_available coproc_segment_overrun spurious_interrupt_bug coprocessor_error "
    "simd_coprocessor_error invalid_op int3 invalid_tss segment_not_present stack_segment general_protection "
    "alignment_check page_fault machine_check debug nmi double_fault control_protection virtualization_exception "
    "vmm_communication xen_hypervisor_callback"
).split()
# Interrupts of the processor's own controller, whose labels end in `_interrupt` until 5.7 and begin with `asm_sysvec_` since.
_VECTORS = (
    "apic_timer_interrupt call_function call_function_single reschedule_ipi reboot error_interrupt "
    "spurious_apic_interrupt x86_platform_ipi threshold deferred_error thermal irq_work kvm_posted_intr_ipi "
    "kvm_asyncpf_interrupt xen_hvm_callback hyperv_callback hyperv_stimer0 hyperv_reenlightenment acrn_hv_callback "
    "posted_msi_notification"
).split()
TRAP_ENTRIES = (
    *(f"asm_exc_{name}" for name in _EXCEPTIONS),
    *(f"asm_sysvec_{name}" for name in _VECTORS),
    *("asm_common_interrupt", "asm_spurious_interrupt", "ret_from_intr"),
    *(
        "page_fault",
        "async_page_fault",
        "trace_page_fault",
        "general_protection",
        "invalid_op",
        "divide_error",
    ),
    *("int3", "stack_segment", "alignment_check", "double_fault", "simd_coprocessor_error"),
    *(
        "apic_timer_interrupt",
        "call_function_interrupt",
        "call_function_single_interrupt",
        "reschedule_interrupt",
    ),
    *(
        "irq_work_interrupt",
        "error_interrupt",
        "thermal_interrupt",
        "threshold_interrupt",
        "x86_platform_ipi",
    ),
    *("hyperv_callback_vector", "hv_stimer0_callback_vector"),
)

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
    r"\beax: [0-9a-f]{8}\b",
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
    trap_entries=(*TRAP_ENTRIES, "error_code", "handle_exception"),
)
