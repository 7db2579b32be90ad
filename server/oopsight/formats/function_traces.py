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
        # The deepest stack that was seen, with what each frame takes.
        _rule(
            _kinds.TRACE,
            r"[ \t]*Depth[ ]{1,8}Size[ ]{1,8}Location[ ]{1,8}\([0-9]{1,6} entries\)[ \t]*$",
            "Location",
            _says(role=model.StackRole.PRINTED),
        ),
        # A key of a histogram.
        _rule(
            _kinds.TRACE,
            r"[ \t]*\{ (?:common_|kernel_)?stacktrace:[ \t]*$",
            "stacktrace:",
            _says(role=model.StackRole.PRINTED),
        ),
        _rule(_kinds.PART, r"[ \t]*-{4,8}[ ]{1,8}-{4}[ ]{1,8}-{8}[ \t]*$", "----"),
        _rule(
            _kinds.FRAME,
            r"[ \t]*(?P<number>[0-9]{1,4})\)[ ]{1,12}[0-9]{1,8}[ ]{1,12}[0-9]{1,8}[ ]{1,8}{PLACE}[ \t]*$",
            ") ",
            _says(role=model.StackRole.PRINTED),
        ),
        _rule(_kinds.ROW, r"[ \t]*=> {LOOSE}(?:[ ][<(][0-9a-f]{8,16}[)>])?[ \t]*$", "=> "),
    ),
)
