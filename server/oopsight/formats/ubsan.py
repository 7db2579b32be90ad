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
            _kinds.PART, r"[ \t]*index .{1,40} is out of range for type .{1,80}$", "is out of range"
        ),
        _rule(_kinds.PART, r"[ \t]*shift exponent .{1,40} is .{1,80}$", "shift exponent"),
        _rule(_kinds.PART, r"[ \t]*left shift of .{1,40} (?:by|cannot) .{1,80}$", "left shift of"),
        _rule(
            _kinds.PART,
            r"[ \t]*load of value .{1,40} is not a valid value .{1,80}$",
            "load of value",
        ),
        _rule(_kinds.PART, r"[ \t]*member access within .{1,120}$", "member access within"),
        _rule(_kinds.PART, r"[ \t]*signed integer overflow:.{0,120}$", "signed integer overflow"),
        _rule(_kinds.PART, r"[ \t]*division by zero[ \t]*$", "division by zero"),
    ),
)
