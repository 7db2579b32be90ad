"""What tells the kernel's own reports from other lines of a large log: one record for all their spellings.

A crash-free boot text must stay cold: each hint is something that only a report prints. What stands within a hundred
lines of a hint is read with it, so that registers, dumps and modules need none.
"""

from __future__ import annotations

import re

from oopsight.formats import _regions

_HEX = "[0-9A-Fa-f]"


def _hint(pattern: str, *needs: str, begins: bool = False) -> _regions.Hint:
    return _regions.Hint(needs, re.compile(pattern, re.ASCII), begins)


REPORTS = _regions.Hints(
    opens=(
        # Heads of reports and of tasks: whatever stands above them belongs to something else.
        _hint(r"\[ cut here \]", "[ cut here ]", begins=True),
        _hint(r"\bBUG: (?!.{0,8}\bhttps?:)", "BUG: ", begins=True),
        _hint(r"\btask:\S.{0,40}? +state:[A-Za-z]", " state:", begins=True),
        _hint(r"\bINFO: task \S", "INFO: task ", begins=True),
        # A place in code: nearly every line of a trace.
        _hint(rf"\+0x{_HEX}{{1,16}}/0x{_HEX}", "/0x"),
        # Titles. A report without one of these has a trace.
        _hint(
            r"WARNING: (?:CPU|at |possible|\S{1,400}:[0-9]|[a-z ]{0,40}(?:lock|RCU|recursi|stack))",
            "WARNING: ",
        ),
        _hint(r"kernel BUG at |BUG \w|[KU][BMC]?[AS]?SAN: |KFENCE: ", "BUG", "SAN: ", "KFENCE: "),
        _hint(r"\bOops\b(?:[: -]|$)", "Oops"),
        _hint(
            r"Unable to handle kernel|Unhandled (?:fault|prefetch)|Internal error: |Bad mode in|Kernel panic - ",
            "Unable to handle",
            "Unhandled ",
            "Internal error: ",
            "Bad mode in",
            "Kernel panic",
        ),
        _hint(
            r"\[#[0-9]{1,6}\]|general protection fault|double fault|kernel stack overflow",
            "[#",
            "protection fault",
            "ouble fault",
            "ack overflow",
        ),
        _hint(
            r"INFO: (?:rcu|possible|suspicious|trying|inconsistent|NMI|lockdep|HARDIRQ|SOFTIRQ)|(?:soft|hard|RCU|rcu).{0,20}(?:lockup|stall)|self-detected stall|spinlock lockup",
            "INFO: ",
            "lockup",
            "stall",
        ),
        _hint(r"Showing all (?:locks|busy)|sysrq: ", "Showing all", "sysrq: "),
        _hint(
            r"page allocation (?:failure|stall)|Out of memory|invoked oom-killer|Bad page|unreferenced object|list_(?:add|del) corruption|refcount_t: ",
            "page allocation ",
            "Out of memory",
            "oom-killer",
            "Bad page",
            "unreferenced object",
            "list_",
            "refcount_t: ",
        ),
        _hint(rf"\[&?l?t?;?<?{_HEX}{{8,16}}[>&\]]|\[<0>\]", "[<", "[&lt;"),
        _hint(r"(?:Call|Back|Stack|stack back)[ ]?[Tt]race[ ]?:", "race:", "race :"),
        # A place as tracers print it, alone on its line or with the file that it is in.
        _hint(
            r"^[ \t!>]{1,8}(?:[0-9a-f]{8,16}[ ])?[A-Za-z_.][\w.]{0,200}\+(?:0x[0-9a-f]{1,6}|[0-9]{1,6})(?:[ ][(\[]|[ \t]*$)"
            r"|[A-Za-z_][\w.]{0,200}\+0x[0-9a-f]{1,6}[ ]{1,40}\(",
            "+",
        ),
        # Where it was, without a place in code.
        _hint(
            r"\b[ER]IP: [0-9]{4}:|\bPC is at |\bNMI backtrace for|\bFunction entered at|\be?pc : |\bNIP ?[:\[ ]|Krnl PSW",
            "IP: ",
            "PC is at",
            "NMI backtrace",
            "Function entered",
            "pc : ",
            "NIP",
            "PSW",
        ),
        # Tracers: a place with an offset alone on its line, or behind its address; their headings.
        _hint(
            rf"^[ \t>|]{{1,80}}(?:{_HEX}{{8,16}} )?[A-Za-z_.$][\w.$]{{0,200}}\+(?:0x)?{_HEX}{{1,6}}(?: [\[(].{{1,200}})?\s*$",
            "+",
        ),
        _hint(r"@\[|^FUNCTION CALL TRACE|<stack trace>", "@[", "FUNCTION CALL", "<stack trace>"),
    ),
    more=re.compile(rf"\b{_HEX}{{4,16}}:(?:[ ]{{1,80}}{_HEX}{{2,16}}\b){{4}}", re.ASCII),
)
