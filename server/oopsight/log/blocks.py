"""Damage that shows only in several lines: blank lines between all, quote bars, running numbers.

Each is told by evidence in the lines around; where there is none, the lines stay as they are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.log import characters, ropes, stripping

# Nobody quotes deeper.
_DEEPEST = 32

# --- blank lines ------------------------------------------------------------------------------------------------------

# A terminal's or mailer's edge is further right than this; a line that reaches so far may go on below.
_WIDE = 60
# So many lines of a text may follow each other where blank lines were put between all: wrapped ones, inserted ones.
_WRAPPED = 4
# Of the groups between blank lines so many hundredths are one line each, at least.
_MOSTLY = 60


def has_blanks(texts: Sequence[str]) -> bool:
    """Whether there are blank lines enough to look at."""
    return sum(not text or text.isspace() for text in texts) > 1


def without_blanks(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Without the blank lines between all lines of a stretch; of a real blank line there, one is left."""
    groups = list(_groups(lines))
    drop: set[int] = set()
    stretch: list[tuple[int, int]] = []
    for group in (*groups, None):
        if group is not None and _may_be_one(lines[group[0] : group[1]]):
            stretch.append(group)
            continue
        if _is_spread(stretch, len(stretch) == len(groups), lines):
            for (_, end), (start, _) in itertools.pairwise(stretch):
                # Doubled, a real blank line is three.
                drop.update(range(end, start - (start - end) // 2))
        stretch = []
    return [line for at, line in enumerate(lines) if at not in drop] if drop else lines


def _groups(lines: Sequence[model.LogLine]) -> Iterator[tuple[int, int]]:
    """Where groups of lines without a blank one between begin and end."""
    start: int | None = None
    for at, line in enumerate(lines):
        blank = not line.noise and not line.text.strip() and not _leads(lines, at)
        if blank and start is not None:
            yield start, at
        start = None if blank else at if start is None else start
    if start is not None:
        yield start, len(lines)


def _leads(lines: Sequence[model.LogLine], at: int) -> bool:
    """Whether a line is a prefix that was broken off its text, which stands below without one."""
    below = lines[at + 1] if lines[at].time is not None and at + 1 < len(lines) else None
    return below is not None and below.time is None and below.text.strip() != ""


def _may_be_one(group: Sequence[model.LogLine]) -> bool:
    return len(group) <= 2 or (len(group) <= _WRAPPED and _is_one(group))


def _is_one(group: Sequence[model.LogLine]) -> bool:
    """Whether a group is one line, as it stands or wrapped."""
    return all(line.pieces and line.pieces[-1].end >= _WIDE for line in group[:-1])


def _is_spread(
    stretch: Sequence[tuple[int, int]], is_all: bool, lines: Sequence[model.LogLine]
) -> bool:
    if len(stretch) < (3 if is_all else 4):
        return False
    single = sum(_is_one(lines[start:end]) for start, end in stretch)
    return single * 100 >= _MOSTLY * len(stretch)


# --- quote bars -------------------------------------------------------------------------------------------------------

# What stands at the first column of a listing of source code; and tags, which go first.
_SOURCE = re.compile(r"[#{}<&]|//|/\*|\w{1,64}:$")
_BREAK = re.compile(r"<br[ \t/]{0,3}>")
# An empty line of a page.
_EMPTY_ROW = re.compile(r"[ \t]{0,16}<br[ \t/]{0,3}>[ \t]{0,16}$")
# The mark, indented with a text that was pasted as code.
_MARK = re.compile(r"([ \t]{0,16}\|)")
# No mailer breaks lines before this column.
_NARROW_MAIL = 60


def has_bars(texts: Sequence[str]) -> bool:
    """Whether a line begins with a bar."""
    return any("|" in text and text.lstrip(" \t")[:1] == "|" for text in texts)


def without_bars(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Without the bars by which some mailers quote.

    A listing whose lines are all indented behind the bar is none: that is how debuggers print what belongs to a frame.
    """
    found: list[model.LogLine] = []
    start = 0
    changed = False
    texts = sum(not line.noise and line.text.strip() != "" for line in lines)
    while start < len(lines):
        mark = _MARK.match(lines[start].text)
        if not mark:
            found.append(lines[start])
            start += 1
            continue
        end = start + 1
        while end < len(lines) and (
            lines[end].text.startswith(mark[1])
            or stripping.is_noise(lines[end].text, 0)
            or _EMPTY_ROW.match(lines[end].text)
            or _is_rest(lines, end, mark[1])
        ):
            end += 1
        # Neither noise nor the rests of wrapped lines have bars.
        barred = [line.text.startswith(mark[1]) for line in lines[start:end]]
        run = lines[start:end]
        above = lines[start - 1].text if start else ""
        for _ in range(_DEEPEST):
            quoted = [line.text for line, bar in zip(run, barred, strict=True) if bar]
            if not _is_quoted(quoted, mark[1], above, texts):
                break
            run = [
                ropes.part(line, _mark_end(line.text, mark[1])) if bar else line
                for line, bar in zip(run, barred, strict=True)
            ]
            mark = _MARK.match(run[0].text) or mark
            changed = True
        found += run
        start = end
    return found if changed else lines


def _mark_end(text: str, mark: str) -> int:
    end = len(mark)
    # Beside a soft break characters are not mended yet.
    behind = text[end : end + 1].translate(characters.SPELLED_SO)
    return end + 1 if behind in (" ", "\t") else end


def _is_rest(lines: Sequence[model.LogLine], at: int, mark: str) -> bool:
    """Whether lines[at] is the rest of the quoted line above, which had no room for its first word."""
    if at + 1 >= len(lines) or not lines[at - 1].text.startswith(mark):
        return False
    words, above = lines[at].text.split(maxsplit=1), lines[at - 1].pieces
    if not words or not above or "|" in lines[at].text:
        return False
    return above[-1].end + 1 + len(words[0]) >= _NARROW_MAIL


def _is_quoted(run: Sequence[str], mark: str, above: str, most_lines: int) -> bool:
    """Whether the run is quoted; `above` is the line before it, `most_lines` how many lines with text there are."""
    texts = [text for text in run if not stripping.is_noise(text, 0)]
    if not all(text.startswith(mark) for text in texts):
        return False
    if len(texts) < min(2, most_lines):
        return False
    if len(texts) == 1 and any(rest.startswith(mark) for rest in _BREAK.split(texts[0])[1:]):
        return False  # the lines of a page are parted first
    rows = sum(
        text.count("|") > 2 and text.rstrip().endswith("|") and text.strip("| \t") != ""
        for text in texts
    )
    if rows * 2 >= len(texts):
        return False  # a table
    if above.endswith("="):
        return False  # broken before a bar
    hangs = above.strip() != ""
    if not hangs and mark == "|":
        return True  # a listing hangs below a line of its own
    if hangs and mark != "|":
        return False
    # Below a line with a bar of its own, rows may have lost their indentation and all blanks but one.
    most = 0 if "|" in above else 1
    rests = [text[len(mark) :] for text in texts]
    return any(_indentation(rest) <= most and not _SOURCE.match(rest) for rest in rests)


def _indentation(text: str) -> int:
    """Blanks in front of a text; a line without text is as far in as can be."""
    bare = text.lstrip()
    return len(text) - len(bare) if bare else len(text) + 2


# --- running numbers --------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[ \t]{0,8}(?P<sign>L?)(?P<digits>[0-9]{1,7})(?P<mark>[:.)]?)")
_CODE = re.compile(r"[;{}][ \t]{0,8}$|[;{}][ \t]{0,8}/[/*]|^[ \t]{0,8}(?:#|//|/\*)")
# So many lines that count up are a coincidence; a line without number between may be a wrapped one's rest.
_IN_A_ROW = 3
_GLUED_IN_A_ROW = 4
_IN_ALL = 5
_BETWEEN = 2


@dataclass(slots=True)
class _Count:
    """Lines that count up: which, and where their numbers end; `first` and `number` are the first and the last of them."""

    sign: str
    mark: str
    glued: bool
    first: int
    number: int
    ends: dict[int, int]
    last: int = -1


def has_numbers(texts: Sequence[str]) -> bool:
    """Whether lines enough begin with a number."""
    return sum(text.lstrip(" \tL")[:1].isdigit() for text in texts) >= _IN_A_ROW


def without_numbers(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Without the numbers that pages and editors show in front of every line.

    Numbers before a bar are a debugger's own: frames that lost their dash.
    """
    texts = [line.text for line in lines]
    ends: dict[int, int] = {}
    styles: set[tuple[str, str, bool]] = set()
    at = 0
    while at < len(texts):
        counts = _counts(texts, at)
        for count in counts:
            style = (count.sign, count.mark, count.glued)
            if _is_running(count, texts, known=style in styles):
                styles.add(style)
                ends.update(_with_blanks(count, texts))
                break
        # A count that proves nothing is not tried again from each of its lines.
        at = max((count.last for count in counts[:1]), default=at) + 1
    if not ends:
        return lines
    return [ropes.part(line, ends[at]) if at in ends else line for at, line in enumerate(lines)]


def _counts(texts: Sequence[str], first: int) -> list[_Count]:
    """How the lines may count up from a line on; a number that is glued to its text may end before its last digit."""
    found = _NUMBER.match(texts[first])
    if not found:
        return []
    counts = [_count(texts, first, found, found["digits"], found["mark"])]
    if len(counts[0].ends) < _GLUED_IN_A_ROW:
        for width in range(len(found["digits"]) - 1, 0, -1):
            count = _count(texts, first, found, found["digits"][:width], "")
            if len(count.ends) >= _GLUED_IN_A_ROW:
                return [count]
    return counts


def _count(
    texts: Sequence[str], first: int, found: re.Match[str], digits: str, mark: str
) -> _Count:
    """The lines that count up from a line on, one line after the other."""
    number = int(digits)
    count = _Count(found["sign"], mark, False, number, number, {})
    _take(count, first, number, found.start("digits") + len(digits) + len(mark), texts[first])
    at = first + 1
    while at < len(texts) and at - count.last <= _BETWEEN + 1:
        # The lines between had no numbers, or theirs are gone with a prefix.
        for passed in sorted({1, at - count.last}):
            end = _next_end(texts[at], count, count.number + passed, len(digits))
            if end is not None:
                _take(count, at, count.number + passed, end, texts[at])
                break
        at += 1
    return count


def _take(count: _Count, at: int, number: int, end: int, text: str) -> None:
    count.ends[at] = end
    count.last = at
    count.number = number
    count.glued = count.glued or not (
        count.mark or text[end : end + 1].isspace() or end == len(text)
    )


def _next_end(text: str, count: _Count, following: int, width: int) -> int | None:
    """Where the number that follows ends at the start of a line, None where another text stands."""
    digits = str(following)
    bare = text.lstrip(" \t")
    indent = len(text) - len(bare)
    for written in (digits, digits.zfill(width)):
        number = count.sign + written + count.mark
        if bare.startswith(number):
            longer = not count.mark and bare[len(number) : len(number) + 1].isdigit()
            return None if longer and not count.glued else indent + len(number)
    return None


def _is_running(count: _Count, texts: Sequence[str], *, known: bool) -> bool:
    if count.mark and count.first == 0:
        return False  # interrupts, CPUs and members of arrays are counted from 0
    in_a_row = 1
    longest = 1
    for at in sorted(count.ends)[1:]:
        in_a_row = in_a_row + 1 if at - 1 in count.ends else 1
        longest = max(longest, in_a_row)
    enough = longest >= (_GLUED_IN_A_ROW if count.glued else _IN_A_ROW)
    enough = enough or (not count.glued and len(count.ends) >= (2 if known else _IN_ALL))
    rests = [texts[at][end:] for at, end in count.ends.items()]
    frames = not count.mark and _are_frames(rests)
    return enough and not frames and not (count.glued and _is_listing(rests))


_BAR = re.compile(r" {0,4}\|")


def _are_frames(rests: Sequence[str]) -> bool:
    """Whether the numbers stand before a bar each; a numbered text that is quoted by bars has more of them."""
    before_bars = all(_BAR.match(rest) for rest in rests)
    return before_bars and sum(rest.count("|") > 1 for rest in rests) * 2 < len(rests)


def _is_listing(rests: Sequence[str]) -> bool:
    """Whether the lines are source code, whose glued numbers tell that it is a listing."""
    written = [rest for rest in rests if rest.strip()]
    return sum(bool(_CODE.search(rest)) for rest in written) * 2 >= len(written)


def _with_blanks(count: _Count, texts: Sequence[str]) -> dict[int, int]:
    """Where the numbers end with the blanks that belong to them: a tab, or what all lines have, two at most."""
    rests = {at: texts[at][end:] for at, end in count.ends.items()}
    written = [rest for rest in rests.values() if rest.strip()]
    common = min((len(rest) - len(rest.lstrip(" ")) for rest in written), default=0)
    return {
        at: count.ends[at] + (1 if rest.startswith("\t") else min(common, 2, len(rest)))
        for at, rest in rests.items()
    }


# --- messages that are printed again ----------------------------------------------------------------------------------

# A message has no more lines.
_LONGEST_MESSAGE = 64
_AGAIN = re.compile(r"[ \t]{0,16}\*\* replaying previous printk message \*\*")


def has_replays(texts: Sequence[str]) -> bool:
    """Whether the console says that it prints a message again."""
    return any("** replaying" in text for text in texts)


def without_replays(lines: Sequence[model.LogLine]) -> Sequence[model.LogLine]:
    """Without what was broken off before it is printed again in full: a message, of several lines where a page has them."""
    written = [
        at
        for at, line in enumerate(lines)
        if line.text.strip() and (not line.noise or "** replaying" in line.text)
    ]
    texts = [characters.without_begun(lines[at].text).rstrip() for at in written]
    gone: set[int] = set()
    for note, text in enumerate(texts):
        if _AGAIN.match(text):
            most = min(note, _LONGEST_MESSAGE, len(texts) - note - 1)
            again = (count for count in range(1, most + 1) if _is_again(texts, note, count))
            count = next(again, 0)
            gone.update(written[note - count : note])
    return [line for at, line in enumerate(lines) if at not in gone] if gone else lines


def _is_again(texts: Sequence[str], note: int, count: int) -> bool:
    """Whether so many lines above the note stand below it again, the last one in full."""
    *above, broken_off = texts[note - count : note]
    *below, full = texts[note + 1 : note + 1 + count]
    if not full.startswith(broken_off):
        # The first character of what was copied may be missing.
        return count == 1 and len(broken_off) > 1 and full[1:].startswith(broken_off)
    return above == below
