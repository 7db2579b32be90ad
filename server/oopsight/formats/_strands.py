"""The lines of one printer, each of known kind → events: stacks, registers, titles, in the order of the text.

Knows the vocabulary of `_kinds` and no spelling.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model
from oopsight.formats import (
    _codes,
    _dumps,
    _events,
    _format,
    _kinds,
    _mentions,
    _registers,
    _runs,
)

F = model.FrameKind
C = model.Convention

# Lines that nobody claims, between two frames of one stack: what another part of the kernel printed meanwhile.
_MOST_BETWEEN = 6
# So many lines below a warning the functions that printed it stand in its trace.
_WARNED = 80
# Between a heading and the stack that it names these do not stand.
_NO_STACK = frozenset((_kinds.MEMORY, _kinds.WORDS, _kinds.VALUE, _kinds.MODULES, _kinds.SUBTITLE))
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{1,16}\Z")


@dataclass(slots=True)
class _Stack:
    """A stack while it is read."""

    format: str
    role: model.StackRole | None
    title: str | None
    frames: list[model.Frame] = field(default_factory=list)
    spans: list[model.Span] = field(default_factory=list)
    on: str | None = None
    trapped: bool = False  # what comes next was interrupted
    again: bool = False  # see `_kinds.Says`
    outermost: bool = False  # the outermost frame comes first
    exact: bool = False  # the first frame is the place itself, not a call


@dataclass(slots=True)
class _Heading:
    role: model.StackRole | None
    title: str
    spans: tuple[model.Span, ...]
    exact: bool = False
    format: str = ""
    frame: model.Frame | None = (
        None  # a place in the heading itself; a stack of its own where no frames follow
    )


class _Reader:
    """Reads the lines of one printer from the first to the last."""

    def __init__(self, lines: Sequence[model.LogLine], record: model.Arch | None) -> None:
        self.lines = lines
        self.record = record
        self.events: list[_events.Event] = []
        self.stack: _Stack | None = None
        self.heading: _Heading | None = None
        self.innermost: model.Frame | None = None  # the pc, until the stack below it begins
        self.registers: _registers.Open | None = None
        self.dump: _dumps.Open | None = None
        self.code: model.CodeBytes | None = None
        self.faults = False
        self.ended = False
        self.titled = False
        self.crash: str | None = None
        self.told = False  # a stack was read since the last title
        self.below: _kinds.Says | None = None  # what the next place is
        self.expects_code = False
        self.faulted = False  # the stack of this report is known
        self.pointed: model.Convention | None = None  # the next place is no frame
        self.pc_below = False  # the next place is the pc
        self.placed = False  # the interrupted place of this report is known
        self.mentioned: set[tuple[model.Span, ...]] = set()
        self.last = -1  # the last line that a rule has claimed
        self.counter: int | None = None  # the program counter's number, where only that is printed
        self.readers: dict[str, Callable[[_format.Match], None]] = {
            _kinds.TITLE: self._title,
            _kinds.SUBTITLE: self._title,
            _kinds.FACT: self._fact,
            _kinds.HEADING: self._heading,
            _kinds.POINTS: self._points,
            _kinds.TRACE: self._trace,
            _kinds.FRAME: self._frame,
            _kinds.ROW: self._frame,
            _kinds.BELOW: self._below,
            _kinds.FRAMES: self._frames,
            _kinds.SWITCH: self._switch,
            _kinds.PC: self._pc,
            _kinds.REPEAT: self._repeat,
            _kinds.REGISTERS: self._registers,
            _kinds.SAVED: self._saved,
            _kinds.CODE: self._code,
            _kinds.MEMORY: self._memory,
            _kinds.WORDS: self._words,
            _kinds.MODULES: self._modules,
            _kinds.VALUE: self._value,
            _kinds.END: self._end,
            _kinds.BORDER: self._border,
            _kinds.PART: self._part,
        }

    def read(self, matches: Sequence[_format.Match]) -> tuple[_events.Event, ...]:
        """The events of all claimed lines, and the places in code that stand in others."""
        matches = _runs.kept(self.lines, matches)
        claimed = {match.at for match in matches}
        for claim in matches:
            self._mention_between(claim.at, claimed)
            match = self._meant(claim)
            if match.kind not in (_kinds.WORDS, _kinds.MEMORY, _kinds.PART) and self.dump:
                self._close_dump()
            if match.kind != _kinds.CODE:
                self._close_code()
            if match.kind in _NO_STACK and not self._is_of_cpu():
                self._drop_heading()
            self.readers[match.kind](match)
            if match.kind not in (_kinds.FRAME, _kinds.FRAMES, _kinds.ROW):
                self._mention(match.line, match)
            self.last = match.at
        self._mention_between(len(self.lines), claimed)
        self._close_all()
        return tuple(self.events)

    def _meant(self, match: _format.Match) -> _format.Match:
        """A row of numbers alone goes on with what is open: a dump, instructions, registers."""
        names = match.groups.re.groupindex
        bare = "continues" in names or match.kind == _kinds.WORDS
        if not bare or "mark" in names or _codes.groups(match.groups).get("at") is not None:
            return match
        kind = match.kind
        if self.dump is not None:
            kind = _kinds.WORDS
        elif self.code is not None or self.expects_code:
            kind = _kinds.CODE
        elif self.registers is not None and self.registers.counted:
            kind = _kinds.REGISTERS
        return match if kind == match.kind else replace(match, kind=kind)

    def _mention_between(self, until: int, claimed: set[int]) -> None:
        """What stands on lines that nobody claims; when there are many, a stack ends."""
        unclaimed = 0
        timed = self.last >= 0 and self.lines[self.last].time is not None
        for at in range(self.last + 1, until):
            line = self.lines[at]
            if at in claimed or line.noise or not line.text.strip():
                continue
            # Among lines that the kernel stamped, others are what programs wrote to the same console.
            unclaimed += line.time is not None or not timed
            self._mention(line)
        if unclaimed > _MOST_BETWEEN:
            self._close_all()

    def _mention(self, line: model.LogLine, match: _format.Match | None = None) -> None:
        """The places on a line that belong to nothing else; `match` is the rule that has claimed it."""
        own = _codes.groups(match.groups).get("symbol") if match is not None else None
        span = match.groups.span("symbol") if match is not None and own is not None else None
        if _codes.CAN_HAVE in line.text:
            for found in _codes.ANYWHERE.finditer(line.text):
                code = _codes.read(line, found)
                if code is None or not code.name_spans or code.name_spans in self.mentioned:
                    continue
                convention = C.EXACT if code.offset == 0 else C.RETURN
                if match is not None and found.span("symbol") == span:
                    if match.kind in _OWN:
                        continue
                    convention = match.says.convention or convention
                mention = model.SourceMention(code.name_spans[0], code=code, convention=convention)
                self._say(line, mention, code.name_spans)
        for mention in _mentions.in_line(line):
            self._say(line, mention, (mention.span,))

    def _say(self, line: model.LogLine, what: _events.What, spans: tuple[model.Span, ...]) -> None:
        self.events.append(_events.Event(what, spans, line.caller))

    # Titles, facts and ends.

    def _title(self, match: _format.Match) -> None:
        groups, says = _codes.groups(match.groups), match.says
        joins = says.joins or match.kind == _kinds.SUBTITLE
        # A second title stands between the place that was interrupted and its stack.
        pending = self.innermost if joins else None
        if joins:
            self.innermost = None
        self._close_all()
        self.innermost = pending
        self.placed = self.placed and joins
        self.pc_below = says.name is not None and groups.get("value") is None
        self.faulted = self.faulted and joins
        text = groups.get("title") or match.line.text.strip()
        title = _events.Title(
            text.strip(),
            says.crash,
            joins,
            _hex(groups.get("fault")),
            says.weak,
            self._named(match, says),
        )
        if says.crash is not None and match.kind == _kinds.TITLE:
            self.faults = says.faults
        self.faults = self.faults or says.faults
        self.ended = False
        self._say(match.line, title, _whole(match.line))
        self._fact(match)
        self.titled, self.told = True, False
        self.crash = says.crash or self.crash
        if says.role is not None:
            self.heading = _Heading(says.role, title.text, ())
        if groups.get("value") is not None:
            self._printed(match)
        if groups.get("symbol"):
            self._mention_title(match)
        if says.whole:
            self._end(match)

    def _named(self, match: _format.Match, says: _kinds.Says) -> model.Stack | None:
        """The place that a title names, as the stack that is known where no other is printed."""
        if _codes.groups(match.groups).get("symbol") is None:
            return None
        frame = self._frame_of(match, _Stack(match.format, None, None))
        convention = self._convention(match)
        faults = says.faults and convention is C.EXACT
        frame = replace(frame, kind=F.FAULT if faults else F.CALL, convention=convention)
        return model.Stack(match.format, model.StackRole.FAULT, None, frame.spans, (frame,))

    def _convention(self, match: _format.Match) -> model.Convention:
        """How a title's place is meant; that of WARN() is a trap or, where the kernel calls a function, behind the call."""
        convention = match.says.convention
        if convention is None and match.says.crash == "warning":
            below = self.lines[match.at + 1 : match.at + 1 + _WARNED]
            called = any("warn_slowpath" in line.text for line in below)
            called = called or (self.record is not None and not self.record.warns_by_trap)
            convention = C.RETURN if called else C.EXACT
        return convention or C.RETURN

    def _mention_title(self, match: _format.Match) -> None:
        """A title's own place in code."""
        self._mention_code(match, self._convention(match))

    def _mention_code(self, match: _format.Match, convention: model.Convention) -> None:
        code = _codes.read(match.line, match.groups)
        if code is not None and code.name_spans:
            mention = model.SourceMention(code.name_spans[0], code=code, convention=convention)
            self.mentioned.add(code.name_spans)
            self._say(match.line, mention, code.name_spans)

    def _fact(self, match: _format.Match) -> None:
        groups = _codes.groups(match.groups)
        taint = groups.get("taint")
        if match.kind == _kinds.FACT and groups.get("pid") is not None:
            self.ended = False
        facts = _events.Facts(
            cpu=_decimal(groups.get("cpu")),
            pid=_decimal(groups.get("pid")),
            comm=groups.get("comm"),
            taint=None if taint is None else "".join(taint.split()),
            release=groups.get("release"),
            hardware=_stripped(groups.get("hardware")),
            fault_address=_hex(groups.get("fault")),
            build_id=groups.get("build"),
        )
        if self.crash in _OF_TASKS and self.heading and self.heading.role is _OTHER_CPU:
            # Who ran on a CPU that was only asked is not who this is about.
            facts = replace(facts, cpu=None, pid=None, comm=None)
        if facts != _events.Facts():
            self._say(match.line, facts, _whole(match.line))
        if match.kind == _kinds.FACT and self.stack is not None and self.stack.frames:
            self._close_stack()

    def _end(self, match: _format.Match) -> None:
        self._close_all()
        self.ended = True
        self.titled = False
        self._say(match.line, _events.End(), _whole(match.line))

    def _border(self, match: _format.Match) -> None:
        self._close_all()
        self._say(match.line, _events.End(border=True), _whole(match.line))

    def _part(self, match: _format.Match) -> None:
        self._fact(match)

    def _modules(self, match: _format.Match) -> None:
        found = [
            model.Module(one[1], one[2] or one[3])
            for one in _MODULE.finditer(match.groups["modules"])
        ]
        if found:
            self._say(match.line, _events.Modules(tuple(found)), _whole(match.line))

    def _value(self, match: _format.Match) -> None:
        self._fact(match)
        self._printed(match)

    def _printed(self, match: _format.Match) -> None:
        groups, says = _codes.groups(match.groups), match.says
        group = "value" if groups.get("value") is not None else "count"
        printed = groups[group]
        spans = match.line.spans(*match.groups.span(group))
        number = int(printed) if group == "count" else _hex(printed.removeprefix("0x"))
        name = groups.get("name") or says.name or ""
        value = model.PrintedValue(
            name.strip(), printed, number, spans, groups.get("names"), says.domain
        )
        self._say(match.line, value, spans)

    # Stacks.

    def _heading(self, match: _format.Match) -> None:
        self._close_stack()
        self._close_registers()
        if self.innermost is not None:
            self._lone_pc()
        self._drop_heading()
        groups, role = _codes.groups(match.groups), match.says.role
        title = groups.get("title") or match.line.text
        if role is model.StackRole.ACCESS and not self.faulted:
            # A race has two accesses; the report is about the first one.
            role = model.StackRole.FAULT
        exact = match.says.convention is C.EXACT
        frame = (
            self._frame_of(match, _Stack(match.format, role, None))
            if groups.get("symbol")
            else None
        )
        spans = _whole(match.line)
        self.heading = _Heading(role, title.strip(), spans, exact, match.format, frame)
        self._fact(match)
        if groups.get("value") is not None:
            self._value(match)

    def _drop_heading(self) -> None:
        """A heading with no frames below it: a place that it names itself is all that is known of its stack."""
        heading, self.heading = self.heading, None
        if heading is not None and heading.frame is not None:
            role = heading.role or model.StackRole.FAULT
            stack = model.Stack(
                heading.format, role, heading.title, heading.spans, (heading.frame,)
            )
            caller = self.lines[max(self.last, 0)].caller
            self.events.append(_events.Event(stack, heading.spans, caller))

    def _is_of_cpu(self) -> bool:
        """Whether the heading is of a CPU or a task: all that a crash prints can follow before the stack."""
        return self.heading is not None and self.heading.role in (_OTHER_CPU, model.StackRole.TASK)

    def _points(self, match: _format.Match) -> None:
        self._close_stack()
        self.pointed = match.says.convention or C.EXACT

    def _trace(self, match: _format.Match) -> None:
        if self.stack is not None and not self.stack.frames:
            return
        self._close_stack()
        self._close_registers()
        self._open(match.format, match.says.role)

    def _open(self, format_: str, role: model.StackRole | None) -> _Stack:
        heading, self.heading = self.heading, None
        if heading is not None:
            role = heading.role or role
        stack = _Stack(format_, role, heading.title if heading and heading.spans else None)
        if heading is not None:
            stack.spans += heading.spans
            stack.exact = heading.exact
        if self.innermost is not None and role in (
            None,
            model.StackRole.FAULT,
            model.StackRole.OTHER_CPU,
            model.StackRole.TASK,
        ):
            stack.frames.append(self.innermost)
            stack.spans += self.innermost.spans
            self.innermost = None
        self.stack = stack
        return stack

    def _below(self, match: _format.Match) -> None:
        self._close_stack()
        self.below = match.says

    def _is_next(self, match: _format.Match) -> bool:
        """Whether nothing stands between a line and the last one that was claimed."""
        between = self.lines[self.last + 1 : match.at]
        return not any(line.text.strip() and not line.noise for line in between)

    def _switch_on(self, match: _format.Match) -> None:
        """The kind of stack, where it stands in front of the first frame on it; `EOI` is back on the task's."""
        name = _codes.groups(match.groups).get("stack")
        if name is not None:
            stack = self.stack or self._open(match.format, None)
            stack.on = None if name.startswith("EO") else name

    def _frames(self, match: _format.Match) -> None:
        """Frames that stand on one line, each read as if it stood alone."""
        if _codes.groups(match.groups).get("trace") is not None:
            self._trace(match)
        self._switch_on(match)
        for found in _codes.SEVERAL.finditer(match.line.text, *match.groups.span("frames")):
            self._frame(replace(match, groups=found))

    def _frame(self, match: _format.Match) -> None:
        if self.pointed is not None:
            pointed, self.pointed = self.pointed, None
            self._mention_code(match, pointed)
            return
        below, self.below = self.below, None
        if below is not None and self._is_next(match):
            self._register(replace(match, says=below), _codes.read(match.line, match.groups))
            return
        if self.pc_below:
            # The title ended in `RIP:`, and this is the place.
            self.pc_below = False
            self._pc(match)
            return
        self._close_registers()
        says = match.says
        opened = self.stack
        heads = "heads" in match.groups.re.groupindex
        if opened is not None and opened.frames and (heads or opened.again != says.again):
            self._close_stack()
        self._switch_on(match)
        again = says.again and self.told
        stack = self.stack or self._open(match.format, says.role)
        if not stack.frames:
            stack.outermost = says.outermost
        stack.again = says.again
        if again and stack.role is None:
            stack.role = model.StackRole.PRINTED
        if not stack.frames or len(stack.frames) == 1:
            stack.format = match.format
        frame = self._frame_of(match, stack)
        if len(stack.frames) == 1 and _same(stack.frames[0], frame):
            # The trace begins with the pc itself.
            frame = replace(
                frame,
                kind=stack.frames[0].kind,
                convention=C.EXACT,
                reliability=model.Reliability.SURE,
            )
            stack.spans = [span for span in stack.spans if span not in stack.frames[0].spans]
            stack.frames.clear()
        elif stack.trapped and frame.reliability is model.Reliability.SURE:
            frame = replace(frame, kind=F.INTERRUPTED, convention=C.EXACT, crossing=True)
        elif stack.exact and not stack.frames:
            kind = F.FAULT if frame.kind is F.CALL else frame.kind
            frame = replace(frame, kind=kind, convention=C.EXACT)
        stack.trapped = False
        stack.frames.append(frame)
        stack.spans += frame.spans
        if self._is_entry(frame):
            stack.trapped = True

    def _is_entry(self, frame: model.Frame) -> bool:
        """Whether a frame is the kernel's entry code for traps from the kernel: what is below it was interrupted."""
        record = self.record
        if record is None or frame.reliability is model.Reliability.UNSURE:
            return False
        entries = record.trap_entries
        if frame.code.address is not None and record.addressed_trap_entries is not None:
            entries = record.addressed_trap_entries
        return frame.code.function in entries

    def _frame_of(self, match: _format.Match, stack: _Stack) -> model.Frame:
        line, groups = match.line, _codes.groups(match.groups)
        code = _codes.read(line, match.groups) or model.CodeRef(None, None)
        code = _codes.hashed(code, match.groups, self.record)
        first = not stack.frames
        own_address = code.offset == 0 and first
        is_counter = first and code.address is not None and code.address == self.counter
        says = match.says
        usual = C.CALL_SITE if self.record is not None and self.record.saves_calls else C.RETURN
        convention = (first and says.leaf) or says.convention or usual
        if own_address or is_counter:
            convention = C.EXACT
        kind = F.USER if says.user else F.CALL if code.symbol is not None else F.NO_SYMBOL
        if is_counter and code.symbol is not None:
            kind = F.FAULT if self.faults else F.INTERRUPTED
        printed, chain = _positions(match)
        return model.Frame(
            number=_decimal(groups.get("number")),
            code=code,
            kind=kind,
            spans=line.spans(*_trimmed(line.text, match.groups)),
            reliability=model.Reliability.UNSURE if groups.get("doubt") else model.Reliability.SURE,
            inlined=groups.get("inlined") is not None,
            printed=printed,
            chain=chain,
            convention=convention,
            callee=_callee(match),
            stack=says.stack or stack.on,
        )

    def _switch(self, match: _format.Match) -> None:
        groups = _codes.groups(match.groups)
        self._close_registers()
        stack = self.stack or self._open(match.format, match.says.role)
        stack.on = None if groups.get("closing") else match.says.stack or groups.get("stack")
        stack.spans += _whole(match.line)
        if match.says.faults:
            stack.trapped = True

    def _pc(self, match: _format.Match) -> None:
        """The place that registers were saved at: the innermost frame, or one that a trap within the stack cut into."""
        says, groups = match.says, _codes.groups(match.groups)
        code = _codes.read(match.line, match.groups)
        if not self._goes_on(says, code):
            self._close_registers()
        if says.name is not None:
            self._register(match, code)
        if groups.get("registers"):
            for value in _registers.pairs(match.line, *match.groups.span("registers")):
                self._add(value, user=says.user)
        if groups.get("cpu"):
            self._fact(match)
        if code is None:
            return
        kind = F.FAULT if self.faults else F.INTERRUPTED
        if says.user:
            kind = F.USER
        elif code.symbol is None:
            kind = F.NO_SYMBOL
        self.placed = self.placed or not says.user
        frame = model.Frame(
            None,
            code,
            kind,
            match.line.spans(*_trimmed(match.line.text, match.groups)),
            convention=C.EXACT,
            printed=_positions(match)[0],
            chain=_positions(match)[1],
        )
        stack = self.stack
        if stack is not None and stack.frames and _same(stack.frames[-1], frame):
            # The place was said already in front of the registers.
            return
        if stack is not None and stack.frames:
            frame = replace(
                frame,
                kind=kind if kind in (F.USER, F.NO_SYMBOL) else F.INTERRUPTED,
                crossing=True,
                stack=stack.on,
            )
            stack.frames.append(frame)
            stack.spans += frame.spans
            stack.trapped = False
        elif not self.ended and (self.innermost is None or _names(frame, self.innermost)):
            self.innermost = frame
        elif says.name is None:
            self._mention_code(match, C.EXACT)

    def _goes_on(self, says: _kinds.Says, code: model.CodeRef | None) -> bool:
        """Whether a pc belongs to the open registers: its number stood above, this is its name; some print it below others."""
        opened = self.registers
        if opened is None or code is None:
            return False
        known = opened.found.get(says.name or "")
        if known is None:
            below = self.stack is None or not self.stack.frames
            return says.name in _COUNTERS and below and opened.user == says.user
        if known.code is not None:
            return False
        if known.number is not None and code.address is not None:
            return code.address == known.number
        return opened.user == says.user and code.symbol is not None

    def _repeat(self, match: _format.Match) -> None:
        """The pc below a report: nothing new, unless what stood above it is lost."""
        if not self.placed:
            self._close_stack()
            self._pc(match)
            return
        self._mention_code(match, C.EXACT)
        if _codes.groups(match.groups).get("registers"):
            for value in _registers.pairs(match.line, *match.groups.span("registers")):
                self._add(value)

    # Registers and dumps.

    def _register(self, match: _format.Match, code: model.CodeRef | None) -> None:
        says, groups = match.says, _codes.groups(match.groups)
        numbers = ("value", "address", "bare")
        group = next((one for one in (*numbers, "symbol") if groups.get(one) is not None), None)
        printed = "" if group is None else groups[group]
        number = _hex(printed) if group in numbers else None
        place = code if code is not None and code.symbol is not None else None
        self._add(
            model.RegisterValue(
                says.name or "pc",
                printed,
                number,
                match.line.spans(*_trimmed(match.line.text, match.groups)),
                place,
                (says.convention or C.EXACT) if place is not None else None,
                () if group is None else match.line.spans(*match.groups.span(group)),
            ),
            user=says.user,
        )

    def _add(self, value: model.RegisterValue, *, user: bool = False) -> None:
        if self.registers is not None and not self.registers.takes(value):
            self._close_registers()
        if self.registers is None:
            self.registers = _registers.Open(user)
        self.registers.add(value)
        if value.register in _COUNTERS and value.number is not None:
            self.counter = value.number

    def _registers(self, match: _format.Match) -> None:
        line, groups, says = match.line, _codes.groups(match.groups), match.says
        self._fact(match)
        if groups.get("symbol") is not None or groups.get("bare") is not None:
            self._register(match, _codes.read(line, match.groups))
            return
        numbers = _numbers(match)
        if numbers is not None:
            self._row(match, numbers)
        else:
            span = match.groups.span("registers") if "registers" in groups else (0, len(line.text))
            for value in _registers.pairs(line, *span):
                self._add(value, user=says.user)
        if self.registers is not None:
            self.registers.spans += _whole(line)
            self.registers.user = self.registers.user or says.user

    def _row(self, match: _format.Match, span: tuple[int, int]) -> None:
        """Registers whose names only count on, from a printed number or from the row above."""
        groups, opened = _codes.groups(match.groups), self.registers
        first, prefix = _decimal(groups.get("first")), match.says.name or "r"
        bare = "continues" in groups or "code" in groups or "at" in groups
        if first is None and (bare or match.says.name is None):
            if opened is None or not opened.counted:
                return
            first, prefix = opened.counted, opened.prefix
        values = list(_registers.row(match.line, *span, prefix, first or 0))
        for value in values:
            self._add(value, user=match.says.user)
        if self.registers is not None:
            self.registers.counted, self.registers.prefix = (first or 0) + len(values), prefix

    def _saved(self, match: _format.Match) -> None:
        if self.stack is not None and self.stack.frames:
            values = tuple(_registers.pairs(match.line, 0, len(match.line.text)))
            last = self.stack.frames[-1]
            self.stack.frames[-1] = replace(last, registers=(*last.registers, *values))
            self.stack.spans += _whole(match.line)

    def _code(self, match: _format.Match) -> None:
        groups = _codes.groups(match.groups)
        if "continues" in groups and self.code is None and not self.expects_code:
            return
        self.expects_code = True
        span = match.groups.span("code" if "code" in groups else "words")
        found: model.CodeBytes | None
        if "mark" in groups:
            at = ">" in (groups["mark"] or "")
            found = _dumps.instruction(match.line, *span, at_fault=at)
        else:
            found = _dumps.code(match.line, *span)
        if found is not None:
            self.code = found if self.code is None else _dumps.continued(self.code, found)

    def _memory(self, match: _format.Match) -> None:
        groups = _codes.groups(match.groups)
        self._close_dump()
        self.dump = _dumps.Open(groups.get("title") or match.says.name, _hex(groups.get("low")))
        self.dump.spans += _whole(match.line)
        if groups.get("words"):
            self.dump.add(match.line, None, *match.groups.span("words"))

    def _words(self, match: _format.Match) -> None:
        groups = _codes.groups(match.groups)
        at, title = groups.get("at"), groups.get("title")
        if self.dump is not None and title is not None and title != self.dump.title:
            self._close_dump()
        if self.dump is None:
            if at is None and title is None and match.says.name is None:
                return  # numbers alone are no dump
            self.dump = _dumps.Open(title or match.says.name, None)
        elif not self.dump.goes_on(at):
            # Rows are missing in between.
            following = self.dump.behind(at)
            self._close_dump()
            self.dump = following
        span = _numbers(match)
        if span is not None:
            self.dump.add(match.line, at, *span)

    # What is open is closed.

    def _close_all(self) -> None:
        self._close_stack()
        self._close_registers()
        self._close_dump()
        self._close_code()
        if self.innermost is not None:
            self._lone_pc()
        self._drop_heading()

    def _close_stack(self) -> None:
        stack, self.stack = self.stack, None
        if stack is not None and stack.frames:
            self.told = True
            role = stack.role or self._usual_role(stack)
            self.faulted = self.faulted or role is model.StackRole.FAULT
            if stack.outermost:
                stack.frames.reverse()
            what = model.Stack(
                stack.format, role, stack.title, tuple(stack.spans), tuple(stack.frames)
            )
            caller = self.lines[max(self.last, 0)].caller
            self.events.append(_events.Event(what, tuple(stack.spans), caller))

    def _usual_role(self, stack: _Stack) -> model.StackRole:
        """The role of a stack that nothing names: code that only wants to be known calls dump_stack() itself."""
        names = {(frame.code.function or "").lstrip(".") for frame in stack.frames[:6]}
        if not self.titled and names & _ASKED_FOR:
            return model.StackRole.PRINTED
        return model.StackRole.FAULT

    def _lone_pc(self) -> None:
        """A fault whose stack was not printed is a stack of one frame."""
        frame, self.innermost = self.innermost, None
        heading, self.heading = self.heading, None
        role = None if heading is None else heading.role
        if frame is not None and (role is not None or not self.faulted):
            title = heading.title if heading is not None and heading.spans else None
            spans = (*(heading.spans if heading is not None else ()), *frame.spans)
            stack = model.Stack(
                "oops_header", role or model.StackRole.FAULT, title, spans, (frame,)
            )
            self.events.append(
                _events.Event(stack, stack.spans, self.lines[max(self.last, 0)].caller)
            )

    def _close_registers(self) -> None:
        opened, self.registers = self.registers, None
        if opened is not None and opened.found:
            what = opened.closed()
            spans = what.spans or _registers.span_of(what.registers)
            caller = self.lines[max(self.last, 0)].caller
            self.events.append(_events.Event(replace(what, spans=spans), spans, caller))

    def _close_dump(self) -> None:
        opened, self.dump = self.dump, None
        if opened is not None and opened.words:
            what = opened.closed()
            caller = self.lines[max(self.last, 0)].caller
            self.events.append(_events.Event(what, what.spans, caller))

    def _close_code(self) -> None:
        code, self.code = self.code, None
        self.expects_code = False
        if code is not None:
            caller = self.lines[max(self.last, 0)].caller
            self.events.append(_events.Event(code, code.spans, caller))


