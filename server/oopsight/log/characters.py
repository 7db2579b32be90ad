"""Characters that transport put into a text, or put in the place of others.

Terminals leave control sequences, input methods and word processors their own blanks, dashes and bars. What shows
nothing is taken away; what stands for a plain character becomes that character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from oopsight import model
from oopsight.log import ropes

_BLANKS = "\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63"
_BARS = "\u00a6\u01c0\u2223\u2502\u2503\u2506\u250a\u2551"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033"

# One character for one, so that nothing moves. Tabs stay: they are no damage.
SPELLED_SO = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(_BLANKS, " ")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_BARS, "|")
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
)
# Word processors make the long dash of two or three short ones, never of one.
_LONGER = {
    "\u2014": "--",
    "\u2015": "--",
    "\u2026": "...",
    "\u2190": "<-",
    "\u2192": "->",
    "\u21d0": "<=",
    "\u21d2": "=>",
    "\ufe58": "--",
}

# Soft hyphens, joiners, marks of direction and byte order: Unicode's format characters, and variation selectors.
_UNSEEN = "".join(
    chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) == "Cf"
) + "".join(chr(code) for code in range(0xFE00, 0xFE10))
# Escape, as it is and as tools write it out: caret notation, C, a system log's octal, the symbol, code page 437.
_ESCAPE = r"(?:\x1b|\^\[|\\x1[bB]|\\0?33|\\e|\\u001[bB]|#033|\u241b|\u2190)"
# SGR whose escape was lost. A single number may be a duration or an index (`[5m 3s]`): then a bracket closes soon.
_BARE = (
    r"\[(?:0|[0-9]{1,3}(?:;[0-9]{1,3}){1,5})m"
    r"|\[(?:0?[1-57]|2[1-9]|[39][0-7]|4[0-79]|39|10[0-7])m(?![^\[\]]{0,12}\])"
    r"|\[m(?![\w.\]])(?! {0,2}\])"
)
# ECMA-48: CSI, parameters, intermediates, final byte; no sequence that prints ends with a bracket.
_CSI = rf"(?:{_ESCAPE}\[|\x9b)[=>?]?[0-9:;]{{0,64}}[ !\"$']{{0,2}}[@-Z\\-~]"
_NOTHING = (
    _CSI,
    # OSC, DCS, SOS, PM, APC: a string up to BEL or ST.
    r"\x1b[\]PX^_][^\x00-\x1f\x7f]{0,512}(?:\x07|\x1b\\)",
    r"\x1b[()*+][0-9A-Za-z]",
    r"\x1b[=>78]",
    rf"(?<!=1B)(?:{_BARE})",
    # An escape before a tag begins a sequence in which a page coloured the numbers; one that was interrupted goes on.
    rf"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f{_UNSEEN}]|\x1b(?![\[\]]?[<&]|\[\[)",
    r"(?:\^M|#015)(?![A-Za-z0-9_])",
    # The rest of its sequence stands on the next line.
    r"\^\[$",
    # Bytes of a noisy line that are no text, behind it.
    r"(?<=[^*][ \t])\ufffd{1,8}[ \t]{0,8}$",
)
_ODD = re.compile(
    rf"(?P<nothing>{'|'.join(_NOTHING)})"
    r"|(?P<times>(?<=0)[\u00d7\u2715\u2716\u2a2f](?=[0-9A-Fa-f]))"
    rf"|[{''.join(_LONGER)}]"
)
_BARE_SOMEWHERE = re.compile(_BARE)


def wide_in(text: str) -> int:
    """How many characters of East Asia take two columns of a terminal."""
    return sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def is_suspect(text: str) -> bool:
    """Whether there may be something to mend; quick, and never False where there is."""
    return (
        not text.isascii()
        or not text.replace("\t", "").isprintable()
        or "^" in text
        or "\\" in text
        or "#0" in text
        or ("m" in text and _BARE_SOMEWHERE.search(text) is not None)
    )


def mend(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line with plain characters, and without those that show nothing."""
    line = ropes.translated(line, SPELLED_SO)
    changes = [(m.start(), m.end(), _instead(m)) for m in _ODD.finditer(line.text)]
    return (ropes.respelled(line, changes),) if changes else (line,)


def _instead(found: re.Match[str]) -> str:
    if found.lastgroup == "nothing":
        return ""
    return "x" if found.lastgroup == "times" else _LONGER[found.group()]


# The beginning of a sequence at the end of a line: no more of it is looked at, and of the line below.
_BEGUN = re.compile(r"(?:[\x1b^\[]|\\x1[bB]|\\0?33|#033)[\[0-9;]{0,16}$")
_LEFT = 24
_SEQUENCE = re.compile(rf"{_CSI}|{_BARE}")


def has_broken_sequences(texts: Sequence[str]) -> bool:
    """Whether there may be control sequences that a wrap broke in two."""
    return any(_BEGUN.search(text, max(0, len(text) - _LEFT)) for text in texts)


def without_broken_sequences(
    lines: Sequence[model.LogLine], bare: Callable[[model.LogLine], tuple[model.LogLine, ...]]
) -> Sequence[model.LogLine]:
    """Lines that end within a control sequence, with the line on which it ends; `bare` takes it away."""
    found: list[model.LogLine] = []
    changed = False
    for line in lines:
        if found and _goes_on(found[-1].text, line.text):
            found[-1:] = bare(ropes.joined((found[-1], line)))
            changed = True
        else:
            found.append(line)
    return found if changed else lines


def without_begun(text: str) -> str:
    """A text without the control sequence within which it ends."""
    begun = _BEGUN.search(text, max(0, len(text) - _LEFT))
    return text[: begun.start()] if begun else text


def _goes_on(text: str, rest: str) -> bool:
    """Whether the control sequence within which a text ends goes on with the other one."""
    begun = _BEGUN.search(text, max(0, len(text) - _LEFT))
    whole = _SEQUENCE.match(begun.group() + rest[:_LEFT]) if begun else None
    return begun is not None and whole is not None and whole.end() > len(begun.group())
