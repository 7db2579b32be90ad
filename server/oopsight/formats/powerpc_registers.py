"""PowerPC's registers, faults and backtraces, as arch/powerpc/kernel/process.c, traps.c and mm/fault.c print them.

A row of the backtrace has the address of the stack frame and the saved return address. Below an exception frame the
registers of the interrupted place stand in the backtrace itself, between two lines that name the trap.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_HEX = r"(?:[0-9a-f]{16}|[0-9a-f]{8})"
_TRAP = r"[ \t]*-{3,4}[ ](?:interrupt|Exception):[ ][0-9a-f]{1,4}"
_RETURN = model.Convention.RETURN

FORMAT = _format.Format(
    title="PowerPC registers, faults and backtraces",
    architectures=("powerpc",),
    sample="[c000000003a97c40] [c008000000d3012c] do_sample_write+0x4b/0x8ef [sample] (unreliable)",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>BUG: (?:Kernel NULL pointer dereference|Unable to handle (?:kernel|unknown)[ ][a-z ]{1,60}?)"
            r"(?: on (?:read|write|fetch))?(?: at 0x(?P<fault>[0-9a-f]{8,16})| \(NULL pointer\?\))?)[ \t]*$",
            "BUG: ",
            _says(crash="oops", faults=True),
        ),
        # Before 5.1.
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>Unable to handle kernel paging request for (?:data|instruction fetch|unknown fault)"
            r"(?: at address 0x(?P<fault>[0-9a-f]{8,16}))?)[ \t]*$",
            "Unable to handle kernel paging request for",
            _says(crash="oops", faults=True),
        ),
        *(
            _rule(
                _kinds.TITLE,
                rf"[ \t]*{literal}{rest}.{{0,60}}$",
                literal,
                _says(crash="oops", faults=True),
            )
            for literal, rest in (
                ("Unrecoverable exception", r"[ ][0-9a-f]{1,4} at [0-9a-f]{8,16}"),
                (
                    "Unrecoverable ",
                    r"[\w/]{2,12} Unavailable Exception [0-9a-f]{1,4} at [0-9a-f]{8,16}",
                ),
                ("Bad kernel stack pointer", r"[ ][0-9a-f]{1,16} at [0-9a-f]{8,16}"),
                ("Kernel stack overflow in process", r"[ ]"),
                ("Machine check in kernel mode", r"\."),
            )
        ),
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*Oops: [A-Za-z][A-Za-z -]{1,60}, sig: [0-9]{1,2} \[#[0-9]{1,6}\][ \t]*$",
            ", sig: ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*[Kk]ernel (?:tried to execute|[Aa]ttempted to \w{4,8}) .{1,30} page \((?P<fault>[0-9a-f]{1,16})\).{0,60}$",
            "ernel ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Faulting instruction address: 0x[0-9a-f]{8,16}[ \t]*$",
            "Faulting instruction",
        ),
        _rule(_kinds.PART, r"[ \t]*[BL]E PAGE_SIZE=[0-9]{1,3}K .{1,120}$", "PAGE_SIZE="),
        _rule(
            _kinds.FACT,
            r"[ \t]*TASK = [0-9a-f]{8,16}\[(?P<pid>[0-9]{1,10})\] '(?P<comm>[^']{1,20})' THREAD: [0-9a-f]{8,16}(?: CPU: (?P<cpu>[0-9]{1,5}))?[ \t]*$",
            "TASK = ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*NIP:[ ]{{1,2}}{_HEX}[ ](?:LR|XER):[ ]{_HEX}[ ](?:CTR|LR):[ ]{_HEX}(?:[ ]\w{{2,5}}:[ ]{_HEX}){{0,2}}[ \t]*$",
            "NIP:",
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*REGS:[ ][0-9a-f]{8,16}[ ](?P<name>TRAP):[ ](?P<value>[0-9a-f]{3,4})[ ]{1,4}{TAINT}[ ]{1,24}\({RELEASE}.{0,80}\)[ \t]*$",
            "REGS: ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*MSR:[ ]{{1,2}}{_HEX}[ ]<[A-Z,\[\]]{{0,40}},PR,[A-Z,\[\]]{{0,40}}>[ ]{{1,2}}CR:[ ][0-9a-f]{{8}}[ ]{{1,2}}XER:[ ][0-9a-f]{{8}}[ \t]*$",
            ",PR,",
            _says(user=True),
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*MSR:[ ]{{1,2}}{_HEX}[ ]<[A-Z,\[\]]{{0,80}}>(?:[ ]{{1,2}}CR:[ ][0-9a-f]{{8}}[ ]{{1,2}}XER:[ ][0-9a-f]{{8}})?[ \t]*$",
            "MSR: ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?:CFAR|DAR|DEAR|SOFTE|IRQMASK|PACATMSCRATCH|CR):[ ][0-9a-f]{1,16}(?:,?[ ]{1,2}(?:DAR|DSISR|ESR|SOFTE|IRQMASK|XER):[ ][0-9a-f]{1,16}){0,4}[ \t]*$",
            ": ",
        ),
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*GPR(?P<first>[0-9]{{2}}):(?P<words>(?:[ ]{_HEX}){{1,8}})[ \t]*$",
            "GPR",
            _says(name="r"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*NIP[ ](?:\[{_HEX}\][ ])?{{PLACE}}[ \t]*$",
            "NIP ",
            _says(name="nip"),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*NIP[ ]\[[0-9a-f]{8,16}\][ ]0x{BARE}[ \t]*$",
            "NIP ",
            _says(name="nip"),
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*LR[ ](?:=[ ])?(?:\[[0-9a-f]{8,16}\][ ])?(?:{PLACE}|0x{BARE})[ \t]*$",
            "LR ",
            _says(name="lr", convention=_RETURN),
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]*\[<?{_HEX}>?\][ ]{{ADDRESS}}[ ]{{PLACE}}(?:[ ]\((?!unreliable)\S{{1,200}}(?:[ ]\[[\w-]{{1,64}}\])?\))?(?:[ ](?P<doubt>\(unreliable\)))?[ \t]*$",
            "] [",
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]*\[<?{_HEX}>?\][ ]\[<?{_HEX}>?\][ ]0x{{BARE}}(?:[ ](?P<doubt>\(unreliable\)))?[ \t]*$",
            "] [",
        ),
        # As people shorten it.
        _rule(_kinds.FRAME, r"[ \t]*{PLACE}[ ](?P<doubt>\(unreliable\))[ \t]*$", "(unreliable)"),
        _rule(_kinds.PC, rf"{_TRAP}[ ]at[ ]{{PLACE}}[ \t]*$", " at "),
        # Kernels live above 0xb0000000, or above 0xc000000000000000.
        _rule(
            _kinds.PC,
            rf"{_TRAP}[ ]at[ ]0x(?P<bare>[0-9a-f]{{9,12}}|[0-9a][0-9a-f]{{7}}|[0-9a-f]{{1,7}})[ \t]*$",
            " at 0x",
            _says(user=True),
        ),
        _rule(_kinds.PC, rf"{_TRAP}[ ]at[ ]0x{{BARE}}[ \t]*$", " at 0x"),
        _rule(_kinds.PART, rf"{_TRAP}[ \t]*$", "--- "),
        _rule(_kinds.CODE, r"[ \t]*Instruction dump:(?P<code>)[ \t]*$", "Instruction dump:"),
        # Rows of numbers alone: any other rule that claims them does it with more right.
        _rule(
            _kinds.CODE,
            r"[ \t]*(?P<continues>)(?=(?P<code>(?:[0-9a-fX]{8}[ ]|<[0-9a-f]{8}>[ ]?){3,8}(?:<?[0-9a-f]{8}>?)?)[ \t]*$)",
            " ",
        ),
        _rule(
            _kinds.CODE,
            r"[ \t]*(?:Code|\S{1,16}\[[0-9]{1,10}\]: code):(?P<code>(?:[ ]<?[0-9a-fX]{8}>?){2,24})[ \t]*$",
            "ode:",
        ),
    ),
)
