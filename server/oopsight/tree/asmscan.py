"""Where labels and macros of one assembler file are, by a scan of its bytes."""

from __future__ import annotations

import re

from oopsight import model
from oopsight.tree import asmmacros
from oopsight.tree.rows import KIND_NUMBER, Raw, RawRow
from oopsight.tree.spots import Lines, without_comments

K = model.DefinitionKind

# Labels that a trace can print: ENTRY(x), SYM_FUNC_START(x) and its kind (include/linux/linkage.h), `name:` in column 0,
# and macros. Local labels begin with a digit, a dot or `.L`.
_ENTRY = (
    rb"(?:[A-Z_]*ENTRY|SYM_[A-Z_]*START[A-Z_]*|SYM_[A-Z_]*LABEL[A-Z_]*|SYM_[A-Z_]*ALIAS[A-Z_]*|_GLOBAL"
    rb"|EXC_COMMON_BEGIN|FUNC|LEAF|NESTED|FEXPORT|idtentry|WEAK)[A-Z_0-9]*"
)
_ASM = re.compile(
    rb"\n(?:[ \t]*(?P<entry>" + _ENTRY + rb")[ \t]*\([ \t]*(?P<name>[A-Za-z_]\w*)(?![\w\\(])"
    rb"|(?P<label>[A-Za-z_]\w*)[ \t]*:(?!:)"
    rb"|[ \t]*\.macro[ \t]+(?P<macro>\w+)"
    rb"|[ \t]*#[ \t]*define[ \t]+(?P<define>\w+)(?P<call>\()?)"
)


_MACRO, _CONSTANT, _ASM_MACRO, _LABEL = (
    KIND_NUMBER[kind] for kind in (K.MACRO, K.CONSTANT, K.ASM_MACRO, K.LABEL)
)


def scan_asm(data: bytes) -> Raw:
    """Every label and macro of an assembler file; a label ends where the next one begins.

    A label that a macro of the file makes of its arguments stands on the line on which the macro is used.
    """
    data = b"\n" + without_comments(data.replace(b"\r\n", b"\n"))
    lines = Lines(data)
    found: list[RawRow] = []
    pending: tuple[bytes, int] | None = None
    for match in _ASM.finditer(data):
        if match["define"] is not None:
            kind = _MACRO if match["call"] else _CONSTANT
            found.append((match["define"], kind, lines.of(match.start("define")), 0, 0))
        elif match["macro"] is not None:
            line = lines.of(match.start("macro"))
            end = data.find(b".endm", match.end())
            last = lines.of(len(data) if end < 0 else end)
            found.append((match["macro"], _ASM_MACRO, line, 0, last - line))
        else:
            group = "name" if match["name"] is not None else "label"
            line = lines.of(match.start(group))
            if pending is not None:
                found.append((pending[0], _LABEL, pending[1], 0, max(line - 1 - pending[1], 0)))
            pending = (match[group], line)
    if pending is not None:
        found.append((pending[0], _LABEL, pending[1], 0, data.count(b"\n") - pending[1]))
    if b".macro" in data:
        found += _made(data.decode("latin-1"))
    return Raw(found, [], [])


_MAKES = re.compile(
    rf"[ \t]*(?:{_ENTRY.decode()}[ \t]*\([ \t]*([A-Za-z_]\w*)[ \t]*[,)]|([A-Za-z_]\w*)[ \t]*:(?!:))"
)
# A part of a name is an argument.
_TEMPLATE = re.compile(r"^[^\n,]*\\\w[^\n,]*(?::|\))", re.MULTILINE)


def _made(text: str) -> list[RawRow]:
    """The labels that macros of the file make, `vector_irq` of `vector_stub irq, IRQ_MODE`."""
    macros, spans = asmmacros.read(text)
    makers = _makers(macros)
    if not makers:
        return []
    found: dict[RawRow, None] = {}
    uses = re.compile(rf"^[ \t]*({'|'.join(makers)})\b(?![ \t]*:)([^\n]*)", re.MULTILINE)
    for use in uses.finditer(text):
        if any(start <= use.start() < end for start, end in spans):
            continue
        line = text.count("\n", 0, use.start(1))
        for one in asmmacros.expanded(macros, use[1], use[2]):
            label = _MAKES.match(one.text) if one.pasted else None
            if label is not None:
                name = (label[1] or label[2]).encode("latin-1")
                found[name, _LABEL, line, 0, 0] = None
    return list(found)


def _makers(macros: asmmacros.Macros) -> list[str]:
    """The macros that can make a label of an argument, by themselves or through others of the file."""
    texts = {
        name: "\n".join(line for one in several for _, line in one.lines)
        for name, several in macros.items()
    }
    makers = {name for name, text in texts.items() if _TEMPLATE.search(text)}
    while more := {
        name
        for name, text in texts.items()
        if name not in makers
        and not makers.isdisjoint(re.findall(r"^[ \t]*(\w+)", text, re.MULTILINE))
    }:
        makers |= more
    return sorted(makers)
