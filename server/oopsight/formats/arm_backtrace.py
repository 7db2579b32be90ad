"""Arm's backtraces: the function and the place that it was called from on one line.

Three generations of `dump_backtrace_entry` in arch/arm/kernel/traps.c: `[<c0014318>] (f) from [<c001457c>] (g+0x24/0x2c)`
(also with offsets behind the first name), ` f from g+0x24/0x2c` since 5.15, and without symbols
`Function entered at [<c0014318>] from [<c001457c>]`. Below a line the registers that its function saved can stand.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_HEX8 = r"[0-9a-f]{8}"
_OFF = r"(?:\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8})?"
_MOD = r"(?:[ ]\[(?P<callee_module>[A-Za-z_][\w-]{0,63})(?:[ ][0-9a-f]{16,64})?\])?"
_CALLEE = rf"(?P<callee>{{NAME}}|0x{_HEX8}){_OFF}{_MOD}"
_ADDRESSED = rf"[ \t]*\[<(?P<callee_address>{_HEX8})>\][ ]\({_CALLEE}\)[ ]from[ ]{{ADDRESS}}[ ]"
# Where markup has eaten the addresses.
_BARE = rf"[ \t]*\({_CALLEE}\)[ ]from[ ]"
# No symbol, also as `%pS` once printed a null pointer.
_NOTHING = r"\((?:0x(?P<bare>[0-9a-f]{1,8})|[ ]{0,4}\(null\))\)"

FORMAT = _format.Format(
    title="Arm backtrace (x from y)",
    architectures=("arm",),
    sample=" sample_write from sample_run+0x14/0x28 [sample]",
    rules=(
        _rule(_kinds.FRAME, rf"[ \t]*{_CALLEE}[ ]from[ ]{{PLACE}}[ \t]*$", " from "),
        _rule(
            _kinds.FRAME,
            rf"[ \t]*{_CALLEE}[ ]from[ ]0x(?P<bare>[0-9a-f]{{1,8}})[ \t]*$",
            " from ",
        ),
        _rule(_kinds.FRAME, rf"{_ADDRESSED}\({{PLACE}}\)[ \t]*$", " from "),
        _rule(_kinds.FRAME, rf"{_ADDRESSED}{_NOTHING}[ \t]*$", " from "),
        _rule(_kinds.FRAME, rf"{_BARE}\({{PLACE}}\)[ \t]*$", " from "),
        # A script has added source positions, and a line for each function that was inlined.
        _rule(_kinds.FRAME, rf"{_ADDRESSED}\({{PLACE}}[ ]{{POSITION}}\)[ \t]*$", " from "),
        _rule(
            _kinds.FRAME,
            rf"{_ADDRESSED}\((?P<symbol>{{NAME}})[ ]{{POSITION}}[ ](?P<inlined>\[inline\])\)[ \t]*$",
            " from ",
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]*Function entered at \[<(?P<callee_address>{_HEX8})>\] from {{ADDRESS}}[ \t]*$",
            "Function entered at",
        ),
        _rule(
            _kinds.SAVED,
            rf"[ \t]*r(?:10|[0-9]):{_HEX8}(?:[ ]r(?:10|[0-9]):{_HEX8}){{0,10}}[ \t]*$",
            ":",
        ),
        _rule(
            _kinds.TRACE,
            rf"[ \t]*(?:Backtrace|Call trace):[ ]{{1,4}}(?:no frame pointer|invalid frame pointer 0x{_HEX8}|frame pointer underflow)[ \t]*$",
            "frame pointer",
        ),
    ),
)
