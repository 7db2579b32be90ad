"""Quoted-printable (RFC 2045): `=3D` for `=`, `=C2=A0` for bytes, and a `=` at the end of a line that goes on below.

A text is taken for encoded only where `=` means nothing else in all lines around, and something there is sure:
ordinary logs are full of `order=0` and `a = 3`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from oopsight import model
from oopsight.log import ropes

Bare = Callable[[model.LogLine], tuple[model.LogLine, ...]]

# Tags, entities and the kernel's mark of continued lines, put behind the end of an encoded line.
_MARKED_UP = re.compile(r"=(?:</?[a-z]{1,4}[ />]|&[a-z#])")
# A `=` of other texts: neither a byte that a text can contain nor the end of a line.
_OTHER = re.compile(r"=(?!09|0A|0D|1B|[2-7][0-9A-F]|[89A-F][0-9A-F]|3d|[ \t]{0,8}$)")
_ANY = re.compile(r"=(?:[0-9A-F]{2}|3d|[ \t]{0,8}$)")
_SOFT = re.compile(r"=[ \t]{0,8}$")
_BYTES = re.compile(r"(?:=(?:[0-9A-F]{2}|3d))+")
# `a =3D 1`, `class=3D"n"`, UTF-8, a blank that would be lost at the end of a line, a colour: nobody writes that otherwise.
_SURE = re.compile(
    r"(?:(?<=[ \t=(])|^)=3[Dd]|=3[Dd](?=[ \t=\"']|$)|=(?:C[2-9A-F]|D[0-9A-F]|E[0-9A-F]=[89AB][0-9A-F])=[89AB][0-9A-F]|=(?:20|09)$|=1B\[[0-9;]{0,8}m"
)
_LIKELY = re.compile(r"=3D|=20")
_LIKELY_ENOUGH = 3
# An encoder ends lines at 76 columns, or some before; base64 has no other characters than these.
_EDGE = 68
_BASE64 = re.compile(r"[0-9A-Za-z+/=]*$")


def is_suspect(texts: Sequence[str]) -> bool:
    """Whether anything looks encoded."""
    return any("=" in text and _ANY.search(text) is not None for text in texts)


def is_soft(above: str, text: str) -> bool:
    """Whether a soft break may stand above or behind a line."""
    return above.endswith("=") or text.endswith("=")


def mend(lines: Sequence[model.LogLine], bare: Bare) -> Sequence[model.LogLine]:
    """The lines decoded where they are encoded; a line that was broken is one line again.

    `bare` gives a line as it will be when all else is repaired. Where something else was done to the text afterwards,
    that has to be undone first.
    """
    if any(_MARKED_UP.search(line.text) for line in lines):
        return lines
    found: list[model.LogLine] = []
    changed = False
    for stretch in _stretches(lines):
        if _is_encoded(stretch, bare):
            found += (part for line in _whole(stretch) for part in _decoded(line))
            changed = True
        else:
            found += stretch
    return found if changed else lines


def _stretches(lines: Sequence[model.LogLine]) -> Iterator[Sequence[model.LogLine]]:
    """The lines in groups, between which a line stands where `=` means something else."""
    start = 0
    for at, line in enumerate(lines):
        if "=" in line.text and _OTHER.search(line.text):
            if start < at:
                yield lines[start:at]
            yield lines[at : at + 1]
            start = at + 1
    if start < len(lines):
        yield lines[start:]


def _is_encoded(lines: Sequence[model.LogLine], bare: Bare) -> bool:
    if len(lines) == 1 and _OTHER.search(lines[0].text):
        return False
    broken = [(line, below) for line, below in itertools.pairwise(lines) if line.text.endswith("=")]
    # A first half without one may itself be the rest of a line that was wrapped.
    marked = sum(_is_marked(below, bare) for _, below in broken)
    if marked * 2 > len(broken):
        return False  # marks were put before both halves of broken lines
    texts = [line.text for line in lines if "=" in line.text]
    return (
        any(_SURE.search(text) for text in texts)
        or sum(len(_LIKELY.findall(text)) for text in texts) >= _LIKELY_ENOUGH
        or any(_is_broken(line, below.text) for line, below in broken)
    )


def _is_broken(line: model.LogLine, below: str) -> bool:
    """Whether a line without other evidence was broken by an encoder: it reaches the edge, and is no base64.

    A line that was put together was decoded before.
    """
    text, head = line.text, line.text[:-1]
    return (
        len(text) >= _EDGE
        and len({piece.line for piece in line.pieces}) <= 1
        and bool(below.strip())
        and not head.endswith((" ", "\t", "="))
        and not _BASE64.match(head)
    )


def _is_marked(line: model.LogLine, bare: Bare) -> bool:
    """Whether something stands before a line that is none of its text."""
    clean = bare(line)[0]
    return clean.pieces[:1] != line.pieces[:1] and (
        clean.time is not None or _start(clean) > _start(line)
    )


def _start(line: model.LogLine) -> int:
    return line.pieces[0].start if line.pieces else 0


def _whole(lines: Sequence[model.LogLine]) -> Iterator[model.LogLine]:
    """Broken lines as one; an indentation that all their rests have is no text."""
    is_soft = [_SOFT.search(line.text) for line in lines]
    rests = [line.text for line, soft in zip(lines[1:], is_soft, strict=False) if soft]
    seen = rests if len(rests) > 1 else [line.text for line in lines]
    indentation = min((_indentation(text) for text in seen if text.strip()), default=0)
    parts: list[model.LogLine] = []
    for line, soft in zip(lines, is_soft, strict=True):
        start = indentation if parts and len(lines) > 2 else 0
        parts.append(ropes.part(line, start, soft.start() if soft else None))
        if not soft:
            yield ropes.joined(parts) if len(parts) > 1 else line
            parts = []
    if parts:
        yield ropes.joined(parts)


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip())


def _decoded(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line with characters for bytes; a written line end makes several of it."""
    changes = [change for found in _BYTES.finditer(line.text) for change in _characters(found)]
    return ropes.broken(ropes.respelled(line, changes)) if changes else (line,)


def _characters(found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Each character of a run of bytes with its place; what is no UTF-8 is one unknown character a byte."""
    data = bytes(int(code, 16) for code in found.group()[1:].split("="))
    at = found.start()
    for character in data.decode("utf-8", "surrogateescape"):
        width = 3 if 0xDC80 <= ord(character) <= 0xDCFF else 3 * len(character.encode())
        shown = "\ufffd" if 0xDC80 <= ord(character) <= 0xDCFF else character
        if character == "\r":
            shown = "" if found.group()[at - found.start() + width :].startswith("=0A") else "\n"
        yield at, at + width, shown
        at += width
