"""What is above the stacks of kdb, the kernel's own debugger, and how it printed them before 4.x.

Source: kernel/debug/kdb/kdb_bt.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says

FORMAT = _format.Format(
    title="kdb",
    sample="Stack traceback for pid 143",
    rules=(
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:\[[0-9]{1,4}\]kdb> .{0,40})?(?P<title>Stack traceback for pid -?[0-9]{1,10})[ \t]*$",
            "Stack traceback for",
            _says(role=model.StackRole.TASK),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*0x[0-9a-f]{8,16}[ ]{1,10}[0-9]{1,10}[ ]{1,10}[0-9]{1,10}[ ]{1,4}[01][ ]{1,6}[0-9]{1,4}[ ]{1,4}[A-Z][ ]{1,4}0x[0-9a-f]{8,16} [ *]?\S.{0,20}$",
            "0x",
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]*0x[0-9a-f]{8,16}[ ]0x(?P<address>[0-9a-f]{8,16})[ ](?P<symbol>{NAME})\+0x(?P<offset>[0-9a-f]{1,8})(?:[ ]\(0x[0-9a-f, x]{1,160}\))?[ \t]*$",
            "+0x",
        ),
    ),
)
