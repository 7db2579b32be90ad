"""WARNING, BUG and panic: titles that name a source line or a reason.

Sources: `__warn` and `panic` in kernel/panic.c, `report_bug` in lib/bug.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_EXACT = model.Convention.EXACT

FORMAT = _format.Format(
    title="WARNING, BUG and panic",
    sample="WARNING: CPU: 0 PID: 87 at drivers/sample/sample.c:301 sample_write+0x984/0xac0 [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{1,5}) PID: (?P<pid>[0-9]{1,10}) at (?:{POSITION} )?{PLACE}[ \t]*$",
            "WARNING: CPU",
            _says(crash="warning", faults=True),
        ),
        # Until 4.5 in this spelling, and then behind a call on all architectures but powerpc, s390, parisc and sh.
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{1,5}) PID: (?P<pid>[0-9]{1,10}) at (?:{POSITION} )?{PLACE}\(\)[ \t]*$",
            "WARNING: CPU",
            _says(crash="warning", faults=True, convention=model.Convention.RETURN),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{1,5}) PID: (?P<pid>[0-9]{1,10}) at .{1,300}$",
            "WARNING: CPU",
            _says(crash="warning", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: {POSITION} at {PLACE}, CPU#(?P<cpu>[0-9]{1,5}): (?P<comm>\S.{0,60})/(?P<pid>[0-9]{1,10})[ \t]*$",
            "WARNING: ",
            _says(crash="warning", faults=True, convention=_EXACT),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: at .{1,300}$",
            "WARNING: at",
            _says(crash="warning", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*kernel BUG at .{1,300}!.{0,40}$",
            "kernel BUG at",
            _says(crash="bug", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Kernel panic - not syncing: .{1,300}$",
            "Kernel panic - ",
            _says(crash="panic"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>Unable to handle kernel .{1,80}?(?: at (?:virtual )?address (?P<fault>[0-9a-f]{8,16})|$).{0,80})$",
            "Unable to handle kernel",
            _says(crash="oops", faults=True),
        ),
    ),
)
