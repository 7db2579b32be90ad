"""Decoding: what numbers mean by the names that a tree has. Cases are in `testdata/values`, one file for each domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oopsight import arch, model, values
from oopsight.tree.constants import TreeConstants
from support import trees

CASES = Path(__file__).parent / "testdata" / "values"
FILES = sorted(CASES.glob("*.txt"))
KEYS = [each.key for each in values.domains()]
MASKS = ("gfp", "alloc-flags", "fault-flags")
_NUMBER = re.compile(r"(?P<number>-?\w+)(?P<siblings>(?: \w+=\w+)*)(?: → .*)?")


def domain(key: str) -> model.Domain:
    found = values.domain(key)
    assert found is not None
    return found


def picture(decoded: model.DecodedValue, question: str) -> Iterator[str]:
    """A decoded value as lines."""
    yield f"{question} → {decoded.text}{'  (impossible)' if decoded.impossible else ''}"
    for part in decoded.parts:
        yield f"    {part.mask:#x} {part.name} {place(part.position)}"
    for each in decoded.fields:
        yield f"    [{each.high}:{each.low}] {each.name} = {each.value} {place(each.position)}".rstrip()
    for other in decoded.alternatives:
        yield f"    or {other.text} if {other.condition}"
    for doubt in decoded.doubts:
        yield f"    ! {doubt}"
    for note in decoded.notes:
        yield f"    ~ {note}"


def place(position: model.SourcePos | None) -> str:
    return "" if position is None else f"{position.path}:{position.line}"


def answered(key: str, text: str) -> str:
    """The case file with every number answered anew."""
    lines: list[str] = []
    constants: TreeConstants | None = None
    for line in text.splitlines():
        if line.startswith("    "):
            continue
        match = _NUMBER.fullmatch(line)
        if line.startswith("tree "):
            name, _, options = line.removeprefix("tree ").partition(", ")
            constants = trees.constants(name, *options.split())
        if line.startswith(("tree ", "#")) or match is None:
            lines.append(line)
            continue
        assert constants is not None, "a case file names a tree before its first number"
        siblings = dict(word.split("=") for word in match["siblings"].split())
        decoded = values.decode(domain(key), int(match["number"], 0), constants, siblings)
        lines.extend(picture(decoded, match["number"] + match["siblings"]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_cases(file: Path, update: bool) -> None:
    """Every number of a case file means what the file says."""
    text = file.read_text(encoding="utf-8")
    actual = answered(file.stem, text)
    if update:
        file.write_text(actual, encoding="utf-8")
    assert actual == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", KEYS)
def test_every_domain_has_cases(key: str) -> None:
    """A row without cases is not tested, so it is not there."""
    assert (CASES / f"{key}.txt").is_file()


def test_keys_are_words() -> None:
    """Keys are unique, in lower case, with the architecture in front where there is one."""
    assert len(KEYS) == len(set(KEYS))
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key) for key in KEYS)
    for record in arch.all():
        assert all(each.key.startswith(f"{record.name}-") for each in record.domains)


# ── the seed ──


@pytest.mark.parametrize(
    ("key", "number", "text"),
    [
        ("gfp", 33685722, "GFP_HIGHUSER_MOVABLE | __GFP_CMA"),
        ("alloc-flags", 449, "ALLOC_WMARK_LOW | ALLOC_CPUSET | ALLOC_CMA | ALLOC_FAIR"),
        (
            "fault-flags",
            169,
            "FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_USER",
        ),
        (
            "arm-fsr",
            2071,
            "write, domain 1, status 7: page translation fault (do_page_fault, SIGSEGV, SEGV_MAPERR)",
        ),
    ],
)
@pytest.mark.parametrize("options", [(), ("CONFIG_MMU=y",)])
def test_values_of_the_seed(key: str, number: int, text: str, options: tuple[str, ...]) -> None:
    """Whether a configuration is known or not, these four are read in one way."""
    assert values.decode(domain(key), number, trees.constants("linux-3.x", *options)).text == text


def test_impossible_register() -> None:
    """A value with reserved bits is not decoded, since it is none."""
    decoded = values.decode(domain("arm-fsr"), 748335104, trees.constants("linux-3.x"))
    assert decoded.impossible
    assert decoded.fields == ()
    assert decoded.unknown == 748335104
    (doubt,) = decoded.doubts
    assert "bits 29, 27:26, 23, 20:19, 17 and 15, which are reserved" in doubt


def test_table_entry_is_handed_on() -> None:
    """The entry that a status selects comes with its members by name."""
    decoded = values.decode(domain("arm-fsr"), 2071, trees.constants("linux-3.x"))
    assert decoded.entry is not None
    assert decoded.entry.index == 7
    assert decoded.entry.member("fn") == "do_page_fault"
    assert decoded.entry.member("sig") == "SIGSEGV"
    assert decoded.entry.member("code") == "SEGV_MAPERR"
    assert decoded.entry.member("name") == '"page translation fault"'


@pytest.mark.parametrize(
    ("key", "digits", "base", "expected"),
    [
        ("fault-flags", "169", 10, True),  # every longer number sets a bit that no fault flag has
        ("fault-flags", "16", 10, False),  # 169 is one of the longer ones
        ("fault-flags", "0", 10, False),
        ("fault-flags", "a9", 16, True),
        ("gfp", "33685722", 10, True),
        ("gfp", "3368572", 10, False),
        ("arm-fsr", "207", 10, False),
        ("signal", "11", 10, True),
        ("signal", "1", 10, False),
        ("gfp", "x", 10, False),
    ],
)
def test_whole(key: str, digits: str, base: int, expected: bool) -> None:
    """A number at a cut is whole when every longer one would be no value of its domain."""
    constants = trees.constants("linux-3.x", "CONFIG_MMU=y")
    assert values.whole(digits, base, domain(key), constants) is expected


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_known_without_names(key: str) -> None:
    """A tree without the domain's header gives no name, makes no doubt of it, and loses no bit."""
    decoded = values.decode(domain(key), 5, trees.constants("linux-6.12", tree_dir=None))
    assert _together(decoded) == 5


