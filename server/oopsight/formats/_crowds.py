"""Everything on one line: elements that share a line are parted.

Trackers and chats put a whole text on one line, and terminals and mailers then wrap it. Where a remark, a heading or a
window ended cannot always be told any more; a problem says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from oopsight import log, model
from oopsight.formats import _borders, _fronts, _shapes

# What a row of variables stands behind.
_IN_ROW = tuple("|" + " " * blanks for blanks in range(9))
_WORD = re.compile(r"[^\W\d_]")
# A bar that stands free divides cells.
_CELL = re.compile(r"(?:^|[ \t])\|(?=[ \t])")
# Marks of quoted lines that were put behind each other.
_QUOTE_MARK = re.compile(r"(?:^|(?<=[ \t]))>{1,8}(?=[ \t])[ \t]?")


def parted(
    lines: Sequence[model.LogLine], shapes: Sequence[_shapes.Shape], raws: Sequence[str]
) -> tuple[list[model.LogLine], tuple[model.Problem, ...]]:
    """Lines that hold several elements, divided, and what could not be told any more; the lines on which such a line was wrapped are undone first."""
    lines, firsts = _fronts.behind_each_other(lines)
    found: list[model.LogLine] = []
    problems = [_on_one_line(line) for line in firsts]
    done = at = 0
    wrap = _Wrap.of(lines, raws)
    while at < len(lines):
        if not _tells(lines[at].text, shapes):
            at += 1
            continue
        first, last = _extent(lines, done, at, wrap, shapes)
        crowd = [line for line in lines[first:last] if not line.noise]
        whole = _one_line(crowd, raws)
        if not _crowded(whole.text, shapes):
            at = last
            continue
        found += (*lines[done:first], *(line for line in lines[first:last] if line.noise))
        found += _divided(whole, shapes)
        problems.append(_on_one_line(whole))
        done = at = last
    return [*found, *lines[done:]], tuple(problems)


_ON_ONE_LINE = "Several lines of the original stand on one line here, so where a remark, a heading or a window ends is not certain."
_SEPARATE = "Paste the text with its line ends."


def _on_one_line(line: model.LogLine) -> model.Problem:
    span = next(iter(line.spans(0, len(line.text))), None)
    return model.Problem("damaged", _ON_ONE_LINE, span, _SEPARATE)


@dataclass(frozen=True, slots=True)
class _Wrap:
    """Where each line ends, and how much the next one would have needed behind it; `width` is the most that lines hold."""

    ends: tuple[int, ...]
    needs: tuple[int, ...]
    width: int

    @staticmethod
    def of(lines: Sequence[model.LogLine], raws: Sequence[str]) -> _Wrap:
        """A word alone may be longer than all lines."""
        ends = tuple(_shapes.end_of(line, raws) for line in lines)
        wide = (end for line, end in zip(lines, ends, strict=True) if " " in line.text.strip())
        return _Wrap(ends, tuple(_first_word(line.text) for line in lines), max(wide, default=0))

    def goes_on(self, at: int, below: int) -> bool:
        """Whether what stands on the line below had no room at the end of this one, but for blanks that were left out there."""
        room = self.width - self.ends[at]
        return (
            1 + max(self.needs[below], _BLANKS_LEFT_OUT) > room and self.width >= _shapes.NARROWEST
        )


def _first_word(text: str) -> int:
    """Where the first word of a line ends."""
    found = _FIRST_WORD.match(text)
    return found.end() if found else 0


# Some terminals copy lines without the blanks at their ends.
_BLANKS_LEFT_OUT = 12
_FIRST_WORD = re.compile(r"[ \t]*[^ \t]+")


def _tells(text: str, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether a line shows that it may be one of a crowd: it holds several elements, or text behind an element."""
    for shape in shapes:
        if shape.needs not in text:
            continue
        if _crowded(text, (shape,)):
            return True
        end = shape.end(text) if _borders.starts_in(text, shape, 1) == [0] else None
        if end is not None and text[end:].strip():
            return True
    return False


def _extent(
    lines: Sequence[model.LogLine],
    done: int,
    at: int,
    wrap: _Wrap,
    shapes: Sequence[_shapes.Shape],
) -> tuple[int, int]:
    """The lines, not before `done`, over which the crowd that shows on lines[at] was wrapped: from, to."""
    crowded = _crowded(lines[at].text, shapes)
    last = at
    for below in range(at + 1, len(lines)):
        line = lines[below]
        if line.noise:
            continue
        rest = crowded and not _shapes.begins(line, shapes)
        if not line.text.strip() or not (rest or wrap.goes_on(last, below)):
            break
        last = below
    first = at
    for above in range(at - 1, done - 1, -1):
        line = lines[above]
        if line.noise:
            continue
        if not line.text.strip() or not wrap.goes_on(above, first):
            break
        first = above
    return first, last + 1


