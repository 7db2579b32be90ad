"""THE table of repairs: what transport does to a text, and what is done about it before any format reads a line.

Damage comes stacked in any order: text is quoted, then escaped for a web page, then sent as quoted-printable. So all
rows are tried again until nothing changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.log import blocks, characters, markup, printable, splices, stripping

# So many layers of damage are taken away; nothing real has more.
ROUNDS = 6
# Of one round, so many layers of damage to several lines.
_LAYERS = 8


@dataclass(frozen=True, slots=True)
class LineRepair:
    """A repair that needs to see one line only.

    `suspects` tells quickly whether there may be something to do. `sample` is a damaged line, `becomes` its clean
    lines.
    """

    title: str
    suspects: Callable[[str], bool]
    mend: Callable[[model.LogLine], tuple[model.LogLine, ...]]
    sample: str
    becomes: tuple[str, ...]


LINE_REPAIRS: tuple[LineRepair, ...] = (
    LineRepair(
        title="characters of terminals, word processors and input methods",
        suspects=characters.is_suspect,
        mend=characters.mend,
        sample="\u001b[31m\ufeff\u2013001\u2502sample_read\uff08state\u00a0=\u00a00\u00d710\uff09\u001b[0m",
        becomes=("-001|sample_read(state = 0x10)",),
    ),
    LineRepair(
        title="entities and tags of web pages",
        suspects=markup.is_suspect,
        mend=markup.mend,
        sample="<p>&nbsp;--&gt;|exception<br>-002|<b>sample_write</b>(?)</p>",
        becomes=("\u00a0-->|exception", "-002|sample_write(?)"),
    ),
    LineRepair(
        title="prefixes",
        suspects=stripping.is_suspect,
        mend=stripping.mend,
        sample="> [   18.051123][ T7073] -001|sample_read(inline)",
        becomes=("-001|sample_read(inline)",),
    ),
    LineRepair(
        title="lines of several printers in one",
        suspects=splices.is_suspect,
        mend=splices.mend,
        sample="-001|sample_read(state = [   18.051123][    C1] usb 1-1: new device",
        becomes=("-001|sample_read(state = ", "[   18.051123][    C1] usb 1-1: new device"),
    ),
)


def mended(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """A line without what can be repaired without its neighbours: one line or several."""
    lines: tuple[model.LogLine, ...] = (line,)
    for _ in range(ROUNDS):
        before = lines
        for repair in LINE_REPAIRS:
            lines = _all(repair, lines)
        if lines is before:
            break
    return lines


def _all(repair: LineRepair, lines: tuple[model.LogLine, ...]) -> tuple[model.LogLine, ...]:
    """The lines with a repair done wherever it is due; the same tuple where it is not."""
    if not any(repair.suspects(line.text) for line in lines):
        return lines
    found: list[model.LogLine] = []
    for line in lines:
        found += repair.mend(line) if repair.suspects(line.text) else (line,)
    if len(found) == len(lines) and all(map(_is_same, found, lines)):
        return lines
    return tuple(found)


def _is_same(one: model.LogLine, other: model.LogLine) -> bool:
    return one is other


@dataclass(frozen=True, slots=True)
class BlockRepair:
    """A repair that needs to see the lines around; `sample` and `becomes` are several lines."""

    title: str
    suspects: Callable[[Sequence[str]], bool]
    mend: Callable[[Sequence[model.LogLine]], Sequence[model.LogLine]]
    sample: tuple[str, ...]
    becomes: tuple[str, ...]


BLOCK_REPAIRS: tuple[BlockRepair, ...] = (
    BlockRepair(
        title="blank lines between all lines",
        suspects=blocks.has_blanks,
        mend=blocks.without_blanks,
        sample=("-001|sample_read(inline)", "", "-001|sample_poll(?)", "", "-002|sample_run(asm)"),
        becomes=("-001|sample_read(inline)", "-001|sample_poll(?)", "-002|sample_run(asm)"),
    ),
    BlockRepair(
        title="running numbers",
        suspects=blocks.has_numbers,
        mend=blocks.without_numbers,
        sample=(
            "  9: -001|sample_read(inline)",
            " 10:  -->|exception",
            " 11: -002|sample_run(asm)",
        ),
        becomes=("-001|sample_read(inline)", " -->|exception", "-002|sample_run(asm)"),
    ),
    BlockRepair(
        title="quote bars",
        suspects=blocks.has_bars,
        mend=blocks.without_bars,
        sample=("| -001|sample_read(state = 1)", "|     |  state = 1", "| -002|sample_run(asm)"),
        becomes=("-001|sample_read(state = 1)", "    |  state = 1", "-002|sample_run(asm)"),
    ),
    BlockRepair(
        title="quoted-printable",
        suspects=printable.is_suspect,
        mend=functools.partial(printable.mend, bare=mended),
        sample=("-001|sample_read(state =3D 0x1=", "0, name =3D =E2=80=9Ca=E2=80=9D)"),
        becomes=("-001|sample_read(state = 0x10, name = \u201ca\u201d)",),
    ),
)


def is_suspect(texts: Sequence[str]) -> bool:
    """Whether there may be damage that shows in several lines; quick, and never False where there is."""
    return any(repair.suspects(texts) for repair in BLOCK_REPAIRS)


def mended_block(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines without what can be repaired where one sees them all; the same sequence where there is nothing to do.

    Whenever a repair did something, all are asked again from the first on.
    """
    for _ in range(_LAYERS):
        before = lines
        texts = [line.text for line in lines]
        for repair in BLOCK_REPAIRS:
            if repair.suspects(texts):
                lines = repair.mend(lines)
                if lines is not before:
                    break
        if lines is before:
            break
    return lines
