"""PowerPC, 32 and 64 bits: what tells its logs, its registers and its kernel entries."""

from __future__ import annotations

from oopsight import model

_TELLS = (
    # Labels of arch/powerpc/kernel/{head_*,exceptions-64*,interrupt_64,entry_*}.S and functions of syscall.c.
    r"\b(?:data_access_common(?:_virt)?|instruction_access_common|hardware_interrupt_common(?:_virt)?|"
    r"program_check_common(?:_virt)?|decrementer_common(?:_virt)?|system_call_vectored_common|"
    r"system_call_common|data_access_slb_common|ret_from_kernel_user_thread|start_here_common|arch_local_irq_restore)\b",
    # The register dump and the lines around it, arch/powerpc/kernel/process.c.
    r"\bNIP ?\[[0-9a-f]{8,16}\]",
    r"\bNIP: {1,2}[0-9a-f]{8,16}\b",
    r"\bGPR(?:00|04|08|12|16|20|24|28): [0-9a-f]{8,16} [0-9a-f]{8}",
    r"\bREGS: [0-9a-f]{8,16} TRAP: ",
    r"\bMSR: {1,2}[0-9a-f]{8,16} <",
    r"\bPAGE_SIZE=\d{1,3}K MMU=",
    r"\bKernel access of bad area, sig: ",
    r"(?:^|\s)\[[0-9a-f]{8,16}\] \[[0-9a-f]{8,16}\] [.\w]",
    r"\bcomm: .{1,40}\bppc64(?:le)?\b",
    r"\bpSeries\b|\bPowerNV\b",
)

ARCH = model.Arch(
    name="powerpc",
    also=("ppc", "ppc64", "ppc64le", "ppc32", "powerpc64", "powerpc64le", "ppc64el"),
    tree_dir="arch/powerpc",
    # What is 64 bits wide is so in nearly every kernel of today; a 32-bit one prints shorter numbers.
    bits=64,
    elf_machine="EM_PPC64",
    registers=(
        *(model.Register(f"r{number}", (f"gpr{number:02}",)) for number in range(32)),
        model.Register("nip", ("pc", "srr0")),
        model.Register("lr"),
        model.Register("ctr"),
        model.Register("msr", ("srr1",)),
        model.Register("cr", ("ccr",)),
        model.Register("xer"),
        model.Register("cfar"),
        model.Register("dar", ("dear",)),
        model.Register("dsisr"),
        model.Register("esr"),
        model.Register("irqmask", ("softe",)),
    ),
    tells=_TELLS,
    # arch/powerpc/kernel/exceptions-64s.S, exceptions-64e.S, head_book3s_32.S and head_8xx.S.
    fault_entries=(
        "data_access_common", "data_access_common_virt", "data_access_slb_common", "data_access_slb_common_virt",
        "instruction_access_common", "instruction_access_common_virt", "instruction_access_slb_common",
        "program_check_common", "program_check_common_virt", "alignment_common", "alignment_common_virt",
        "DataAccess", "InstructionAccess", "DataTLBError", "InstructionTLBError", "handle_page_fault", "ProgramCheck",
    ),
    user_entries=(
        "system_call_common", "system_call_vectored_common", "system_call", "ret_from_syscall", "DoSyscall",
        "syscall_exit", "interrupt_return_srr_user", "interrupt_return_hsrr_user",
    ),
    access_entries=(
        "data_access_common", "data_access_common_virt", "data_access_slb_common", "data_access_slb_common_virt",
        "alignment_common", "alignment_common_virt", "DataAccess", "DataTLBError",
    ),
    warns_by_trap=True,  # `twi`, arch/powerpc/include/asm/bug.h
)  # fmt: skip
