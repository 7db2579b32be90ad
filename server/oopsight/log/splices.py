"""Lines of several printers in one line: a complete printk time in the middle begins a line of its own.

Consoles without a lock print a line wherever the other one stands. The interrupted line goes on below.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from oopsight import model
from oopsight.log import characters, ropes, stripping

# A printk time with what may stand before it at once; another clock may stand in its bracket.
_TIME = re.compile(
    # A bracket behind an escape begins a sequence that was interrupted.
    r"(?:<[0-9]{1,3}>)?(?:(?<!\x1b)(?<!\^\[)\[)?\[[ \t]{0,8}[0-9]{1,10}\.[0-9]{6}"
    r"(?:[^\[\]\n]{0,40})\](?! {0,2}[-,;=)\]])"
)
# How a line begins that has a time of its own.
_TIMED = re.compile(r"[ \t]{0,16}(?:<[0-9]{1,3}>)?\[{1,2}[ \t]{0,8}[0-9]{1,10}\.[0-9]{6}")
# What pages and people put before a line: it is no text of the line, and no other line was interrupted.
_PUT_BEFORE = re.compile(
    r"[ \t|>:*#\u2022]{0,40}(?:L?[0-9]{1,6}[:.]?[ \t]{0,8}|(?:[\w.-]{1,64} login|Password): ?)?$"
)
# Bars before a line are taken off all quoted lines together.
_BARRED = re.compile(r"[ \t]{0,16}\|")
# Dates and names before a time are no longer, and no shorter.
_RECORDED = 120
_SHORTEST = 8
_TIME_AND_PRINTER = 48
_NUMBER = re.compile(r"(?:\\ ){0,12}[0-9]{1,20}")
# What is put before lines is no longer.
_MOST_PUT_BEFORE = 400
# How pages write the end of a line, and what no printed line is longer than.
_BREAK = "<br"
_LONGEST = 4096
_WORD = re.compile(r"(?<=\s)\S")
# A line that was interrupted more often is none.
_MOST_PIECES = 64
# Terminals are no narrower; as many lines end at the edge of one.
_NARROWEST = 40
_CUT = 3
# So many lines of others stand between an interrupted line and its rest.
_MOST_BETWEEN = 8
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
    starts = [_recorded_from(text, found.start()) for found in _TIME.finditer(text)]
    if not starts or (starts == [0] and line.time is None):
        return (line,)
    if _BARRED.match(text) and _PUT_BEFORE.match(text[: starts[0]]):
        return (line,)
    ends = [*starts[1:], len(text)]
    found = [
        replace(ropes.part(line, start, end), time=None, caller=None, foreign=True)
        for start, end in zip(starts, ends, strict=True)
    ]
    if _PUT_BEFORE.match(text[: starts[0]]) and not _is_other(line, found[0]):
        found[0] = replace(found[0], foreign=False)
    else:
        found.insert(0, ropes.part(line, 0, starts[0]))
    return (*(replace(each, spliced=True) for each in found[:-1]), found[-1])


def _is_other(line: model.LogLine, printed: model.LogLine) -> bool:
    """Whether both say who printed them, and it is not the same one."""
    caller = stripping.end(printed.text[:_RECORDED])[2]
    return None not in (line.caller, caller) and line.caller != caller


def _recorded_from(text: str, start: int) -> int:
    """Where the prefixes begin that stand before a time: recorders put a date and a name there."""
    first = max(0, start - _RECORDED)
    for word in _WORD.finditer(text, first, start - _SHORTEST):
        at = word.start()
        if text[first:at].rstrip(" \t").endswith("["):
            continue  # within a time
        # With the printer behind the time: a prefix that names another one is the line's that was cut into.
        if at > first and stripping.end(text[at : start + _TIME_AND_PRINTER])[0] > start - at:
            return at
    return start


def restacked(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Lines in which a printer seems interrupted before its first character, but most of them have no rest below.

    Then both prefixes belong to one line: of a log that was printed, or logged, by another program.
    """
    empty: dict[int, tuple[str | None, str | None]] = {
        at: (line.caller, below.caller)
        for at, (line, below) in enumerate(itertools.pairwise(lines))
        if line.spliced and below.foreign and below.number == line.number
        if _PUT_BEFORE.match(line.text)
    }
    if not empty:
        return lines
    rests = Counter(callers for at, callers in empty.items() if _goes_on(lines, at))
    both = Counter(empty.values())
    empty = {at: pair for at, pair in empty.items() if rests[pair] * 2 <= both[pair]}
    logged = {
        stripping.stacked(inner, outer)
        for at, (outer, inner) in empty.items()
        if not lines[at].text.strip()
    }
    found: list[model.LogLine] = []
    for at, line in enumerate(lines):
        if at in empty:
            continue
        if at - 1 in empty:
            caller = stripping.stacked(line.caller, lines[at - 1].caller)
            # Behind a prompt it counts as behind nothing.
            known = not lines[at - 1].text.strip() or caller in logged
            found.append(replace(line, foreign=False, caller=caller if known else line.caller))
        else:
            found.append(line)
    return found


