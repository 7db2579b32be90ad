"""What a text says: crashes, stacks, frames, arguments and variables, as printed and with their places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oopsight.model.problem import Problem
from oopsight.model.source import SourcePos
from oopsight.model.text import Document, Span


class FrameKind(Enum):
    """Which instruction a frame is about."""

    FAULT = "fault"  # the instruction that faulted
    INTERRUPTED = "interrupted"  # the instruction that a trap or a stop cut into
    CALL = "call"  # a call that has not returned
    ASM = "asm"  # a label in assembler code
    USER = "user"  # a user-space address
    NO_SYMBOL = "no-symbol"  # a kernel address without a name


class Reliability(Enum):
    """Whether the producer vouches for the frame."""

    SURE = "sure"
    UNSURE = "unsure"  # `? ` and its kind: a stale word of the stack


class Convention(Enum):
    """How the number that a producer prints for a place relates to the instruction that is meant."""

    EXACT = "exact"  # that instruction itself: a pc from saved registers, the address of a function
    RETURN = "return"  # the instruction behind the call, as it stands on the stack
    CALL_SITE = "call-site"  # the producer has already stepped back onto the call


class StackRole(Enum):
    """Why a stack was printed."""

    FAULT = "fault"  # the code that crashed or that a report is about
    INTERRUPTED = "interrupted"
    TASK = "task"  # what a task waits for
    OTHER_CPU = "other-cpu"
    ALLOC = "alloc"  # who allocated the object
    FREE = "free"  # who freed it
    LOCK = "lock"  # where a lock was taken, or became known
    ACCESS = "access"  # the other access of a race
    ORIGIN = "origin"  # where a value came from, or was stored
    WORK = "work"  # who queued a work, a timer or a callback
    PRINTED = "printed"  # somebody asked for it: dump_stack(), a tracer


@dataclass(frozen=True, slots=True)
class CodeRef:
    """A place in code as printed: `ext4_readdir+0x1a4/0x5e0 [ext4]`; name or address is there.

    `symbol` is the name as printed, `function` the same without what compilers append (`.isra.0`).
    `address_class` is a debugger's memory class (`NUR`, `NSX`), `space` its space id (`0x0::`). `name_spans` are where the name stands: several where
    the text was wrapped inside it. `build_id` is the module's, in hexadecimal digits. `hashed`: the number is not an
    address but a hash that the kernel prints in its place, to be compared and never to be looked up.
    """

    function: str | None
    symbol: str | None
    address: int | None = None
    address_class: str | None = None
    offset: int | None = None
    size: int | None = None
    module: str | None = None
    space: int | None = None
    name_spans: tuple[Span, ...] = ()
    build_id: str | None = None
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class RegisterValue:
    """A register as printed; `register` in lower case, `number` None where no number is printed.

    `code` is the place in code that is printed with it, `convention` says how that place is meant.
    """

    register: str
    printed: str
    number: int | None
    spans: tuple[Span, ...]
    code: CodeRef | None = None
    convention: Convention | None = None
    value_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterSet:
    """Registers that were printed together: those of the fault, of user space below it, of another CPU.

    `user` is true where they are those of a program, as far as the text tells.
    """

    registers: tuple[RegisterValue, ...]
    spans: tuple[Span, ...]
    user: bool = False


@dataclass(frozen=True, slots=True)
class CodeBytes:
    """The `Code:` line: `units` are numbers of `width` bytes each, as printed; `fault` is the position of the marked one.

    None stands for a unit that could not be read.
    """

    units: tuple[int | None, ...]
    width: int
    fault: int | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class MemoryWords:
    """Words of memory that were dumped: `address` is that of the first word, None where it is not printed.

    `words` have `width` bytes each; None stands for a word that could not be read. `title` is the dump's heading
    (`Stack`, `Exception stack`), without its addresses.
    """

    title: str | None
    address: int | None
    words: tuple[int | None, ...]
    width: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A value elsewhere in the text: a fault code, flags; `names` is what the kernel itself printed for it."""

    name: str
    printed: str
    number: int | None
    spans: tuple[Span, ...]
    names: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the `Modules linked in:` list; `flags` as printed behind it (`OE`, `+`)."""

    name: str
    flags: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Who ran: the command's name and the process id, what is not printed None."""

    comm: str | None
    pid: int | None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as printed: `name` None for a bare `?`; `number` None when unknown, no number, or cut.

    `cut`: the printed text ends inside or directly after the value, so that digits may be lost.
    `printed` is the value's text. `where` is a printed home of the value: `X19`, `NSD:0xFFFFFF80088CBBD0`.
    """

    name: str | None
    printed: str
    number: int | None
    spans: tuple[Span, ...]
    name_spans: tuple[Span, ...] = ()
    value_spans: tuple[Span, ...] = ()
    cut: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A local variable or a line of a variable window, with its members.

    `target` is a symbolic meaning that the text prints (`fsr_info[7]`, `do_page_fault`); `text` a printed string;
    `remark` what a person wrote behind it.
    """

    name: str
    type: str | None
    printed: str
    number: int | None
    target: str | None
    text: str | None
    members: tuple[Variable, ...]
    spans: tuple[Span, ...]
    name_spans: tuple[Span, ...] = ()
    target_spans: tuple[Span, ...] = ()
    cut: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A line of source that a debugger prints below a frame: a piece of the function around its call site."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a stack, innermost first; inline frames of a text are frames of their own.

    `number` is the printed number (shared by a function and what was inlined into it), `cut` says that the text
    ends before the closing parenthesis and `fragment` what stands there unread. `crossing` is true for the first
    frame behind an exception marker: what lies inside it is a handler, not a callee.

    `convention` says how a printed offset or address is meant; `callee` is the inner function where the producer
    prints both (Arm's `x from y`); `stack` the kind of stack on which it ran (`IRQ`, `NMI`, `TASK`); `registers` what
    was saved in this frame. `printed` is a printed file and line, `chain` all that are printed for one address, innermost first: the inlined calls
    in front of the frame's own.
    """

    number: int | None
    code: CodeRef
    kind: FrameKind
    spans: tuple[Span, ...]
    reliability: Reliability = Reliability.SURE
    inlined: bool = False
    cut: bool = False
    fragment: str | None = None
    crossing: bool = False
    arguments: tuple[Argument, ...] = ()
    variables: tuple[Variable, ...] = ()
    source_rows: tuple[SourceRow, ...] = ()
    remarks: tuple[str, ...] = ()
    printed: SourcePos | None = None
    convention: Convention | None = None
    callee: CodeRef | None = None
    stack: str | None = None
    registers: tuple[RegisterValue, ...] = ()
    chain: tuple[SourcePos, ...] = ()


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames that belong together, innermost first; `spans` cover its first to its last line."""

    format: str
    role: StackRole
    title: str | None
    spans: tuple[Span, ...]
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class SourceMention:
    """A `file:line`, function name or table reference elsewhere in the text, to be clicked.

    `name` is a function (`do_DataAbort()`) or table (`fsr_info`), `index` a table's index, `position` a
    printed file and line; what is not printed is None. `code` is a printed place in code, `convention` how it is meant.
    """

    span: Span
    name: str | None = None
    index: int | None = None
    position: SourcePos | None = None
    code: CodeRef | None = None
    convention: Convention | None = None


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash of a text: its stacks and all that was printed with them.

    `arch` is the key of an architecture record, None when nothing tells. `windows` are variable windows. `release` is
    what the kernel calls itself (`6.1.0-49-amd64`), `upstream` the version of its sources where a distribution prints
    that beside it (`Debian 6.1.176-1`: 6.1.176).

    `kind` is a stable word for what happened (`oops`, `warning`, `kasan`, `hung-task` …). `follows` is the position of
    the first crash of the same boot where this one came after it: what went wrong first matters. `taint` are the
    letters. `fault_address` is the address whose access failed. `hardware` is the printed name of the machine.
    """

    title: str | None
    arch: str | None
    spans: tuple[Span, ...]
    stacks: tuple[Stack, ...]
    windows: tuple[Variable, ...] = ()
    mentions: tuple[SourceMention, ...] = ()
    release: str | None = None
    problems: tuple[Problem, ...] = ()
    upstream: str | None = None
    kind: str | None = None
    follows: int | None = None
    cpu: int | None = None
    task: Task | None = None
    taint: str | None = None
    fault_address: int | None = None
    build_id: str | None = None
    hardware: str | None = None
    modules: tuple[Module, ...] = ()
    registers: tuple[RegisterSet, ...] = ()
    code: tuple[CodeBytes, ...] = ()
    memory: tuple[MemoryWords, ...] = ()
    values: tuple[PrintedValue, ...] = ()
    title_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that was understood of a document; text that nobody understood is left alone.

    `mentions` are places in code in a text that holds no crash.
    """

    document: Document
    crashes: tuple[Crash, ...]
    problems: tuple[Problem, ...] = ()
    mentions: tuple[SourceMention, ...] = ()
