"""How TRACE32 writes the lines of a stack, and what of them can stand on the next line.

A frame's line is `-NNN|place(arguments)`; between frames stand markers (`-->|exception`) and rows of locals and source
(`    |  name = value`). Trackers and people lose dashes, double them and put blanks around the bar.
"""

from __future__ import annotations

import re

from oopsight.formats import _arguments, _shapes

# A name as compilers, linkers and languages other than C write it: `__alloc_pages.isra.0`, `ns::Class<T>::run`.
_TEMPLATE = r"<(?:[\w ,:*&]|<[\w ,:*&]{0,200}>){0,200}>"
_OPERATOR = r"operator(?:\[\]|\(\)|->|[-+*/%^&!<>=~]{1,3})"
_WORD = rf"(?:{_OPERATOR}|[A-Za-z_.$~][\w.$~]{{0,511}}(?:{_TEMPLATE})?)"
NAME = rf"(?:(?:{_WORD}|{_TEMPLATE}(?=::))(?:::{_WORD}){{0,12}}(?:\[jt\])?|\?{{2,3}})"
_HEX = r"[0-9A-Fa-f]{1,16}"
# Where a frame stands: a name, perhaps with the program and source file that define it and an offset, or an address
# with the debugger's memory class and perhaps a space id (`NSX:0x0::0xFFFFFFC07B73DD48`).
PLACE = (
    rf"(?:\\{{1,2}}(?P<program>[^\\|(\s]{{1,80}})\\(?:[^\\|(]{{1,200}}\\){{0,3}})?(?P<symbol>{NAME})"
    rf"(?:\+0x(?P<offset>{_HEX})(?:/0x(?P<size>{_HEX}))?)?(?![\w/:\\])"
    rf"|(?P<class>[A-Z]{{1,4}}):(?:0x(?P<space>{_HEX})::)?(?:0x)?(?P<address>{_HEX})(?![\w:])"
    rf"|0x(?P<bare>{_HEX})(?![\w:,])"
)
# The parenthesis behind a name; people put a blank before it, and remarks in parentheses stand there, too.
OPEN = r"(?:\(|[ ]\((?=(?:inline|asm)?\)|\?|[\[:A-Za-z_][^()=|]{0,120}=))"
# What stands before the place. Two digits are a frame only where blanks are not in the way of the bar, and a number
# that lost its dash only where it has all three digits; the rule for frames demands parentheses of these.
LEAD = r"(?:(?P<dash>-{1,3})(?P<number>[0-9]{1,4})|(?P<bald>(?<![\w|.:-])[0-9]{3}))(?P<gap>[ \t]{0,4})\|[ \t]{0,4}"
MARK_EXCEPTION = r"-{0,4}>[ ]?\|[ \t]{0,4}"
MARK_END = r"-{1,4}[ ]?\|[ \t]{0,4}"
# How a person's remark begins, where nothing else tells it from the frame's own text.
REMARK = r"(?://|<-|<<|<=|==>|/\*)"
# What is printed in place of arguments.
WORDS = frozenset(("inline", "asm"))
# Headings that people leave above a stack: an echoed command, a CPU.
HEADING = r"B::[^ \t|]{1,200}(?:[ \t]/[^ \t|]{1,80}|[ \t]\"[^\"|]{0,80}\"|[ \t]0x[0-9A-Fa-f]{1,16}){0,8}|(?:[Cc][Pp][Uu]|[Cc]ore)[ #_]?[0-9]{1,4}:"

