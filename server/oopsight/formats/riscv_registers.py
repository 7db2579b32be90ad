"""Registers of RISC-V, as `__show_regs` in arch/riscv/kernel/process.c prints them.

Until 5.7 the program counter is called `sepc` or `epc:` without a blank, and no place in code is printed beside it.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
# rv32 and rv64.
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
_NAME = r"(?:s?epc|ra|sp|gp|tp|ssp|[ats][0-9]{1,2})"
_PAIR = rf"{_NAME}[ ]?:[ ]?{_HEX}"
_STATUS = rf"[ \t]*s?status: {_HEX} s?badaddr: (?P<fault>{_HEX})"

FORMAT = _format.Format(
    title="RISC-V registers",
    architectures=("riscv",),
    sample=" gp : ffffffff81a02b10 tp : ffffaf8001230000 t0 : ffffffff8001b2c4",
    rules=(
        _rule(_kinds.PC, r"[ \t]*epc : (?:{PLACE}|0x{BARE})[ \t]*$", "epc : ", _says(name="epc")),
        _rule(_kinds.PC, r"[ \t]*epc : {PLACE}[ ]{POSITION}[ \t]*$", "epc : ", _says(name="epc")),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*ra : (?:{PLACE}|0x{BARE})(?:[ ]{POSITION})?[ \t]*$",
            "ra : ",
            _says(name="ra", convention=model.Convention.RETURN),
        ),
        _rule(_kinds.REGISTERS, rf"[ \t]*{_PAIR}(?:[ ]{{1,2}}{_PAIR}){{0,3}}[ \t]*$", ":"),
        # The causes of faults on an address; `badaddr` holds something else where it is another one.
        _rule(
            _kinds.REGISTERS,
            rf"{_STATUS} s?cause: 0{{0,15}}[014-7c-f][ \t]*$",
            "badaddr: ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*s?status: {_HEX} s?badaddr: {_HEX} s?cause: {_HEX}[ \t]*$",
            "badaddr: ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Code: Unable to access instruction at 0x[0-9a-f]{1,16}\.?[ \t]*$",
            "Code: ",
        ),
    ),
)
