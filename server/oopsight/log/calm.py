"""The short way for lines that nothing happened to: a printk prefix at most, and a text in which no repair finds anything.

Nearly all lines of a log are so, and many texts stand in it again and again: what was found out about a text is
remembered. The answer is the same as by the long way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from oopsight import model
from oopsight.log import characters, markup, repairs, splices, stripping

# `[    4.481020] `, `[    4.481020][  T812] `: as every console prints it, one blank behind it.
_PRINTK = re.compile(r"\[ {0,4}([0-9]{1,10}\.[0-9]{6})\](?:\[ {0,8}([TC][0-9]{1,10})\])? ")
# What may be the first half of a time that goes on below.
_HALF = re.compile(r"\[[ \t0-9.\]\[TC]{0,40}$")
# What begins no tag, also not one that goes on below: `0x0 <- 0x0`.
_NO_TAG = re.compile(r"<(?=[- 0-9])")
# Of a line that is longer, nothing is remembered.
_LONGEST = 512
_MOST = 1 << 16
# Whether a text is calm behind each of these: what follows a prefix may belong to it.
_PREFIXES = ("", "[    0.000001] ", "[    0.000001][    T1] ")
_known: tuple[dict[str, bool], ...] = tuple({} for _ in _PREFIXES)


def read(raws: Sequence[str], first: int) -> tuple[model.LogLine, ...] | None:
    """The clean lines of a text, the first of which is line `first` of its document; None where one of them needs a closer look."""
    found = []
    for number, raw in enumerate(raws, first):
        printk = _PRINTK.match(raw)
        start = printk.end() if printk else 0
        text = raw[start:] if start else raw
        kind = 0 if printk is None else 1 if printk[2] is None else 2
        calm = _known[kind].get(text)
        if calm is None:
            calm = _remembered(text, kind)
        if not calm:
            return None
        pieces = (model.Piece(0, len(text), number, start),)
        if printk:
            time, caller = printk.groups()
            found.append(model.LogLine(number, text, pieces, float(time), caller))
        else:
            found.append(model.LogLine(number, text, pieces))
    return tuple(found)


def forget() -> None:
    """Forget what was found out; for measurements."""
    for known in _known:
        known.clear()


def _remembered(text: str, kind: int) -> bool:
    if len(text) > _LONGEST:
        return False
    if len(_known[kind]) >= _MOST:
        _known[kind].clear()
    calm = _known[kind][text] = _is_calm(text, _PREFIXES[kind])
    return calm


def _is_calm(text: str, prefix: str) -> bool:
    """Whether no repair of lines or of several lines can find anything in a text behind a prefix."""
    bare = text.lstrip(" \t")
    return not (
        not bare
        or bare[0] in "|0123456789"
        or bare.startswith(("L", "**"))
        or characters.is_suspect(text)
        or markup.is_suspect(text)
        or splices.is_suspect(text)
        or _HALF.search(text)
        or repairs.is_suspect((_NO_TAG.sub("", text),))
        or stripping.end(prefix + text)[0] != len(prefix)
        or stripping.is_noise(text, 0)
    )