# The kinds of lines whose own place is no mention.
_OWN = (_kinds.PC, _kinds.REGISTERS)
# Reports about tasks, or about all CPUs.
_OF_TASKS = ("hung-task", "sysrq")
_OTHER_CPU = model.StackRole.OTHER_CPU
_ASKED_FOR = frozenset(("dump_stack", "__dump_stack", "dump_stack_lvl", "show_stack"))
_MODULE = re.compile(r"(?<!\S)([A-Za-z_][\w-]{0,63})(?:\(([A-Z+-]{1,24})\)|(\+))?(?!\S)")
# What architectures call their program counter, where its number alone is printed.
_COUNTERS = frozenset(("pc", "epc", "sepc", "era"))
_MORE_POSITIONS = re.compile(_codes.TOKENS["POSITION"], re.ASCII)


def read(
    lines: Sequence[model.LogLine], matches: Sequence[_format.Match], record: model.Arch | None
) -> tuple[_events.Event, ...]:
    """What the claimed lines of one printer say, in their order."""
    return _Reader(lines, record).read(matches)


def _whole(line: model.LogLine) -> tuple[model.Span, ...]:
    text = line.text
    return line.spans(len(text) - len(text.lstrip()), len(text.rstrip()))


@functools.lru_cache(1 << 14)
def _trimmed(text: str, found: re.Match[str]) -> tuple[int, int]:
    start, end = found.span()
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t":
        end -= 1
    return start, end


