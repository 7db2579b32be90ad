"""Lauterbach TRACE32: the text of a `Frame.view` window, and variable windows.

Frames are numbered from the innermost on (`-005|do_page_fault(addr = 0, …)`); functions that the compiler inlined
stand before the one that they became part of and share its number. `-->|exception` stands between the frame of a
handler's entry code and what the exception cut into. The window has a width, and lines end there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model
from oopsight.formats import (
    _arguments,
    _codes,
    _format,
    _members,
    _regions,
    _rows,
    _trace32_lines,
    _windows,
)
from oopsight.formats import _trace32_shape as shape

_NAME = __name__.rpartition(".")[2]

# Text before a frame, as a chat or a person puts it there. `|` would make it a table.
_LEAD = r"(?:(?P<lead>[^|]{0,239}[^|\s])[ \t]+|[ \t]*)"

# Headings that people leave above a stack: an echoed command, a CPU or core, a task's name. A word alone is a heading
# where a name of a task or thread stands out: `rcuop/x`, `kworker/1:2`, `[kswapd0]`.
_TITLE = re.compile(
    r"[ \t]*([Bb]::[^ \t].{0,200}|[Vv]\.[Ff]\w{0,8}(?:[ \t].{1,200})?"
    r"|[=*# \t\[-]{0,8}(?:[Cc][Pp][Uu]|[Cc]ore|CORE)[ #_:]?[ ]?[0-9]{1,4}\]?:?(?: \([^()|]{1,40}\))?:?[=*# \t]{0,8}"
    r"|\[?[A-Za-z_][\w.+-]{0,30}(?:[/:][\w/:.+-]{1,30}\]?:?|[0-9]\]:?|(?<=[0-9_]):)"
    r"|(?:[Tt]ask|[Pp]rocess|[Tt]hread|PID|pid|comm)[ :=][ ]?[^|]{1,80})[ \t]*$",
    re.ASCII,
)
_CPU = re.compile(r"[^a-z]{0,8}(?:cpu|core)[ #_:]?[ ]?[0-9]", re.IGNORECASE)
# A task that was scheduled away stands here.
_SLEEPS_IN = frozenset(("__switch_to", "__schedule", "context_switch"))
# N or Z: non-secure or secure; U: user; then the kind of code or data (R ARM, T Thumb, X A64, D data, P program).
_USER_CLASS = re.compile(r"[NZ]?U[A-Z]?\Z")
# So many lines above a stack its heading is looked for.
_HEADING_WITHIN = 5
# A line that came out of order was not overtaken by more frames than these.
_FARTHEST = 32
# What debuggers call the kernel's own program in full names (`\\\\vmlinux\\page_alloc\\__alloc_pages`).
_KERNEL = "vmlinux"
_WIDER = "Make the debugger's window wider or print the stack into a file, and paste it again."


@dataclass(slots=True)
class _Row:
    """A frame while its stack is read: its place in the lines, its width as printed, and the rows below it."""

    frame: model.Frame
    at: int
    width: int
    closed: bool
    broken: bool
    problem: model.Problem | None
    rows: list[tuple[model.LogLine, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Stack:
    """A stack while it is read."""

    title: str | None
    rows: list[_Row] = field(default_factory=list)
    spans: list[model.Span] = field(default_factory=list)
    last_at: int = -1
    trapped: bool = False  # an exception marker stands directly before what comes next
    ended: bool = False


def _assemble(
    lines: Sequence[model.LogLine], matches: Sequence[_format.Match], record: model.Arch | None
) -> _format.Reading:
    """Stacks and windows from the lines that the rules have claimed."""
    stacks: list[_Stack] = []
    windows: list[_windows.Window] = []
    next_free = 0  # lines before this one are read
    for match in _trace32_lines.frames_and_markers(lines, matches):
        if match.at < next_free:
            continue
        next_free = match.at + 1
        if match.kind.startswith("window"):
            window = _window(lines, match)
            if window:
                windows.append(window)
                next_free = match.at + window.lines
        elif match.kind == "row":
            if stacks and stacks[-1].rows and _adjoins(lines, stacks[-1].last_at, match.at):
                stacks[-1].rows[-1].rows.append((match.line, match.groups.end()))
                stacks[-1].last_at = match.at
        else:
            if not stacks or _starts_anew(stacks[-1], match, lines):
                stacks.append(_Stack(_title(lines, match.at)))
            elif stacks[-1].trapped and _lost_between(stacks[-1], match, lines):
                stacks[-1].trapped = False  # the frame that was entered from is the lost one
            _add(stacks[-1], match, record)
    for stack in stacks:
        _doubt_names(stack, len(lines) - 1)
        _read_rows(stack)
    kept = [stack for stack in stacks if stack.rows]
    return _format.Reading(
        stacks=tuple(_finished(stack, record) for stack in kept),
        windows=tuple(variable for window in windows for variable in window.variables),
        spans=(
            *(span for stack in kept for span in stack.spans),
            *(span for window in windows for span in window.spans),
        ),
        problems=tuple(sorted(_problems(kept, windows), key=_place)),
    )


def _adjoins(lines: Sequence[model.LogLine], above: int, at: int) -> bool:
    """Whether nothing but noise and empty lines stands between two lines."""
    return not any(line.text.strip() and not line.noise for line in lines[above + 1 : at])


def _starts_anew(stack: _Stack, match: _format.Match, lines: Sequence[model.LogLine]) -> bool:
    """Whether a frame or marker belongs to another stack than the one before it."""
    if stack.ended:
        return True
    if match.kind != "frame" or not stack.rows:
        return False
    number, last = _trace32_lines.number_of(match), stack.rows[-1].frame
    if last.number is None or number > last.number:
        return False
    if number < last.number:
        return not (_adjoins(lines, stack.last_at, match.at) and _lacks(stack, number))
    first = stack.rows[0].frame.number == number
    return first and not last.inlined and not _adjoins(lines, stack.last_at, match.at)


def _lost_between(stack: _Stack, match: _format.Match, lines: Sequence[model.LogLine]) -> bool:
    """Whether a number is missing before a frame where the kernel says that it lost lines."""
    if match.kind != "frame" or not stack.rows:
        return False
    number, last = _trace32_lines.number_of(match), stack.rows[-1].frame.number or 0
    between = lines[stack.last_at + 1 : match.at]
    return number > last + 1 and any("messages dropped" in line.text for line in between)


def _lacks(stack: _Stack, number: int) -> bool:
    """Whether a frame of that number is missing in the midst of a stack: its line came out of order."""
    numbers = [row.frame.number or 0 for row in stack.rows[-_FARTHEST:]]
    return number not in numbers and numbers[0] < number


def _title(lines: Sequence[model.LogLine], at: int) -> str | None:
    """The heading of a stack: on the line above, or above one empty line; an echoed command also above other lines."""
    above = [line for line in lines[max(0, at - _HEADING_WITHIN) : at] if not line.noise]
    for distance, line in enumerate(reversed(above)):
        found = _TITLE.match(line.text)
        if found and (distance < 2 or shape.is_heading(line.text)):
            return found.group(1).strip()
        if shape.SHAPE.begins.match(line.text) or (line.text.strip() and distance >= 3):
            return None
        if line.text.strip() and not any(shape.is_heading(one.text) for one in above):
            return None
    return None


def _add(stack: _Stack, match: _format.Match, record: model.Arch | None) -> None:
    stack.last_at = match.at
    if match.kind == "frame":
        inner = stack.rows[-1].frame if stack.rows else None
        row = _row(match, crossing=stack.trapped, inner=inner, record=record)
        position = _position(stack, row)
        if position < len(stack.rows) and row.problem is None:
            row.problem = _out_of_order(row.frame)
        stack.rows.insert(position, row)
        stack.spans += row.frame.spans
        stack.trapped = False
        return
    stack.spans += match.line.spans(match.groups.start("mark"), match.groups.end())
    stack.trapped = match.kind == "exception"
    stack.ended = match.kind == "end"


def _out_of_order(frame: model.Frame) -> model.Problem:
    message = f"Frame {frame.number} stands below a later one in the text; it is shown where its number belongs."
    span = frame.spans[-1] if frame.spans else None
    return model.Problem("out-of-order", message, span, "Paste the stack as the debugger shows it.")


def _position(stack: _Stack, row: _Row) -> int:
    """Where a frame stands in its stack: at the end, unless its line came out of order."""
    at = len(stack.rows)
    while at and (stack.rows[at - 1].frame.number or 0) > (row.frame.number or 0):
        at -= 1
    return at


def _row(
    match: _format.Match, *, crossing: bool, inner: model.Frame | None, record: model.Arch | None
) -> _Row:
    """The frame that a line prints."""
    line, groups = match.line, match.groups
    end = len(line.text.rstrip())
    start = groups.start("bald") if groups["dash"] is None else groups.start("dash")
    code = _code(line, groups)
    read = _arguments.Arguments(end=groups.end(), cut=False)
    if groups["open"]:
        read = _arguments.read(line, groups.end("open"), shape.WORDS)
    remark = line.text[read.end : end].strip()
    frame = model.Frame(
        number=_trace32_lines.number_of(match),
        code=code,
        kind=model.FrameKind.CALL,
        spans=line.spans(start, min(read.end, end)),
        inlined=read.word == "inline",
        cut=read.cut,
        fragment=read.fragment,
        crossing=crossing,
        arguments=read.arguments,
        remarks=(remark,) if remark else (),
    )
    kind = _kind(frame, read.word == "asm", inner, record)
    frame = replace(frame, kind=kind)
    problem = _cut_problem(frame, read)
    return _Row(frame, match.at, end - start, bool(groups["open"]), line.spliced, problem)


def _code(line: model.LogLine, groups: re.Match[str]) -> model.CodeRef:
    symbol = groups["symbol"]
    if symbol:
        name_spans = line.spans(*groups.span("symbol"))
        program = groups["program"]
        return model.CodeRef(
            function=None if symbol.startswith("?") else _codes.function_of(symbol),
            symbol=symbol,
            module=None if program in (None, _KERNEL) else program,
            offset=int(groups["offset"], 16) if groups["offset"] else None,
            size=int(groups["size"], 16) if groups["size"] else None,
            name_spans=name_spans,
        )
    printed = groups["address"] or groups["bare"]
    return model.CodeRef(
        function=None,
        symbol=None,
        address=int(printed, 16),
        address_class=groups["class"],
        space=int(groups["space"], 16) if groups["space"] else None,
        name_spans=line.spans(*groups.span("place")),
    )


def _kind(
    frame: model.Frame, asm: bool, inner: model.Frame | None, record: model.Arch | None
) -> model.FrameKind:
    """Which instruction the frame is about, from what stands inside it."""
    code = frame.code
    if code.address is not None:
        user = code.address_class and _USER_CLASS.match(code.address_class)
        return model.FrameKind.USER if user else model.FrameKind.NO_SYMBOL
    if asm:
        return model.FrameKind.ASM
    if frame.crossing:
        entry = inner.code.function if inner and inner.kind is model.FrameKind.ASM else None
        faulted = record is not None and entry is not None and entry in record.fault_entries
        return model.FrameKind.FAULT if faulted else model.FrameKind.INTERRUPTED
    if inner is None and frame.number == 0:
        return model.FrameKind.INTERRUPTED
    # A stack that was copied from its middle on begins with a call whose callee is not in the text.
    return model.FrameKind.CALL


def _cut_problem(frame: model.Frame, read: _arguments.Arguments) -> model.Problem | None:
    """What the window's edge took from a frame."""
    name = frame.code.symbol or "this frame"
    span = frame.spans[-1] if frame.spans else None
    if read.overflow:
        message = f"Only the first {_arguments.MOST} arguments of {name} are read."
        return model.Problem("too-many-arguments", message, span)
    if read.mangled is not None:
        message = (
            f"`{read.mangled}` of {name} is not what a debugger prints: transport has mangled it."
        )
        return model.Problem("damaged", message, span, "Paste the original text.")
    if not frame.cut:
        return None
    last = frame.arguments[-1] if frame.arguments else None
    if last and last.cut:
        what = f"{last.name} = {last.printed}" if last.name else last.printed
        message = f"The line ends directly after `{what}` of {name}, so the value may go on and arguments may be missing."
    elif read.word:
        message = f"The line ends before the closing parenthesis of {name}."
    elif frame.fragment:
        message = f"The line ends inside the arguments of {name}: `{frame.fragment}` is all that is left of the next one."
    else:
        message = f"The line ends inside the arguments of {name}, so arguments may be missing."
    return model.Problem("cut-short", message, span, _WIDER)


