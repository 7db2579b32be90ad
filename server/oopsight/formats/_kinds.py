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
# The line above the first frame (`Call Trace:`).
TRACE = "trace"
FRAME = "frame"
# Several addresses without names; group `frames` for the text that holds them.
FRAMES = "frames"
# A change of the kind of stack (`<IRQ>`); group `stack`, and `closing` where the kind ends.
SWITCH = "switch"
# The interrupted place, printed with registers: the innermost frame of what follows.
PC = "pc"
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
# A value; groups `name`, `value`, `names`; `says.domain`.
VALUE = "value"
# The end of a report.
END = "end"
# A line of a report that carries nothing else that is read.
PART = "part"


@dataclass(frozen=True, slots=True)
class Says:
    """What a spelling fixes for the lines of a rule.

    `crash` is the stable word for what happened (`oops`, `warning`); `faults` whether the interrupted instruction is
    one that faulted. `role` is why the stack below was printed. `convention` says how the printed place is meant;
    `stack` on which stack a frame ran. `joins`: the title never begins a crash of its own where one is open.
    """

    crash: str | None = None
    faults: bool = False
    role: model.StackRole | None = None
    convention: model.Convention | None = None
    stack: str | None = None
    domain: str | None = None
    joins: bool = False
    user: bool = False
    name: str | None = None


NOTHING = Says()
