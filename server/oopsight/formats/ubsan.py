"""Reports of UBSAN: the place in the source, what was wrong, and the stack.

Source: `ubsan_prologue` in lib/ubsan.c, which wrote `Undefined behaviour` for every kind before 5.5.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule

FORMAT = _format.Format(
    title="UBSAN report",
    sample="UBSAN: array-index-out-of-bounds in drivers/sample/sample.c:301:14",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*UBSAN: [A-Za-z][A-Za-z -]{2,60} in .{1,300}:[0-9]{1,7}:[0-9]{1,5}[ \t]*$",
            "UBSAN: ",
            _kinds.Says(crash="ubsan"),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:index .{1,40} is out of range for type|shift exponent .{1,40} is|left shift of .{1,40} (?:by|cannot)|load of value .{1,40} is not a valid value|member access within|signed integer overflow:|division by zero[ \t]*$).{0,120}$",
            "",
        ),
    ),
)