_FRAME = re.compile(rf"[ \t]*{LEAD}(?:(?P<place>{PLACE})(?P<open>{OPEN})?)?", re.ASCII)
_EXCEPTION, _END = "exception", "end of frame"
_MARKER = re.compile(
    rf"[ \t]*(?:(?P<up>{MARK_EXCEPTION})(?P<upper>[a-z]{{0,9}})|(?P<down>{MARK_END})(?P<lower>[a-z ]{{0,12}}))",
    re.ASCII,
)
_ROW = re.compile(r"[ \t]*\|(?!\|)", re.ASCII)
_HEADING = re.compile(rf"(?:{HEADING})(?=[ \t]|$)", re.ASCII)
_REMARK = re.compile(rf"[ \t]*{REMARK}")
# A remark inside a window that stands on one line: nobody knows where it ends.
_REMARK_INSIDE = re.compile(rf"[ \t]{REMARK}[ \t]")
_BEGINS = re.compile(
    rf"[ \t]*(?:{LEAD}(?![\w.$]{{1,200}}\)[ \t]*$)|{MARK_EXCEPTION}(?:e|$)|{MARK_END}(?:e|$)|\|(?!\|))|B::[^ \t|]",
    re.ASCII,
)
# The beginning of a variable window, to the parenthesis that opens it.
_WINDOW = (
    r"(?:\([A-Za-z_][\w *]{0,80}\)[ ]?)?[A-Za-z_0-9][\w.$\[\]]{0,127} = "
    r"(?:[^\s;()|]{1,128} (?:= [^\s;()|]{1,128} )?-> )?\((?=\s)"
)
_ENCLOSES = re.compile(_WINDOW, re.ASCII)
_INNER_LEAD = (
    r"(?:-{1,3}[0-9]{3,4}\|(?=[ ]?(?:[^\s()|]{1,400}(?:[(\s]|$)|[=0-9]))"
    r"|-{1,3}[0-9]{1,4}[ ]{0,2}\|[ ]?[A-Za-z_.][\w.$]{0,255}(?:\[jt\])?\()"
)
_INNER = re.compile(
    rf"(?:(?<=[\s)>;])|(?<=[0-9][:.)])|^){_INNER_LEAD}|(?:(?<=[\s)])|^)[0-9]{{3}}\|[A-Za-z_][\w.$]{{0,255}}\("
    rf"|(?:(?<=[\s)])|^)(?:-{{1,4}}>\|[ ]?exception\b|-{{1,4}}\|[ ]?end of frame\b)"
    r"|(?<=[ \t]{3})\|(?![|\s]*$)(?!\|)|(?<=[ \t])\|(?=[ \t]{1,8}[\w.\[\]]{1,80} = )"
    rf"|(?:(?<=\s)|^)(?:{HEADING})(?=\s)"
    rf"|(?:(?<=\s)|^){_WINDOW}",
    re.ASCII,
)
# The rest of an echoed command that was wrapped: options, a task's name or address.
_REST_OF_HEADING = re.compile(
    r"[ \t]?(?:/[A-Z]\w{1,40}|\"[^\"|]{0,80}\"|0x[0-9A-Fa-f]{1,16}|[0-9A-F]{2,16}$)(?:[ \t](?:/[A-Z]\w{1,40}|\"[^\"|]{0,80}\"|0x[0-9A-Fa-f]{1,16})){0,4}[ \t]*$",
    re.ASCII,
)
# The rest of a name that was cut: `fault(addr = 0, …)`.
_WORD_ALONE = re.compile(r"[\w.$]{1,200}[ \t]*$", re.ASCII)
_REST_OF_NAME = re.compile(r"[\w.$]{0,200}\(", re.ASCII)
# The rest of an argument list that cannot be a sentence.
_TELLING_REST = re.compile(
    r"[ \t]*(?:\[[\w:]|0x[0-9A-Fa-f]|-?[0-9]{1,20}(?:[,) ]|$)|[\w.\[\]:]{1,160} ?=|\?{1,3}[,)]|= ?[\w-]{1,80}(?:[,)]|$))"
)
# A hexadecimal number that was cut, and how it can go on.
_OPEN_DIGITS = re.compile(r"0[xX][0-9A-Fa-f]{0,31}\Z")
_DIGITS = re.compile(r"[0-9A-Fa-f]{1,32}(?![G-Zg-z_.])")
# A name that was wrapped at a blank between its angle brackets.
_BROKEN_TEMPLATE = re.compile(r"<[\w ,:*&<>]{1,400}$")
_FULL = (_shapes.Edge.FULL, _shapes.Edge.CUT)
_FRAME_LIKE = re.compile(rf"(?:{NAME}|[A-Z]{{1,4}}:[0-9A-Fa-fx:]{{1,40}})\(", re.ASCII)


def _end(text: str) -> int | None:
    frame = _FRAME.match(text)
    if frame:
        if frame["place"] is None:
            return None
        if not frame["open"]:
            rest_of_arguments = text[frame.end() :].lstrip().startswith("=")
            if rest_of_arguments or _BROKEN_TEMPLATE.match(text, frame.end()):
                return None
            # Other words behind a name alone show that it is none.
            worded = _WORDED.match(text, frame.end())
            return len(text) if worded else _with_remark(text, frame.end())
        end = _arguments.end(text, frame.end())
        return None if end is None else _with_remark(text, end)
    window = _ENCLOSES.match(text)
    if window:
        end = _arguments.end(text, window.end())
        remarked = _REMARK_INSIDE.search(text, window.end(), end or len(text))
        return None if end is None or remarked else end + (text[end : end + 1] == ",")
    marker = _MARKER.match(text)
    if marker:
        missing = _missing(marker)
        return None if missing else marker.end()
    heading = _HEADING.match(text)
    return heading.end() if heading else len(text)