def _doubt_names(stack: _Stack, last_line: int) -> None:
    """Names without parentheses that end where the text is cut may be longer.

    TRACE32 prints parentheses behind every name; people who shorten a stack leave them out. A name is doubted where
    every frame above it has them and it stands on the last line, where a frame above is cut at the same column, or
    where another CPU's line cut in.
    """
    widths: set[int] = _cut_widths(stack)
    others_closed = True
    for row in stack.rows:
        if row.closed:
            if row.frame.cut:
                widths.add(row.width)
            continue
        last = row.at == last_line and others_closed
        begun = (row.frame.code.symbol or "").endswith(".")  # no name ends so
        if (last or row.broken or begun or row.width in widths) and not row.frame.remarks:
            row.frame = replace(row.frame, cut=True, reliability=model.Reliability.UNSURE)
            name = row.frame.code.symbol or "the address"
            message = f"The line ends directly after {name}, so that it may not be whole."
            row.problem = model.Problem("cut-short", message, row.frame.spans[-1], _WIDER)
        others_closed = False


# So many names of one length, and none longer, are no chance.
_ALIKE = 3


def _cut_widths(stack: _Stack) -> set[int]:
    """The width at which most names of a stack end, if none is wider: the text was cut there."""
    widths = [row.width for row in stack.rows if not row.closed and not row.frame.remarks]
    widest = max((row.width for row in stack.rows), default=0)
    alike = widths.count(widest)
    return {widest} if alike >= _ALIKE and 2 * alike >= len(stack.rows) else set()


