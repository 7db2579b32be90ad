"""Stacks of tools that read a dump of the memory of a phone: addresses and offsets, without sizes."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TASK = model.StackRole.TASK

FORMAT = _format.Format(
    title="ramdump parsers",
    sample="     [<ffffffdb78c75c54>] do_sample_switch+0x1e8",
    rules=(
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>Process: \S.{0,40}?, ?(?:\[affinity: ?\w{1,20}\] ?)?cpu: ?[0-9]{1,4},? pid: ?[0-9]{1,10})\b.{0,160}$",
            "Process: ",
            _says(role=_TASK),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>Task name: ?\S.{0,40}?,? (?:\[affinity: ?\w{1,20}\],? ?)?(?:cpu: ?[0-9]{1,4},? )?pid: ?[0-9]{1,10})\b.{0,200}$",
            "Task name:",
            _says(role=_TASK),
        ),
        _rule(_kinds.TRACE, r"[ \t]+Stack:[ \t]*$", "Stack:"),
        _rule(
            _kinds.FRAME,
            r"[ \t]*\[<(?P<address>[0-9a-f]{8,16})>\][ ]{1,4}(?P<symbol>{NAME})\+0x(?P<offset>[0-9a-f]{1,8})[ \t]*$",
            "+0x",
        ),
    ),
)
