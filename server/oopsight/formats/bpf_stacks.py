"""Kernel stacks of bpftrace (`fn+71`, a decimal offset) and of bcc's tools (`fn+0x47`): rows and nothing else."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_PRINTED = _says(role=model.StackRole.PRINTED)

FORMAT = _format.Format(
    title="bpftrace and bcc",
    sample="        do_sample_write+71",
    rules=(
        _rule(_kinds.TRACE, r"@\w{0,40}\[[ \t]*$", "@", _PRINTED),
        _rule(_kinds.PART, r"[ ]{0,4}(?:[^\[\]]{0,60})?\]: [0-9]{1,20}[ \t]*$", "]: "),
        _rule(
            _kinds.ROW,
            r"[ \t]{2,24}(?P<symbol>{NAME})\+(?P<decimal>[0-9]{1,6})[ \t]*$",
            "+",
            _PRINTED,
        ),
        _rule(
            _kinds.ROW,
            r"[ \t]{0,24}(?:b')?(?P<symbol>{NAME})\+0x(?P<offset>[0-9a-f]{1,6})'?(?:[ ]\[(?P<module>[\w-]{1,64})\])?[ \t]*$",
            "+0x",
            _PRINTED,
        ),
        _rule(
            _kinds.ROW,
            r"[ \t]{0,24}(?P<address>[0-9a-f]{16})[ ](?:b')?(?P<symbol>{NAME})\+0x(?P<offset>[0-9a-f]{1,6})'?(?:[ ]\[(?P<module>[\w-]{1,64})\])?[ \t]*$",
            "+0x",
            _PRINTED,
        ),
    ),
)
