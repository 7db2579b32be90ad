"""32-bit Arm: registers, fault status registers, the kernel's address regions, and the words only its logs hold.

Manuals: "ARM DDI 0406C" is the ARMv7-A/R architecture reference; its section numbers are from memory. The bits were
checked against the Cortex-A35 reference manual (ARM 100236, B1.50 and B1.51), which describes the same registers, and
against CMSIS-Core(A), groups CMSIS_DFSR and CMSIS_IFSR.
"""

from __future__ import annotations

from oopsight import model

_DFSR = "ARM DDI 0406C, B4.1.52 DFSR; ARM 100236, B1.50 and B1.51"
_IFSR = "ARM DDI 0406C, B4.1.96 IFSR; CMSIS-Core(A), CMSIS_IFSR"

# Bit 9 says in which translation table format the fault was reported: 0 short descriptors, 1 long ones.
_SHORT = (1 << 9, 0)
_LONG = (1 << 9, 1 << 9)

_FORMAT = model.Field("LPAE", 9, 9, meanings=((0, ""), (1, "")))
_WRITE = model.Field("WnR", 11, 11, meanings=((0, "read"), (1, "write")))
_EXTERNAL = model.Field("ExT", 12, 12, meanings=((0, ""), (1, "external abort type 1")))
# Armv8 gave reserved bits a meaning (ARM DDI 0487, DFSR; from memory): FAR not valid,
# which only an external abort reports.
_NO_ADDRESS = model.Field("FnV", 16, 16, meanings=((0, ""), (1, "fault address not valid")))
_CACHE = model.Field("CM", 13, 13, meanings=((0, ""), (1, "cache maintenance")))


def _short_status(table: str) -> model.Field:
    return model.Field("status", 10, 0, bits=(10, 3, 2, 1, 0), table=table)


def _long_status(table: str) -> model.Field:
    return model.Field("status", 5, 0, table=table)


def _data(table: str) -> tuple[model.Layout, ...]:
    return (
        model.Layout(
            title="data fault, short descriptors",
            fields=(
                _WRITE,
                _CACHE,
                _EXTERNAL,
                _NO_ADDRESS,
                model.Field("domain", 7, 4),
                _short_status(table),
                _FORMAT,
            ),
            source=_DFSR,
            condition="!defined(CONFIG_ARM_LPAE)",
            fits=_SHORT,
        ),
        model.Layout(
            title="data fault, long descriptors",
            fields=(_WRITE, _CACHE, _EXTERNAL, _NO_ADDRESS, _long_status(table), _FORMAT),
            source=_DFSR,
            condition="defined(CONFIG_ARM_LPAE)",
            fits=_LONG,
        ),
    )


def _instruction(table: str, marker: str | None) -> tuple[model.Layout, ...]:
    return (
        model.Layout(
            title="instruction fault, short descriptors",
            fields=(_EXTERNAL, _NO_ADDRESS, _short_status(table), _FORMAT),
            source=_IFSR,
            condition="!defined(CONFIG_ARM_LPAE)",
            fits=_SHORT,
            marker=marker,
            words="instruction fetch",
        ),
        model.Layout(
            title="instruction fault, long descriptors",
            fields=(_EXTERNAL, _NO_ADDRESS, _long_status(table), _FORMAT),
            source=_IFSR,
            condition="defined(CONFIG_ARM_LPAE)",
            fits=_LONG,
            marker=marker,
            words="instruction fetch",
        ),
    )


# Linux adds a bit of its own to what do_PrefetchAbort() hands on; its name and number stand in arch/arm/mm/fault.h.
_FSR = model.Domain(
    key="arm-fsr",
    title="Arm fault status register",
    headers=("arch/arm/mm/fault.h",),
    shape=model.Shape.FIELDS,
    prefixes=("FSR_",),
    drop=(r"FSR_FS\w*",),
    names=("fsr",),
    layouts=(*_instruction("ifsr_info", "FSR_LNX_PF"), *_data("fsr_info")),
)
_IFSR_DOMAIN = model.Domain(
    key="arm-ifsr",
    title="Arm instruction fault status register",
    headers=("arch/arm/mm/fault.h",),
    shape=model.Shape.FIELDS,
    prefixes=("FSR_LNX_",),
    names=("ifsr",),
    layouts=_instruction("ifsr_info", None),
)

