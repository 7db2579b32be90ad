"""Where labels and macros of one assembler file are, by a scan of its bytes."""

from __future__ import annotations

import re

from oopsight import model
from oopsight.tree.rows import Row
from oopsight.tree.spots import Lines, without_comments

K = model.DefinitionKind

# Labels that a trace can print: ENTRY(x), SYM_FUNC_START(x) and its kind (include/linux/linkage.h), `name:` in column 0,
# and macros. Local labels begin with a digit, a dot or `.L`.
_ASM = re.compile(
    rb"\n(?:[ \t]*(?P<entry>(?:[A-Z_]*ENTRY|SYM_[A-Z_]*START[A-Z_]*|SYM_[A-Z_]*LABEL[A-Z_]*|SYM_[A-Z_]*ALIAS[A-Z_]*|_GLOBAL"
    rb"|FUNC|LEAF|NESTED|FEXPORT|idtentry|SYM_CODE|WEAK)[A-Z_0-9]*)[ \t]*\([ \t]*(?P<name>[A-Za-z_]\w*)"
    rb"|(?P<label>[A-Za-z_]\w*)[ \t]*:(?!:)"
    rb"|[ \t]*\.macro[ \t]+(?P<macro>\w+)"
    rb"|[ \t]*#[ \t]*define[ \t]+(?P<define>\w+)(?P<call>\()?)"
)


def scan_asm(data: bytes) -> list[Row]:
    """Every label and macro of an assembler file; a label ends where the next one begins."""
    data = b"\n" + without_comments(data.replace(b"\r\n", b"\n"))
    lines = Lines(data)
    found: list[Row] = []
    pending: tuple[str, int] | None = None
    for match in _ASM.finditer(data):
        if match.group("define") is not None:
            line = lines.of(match.start("define"))
            kind = K.MACRO if match.group("call") else K.CONSTANT
            found.append(Row(match.group("define").decode("latin-1"), kind, line, line, line))
        elif match.group("macro") is not None:
            line = lines.of(match.start("macro"))
            end = data.find(b".endm", match.end())
            last = lines.of(len(data) if end < 0 else end)
            name = match.group("macro").decode("latin-1")
            found.append(Row(name, K.ASM_MACRO, line, line, last))
        else:
            group = "name" if match.group("name") is not None else "label"
            line = lines.of(match.start(group))
            if pending is not None:
                last = max(line - 1, pending[1])
                found.append(Row(pending[0], K.LABEL, pending[1], pending[1], last))
            pending = (match.group(group).decode("latin-1"), line)
    if pending is not None:
        total = data.count(b"\n")
        found.append(Row(pending[0], K.LABEL, pending[1], pending[1], total))
    return found
