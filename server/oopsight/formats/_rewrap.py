"""Lines of the kernel that a mailer or a terminal broke in two are put together again.

What belongs together only the rules know: a line that no rule claims, or of which a rule claims less than of both
together, is joined with the line below it when a rule then reads past the joint. The line below must be nothing for
itself, and the joint must lie where lines are broken. Where every line is claimed this costs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import log, model
from oopsight.formats import _format, _kinds, _shapes

Claim = Callable[[model.LogLine], "_format.Match | None"]
Claims = list["_format.Match | None"]

# Nobody breaks lines before this column, so a line and the first word of its rest are longer together.
_NARROW = 40
# Into so many lines one is broken at most, unless each of them is a part that the rules know.
_MOST_AT_ONCE = 3
# A list of modules goes on over many.
_MOST_LINES = 80
# What can begin an element of several numbers or places: worth a look at more than one line below.
_NUMBERS = re.compile(r"\[<?[0-9a-f]{8}|[:=] ?[0-9a-f]{8}|pstate|\b(?:pc|lr|epc|ra) : ")
# A line that ends here has not come to its end, whatever stands below.
_OPEN = re.compile(r"(?:\[<[0-9a-f]{8,16}>\](?:[ ]\?)?|\bfrom|\bat|[^\w \t)\]>.!?;'\"-])[ \t]*$")
_MODULE = r"[a-z0-9]\w{1,63}(?:\([A-Z+-]{1,8}\)|\+)?"
_MODULES = re.compile(
    rf"[ \t]{{0,40}}{_MODULE}(?:[ \t,]{{1,4}}{_MODULE}){{0,60}}[ \t,]{{0,4}}(?:\[last unloaded: .{{1,200}})?$",
    re.ASCII,
)
_UNLOADED = re.compile(r"[ \t]{0,40}(?:unloaded: .{1,200}|[\w:, .()+-]{1,200}\])$")
# The first row of a dump, broken at the blanks where nothing was printed.
_ROW_BEGUN = re.compile(r"[ \t]{0,16}[0-9a-f]{4,16}:[ \t]*$")
# Rows that can end with any of their numbers, and lines whose end is free text.
_ROWS = frozenset((_kinds.REGISTERS, _kinds.CODE, _kinds.MEMORY, _kinds.WORDS))
_FREE = frozenset((_kinds.FACT, _kinds.TITLE, _kinds.SUBTITLE))
# What a row can go on with: numbers, with or without the names of registers.
_NAME = r"[A-Za-z$]\w{0,6}"
_CELL = rf"(?:{_NAME}(?:[ ]?[:=])?[ ]{{1,3}})?[<(\[]{{0,2}}(?:[0-9a-f]{{4}}:)?(?:0x)?[0-9a-f]{{2,16}}[>)\]]{{0,2}}"
_CELLS = re.compile(
    rf"[ \t]{{0,40}}(?:[:=][ ]?)?{_CELL}(?:[ \t]{{1,16}}{_CELL}){{0,40}}(?:[ ]{{1,3}}{_NAME}[ ]?:?)?[ \t]{{0,40}}$",
    re.ASCII,
)
_NUMBER = re.compile(r"(?<!\w)[0-9a-f]{4,16}(?!\w)")
_UNITS = re.compile(
    r"[ \t]{0,40}(?:[<(]?[0-9a-f]{2,8}[>)]?[ \t]{1,4}){0,64}[<(]?[0-9a-f]{2,8}[>)]?[ \t]{0,40}$"
)
# Mailers break at the last blank before about this column, some at 66.
_MAIL = 60
# So many lines that end in one column do not do so by chance.
_SOME = 3
_TIME = 15  # columns of a printed time
_WORD = re.compile(r"\w{2}")
# Lines that nothing follows.
_WHOLE = frozenset((_kinds.END, _kinds.TRACE, _kinds.SAVED))
# Numbers alone may be a row of a dump as well as the rest of one.
_WEAK = frozenset((_kinds.WORDS, _kinds.FRAMES))


@dataclass(slots=True)
class _Strand:
    """The lines of one printer, and what is claimed of each."""

    lines: Sequence[model.LogLine]
    claims: Claims
    claim: Claim
    _wall: int | None = None

    def wall(self) -> int:
        """The column at which a terminal cut the lines: the widest, where several end there; 0 where none does."""
        if self._wall is None:
            ends = Counter(map(_end, self.lines))
            widest = max(ends, default=0)
            self._wall = widest if ends[widest] >= _SOME else 0
        return self._wall


def _end(line: model.LogLine) -> int:
    """The column at which a line ends: what kernels print takes one for each character."""
    return line.pieces[-1].end if line.pieces else 0


def rejoined(
    lines: Sequence[model.LogLine], claims: Claims, claim: Claim
) -> tuple[tuple[model.LogLine, ...], Claims]:
    """The lines of one printer with those that were broken in one piece, and what the rules claim of each."""
    strand = _Strand(lines, claims, claim)
    found: list[model.LogLine] = []
    claimed: Claims = []
    at = 0
    while at < len(lines):
        line, match = lines[at], claims[at]
        at += 1
        for _ in range(_MOST_LINES):
            taken = _longer(line, match, strand, at)
            if taken is None:
                break
            line, match, at = taken
        found.append(line)
        claimed.append(match)
    return tuple(found), claimed


def _longer(
    line: model.LogLine, match: _format.Match | None, strand: _Strand, at: int
) -> tuple[model.LogLine, _format.Match | None, int] | None:
    """The line with the rest of it that stands on lines[at], what is claimed of both, and the line behind the rest."""
    lines, whole = strand.lines, line
    most = 1
    for taken in range(at, min(at + _MOST_AT_ONCE, len(lines))):
        if taken >= at + most:
            return None
        below = lines[taken]
        if not _can_follow(whole, match, strand, taken):
            return None
        if taken == at and match is None and _NUMBERS.search(line.text):
            most = _MOST_AT_ONCE
        joint = len(whole.text.rstrip())
        full = _end(lines[taken - 1]) == strand.wall()
        whole = _joined(whole, below, full=full)
        # A list of modules has no end that a rule could know.
        if match is not None and match.kind == _kinds.MODULES:
            rest = _MODULES.match(below.text) or _UNLOADED.match(below.text)
            return (whole, strand.claim(whole), taken + 1) if rest else None
        both = strand.claim(whole)
        reads_on = both is not None and both.report and both.groups.end() > joint
        if both is not None and reads_on and _says_more(both, match, below, line):
            return whole, both, taken + 1
    return None


def _can_follow(line: model.LogLine, match: _format.Match | None, strand: _Strand, at: int) -> bool:
    """Whether lines[at] can be the rest of this line by its place."""
    below, own = strand.lines[at], strand.claims[at]
    if below.time is not None or below.noise or line.noise:
        return False
    if match is not None and (not match.report or match.kind in _WHOLE):
        return False
    if own is not None and not (match is None and (own.kind in _WEAK or _OPEN.search(line.text))):
        return False
    words = below.text.split(maxsplit=1)
    if not words or not line.text.strip() or len(line.text) > _shapes.LONGEST:
        return False
    if _ROW_BEGUN.match(line.text):
        return True
    return _end(strand.lines[at - 1]) + 1 + len(words[0]) >= _NARROW


def _joined(line: model.LogLine, below: model.LogLine, *, full: bool) -> model.LogLine:
    """Both as one line: a mailer breaks at a blank, a terminal at its last column."""
    start = len(below.text) - len(below.text.lstrip())
    if full and not start and not line.text.endswith((" ", "\t")):
        return log.joined((line, below))
    return log.joined((log.part(line, 0, len(line.text.rstrip())), log.part(below, start)), " ")


def _says_more(
    both: _format.Match, match: _format.Match | None, below: model.LogLine, line: model.LogLine
) -> bool:
    """Whether a rule reads more of the lines together than of the first alone."""
    if match is None:
        return True
    if both.kind != match.kind and both.kind in _ROWS:
        return False
    if both.kind == _kinds.CODE:
        return _UNITS.match(below.text) is not None
    if both.kind in _ROWS:
        return bool(_CELLS.match(below.text) and _NUMBER.search(below.text))
    if _filled(both) > _filled(match):
        return True
    # Free text goes on where the line below lacks the time that this one has.
    free = both.kind in _FREE and line.time is not None and both.kind == match.kind
    return free and len(line.text) >= _MAIL - _TIME and _WORD.search(below.text) is not None


def _filled(match: _format.Match) -> int:
    return sum(text is not None for text in match.groups.groups())