def _goes_on(lines: Sequence[model.LogLine], at: int) -> bool:
    """Whether the next line below, other than those printed into this one, prints no time."""
    number = lines[at].number
    below = next((line for line in lines[at + 1 : at + _MOST_PIECES] if line.number != number), None)  # fmt: skip
    return below is not None and below.time is None and below.text.strip() != ""


def rejoined(lines: Sequence[model.LogLine], raws: Sequence[str]) -> Sequence[model.LogLine]:
    """Interrupted lines with their rest, which stands below without a time; the same sequence where there is none.

    `raws` are all lines of the document: what looks like a prefix of the rest is its text.
    """
    if not any(line.spliced for line in lines):
        return lines
    edge, widest = _edges(lines, raws)
    found = list(lines)
    gone: set[int] = set()
    crowded = _is_crowded(lines)
    # Who was interrupted last goes on first.
    for at in sorted(range(len(found)), key=lambda at: (found[at].number, -at)):
        line = found[at]
        head = found[at - 1] if line.time is None and _is_led(found, at) else line
        cut = line.spliced and head.time is not None and len(line.pieces) < _MOST_PIECES
        below = _rest(found, at, head, (edge, widest), raws, crowded=crowded) if cut else None
        if below is not None:
            # The rest may have been interrupted in turn: its own rest is looked for when it is come to.
            rest = _bare(found[below], head, raws) or found[below]
            found[below] = replace(ropes.joined((line, rest)), spliced=found[below].spliced)
            gone.add(at)
            _take_rests(found, at + 1, below)
    if not gone:
        return lines
    return sorted((line for at, line in enumerate(found) if at not in gone), key=place)


def _take_rests(lines: list[model.LogLine], first: int, last: int) -> None:
    """Give the wrapped rests of lines that were printed into another one to their printers."""
    for at in range(first + 1, last):
        line, above = lines[at], lines[at - 1]
        if line.time is None and line.caller is None and above.foreign and above.caller:
            lines[at] = replace(line, caller=above.caller, foreign=True)


def _is_led(lines: Sequence[model.LogLine], at: int) -> bool:
    """Whether the prefix of a line stands alone on the line above, where a mailer broke behind it."""
    above = lines[at - 1] if at else None
    return above is not None and above.time is not None and not above.text.strip()


def place(line: model.LogLine) -> tuple[int, int]:
    """Where a line begins in the document."""
    return line.number, line.pieces[0].start if line.pieces else 0


def _is_crowded(lines: Sequence[model.LogLine]) -> bool:
    """Whether most lines seem to be printed into one of their own printer: then they were put behind each other."""
    own = sum(
        line.foreign and line.caller == above.caller is not None
        for above, line in itertools.pairwise(lines)
    )
    return own * 2 > sum(line.time is not None for line in lines)


