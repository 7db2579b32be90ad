"""Elements that transport broke over several lines are put together again.

Terminals cut lines at their width, mailers at the blank before theirs, a debugger at its window's edge, another CPU
wherever it likes. What an element is, and what can go on with one, only the
formats know: each says so in a `Shape`. Nothing here changes a character or loses a column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from oopsight import log, model
from oopsight.formats import _crowds, _cuts, _fronts, _shapes

# An element that takes more lines, or is longer, is none: people do not wrap a frame a hundred times.
_MOST_LINES = 64
# The rest of a line is printed at once; a line with a time so far away is another one.
_MOMENTS = 5.0
# Lines of other people between a line that a debugger wrapped and its rest.
_MOST_PASSED = 3
# No mailer breaks lines before this column.
_NARROW_MAIL = 60


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The lines with each element on one of its own, and what could not be told any more."""

    lines: tuple[model.LogLine, ...]
    problems: tuple[model.Problem, ...] = ()


_IDEOGRAPHS = "\u2e80"
# What can be left of an element below it: something with a word in it, or closing marks.
_FENCE = re.compile(r"[ \t]*(?:\{/?\w{1,20}\}|\[/?\w{1,20}\]|`{3})[ \t]*$")
_TAIL = re.compile(r"[^\w\n]{0,200}\w|[)\]}>,;\"' ]{1,20}$")


def unwrap(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape], raws: Sequence[str]
) -> Unwrapped:
    """The lines with every element of `shapes` on one line of its own, as far as that can be known; `raws` are all lines of the document."""
    whole = _with_whole_marks(_without_margin(_with_times(lines)), shapes)
    bare = _fronts.without(_fronts.without_numbers(whole, shapes), shapes)
    parted, problems = _crowds.parted(bare, shapes, raws)
    wrap = _wrap_of(parted, shapes, raws)
    found = tuple(_joined(parted, wrap))
    if wrap.proven and not wrap.believing:
        # Now that lines are known to be cut at the widest column, a rest that does not end its element is believed.
        wrap = replace(wrap, believing=True)
        found = tuple(_joined(parted, wrap))
    cut = _cuts.find(parted, found, shapes)
    if cut is not None:
        found = cut.marked(tuple(_joined(parted, replace(wrap, cut=cut))))
        problems = (*problems, *cut.problems(found, shapes))
    return Unwrapped(found, (*problems, *_left_over(found, wrap), *_cut_into(parted, wrap)))


