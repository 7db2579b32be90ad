"""Reports of KFENCE: a bad access to a guarded object, who allocated and freed it.

Sources: `kfence_report_error` and `kfence_print_object` in mm/kfence/report.c. A bad access is a fault, and the first place
of its stack the instruction itself; what was damaged or freed wrongly is found by a function.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_FAULT = model.StackRole.FAULT
_ALLOC = model.StackRole.ALLOC
_FREE = model.StackRole.FREE
_EXACT = model.Convention.EXACT
_OBJECT = r"(?:kfence-#[0-9]{1,8} \[0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16}, size=[0-9]{1,10}, cache=\S{1,80}\] )?"
_WHEN = r"by task [0-9]{1,10}(?: on cpu [0-9]{1,5} at [0-9.]{1,24}s(?: \([0-9.]{1,24}s ago\))?)?:[ \t]*$"

FORMAT = _format.Format(
    title="KFENCE report",
    sample="Out-of-bounds read at 0xffff888012345678 (1B left of kfence-#17):",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: KFENCE: (?:out-of-bounds|use-after-free|invalid) (?:read|write) in {PLACE}[ \t]*$",
            "BUG: KFENCE",
            _says(crash="kfence", faults=True, convention=_EXACT),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: KFENCE: .{1,80} in {PLACE}[ \t]*$",
            "BUG: KFENCE",
            _says(crash="kfence"),
        ),
        _rule(_kinds.TITLE, r"[ \t]*BUG: KFENCE: \S", "BUG: KFENCE", _says(crash="kfence")),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:Out-of-bounds|Use-after-free|Invalid) (?:read|write|access) at 0x(?P<fault>[0-9a-f]{8,16})(?: \(.{1,60}\))?:[ \t]*$",
            " at 0x",
            _says(role=_FAULT, convention=_EXACT),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:Corrupted memory at|Invalid free of) 0x(?P<fault>[0-9a-f]{8,16}) .{0,200}\(in kfence-#[0-9]{1,8}\):[ \t]*$",
            "kfence-#",
            _says(role=_FAULT),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*kfence-#[0-9]{1,8}: 0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16}, size=[0-9]{1,10}, cache=\S{1,80}[ \t]*$",
            "kfence-#",
        ),
        _rule(
            _kinds.HEADING, rf"[ \t]*{_OBJECT}allocated {_WHEN}", "allocated by", _says(role=_ALLOC)
        ),
        _rule(
            _kinds.HEADING,
            rf"[ \t]*{_OBJECT}(?:rcu freeing|freed) {_WHEN}",
            " by task ",
            _says(role=_FREE),
        ),
        _rule(_kinds.PART, r"[ \t]*no (?:de)?allocation stack[ \t]*$", "allocation stack"),
    ),
)
