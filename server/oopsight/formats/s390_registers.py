"""The registers, faults and code of s390, as arch/s390/kernel/dumpstack.c, dis.c and mm/fault.c print them.

A frame in parentheses is one that the unwinder does not vouch for.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
_EXACT = model.Convention.EXACT

FORMAT = _format.Format(
    title="s390 registers, faults and code",
    architectures=("s390",),
    sample="Krnl PSW : 0704e00180000000 000003ff8086d03a (do_sample_write+0x4a/0x1000 [sample])",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*[A-Za-z][A-Za-z /-]{2,60}: [0-9a-f]{4} (?:ilc:[0-9] )?\[#[0-9]{1,6}\].{0,60}$",
            " [#",
            _says(crash="oops", faults=True, joins=True),
        ),
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*Oops: [0-9a-f]{4} ilc:[0-9] \[#[0-9]{1,6}\].{0,60}$",
            "Oops: ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>Unable to handle kernel (?:pointer dereference|paging request) (?:in virtual \w{4,6} address space|at virtual \w{4,6} address (?P<fault>[0-9a-f]{8,16})))[ \t]*$",
            "Unable to handle kernel",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?:[Ff]ailing address|failing address): (?P<fault>[0-9a-f]{8,16})(?: (?P<name>TEID): (?P<value>[0-9a-f]{8,16}))[ \t]*$",
            "TEID:",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*[Ff]ailing address: (?P<fault>[0-9a-f]{8,16})[ \t]*$",
            "ailing address:",
        ),
        _rule(_kinds.PART, r"[ \t]*Fault in [a-z ]{4,30} mode while using \w{4,8} ASCE\.", "ASCE."),
        _rule(
            _kinds.PART, r"[ \t]*AS:[0-9a-f]{16} (?:[RSP][123]?:[0-9a-f]{16}|BAD).{0,90}$", "AS:"
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*Krnl[ ](?P<registers>PSW[ ]{{0,2}}:[ ]{_HEX})[ ](?P<value>{_HEX})[ ]\({{PLACE}}\)[ \t]*$",
            "Krnl PSW",
            _says(name="pc"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*Krnl[ ](?P<registers>PSW[ ]{{0,2}}:[ ]{_HEX})[ ]{{BARE}}(?:[ ]\(0x[0-9a-f]{{1,16}}\))?[ \t]*$",
            "Krnl PSW",
            _says(name="pc"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*User[ ](?P<registers>PSW[ ]{{0,2}}:[ ]{_HEX})[ ]{{BARE}}[ \t]*$",
            "User PSW",
            _says(name="pc", user=True),
        ),
        _rule(_kinds.PART, r"[ \t]+R:[0-9a-f] T:[0-9a-f] IO:[0-9a-f] EX:[0-9a-f] .{1,60}$", " T:"),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?:Krnl|User)[ ]GPRS:[ ]{{1,4}}(?P<words>{_HEX}(?:[ ]{_HEX}){{0,3}})[ \t]*$",
            " GPRS:",
            _says(name="r"),
        ),
        # Rows of numbers alone: any other rule that claims them does it with more right.
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<continues>)(?=(?P<words>{_HEX}(?:[ ]{_HEX}){{1,3}})[ \t]*$)",
            " ",
            _says(name="r"),
        ),
        _rule(
            _kinds.CODE,
            r"[ \t]*(?:Krnl|User) Code:(?P<mark>[ >#*]{1,2})[ ]?[0-9a-f]{8,16}:[ \t](?P<code>(?:[0-9a-f]{4}){1,3})(?![0-9a-f]).{0,80}$",
            " Code:",
        ),
        _rule(
            _kinds.CODE,
            r"(?P<continues>)[ \t]*(?P<mark>[>#*]{0,2})[0-9a-f]{8,16}:[ \t](?P<code>(?:[0-9a-f]{4}){1,3})(?![0-9a-f])(?:[ \t]{1,16}\S.{0,60})?$",
            ": ",
        ),
        _rule(_kinds.PART, r"[ \t]*(?:Krnl|User) Code: Bad PSW\.[ \t]*$", "Bad PSW"),
        _rule(
            _kinds.FRAME,
            r"[ \t]*(?P<doubt>\()\[<?(?P<address>[0-9a-f]{8,16})>?\][ ]{0,12}{PLACE}\)[ \t]*$",
            "([",
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]*(?P<doubt>\()\[<?[0-9a-f]{8,16}>?\][ ]{0,12}0x{BARE}\)[ \t]*$",
            "([",
        ),
        _rule(
            _kinds.BELOW,
            r"[ \t]*Last Breaking-Event-Address:[ \t]*$",
            "Last Breaking-Event",
            _says(name="last_break", convention=_EXACT),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*Last Breaking-Event-Address:[ \t]{1,4}\[<[0-9a-f]{8,16}>\] (?:{PLACE}|0x{BARE})[ \t]*$",
            "Last Breaking-Event",
            _says(name="last_break", convention=_EXACT),
        ),
    ),
)