def _with_times(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines whose prefix stands alone on the line above, where a mailer broke behind it, with the time in it."""
    found = list(lines)
    for at, (above, line) in enumerate(pairwise(lines), 1):
        alone = above.time is not None and not above.text.strip()
        if alone and line.time is None and line.text.strip():
            found[at] = replace(line, time=above.time, caller=above.caller)
    return found


def _with_whole_marks(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape]
) -> Sequence[model.LogLine]:
    """Lines of which only the first half of an element's mark is left, with the line below, on which the second half stands."""
    found: list[model.LogLine] = []
    for line in lines:
        above = found[-1] if found else None
        if above is not None and _is_marked(above.text, line.text, shapes):
            found[-1] = log.joined((above, line), " " * (not above.text.endswith((" ", "\t"))))
        else:
            found.append(line)
    return found if len(found) < len(lines) else lines


def _is_marked(text: str, below: str, shapes: Sequence[_shapes.Shape]) -> bool:
    return any(
        below.startswith(shape.needs)
        and shape.begun.match(text)
        and shape.inner.match(f"{text.strip()} {below}") is not None
        for shape in shapes
    )


_MARGIN = re.compile(r"[ \t]*")


def _without_margin(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines without the blanks with which all of them begin: these were no text where a line was cut."""
    texts = [line.text for line in lines if line.text.strip()]
    margins = [_margin(text) for text in texts]
    margin = min(margins, default="", key=len)
    if not margin or not all(one.startswith(margin) for one in margins):
        return lines
    return [log.part(line, len(margin)) if line.text.strip() else line for line in lines]


def _margin(text: str) -> str:
    found = _MARGIN.match(text)
    return found[0] if found else ""


@dataclass(slots=True)
class _Wrap:
    """How the lines of a text are wrapped: the widest column, further columns at which lines were cut (`walls`),
    whether any element seems to go on below its line (`wrapped`), and whether that is certain (`proven`), because an
    element was whole with its rest. What stood behind `cut` is gone. Where lines broke at their blanks (`at_blanks`), they do not end at one column. Where nearly all lines print a time (`timed`) or had a prefix of about so many
    columns (`prefix`), a line without one is likely the rest of the line above."""

    shapes: Sequence[_shapes.Shape]
    raws: Sequence[str]
    widest: int
    walls: frozenset[int] = frozenset()
    wrapped: bool = False
    timed: bool = False
    prefix: int = 0
    at_blanks: bool = False
    believing: bool = False
    proven: bool = False
    cut: _cuts.Cut | None = None


# So many elements that end at the same column and go on below are no chance.
_SOME, _MANY = 2, 3
_NEARLY_ALL = 0.6


def _wrap_of(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape], raws: Sequence[str]
) -> _Wrap:
    """Where lines are cut: at the widest column, and wherever several unfinished elements end and seem to go on."""
    cuts: Counter[int] = Counter()
    for line, following in pairwise(lines):
        shape = next((one for one in shapes if one.begins.match(line.text)), None)
        edge = _shapes.end_of(line, raws)
        if shape is None or shape.end(line.text) is not None:
            continue
        if _joint(shape, shapes, line, following, _shapes.Edge.FULL):
            cuts[edge] += 1
    widest = max((_shapes.end_of(line, raws) for line in lines), default=0)
    walls = frozenset(c for c, count in cuts.items() if count >= _SOME and c >= _shapes.NARROWEST)
    most = max(cuts.values(), default=0)
    texts = [line for line in lines if line.text.strip() and line.pieces]
    nearly_all = _NEARLY_ALL * len(texts)
    wrap = _Wrap(
        shapes,
        raws,
        widest,
        walls,
        wrapped=most > 0,
        timed=0 < nearly_all <= sum(line.time is not None for line in texts),
        prefix=sorted(_shapes.begin_of(line, raws) for line in texts)[len(texts) * 4 // 5]
        if texts
        else 0,
        proven=most >= _MANY,
    )
    ends = Counter(_shapes.end_of(a, raws) for a, b in pairwise(lines) if _is_rest(a, b, wrap))
    at_one = max(ends.values(), default=0)
    return replace(wrap, at_blanks=ends.total() >= max(_SOME, 2 * at_one))


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
        if line.noise or not line.text.strip() or _shapes.begins(line, wrap.shapes):
            continue
        if not (_shapes.begins(above, wrap.shapes) and _shapes.begins(below, wrap.shapes)):
            continue
        if _edge_of(above, line, wrap) is not _shapes.Edge.FAR:
            span = next(iter(line.spans(0, len(line.text))), None)
            yield model.Problem("damaged", _LEFT_OVER, span, _UNWRAPPED)


def _cut_into(lines: Sequence[model.LogLine], wrap: _Wrap) -> Iterator[model.Problem]:
    """Elements into which another printer's line cut."""
    for line in lines:
        if line.spliced and _shapes.begins(line, wrap.shapes):
            spans = line.spans(max(0, len(line.text) - 1), len(line.text))
            yield model.Problem("damaged", _CUT_INTO, next(iter(spans), None), _ONE_CPU)


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
_OPEN_VALUE = re.compile(
    r"[\w)\]]\s*(?:=|->)\s*$|^\s*\({1,4}[A-Za-z_][\w ]{0,80}$"
    r"|\((?:(?:struct|union|enum|unsigned|signed|const|volatile|long|short)[ ]?){1,4}$"
)
# A type alone, and the name that it belongs to.
_TYPE_ALONE = re.compile(r"^\s*\([A-Za-z_]\w{0,80}(?:[ ]\w{1,80}){0,3}(?:[ ]?\*{1,3})?\)\s*$")
_NAME_BEHIND = re.compile(r"[ \t]*[A-Za-z_][\w.\[\]]{0,80} = ")
_GOES_ON = re.compile(r"[ \t]*(?:-> ?[(\"\w]|= [(\"\w'-]|\*{1,3}\))")
_NO_VALUE = re.compile(
    r"\s*(?:(?!(?:struct|union|enum|unsigned|signed|const|volatile|long|short)\s)[A-Za-z_]\w*\s+[A-Za-z_]|$)"
)
_ADDRESS_ALONE = re.compile(r"= 0[xX][0-9A-Fa-f]{1,16}[ \t]*$")
# The name of a value, and the number that debuggers print behind it.
_NAMED_VALUE = re.compile(r"= [A-Za-z_]\w{0,127}[ \t]*$")
_ITS_NUMBER = re.compile(r"[ \t]*\(-?(?:0x)?[0-9A-Fa-f]{1,16}\)[,)]{0,8}[ \t]*(?:$|//|<|==>|/\*)")
# A line of a variable window that ends in the middle of a word or number: whole ones end in a comma or a bracket.
_BROKEN_VALUE = re.compile(r"(?:=|\)[ ]?0[xX]?)[^;]*[\w.+']$|\)[ ]?0$")
_REMARKED = re.compile(r"[ \t](?://|<-|<<|==>|/\*)")
_REST_OF_VALUE = re.compile(r"[\w.+\[\]']{1,64}[ \t]{0,8}(?:[,)=(]|->|//|<|/\*|$)")


def _whole_assignment(
    lines: Sequence[model.LogLine], at: int, line: model.LogLine, wrap: _Wrap
) -> tuple[int, model.LogLine]:
    """A line of a variable window, with the rest of its value where it was cut at the widest column."""
    for _ in range(_MOST_LINES):
        if at >= len(lines) or lines[at].noise or _shapes.begins(lines[at], wrap.shapes):
            break
        edge = _edge_of(line, lines[at], wrap)
        near = edge is not _shapes.Edge.FAR
        full = edge in (_shapes.Edge.FULL, _shapes.Edge.CUT)
        ends_within = _BROKEN_VALUE.search(line.text) and not _REMARKED.search(line.text)
        broken = full and ends_within and _REST_OF_VALUE.match(lines[at].text)
        rest = lines[at].text
        sure = _is_rest(line, lines[at], wrap) and (
            _is_open(line.text)
            or _REMARKED.search(line.text)
            or _REMARKED.match(f" {lines[at].text}")
        )
        open_value = bool(
            (sure and not full)
            or (_OPEN_VALUE.search(line.text) and not _NO_VALUE.match(rest))
            or ("(" in line.text and _GOES_ON.match(rest))
            or (near and _TYPE_ALONE.match(line.text) and _NAME_BEHIND.match(rest))
            or (_NAMED_VALUE.search(line.text) and _ITS_NUMBER.match(rest))
            or (_ADDRESS_ALONE.search(line.text) and _GOES_ON.match(rest))
        )
        if not (broken or open_value or sure) or len(line.text) > _shapes.LONGEST:
            break
        glue = " " if open_value and not line.text.endswith((" ", "\t")) else ""
        indent = len(rest) - len(rest.lstrip()) if open_value else 0
        behind = log.part(lines[at], indent)
        line = replace(log.joined((line, behind), glue), spliced=behind.spliced)
        at += 1
    return at, line


def _is_open(text: str) -> bool:
    """Whether a line of a variable window has not come to its end: a parenthesis or a string is open."""
    return "= " in text and (text.count("(") > text.count(")") or text.count('"') % 2 == 1)


def _with_rest(
    lines: Sequence[model.LogLine], at: int, shape: _shapes.Shape, wrap: _Wrap
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
    lost = False  # a line was cut before its rest
    tried = at
    while tried < len(lines) and tried - at < _MOST_LINES and len(element.text) < _shapes.LONGEST:
        line = lines[tried]
        tried += 1
        edge = _edge_of(element, line, wrap)
        joint = None if line.noise else _joint(shape, wrap.shapes, element, line, edge)
        open_before = shape.end(element.text) is None
        between = _is_between(lines, tried, wrap.shapes)
        if joint is None:
            if line.noise or (len(passed) < _MOST_PASSED and not _shapes.begins(line, wrap.shapes)):
                passed.append(line)
                continue
            break
        lost = lost or (wrap.cut is not None and wrap.cut.ends(lines[tried - 2]))
        if lost and joint.start:
            passed.append(replace(log.part(line, 0, 0), noise=True))  # what was between is gone
            kept, taken, kept_passed = element, tried, len(passed)
            continue
        if len(passed) > sum(one.noise for one in passed) and not joint.start:
            break  # only a repeated number leads over other lines
        if not (open_before or joint.start) and any(not one.text.strip() for one in passed):
            break  # what was whole does not go on below an empty line
        before = element
        if joint.start:  # a debugger that wraps pads its lines
            element = log.part(element, 0, len(element.text.rstrip()))
        element = log.joined((element, log.part(line, joint.start)), joint.glue)
        element = replace(_mended(element), spliced=line.spliced)
        believed = edge is _shapes.Edge.CUT or (edge is _shapes.Edge.FULL and wrap.believing)
        believed = believed or _is_rest(before, line, wrap)
        # A repeated number shows that all lines since the element began belong to it.
        trusted = joint.start > 0 or (trusted and (joint.surely or believed))
        ended = shape.end(element.text) is not None
        wrap.proven = wrap.proven or (ended and open_before and edge is _shapes.Edge.FULL)
        sure = trusted or ended if open_before else believed or trusted or not joint.inside
        if sure or (joint.inside and between):
            kept, taken, kept_passed = element, tried, len(passed)
    if taken == at and at < len(lines) and (wrap.proven or wrap.believing):
        # Its last word may go on in what is left alone below.
        full = _edge_of(kept, lines[at], wrap) is _shapes.Edge.FULL and not _shapes.begins(
            lines[at], wrap.shapes
        )
        kept = replace(kept, spliced=kept.spliced or full)
    return taken, kept, passed[:kept_passed]


def _mended(line: model.LogLine) -> model.LogLine:
    """A line that was put together, without a tag or an entity that had been broken in two."""
    if "<" not in line.text and "&" not in line.text:
        return line
    parts = log.mended(line)
    return parts[0] if len(parts) == 1 else line


def _joint(
    shape: _shapes.Shape,
    shapes: Sequence[_shapes.Shape],
    element: model.LogLine,
    line: model.LogLine,
    edge: _shapes.Edge,
) -> _shapes.Joint | None:
    if not line.text.strip():
        return None
    if line.time is not None and (element.time is None or abs(line.time - element.time) > _MOMENTS):
        return None  # a line that was logged for itself
    joint = shape.joint(element.text, line.text, edge)
    begins = joint and not (joint.start or joint.within) and _shapes.begins(line, shapes)
    return None if begins else joint


def _edge_of(line: model.LogLine, following: model.LogLine, wrap: _Wrap) -> _shapes.Edge:
    if line.spliced:
        return _shapes.Edge.CUT
    end = _shapes.end_of(line, wrap.raws)
    bare = _is_rest(line, following, wrap)
    if bare and wrap.at_blanks:
        return _shapes.Edge.BARE
    # A character of two columns had no room in the last one.
    filled = end + _shapes.begins_wide(following, wrap.raws)
    if end in wrap.walls or filled >= wrap.widest >= _shapes.NARROWEST:
        return _shapes.Edge.CUT if bare else _shapes.Edge.FULL
    if bare:
        return _shapes.Edge.BARE
    first = _shapes.first_word(following, wrap.raws)
    limit = min((wall for wall in wrap.walls if wall > end), default=wrap.widest)
    near = wrap.wrapped and end + 1 + first > limit >= _shapes.NARROWEST
    # A blank at the end says so in mails whose paragraphs flow.
    flows = line.text.endswith(" ") and not line.text.endswith("  ") and end >= _shapes.NARROWEST
    near = near or flows or _is_bare(line, following, wrap)
    near = near or _shapes.was_coloured(line, following, wrap.raws)
    return _shapes.Edge.NEAR if near else _shapes.Edge.FAR


# What blanks behind prefixes make of a difference.
_A_BLANK = 1


def _is_bare(line: model.LogLine, following: model.LogLine, wrap: _Wrap) -> bool:
    """Whether the line below lacks what stands in front of nearly all others, and of this one."""
    if wrap.timed and line.time is not None and following.time is None:
        return True
    if not (wrap.prefix and line.pieces and following.pieces):
        return False
    # Of two times, one may have been put before the rest, too.
    at_once = line.time is not None and abs(line.time - (following.time or 0.0)) <= _MOMENTS
    if following.time is not None and not at_once:
        return False
    # Less than what stands before nearly all lines; numbers and names in it differ a little, and so do blanks.
    own, below = (_shapes.begin_of(one, wrap.raws) for one in (line, following))
    if below and wrap.prefix - below <= _A_BLANK:
        return False
    return below * 4 <= wrap.prefix * 3 < own * 4


def _is_rest(line: model.LogLine, following: model.LogLine, wrap: _Wrap) -> bool:
    """Whether the line below can be nothing but the rest of this one: it has no prefix, and its first word no room above.

    Marks alone, as around a quotation, are the text's own lines.
    """
    if not _TAIL.match(following.text) or _FENCE.match(following.text):
        return False
    first = _shapes.first_word(following, wrap.raws)
    limit = _NARROW_MAIL
    if following.text.lstrip()[:1] >= _IDEOGRAPHS:
        # Chinese and Japanese are broken anywhere, so no rest is longer than the line above.
        first = 1
        limit = max(limit, _shapes.end_of(following, wrap.raws))
    room = _shapes.last_of(line, wrap.raws) + 1 + first if first else 0
    return room >= limit and _is_bare(line, following, wrap)


def _is_between(lines: Sequence[model.LogLine], at: int, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether an element begins on lines[at], or below another printer's: the line before stands within a stack."""
    while at < len(lines) and lines[at].noise:
        at += 1
    return any(_shapes.begins(line, shapes) for line in lines[at : at + 2])
