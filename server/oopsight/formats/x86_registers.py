"""The registers of x86 and what stands around them, as `show_regs` in arch/x86/kernel/process_{32,64}.c print."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_EXACT = model.Convention.EXACT

FORMAT = _format.Format(
    title="x86 registers and faults",
    architectures=("x86", "x86_64"),
    sample="RIP: 0010:do_sample_write+0x1a/0x70 [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>BUG: (?:kernel NULL pointer dereference|unable to handle .{1,60}?)(?:, address:| at(?: address| virtual address)?:?) (?P<fault>[0-9a-f]{8,16})).{0,20}$",
            "BUG: ",
            _says(crash="oops", faults=True),
        ),
        _rule(_kinds.PART, r"[ \t]*#PF: .{1,120}$", "#PF: "),
        _rule(_kinds.PART, r"[ \t]*(?:PGD [0-9a-f]{1,16}|\*pd|\*?pde?p?t? = ).{0,120}$", ""),
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*Oops: (?P<error>[0-9a-f]{4}) \[#[0-9]{1,6}\].{0,80}$",
            "Oops: ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:general protection fault|invalid opcode|divide error|int3|double fault|stack segment|alignment check|bounds|segment not present|coprocessor (?:segment overrun|error)|overflow|invalid TSS|simd exception|traps: PANIC: double fault)\b.{0,120}?\[#[0-9]{1,6}\].{0,80})$",
            "[#",
            _says(crash="oops", faults=True, joins=True),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*RIP: (?:0010|0018|e030|e033|0008):(?:\[<[0-9a-f]{8,16}>\] {1,2}(?:\[<[0-9a-f]{8,16}>\] )?)?(?:{PLACE}|0x{BARE})[ \t]*$",
            "RIP: ",
            _says(name="rip"),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*RIP: 00(?:33|23|2b):(?:\[<)?0x{BARE}(?:>\])?[ \t]*$",
            "RIP: ",
            _says(name="rip", user=True),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*RIP[ ]{1,2}\[<[0-9a-f]{8,16}>\] {PLACE}[ \t]*$",
            "RIP ",
            _says(name="rip"),
        ),
        _rule(_kinds.PC, r"[ \t]*EIP: (?:0060:)?{PLACE}[ \t]*$", "EIP: ", _says(name="eip")),
        _rule(_kinds.PC, r"[ \t]*E?IP is at {PLACE}[ \t]*$", "IP is at", _says(name="eip")),
        _rule(
            _kinds.PC, r"[ \t]*IP: \[<[0-9a-f]{8,16}>\] {PLACE}[ \t]*$", "IP: ", _says(name="ip")
        ),
        _rule(_kinds.PC, r"[ \t]*IP: {PLACE}[ \t]*$", "IP: ", _says(name="ip")),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?:[RE](?:[ABCD]X|[SD]I|[BSI]P)|R[0-9]{2}|CR[0-9]|FS|CS|DS|GS|SS|ORIG_RAX|DR[0-7]|ES): .{1,160}$",
            ": ",
        ),
        _rule(
            _kinds.CODE,
            r"[ \t]*Code:(?P<code>(?:[ ][<(]?[0-9a-f]{2}[>)]?){1,128})[ \t]*$",
            "Code:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Code: (?:Bad RIP value|Unable to access .{1,80})\.?[ \t]*$",
            "Code:",
        ),
    ),
)