def _together(decoded: model.DecodedValue) -> int:
    together = decoded.unknown
    for part in decoded.parts:
        together |= part.mask
    for each in decoded.fields:
        together |= each.mask
    return together


CONSTANTS = {
    (name, options): trees.constants(name, *options)
    for name in ("linux-3.x", "linux-6.1", "linux-6.12")
    for options in ((), ("CONFIG_MMU=y",), ("CONFIG_KASAN_HW_TAGS=y", "CONFIG_ARM_LPAE=y"))
}


@given(
    st.sampled_from(KEYS),
    st.integers(0, 2**32 - 1)
    | st.integers(0, 2**70)
    | st.builds(lambda n: 1 << n, st.integers(0, 63)),
    st.sampled_from(list(CONSTANTS)),
)
def test_no_bit_is_lost(key: str, number: int, tree: tuple[str, tuple[str, ...]]) -> None:
    """Parts, fields and unknown bits are the number, whatever it is."""
    decoded = values.decode(domain(key), number, CONSTANTS[tree])
    assert _together(decoded) == number
    assert decoded.number == number
    assert decoded.text
    for part in decoded.parts:
        assert part.mask & ~number == 0


@given(st.sampled_from(KEYS), st.integers(-(2**31), -1), st.sampled_from(list(CONSTANTS)))
def test_negative_numbers_are_their_bits(
    key: str, number: int, tree: tuple[str, tuple[str, ...]]
) -> None:
    """A negative number is read as the 32 bits that a kernel holds for it, which mean the same."""
    decoded = values.decode(domain(key), number, CONSTANTS[tree])
    held = values.decode(domain(key), number & 0xFFFFFFFF, CONSTANTS[tree])
    assert decoded.number == number & 0xFFFFFFFF
    assert _together(decoded) == decoded.number
    assert (decoded.parts, decoded.fields, decoded.unknown) == (
        held.parts,
        held.fields,
        held.unknown,
    )


@given(st.sampled_from(KEYS), st.integers(-(2**70), -(2**31) - 1))
def test_negative_numbers_that_do_not_fit(key: str, number: int) -> None:
    """A number below all that fit is no value of any domain, and stays whole."""
    decoded = values.decode(domain(key), number, CONSTANTS["linux-3.x", ()])
    assert decoded.impossible
    assert decoded.number == _together(decoded) == number
    assert decoded.parts == decoded.fields == ()
    (doubt,) = decoded.doubts
    assert doubt.startswith(f"{number:#x} does not fit in 32 bits, so it is no ")


