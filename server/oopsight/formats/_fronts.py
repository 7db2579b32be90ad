"""The same words in front of all lines: a chat's name and time, a comment's star, a file's name and a line's number.

No table can list them. What stands in front of several elements, and of other lines in the same way, is no part of
the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from oopsight import log, model
from oopsight.formats import _borders, _shapes

_NUMBER = re.compile(r"[0-9]{1,20}")
# Longer fronts are sentences, and a text has not more kinds of them.
_LONGEST = 120
_MOST = 8
# Two may do so by chance.
_SOME = 3


def without(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
) -> Sequence[model.LogLine]:
    """The lines without what stands in front of all; the same sequence where nothing does."""
    counts: Counter[str] = Counter()
    for line in lines:
        front = _front(line.text, shapes)
        if front is not None:
            counts[front] += 1
    fronts = sorted((f for f, count in counts.most_common(_MOST) if count >= _SOME), key=len)
    if not fronts:
        return lines
    patterns = [_pattern(front) for front in reversed(fronts)]
    return [_behind(line, patterns) for line in lines]


def without_numbers(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
) -> Sequence[model.LogLine]:
    """The lines without numbers that stand directly in front of their elements and count up; a page of several lines may have one alone."""
    ends: dict[int, int] = {}
    numbers: list[int] = []
    bare = 0  # elements without a number
    for at, line in enumerate(lines):
        found = _glued(line.text, shapes)
        if found:
            ends[at] = found
            numbers.append(int(line.text[:found].rstrip(":.")))
        bare += any(shape.begins.match(line.text) for shape in shapes)
    if not ends:
        return lines
    counted = len(ends) >= _SOME and all(a < b for a, b in pairwise(numbers))
    if not (counted and bare * 2 < len(ends)) and not (bare and _are_pages(lines, ends)):
        return lines
    return [log.part(line, ends[at]) if at in ends else line for at, line in enumerate(lines)]


def _glued(text: str, shapes: Sequence[_shapes.Shape]) -> int:
    """Where the number ends that stands directly in front of the element with which a line begins; 0 where none does."""
    if not text[:1].isdigit():
        return 0
    found = (one for shape in shapes for one in _borders.glued(text, shape, 1))
    return next((end for start, end in found if not start), 0)


def _are_pages(lines: Sequence[model.LogLine], numbered: Iterable[int]) -> bool:
    """Whether each of these lines is the first one of a line of the document that holds several."""
    starts = [line.pieces[0].line if line.pieces else -1 for line in lines]
    return all(
        starts[at] >= 0
        and starts[at - 1 : at] != [starts[at]]
        and starts[at + 1 : at + 2] == [starts[at]]
        for at in numbered
    )


def _front(text: str, shapes: Sequence[_shapes.Shape]) -> str | None:
    """What stands in front of the only element of a line, with each number as 0; None where nothing does."""
    for shape in shapes:
        if shape.needs not in text or shape.begins.match(text):
            continue
        starts = [
            found.start() for found, _ in zip(shape.inner.finditer(text), range(2), strict=False)
        ]
        if len(starts) == 1 and 0 < starts[0] <= _LONGEST and text[: starts[0]].strip():
            return _sketch(text[: starts[0]])
    return None


def _behind(line: model.LogLine, fronts: Sequence[re.Pattern[str]]) -> model.LogLine:
    for front in fronts:
        found = front.match(line.text)
        if found:
            return log.part(line, found.end())
    return line


def _sketch(text: str) -> str:
    return _NUMBER.sub("0", text)


def _pattern(front: str) -> re.Pattern[str]:
    """What matches a front with other numbers, and at the end of a line also without its blanks."""
    numbered = _NUMBER.pattern.join(map(re.escape, front.rstrip().split("0")))
    blanks = len(front) - len(front.rstrip())
    return re.compile(f"{numbered}(?:[ \\t]{{{blanks}}}|[ \\t]*$)")


# Nearly all lines that were put behind each other end with the beginning of the next one's prefix, if one does.
_NEARLY_ALL = 0.7


def behind_each_other(
    lines: Sequence[model.LogLine],
) -> tuple[Sequence[model.LogLine], tuple[model.LogLine, ...]]:
    """The lines, of which those that stand on one line of the document each end where the prefix of the next one begins; and the first line of each such line of the document.

    That prefix divided them, and no other printer cut in. What stands before it on nearly all of them belongs to it:
    quote marks, the number of a line.
    """
    found: list[model.LogLine] = []
    firsts: list[model.LogLine] = []
    for _, some in groupby(lines, lambda line: line.pieces[0].line if line.pieces else -1):
        group = list(some)
        if len(group) > _SOME and all(line.text.endswith((" ", "\t")) for line in group[:-1]):
            tail = _common_tail([line.text for line in group[:-1]])
            group = [replace(_without_tail(line, tail), spliced=False) for line in group]
            firsts.append(group[0])
        found += group
    return (found, tuple(firsts)) if firsts else (lines, ())


def _common_tail(texts: Sequence[str]) -> re.Pattern[str] | None:
    """What the last words of nearly all lines match, if it is the beginning of a prefix."""
    words = [text.split()[-1] for text in texts if text.strip()]
    ((word, count),) = Counter(map(_sketch, words)).most_common(1) or [("", 0)]
    if count < _NEARLY_ALL * len(texts):
        return None
    numbers = [int(each) for each in words if each.isdecimal()]
    counted = word == "0" and all(sooner < later for sooner, later in pairwise(numbers))
    if not counted and not log.is_prefix(word):
        return None
    return re.compile(rf"[ \t]{_NUMBER.pattern.join(map(re.escape, word.split('0')))}[ \t]*$")


def _without_tail(line: model.LogLine, tail: re.Pattern[str] | None) -> model.LogLine:
    found = tail.search(line.text, max(0, len(line.text) - _LONGEST)) if tail else None
    return log.part(line, 0, found.start() + 1) if found else line
