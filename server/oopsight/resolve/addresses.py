"""What an address is, where nothing but its number is known."""

from __future__ import annotations

from oopsight import model, values
from oopsight.resolve import contexts
from oopsight.tree import trees


def address(tree: trees.KernelTree, number: int, crash: model.ResolvedCrash) -> str | None:
    """The part of the address space in which `number` lies, in words; None where the tree does not tell."""
    record, _ = contexts.arch_of(tree, crash.crash, crash.arch)
    if record is None or not record.regions:
        return None
    return values.describe_address(number, None, record, tree.constants(record))
