"""Elements that transport broke over several lines are put together again, and those that share a line are parted.

Terminals cut lines at their width, mailers at the blank before theirs, a debugger at its window's edge, another CPU
wherever it likes; trackers put everything on one line. What an element is, and what can go on with one, only the
formats know: each says so in a `Shape`. Nothing here changes a character or loses a column.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from oopsight import log, model

# An element that takes more lines, or is longer, is none: people do not wrap a frame a hundred times.
_MOST_LINES = 64
_LONGEST = 8192
# No prefix is longer, nor are those of one line together.
_LONGEST_PREFIX = 160
_BLANKS = re.compile(r"[ \t]+")
# What a row of variables stands behind.
_IN_ROW = tuple("|" + " " * blanks for blanks in range(9))
_WORD = re.compile(r"[^\W\d_]")
# Marks of quoted lines that were put behind each other.
_QUOTE_MARK = re.compile(r"(?:^|(?<=[ \t]))>{1,8}(?=[ \t])[ \t]?")
# Lines of other people between a line that a debugger wrapped and its rest.
_MOST_PASSED = 3
# No terminal is narrower.
_NARROWEST = 40


class Edge(Enum):
    """How near to the place where lines of the text end a line comes."""

    FAR = 0
    NEAR = 1  # the next line's first word had no room behind it
    FULL = 2  # it ends at the widest column
    CUT = 3  # another CPU cut in


@dataclass(frozen=True, slots=True)
class Joint:
    """How a line goes on with an element.

    `start` is where in the line the rest begins (a debugger repeats the frame's number), `glue` stands between,
    `surely`: by its form alone the line can be nothing else. `inside`: it is a rest only if the stack goes on below it.
    """

    glue: str
    start: int = 0
    surely: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What unwrapping must know of a format.

    `begins` matches a line on which an element begins, at its first character; `inner` finds where elements begin on
    a line that holds several. What `encloses` matches goes on to its own end, whatever seems to begin in it. `end` is where an element's own text ends, None while it is not finished. `joint` says
    how a line goes on with an unfinished or finished element, None when it does not; its last argument tells whether
    the element stands at the edge where lines end.
    """

    begins: re.Pattern[str]
    inner: re.Pattern[str]
    encloses: re.Pattern[str]
    end: Callable[[str], int | None]
    joint: Callable[[str, str, Edge], Joint | None]


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The lines with each element on one of its own, and what could not be told any more."""

    lines: tuple[model.LogLine, ...]
    problems: tuple[model.Problem, ...] = ()


def unwrap(lines: Sequence[model.LogLine], shapes: Sequence[Shape]) -> Unwrapped:
    """The lines with every element of `shapes` on one line of its own, as far as that can be known."""
    parted, problems = _parted(lines, shapes)
    wrap = _wrap_of(parted, shapes)
    found = tuple(_joined(parted, wrap))
    if wrap.proven and not wrap.believing:
        # Now that lines are known to be cut at the widest column, a rest that does not end its element is believed.
        found = tuple(_joined(parted, replace(wrap, believing=True)))
    return Unwrapped(found, (*problems, *_left_over(found, wrap), *_cut_into(parted, wrap)))


@dataclass(slots=True)
class _Wrap:
    """How the lines of a text are wrapped: the widest column, further columns at which lines were cut (`walls`),
    whether any element seems to go on below its line (`wrapped`), and whether that is certain (`proven`), because an
    element was whole with its rest. Where nearly all lines print a time (`timed`) or had a prefix (`prefixed`), a line
    without one is likely the rest of the line above."""

    shapes: Sequence[Shape]
    widest: int
    walls: frozenset[int] = frozenset()
    wrapped: bool = False
    timed: bool = False
    prefixed: bool = False
    believing: bool = False
    proven: bool = False


# So many elements that end at the same column and go on below are no chance.
_SOME, _MANY = 2, 3
_NEARLY_ALL = 0.6


def _wrap_of(lines: Sequence[model.LogLine], shapes: Sequence[Shape]) -> _Wrap:
    """Where lines are cut: at the widest column, and wherever several unfinished elements end and seem to go on."""
    cuts: Counter[int] = Counter()
    for line, following in pairwise(lines):
        shape = next((one for one in shapes if one.begins.match(line.text)), None)
        edge = _edge(line)
        if shape is None or shape.end(line.text) is not None:
            continue
        if _joint(shape, shapes, line, following, Edge.FULL):
            cuts[edge] += 1
    widest = max((_edge(line) for line in lines), default=0)
    walls = frozenset(c for c, count in cuts.items() if count >= _SOME and c >= _NARROWEST)
    most = max(cuts.values(), default=0)
    texts = [line for line in lines if line.text.strip() and line.pieces]
    nearly_all = _NEARLY_ALL * len(texts)
    return _Wrap(
        shapes,
        widest,
        walls,
        wrapped=most > 0,
        timed=0 < nearly_all <= sum(line.time is not None for line in texts),
        prefixed=0 < nearly_all <= sum(line.pieces[0].start > 0 for line in texts),
        proven=most >= _MANY,
    )


_LEFT_OVER = (
    "This line may be the rest of the line above it, which was wrapped; what it says is not read."
)
_CUT_INTO = (
    "Another printer's line cut in here; what follows was put together from the lines below."
)
_UNWRAPPED = "Paste the text without line breaks inside its lines."
_ONE_CPU = "A log that was not taken from a shared console, such as dmesg, has whole lines."


def _left_over(lines: Sequence[model.LogLine], wrap: _Wrap) -> Iterator[model.Problem]:
    """Lines within a stack of a wrapped text that nobody took."""
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        if line.noise or not line.text.strip() or _begins(line, wrap.shapes):
            continue
        if not (_begins(above, wrap.shapes) and _begins(below, wrap.shapes)):
            continue
        if _edge_of(above, line, wrap) is not Edge.FAR:
            span = next(iter(line.spans(0, len(line.text))), None)
            yield model.Problem("damaged", _LEFT_OVER, span, _UNWRAPPED)


def _cut_into(lines: Sequence[model.LogLine], wrap: _Wrap) -> Iterator[model.Problem]:
    """Elements into which another printer's line cut."""
    for line in lines:
        if line.spliced and _begins(line, wrap.shapes):
            spans = line.spans(max(0, len(line.text) - 1), len(line.text))
            yield model.Problem("damaged", _CUT_INTO, next(iter(spans), None), _ONE_CPU)


# Everything on one line


def _parted(
    lines: Sequence[model.LogLine], shapes: Sequence[Shape]
) -> tuple[list[model.LogLine], tuple[model.Problem, ...]]:
    """Lines that hold several elements, divided; the lines on which such a line was wrapped are undone first."""
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
    line: model.LogLine, crowd: Sequence[model.LogLine], shapes: Sequence[Shape]
) -> bool:
    """Whether a line above a crowded one is its beginning, cut at the same width and with an element in its midst."""
    if any(shape.begins.match(line.text) for shape in shapes):
        return False
    cut = len(crowd) > 1 and _edge(line) == max(map(_edge, crowd)) >= _NARROWEST
    return cut or any(_starts(line.text, shape, 1) for shape in shapes)


