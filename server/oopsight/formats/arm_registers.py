"""Arm's registers and what stands around them, as `__show_regs` in arch/arm/kernel/process.c and `__die` in traps.c print."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX8 = r"[0-9a-f]{8}"
_RETURN = model.Convention.RETURN

FORMAT = _format.Format(
    title="Arm registers and faults",
    architectures=("arm",),
    sample="pc : [<c0014318>]    lr : [<c001457c>]    psr: 60000013",
    rules=(
        _rule(_kinds.PART, r"[ \t]*8<--- cut here ---[ \t]*$", "8<---"),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Unhandled (?:fault|prefetch abort): .{1,80} \(0x[0-9a-f]{1,8}\) at (?:0x)?(?P<fault>[0-9a-f]{1,16})[ \t]*$",
            "Unhandled ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*Internal error: .{0,120}\[#[0-9]{1,6}\].{0,60}$",
            "Internal error: ",
            _says(crash="oops", faults=True),
        ),
        _rule(_kinds.PART, r"[ \t]*\[[0-9a-f]{8,16}\] \*?pgd=.{1,200}$", "pgd="),
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
            rf"[ \t]*(?:pc[ ]?:[ ]?\[<{_HEX8}>\]|(?:sp|ip|fp|r[0-9]{{1,2}})[ ]?:[ ]?{_HEX8})(?:[ ]{{1,8}}\w{{2,4}}[ ]{{0,2}}:[ ]?(?:\[<)?{_HEX8}(?:>\])?){{0,5}}[ \t]*$",
            ":",
        ),
        _rule(_kinds.PART, r"[ \t]*Flags:[ ].{1,120}Mode[ ]\S{1,12}.{0,120}$", "Flags:"),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>Control: [0-9a-f]{8}  (?:Table: [0-9a-f]{8}  )?(?:DAC: [0-9a-f]{8})?)",
            "Control: ",
        ),
        _rule(_kinds.PART, r"[ \t]*Register \w{1,4} information:.{0,300}$", "information:"),
        _rule(
            _kinds.FACT,
            r"[ \t]*Process (?P<comm>\S.{0,60}?) \(pid: (?P<pid>[0-9]{1,10}), (?:stack limit|ti|threadinfo).{0,120}\)[ \t]*$",
            "Process ",
        ),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>(?:Exception )?[Ss]tack): ?\(0x(?P<low>[0-9a-f]{8}) to 0x(?P<high>[0-9a-f]{8})\)[ \t]*$",
            "tack",
        ),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>Exception stack)\(0x(?P<low>[0-9a-f]{8}) to 0x(?P<high>[0-9a-f]{8})\)[ \t]*$",
            "Exception stack(",
        ),
        _rule(
            _kinds.WORDS,
            rf"[ \t]*(?P<at>[0-9a-f]{{4}}|[0-9a-f]{{8}}):(?P<words>[ ]{{1,80}}{_HEX8}(?:[ ]{_HEX8}){{0,7}})[ \t]*$",
            ": ",
        ),
        _rule(
            _kinds.CODE,
            rf"[ \t]*Code:(?P<code>(?:[ ]\(?(?:{_HEX8}|[0-9a-f]{{4}})\)?){{1,16}})[ \t]*$",
            "Code:",
        ),
    ),
)