def _crowded(text: str, shapes: Sequence[_shapes.Shape]) -> bool:
    """Whether a line holds more than one element of a format."""
    return any(
        shape.needs in text
        and (len(_borders.starts_in(text, shape, 2)) > 1 or len(_borders.glued(text, shape, 2)) > 1)
        for shape in shapes
    )


def _one_line(lines: Sequence[model.LogLine], raws: Sequence[str]) -> model.LogLine:
    """Wrapped lines of a crowd as one: cut at a width they follow each other directly, but for blanks at their ends; wrapped at blanks with one between."""
    if len(lines) == 1:
        return lines[0]
    seen = [_shapes.end_of(line, raws) for line in lines[:-1]]
    width = max(seen)
    # A character of two columns had no room in the last one.
    wide = [_shapes.begins_wide(line, raws) for line in lines[1:]]
    ends = [min(end + one, width) for end, one in zip(seen, wide, strict=True)]
    full = 2 * ends.count(width) >= len(ends) and width - min(ends) <= _BLANKS_LEFT_OUT
    cut = full and width >= _shapes.NARROWEST
    parts = [lines[0]]
    for end, line in zip(ends, lines[1:], strict=True):
        blanks = width - end if cut else not parts[-1].text.endswith((" ", "\t"))
        if blanks:
            parts.append(model.LogLine(line.number, " " * blanks, ()))
        parts.append(line)
    return log.joined(parts)


def _divided(line: model.LogLine, shapes: Sequence[_shapes.Shape]) -> Iterator[model.LogLine]:
    """The lines that a crowded line was made of, as far as they can be told: by the prefix or the number that stood in front of each, by runs of blanks, by the elements themselves."""
    shape = max(shapes, key=lambda one: len(_borders.starts_in(line.text, one)))
    plain = _unquoted(_without_notes(_without_number(line, shape), shape), shape)
    rows = list(_with_columns(list(_rejoined(_rows(plain, shape), shape)), shape))
    for row in rows:
        starts = _borders.starts_in(row.text, shape, 2)
        before = row.text[: starts[0]] if starts else ""
        headed = before.strip() and not shape.begins.match(row.text[starts[0] :])
        if len(starts) > 1 or (headed and not before.endswith(_IN_ROW)):
            yield from _elements_apart(row, shape, below=row is not rows[-1])
        else:
            yield row


_NOTE = re.compile(
    r"\*\* (?:[0-9]{1,20} printk messages dropped|replaying previous printk message) \*\*[ \t]{0,8}"
    r"|(?<![^ \t])(?:Panic|Oops|Emergency|Shutdown|Unknown)#[0-9]{1,6} Part[0-9]{1,6}(?:[ \t]{1,8}|$)"
)


def _without_number(line: model.LogLine, shape: _shapes.Shape) -> model.LogLine:
    """The line without its own number directly in front of its first element, where no other element has one."""
    glued = _borders.glued(line.text, shape, 2)
    return log.part(line, glued[0][1]) if len(glued) == 1 and not glued[0][0] else line


def _without_notes(line: model.LogLine, shape: _shapes.Shape) -> model.LogLine:
    """The line without what consoles and recorders say about themselves, and without messages that were broken off and printed again."""
    text = line.text
    changes = []
    behind = 0  # the note before
    for note in _NOTE.finditer(text):
        start = note.start()
        low, behind = max(behind, start - _shapes.LONGEST), note.end()
        starts = [low + found for found in _borders.starts_in(text[low:start], shape)]
        if starts and text.startswith(text[starts[-1] : start].strip(), note.end()):
            start = starts[-1]
        changes.append((start, note.end(), ""))
    return log.respelled(line, changes) if changes else line


def _elements_apart(
    line: model.LogLine, shape: _shapes.Shape, *, below: bool
) -> Iterator[model.LogLine]:
    """The elements of a line, each alone; what stands before, between and behind them are lines, too.

    What encloses others and does not end here is left out, for nobody knows where it ends, unless it goes on `below`.
    """
    text = line.text
    done = 0
    for start, middle, end in _elements(text, shape):
        for low, high in ((done, start), (start, middle)):
            unended = shape.encloses.match(text, low) and shape.end(text[low:high]) is None
            unended = unended and not (below and high == len(text))
            if text[low:high].strip() and not log.is_prefix(text[low:high]) and not unended:
                yield log.part(line, low, high)
        done = middle if text[middle:end].strip() else end
    if text[done:].strip():
        yield log.part(line, done)


