"""Kernel sources: is this a kernel tree, where things are defined, what leads where, and what its names are worth.

The only package that imports tree-sitter. It reads files and knows nothing of crashes, logs or editors.
"""

from oopsight.tree.builds import source_of
from oopsight.tree.callers import Use, uses
from oopsight.tree.configured import architecture as architecture_of_config
from oopsight.tree.files import Sources
from oopsight.tree.opening import foreign_build, open_tree
from oopsight.tree.states import State, state_of
from oopsight.tree.tops import NotAConfiguration, NotAKernelTree, NotARoot
from oopsight.tree.trees import KernelTree, build_index
from oopsight.tree.workers import Cancelled

__all__ = [
    "Cancelled",
    "KernelTree",
    "NotAConfiguration",
    "NotAKernelTree",
    "NotARoot",
    "Sources",
    "State",
    "Use",
    "architecture_of_config",
    "build_index",
    "foreign_build",
    "open_tree",
    "source_of",
    "state_of",
    "uses",
]
