"""arm64's registers and faults, as `__show_regs` in arch/arm64/kernel/process.c and `die_kernel_fault` in mm/fault.c print."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX16 = r"[0-9a-f]{16}"
_RETURN = model.Convention.RETURN

FORMAT = _format.Format(
    title="arm64 registers and faults",
    architectures=("arm64",),
    sample="x29: ffff80000827b850 x28: ffff22ee88255140 x27: 0000000000000000",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?:\w{2,20} )?SError Interrupt on CPU ?(?P<cpu>[0-9]{1,5}), code 0x[0-9a-f]{8,16}.{0,80}$",
            "SError Interrupt",
            _says(crash="oops"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Unhandled .{1,40} exception on CPU(?P<cpu>[0-9]{1,5}), ESR 0x[0-9a-f]{8,16}.{0,80}$",
            " exception on CPU",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Synchronous External Abort: .{1,80} \(0x[0-9a-f]{8,16}\) at 0x(?P<fault>[0-9a-f]{1,16})[ \t]*$",
            "Synchronous External Abort",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Insufficient stack space to handle exception!.{0,20}$",
            "Insufficient stack space",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?P<name>ESR): (?P<value>0x[0-9a-f]{8,16}) -- .{1,60}$",
            "ESR: ",
            _says(domain="arm64-esr"),
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?P<name>FAR): (?P<value>0x(?P<fault>[0-9a-f]{16}))[ \t]*$",
            "FAR: ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:Task|IRQ|Overflow) stack:[ ]{1,8}\[0x[0-9a-f]{8,16}\.\.0x[0-9a-f]{8,16}\][ \t]*$",
            " stack:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:SMP: (?:stopping|failed to stop) secondary CPUs.{0,40}|Kernel Offset: .{1,80}|PHYS_OFFSET: .{1,40}|CPU features: .{1,60}|Memory Limit: .{1,40})$",
            "",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*\[[0-9a-f]{16}\] (?:user address but active_mm is swapper|address between user and kernel address ranges)[ \t]*$",
            " address",
        ),
        _rule(_kinds.PART, r"[ \t]*(?:Mem|Data) abort info:[ \t]*$", "abort info:"),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?P<name>ESR) = (?P<value>0x[0-9a-f]{8,16})[ \t]*$",
            "ESR = ",
            _says(domain="arm64-esr"),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]+(?:EC|SET|EA|FSC|ISV|CM|GCS|SSE|SF|Access size|Exception class) = .{1,120}$",
            " = ",
        ),
        _rule(_kinds.PART, r"[ \t]*(?:user|swapper) pgtable: .{1,120}$", "pgtable: "),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>pstate[ ]?: [0-9a-f]{8,16})(?: \(.{1,160}\))?[ \t]*$",
            "pstate",
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*pc : (?:{PLACE}|0x{BARE}|(?P<address>[0-9a-f]{16}))[ \t]*$",
            "pc : ",
            _says(name="pc"),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*lr : (?:{PLACE}|0x{BARE}|(?P<address>[0-9a-f]{16}))[ \t]*$",
            "lr : ",
            _says(name="lr", convention=_RETURN),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*pc : \[<{_HEX16}>\] lr : \[<{_HEX16}>\] pstate: [0-9a-f]{{8,16}}[ \t]*$",
            "pc : [",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*sp : {_HEX16}(?: (?:pmr_save|pstate ?): [0-9a-f]{{8}})?[ \t]*$",
            "sp : ",
        ),
        _rule(_kinds.REGISTERS, r"[ \t]*pmr_save: [0-9a-f]{8}[ \t]*$", "pmr_save"),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*x[0-9]{{1,2}}[ ]?:[ ]{_HEX16}(?:[ ]{{1,2}}x[0-9]{{1,2}}[ ]?:[ ]{_HEX16}){{0,31}}[ \t]*$",
            "x",
        ),
    ),
)