_WORDED = re.compile(r"[ \t]+[^\W\d_]")


def is_heading(text: str) -> bool:
    """Whether a line is a heading that can be nothing else."""
    return bool(_HEADING.match(text.strip()))


def _with_remark(text: str, end: int) -> int:
    """Where a frame's line ends whose own text ends at `end`: a remark belongs to it, and so does what proves it none."""
    return len(text) if _REMARK.match(text, end) or goes_on_as_code(text, end) else end


# What never stands behind a frame, but behind what looks like one in source code, tables and patches.
_CODE = re.compile(r"[ \t]*(?:[;)}\]|,&+*?:.=%^!~-]|/(?![/*]))")


def goes_on_as_code(text: str, end: int) -> bool:
    """Whether the text behind a frame shows that it is an expression or a cell."""
    return bool(_CODE.match(text, end))


def _missing(marker: re.Match[str]) -> str:
    """What a marker's word lacks: `tion` after `-->|excep`."""
    whole, printed = (_EXCEPTION, marker["upper"]) if marker["up"] else (_END, marker["lower"])
    return whole[len(printed) :] if whole.startswith(printed) else ""


def _joint(text: str, rest: str, edge: _shapes.Edge) -> _shapes.Joint | None:
    frame = _FRAME.match(text)
    if frame:
        return _joint_of_frame(text, frame, rest, edge)
    marker = _MARKER.match(text)
    if marker and (marker["up"] or marker["lower"]):
        missing = _missing(marker)
        fits = bool(missing) and rest.strip() == missing.strip()
        apart = missing.startswith(" ") and not rest.startswith((" ", "\t"))
        return _shapes.Joint(" " if apart else "", surely=True) if fits else None
    if _HEADING.match(text) and _REST_OF_HEADING.match(rest):
        return _shapes.Joint(_glue(text, rest, edge), surely=True)
    row = _ROW.match(text)
    if row and edge in _FULL and text.endswith(" |") and text.strip() != "|":
        return _shapes.Joint("", inside=True, within=rest.startswith("| "))  # `||`, in the midst
    if row and (edge is not _shapes.Edge.FAR or _is_open_row(text) or _REST_OF_ROW.match(rest)):
        blank = text[-1:].isalnum() and _ITS_NUMBER.match(rest)
        return _shapes.Joint(" " if blank else _glue(text, rest, edge), inside=True)
    return None


# The number of an enumerator, behind its name and a blank.
_ITS_NUMBER = re.compile(r"\(-?(?:0x)?[0-9A-Fa-f]{1,16}\)")
# What a row of locals or source can end with only if it goes on, and what can only be the rest of one.
_ENDS_OPEN = ("=", "->", "||", "&&", "+", "?", "<", "|")
_REST_OF_ROW = re.compile(
    r"[ \t]*(?:=|->|\|\||&&|\)|\(-?(?:0x)?[0-9A-Fa-f]{1,16}\)[,)]*[ \t]*(?:$|//|<))"
)


def _is_open_row(text: str) -> bool:
    """Whether a row ends behind an operator or within parentheses, as debuggers end one only where members follow."""
    bare = text.rstrip()
    if bare.endswith(_ENDS_OPEN) and bare.lstrip() != "|":
        return True
    return bare.endswith(",") and bare.count("(") > bare.count(")")


