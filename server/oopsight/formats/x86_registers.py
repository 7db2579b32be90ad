"""The registers of x86 and what stands around them.

Sources: `__show_regs` in arch/x86/kernel/process_{32,64}.c, `show_ip`, `__die_header` and `show_stack_log_lvl` in
dumpstack.c (dumpstack_{32,64}.c before 4.10), `show_fault_oops` in arch/x86/mm/fault.c, `die` in traps.c.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
# The code segments of the kernel, of Xen's guests, and of programs.
_KERNEL = r"(?:0000|0010|0018|0008|0060|0061|0068|e008|e010|e019|e030|e033)"
_USER = r"(?:0033|0023|0073|002b|001b|e02b)"
_FLAGS = r"[ ]{1,4}(?P<registers>(?:E?FLAGS|[RE]?SP|SS:ESP):?[ ].{8,80})"
# What is executed where no code is: an address, or nothing.
_NULL = r"(?:\[<[ ]{0,20}\(null\)[ ]{0,20}>\]|[ ]{0,20}\(null\))"
_REGISTER = r"(?:[RE](?:[ABCD]X|[SD]I|[BS]P|FLAGS)|R[0-9]{2}|CR[0-9]|DR[0-9]|[CDEFGS]S|ORIG_[RE]AX|PKRU|e(?:[abcd]x|[sd]i|bp)|[d-g]s)"

FORMAT = _format.Format(
    title="x86 registers and faults",
    architectures=("x86", "x86_64"),
    sample="RIP: 0010:do_sample_write+0x1a/0x70 [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>BUG: (?:kernel NULL pointer dereference|unable to handle .{1,60}?)(?:, address:| (?:at|for)(?: address:?| virtual address)?:?)[ ]{1,16}(?:(?P<fault>[0-9a-f]{8,16})|\(null\))).{0,20}$",
            "BUG: ",
            _says(crash="oops", faults=True),
        ),
        # A line that was cut, or a hashed address.
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: (?:kernel NULL pointer dereference|unable to handle (?:kernel|page))\b",
            "BUG: ",
            _says(crash="oops", faults=True),
        ),
        # Where pointers are hashed, the number is no address.
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>BUG: (?:\S{1,16} )?stack guard page was hit at (?:(?P<fault>ffff[0-9a-f]{12}|[0-9a-f]{8})|[0-9a-f]{16}) \(stack is .{1,50}\)).{0,20}$",
            "stack guard page",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:traps: )?PANIC: double fault, error_code: 0x[0-9a-f]{1,16})[ \t]*$",
            "PANIC: ",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>PANIC: early exception (?:0x)?[0-9a-f]{1,4} (?:IP|rip) [0-9a-f]{1,4}:[0-9a-f]{8,16} error [0-9a-f]{1,16}(?: cr2 (?:0x)?(?P<fault>[0-9a-f]{1,16}))?)[ \t]*$",
            "PANIC: early",
            _says(crash="oops", faults=True),
        ),
        _rule(_kinds.PART, r"[ \t]*#PF(?: error)?: .{1,120}$", "#PF"),
        _rule(_kinds.PART, r"[ \t]*kernel tried to execute .{1,120}$", "kernel tried to execute"),
        _rule(_kinds.PART, r"[ \t]*PGD [0-9a-f]{1,16}\b.{0,120}$", "PGD "),
        _rule(_kinds.PART, r"[ \t]*(?:P4D|PUD|PMD|PTE) [0-9a-f]{1,16}\b.{0,120}$", " "),
        _rule(_kinds.PART, r"[ \t]*\*p(?:d|dpt|de|te) = .{0,120}$", "*p"),
        _rule(_kinds.PART, r"[ \t]*BAD[ \t]*$", "BAD"),
        # The name of the exception, its error code, the count of oopses, how the kernel was built.
        _rule(
            _kinds.SUBTITLE,
            r"[ \t]*(?P<title>(?:Oops: )?[A-Za-z][A-Za-z0-9 /,#()_-]{2,60}(?: 0x(?P<fault>[0-9a-f]{8,16}))?: [0-9a-f]{4,8} \[#?[0-9]{1,6}\])(?:[ ].{0,80})?$",
            " [",
            _says(crash="oops", faults=True),
        ),
        _rule(_kinds.PART, r"[ \t]*KASAN: .{1,60} in range \[0x.{0,60}$", "KASAN: "),
        _rule(
            _kinds.PART,
            r"[ \t]*kasan: (?:CONFIG_KASAN_INLINE enabled|GPF could be caused by ).{0,60}$",
            "kasan: ",
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*RIP:[ ]{_KERNEL}:(?:{{ADDRESS}}[ ]{{1,2}}(?:\[<[0-9a-f]{{8,16}}>\][ ])?)?(?:{{PLACE}}|0x{{BARE}}):?(?:{_FLAGS})?[ \t]*$",
            "RIP: ",
            _says(name="rip"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*RIP:[ ]{_KERNEL}:\[<{{BARE}}>\][ ]{{1,4}}{_NULL}[ ]{{0,20}}\(null\)[ \t]*$",
            "RIP: ",
            _says(name="rip"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*RIP:[ ]{_USER}:(?:\[<(?:[0-9a-f]{{8,16}}>\][ ]{{1,2}}\[<)?)?(?:0x)?{{BARE}}(?:>\](?:[ ]0x[0-9a-f]{{1,16}})?)?(?:{_FLAGS})?[ \t]*$",
            "RIP: ",
            _says(name="rip", user=True),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*EIP:[ ]{{1,4}}(?:{_KERNEL}:)?{{PLACE}}(?:[ ]E?FLAGS: .{{8,60}})?[ \t]*$",
            "EIP: ",
            _says(name="eip"),
        ),
        # 2.6 says below where that is (`EIP is at`), 2.4 does not.
        _rule(
            _kinds.REGISTERS,
            rf"[ \t]*(?P<registers>EIP:[ ]{{1,4}}{_KERNEL}:\[<[0-9a-f]{{8}}>\][ ]{{1,6}}EFLAGS: [0-9a-f]{{8}}) CPU: (?P<cpu>[0-9]{{1,5}})[ \t]*$",
            "EIP: ",
        ),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*(?P<registers>EIP:[ ]{1,4}00(?:60|61|68):\[<[0-9a-f]{8}>\])[ ]{1,6}(?:Not tainted|Tainted: [A-Z -]{1,30})(?:[ ].{1,60})?[ \t]*$",
            "EIP: ",
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*EIP:[ ]{1,4}00(?:10|18):\[<{BARE}>\][ ]{1,6}(?:Not tainted|Tainted: [A-Z -]{1,30})(?:[ ].{1,60})?[ \t]*$",
            "EIP: ",
            _says(name="eip"),
        ),
        _rule(
            _kinds.PC,
            rf"[ \t]*EIP:[ ]{{1,4}}(?:{_USER}:)?(?:\[<|0x){{BARE}}(?:>\])?(?:[ ]E?FLAGS: .{{8,60}})?[ \t]*$",
            "EIP: ",
            _says(name="eip", user=True),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*[ER]?IP is at (?:{PLACE}|0x{BARE})[ \t]*$",
            "IP is at",
            _says(name="eip"),
        ),
        _rule(
            _kinds.PC,
            r"[ \t]*IP:[ ]{0,2}(?:{ADDRESS} )?(?:{PLACE}|0x{BARE})[ \t]*$",
            "IP:",
        ),
        _rule(
            _kinds.PART, rf"[ \t]*[ER]?IP:? .{{0,60}}?{_NULL}[ ]{{0,20}}\(null\)[ \t]*$", "(null)"
        ),
        # Once more, in few words, where a console shows only the last lines.
        _rule(
            _kinds.REPEAT,
            r"[ \t]*RIP[ ]{1,2}{ADDRESS} {PLACE}(?:[ ](?P<registers>RSP <[0-9a-f]{8,16}>))?[ \t]*$",
            "RIP ",
        ),
        _rule(
            _kinds.REPEAT,
            r"[ \t]*RIP: (?:{ADDRESS} )?{PLACE}[ ](?P<registers>RSP:? <?[0-9a-f]{8,16}>?)[ \t]*$",
            "RIP: ",
        ),
        _rule(
            _kinds.REPEAT,
            r"[ \t]*EIP: (?:{ADDRESS} )?{PLACE}[ ]SS:(?P<registers>ESP:? [0-9a-f]{4}:[0-9a-f]{8})[ \t]*$",
            "EIP: ",
        ),
        _rule(_kinds.REGISTERS, r"[ \t]{0,8}RSP <[0-9a-f]{8,16}>[ \t]*$", "RSP <"),
        _rule(
            _kinds.REGISTERS,
            r"[ \t]*EFLAGS: [0-9a-f]{8}[ ]{1,4}\({RELEASE}(?: .{1,80})?\)[ \t]*$",
            "EFLAGS: ",
        ),
        _rule(_kinds.REGISTERS, r"[ \t]*[RE]IP:[ ]{1,2}[0-9a-f]", "IP:"),
        _rule(_kinds.REGISTERS, rf"[ \t]*{_REGISTER}:[ ]{{1,2}}[0-9a-f].{{1,160}}$", ": "),
        # Who ran before 3.x, and where its structures are.
        _rule(
            _kinds.FACT,
            r"[ \t]*Process (?P<comm>\S.{0,60}?) \(pid: (?P<pid>[0-9]{1,10}), (?:ti|threadinfo|stackpage|stack limit).{0,120}\)?[ \t]*$",
            "Process ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*task: [0-9a-f]{8,16} (?:ti: [0-9a-f]{8,16} task\.ti|task\.stack): [0-9a-f]{8,16}[ \t]*$",
            "task: ",
        ),
        _rule(_kinds.FACT, r"CPU:?[ ]{1,4}(?P<cpu>[0-9]{1,5})[ \t]*$", "CPU"),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>Stack):(?P<words>(?:[ \t]{1,8}[0-9a-f]{8,16}){0,8})[ \t]*$",
            "Stack:",
        ),
        _rule(
            _kinds.WORDS,
            r"[ \t]{0,8}(?P<words>(?:[0-9a-f]{16}(?:[ ][0-9a-f]{16}){1,7}|[0-9a-f]{8}(?:[ ][0-9a-f]{8}){1,7}))[ \t]*$",
            " ",
            _says(name="Stack"),
        ),
        # A last row of one word, and the word at which another stack begins.
        _rule(
            _kinds.WORDS,
            r"[ \t]{1,8}(?:<(?:EOI|IRQ)>[ ]{1,2})?(?P<words>[0-9a-f]{16}(?:[ ][0-9a-f]{16}){0,3})[ \t]*$",
            " ",
            _says(name="Stack"),
        ),
        _rule(_kinds.PART, r"[ \t]*<(?:EOI|IRQ)>[ \t]*$", "I>"),
        _rule(
            _kinds.CODE,
            r"[ \t]*Code:(?P<code>(?:[ ]{1,2}[<(]?[0-9a-f]{2}[>)]?){1,128})(?:[ ][<0-9a-f]{0,3})?[ \t]*$",
            "Code:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Code:[ ]{1,2}\(?(?:Bad [RE]IP value|Unable to access .{1,80})\.?\)?[ \t]*$",
            "Code:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:Dumping ftrace buffer:|\(ftrace buffer empty\))[ \t]*$",
            "ftrace buffer",
        ),
        _rule(_kinds.PART, r"[ \t]*Kernel Offset: .{1,120}$", "Kernel Offset: "),
        _rule(
            _kinds.PART,
            r"[ \t]*Disabling lock debugging due to kernel taint[ \t]*$",
            "Disabling lock debugging",
        ),
        _rule(_kinds.PART, r"[ \t]*Rebooting in [0-9]{1,6} seconds\.\.[ \t]*$", "Rebooting in"),
    ),
)
