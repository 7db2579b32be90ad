"""What the lines of a kernel's report can be: the vocabulary that the rules of all its spellings share.

A rule claims a line and says its kind; named groups carry the parts; `says` what the spelling itself fixes. What is
made of the lines follows from their kinds alone, so a new report needs rules and nothing else.

Groups that every kind may carry:

| group | is |
|---|---|
| `symbol` `offset` `size` `module` `build` `address` `bare` | a place in code, see `_codes` |
| `doubt` | the mark by which the kernel doubts a frame |
| `path` `line` | a printed source position |
| `cpu` `pid` `comm` `taint` `release` `hardware` | facts about the crash |
| `fault` | the address whose access failed, in hexadecimal digits |
| `title` | the title's text; without it, the whole line is it |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oopsight import model

# A line with which a report begins.
TITLE = "title"
# A line that names what happened, too, but stands below the first one where there is one (`Oops: 0002 [#1]`).
SUBTITLE = "subtitle"
# Facts about the crash: CPU, task, release, hardware, page tables.
FACT = "fact"
# A heading that says what the next stack is.
HEADING = "heading"
# A heading whose next line is the place of a variable or a function, and no frame; `says.convention`.
POINTS = "points"
# The line above the first frame (`Call Trace:`).
TRACE = "trace"
FRAME = "frame"
# Several frames on one line; group `frames` for the text that holds them.
FRAMES = "frames"
# A change of the kind of stack (`<IRQ>`); group `stack`, and `closing` where the kind ends.
SWITCH = "switch"
# A frame in a spelling that other texts have, too: it counts where it stands below its heading or in a row of such lines.
ROW = "row"
# The line above one place in code that is printed as a frame would be (`Last Breaking-Event-Address:`); `says.name` names it.
BELOW = "below"
# The interrupted place, printed with registers: the innermost frame of what follows.
PC = "pc"
# The interrupted place once more, below the report; counts as its pc only where none was printed above.
REPEAT = "repeat"
# Names and numbers of registers; groups `registers` for the text that holds them, else the whole line.
REGISTERS = "registers"
# The registers of one frame, below it.
SAVED = "saved"
# Instructions around the fault; group `code`.
CODE = "code"
# The heading of a dump of memory; groups `title`, `low`, `high`; `words` where words stand on the line itself.
MEMORY = "memory"
# A row of a dump; groups `at` (digits of the address, perhaps only the last ones) and `words`.
WORDS = "words"
MODULES = "modules"
# A value; groups `name`, `value` (hexadecimal) or `count` (decimal), `names`; `says.domain`, `says.name`.
VALUE = "value"
# The end of a report.
END = "end"
# A row of signs around a report: it ends one that has its stack, and begins one otherwise.
BORDER = "border"
# A line of a report that carries nothing else that is read.
PART = "part"

# The stable words for what happened, and what they mean.
CRASHES: Mapping[str, str] = {
    "oops": "an exception of the processor in the kernel: a bad address, an invalid instruction, a division by zero",
    "panic": "the kernel stopped itself",
    "bug": "a condition that must not be: BUG(), or a message that begins with BUG",
    "warning": "WARN(), or a message that begins with WARNING",
    "kasan": "a bad access to memory, found by KASAN",
    "kmsan": "the use of a value that was never set, found by KMSAN",
    "kcsan": "a data race, found by KCSAN",
    "kfence": "a bad access to memory, found by KFENCE",
    "ubsan": "undefined behaviour of C, found by UBSAN",
    "slub": "a damaged slab object, found by the slab allocator's checks",
    "list-corruption": "a list whose links do not fit each other",
    "refcount": "a reference count that left its range",
    "odebug": "an object used against the order of its life, found by debugobjects",
    "usercopy": "a copy to or from user space beyond an object",
    "overflow": "a write beyond a string or field, found by FORTIFY_SOURCE",
    "bad-page": "a page, page table or counter of memory in a state that must not be",
    "atomic-sleep": "sleeping or scheduling where that is not allowed",
    "spinlock": "a spinlock or rwlock in a state that must not be",
    "preemption": "data of one processor used where the task can move to another",
    "machine-check": "an error that the processor found in itself or in memory",
    "leak": "memory to which nothing points any more, found by kmemleak",
    "lockdep": "a use of locks that can end in a deadlock or breaks their rules, found by lockdep",
    "hung-task": "a task that waits for too long",
    "rcu-stall": "a processor or task for which RCU waits for too long",
    "soft-lockup": "a processor that schedules no more",
    "hard-lockup": "a processor that takes no interrupts any more",
    "workqueue-lockup": "a workqueue that does not go on",
    "sysrq": "tasks or processors that somebody asked for by a key",
    "oom": "the OOM killer had to end a task",
    "alloc-failure": "memory that could not be had",
    "trace": "stacks that somebody asked for; nothing crashed",
}


@dataclass(frozen=True, slots=True)
class Says:
    """What a spelling fixes for the lines of a rule.

    `crash` is the stable word for what happened, one of `CRASHES`; `faults` whether the interrupted instruction is
    one that faulted. `role` is why the stack below was printed. `convention` says how the printed place is meant, that
    of a heading how the first frame below it is; `stack` on which stack a frame ran. `joins`: the title never begins a
    crash of its own where one is open. `weak`: the title is one only where a stack or registers follow. `whole`: the
    title is all there is of the report. `leaf` says how the place of a stack's innermost frame is meant, where the
    others are meant otherwise. `again`: the frames are another walk over a stack that may have been printed already.
    `outermost`: the outermost frame comes first.
    """

    crash: str | None = None
    faults: bool = False
    role: model.StackRole | None = None
    convention: model.Convention | None = None
    stack: str | None = None
    domain: str | None = None
    joins: bool = False
    weak: bool = False
    whole: bool = False
    user: bool = False
    name: str | None = None
    leaf: model.Convention | None = None
    again: bool = False
    outermost: bool = False


NOTHING = Says()