def _joint_of_frame(
    text: str, frame: re.Match[str], rest: str, edge: _shapes.Edge
) -> _shapes.Joint | None:
    if not frame["open"] and _BROKEN_TEMPLATE.match(text, frame.end()):
        # Mailers break at a blank and take it; nothing has one before these marks. Where lines are cut anywhere,
        # only a comma and the word `as` tell of a blank.
        bare = not (text.endswith((" ", "\t")) or rest.startswith((" ", "\t", ",", ":", ">")))
        blank = bare and (
            edge not in _FULL or text.endswith((",", " as")) or rest.startswith("as ")
        )
        mended = _FRAME.match(text + " " * blank + rest)
        if mended and mended["open"] and mended.end() > len(text):
            return _shapes.Joint(" " * blank, surely=True)
    if frame["place"] is None:
        return _shapes.Joint("") if edge in _FULL else None
    if not frame["open"]:
        behind = text[frame.end() :].strip()
        name = _REST_OF_NAME.match(rest)
        if not behind and edge is _shapes.Edge.CUT and _WORD_ALONE.match(rest):
            return _shapes.Joint("", surely=True)
        if not behind and name:
            end = _arguments.end(rest, name.end())
            whole = end is not None and not rest[end:].strip()
            if edge in _FULL or whole:
                return _shapes.Joint("", surely=whole and edge in _FULL, inside=edge not in _FULL)
        return _joint_of_remark(text, frame.end(), rest, edge)
    end = _arguments.end(text, frame.end())
    if end is not None:
        return _joint_of_remark(text, end, rest, edge)
    again = _FRAME.match(rest)
    if again or _REPEATED.match(rest):
        return _repeated(text, frame, rest)
    closed = _arguments.end(rest, 0)
    remarked = closed is not None and _REMARK.match(rest, closed)
    if _OTHER_FRAME.search(rest, 0, closed if closed and remarked else len(rest)):
        return None  # behind words that nobody knows
    glue = _glue(text, rest, edge)
    behind = text[frame.end() :] + glue + rest
    if not _arguments.can_go_on(behind, tail=edge is _shapes.Edge.BARE):
        return None
    expects = text.rstrip().endswith(("=", ",", "(", "->")) or rest.lstrip().startswith("=")
    digits = edge in _FULL and _OPEN_DIGITS.search(text) and _DIGITS.match(rest)
    telling = digits or (expects and _TELLING_REST.match(rest))
    return _shapes.Joint(glue, inside=bool(telling) and _arguments.end(rest, 0) is None)


def _joint_of_remark(text: str, end: int, rest: str, edge: _shapes.Edge) -> _shapes.Joint | None:
    behind = text[end:]
    open_ = behind.count("(") > behind.count(")") and ")" in rest
    if _REMARK.match(behind):
        open_ = open_ or bool(_ONLY_MARK.match(behind))
        begun = open_ or edge is not _shapes.Edge.FAR
    else:
        begun = edge is _shapes.Edge.BARE and behind.strip() != ""
    if not (begun or _REMARK.match(rest)):
        return None
    cut = edge in _FULL or text.endswith((" ", "\t")) or rest.startswith((" ", "\t"))
    return _shapes.Joint("" if cut else " ", surely=open_, inside=True)


# A remark of which only its mark is on the line.
_ONLY_MARK = re.compile(rf"[ \t]*(?:{REMARK})[-<=]{{0,8}}[ \t]*$")
_OTHER_FRAME = re.compile(r"-[0-9]{2,4}\|", re.ASCII)
_REPEATED = re.compile(
    r"[ \t]*(?:-{1,3}|(?=[0-9]{3}\|))([0-9]{1,4})[ \t]{0,4}\|[ \t]{0,4}", re.ASCII
)


def _repeated(text: str, frame: re.Match[str], rest: str) -> _shapes.Joint | None:
    """A line that the debugger wrapped begins with the frame's number again; `-004|f(` is another frame."""
    again = _REPEATED.match(rest)
    if not again or int(again[1]) != int(frame["number"] or frame["bald"]):
        return None
    if _FRAME_LIKE.match(rest, again.end()):
        return None
    printed = text[frame.end() :].strip()
    if _is_word(printed):
        completes = any(f"{printed}{rest[again.end() :].strip()}" == f"{word})" for word in WORDS)
        return _shapes.Joint("", again.end(), surely=True) if completes else None
    glue = _glue(text, rest[again.end() :], _shapes.Edge.FAR)
    fits = _arguments.can_go_on(text[frame.end() :] + glue + rest[again.end() :])
    return _shapes.Joint(glue, again.end(), surely=True) if fits else None


def _is_word(printed: str) -> bool:
    """Whether a word about the frame stands between its parentheses, as far as it goes: frames of that number follow."""
    return bool(printed) and any(word.startswith(printed) for word in WORDS)


_WORD_ENDS = re.compile(r"[\w.$]\Z|\[[^\]]{0,80}\Z|[-:]\Z|\+\Z", re.ASCII)
_WORD_BEGINS = re.compile(r"[\w.$:>\]]|\(", re.ASCII)


def _glue(text: str, rest: str, edge: _shapes.Edge) -> str:
    """What stood where a line was broken: nothing inside a word or a home in brackets, else perhaps a blank."""
    if text.endswith((" ", "\t")) or rest.startswith((" ", "\t")):
        return ""
    if edge not in _FULL and text.count('"') % 2:
        return " "
    inside = _WORD_ENDS.search(text) and (_WORD_BEGINS.match(rest) or "[" in text[-80:])
    return "" if inside else " "


SHAPE = _shapes.Shape(
    needs="|", begins=_BEGINS, inner=_INNER, encloses=_ENCLOSES, end=_end, joint=_joint
)
