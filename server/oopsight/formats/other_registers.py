"""The interrupted place and the registers of alpha, ARC, C-SKY, Hexagon, IA-64, m68k, MicroBlaze, Nios II, OpenRISC,
SuperH and Xtensa: a line or two of each, as arch/*/kernel/{process,traps,ptrace,troubleshoot,dumpstack}.c print them."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_RETURN = model.Convention.RETURN
_HEX8 = r"[0-9a-fA-F]{8}"
_HEX16 = r"[0-9a-f]{16}"

FORMAT = _format.Format(
    title="registers of alpha, arc, csky, hexagon, ia64, m68k, microblaze, nios2, openrisc, sh, xtensa",
    architectures=(
        "alpha",
        "arc",
        "csky",
        "hexagon",
        "ia64",
        "m68k",
        "microblaze",
        "nios2",
        "openrisc",
        "sh",
        "xtensa",
    ),
    sample="pc is at do_sample_write+0x1a/0x70 [sample]",
    rules=(
        # alpha, ia64
        _rule(_kinds.PC, r"[ \t]*(?:pc|ip) is at {PLACE}[ \t]*$", " is at ", _says(name="pc")),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*ra is at {PLACE}[ \t]*$",
            "ra is at",
            _says(name="ra", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*pc = \[<{_HEX16}>\][ ]{{2}}ra = \[<{_HEX16}>\][ ]{{2}}ps = [0-9a-f]{{4}}.{{0,80}}$",
            "pc = [",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:[vtsa][0-9]{{1,2}}|gp|pv|at|r[0-9]{{1,2}})[ ]{{0,2}}= {_HEX16}(?:[ ]{{1,2}}\w{{2,3}}[ ]{{0,2}}= {_HEX16}){{0,2}}[ \t]*$",
            "= ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:psr|unat|rnat|ldrs|csd|b0|r[0-9]{{1,2}})[ ]{{0,3}}: {_HEX16}(?: \w{{2,5}}[ ]{{0,3}}: {_HEX16}){{0,2}}(?: ip[ ]{{2}}: \[<{_HEX16}>\].{{0,120}})?[ \t]*$",
            ": ",
        ),
        _rule(_kinds.PART, rf"[ \t]*sp={_HEX16} bsp={_HEX16}[ \t]*$", " bsp="),
        # m68k
        _rule(
            _kinds.PC,
            r"[ \t]*PC: \[<(?P<value>[0-9a-f]{8})>\] {PLACE}[ \t]*$",
            "PC: [<",
            _says(name="pc"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*SR: [0-9a-f]{{4}}[ ]{{2}}SP: (?:\(ptrval\)|{_HEX8})[ ]{{2}}a2: {_HEX8}[ \t]*$",
            "SR: ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*d[04]: {_HEX8}[ ]{{4}}d[15]: {_HEX8}[ ]{{4}}\w\w: {_HEX8}[ ]{{4}}\w\w: {_HEX8}[ \t]*$",
            "d",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*Process (?P<comm>\S.{0,40}?) \(pid: (?P<pid>[0-9]{1,10}), (?:task|stackpage)=[0-9a-f]{8}\)[ \t]*$",
            "Process ",
        ),
        # m68k and nios2 begin the trace on the line of its heading.
        _rule(
            _kinds.FRAME,
            r"[ \t]*(?P<heads>)Call Trace: {ADDRESS}[ ]{0,4}{PLACE}[ \t]*$",
            "Call Trace: [",
        ),
        # arc
        _rule(_kinds.PC, r"[ \t]*\[ERET  \]: {PLACE}[ \t]*$", "[ERET", _says(name="eret")),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*\[BLINK \]: {PLACE}[ \t]*$",
            "[BLINK",
            _says(name="blink", convention=_RETURN),
        ),
        _rule(_kinds.FACT, r"[ \t]*\[EFA   \]: 0x(?P<fault>[0-9a-f]{8})[ \t]*$", "[EFA"),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:ECR|EFA|LPS|BTA|r[0-9]{{2}}): 0x{_HEX8}(?:[ \t]{{1,4}}\w{{2,4}}: 0x{_HEX8}){{0,2}}[ \t]*$",
            ": 0x",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>SP: 0x{_HEX8}[ ]{{2}}FP: 0x{_HEX8}) BLK: {{PLACE}}[ \t]*$",
            " BLK: ",
        ),
        # csky
        _rule(
            _kinds.PC,
            r"[ \t]*PC: 0x(?P<value>[0-9a-f]{8}) \({PLACE}\)[ \t]*$",
            "PC: 0x",
            _says(name="pc"),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*LR: 0x(?P<value>[0-9a-f]{8}) \({PLACE}\)[ \t]*$",
            "LR: 0x",
            _says(name="lr", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:SP|PSR|orig_a0|PT_REGS|a0|r[0-9]{{1,2}}|hi): 0x{_HEX8}(?:[ ]{{2,4}}\w{{2,3}}: 0x{_HEX8}){{0,3}}[ \t]*$",
            ": 0x",
        ),
        # sh
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*PR is at {PLACE}[ \t]*$",
            "PR is at",
            _says(name="pr", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:PC|R[048]|R12|MACH)[ ]{{0,2}}: {_HEX8}(?: \w{{2,4}}[ ]{{0,2}}: {_HEX8}){{1,3}}[ \t]*$",
            ": ",
        ),
        # xtensa
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*a(?P<first>[0-9]{{2}}):(?P<words>(?: {_HEX8}){{1,8}})[ \t]*$",
            "a",
            _says(name="a"),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:pc|lbeg|wb): {_HEX8},? (?:ps|lend|ws): {_HEX8},? .{{4,60}}$",
            ": ",
        ),
        # openrisc
        _rule(_kinds.FACT, r"[ \t]*CPU #: (?P<cpu>[0-9]{1,5})[ \t]*$", "CPU #: "),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*PC: {_HEX8}[ ]{{4}}SR: {_HEX8}[ ]{{4}}SP: {_HEX8}[ \t]*$",
            "PC: ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*GPR[0-9]{{2}}: {_HEX8}(?: GPR[0-9]{{2}}: {_HEX8}){{3}}[ \t]*$",
            "GPR",
        ),
        # microblaze, nios2
        _rule(_kinds.PART, r"[ \t]*Registers dump: mode=[0-9A-F]{1,8}[ \t]*$", "Registers dump"),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:r[0-9]{{1,2}}|msr)={_HEX8}(?:, \w{{2,4}}={_HEX8}){{1,3}}[ \t]*$",
            "=",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:r[0-9]{{1,2}}|ra|ea|or2): {_HEX8}(?:[ ]{{1,5}}\w{{2,7}}:[ ]{{1,2}}{_HEX8}){{1,3}}[ \t]*$",
            ": ",
        ),
        # hexagon
        _rule(
            _kinds.FRAME,
            r"[ \t]*\[[0-9a-f]{8}\] 0x(?P<address>[0-9a-f]{1,8}): (?P<symbol>{NAME}) \+ 0x(?P<offset>[0-9a-f]{1,6})(?:[ ]{1,2}\[(?P<module>[\w-]{1,64})\])?[ \t]*$",
            " + 0x",
        ),
    ),
)
