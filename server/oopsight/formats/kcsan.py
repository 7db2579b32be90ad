"""Reports of KCSAN: two accesses that race, each with its stack.

Sources: `print_report` and `get_access_type` in kernel/kcsan/report.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TYPE = r"(?:read-write|read|write|assert no accesses|assert no writes)(?: \((?:marked|reordered|marked, reordered)\))?"
_BY = r"(?P<fault>[0-9a-f]{8,16}) of [0-9]{1,10} bytes by (?:task (?P<pid>[0-9]{1,10})|interrupt) on cpu (?P<cpu>[0-9]{1,5}):[ \t]*$"

FORMAT = _format.Format(
    title="KCSAN report",
    sample="read to 0xffff888012345678 of 8 bytes by task 812 on cpu 3:",
    rules=(
        _rule(_kinds.TITLE, r"[ \t]*BUG: KCSAN: .{1,200}$", "BUG: KCSAN", _says(crash="kcsan")),
        _rule(
            _kinds.HEADING,
            rf"[ \t]*(?:race at unknown origin, with )?{_TYPE} to 0x{_BY}",
            " bytes by ",
            _says(role=model.StackRole.ACCESS),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:value|bits) changed: 0x[0-9a-f]{1,16} (?:->|with mask) 0x[0-9a-f]{1,16}[ \t]*$",
            " changed: ",
        ),
        _rule(_kinds.PART, r"[ \t]*\+-> reordered to: {PLACE}[ \t]*$", "reordered to"),
        _rule(
            _kinds.PART,
            r"[ \t]*Reported by Kernel Concurrency Sanitizer on:[ \t]*$",
            "Concurrency Sanitizer",
        ),
    ),
)
