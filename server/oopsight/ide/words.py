"""How facts are put into words: statuses, evidence, hops, numbers and values, one spelling for every output.

Knows no Markdown and no terminal; `visible` makes any text safe to show on one line.
"""

from __future__ import annotations

import re

from oopsight import model

# What a terminal or an editor would act upon instead of showing it: control characters (also the C1 set), lone
# surrogates, line separators, and the characters that change the direction of writing.
_HIDDEN = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# Bytes of a file that are no UTF-8 are held as the lone surrogates U+DC80 to U+DCFF.
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    """`text` with every character spelled out that would act instead of show; tabs stay."""
    return _HIDDEN.sub(_spelled, text)


STATUS = {
    model.Status.EXACT: "exact",
    model.Status.LIKELY: "likely: several places remain and this one is clearly first",
    model.Status.AMBIGUOUS: "ambiguous: several places remain and none is clearly first",
    model.Status.FUNCTION: "the function is known, the place in it is not",
    model.Status.MISMATCH: "the file and line that the text prints do not fit this tree",
    model.Status.UNRESOLVED: "not found",
    model.Status.NO_SOURCE: "no source",
}

EVIDENCE = {
    model.Evidence.PRINTED: "the text prints it",
    model.Evidence.DWARF: "the image's debug information",
    model.Evidence.SYMTAB: "the image's symbol table",
    model.Evidence.CALL_PATH: "the calls in the source",
    model.Evidence.TABLE: "a table in the tree",
    model.Evidence.VALUE: "a printed value",
    model.Evidence.DEFINITION: "the definition of the function",
}

HOP = {
    model.HopKind.INLINE: "inline function",
    model.HopKind.MACRO: "macro",
    model.HopKind.TAIL_CALL: "tail call that left no frame",
    model.HopKind.FUNCTION_POINTER: "call through a function pointer",
    model.HopKind.ASM: "assembler",
}


_QUOTED = re.compile(r"`([^`]+)`")


def plain(sentence: str) -> str:
    """A sentence of ours for a reader that knows no Markdown: what stands in backticks is quoted instead."""
    return _QUOTED.sub(lambda found: found[1] if "'" in found[1] else f"'{found[1]}'", sentence)


def status(frame: model.ResolvedFrame) -> str:
    """How sure a frame's place is."""
    if frame.frame.kind is model.FrameKind.ASM and frame.position is not None:
        return "label of assembler code"
    return STATUS[frame.status]


NO_TREE_HINT = (
    "Name the kernel's source directory: set oopsight.kernelTree in the editor, "
    "or use --tree on the command line."
)


def position(place: model.SourcePos) -> str:
    """`mm/page_alloc.c:2926`."""
    return visible(f"{place.path}:{place.line}")


def frame_name(frame: model.Frame) -> str:
    """The best name that the text gives a frame: function, symbol or address."""
    code = frame.code
    name = code.function or code.symbol
    if name is not None:
        return visible(name)
    if code.address is not None:
        prefix = f"{code.address_class}:" if code.address_class else ""
        return visible(f"{prefix}0x{code.address:X}")
    return "?"


def frame_title(frame: model.Frame) -> str:
    """`frame 3` as the text numbers it, or only `frame` when it prints no number."""
    return "frame" if frame.number is None else f"frame {frame.number}"


def remark(frame: model.Frame) -> str | None:
    """What kind of frame this is, where it is not a plain call."""
    if frame.inlined:
        return "inline"
    return {
        model.FrameKind.ASM: "assembler",
        model.FrameKind.USER: "user space",
        model.FrameKind.NO_SYMBOL: "no symbol",
        model.FrameKind.FAULT: "fault",
        model.FrameKind.INTERRUPTED: "interrupted",
    }.get(frame.kind)


def facts(crash: model.ResolvedCrash) -> tuple[tuple[str, str], ...]:
    """What is known of a crash as a whole, as names and texts; what is not known is left out."""
    printed = crash.crash
    task = printed.task
    address = printed.fault_address
    who = None
    if task is not None:
        who = " ".join(
            part for part in (task.comm, task.pid is not None and f"(pid {task.pid})") if part
        )
    found = (
        ("address", None if address is None else f"{address:#x}"),
        ("CPU", None if printed.cpu is None else str(printed.cpu)),
        ("task", who),
        ("kernel", printed.release),
        ("hardware", printed.hardware),
        ("taint", printed.taint),
    )
    return tuple((name, visible(text)) for name, text in found if text)


def number(value: int) -> str:
    """A number in decimal, with hex where the two differ: `2071 (0x817)`."""
    return str(value) if 0 <= value <= 9 else f"{value} ({value:#x})"


def printed(value: model.ResolvedValue) -> str:
    """A value as the text prints it, with hex beside decimal: `33685722 (0x20200da)`."""
    text = visible(value.printed)
    if value.number is None or value.number in range(10) or "0x" in text.lower():
        return text
    return f"{text} ({value.number:#x})"


def meaning(value: model.ResolvedValue) -> str | None:
    """What a value means, in the tree's names; None when nothing is known."""
    if value.text:
        return visible(value.text)
    return visible(value.target) if value.target else None


def value_line(value: model.ResolvedValue) -> str:
    """`gfp_mask = 33685722 (0x20200da): GFP_HIGHUSER_MOVABLE | __GFP_CMA`."""
    name = visible(value.name) if value.name else "?"
    known = meaning(value)
    target = f" = {visible(value.target)}" if value.target and value.text else ""
    return f"{name} = {printed(value)}{target}" + (f": {known}" if known else "") + cut(value)


def is_shown(value: model.ResolvedValue) -> bool:
    """Whether there is anything to say about an argument: a bare or named `?` says nothing."""
    return value.number is not None or value.printed != "?" or bool(value.doubts)


def cut(value: model.ResolvedValue) -> str:
    """A remark on a value that the text ends at, unless doubts say it or something else confirms the value."""
    lost = value.cut and value.number is None and not value.doubts
    return " (the text is cut here, digits may be missing)" if lost else ""


def expected(value: model.ResolvedValue) -> str | None:
    """`2071 (0x817) is expected`, None when no better value is known."""
    return None if value.expected is None else f"{number(value.expected)} is expected"


def rest(count: int, noun: str) -> str:
    """`3 more places` for a list that was cut, with a plural where it needs one."""
    return f"{count} more {noun}{'' if count == 1 else 's'}"
