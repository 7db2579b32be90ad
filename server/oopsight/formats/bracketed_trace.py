"""Backtraces with addresses in brackets: `[<c0014318>] name+0xoffset/0xsize [module]`.

So did x86 before 4.10, arm64 before 4.14 and riscv before 5.x; mips, s390, sparc and /proc/PID/stack still do.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule

FORMAT = _format.Format(
    title="call trace with addresses in brackets",
    sample=" [<ffffffff810f1a2b>] ? do_sample_write+0x4b/0x8ef [sample]",
    rules=(
        _rule(
            _kinds.FRAME,
            r"[ \t]*{ADDRESS}[ ]{0,4}(?P<doubt>\?[ ])?{PLACE}[ \t]*$",
            "/0x",
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]*{ADDRESS}[ ]{0,4}(?P<doubt>\?[ ])?0x(?P<bare>[0-9a-f]{1,16})[ \t]*$",
            "0x",
        ),
        # Without symbols.
        _rule(
            _kinds.FRAMES,
            r"[ \t]*(?P<frames>\[<[0-9a-f]{8,16}>\](?:[ ]{1,2}\[<[0-9a-f]{8,16}>\]){0,31})[ \t]*$",
            "[<",
        ),
    ),
)
