"""What an address is: the instruction that a printed one means, and where it lies when nothing but its number is known.

A return address on the stack is the instruction behind the call; some producers have already stepped back.
"""

from __future__ import annotations

import re
from dataclasses import replace

from oopsight import model, values
from oopsight.resolve import contexts
from oopsight.tree import trees

C = model.Convention
# Bits from this one on hold a pointer authentication code on arm64, or nothing: code lies in the last 2^48 bytes also where
# addresses have 52 bits.
_ARM64_BITS = 48
_KERNEL_TOP = 1 << 55


def lookup_address(address: int, convention: model.Convention | None, arch: str | None) -> int:
    """The address to look up for a printed one: an instruction of the function, and of the call where it is a return address."""
    address = _plain(address, arch)
    return address - 1 if convention is C.RETURN and address > 0 else address


def lookup_offset(offset: int, convention: model.Convention | None) -> int:
    """The offset in the function to look up for a printed one; -1 where the call ends the function before it."""
    return offset - 1 if convention is C.RETURN else offset


def _plain(address: int, arch: str | None) -> int:
    """The address without what is no part of it: Thumb's bit 0, and the signature in a return address of arm64."""
    if arch == "arm":
        return address & ~1
    if arch == "arm64" and address & _KERNEL_TOP:
        return address | (0xFFFF_FFFF_FFFF_FFFF & ~((1 << _ARM64_BITS) - 1))
    return address


# The unwinders that may step back by themselves: arm64 before 4.14 (`frame->pc = *(unsigned long *)(fp + 8) - 4`), riscv
# before 5.x (`pc = frame->ra - 0x4`).
_UNWINDERS = {
    "arm64": ("arch/arm64/kernel/stacktrace.c",),
    "riscv": ("arch/riscv/kernel/stacktrace.c",),
}
_STEPS_BACK = re.compile(r"\bpc\s*=\s*[^;=]{1,120}-\s*(?:0x)?4\s*;")


def steps_back(tree: trees.KernelTree, arch: str | None) -> bool:
    """Whether the tree's own unwinder prints the call and not the instruction behind it."""
    files = _UNWINDERS.get(arch or "", ())
    return any(_STEPS_BACK.search(tree.sources.text(path) or "") is not None for path in files)


def with_conventions(stack: model.Stack, tree: trees.KernelTree, arch: str | None) -> model.Stack:
    """The stack as the tree's own unwinder means it: return addresses, unless it has stepped back onto the calls."""
    back = tree.once(("steps back", arch), lambda: steps_back(tree, arch))
    if not back or not any(frame.convention is C.RETURN for frame in stack.frames):
        return stack
    frames = (
        replace(frame, convention=C.CALL_SITE) if frame.convention is C.RETURN else frame
        for frame in stack.frames
    )
    return replace(stack, frames=tuple(frames))


def address(tree: trees.KernelTree, number: int, crash: model.ResolvedCrash) -> str | None:
    """The part of the address space in which `number` lies, in words; None where the tree does not tell."""
    record, _ = contexts.arch_of(tree, crash.crash, crash.arch)
    if record is None or not record.regions:
        return None
    return values.describe_address(number, None, record, tree.constants(record))
