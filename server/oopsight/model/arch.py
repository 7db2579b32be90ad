"""An architecture as data: registers, address regions, register layouts and the tells by which a log betrays it."""

from __future__ import annotations

from dataclasses import dataclass

from oopsight.model.value import Domain, Field, Layout

__all__ = ["Arch", "Field", "Layout", "Region", "Register"]


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its name in a log, and other spellings."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the address space that a CPU manual or the kernel's memory layout fixes.

    `start` and `end` are C expressions over the tree's own constants (`PAGE_OFFSET`), inclusive and exclusive;
    `meaning` is a phrase such as "kernel lowmem address". `condition` is a C condition over the tree's configuration
    under which the region exists. Regions may overlap where only a running kernel knows the border.
    """

    name: str
    start: str
    end: str
    meaning: str
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Arch:
    """What is true of every kernel of one architecture.

    `name` and `also` are its spellings; `tree_dir` its folder in a kernel tree; `bits` the width of a pointer.
    `tells` are regular expressions (searched in each clean line) by which a text betrays it; each pattern must be
    linear. `fault_entries` are the asm labels that enter the kernel because an instruction faulted,
    `user_entries` those that come from user space. `access_entries` are those entered because an access to memory
    faulted: the interrupted statement of a C function then reads or writes memory (where one label serves fetches of
    instructions too, as on x86, such a fetch faults where no function stands). `domains` and `layouts` belong to this
    architecture only. `assumes` is a C condition under which the regions are as described, taken to hold unless the
    configuration denies it. `saved_registers` is the size of `struct pt_regs` in bytes, which an entry from user mode
    leaves at the top of the kernel stack. `trap_entries` are the labels of entry code for traps and interrupts from the
    kernel itself, below which a backtrace goes on with the interrupted place, taken from saved registers;
    `addressed_trap_entries` are those of kernels that still print an address before each frame, None where they are the
    same. `saves_calls` is true where a call saves its own address and not that of the instruction behind it.
    `warns_by_trap`: the place that a warning names is the instruction that trapped, not the one behind a call. `low_kernel`: the kernel may lie in the
    lowest 4 GB of a 64-bit address space. A field left empty switches a feature off; it never makes it lie.
    """

    name: str
    also: tuple[str, ...]
    tree_dir: str
    bits: int
    elf_machine: str
    registers: tuple[Register, ...] = ()
    tells: tuple[str, ...] = ()
    fault_entries: tuple[str, ...] = ()
    user_entries: tuple[str, ...] = ()
    domains: tuple[Domain, ...] = ()
    regions: tuple[Region, ...] = ()
    assumes: str | None = None
    saved_registers: int | None = None
    access_entries: tuple[str, ...] = ()
    trap_entries: tuple[str, ...] = ()
    saves_calls: bool = False
    addressed_trap_entries: tuple[str, ...] | None = None
    warns_by_trap: bool = False
    low_kernel: bool = False
