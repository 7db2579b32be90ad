"""Kernel sources: is this a kernel tree, where things are defined, what leads where, and what its names are worth.

The only package that imports tree-sitter. It reads files and knows nothing of crashes, logs or editors.
"""

from oopsight.tree.trees import (
    KernelTree,
    NotAConfiguration,
    NotAKernelTree,
    NotARoot,
    build_index,
    open_tree,
)
from oopsight.tree.workers import Cancelled

__all__ = [
    "Cancelled",
    "KernelTree",
    "NotAConfiguration",
    "NotAKernelTree",
    "NotARoot",
    "build_index",
    "open_tree",
]
