"""PA-RISC's registers and faults, as arch/parisc/kernel/traps.c prints them."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
_EXACT = model.Convention.EXACT

FORMAT = _format.Format(
    title="PA-RISC registers and faults",
    architectures=("parisc",),
    sample=" IAOQ[0]: do_sample_write+0x78/0x1a8 [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?P<title>[A-Z][\w ()?,'-]{{2,60}}: Code=[0-9]{{1,3}} (?:\([^()]{{1,60}}\) at addr (?P<fault>{_HEX})|regs=[0-9a-f]{{8,16}} \(Addr=(?:[0-9a-f]{{8,16}})\)))[ \t]*$",
            ": Code=",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?P<comm>\S.{0,15}) \(pid (?P<pid>[0-9]{1,10})\): [^()]{1,60} \(code -?[0-9]{1,5}\)(?: at [0-9a-f]{8,16})?)[ \t]*$",
            " (pid ",
            _says(crash="oops", faults=True, joins=True),
        ),
        _rule(_kinds.PART, r"[ \t]*YZrvWESTHLNXBCVMcbcbcbcbOGFRQPDI[ \t]*$", "YZrv"),
        _rule(_kinds.PART, r"[ \t]*VZOUICununcqcqcqcqcqcrmunTDVZOUI[ \t]*$", "VZOU"),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?P<name>F?PSW?R?): (?P<value>[01]{32})(?: (?:Not tainted|Tainted: (?P<taint>[A-Z -]{1,80}(?<=[A-Z]))))?.{0,80}$",
            "P",
        ),
        _rule(_kinds.REGISTERS, r"[ \t]*FPER1: [0-9a-f]{8}[ \t]*$", "FPER1"),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*r(?P<first>[0-9]{{2}})-[0-9]{{2}}[ ]{{2}}(?P<words>{_HEX}(?:[ ]{_HEX}){{1,3}})[ \t]*$",
            "-",
            _says(name="r"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*sr(?P<first>[0-9]{{2}})-[0-9]{{2}}[ ]{{2}}(?P<words>{_HEX}(?:[ ]{_HEX}){{1,3}})[ \t]*$",
            "sr",
            _says(name="sr"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*fr(?P<first>[0-9]{{2}})-[0-9]{{2}}[ ]{{2}}(?P<words>{_HEX}(?:[ ]{_HEX}){{1,3}})[ \t]*$",
            "fr",
            _says(name="fr"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*IASQ: {_HEX} {_HEX} IAOQ: {_HEX} {_HEX}[ \t]*$",
            "IASQ:",
        ),
        _rule(
            _kinds.REGISTERS, rf"[ \t]*IIR: {_HEX}[ ]{{4}}ISR: {_HEX}[ ]{{2}}IOR: {_HEX}", "IIR:"
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*CPU:[ ]{{1,9}}(?P<cpu>[0-9]{{1,5}})[ ]{{3}}(?P<registers>CR30: {_HEX} CR31: {_HEX})[ \t]*$",
            "CR30:",
        ),
        _rule(_kinds.REGISTERS, rf"[ \t]*ORIG_R28: {_HEX}[ \t]*$", "ORIG_R28"),
        _rule(
            _kinds.PC,
            r"[ \t]*IAOQ\[0\]: (?:{PLACE}|0x{BARE})[ \t]*$",
            "IAOQ[0]",
            _says(name="iaoq"),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*IAOQ\[0\]: (?P<bare>[0-9a-f]{8,16})[ \t]*$",
            "IAOQ[0]",
            _says(name="iaoq", user=True),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*IAOQ\[1\]: (?:{PLACE}|(?:0x)?{BARE})[ \t]*$",
            "IAOQ[1]",
            _says(name="iaoq1", convention=_EXACT),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*RP\(r2\): (?:{PLACE}|(?:0x)?{BARE})[ \t]*$",
            "RP(r2)",
            _says(name="r2", convention=model.Convention.RETURN),
        ),
    ),
)