def _names(frame: model.Frame, known: model.Frame) -> bool:
    """Whether a frame gives a name to what is known by its address only."""
    return known.code.symbol is None and frame.code.symbol is not None


def _same(one: model.Frame, other: model.Frame) -> bool:
    """Whether two frames name the same place."""
    a, b = one.code, other.code
    if a.symbol is None or b.symbol is None:
        return a.address is not None and a.address == b.address
    return (a.symbol, a.offset, a.size, a.module) == (b.symbol, b.offset, b.size, b.module)


def _numbers(match: _format.Match) -> tuple[int, int] | None:
    """Where the numbers of a row stand."""
    names = match.groups.re.groupindex
    for name in ("words", "code"):
        if name in names and match.groups.group(name) is not None:
            return match.groups.span(name)
    return None


def _callee(match: _format.Match) -> model.CodeRef | None:
    """The inner function, where the producer prints it with the frame."""
    groups = _codes.groups(match.groups)
    name = groups.get("callee")
    address = groups.get("callee_address")
    if name is None and address is None:
        return None
    group = "callee_address" if name is None else "callee"
    return model.CodeRef(
        None if name is None else _codes.function_of(name),
        name,
        _hex(address),
        module=groups.get("callee_module"),
        name_spans=match.line.spans(*match.groups.span(group)),
    )


def _positions(match: _format.Match) -> tuple[model.SourcePos | None, tuple[model.SourcePos, ...]]:
    """The source position that is printed with a frame, and those of the calls that were inlined in front of it."""
    groups = _codes.groups(match.groups)
    if groups.get("path") is None and groups.get("positions") is None:
        return None, ()
    if groups.get("path") is not None:
        return model.SourcePos(groups["path"], int(groups["line"])), ()
    inside = groups.get("positions")
    if inside is None:
        return None, ()
    found = [
        model.SourcePos(one["path"], int(one["line"])) for one in _MORE_POSITIONS.finditer(inside)
    ]
    return (found[-1] if found else None), tuple(found[:-1])


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _hex(digits: str | None) -> int | None:
    return None if digits is None or not _HEXADECIMAL.match(digits) else int(digits, 16)


def _decimal(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
