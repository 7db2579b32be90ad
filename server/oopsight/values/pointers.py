"""Addresses: which region of the address space they lie in, by the tree's own constants; and the top of a kernel stack.

Where the tree states no bounds, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from oopsight import model

__all__ = ["Place", "describe_address", "region"]


class Place(NamedTuple):
    """Where an address lies: the meaning as a phrase; `condition` says on what it depends, None when on nothing."""

    meaning: str
    condition: str | None


def region(number: int, arch: model.Arch, constants: model.Constants) -> Place | None:
    """The region of an address, None when the tree does not state the bounds that decide it.

    Where a tree without its configuration states several bounds, a region that has the address under all of them is
    sure; else the first that may have it is named with the condition. A negative number is an address that was
    printed with a sign.
    """
    if -1 << (arch.bits - 1) <= number < 0:
        number += 1 << arch.bits
    if not 0 <= number < 1 << arch.bits or constants.holds(arch.assumes) is False:
        return None
    found: dict[str, list[str]] = {}
    sure: list[str] = []
    for each in arch.regions:
        conditions = _inside(number, each, arch.assumes, constants)
        if None in conditions or _always(conditions, arch.assumes, constants):
            sure.append(each.meaning)
        elif conditions:
            found.setdefault(each.meaning, []).extend(each for each in conditions if each)
    if sure:
        return Place(_either(list(dict.fromkeys(sure))), None)
    for meaning, several in found.items():
        return Place(meaning, " || ".join(dict.fromkeys(several)))
    return None


def _always(conditions: list[str | None], assumed: str | None, constants: model.Constants) -> bool:
    """Whether one of the conditions holds in every kernel of the assumed kind."""
    if not conditions:
        return False
    terms = [f"({each})" for each in conditions if each]
    if assumed is not None:
        terms.append(f"!({assumed})")
    return constants.holds(" || ".join(terms)) is True


def _either(meanings: list[str]) -> str:
    """`kernel lowmem or vmalloc address`: meanings of regions that overlap."""
    if len(meanings) == 1:
        return meanings[0]
    first, last = meanings[0].split(), meanings[-1].split()
    if first[0] == last[0] and first[-1] == last[-1]:
        return " ".join((*first[:-1], "or", *last[1:]))
    return f"{meanings[0]} or {meanings[-1]}"


def _inside(
    number: int, each: model.Region, assumed: str | None, constants: model.Constants
) -> list[str | None]:
    """The conditions under which the address lies in a region; [] when it does not, or nobody knows."""
    if constants.holds(each.condition) is False:
        return []
    outer = None if constants.holds(each.condition) else each.condition
    found: list[str | None] = []
    for start, start_condition in _numbers(each.start, constants):
        for end, end_condition in _numbers(each.end, constants):
            terms = [term for term in (outer, start_condition, end_condition) if term]
            if start <= number < end and _possible((*terms, assumed), constants):
                found.append(_joined(terms, assumed))
    return found


def _possible(terms: tuple[str | None, ...], constants: model.Constants) -> bool:
    return constants.holds(" && ".join(f"({term})" for term in terms if term) or None) is not False


def _joined(conditions: Iterable[str], assumed: str | None) -> str | None:
    """The conditions joined, each operand of `&&` once, without what is assumed anyway."""
    terms: dict[str, None] = {}
    for condition in conditions:
        several = [f"({condition})"] if "||" in condition else condition.split(" && ")
        terms.update(dict.fromkeys(several))
    return " && ".join(term for term in terms if term != assumed) or None


_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+)\s*\*\s*)?(0x[0-9a-fA-F]+|\d+|\w+)")


def _numbers(expression: str, constants: model.Constants) -> list[tuple[int, str | None]]:
    """The values of a sum of names and numbers (`A + 2 * B`), with their conditions; [] when a name has no number."""
    totals: list[tuple[int, str | None]] = [(0, None)]
    for sign, factor, word in _TERM.findall(expression):
        weight = int(factor or 1) * (-1 if sign == "-" else 1)
        if word[0].isdigit():
            values: list[tuple[int, str | None]] = [(int(word, 0), None)]
        else:
            values = [
                (each.number, None if each.holds else each.condition)
                for each in constants.named(word)
                if each.holds is not False
            ]
        totals = [
            (total + weight * value, _and(condition, other))
            for total, condition in totals
            for value, other in values
        ]
    return totals


def _and(one: str | None, other: str | None) -> str | None:
    if one is None or other is None or one == other:
        return one or other
    return f"{one} && {other}"


def describe_address(
    number: int, type_name: str | None, arch: model.Arch, constants: model.Constants
) -> str | None:
    """An address in words: its region, whether it begins a page, and the kernel stack for a `struct pt_regs *`."""
    place = region(number, arch, constants)
    if place is None:
        return "NULL" if number == 0 else None
    if number == 0:
        return "NULL"
    text = place.meaning
    stack = _stack(number, type_name, arch, constants) if "kernel" in text else None
    if stack is not None:
        # A stack from the page allocator lies in low memory; one that is mapped may lie anywhere in vmalloc.
        if constants.holds("defined(CONFIG_VMAP_STACK)") is False:
            text = text.replace("kernel lowmem or vmalloc address", "kernel lowmem address")
        return f"{text}: {stack}"
    page = _single(constants, "PAGE_SIZE")
    if page and number % page == 0:
        text = f"{text}, page-aligned" if text.startswith("address") else f"page-aligned {text}"
    return text if place.condition is None else f"{text} (with {place.condition})"


_REGISTERS_SAVED = re.compile(r"\bstruct\s+pt_regs\s*\*")


def _stack(
    number: int, type_name: str | None, arch: model.Arch, constants: model.Constants
) -> str | None:
    """The words for registers that an entry from user mode saved at the top of a kernel stack."""
    size = _single(constants, "THREAD_SIZE")
    if type_name is None or not _REGISTERS_SAVED.search(type_name) or arch.saved_registers is None:
        return None
    if not size or size & (size - 1):
        return None
    start = _single(constants, "THREAD_START_SP") or size
    below = -number % size
    if below != size - start + arch.saved_registers:
        return None
    return (
        f"{below} bytes below the top of {_article(size)} kernel stack, "
        "the place of the registers saved on entry from user mode"
    )


def _article(size: int) -> str:
    words = f"{size >> 10} KiB"
    return f"an {words}" if words.startswith(("8", "11 ", "18 ")) else f"a {words}"


def _single(constants: model.Constants, name: str) -> int | None:
    """The number of a name that has only one."""
    numbers = {each.number for each in constants.named(name) if each.holds is not False}
    return numbers.pop() if len(numbers) == 1 else None