@given(st.sampled_from(MASKS), st.integers(0, 2**32 - 1), st.sampled_from(list(CONSTANTS)))
def test_parts_do_not_overlap(key: str, number: int, tree: tuple[str, tuple[str, ...]]) -> None:
    """Each bit of a mask is named once."""
    decoded = values.decode(domain(key), number, CONSTANTS[tree])
    masks = [part.mask for part in decoded.parts] + [decoded.unknown]
    assert sum(masks) == number


@given(st.sampled_from(MASKS), st.integers(0, 2**32 - 1))
def test_names_say_the_number(key: str, number: int) -> None:
    """The names that are shown have, in the tree, the numbers that they stand for."""
    constants = CONSTANTS["linux-6.1", ("CONFIG_MMU=y",)]
    for part in values.decode(domain(key), number, constants).parts:
        assert part.mask in {each.number for each in constants.named(part.name)}


# ── which variable is which domain ──


@pytest.mark.parametrize(
    ("type_name", "name", "function", "expected"),
    [
        ("gfp_t", "anything", None, "gfp"),
        ("const gfp_t", None, None, "gfp"),
        (None, "gfp_mask", "__alloc_pages_nodemask", "gfp"),
        ("gfp_t *", "gfp_mask", "f", None),
        ("struct foo", "gfp", "f", None),
        ("int", "alloc_flags", "get_page_from_freelist", "alloc-flags"),
        ("gfp_t", "alloc_flags", "some_driver", "gfp"),
        ("unsigned int", "flags", "handle_mm_fault", "fault-flags"),
        ("unsigned int", "flags", "__handle_mm_fault", "fault-flags"),
        ("unsigned int", "flags", "handle_pte_fault", "fault-flags"),
        ("unsigned int", "flags", "do_anonymous_page", "fault-flags"),
        ("unsigned int", "flags", "__do_page_fault", "fault-flags"),
        ("unsigned int", "flags", "do_huge_pmd_anonymous_page", "fault-flags"),
        ("unsigned int", "flags", "hugetlb_fault", "fault-flags"),
        ("unsigned int", "flags", "do_page_fault", "fault-flags"),
        ("unsigned int", "mm_flags", "__do_page_fault", "fault-flags"),
        ("unsigned int", "flags", "vm_fault", "fault-flags"),  # a member of the structure
        ("unsigned int", "fault_flags", "fixup_user_fault", "fault-flags"),
        ("unsigned int *", "flags", "handle_mm_fault", None),
        ("unsigned long", "vm_flags", "__do_page_fault", None),
        ("unsigned int", "flags", None, None),  # a name that says nothing without its function
        ("unsigned long", "flags", "spin_lock_irqsave", None),
        ("int", "flags", "do_numa_page", None),
        ("int", "flags", "do_huge_pmd_numa_page", None),
        ("unsigned long", "flags", "do_tlb_overlap_fault", None),
        ("unsigned long", "flags", "cxl_handle_mm_fault", None),
        ("unsigned int", "alloc_flags", "zone_watermark_ok", "alloc-flags"),
        (None, "alloc_flags", None, "alloc-flags"),
        ("int *", "alloc_flags", "f", None),
        ("gfp_t", "flags", "handle_mm_fault", "gfp"),  # the type goes before the function
        ("unsigned long", "address", "handle_mm_fault", None),
        ("long", "addr", "do_DataAbort", None),
        ("enum fault_flag", "f", None, "fault-flags"),
        ("unsigned int", "fsr", "do_DataAbort", "arm-fsr"),
        ("unsigned int", "ifsr", "do_PrefetchAbort", "arm-ifsr"),
        ("int", "code", "fsr_info", "si-code"),
        ("int", "code", "print_code", None),
        ("int", "sig", "do_send_sig_info", "signal"),
        (None, None, None, None),
    ],
)
def test_domain_of(
    type_name: str | None, name: str | None, function: str | None, expected: str | None
) -> None:
    """The type decides, then the name in its function, then the name."""
    found = values.domain_of(type_name, name, function, arch.get("arm"))
    assert (found.key if found else None) == expected


def test_registers_belong_to_their_architecture() -> None:
    """`fsr` is a fault status register on Arm only."""
    assert values.domain_of("unsigned int", "fsr", "f", arch.get("x86_64")) is None
    assert values.domain_of("unsigned int", "fsr", "f", None) is None


# ── addresses ──

