"""THE table of repairs: what transport does to a text, and what is done about it before any format reads a line.

Damage comes stacked in any order: text is quoted, then escaped for a web page, then sent as quoted-printable. So all
rows are tried again until nothing changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.log import (
    blocks,
    characters,
    halves,
    kmsg,
    markup,
    printable,
    splices,
    strands,
    stripping,
)

# So many layers of damage are taken away, of one line and of several; nothing real has more.
LAYERS = 16


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
        title="entities of web pages",
        suspects=markup.has_entities,
        mend=markup.without_entities,
        sample="&nbsp;--&gt;&#124;exception",
        becomes=("\u00a0-->|exception",),
    ),
    LineRepair(
        title="marks that Markdown's editors escape",
        suspects=markup.has_escapes,
        mend=markup.without_escapes,
        sample=r"-000|\_sample\_lock(lock = 0x1)",
        becomes=("-000|_sample_lock(lock = 0x1)",),
    ),
    LineRepair(
        title="prefixes",
        suspects=stripping.is_suspect,
        mend=stripping.mend,
        sample="> [   18.051123][ T7073] -001|sample_read(inline)",
        becomes=("-001|sample_read(inline)",),
    ),
    LineRepair(
        title="several lines in one record of the kernel's log device",
        suspects=kmsg.is_suspect,
        mend=kmsg.mend,
        sample=r"           R:0 T:1\x0aKrnl GPRS: 0000000000000001",
        becomes=("           R:0 T:1", "Krnl GPRS: 0000000000000001"),
    ),
    LineRepair(
        title="tags of web pages",
        suspects=markup.has_tags,
        mend=markup.without_tags,
        sample="<p>-001|<b>sample_read</b>(?)<br>-002|sample_write(?)</p>",
        becomes=("-001|sample_read(?)", "-002|sample_write(?)"),
    ),
    LineRepair(
        title="lines of several printers in one",
        suspects=splices.is_suspect,
        mend=splices.mend,
        sample="-001|sample_read(state = [   18.051123][    C1] usb 1-1: new device",
        becomes=("-001|sample_read(state = ", "[   18.051123][    C1] usb 1-1: new device"),
    ),
)


def mended(line: model.LogLine, layers: int = LAYERS) -> tuple[model.LogLine, ...]:
    """A line without what can be repaired without its neighbours: one line or several.

    Whenever a repair did something, all are asked again from the first on, so many times at most.
    """
    for repair in LINE_REPAIRS:
        if not repair.suspects(line.text):
            continue
        parts = repair.mend(line)
        if len(parts) == 1 and parts[0] is line:
            continue
        if not layers:
            return parts
        return tuple(clean for part in parts for clean in mended(part, layers - 1))
    return (line,)


@dataclass(frozen=True, slots=True)
class BlockRepair:
    """A repair that needs to see the lines around; `sample` and `becomes` are several lines."""

    title: str
    suspects: Callable[[Sequence[str]], bool]
    mend: Callable[[Sequence[model.LogLine]], Sequence[model.LogLine]]
    sample: tuple[str, ...]
    becomes: tuple[str, ...]


def _wrapped_tags(
    lines: Sequence[model.LogLine], bare: Callable[[model.LogLine], tuple[model.LogLine, ...]]
) -> Sequence[model.LogLine]:
    """Lines with whole tags, and then without them."""
    whole = markup.without_broken_tags(lines)
    if whole is lines:
        return lines
    kept = {id(line) for line in lines}
    return [part for line in whole for part in ((line,) if id(line) in kept else bare(line))]


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
        title="messages that are printed again",
        suspects=blocks.has_replays,
        mend=blocks.without_replays,
        sample=("sample: pro", "** replaying previous printk message **", "sample: probe failed"),
        becomes=("** replaying previous printk message **", "sample: probe failed"),
    ),
    BlockRepair(
        title="quoted-printable",
        suspects=printable.is_suspect,
        mend=functools.partial(printable.mend, bare=mended),
        sample=("-001|sample_read(state =3D 0x1=", "0, name =3D =E2=80=9Ca=E2=80=9D)"),
        becomes=("-001|sample_read(state = 0x10, name = \u201ca\u201d)",),
    ),
    BlockRepair(
        title="control sequences that a wrap broke in two",
        suspects=characters.has_broken_sequences,
        mend=functools.partial(characters.without_broken_sequences, bare=mended),
        sample=("-001|sample_read(inline)^[[", "0m", "-002|sample_run(asm)"),
        becomes=("-001|sample_read(inline)", "-002|sample_run(asm)"),
    ),
    BlockRepair(
        title="pages without line ends that were wrapped",
        suspects=markup.has_wrapped_pages,
        mend=markup.without_wrapped_pages,
        sample=(
            "-001|sample_read(a =<br>",
            "-001|7)<br>-002|sample_poll(asm)<br>-003|sample_run(b =",
            "8)<br>-004|sample_end()",
        ),
        becomes=(
            "-001|sample_read(a =<br>",
            "-001|7)<br>-002|sample_poll(asm)<br>-003|sample_run(b = 8)<br>-004|sample_end()",
        ),
    ),
    BlockRepair(
        title="tags and entities that a wrap broke in two",
        suspects=markup.has_broken_tags,
        mend=functools.partial(_wrapped_tags, bare=mended),
        sample=('-001|<span class="n">sample_read</span>(<span', 'class="k">inline</span>)'),
        becomes=("-001|sample_read(inline)",),
    ),
)


def is_suspect(texts: Sequence[str]) -> bool:
    """Whether there may be damage that shows in several lines; quick, and never False where there is."""
    return any(repair.suspects(texts) for repair in BLOCK_REPAIRS)


def mended_block(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines without what can be repaired where one sees them all; the same sequence where there is nothing to do.

    The lines of each printer are seen for themselves, once it is known where each line begins.
    """
    lines = halves.without_halves(lines, mended)
    printers = strands.by_printer(lines)
    if len(printers) < 2:
        return _mended_strand(lines)
    clean = [_mended_strand(strand) for strand in printers]
    if all(map(_is_same, clean, printers)):
        return lines
    return sorted((line for strand in clean for line in strand), key=splices.place)


def _mended_strand(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Whenever a repair did something, all are asked again from the first on."""
    for _ in range(LAYERS):
        before = lines
        texts = [line.text for line in lines]
        for repair in BLOCK_REPAIRS:
            if lines is before and repair.suspects(texts):
                lines = repair.mend(lines)
        if lines is before:
            break
    return lines


def _is_same(one: object, other: object) -> bool:
    return one is other