_REGISTERS = (
    *(model.Register(f"r{number}") for number in range(9)),
    model.Register("r9", ("sb",)),
    model.Register("r10", ("sl",)),
    model.Register("r11", ("fp",)),
    model.Register("r12", ("ip",)),
    model.Register("r13", ("sp",)),
    model.Register("r14", ("lr",)),
    model.Register("r15", ("pc",)),
    model.Register("cpsr", ("psr",)),
)

_TELLS = (
    # Labels and functions that only arch/arm has.
    r"\b__(?:dabt|pabt|irq|fiq|und)_(?:svc|usr|invalid)\b",
    r"\bdo_(?:DataAbort|PrefetchAbort)\b",
    r"\b(?:asm_do_IRQ|v7_pabort|v7_early_abort|cpu_v7_\w+|c_backtrace|unwind_backtrace)\b",
    # arch/arm64 had this label, too, until 5.0; beside it stand several 64-bit pointers, which outnumber this line.
    r"\bret_fast_syscall\b",
    # TRACE32 access classes: R is A32 code, T is T32 code (D and X do not tell 32 from 64 bits).
    r"\b(?:N|Z|H)?(?:S|U)?[RT]:0x[0-9A-Fa-f]{1,8}\b",
    # The register dump and the lines around it.
    r"\bMode (?:SVC|USR|IRQ|FIQ|ABT|UND|SYS|MON|HYP|UK\d+)_(?:32|26)\b",
    r"\bISA (?:ARM|Thumb|Jazelle|ThumbEE)\b",
    r"\bpsr ?: [0-9a-f]{8}\b",
    r"\br(?:10|[0-9]) ?: [0-9a-f]{8}\b",
    r"\bip : [0-9a-f]{8}\b",
    r"\bDAC: [0-9a-f]{8}\b",
    r"\*pgd=[0-9a-f]{8}(?![0-9a-f])",
    r"\b(?:SMP|PREEMPT|\[#\d{1,4}\]) (?:ARM|THUMB2)\b",
    r"\) from \[<[0-9a-f]{8}>\]",
    r"\bException stack\(0x[0-9a-f]{8} to 0x[0-9a-f]{8}\)",
)

# The order matters: the most special region comes first. Where low memory ends and vmalloc begins depends on the
# memory of the machine (`high_memory`), so both span the same addresses.
_REGIONS = (
    model.Region(
        "null",
        "0",
        "PAGE_SIZE",
        "address in the first page, where a null pointer plus an offset points",
    ),
    model.Region("user", "PAGE_SIZE", "TASK_SIZE", "user address"),
    model.Region(
        "pkmap",
        "PKMAP_BASE",
        "PAGE_OFFSET",
        "kernel address of a kmapped page",
        "defined(CONFIG_HIGHMEM)",
    ),
    model.Region("modules", "MODULES_VADDR", "MODULES_END", "kernel module address"),
    model.Region("lowmem", "PAGE_OFFSET", "VMALLOC_END", "kernel lowmem address"),
    model.Region("vmalloc", "PAGE_OFFSET", "VMALLOC_END", "kernel vmalloc address"),
    model.Region("fixmap", "FIXADDR_START", "FIXADDR_END", "kernel fixmap address"),
    model.Region(
        "vectors",
        "CONFIG_VECTORS_BASE",
        "CONFIG_VECTORS_BASE + 2 * PAGE_SIZE",
        "address of the exception vectors",
    ),
)

ARCH = model.Arch(
    name="arm",
    also=("arm32", "armv7", "armv7l", "armhf", "armel", "aarch32"),
    tree_dir="arch/arm",
    bits=32,
    elf_machine="EM_ARM",
    registers=_REGISTERS,
    tells=_TELLS,
    fault_entries=(
        "__dabt_svc",
        "__pabt_svc",
        "__und_svc",
        "__dabt_usr",
        "__pabt_usr",
        "__und_usr",
    ),
    user_entries=("__dabt_usr", "__pabt_usr", "__und_usr", "__irq_usr", "__fiq_usr", "vector_swi"),
    domains=(_FSR, _IFSR_DOMAIN),
    regions=_REGIONS,
    assumes="defined(CONFIG_MMU)",
    trap_entries=("__dabt_svc", "__pabt_svc", "__und_svc", "__irq_svc", "__fiq_svc"),
    access_entries=("__dabt_svc", "__dabt_usr"),  # arch/arm/kernel/entry-armv.S
    saved_registers=72,  # r0 to r15, cpsr and ORIG_r0: arch/arm/include/uapi/asm/ptrace.h
)
