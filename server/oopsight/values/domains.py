"""THE table of flag domains that belong to no architecture, and which variable holds which domain.

A row names where the truth stands; it holds no number. Architectures' own domains are in `arch/`.
"""

from __future__ import annotations

import fnmatch
import re
from functools import cache

from oopsight import arch, model

__all__ = ["domain", "domain_of", "domains"]

DOMAINS: tuple[model.Domain, ...] = (
    model.Domain(
        key="gfp",
        title="GFP flag",
        # gfp.h until 5.x; gfp_types.h since 6.0 holds the flags, and gfp.h what is left.
        headers=("include/linux/gfp_types.h", "include/linux/gfp.h"),
        shape=model.Shape.MASKS,
        prefixes=("__GFP_", "GFP_"),
        drop=(
            r"\w+_(?:MASK|SHIFT|TABLE|BAD|BIT)",
            r"GFP_ZONEMASK",
            r"__GFP_NOTRACK_FALSE_POSITIVE",
        ),
        composites=("GFP_",),
        types=("gfp_t",),
        names=("gfp_mask", "gfp", "gfp_flags", "gfpflags"),
    ),
    model.Domain(
        key="alloc-flags",
        title="page allocator flag",
        headers=("mm/internal.h",),
        shape=model.Shape.MASKS,
        prefixes=("ALLOC_",),
        drop=(r"ALLOC_WMARK_MASK",),
        index_mask="ALLOC_WMARK_MASK",
        index_prefix="ALLOC_WMARK_",
        # "don't check watermarks at all", says its comment in mm/internal.h.
        index_unless="ALLOC_NO_WATERMARKS",
        names=("alloc_flags",),
    ),
    model.Domain(
        key="fault-flags",
        title="fault flag",
        # Macros in mm.h until 5.x, `enum fault_flag` in mm_types.h since.
        headers=("include/linux/mm_types.h", "include/linux/mm.h"),
        shape=model.Shape.MASKS,
        prefixes=("FAULT_FLAG_",),
        types=("enum fault_flag",),
        names=("fault_flags",),
        # Named one by one: do_numa_page() has `flags` of NUMA balancing, others have those of a spin lock.
        variables=(
            # mm/memory.c
            "handle_mm_fault.flags",
            "__handle_mm_fault.flags",
            "handle_pte_fault.flags",
            "do_swap_page.flags",
            "do_anonymous_page.flags",
            "__do_fault.flags",
            "do_fault_around.flags",
            "do_read_fault.flags",
            "do_cow_fault.flags",
            "do_shared_fault.flags",
            "do_linear_fault.flags",
            "do_nonlinear_fault.flags",
            "mm_account_fault.flags",
            # mm/huge_memory.c, mm/hugetlb.c and mm/filemap.c
            "do_huge_pmd_anonymous_page.flags",
            "hugetlb_fault.flags",
            "hugetlb_no_page.flags",
            "hugetlb_wp.flags",
            "hugetlb_handle_userfault.flags",
            "__lock_page_or_retry.flags",
            "__folio_lock_or_retry.flags",
            # arch/*/mm/fault.c
            "do_page_fault.flags",
            "__do_page_fault.flags",
            "___do_page_fault.flags",
            "ia64_do_page_fault.flags",
            "do_sparc_fault.flags",
            "do_sparc64_fault.flags",
            "do_user_addr_fault.flags",
            "do_page_fault.mm_flags",
            "__do_page_fault.mm_flags",
            # The structure of a fault, include/linux/mm.h
            "vm_fault.flags",
        ),
    ),
    model.Domain(
        key="si-code",
        title="signal code",
        # The class of a code stood in its upper half (`__SI_FAULT|1`) until 4.15; asm-generic/siginfo.h defined it.
        headers=(
            "{arch}/include/uapi/asm/siginfo.h",
            "include/uapi/asm-generic/siginfo.h",
            "include/asm-generic/siginfo.h",
        ),
        shape=model.Shape.VALUES,
        prefixes=("SEGV_", "BUS_", "ILL_", "FPE_", "TRAP_", "CLD_", "POLL_", "SYS_", "EMT_", "SI_"),
        drop=(r"SI_(?:MAX_SIZE|PAD_SIZE|EXPANSION_SIZE|SIZEMASK|FROM\w+)", r"TRAP_PERF_FLAG_\w+"),
        names=("si_code",),
        variables=(
            "fsr_info.code",
            "fault_info.code",
            "do_*fault.code",
            "__do_user_fault.code",
            "do_user_addr_fault.si_code",
            "force_sig_fault*.code",
            "force_sig_info_fault.si_code",
        ),
        narrowed_by=(
            "sig",
            (
                ("SIGSEGV", "SEGV_"),
                ("SIGBUS", "BUS_"),
                ("SIGILL", "ILL_"),
                ("SIGFPE", "FPE_"),
                ("SIGTRAP", "TRAP_"),
                ("SIGCHLD", "CLD_"),
                ("SIGPOLL", "POLL_"),
                ("SIGIO", "POLL_"),
                ("SIGSYS", "SYS_"),
            ),
        ),
    ),
    model.Domain(
        key="signal",
        title="signal",
        headers=("{arch}/include/uapi/asm/signal.h", "include/uapi/asm-generic/signal.h"),
        shape=model.Shape.VALUES,
        prefixes=("SIG",),
        drop=(r"SIG_\w+", r"SIGEV_\w+", r"SIGSTKSZ", r"SIGSWI", r"SIGUNUSED"),
        names=("sig", "signr", "signo", "si_signo"),
    ),
)


@cache
def domains() -> tuple[model.Domain, ...]:
    """Every domain: the general ones, then those of the architectures."""
    return (*DOMAINS, *(each for record in arch.all() for each in record.domains))


def domain(key: str) -> model.Domain | None:
    """The domain of that key."""
    return next((each for each in domains() if each.key == key), None)


def domain_of(
    type_name: str | None,
    name: str | None,
    function: str | None = None,
    record: model.Arch | None = None,
) -> model.Domain | None:
    """The domain that a variable holds: by its C type, by its name in its function (or structure), or by its name alone.

    `record` is the architecture, whose own domains count too. A pointer or a structure holds no domain.
    """
    candidates = (*(record.domains if record is not None else ()), *DOMAINS)
    plain = _plain_type(type_name)
    if plain is not None:
        for each in candidates:
            if plain in each.types:
                return each
        if _NO_NUMBER.search(plain):
            return None
    if name is None:
        return None
    if function is not None:
        variable = f"{function}.{name}"
        for each in candidates:
            if any(fnmatch.fnmatchcase(variable, pattern) for pattern in each.variables):
                return each
    return next((each for each in candidates if name in each.names), None)


_QUALIFIER = re.compile(r"\b(?:const|volatile|register|__user|__force|__iomem)\b")
_NO_NUMBER = re.compile(r"[*\[(]|\b(?:struct|union|void|bool|float|double)\b")


def _plain_type(type_name: str | None) -> str | None:
    if type_name is None:
        return None
    return " ".join(_QUALIFIER.sub(" ", type_name).split()) or None
