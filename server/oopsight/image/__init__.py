"""What a build of the kernel leaves: vmlinux and modules, and lists of symbols and their addresses.

The only package that knows ELF and DWARF. Nothing is run or changed. pyelftools reads what is asked once; what is asked
for every address (abbreviations, the walk over one unit's entries, line programs, range lists) is read here from the mapped
file, and nothing is read that the question does not need.
"""

from __future__ import annotations

from oopsight.image.companions import Directory, Search
from oopsight.image.elf import Unreadable
from oopsight.image.images import Place
from oopsight.image.kept import Facts, Kept, opened
from oopsight.image.maps import NotAMap, Symbol, Symbols, read
from oopsight.image.symbols import Symbol as ElfSymbol

__all__ = [
    "Directory",
    "ElfSymbol",
    "Facts",
    "Kept",
    "NotAMap",
    "Place",
    "Search",
    "Symbol",
    "Symbols",
    "Unreadable",
    "opened",
    "read",
]
