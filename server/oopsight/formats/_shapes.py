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
    """

    glue: str
    start: int = 0
    surely: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What unwrapping must know of a format.

    On a line without `needs` no frame begins; looking for it first saves much time. `begins` matches a line on which an element begins, at its first character; `inner` finds where elements begin on
    a line that holds several. What `encloses` matches goes on to its own end, whatever seems to begin in it. `end` is where an element's own text ends, None while it is not finished. `joint` says
    how a line goes on with an unfinished or finished element, None when it does not; its last argument tells whether
    the element stands at the edge where lines end.
    """

    needs: str
    begins: re.Pattern[str]
    inner: re.Pattern[str]
    encloses: re.Pattern[str]
    end: Callable[[str], int | None]
    joint: Callable[[str, str, Edge], Joint | None]


def begins(line: model.LogLine, shapes: Sequence[Shape]) -> bool:
    return any(shape.begins.match(line.text) for shape in shapes)


def end_of(line: model.LogLine) -> int:
    """The column of a terminal at which a line ends: characters of East Asia take two."""
    end = line.pieces[-1].end if line.pieces else 0
    if line.text.isascii():
        return end
    return end + sum(unicodedata.east_asian_width(character) in "WF" for character in line.text)
