"""The crashed kernel's own files: vmlinux and modules, read without running or changing anything.

The only package that knows ELF and DWARF. pyelftools reads what is asked once; what is asked for every address
(abbreviations, the walk over one unit's entries, line programs, range lists) is read here from the mapped file, and
nothing is read that the question does not need.
"""

from __future__ import annotations

from oopsight.image.elf import Unreadable
from oopsight.image.images import Place
from oopsight.image.kept import Facts, Kept, opened
from oopsight.image.symbols import Symbol

__all__ = ["Facts", "Kept", "Place", "Symbol", "Unreadable", "opened"]