def _rows(line: model.LogLine, shape: _shapes.Shape) -> list[model.LogLine]:
    """The line parted where lines of the original began, and without what stood in front of these."""
    text = line.text
    found = []
    done = 0
    for end, start in [*_borders.between(text, shape), (len(text), len(text))]:
        if text[done:end].strip():
            found.append(log.part(line, done, end))
        done = start
    return [*_without_lead(found[0], shape), *found[1:]] if found else []


def _without_lead(line: model.LogLine, shape: _shapes.Shape) -> tuple[model.LogLine, ...]:
    """The first row with what stands before its only element, which goes to the row's end, as a line of its own; without numbers, bars and marks alone."""
    text = line.text
    starts = _borders.starts_in(text, shape, 2)
    if starts and not _WORD.search(text, 0, starts[0]):
        return (log.part(line, _indented(text, starts[0])),)
    if len(starts) != 1 or not text[: starts[0]].strip() or _CELL.search(text, 0, starts[0]):
        return (line,)
    end = shape.end(text[starts[0] :])
    if end is not None and text[starts[0] + end :].strip():
        return (line,)
    return log.part(line, 0, starts[0]), log.part(line, starts[0])


def _indented(text: str, start: int) -> int:
    """Where the indentation of what stands at text[start:] begins."""
    return len(text[:start].rstrip(" \t"))


def _rejoined(lines: Sequence[model.LogLine], shape: _shapes.Shape) -> Iterator[model.LogLine]:
    """Elements that went on in the next row, on one line again."""
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        for _ in range(_MOST_ROWS):
            if (
                at >= len(lines)
                or shape.encloses.match(line.text)
                or len(line.text) > _shapes.LONGEST
            ):
                break
            goes_on = shape.begins.match(line.text) and not shape.begins.match(lines[at].text)
            if (
                not goes_on
                or shape.end(line.text) is not None
                or _borders.starts_in(lines[at].text, shape, 1) == [0]
            ):
                break
            joint = shape.joint(line.text, lines[at].text, _shapes.Edge.NEAR)
            if joint is None:
                break
            line = log.joined((line, log.part(lines[at], joint.start)), joint.glue)
            at += 1
        yield line


def _with_columns(rows: Sequence[model.LogLine], shape: _shapes.Shape) -> Iterator[model.LogLine]:
    """An unfinished element alone among other text is a column of a table: it stays behind what is before it."""
    before: model.LogLine | None = None
    for at, row in enumerate(rows):
        if before is None:
            before = row
            continue
        following = rows[at + 1] if at + 1 < len(rows) else None
        alone = not any(one and shape.begins.match(one.text) for one in (before, following))
        if alone and shape.begins.match(row.text) and shape.end(row.text) is None:
            before = log.joined((before, row), " ")
            continue
        yield before
        before = row
    if before is not None:
        yield before


# An element that took more rows is none.
_MOST_ROWS = 64


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
    done = 0
    for start, border in pairwise([*starts, len(text)]):
        end = _without_prefix(text, start, border)
        own = shape.end(text[start:end])
        middle = end if own is None else start + own
        after = bool(_WORD.search(text, middle, end))
        if before and after and not shape.encloses.match(text, start):
            continue  # somebody writes about it: words stand on both sides
        if _CELL.search(text, done, start) and shape.begins.match(text, start):
            done = start
            continue  # a cell of a table
        found.append((start, middle, border if middle == end or not after else end))
        done = middle
        before = after
    return found


def _own_starts(text: str, shape: _shapes.Shape) -> list[int]:
    """Where elements begin that are not part of another one."""
    starts: list[int] = []
    free = 0
    for start in _borders.starts_in(text, shape):
        if start < free or (shape.encloses.match(text, start) and text[:start].endswith(_IN_ROW)):
            continue
        starts.append(start)
        if shape.encloses.match(text, start):
            end = shape.end(text[start : start + _shapes.LONGEST])
            free = start if end is None else start + end
    return starts


def _without_prefix(text: str, start: int, end: int) -> int:
    """Where an element ends behind which the prefix of the next line stands."""
    low = max(start, end - _borders.LONGEST_PREFIX)
    for found in _borders.BLANKS.finditer(text, low, end):
        if log.is_prefix(text[found.end() : end]):
            return found.start()
    return end