def _read_rows(stack: _Stack) -> None:
    """The local variables and source lines below the frames of a stack."""
    for row in stack.rows:
        if row.rows:
            variables, source_rows = _rows.read(row.rows)
            row.frame = replace(row.frame, variables=variables, source_rows=source_rows)


def _window(lines: Sequence[model.LogLine], match: _format.Match) -> _windows.Window | None:
    window = _windows.read(lines, match.at)
    return window if window.variables else None


def _finished(stack: _Stack, record: model.Arch | None) -> model.Stack:
    frames = tuple(row.frame for row in stack.rows)
    return model.Stack(_NAME, _role(stack, record), stack.title, tuple(stack.spans), frames)


def _role(stack: _Stack, record: model.Arch | None) -> model.StackRole:
    """Why the stack was printed: a fault's entry code says so, a task that sleeps stands in the scheduler."""
    frames = [row.frame for row in stack.rows]
    entries = record.fault_entries if record else ()
    if any(f.kind is model.FrameKind.ASM and f.code.function in entries for f in frames):
        return model.StackRole.FAULT
    if stack.title and _CPU.match(stack.title):
        return model.StackRole.OTHER_CPU
    if frames[0].code.function in _SLEEPS_IN:
        return model.StackRole.TASK
    return model.StackRole.INTERRUPTED