def _rest(
    lines: Sequence[model.LogLine],
    at: int,
    head: model.LogLine,
    edges: tuple[int, int],
    raws: Sequence[str],
    *,
    crowded: bool,
) -> int | None:
    """Where the rest of an interrupted line stands: below lines of other printers, without a time of its own.

    `head` is the line with its prefix.
    """

    def has_rest(below: int) -> bool:
        return is_bare(below) and lines[below].text.strip() != ""

    def goes_on(below: int) -> bool:
        # A wrapped line's rest stands on the next line of the document.
        return has_rest(below) and lines[below].number != lines[below - 1].number

    def is_bare(below: int) -> bool:
        if below >= len(lines):
            return False
        line = lines[below]
        untimed = line.time is None and line.caller is None
        return untimed or _bare(line, head, raws) is not None

    edge, widest = edges
    wrapped = False  # the line above reaches the edge where lines were cut, and goes on here
    for below in range(at + 1, min(len(lines), at + 1 + _MOST_BETWEEN)):
        line = lines[below]
        if is_bare(below):
            if not (wrapped and goes_on(below + 1)):
                return below if line.text.strip() and not line.noise else None
        elif (crowded or not line.foreign) and line.caller in (None, head.caller):
            return None
        wrapped = _end(line, raws) == edge
        if not wrapped and line.foreign and goes_on(below + 1) and goes_on(below + 2):
            # Both its own rest and that of the interrupted line stand below, if it had no room for its next word.
            wrapped = _end(line, raws) + 1 + _first_word(lines[below + 1]) > widest >= _NARROWEST
    return None


def _first_word(line: model.LogLine) -> int:
    return len(line.text.split(maxsplit=1)[0]) if line.text.strip() else 0


def _bare(line: model.LogLine, head: model.LogLine, raws: Sequence[str]) -> model.LogLine | None:
    """A line that has no time of its own, behind only what was put before all lines later; None for another one.

    What was put before the interrupted line, up to its time, is told from it; its numbers may differ.
    """
    if line.foreign or len({piece.line for piece in line.pieces}) != 1:
        return None
    whole, above = _plain(line, raws), _plain(head, raws)
    first = min(_index(above, head), _MOST_PUT_BEFORE)
    # The level before a time may have been put there with it, or later before all lines.
    times = [
        start
        for found in _TIME.finditer(above.text, 0, first)
        for start in sorted({found.start(), above.text.index("[", found.start())})
    ]
    for start in reversed(times):
        put_before = _like(above.text[:start]).match(whole.text)
        if put_before is None:
            continue
        end = put_before.end()
        if _TIMED.match(whole.text, end) or not whole.text[end:].strip():
            return None
        if _index(whole, line) == end:
            return line  # as it stands, and decoded
        other = _TIME.search(whole.text, end) if line.spliced else None
        return ropes.part(whole, end, _recorded_from(whole.text, other.start()) if other else None)
    return None


def _plain(line: model.LogLine, raws: Sequence[str]) -> model.LogLine:
    """The printed line in which a line begins, with plain characters; pages print several into one line."""
    raw = raws[line.number]
    at = line.pieces[0].start if line.pieces else 0
    above = raw.rfind(_BREAK, max(0, at - _LONGEST), at)
    start = raw.find(">", above, at) + 1 if above >= 0 else max(0, at - _LONGEST)
    end = raw.find(_BREAK, at, at + _LONGEST)
    whole = ropes.whole(line.number, raw)
    return characters.mend(ropes.part(whole, start, end if end >= 0 else at + _LONGEST))[0]


def _index(whole: model.LogLine, part: model.LogLine) -> int:
    """Where in a line its part begins."""
    column = part.pieces[0].start if part.pieces else 0
    for piece in whole.pieces:
        if piece.start <= column <= piece.end:
            return piece.at + min(column - piece.start, piece.length)
    return len(whole.text)


@functools.lru_cache(256)
def _like(text: str) -> re.Pattern[str]:
    """Matches a text that differs from this one in its numbers only."""
    return re.compile(_NUMBER.sub(r" {0,12}[0-9]{1,20}", re.escape(text)))


def _edges(lines: Sequence[model.LogLine], raws: Sequence[str]) -> tuple[int, int]:
    """The column at which lines were cut, -1 if none is known: the widest one, if several end there; and that one."""
    ends = [_end(line, raws) for line in lines]
    widest = max(ends, default=0)
    return widest if widest >= _NARROWEST and ends.count(widest) >= _CUT else -1, widest


def _end(line: model.LogLine, raws: Sequence[str]) -> int:
    """The column of a terminal at which a line ends."""
    if not line.pieces:
        return 0
    shown = raws[line.pieces[-1].line][: line.pieces[-1].end]
    return len(shown) if shown.isascii() else len(shown) + characters.wide_in(shown)
