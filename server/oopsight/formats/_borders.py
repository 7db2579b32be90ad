"""Where the lines began that now stand on one: behind what stood in front of each, its number or a run of blanks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from oopsight import log
from oopsight.formats import _shapes

# No prefix is longer, nor are those of one line together.
LONGEST_PREFIX = 160
BLANKS = re.compile(r"[ \t]+")


def between(text: str, shape: _shapes.Shape) -> list[tuple[int, int]]:
    """What stood between the lines that a text was made of, as (end of a line, begin of the next one's text)."""
    ways = (_after_prefixes, _after_numbers, _after_glued_numbers, _after_blanks)
    return next((found for way in ways if (found := way(text, shape))), [])


def starts_in(text: str, shape: _shapes.Shape, most: int | None = None) -> list[int]:
    """Where elements begin on a line."""
    starts = []
    for found in shape.inner.finditer(text):
        starts.append(found.start())
        if len(starts) == most:
            break
    return starts


# So many elements are looked at, and of them so many show what stood in front of each line.
_SHOWING = 64
_NEARLY_ALL = 0.6
_FORM = re.compile(r"([0-9]+)|([ \t]+)|([^0-9 \t]+)")


def _after_prefixes(text: str, shape: _shapes.Shape) -> list[tuple[int, int]]:
    """Where prefixes of one form stand in front of nearly all elements: (begin, end) of each of that form."""
    starts = starts_in(text, shape, _SHOWING)
    prefixes: Counter[str] = Counter()
    fronts: Counter[str] = Counter()
    shown = [0, 0]  # elements before which a known prefix, or any front, can be told
    for before, start in pairwise([0, *starts]):
        ends = _ends_short(text, before, start, shape)
        known, others = _forms_before(text, before, start, shape if ends else None)
        shown[0] += start > 0
        shown[1] += ends
        prefixes.update(known)
        fronts.update(known | others if ends else ())
    # The first element has the same in front of it, but for what was taken off the whole line.
    first = _form(text[: starts[0]][-LONGEST_PREFIX:].strip()) if starts else ""
    alike = {form: count for form, count in fronts.items() if _is_alike(form, first)}
    rates = _rates(alike, shown[1]) | _rates(prefixes, shown[0])
    if not rates:
        return []
    form = max(
        (form for form, rate in rates.items() if rate > max(rates.values()) - _LITTLE), key=len
    )
    before_all = re.compile(rf"(?<![^ \t]){form}[ \t]{{0,32}}\Z")
    led = (at for at in starts if before_all.search(text, max(0, at - LONGEST_PREFIX), at))
    blanks = min((_gap(text, at) for at in led), default=0)
    pattern = re.compile(rf"(?<![^ \t]){form}[ \t]{{{blanks}}}")
    found = [one.span() for one in pattern.finditer(text)]
    return [(0, starts[0]), *found] if first and form.endswith(first) and form != first else found


# So much rarer may a longer form be.
_LITTLE = 0.1
# Words alone between elements are somebody's sentence.
_NO_WORDS = re.compile(r"[^\w \t]")
_BAR = re.escape("|")
# Elements that are longer show no front.
_SHORT = 1000


def _rates(forms: Mapping[str, int], shown: int) -> dict[str, float]:
    """In front of which part of the elements each form stands, of those that stand in front of nearly all."""
    enough = max(2, _NEARLY_ALL * shown)
    return {form: count / shown for form, count in forms.items() if count >= enough}


def _is_alike(form: str, first: str) -> bool:
    """Whether a form and what stands before the first element may be the same; bars may be gone there."""
    if first:
        return form.endswith(first) or first.endswith(form)
    return not form.replace(_BAR, "").replace("[ \\t]{1,32}", "")


def _ends_short(text: str, start: int, end: int, shape: _shapes.Shape) -> bool:
    """Whether the element at text[start:] shows where it ends before the next one: rows do not."""
    return (
        0 < end - start < _SHORT
        and not text.startswith("|", start)
        and shape.begins.match(text, start) is not None
    )


def _forms_before(
    text: str, before: int, start: int, shape: _shapes.Shape | None
) -> tuple[set[str], set[str]]:
    """Forms of what may be a prefix before text[start:]: known ones, and any others behind the end of the element at text[before:]."""
    known, others = set(), set()
    for found in BLANKS.finditer(text, max(before, start - LONGEST_PREFIX), start):
        if found.end() == start:
            continue
        if log.is_prefix(text[found.end() : start]):
            known.add(_form(text[found.end() : start].rstrip()))
        elif (
            shape
            and _NO_WORDS.search(text, found.end(), start)
            and shape.end(text[before : found.start()]) is not None
        ):
            others.add(_form(text[found.end() : start].rstrip()))
    return known, others


def _form(prefix: str) -> str:
    """The pattern of a prefix, with any digits in place of its digits."""
    parts = []
    for digits, blanks, others in _FORM.findall(prefix):
        if digits:
            parts.append("[0-9]{1,20}")
        elif blanks:
            parts.append("" if parts and parts[-1].endswith("]{0,32}") else "[ \\t]{1,32}")
        else:
            parts.append(re.escape(others) + ("[ \\t]{0,32}" if others.endswith("[") else ""))
    return "".join(parts)


_NUMBERED = re.compile(r"(?<!\S)([0-9]{1,6})([:.]?)([ \t]{0,12})\Z")


def _after_numbers(text: str, shape: _shapes.Shape) -> list[tuple[int, int]]:
    """Where the numbers of lines stand in front of nearly all elements, each one more: (begin, end) of each."""
    starts = [start for start in starts_in(text, shape, _SHOWING) if start]
    found = [_NUMBERED.search(text, max(0, start - 24), start) for start in starts]
    numbered = [one for one in found if one and (one[2] or one[3])]
    if len(numbered) < max(2, _NEARLY_ALL * len(starts)):
        return []
    numbers = [int(one[1]) for one in numbered]
    if any(later <= sooner for sooner, later in pairwise(numbers)):
        return []
    mark = numbered[0][2]
    blanks = min(len(one[3]) for one in numbered)
    first = numbered[0].start()
    before = _numbers_before(text, numbers[0], mark, first)
    borders = [*before[::-1], *_numbers_from(text, numbers[0], mark, first)]
    return [(at, min(end + blanks, len(text))) for at, end in borders]


def _numbers_from(text: str, number: int, mark: str, at: int) -> Iterator[tuple[int, int]]:
    """The number that stands at text[at:] and all that follow it."""
    while at >= 0:
        printed = f"{number}{mark}"
        end = at + len(printed)
        yield at, end
        number += 1
        printed = f"{number}{mark}"
        at = text.find(printed, end)
        while at >= 0 and not _stands_alone(text, at, len(printed), mark):
            at = text.find(printed, at + 1)


def _numbers_before(text: str, number: int, mark: str, at: int) -> list[tuple[int, int]]:
    """The numbers that count up to the one at text[at:], last one first."""
    found = []
    while number > 0:
        number -= 1
        printed = f"{number}{mark}"
        at = text.rfind(printed, 0, at)
        while at >= 0 and not _stands_alone(text, at, len(printed), mark):
            at = text.rfind(printed, 0, at)
        if at < 0:
            break
        found.append((at, at + len(printed)))
    return found


def _stands_alone(text: str, at: int, length: int, mark: str) -> bool:
    """Whether a printed number is a word of its own."""
    behind = text[at + length : at + length + 1]
    return (at == 0 or text[at - 1].isspace()) and bool(mark or not behind or behind.isspace())


# A number in front of an element, without a blank; a frame's own number may be part of the same digits.
_GLUED = re.compile(r"(?<![^ \t])([0-9]{1,6})([:.]?)(?=[^ \t:.])")
# So much of an element shows that it is one.
_HEAD = 600


def glued(text: str, shape: _shapes.Shape, most: int | None = None) -> list[tuple[int, int]]:
    """Where numbers of lines stand in front of elements without a blank: (begin, end) of each."""
    numbers: list[tuple[int, int]] = []
    for found in _GLUED.finditer(text) if shape.needs in text else ():
        ends = (found.end(),) if found[2] else range(found.end(), found.start(), -1)
        end = next((at for at in ends if shape.inner.match(text[at : at + _HEAD])), None)
        if end is not None:
            numbers.append((found.start(), end))
        if len(numbers) == most:
            break
    return numbers


def _after_glued_numbers(text: str, shape: _shapes.Shape) -> list[tuple[int, int]]:
    """Where the numbers of lines stand directly in front of the elements: (begin, end) of each, also of those of other lines."""
    known = glued(text, shape)
    numbers = [int(text[begin:end].rstrip(":.")) for begin, end in known]
    if len(known) < 2 or any(later <= sooner for sooner, later in pairwise(numbers)):
        return []
    borders = _counted_down(text, numbers[0], known[0][0])
    limits = [at for at, _ in known[1:]] + [len(text)]
    beyond = [*numbers[1:], numbers[-1] + _SHOWING]
    for (at, end), limit, number, last in zip(known, limits, numbers, beyond, strict=True):
        borders.append((at, end))
        borders += _counted(text, range(number + 1, last), end, limit)
    return borders


_WORD_NUMBER = re.compile(r"(?<=[ \t])[0-9]{1,6}(?![0-9])")


def _counted(text: str, numbers: range, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Where the numbers of further lines stand in text[low:high], rather not where values are expected."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for found in _WORD_NUMBER.finditer(text, low, high):
        if int(found[0]) in numbers:
            spans.setdefault(int(found[0]), []).append(found.span())
    done = low
    for number in sorted(spans):
        behind = [span for span in spans[number] if span[0] >= done]
        free = [
            span
            for span in behind
            if text[max(0, span[0] - 40) : span[0]].rstrip()[-1:] not in ("=", ",", "(")
        ]
        for span in (*free, *behind)[:1]:
            yield span
            done = span[1]


def _counted_down(text: str, number: int, high: int) -> list[tuple[int, int]]:
    """Where the numbers of the lines before the one with `number` stand in text[:high]."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for found in _WORD_NUMBER.finditer(text, 0, high):
        spans.setdefault(int(found[0]), []).append(found.span())
    borders: list[tuple[int, int]] = []
    while number - 1 in spans:
        number -= 1
        before = [span for span in spans[number] if span[1] <= high]
        if not before:
            break
        borders.append(before[-1])
        high = before[-1][0]
    return borders[::-1]


# What a window begins with that is about an address: `(struct node *)0xC819DECF00`. A blank stands before it.
_ADDRESS_HEADS = re.compile(
    r"(?<=[,)])[ ](?=\([A-Za-z_][\w *]{0,80}\)[ ]?0[xX][0-9A-Fa-f]{6,16}[ \t])"
)
# Remarks may be far from what is before them.
_REMARK_MARK = re.compile(r"//|<-|<<|<=|==>|/\*|=")


def _after_blanks(text: str, shape: _shapes.Shape) -> list[tuple[int, int]]:
    """Where a run of blanks is as long as between elements: (end of a line, begin of the next one's indentation)."""
    starts = [start for start in starts_in(text, shape) if not shape.encloses.match(text, start)]
    elements = frozenset(starts)
    gap = min((_gap(text, start) for start in starts if start), default=1)
    gap = max(1, gap)
    borders = []
    for found in BLANKS.finditer(text):
        start, end = found.span()
        if end - start < max(2, gap) or not start or end == len(text):
            continue
        behind = text[start - 1]
        if end not in elements and (behind in "|[" or _REMARK_MARK.match(text, end)):
            continue
        borders.append((start + 1, start + gap))  # a blank shows that the line ends here
    heads = (found.span() for found in _ADDRESS_HEADS.finditer(text))
    return sorted({*borders, *heads, *_around_members(text, shape)})


def _around_members(text: str, shape: _shapes.Shape) -> Iterator[tuple[int, int]]:
    """Where lines ended behind the opening parenthesis of what encloses others, and behind its end."""
    behind = 0
    for start in starts_in(text, shape):
        head = shape.encloses.match(text, start) if start >= behind else None
        if not head:
            continue
        yield head.end() + 1, head.end() + 1  # the blank shows that the line ends here
        end = shape.end(text[start : start + _shapes.LONGEST])
        if end is not None:
            behind = start + end
            yield behind, min(behind + 1, len(text))


def _gap(text: str, start: int) -> int:
    """How many blanks stand before text[start]."""
    before = text[max(0, start - 32) : start]
    return len(before) - len(before.rstrip(" \t"))