def _problems(
    stacks: Sequence[_Stack], windows: Sequence[_windows.Window]
) -> Iterator[model.Problem]:
    for stack in stacks:
        for row in stack.rows:
            if row.problem:
                yield row.problem
            yield from map(_shortened, _members.shortened(row.frame.variables))
    for window in windows:
        if window.cut:
            name = window.variables[0].name
            message = f"The variable window of {name} ends before its closing parenthesis: members may be missing."
            yield model.Problem(
                "cut-short",
                message,
                window.spans[0] if window.spans else None,
                "Paste the whole window.",
            )
        else:
            yield from map(_shortened, _members.shortened(window.variables))


def _shortened(variable: model.Variable) -> model.Problem:
    """What of a variable the debugger left out, or its window's edge took."""
    message = f"Not all of {variable.name} is printed: its line ends too early, or the debugger left elements out."
    return model.Problem(
        "cut-short", message, variable.spans[0] if variable.spans else None, _WIDER
    )


def _place(problem: model.Problem) -> tuple[int, int]:
    return (problem.span.line, problem.span.start) if problem.span else (0, 0)


_BAR = (
    r"(?:[|\uff5c\u2502\u2503\u00a6\u2223]|&#(?:0*124|[xX]0*7[cC])[;\uff1b]|&v(?:ert|erbar);|=7C)"
)
_DIGIT = r"[0-9\uff10-\uff19]"
_DASH = r"[-\u2010-\u2015\u2212\uff0d]"
_HINTS = _regions.Hints(
    opens=(
        # The number of a frame, with its dash or all three digits, and markers.
        _regions.Hint(
            ("|", "\uff5c", "\u2502", "\u2503", "\u00a6", "\u2223", "&#", "&v", "=7C"),
            re.compile(
                rf"(?:{_DASH}|&[mn]dash;){_DIGIT}{{1,4}}[ \t\u00a0\u3000]{{0,4}}{_BAR}"
                rf"|{_DIGIT}{{3}}{_BAR}[A-Za-z_~<?\uff21-\uff5a\uff3f]"
                rf"|(?:[->\uff1e]|&gt;|{_DASH})[ ]?{_BAR}[ \t]{{0,4}}[e\uff45]"
            ),
        ),
        # A full-width bar or equals sign in quoted-printable.
        _regions.Hint(("=BD=9C", "=BC=9D"), re.compile("=BD=9C|=BC=9D")),
        # The parenthesis that opens a group, an address or a name behind a type.
        _regions.Hint(
            (" = ", ")0", ") 0", "-> (", "=3D", "\uff1d", "-&gt;", "\u2192", "\uff09"),
            re.compile(
                r"(?:=|=3D|->|-&gt;|\u2192|\uff1d)[ \u00a0]{0,4}[(\uff08][ \t]*$"
                r"|[\w*)][)\uff09][ ]?0[xX][0-9A-Fa-f]{6,16}"
                r"|[(\uff08][A-Za-z_][\w *()]{0,80}[)\uff09][ \u00a0]?[\w.$\[\]]{1,64}[ \u00a0]{1,4}(?:=|\uff1d)"
            ),
        ),
    ),
    # A bar behind an indentation, and members: what a row of locals or of a window looks like.
    more=re.compile(
        rf"(?:^|[ \u00a0\u3000]{{3}}|\t|[>\]:][ ]?){_BAR}|=[ \u00a0][^=]{{1,400}}[,()][ \t]*$|[,(][ \t]*$"
    ),
)


