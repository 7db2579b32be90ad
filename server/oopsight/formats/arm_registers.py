"""Arm's registers and what stands around them, as `__show_regs` in arch/arm/kernel/process.c and `__die` in traps.c print."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX8 = r"[0-9a-f]{8}"
_HEX16 = r"[0-9a-f]{16}"
# What could not be read is printed in other signs.
_WORD = r"(?:[0-9a-f]{8}|\?{8}|\*{8})"
_RETURN = model.Convention.RETURN

FORMAT = _format.Format(
    title="Arm registers and faults",
    architectures=("arm",),
    sample="pc : [<c0014318>]    lr : [<c001457c>]    psr: 60000013",
    rules=(
        _rule(_kinds.PART, r"[ \t]*8<--- cut here ---[ \t]*$", "8<---"),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Unhandled (?:fault|prefetch abort|debug exception): .{1,80} \(0x[0-9a-f]{1,16}\) at (?:0x)?(?P<fault>[0-9a-f]{1,16})[ \t]*$",
            "Unhandled ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Bad mode in .{1,60} handler detected(?: on CPU(?P<cpu>[0-9]{1,5}))?(?:, code 0x[0-9a-f]{1,16}.{0,60})?[ \t]*$",
            "Bad mode in ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Alignment trap: not handling .{1,60} at \[<[0-9a-f]{8}>\][ \t]*$",
            "Alignment trap: ",
            _says(crash="oops", faults=True, joins=True),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:Alignment trap: .{1,160}|LDMSTM: PC = .{1,120}|FIQ .{1,80})$",
            "",
        ),
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*Internal error: .{0,120}?(?:\[#[0-9]{1,6}\].{0,60}|: [0-9a-f]{1,16}[ \t]*)$",
            "Internal error: ",
            _says(crash="oops", faults=True),
        ),
        _rule(_kinds.PART, r"[ \t]*\[[0-9a-f]{4,16}\] \*?pgd=.{1,200}$", "pgd="),
        _rule(_kinds.PART, r"[ \t]*pgd = (?:0x)?[0-9a-f(ptrval)]{1,20}[ \t]*$", "pgd = "),
        _rule(
            _kinds.PART,
            r"[ \t]*\*p(?:gd|4d|ud|md|te)=[0-9a-f]{8,16}(?:\(bad\)|, \*pp?te=[0-9a-f]{8,16}){0,2}[ \t]*$",
            "*p",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*task: [0-9a-f]{8,16} (?:task\.stack|ti): [0-9a-f]{8,16}(?: task\.ti: [0-9a-f]{8,16})?[ \t]*$",
            "task: ",
        ),
        _rule(
            _kinds.PC, r"[ \t]*PC is at (?:{PLACE}|0x{BARE})[ \t]*$", "PC is at", _says(name="pc")
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*LR is at (?:{PLACE}|0x{BARE})[ \t]*$",
            "LR is at",
            _says(name="lr", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:pc[ ]?:[ ]?\[<{_HEX8}>\]|(?:psr|sp|ip|fp|r[0-9]{{1,2}})[ ]?:[ ]?{_HEX8})(?:[ ]{{1,8}}\w{{2,4}}[ ]{{0,2}}:[ ]?(?:\[<)?{_HEX8}(?:>\])?){{0,5}}[ \t]*$",
            ":",
        ),
        _rule(_kinds.PART, r"[ \t]*Flags:[ ].{1,120}Mode[ ]\S{1,12}.{0,120}$", "Flags:"),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>Control: [0-9a-f]{4,8}(?:[ ]{1,4}(?:Table: [0-9a-f]{8}(?:[ ]{1,4}DAC: [0-9a-f]{8})?)?)?)[ \t]*$",
            "Control: ",
        ),
        _rule(_kinds.REGISTERS, rf"[ \t]*(?P<registers>xPSR: {_HEX8})[ \t]*$", "xPSR: "),
        _rule(_kinds.PART, r"[ \t]*Register \w{1,4} information:.{0,300}$", "information:"),
        _rule(
            _kinds.FACT,
            r"[ \t]*Process (?P<comm>\S.{0,60}?) \(pid: (?P<pid>[0-9]{1,10}), (?:stack limit|ti|threadinfo).{0,120}\)[ \t]*$",
            "Process ",
        ),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>[Ss]tack): ?\(0x(?P<low>[0-9a-f]{8}|[0-9a-f]{16}) to 0x(?P<high>[0-9a-f]{8,16})\)[ \t]*$",
            "tack",
        ),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>Exception stack)\(0x(?P<low>[0-9a-f]{8}|[0-9a-f]{16}) to 0x(?P<high>[0-9a-f]{8,16})\)[ \t]*$",
            "Exception stack(",
        ),
        _rule(
            _kinds.WORDS,
            rf"[ \t]*(?P<at>[0-9a-f]{{4}}|[0-9a-f]{{8}}):(?P<words>[ ]{{1,80}}(?:{_WORD}(?:[ ]{_WORD}){{0,7}}|{_HEX16}(?:[ ]{_HEX16}){{0,3}}))[ \t]*$",
            ": ",
        ),
        # Until 4.14 with symbols, on vendors' kernels longer: memory around what the registers point to.
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>(?:PC|LR|SP|IP|FP|[RX][0-9]{1,2})): 0x(?P<low>[0-9a-f]{8,16}):[ \t]*$",
            ": 0x",
        ),
        _rule(
            _kinds.WORDS,
            rf"[ \t]*(?P<at>[0-9a-f]{{4}})[ ]{{1,4}}(?P<words>{_WORD}(?:[ ]{_WORD}){{0,7}})[ \t]*$",
            " ",
        ),
        _rule(
            _kinds.CODE,
            rf"[ \t]*Code:(?P<code>(?:[ ]\(?(?:{_WORD}|[0-9a-f]{{4}})\)?){{1,16}})[ \t]*$",
            "Code:",
        ),
        _rule(_kinds.PART, r"[ \t]*Code: bad PC value\.?[ \t]*$", "Code:"),
    ),
)