def _crowded(text: str, shapes: Sequence[Shape]) -> bool:
    """Whether a line holds more than one element of a format."""
    return any(len(_starts(text, shape, 2)) > 1 for shape in shapes)


def _goes_on_crowded(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    """Whether a line below a crowded one is its wrapped rest: it begins within an element, whatever follows then."""
    return bool(line.text.strip()) and not any(shape.begins.match(line.text) for shape in shapes)


def _starts(text: str, shape: Shape, most: int | None = None) -> list[int]:
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
    ends = [_edge(line) for line in lines[:-1]]
    cut = max(ends) >= _NARROWEST and min(ends) == max(ends)
    return log.joined(lines, "" if cut else " ")


def _divided(line: model.LogLine, shapes: Sequence[Shape]) -> Iterator[model.LogLine]:
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


def _unquoted(line: model.LogLine, shape: Shape) -> model.LogLine:
    """The line without the quote marks that stood in front of its lines, where one stands before an element."""
    marks = [found.span() for found in _QUOTE_MARK.finditer(line.text)]
    if not any(shape.inner.match(line.text, end) for _, end in marks):
        return line
    return log.respelled(line, ((start, end, "") for start, end in marks))


def _elements(text: str, shape: Shape) -> list[tuple[int, int, int]]:
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


def _own_starts(text: str, shape: Shape) -> list[int]:
    """Where elements begin that are not part of another one."""
    starts: list[int] = []
    free = 0
    for start in _starts(text, shape):
        if start < free or (shape.encloses.match(text, start) and text[:start].endswith(_IN_ROW)):
            continue
        starts.append(start)
        if shape.encloses.match(text, start):
            end = shape.end(text[start : start + _LONGEST])
            free = start if end is None else start + end
    return starts


def _without_prefix(text: str, start: int, end: int) -> int:
    """Where an element ends behind which the prefix of the next line stands."""
    low = max(start, end - _LONGEST_PREFIX)
    for found in _BLANKS.finditer(text, low, end):
        if log.is_prefix(text[found.end() : end]):
            return found.start()
    return end


# Wrapped lines


def _joined(lines: Sequence[model.LogLine], wrap: _Wrap) -> Iterator[model.LogLine]:
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        shape = next((one for one in wrap.shapes if one.begins.match(line.text)), None)
        if shape is None:
            at, line = _whole_assignment(lines, at, line, wrap)
            yield line
            continue
        taken, whole, between = _with_rest(lines, at, shape, wrap)
        yield whole
        yield from between
        at = taken


# A line of a variable window that a mailer broke before a value, or within the type in front of the name.
_OPEN_VALUE = re.compile(r"[\w)\]]\s*(?:=|->)\s*$|^\s*\([A-Za-z_][\w ]{0,80}$")
_GOES_ON = re.compile(r"[ \t]*(?:-> ?[(\"\w]|= [(\"\w'-]|\*{1,3}\))")
_NO_VALUE = re.compile(r"\s*(?:[A-Za-z_]\w*\s+[A-Za-z_]|$)")
# A line of a variable window that ends in the middle of a word or number: whole ones end in a comma or a bracket.
_BROKEN_VALUE = re.compile(r"(?:=|\)[ ]?0[xX]?)[^;]*[\w.]$|\)[ ]?0$")
_REMARKED = re.compile(r"[ \t](?://|<-|<<|==>|/\*)")
_REST_OF_VALUE = re.compile(r"[\w.]{1,64}(?:[ ]?(?:[,)=(]|->)|$)")


def _whole_assignment(
    lines: Sequence[model.LogLine], at: int, line: model.LogLine, wrap: _Wrap
) -> tuple[int, model.LogLine]:
    """A line of a variable window, with the rest of its value where it was cut at the widest column."""
    for _ in range(_MOST_LINES):
        if at >= len(lines) or _begins(lines[at], wrap.shapes):
            break
        full = _edge_of(line, lines[at], wrap) in (Edge.FULL, Edge.CUT)
        ends_within = _BROKEN_VALUE.search(line.text) and not _REMARKED.search(line.text)
        broken = full and ends_within and _REST_OF_VALUE.match(lines[at].text)
        rest = lines[at].text
        open_value = bool(
            (_OPEN_VALUE.search(line.text) and not _NO_VALUE.match(rest))
            or ("(" in line.text and _GOES_ON.match(rest))
        )
        if not (broken or open_value) or len(line.text) > _LONGEST:
            break
        glue = " " if open_value else ""
        line = replace(log.joined((line, lines[at]), glue), spliced=lines[at].spliced)
        at += 1
    return at, line


def _with_rest(
    lines: Sequence[model.LogLine], at: int, shape: Shape, wrap: _Wrap
) -> tuple[int, model.LogLine, list[model.LogLine]]:
    """The element on the line before lines[at] with its rest; where the next line is, and what stood between.

    Lines are taken on trial until the element ends. If it never does, only those lines stay that are its rest by
    their own form, or that follow a line which reaches the edge of a text that is known to be cut there.
    """
    element = kept = lines[at - 1]
    passed: list[model.LogLine] = []
    kept_passed = 0
    taken = at
    trusted = True  # every joint so far is sure
    tried = at
    while tried < len(lines) and tried - at < _MOST_LINES and len(element.text) < _LONGEST:
        line = lines[tried]
        tried += 1
        edge = _edge_of(element, line, wrap)
        joint = None if line.noise else _joint(shape, wrap.shapes, element, line, edge)
        open_before = shape.end(element.text) is None
        between = _is_between(lines, tried, wrap.shapes)
        if joint is None:
            if line.noise or (len(passed) < _MOST_PASSED and not _begins(line, wrap.shapes)):
                passed.append(line)
                continue
            break
        if len(passed) > sum(one.noise for one in passed) and not joint.start:
            break  # only a repeated number leads over other lines
        element = log.joined((element, log.part(line, joint.start)), joint.glue)
        element = replace(_mended(element), spliced=line.spliced)
        believed = edge is Edge.CUT or (edge is Edge.FULL and wrap.believing)
        # A repeated number shows that all lines since the element began belong to it.
        trusted = joint.start > 0 or (trusted and (joint.surely or believed))
        ended = shape.end(element.text) is not None
        wrap.proven = wrap.proven or (ended and open_before and edge is Edge.FULL)
        sure = trusted or ended if open_before else believed or trusted or not joint.inside
        if sure or (joint.inside and between):
            kept, taken, kept_passed = element, tried, len(passed)
    if taken == at and at < len(lines) and (wrap.proven or wrap.believing):
        # Its last word may go on in what is left alone below.
        full = _edge_of(kept, lines[at], wrap) is Edge.FULL and not _begins(lines[at], wrap.shapes)
        kept = replace(kept, spliced=kept.spliced or full)
    return taken, kept, passed[:kept_passed]


def _mended(line: model.LogLine) -> model.LogLine:
    """A line that was put together, without a tag or an entity that had been broken in two."""
    if "<" not in line.text and "&" not in line.text:
        return line
    parts = log.mended(line)
    return parts[0] if len(parts) == 1 else line


def _joint(
    shape: Shape,
    shapes: Sequence[Shape],
    element: model.LogLine,
    line: model.LogLine,
    edge: Edge,
) -> Joint | None:
    if not line.text.strip():
        return None
    joint = shape.joint(element.text, line.text, edge)
    return None if joint and not joint.start and _begins(line, shapes) else joint


def _edge_of(line: model.LogLine, following: model.LogLine, wrap: _Wrap) -> Edge:
    if line.spliced:
        return Edge.CUT
    end = _edge(line)
    if end in wrap.walls or end >= wrap.widest >= _NARROWEST:
        return Edge.FULL
    first = len(following.text.split(maxsplit=1)[0]) if following.text.strip() else 0
    limit = min((wall for wall in wrap.walls if wall > end), default=wrap.widest)
    near = wrap.wrapped and end + 1 + first > limit >= _NARROWEST
    return Edge.NEAR if near or _is_bare(line, following, wrap) else Edge.FAR


def _is_bare(line: model.LogLine, following: model.LogLine, wrap: _Wrap) -> bool:
    """Whether the line below lacks what stands in front of nearly all others, and of this one."""
    if wrap.timed:
        return line.time is not None and following.time is None
    starts = [one.pieces[0].start for one in (line, following) if one.pieces]
    return wrap.prefixed and len(starts) == 2 and starts[0] > 0 == starts[1]


def _begins(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    return any(shape.begins.match(line.text) for shape in shapes)


def _is_between(lines: Sequence[model.LogLine], at: int, shapes: Sequence[Shape]) -> bool:
    """Whether an element begins on lines[at]: then the line before it stands in the midst of a stack."""
    return at < len(lines) and _begins(lines[at], shapes)


def _edge(line: model.LogLine) -> int:
    """The column of a terminal at which a line ends: characters of East Asia take two."""
    end = line.pieces[-1].end if line.pieces else 0
    if line.text.isascii():
        return end
    return end + sum(unicodedata.east_asian_width(character) in "WF" for character in line.text)
