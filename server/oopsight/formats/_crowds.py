"""Everything on one line: elements that share a line are parted.

Trackers and chats put a whole text on one line, and terminals and mailers then wrap it. Where a remark, a heading or a
window ended cannot always be told any more; a problem says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from oopsight import log, model
from oopsight.formats import _shapes

# No prefix is longer, nor are those of one line together.
_LONGEST_PREFIX = 160
_BLANKS = re.compile(r"[ \t]+")
# What a row of variables stands behind.
_IN_ROW = tuple("|" + " " * blanks for blanks in range(9))
_WORD = re.compile(r"[^\W\d_]")
# Marks of quoted lines that were put behind each other.
_QUOTE_MARK = re.compile(r"(?:^|(?<=[ \t]))>{1,8}(?=[ \t])[ \t]?")


def parted(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
) -> tuple[list[model.LogLine], tuple[model.Problem, ...]]:
    """Lines that hold several elements, divided, and what could not be told any more; the lines on which such a line was wrapped are undone first."""
    found: list[model.LogLine] = []
    problems: list[model.Problem] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not _crowded(line.text, shapes):
            found.append(line)
            continue
        crowd = [line]
        while at < len(lines) and _goes_on_crowded(lines[at], shapes):
            crowd.append(lines[at])
            at += 1
        while found and _leads_to_crowd(found[-1], crowd, shapes):
            crowd.insert(0, found.pop())
        whole = _one_line(crowd)
        found += _divided(whole, shapes)
        span = next(iter(whole.spans(0, len(whole.text))), None)
        problems.append(model.Problem("damaged", _ON_ONE_LINE, span, _SEPARATE))
    return found, tuple(problems)


_ON_ONE_LINE = "Several lines of the original stand on one line here, so where a remark, a heading or a window ends is not certain."
_SEPARATE = "Paste the text with its line ends."


def _leads_to_crowd(
    line: model.LogLine, crowd: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
) -> bool:
    """Whether a line above a crowded one is its beginning, cut at the same width and with an element in its midst."""
    if any(shape.begins.match(line.text) for shape in shapes):
        return False
    cut = (
        len(crowd) > 1
        and _shapes.end_of(line) == max(map(_shapes.end_of, crowd)) >= _shapes.NARROWEST
    )
    return cut or any(_starts(line.text, shape, 1) for shape in shapes)


def _crowded(text: str, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether a line holds more than one element of a format."""
    return any(len(_starts(text, shape, 2)) > 1 for shape in shapes)


def _goes_on_crowded(line: model.LogLine, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether a line below a crowded one is its wrapped rest: it begins within an element, whatever follows then."""
    return bool(line.text.strip()) and not any(shape.begins.match(line.text) for shape in shapes)


def _starts(text: str, shape: _shapes.Shape, most: int | None = None) -> list[int]:
    """Where elements begin on a line."""
    starts = []
    for found in shape.inner.finditer(text):
        starts.append(found.start())
        if len(starts) == most:
            break
    return starts


def _one_line(lines: Sequence[model.LogLine]) -> model.LogLine:
    """Wrapped lines of a crowd as one: cut at a width they follow each other directly, wrapped at blanks with one."""
    if len(lines) == 1:
        return lines[0]
    ends = [_shapes.end_of(line) for line in lines[:-1]]
    cut = max(ends) >= _shapes.NARROWEST and min(ends) == max(ends)
    return log.joined(lines, "" if cut else " ")


def _divided(line: model.LogLine, shapes: Sequence[_shapes.Shape]) -> Iterator[model.LogLine]:
    """The elements of a crowded line, each alone; what stands before, between and behind them are lines, too."""
    shape = max(shapes, key=lambda one: len(_starts(line.text, one)))
    line = _unquoted(line, shape)
    text = line.text
    elements = _elements(text, shape)
    done = 0
    for start, middle, end in elements:
        for low, high in ((done, start), (start, middle)):
            unended = shape.encloses.match(text, low) and shape.end(text[low:high]) is None
            if text[low:high].strip() and not log.is_prefix(text[low:high]) and not unended:
                yield log.part(line, low, high)
        done = middle if text[middle:end].strip() else end
    if text[done:].strip():
        yield log.part(line, done)


def _unquoted(line: model.LogLine, shape: _shapes.Shape) -> model.LogLine:
    """The line without the quote marks that stood in front of its lines, where one stands before an element."""
    marks = [found.span() for found in _QUOTE_MARK.finditer(line.text)]
    if not any(shape.inner.match(line.text, end) for _, end in marks):
        return line
    return log.respelled(line, ((start, end, "") for start, end in marks))


def _elements(text: str, shape: _shapes.Shape) -> list[tuple[int, int, int]]:
    """The elements of a line: where each begins, where its own text ends, and where only a prefix is left behind it."""
    starts = _own_starts(text, shape)
    found = []
    before = bool(starts and _WORD.search(text, 0, starts[0]))
    for start, border in pairwise([*starts, len(text)]):
        end = _without_prefix(text, start, border)
        own = shape.end(text[start:end])
        middle = end if own is None else start + own
        after = bool(_WORD.search(text, middle, end))
        if before and after and not shape.encloses.match(text, start):
            continue  # somebody writes about it: words stand on both sides
        found.append((start, middle, border if middle == end or not after else end))
        before = after
    return found


def _own_starts(text: str, shape: _shapes.Shape) -> list[int]:
    """Where elements begin that are not part of another one."""
    starts: list[int] = []
    free = 0
    for start in _starts(text, shape):
        if start < free or (shape.encloses.match(text, start) and text[:start].endswith(_IN_ROW)):
            continue
        starts.append(start)
        if shape.encloses.match(text, start):
            end = shape.end(text[start : start + _shapes.LONGEST])
            free = start if end is None else start + end
    return starts


def _without_prefix(text: str, start: int, end: int) -> int:
    """Where an element ends behind which the prefix of the next line stands."""
    low = max(start, end - _LONGEST_PREFIX)
    for found in _BLANKS.finditer(text, low, end):
        if log.is_prefix(text[found.end() : end]):
            return found.start()
    return end
