"""What `die` prints of an oops on most architectures: its reason with the number of oopses so far, `Oops[#1]:`.

Sources: `die` in arch/{mips,loongarch,riscv,xtensa,openrisc,csky}/kernel/traps.c, and the reasons that its callers hand on.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_COUNTER = r"[ ]?\[#[0-9]{1,6}\]:?[ \t]*$"

FORMAT = _format.Format(
    title="reason of an oops with its counter (Oops[#1]:)",
    sample="Oops - store (or AMO) access fault [#1]",
    rules=(
        _rule(
            _kinds.SUBTITLE,
            rf"[ \t]*Oops{_COUNTER}",
            "[#",
            _says(crash="oops", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?:kernel BUG|Kernel bug detected){_COUNTER}",
            "[#",
            _says(crash="bug", faults=True, joins=True),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?:Oops - |do_)?[A-Za-z][\w ,()'/-]{{3,60}}?{_COUNTER}",
            "[#",
            _says(crash="oops", faults=True, joins=True),
        ),
    ),
)
