"""Backtraces without addresses: one `name+0xoffset/0xsize [module]` a line, as most kernels print them since 4.14.

Sources: `show_trace_log_lvl` in arch/x86/kernel/dumpstack.c, `dump_backtrace_entry` in arch/arm64/kernel/stacktrace.c,
`stack_trace_print` in kernel/stacktrace.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_DOUBT = r"(?P<doubt>\?[ ])?"

FORMAT = _format.Format(
    title="call trace without addresses",
    sample=" do_sample_write+0x4b/0x8ef [sample]",
    rules=(
        _rule(
            _kinds.TRACE,
            r"[ \t]*(?:Call [Tt]race|Backtrace|Stack trace|stack backtrace|Trace)[ ]?:[ \t]*$",
            "",
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]*{_DOUBT}{{PLACE}}(?:[ ]\([A-OQ-Z]{{1,4}}\))?[ \t]*$",
            "/0x",
        ),
        # arm64 since 6.13 says where a place comes from: P is a program counter out of saved registers.
        _rule(
            _kinds.FRAME,
            r"[ \t]*{PLACE}[ ]\([A-OQ-Z]{0,3}P[A-OQ-Z]{0,3}\)[ \t]*$",
            "P",
            _kinds.Says(convention=model.Convention.EXACT),
        ),
        # Addresses without a name, as `%pS` prints them.
        _rule(_kinds.FRAME, rf"[ \t]+{_DOUBT}0x(?P<bare>[0-9a-f]{{6,16}})[ \t]*$", "0x"),
        _rule(
            _kinds.SWITCH, r"[ \t]*<(?P<closing>/)?(?P<stack>[A-Z#][A-Z0-9_#]{1,20})>[ \t]*$", "<"
        ),
    ),
)
