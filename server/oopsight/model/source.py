"""Places and definitions in a source tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_ROOTED = re.compile(r"(build|also[1-9][0-9]{0,3}):/")


def rooted(path: str) -> tuple[str, str]:
    """The id of the root that a path lies in, and the path below that root.

    Paths without an id in front lie in the kernel tree. `build:/` is the output directory of a kernel build, `also1:/`
    the first further source directory.
    """
    found = _ROOTED.match(path)
    return ("tree", path) if found is None else (found.group(1), path[found.end() :])


@dataclass(frozen=True, slots=True, order=True)
class SourcePos:
    """A place in the sources: `path` relative to its root, with `/`; `line` from 1 as kernels print it.

    A path outside of the kernel tree begins with the id of its root (`also1:/main.c`, see `rooted`). `column` counts
    code points from 0, None when only the line is known.
    """

    path: str
    line: int
    column: int | None = None


class DefinitionKind(Enum):
    """What a name in the tree is."""

    FUNCTION = "function"
    INLINE = "inline"  # a function that says `inline`
    MACRO = "macro"  # function-like, or object-like that stands for a call
    CONSTANT = "constant"  # object-like macro
    ENUMERATOR = "enumerator"
    LABEL = "label"  # in a .S file
    ASM_MACRO = "asm-macro"  # `.macro name` in a .S file
    TABLE = "table"  # a variable with an initialiser: `struct fsr_info fsr_info[] = {`
    STRUCT = "struct"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function or function-like macro; `type` is "" for a macro's."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a name.

    `position` is that of the name token; `start_line` to `end_line` is the whole of it (1-based, inclusive).
    `condition` is the `#if` it stands under, as readable C (`defined(CONFIG_NUMA) && !defined(X)`),
    None when there is none. `type_name` is the structure of a table's elements.
    """

    name: str
    kind: DefinitionKind
    position: SourcePos
    start_line: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    static: bool = False
    condition: str | None = None
    type_name: str | None = None
