"""WARNING, BUG and panic: titles that name a source line or a reason.

Sources: `__warn` and `panic` in kernel/panic.c, `report_bug` in lib/bug.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_EXACT = model.Convention.EXACT
_WARNING = _says(crash="warning", faults=True)
# Before 3.11 the function's name ended in parentheses.
_PLACE = r"{PLACE}(?:\(\))?[ \t]*$"

FORMAT = _format.Format(
    title="WARNING, BUG and panic",
    sample="WARNING: CPU: 0 PID: 87 at drivers/sample/sample.c:301 sample_write+0x984/0xac0 [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{{1,5}}) PID: (?P<pid>[0-9]{{1,10}}) at (?:\S{{1,200}}:[0-9]{{1,7}} )?{_PLACE}",
            "WARNING: CPU",
            _WARNING,
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{1,5}) PID: (?P<pid>[0-9]{1,10}) at .{1,300}$",
            "WARNING: CPU",
            _WARNING,
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: {POSITION} at {PLACE}, CPU#(?P<cpu>[0-9]{1,5}): (?P<comm>\S.{0,60})/(?P<pid>[0-9]{1,10})[ \t]*$",
            "WARNING: ",
            _says(crash="warning", faults=True, convention=_EXACT),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*WARNING: at (?:\S{{1,200}}:[0-9]{{1,7}} )?{_PLACE}",
            "WARNING: at",
            _WARNING,
        ),
        _rule(_kinds.TITLE, r"[ \t]*WARNING: at .{1,300}$", "WARNING: at", _WARNING),
        # The message about the list stands in front, unless it was lost.
        _rule(
            _kinds.TITLE,
            r"[ \t]*[Kk]ernel BUG at (?:\S{1,200}/)?lib/list_debug\.c:.{1,40}$",
            "lib/list_debug.c",
            _says(crash="list-corruption", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*[Kk]ernel BUG at .{1,300}$",
            "ernel BUG at",
            _says(crash="bug", faults=True),
        ),
        # Rust's own sentence comes before the BUG that it ends in.
        _rule(
            _kinds.TITLE,
            r"[ \t]*rust_kernel: panicked at \S{1,200}:[0-9]{1,7}:[0-9]{1,5}:.{0,200}$",
            "panicked at",
            _says(crash="bug", faults=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: {PLACE}[ \t]*$",
            "stack-protector",
            _says(crash="panic"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*Kernel panic(?: - not syncing)?: .{1,300}$",
            "Kernel panic",
            _says(crash="panic"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>Unable to handle kernel (?!.{1,80}RIP:).{1,80}?(?: at (?:virtual )?address (?P<fault>[0-9a-f]{8,16})|$).{0,80})$",
            "Unable to handle kernel",
            _says(crash="oops", faults=True),
        ),
    ),
)
