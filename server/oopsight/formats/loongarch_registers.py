"""Registers of LoongArch since 6.3, as `__show_regs` in arch/loongarch/kernel/traps.c prints them: names without colons."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
_PAIR = rf"(?:pc|ra|tp|sp|u0|[ats][0-9]) {_HEX}"

FORMAT = _format.Format(
    title="LoongArch registers",
    architectures=("loongarch",),
    sample="a0 9000000100b4c0b8 a1 0000000000000002 a2 9000000002221570 a3 0000000000000000",
    rules=(
        _rule(_kinds.REGISTERS, rf"[ \t]*{_PAIR}(?:[ ]{_PAIR}){{0,3}}[ \t]*$", " "),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*ra: (?P<address>{_HEX}) {{PLACE}}[ \t]*$",
            "ra: ",
            _says(name="ra", convention=model.Convention.RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>ra: {_HEX})(?:[ ]0x[0-9a-f]{{1,16}})?[ \t]*$",
            "ra: ",
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*ERA: (?P<address>{_HEX}) (?:{{PLACE}}|0x[0-9a-f]{{1,16}})[ \t]*$",
            "ERA: ",
            _says(name="era"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*ERA: (?P<address>{_HEX})[ \t]*$",
            "ERA: ",
            _says(name="era", user=True),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>(?:CRMD|PRMD|EUEN|ECFG|ESTAT|PRID): [0-9a-f]{8,16})[ ][(\[].{1,120}$",
            ": ",
        ),
        _rule(_kinds.REGISTERS, rf"[ \t]*(?P<registers>BADV: (?P<fault>{_HEX}))[ \t]*$", "BADV: "),
        _rule(_kinds.PART, rf"[ \t]*syscall restart flag: {_HEX}[ \t]*$", "syscall restart"),
    ),
)
