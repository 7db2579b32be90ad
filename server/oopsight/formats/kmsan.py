"""Reports of KMSAN: the use of a value that was never set, where it was stored and where it came from.

Sources: `kmsan_report` and `kmsan_print_origin` in mm/kmsan/report.c; before 6.1, out of the tree, `origin:` and `chained origin:`.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_ORIGIN = _says(role=model.StackRole.ORIGIN)

FORMAT = _format.Format(
    title="KMSAN report",
    sample="BUG: KMSAN: uninit-value in do_sample_write+0x4b/0x8ef [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: KMSAN: .{1,80} in {PLACE}[ \t]*$",
            "BUG: KMSAN",
            _says(crash="kmsan"),
        ),
        _rule(_kinds.TITLE, r"[ \t]*BUG: KMSAN: \S", "BUG: KMSAN", _says(crash="kmsan")),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:Uninit was (?:stored to memory|created) at|Local variable .{1,120} created at|Variable was created at|(?:chained )?origin(?: description)?):[ \t]*$",
            ":",
            _ORIGIN,
        ),
        _rule(_kinds.PART, r"[ \t]*Local variable description: .{1,120}$", "Local variable"),
        _rule(
            _kinds.PART, r"[ \t]*<Zero or more stacks not recorded to save memory>[ \t]*$", "<Zero"
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Bytes? [0-9]{1,10}(?:-[0-9]{1,10})? of [0-9]{1,10} (?:is|are) uninitialized[ \t]*$",
            "uninitialized",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*Memory access of size [0-9]{1,10} starts at (?P<fault>[0-9a-f]{8,16})[ \t]*$",
            "Memory access of size",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Data copied to user address [0-9a-f]{1,16}[ \t]*$",
            "Data copied to",
        ),
    ),
)
