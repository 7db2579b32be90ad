"""Document → clean lines: prefixes taken off, exotic blanks made plain, every column still known.

Knows no callstack format. Text that is not a prefix is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from oopsight import model
from oopsight.log import prefixes

# Blanks that web pages, word processors and input methods put where a terminal had a space. Each becomes one plain
# space, so that columns do not move. Tabs stay: they are no damage.
_BLANKS = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202f\u205f\u3000\u0085\u2028\u2029\u200b\u2060\ufeff",
        " ",
    )
)
# A line with more prefixes than this is no log line; the rest stays text.
_MOST_PREFIXES = 64
# Whatever a prefix can begin with; most lines need no closer look.
_CAN_BEGIN = re.compile(r"[<>\[]")


def read(
    document: model.Document, first: int = 0, last: int | None = None
) -> tuple[model.LogLine, ...]:
    """The lines of `document` from `first` to before `last` without prefixes, in order."""
    return tuple(
        _clean(number, raw) for number, raw in enumerate(document.lines[first:last], first)
    )


def strands(lines: Sequence[model.LogLine]) -> tuple[tuple[model.LogLine, ...], ...]:
    """The lines by who printed them."""
    return (tuple(lines),)


def _clean(number: int, raw: str) -> model.LogLine:
    text = raw if raw.isascii() else raw.translate(_BLANKS)
    start, time, caller = _prefix_end(text)
    rest = text[start:]
    return model.LogLine(
        number=number,
        text=rest,
        pieces=(model.Piece(at=0, length=len(rest), line=number, start=start),),
        time=time,
        caller=caller,
    )


def _prefix_end(text: str) -> tuple[int, float | None, str | None]:
    """Where the prefixes of a line end, and the time and caller that they print (the innermost win)."""
    start = 0
    time: float | None = None
    caller: str | None = None
    quoted_only = True
    for _ in range(_MOST_PREFIXES):
        if not _CAN_BEGIN.match(text, start):
            break
        for prefix in prefixes.PREFIXES:
            if prefix.outermost and not quoted_only:
                continue
            found = prefix.pattern.match(text, start)
            if found:
                break
        else:
            break
        start = found.end()
        quoted_only = quoted_only and prefix.outermost
        printed = found.groupdict()
        time = float(printed["time"]) if printed.get("time") else time
        caller = printed.get("caller") or caller
    return start, time, caller
