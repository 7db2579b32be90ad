"""Stacks of ftrace: the names of functions behind arrows, mostly without offsets.

Source: `print_stack_trace` and `seq_print_ip_sym` in kernel/trace. The arrows count below `<stack trace>` or in rows.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TRACE = _says(crash="trace", joins=True, role=model.StackRole.PRINTED)

FORMAT = _format.Format(
    title="ftrace stack trace",
    sample="          sample-812     [001] d..1.   306.421233: <stack trace>",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>\S.{0,120}[ ]<stack trace ?>)[ \t]*$",
            "<stack trace",
            _TRACE,
        ),
        _rule(_kinds.ROW, r"[ \t]*=> {LOOSE}(?:[ ][<(][0-9a-f]{8,16}[)>])?[ \t]*$", "=> "),
    ),
)
