"""Call traces of x86 as they were before 4.11: the kind of stack before the first frame on it, several frames on a line.

Sources: `print_trace_stack` in arch/x86/kernel/dumpstack.c until 4.10 (` <IRQ>  [<ffffffff810f1a2b>] f+0x4b/0x8ef`); before
2.6.26 `show_trace` in arch/i386/kernel/traps.c, and in arch/x86_64/kernel/traps.c, which wrote until 2.6.16
`<ffffffff80131b91>{f+33}`, several a line, with decimal offsets; 2.4 wrote addresses only.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_SWITCH = r"[ \t]{0,8}(?:<<?(?P<closed>EOE|EOI)>>?[ ]{1,2})?<{1,2}(?P<stack>#?[A-Za-z][A-Za-z0-9_]{1,12})>{1,2}[ ]{1,2}"
# One of several frames on a line; what follows its address tells it from the next one at the first character.
_ONE = r"\[<[0-9a-f]{8,16}>\](?: (?:\? )?[A-Za-z_.:$][\w.:$-]{0,200}\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8}(?: \[[\w-]{1,64}\])?)?"

FORMAT = _format.Format(
    title="x86 call trace before 4.11",
    architectures=("x86", "x86_64"),
    sample=" <IRQ>  [<ffffffff810f1a2b>] do_sample_write+0x4b/0x8ef [sample]",
    rules=(
        _rule(
            _kinds.FRAME,
            _SWITCH + r"{ADDRESS}[ ]{1,2}(?P<doubt>\?[ ])?{PLACE}[ \t]*$",
            "> ",
        ),
        _rule(
            _kinds.FRAME,
            _SWITCH + r"{ADDRESS}[ ]{1,2}(?P<doubt>\?[ ])?0x(?P<bare>[0-9a-f]{1,16})[ \t]*$",
            "> ",
        ),
        _rule(_kinds.SWITCH, r"[ \t]{0,8}<<(?P<stack>[A-Z#]{2,8})>>[ \t]*$", "<<"),
        _rule(
            _kinds.FRAMES,
            rf"[ \t]{{0,8}}(?P<frames>{_ONE}(?:[ ]{{1,4}}{_ONE}){{1,16}})[ \t]*$",
            ">] ",
        ),
        _rule(
            _kinds.FRAMES,
            r"[ \t]{0,8}(?P<trace>Call Trace:)[ ]{0,8}(?:<(?P<stack>[A-Z]{2,6})>[ ]{0,2})?(?P<frames>(?:\[<|<)[0-9a-f]{8,16}>.{1,300})$",
            "Call Trace:",
        ),
        _rule(
            _kinds.FRAMES,
            r"[ \t]{0,8}(?:<(?P<stack>[A-Z]{2,6})>[ ]{1,2})?(?P<frames><[0-9a-f]{8,16}>\{.{1,300})$",
            ">{",
        ),
        # 2.6 on i386 closed every trace so.
        _rule(_kinds.PART, r"[ \t]{0,4}={23}[ \t]*$", "======"),
        # The place of the fault stands on the next line.
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>Unable to handle kernel (?:NULL pointer dereference|paging request) at (?P<fault>[0-9a-f]{16})) RIP:[ \t]*$",
            "RIP:",
            _says(crash="oops", faults=True, name="rip"),
        ),
        _rule(_kinds.PART, r"[ \t]*printing eip:[ \t]*$", "printing eip:"),
        _rule(
            _kinds.PC,
            r"[ \t]*RIP: 0010:\[<[0-9a-f]{16}>\] <(?P<address>[0-9a-f]{16})>\{(?::(?P<before>[\w-]{1,64}):)?(?P<symbol>{NAME})\+(?P<decimal>[0-9]{1,7})\}[ \t]*$",
            "RIP: ",
            _says(name="rip"),
        ),
        _rule(
            _kinds.REPEAT,
            r"[ \t]*RIP <(?P<address>[0-9a-f]{16})>\{(?::(?P<before>[\w-]{1,64}):)?(?P<symbol>{NAME})\+(?P<decimal>[0-9]{1,7})\} (?P<registers>RSP <[0-9a-f]{16}>)[ \t]*$",
            "RIP ",
        ),
    ),
)
