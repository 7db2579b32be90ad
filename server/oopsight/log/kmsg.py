"""Ends of lines and tabulators that the kernel's log device escapes: one record can have several lines."""

from __future__ import annotations

import re

from oopsight import model
from oopsight.log import ropes

# `\x0a`, `\x09` and `\x08`, as `msg_add_ext_text` in kernel/printk/printk.c writes them.
_END = "\\x0a"
_BLANK = re.compile(r"\\x0[89]")
# What else is escaped belongs to data, and so do marks of a string: then nothing of it ends a line.
_DATA = re.compile(r"\\x(?!0[89a])[0-9a-fA-F]{2}|\"|'\\")
_MOST = 64


def is_suspect(text: str) -> bool:
    """Whether an end of a line may be escaped in it."""
    return _END in text and not _DATA.search(text) and text.count(_END) <= _MOST


def mend(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The lines of one record."""
    blanks = [found.span() for found in _BLANK.finditer(line.text)]
    if blanks:
        line = ropes.respelled(line, ((start, end, "\t") for start, end in blanks))
    starts = [0]
    ends = []
    for found in re.finditer(re.escape(_END), line.text):
        ends.append(found.start())
        starts.append(found.end())
    ends.append(len(line.text))
    parts = [ropes.part(line, start, end) for start, end in zip(starts, ends, strict=True)]
    return tuple(part for part in parts if part.text.strip()) or (parts[0],)
