"""Lines of several printers in one line: a complete printk time in the middle begins a line of its own.

Consoles without a lock print a line wherever the other one stands. The interrupted line goes on below.
"""

from __future__ import annotations

import re
from dataclasses import replace

from oopsight import model
from oopsight.log import ropes

# A printk time with what may stand before it at once; another clock may stand in its bracket.
_TIME = re.compile(
    r"(?:<[0-9]{1,3}>)?\[{1,2} {0,8}[0-9]{1,10}\.[0-9]{6}(?:[^\[\]\n]{0,40})\](?! {0,2}[-,;=)\]])"
)
# What pages and people put before a line: it is no text of the line, and no other line was interrupted.
_PUT_BEFORE = re.compile(
    r"[ \t|>:*#\u2022]{0,40}(?:L?[0-9]{1,6}[:.)]?[ \t]{0,8}|(?:[\w.-]{1,64} login|Password): ?)?$"
)
# The kernel's mark of a line that goes on, printed by consoles that do not know it.
_CONTINUED = "<c>"


def is_suspect(text: str) -> bool:
    """Whether there may be something to mend; quick, and never False where there is."""
    return _CONTINUED in text or ("[" in text and _TIME.search(text) is not None)


def mend(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The lines that were printed into one line, in its order; each but the last was interrupted."""
    text = line.text
    if _CONTINUED in text:
        parts = text.split(_CONTINUED)
        starts = [0]
        for part in parts[:-1]:
            starts.append(starts[-1] + len(part) + len(_CONTINUED))
        line = ropes.respelled(line, ((start - len(_CONTINUED), start, "") for start in starts[1:]))
        text = line.text
    starts = [found.start() for found in _TIME.finditer(text)]
    if not starts or starts == [0]:
        return (line,)
    ends = [*starts[1:], len(text)]
    found = [
        replace(ropes.part(line, start, end), time=None, caller=None, foreign=True)
        for start, end in zip(starts, ends, strict=True)
    ]
    if _PUT_BEFORE.match(text[: starts[0]]):
        found[0] = replace(found[0], foreign=False)
    else:
        found.insert(0, ropes.part(line, 0, starts[0]))
    return (*(replace(each, spliced=True) for each in found[:-1]), found[-1])
