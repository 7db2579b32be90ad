"""Backtraces that somebody has decoded: source positions stand behind the places in code.

`scripts/decode_stacktrace.sh` replaces offset and size by the lines of one address, the innermost inlined call first; syzbot puts
one behind the place and gives inlined calls lines of their own; LINEINFO and faddr2line's users keep both.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_START = r"[ \t]*(?:{ADDRESS}[ ]{1,4})?(?P<doubt>\?[ ])?"
_ONE = r"[^\s():]{1,400}\.(?:c|h|S|rs|inc|y|l):[0-9?]{1,7}(?:[ ]\(discriminator[ ][0-9]{1,9}\))?"
_POSITIONS = rf"\((?P<positions>{_ONE}(?:[ ]{_ONE}){{0,24}})\)"
_OFFSET = r"(?:\+0x(?P<offset>[0-9a-f]{1,16})(?:/0x(?P<size>[0-9a-f]{1,16}))?)?"
_MODULE = r"(?:[ ]\[?(?P<module>[A-Za-z_][\w-]{0,63})\]?)?"

FORMAT = _format.Format(
    title="call trace with source lines (decode_stacktrace, syzbot)",
    sample=" sample_write+0x984/0xac0 drivers/sample/sample.c:301",
    rules=(
        _rule(
            _kinds.FRAME,
            rf"{_START}(?P<symbol>{{NAME}}){_OFFSET}[ ]{_POSITIONS}{_MODULE}[ \t]*$",
            ":",
        ),
        _rule(_kinds.FRAME, rf"{_START}{{PLACE}}[ ]{{POSITION}}[ \t]*$", "/0x"),
        _rule(
            _kinds.FRAME,
            r"[ \t]*(?P<symbol>{NAME})[ ]{POSITION}[ ]\[(?P<inlined>inline)\][ \t]*$",
            "[inline]",
        ),
    ),
)
