"""Where labels and macros of one assembler file are, by a scan of its bytes."""

from __future__ import annotations

import re

from oopsight import model
from oopsight.tree.rows import KIND_NUMBER, Raw, RawRow
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


_MACRO, _CONSTANT, _ASM_MACRO, _LABEL = (
    KIND_NUMBER[kind] for kind in (K.MACRO, K.CONSTANT, K.ASM_MACRO, K.LABEL)
)


def scan_asm(data: bytes) -> Raw:
    """Every label and macro of an assembler file; a label ends where the next one begins."""
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
    return Raw(found, [], [])
