"""Stacks of retsnoop: the outermost function first, each with its place in the source, inlined ones behind a dot."""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_PRINTED = _kinds.Says(role=model.StackRole.PRINTED, outermost=True)
_FRONT = r"[!*]?[ \t]{0,24}(?:[0-9]{1,10}us[ ]{1,4}\[[\w. +-]{1,24}\][ ]{1,8})?"

FORMAT = _format.Format(
    title="retsnoop",
    sample="    73us [-ENOMEM]    do_sample_write+0x1a                   (drivers/sample/sample.c:301:5)",
    rules=(
        _rule(
            _kinds.ROW,
            rf"{_FRONT}(?P<symbol>{{NAME}})(?:\+0x(?P<offset>[0-9a-f]{{1,6}}))?[ ]{{1,60}}\({{POSITION}}:[0-9]{{1,5}}\)[ \t]*$",
            "(",
            _PRINTED,
        ),
        _rule(
            _kinds.ROW,
            rf"{_FRONT}(?P<inlined>\.[ ])(?P<symbol>{{NAME}})[ ]{{1,60}}\({{POSITION}}:[0-9]{{1,5}}\)[ \t]*$",
            ". ",
            _PRINTED,
        ),
        _rule(
            _kinds.ROW,
            r"[!*]?[ \t]{0,24}[0-9]{1,10}us[ ]{1,4}\[[\w. +-]{1,24}\][ ]{1,8}(?P<symbol>{NAME})(?:\+0x(?P<offset>[0-9a-f]{1,6}))?[ \t]*$",
            "us ",
            _PRINTED,
        ),
    ),
)