ARM = arch.get("arm")
MMU = ("CONFIG_MMU=y", "CONFIG_PAGE_OFFSET=0xC0000000", "CONFIG_HIGHMEM=y")
STACK = "80 bytes below the top of an 8 KiB kernel stack, the place of the registers saved on entry from user mode"


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize(
    ("number", "type_name", "expected"),
    [
        (0xC6D61FB0, "struct pt_regs *", f"kernel lowmem address: {STACK}"),
        (0xC6D61FB0, "void *", "kernel lowmem or vmalloc address"),
        (0xC6D61FA8, "struct pt_regs *", "kernel lowmem or vmalloc address"),
        (0xA349D000, "unsigned long", "page-aligned user address"),
        (0xA349D004, "unsigned long", "user address"),
        (0, "void *", "NULL"),
        (8, "void *", "address in the first page, where a null pointer plus an offset points"),
        (0xBF001234, "void *", "kernel module address"),
        (0xBFE00004, "void *", "kernel address of a kmapped page"),
        (0xFFC00010, "void *", "kernel fixmap address"),
        (0xFF000000, "void *", None),
    ],
)
def test_addresses(number: int, type_name: str, expected: str | None, indexed: bool) -> None:
    """An address is told by the bounds that the tree states, with an index or by its headers alone."""
    assert ARM is not None
    constants = trees.constants("linux-3.x", *MMU, indexed=indexed)
    assert values.describe_address(number, type_name, ARM, constants) == expected


@pytest.mark.parametrize("type_name", ["long", "unsigned long"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0xA349D000, "page-aligned user address"),
        (0xA349D000 - 2**32, "page-aligned user address"),
        (0xC6D61FB0 - 2**32, "kernel lowmem or vmalloc address"),
        (-1, None),  # above the last region
        (-(2**31) - 1, None),  # no 32-bit number
        (2**32 + 0x8000, None),
    ],
)
def test_addresses_in_a_long(number: int, type_name: str, expected: str | None) -> None:
    """An address in a `long` is told too, printed with a sign or without."""
    assert ARM is not None
    constants = trees.constants("linux-3.x", *MMU)
    assert values.describe_address(number, type_name, ARM, constants) == expected


def test_another_split_moves_the_regions() -> None:
    """The bounds are those of the configuration."""
    assert ARM is not None
    constants = trees.constants("linux-3.x", "CONFIG_MMU=y", "CONFIG_PAGE_OFFSET=0x80000000")
    assert values.describe_address(0xA349D000, "long", ARM, constants) == (
        "page-aligned kernel lowmem or vmalloc address"
    )


def test_address_without_configuration() -> None:
    """Without a configuration the Kconfig defaults bound the regions: what holds in each is sure, the rest is conditional."""
    assert ARM is not None
    constants = trees.constants("linux-3.x")
    assert values.describe_address(0xC6D61FB0, "struct pt_regs *", ARM, constants) == (
        f"kernel lowmem address: {STACK}"
    )
    assert values.describe_address(0xA349D000, "long", ARM, constants) == (
        "page-aligned user address (with !defined(CONFIG_VMSPLIT_1G) && !defined(CONFIG_VMSPLIT_2G))"
    )
    assert (
        values.describe_address(0x30000000, "long", ARM, constants) == "page-aligned user address"
    )


def test_address_without_memory_management() -> None:
    """Without an MMU there are no such regions, and nothing is said of them."""
    assert ARM is not None
    constants = trees.constants("linux-3.x", "CONFIG_DRAM_BASE=0x1000")
    assert values.describe_address(0xC6D61FB0, "void *", ARM, constants) is None


def test_a_mapped_stack_may_be_anywhere() -> None:
    """With VMAP_STACK the region of a stack is not known, its top is."""
    assert ARM is not None
    constants = trees.constants("linux-3.x", *MMU, "CONFIG_VMAP_STACK=y")
    assert values.describe_address(0xD0A8DFB0, "struct pt_regs *", ARM, constants) == (
        f"kernel lowmem or vmalloc address: {STACK}"
    )


def test_a_tree_that_states_no_bounds() -> None:
    """Better nothing than a guess."""
    assert ARM is not None
    assert values.describe_address(0xC6D61FB0, "void *", ARM, trees.constants("linux-6.1")) is None
    assert values.region(0xC6D61FB0, ARM, trees.constants("linux-6.1")) is None


@given(st.integers(-(2**40), 2**70))
def test_addresses_never_fail(number: int) -> None:
    """Any number is an address in words or nothing."""
    for record in arch.all():
        for constants in CONSTANTS.values():
            text = values.describe_address(number, "struct pt_regs *", record, constants)
            assert text is None or text
