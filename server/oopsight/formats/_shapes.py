"""What putting broken elements together again must know of a format: its `Shape`; and where lines of a text end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from oopsight import model

# An element that is longer is none.
LONGEST = 8192
# No terminal is narrower.
NARROWEST = 40


class Edge(Enum):
    """How near to the place where lines of the text end a line comes."""

    FAR = 0
    NEAR = 1  # the next line's first word had no room behind it
    BARE = 2  # and it lacks what stands in front of all lines: only a rest does
    FULL = 3  # it ends at the widest column
    CUT = 4  # another CPU cut in, or the line below is bare, too


@dataclass(frozen=True, slots=True)
class Joint:
    """How a line goes on with an element.

    `start` is where in the line the rest begins (a debugger repeats the frame's number), `glue` stands between,
    `surely`: by its form alone the line can be nothing else. `inside`: it is a rest only if the stack goes on below it.
    `within`: the break stands within a mark, so that the rest looks as if an element began there.
    """

    glue: str
    start: int = 0
    surely: bool = False
    inside: bool = False
    within: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What unwrapping must know of a format.

    On a line without `needs` no frame begins; looking for it first saves much time. `begins` matches a line on which an element begins, at its first character; `begun` one that
    holds nothing but the first half of what marks an element; `inner` finds where elements begin on
    a line that holds several. What `encloses` matches goes on to its own end, whatever seems to begin in it. `end` is where an element's own text ends, None while it is not finished. `joint` says
    how a line goes on with an unfinished or finished element, None when it does not; its last argument tells whether
    the element stands at the edge where lines end.
    """

    needs: str
    begins: re.Pattern[str]
    begun: re.Pattern[str]
    inner: re.Pattern[str]
    encloses: re.Pattern[str]
    end: Callable[[str], int | None]
    joint: Callable[[str, str, Edge], Joint | None]


def begins(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    return any(shape.begins.match(line.text) for shape in shapes)


# What takes no room on a terminal; and what shows nothing, but counts where a mailer breaks lines.
_COLOUR = re.compile(r"\x1b\[[0-9;:]{0,64}[A-Za-z]")
_UNSEEN = re.compile(
    r"(?:\x1b|\^\[)?\[[0-9;]{0,16}m|\x1b\[[0-9;]{0,16}K|</?[A-Za-z][^<>]{0,200}>"
    # Tags that were escaped.
    r"|&(?:amp;)?lt;/?[A-Za-z][^<>&]{0,200}&(?:amp;)?gt;"
)
_WORD = re.compile(r"\s*\S{1,400}")


# Further right nothing is wrapped: a text that has no line ends at all would be looked through for each of its parts.
_FAR = 2000


def end_of(line: model.LogLine, raws: Sequence[str]) -> int:
    """The column of a terminal at which a line ends: characters of East Asia take two, colours none."""
    if not line.pieces:
        return 0
    last = line.pieces[-1]
    shown = raws[last.line][: last.end]
    if "\x1b" in shown:
        shown = _COLOUR.sub("", shown)
    if shown.isascii():
        return len(shown)
    return len(shown) + sum(unicodedata.east_asian_width(character) in "WF" for character in shown)


def begins_wide(line: model.LogLine, raws: Sequence[str]) -> bool:
    """Whether the first character of a line takes two columns of a terminal."""
    first = line.pieces[0] if line.pieces else None
    character = raws[first.line][first.start : first.start + 1] if first else ""
    return not character.isascii() and unicodedata.east_asian_width(character) in "WF"


def last_of(line: model.LogLine, raws: Sequence[str]) -> int:
    """The column at which a line ends as a mailer counts: with tags and colours, also those behind it."""
    if not line.pieces:
        return 0
    last = line.pieces[-1]
    behind = raws[last.line][last.end : last.end + _FAR]
    return last.end + (len(behind) if behind and not _UNSEEN.sub("", behind).strip() else 0)


def begin_of(line: model.LogLine, raws: Sequence[str]) -> int:
    """How much stands in front of a line, but for tags and colours."""
    first = line.pieces[0]
    if not 0 < first.start < _FAR:
        return first.start
    return len(_UNSEEN.sub("", raws[first.line][: first.start]))


def first_word(line: model.LogLine, raws: Sequence[str]) -> int:
    """How long the first word of a line is as a mailer counts: a tag may be part of it."""
    words = line.text.split(maxsplit=1)
    first = line.pieces[0] if line.pieces else None
    if not words or first is None:
        return 0
    raw = raws[first.line]
    near = first.start < _FAR
    seen = _WORD.match(raw) if near and _UNSEEN.search(raw, 0, first.start + 400) else None
    return max(len(words[0]), seen.end() if seen else 0)


# Mailers break lines between these columns.
_MAIL = (72, 80)


def was_coloured(line: model.LogLine, following: model.LogLine, raws: Sequence[str]) -> bool:
    """Whether a mailer broke a line that only tags and colours made too long for it."""
    last = last_of(line, raws)
    if not line.pieces or last > _MAIL[1] or last + 1 + first_word(following, raws) <= _MAIL[0]:
        return False
    return _UNSEEN.search(raws[line.pieces[-1].line]) is not None