FORMAT = _format.Format(
    title="TRACE32 (Frame.view and variable windows)",
    sample="-005|do_page_fault(addr = 0, fsr = 748335104, regs = 0xC6D61FB0)",
    shape=shape.SHAPE,
    hints=_HINTS,
    rules=(
        _format.rule(
            "frame",
            rf"{_LEAD}{shape.LEAD}(?P<place>{shape.PLACE})"
            rf"(?:(?P<open>{shape.OPEN})|[ \t]*(?=$|{shape.REMARK}))",
            needs="|",
        ),
        _format.rule(
            "exception", rf"{_LEAD}(?P<mark>{shape.MARK_EXCEPTION})exception\b", needs="|"
        ),
        _format.rule("end", rf"{_LEAD}(?P<mark>{shape.MARK_END})end of frame\b", needs="|"),
        _format.rule("row", r"[ \t]*\|(?!\|)", needs="|"),
        _format.rule("window-typed", _windows.START_TYPED, needs="="),
        _format.rule("window-plain", _windows.START_PLAIN, needs="="),
        _format.rule("window-open", _windows.START_OPEN, needs="0x"),
    ),
    assemble=_assemble,
    looks=re.compile(
        r"(?<![\w|.-])-[0-9]{1,3} ?\| ?[A-Za-z_~][\w.]{0,200}\([^;|]{0,800}[),=?][ \t]*$", re.ASCII
    ),
)
