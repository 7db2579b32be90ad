"""SPARC's registers and backtraces, as arch/sparc/kernel/process_{32,64}.c and traps_{32,64}.c print them.

`I7`, `RPC`, the rows of the trace and those of the register windows are addresses of the calls themselves: a call
saves its own address, and a routine returns to the one behind the delay slot.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_CALL = model.Convention.CALL_SITE
_WORDS = r"[0-9a-f]{8}(?:[ ]{1,2}[0-9a-f]{8}){7}"
_TAINT = r"(?:Not tainted|Tainted:[ ](?P<taint>[A-Z -]{1,80}(?<=[A-Z-])))"

FORMAT = _format.Format(
    title="SPARC registers and backtraces",
    architectures=("sparc",),
    sample="Caller[0000000000472044]: do_sample_write+0x144/0x1e0 [sample]",
    rules=(
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*(?P<title>(?P<comm>\S.{0,15})\((?P<pid>[0-9]{1,10})\): [A-Z][\w ./-]{1,40} \[#[0-9]{1,6}\])[ \t]*$",
            "): ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*tsk->\{mm,active_mm\}->(?:context|pgd) = [0-9a-f]{8,16}[ \t]*$",
            "tsk->{mm",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>TSTATE: [0-9a-f]{{16}} TPC: [0-9a-f]{{16}} TNPC: [0-9a-f]{{16}} Y: [0-9a-f]{{8}})(?:[ ]{{1,8}}{_TAINT})?[ \t]*$",
            "TSTATE: ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>PSR: [0-9a-f]{{8}} PC: [0-9a-f]{{8}} NPC: [0-9a-f]{{8}} Y: [0-9a-f]{{8}})(?:[ ]{{1,8}}{_TAINT})?[ \t]*$",
            "PSR: ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*[goli][04]: [0-9a-f]{16} [goli][15]: [0-9a-f]{16} (?:[goli][26]|sp): [0-9a-f]{16} (?:[goli][37]|ret_pc): [0-9a-f]{16}[ \t]*$",
            ": ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*[li]0: [0-9a-f]{8} [li]1: [0-9a-f]{8} [li]2: .{60,100}$",
            "0: ",
        ),
        *(
            _rule(
                _kinds.REGISTERS,
                rf"[ \t]*%{bank.upper()}: (?P<words>{_WORDS})[ \t]*$",
                f"%{bank.upper()}: ",
                _says(name=bank),
            )
            for bank in "goli"
        ),
        _rule(_kinds.PC, r"[ \t]*TPC: ?<{PLACE}>[ \t]*$", "TPC: ", _says(name="tpc")),
        _rule(_kinds.PC, r"[ \t]*PC: ?<{PLACE}>[ \t]*$", "PC: ", _says(name="pc")),
        _rule(_kinds.PC, r"[ \t]*T?PC: ?<0x{BARE}>[ \t]*$", "PC: <", _says(name="tpc")),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*RPC: ?<(?:{PLACE}|0x{BARE})>[ \t]*$",
            "RPC: ",
            _says(name="ret_pc", convention=_CALL),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*I7: ?<(?:{PLACE}|0x{BARE})>[ \t]*$",
            "I7: ",
            _says(name="i7", convention=_CALL),
        ),
        # Without angle brackets since 4.15; the 32-bit kernel has its own spelling.
        _rule(
            _kinds.FRAME,
            r"[ \t]*\[(?P<address>[0-9a-f]{8}) : {PLACE} \].{0,400}$",
            " : ",
            _says(convention=_CALL),
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]*Caller\[(?P<address>[0-9a-f]{8,16})\]: {PLACE}[ \t]*$",
            "Caller[",
            _says(convention=_CALL, again=True),
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]*Caller\[[0-9a-f]{8,16}\]: 0x{BARE}[ \t]*$",
            "Caller[",
            _says(convention=_CALL, again=True),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t*]*CPU\[[ ]{0,3}[0-9]{1,5}\]: TSTATE\[.{1,160}$",
            "TSTATE[",
            _says(role=model.StackRole.OTHER_CPU),
        ),
        _rule(_kinds.PC, r"[ \t]+TPC\[{PLACE}\] O7\[.{1,600}$", "TPC["),
        _rule(
            _kinds.CODE,
            r"[ \t]*Instruction DUMP:(?P<code>(?:[ ]{1,2}<?[0-9a-f]{8}>?){0,12})[ \t]*$",
            "Instruction DUMP",
        ),
        _rule(_kinds.CODE, r"[ \t]*(?P<continues>)(?=(?P<code><?[0-9a-f]{8}>?)[ \t]*$)", ""),
    ),
)
