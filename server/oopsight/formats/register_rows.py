"""Registers in rows of four whose names only count on: `$ 4   : 0000010d 01eb9000 00000000 00000000`.

So print MIPS (`__show_regs` in arch/mips/kernel/traps.c) and LoongArch until 6.2; the lines around the rows are the
same, too: `Stack :` with words, `epc`/`era` and `ra` with the places in code, `Code:` with the fault in angle brackets.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_RETURN = model.Convention.RETURN
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
# Before 3.x the taint is printed behind the program counter.
_TAINT = r"(?:[ ]{1,8}(?:Not tainted|Tainted: (?P<taint>[A-Z ]{1,40})))?"

FORMAT = _format.Format(
    title="registers in rows of four (MIPS, LoongArch)",
    architectures=("mips", "loongarch"),
    sample="$ 4   : 0000010d 01eb9000 00000000 00000000",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?P<title>CPU (?P<cpu>[0-9]{{1,5}}) Unable to handle kernel .{{1,80}}? at virtual address (?P<fault>{_HEX}), (?:epc|era) == .{{1,60}})[ \t]*$",
            "Unable to handle kernel",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?:Data|Instruction) bus error, epc == {_HEX}, ra == {_HEX}[ \t]*$",
            "bus error, epc",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*\$[ ]?(?P<first>(?!24)[0-9]{{1,2}})[ ]{{0,4}}:(?P<words>(?:[ ]{{1,2}}{_HEX}){{1,8}})[ \t]*$",
            "$",
            _says(name="$"),
        ),
        # MIPS leaves $26 and $27 blank: numbers that follow without the blanks are not counted on.
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*\$[ ]?(?P<first>24)[ ]{{0,4}}:(?P<words>(?:[ ]{{1,2}}{_HEX}){{1,4}})[ \t]*$",
            "$",
            _says(name="$"),
        ),
        _rule(
            _kinds.REGISTERS, rf"[ \t]*(?P<registers>(?:Hi|Lo|Acx)[ ]{{1,6}}: {_HEX})[ \t]*$", ": "
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*epc[ ]{{1,4}}: (?P<address>{_HEX})(?:[ ]+(?:{{PLACE}}|0x[0-9a-f]{{1,16}}))?{_TAINT}[ \t]*$",
            "epc ",
            _says(name="epc"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*era[ ]{{1,4}}: (?P<address>{_HEX})(?:[ ]+(?:{{PLACE}}|0x[0-9a-f]{{1,16}}))?[ \t]*$",
            "era ",
            _says(name="era"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*ra[ ]{{1,4}}: (?P<address>{_HEX}) {{PLACE}}[ \t]*$",
            "ra ",
            _says(name="ra", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>ra[ ]{{1,4}}: {_HEX})(?:[ ]0x[0-9a-f]{{1,16}})?[ \t]*$",
            "ra ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>Status: [0-9a-f]{8})(?:[ \t^I]{1,20}[A-Za-z_ ]{0,240})?$",
            "Status: ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>Cause : [0-9a-f]{8})(?:[ ]\(ExcCode [0-9a-f]{2}\))?[ \t]*$",
            "Cause : ",
        ),
        _rule(
            _kinds.REGISTERS, rf"[ \t]*(?P<registers>BadVA : (?P<fault>{_HEX}))[ \t]*$", "BadVA : "
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>PrId  : [0-9a-f]{8})(?:[ ]\(.{1,60}\))?[ \t]*$",
            "PrId  : ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*CSR (?P<registers>(?:crmd|prmd|euen|ecfg|estat): [0-9a-f]{8,16})[ \t]*$",
            "CSR ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*ExcCode : [0-9a-f]{1,4} \(SubCode [0-9a-f]{1,4}\)[ \t]*$",
            "ExcCode : ",
        ),
        _rule(_kinds.REGISTERS, rf"[ \t]*\*(?P<registers>HwTLS: {_HEX})[ \t]*$", "*HwTLS: "),
        _rule(
            _kinds.MEMORY,
            rf"[ \t]*(?P<title>Stack)[ ]{{1,2}}:(?P<words>(?:[ ]{{1,2}}{_HEX}){{1,16}})?(?:[ ]{{1,2}}(?:\.\.\.|\(Bad stack address\)))?[ \t]*$",
            "Stack ",
        ),
        _rule(
            _kinds.WORDS,
            rf"[ \t]{{4,16}}(?P<words>{_HEX}(?:[ ]{{1,2}}{_HEX}){{0,15}})(?:[ ]{{1,2}}(?:\.\.\.|\(Bad stack address\)))?[ \t]*$",
            "",
        ),
        _rule(_kinds.PART, r"[ \t]{1,16}(?:\.\.\.|\(Bad stack address\))[ \t]*$", ""),
        _rule(
            _kinds.CODE,
            r"[ \t]*Code:(?P<code>(?:[ ]{1,2}<?(?:[0-9a-f]{8}|[0-9a-f]{4})>?){1,16})[ \t]*$",
            "Code:",
        ),
        _rule(_kinds.PART, r"[ \t]*Code:[ ]{1,4}\(Bad address in (?:epc|era)\)[ \t]*$", "Code:"),
    ),
)
