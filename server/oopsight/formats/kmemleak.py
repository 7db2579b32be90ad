"""What kmemleak finds: objects to which nothing points, their first bytes, and who allocated them.

Sources: `print_unreferenced` and `hex_dump_object` in mm/kmemleak.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_ALLOC = model.StackRole.ALLOC
_FRONT = r"[ \t]*(?:kmemleak: )?[ ]{0,4}"

FORMAT = _format.Format(
    title="kmemleak",
    sample="unreferenced object 0xffff888012345680 (size 128):",
    rules=(
        _rule(_kinds.TITLE, r"[ \t]*BUG: memory leak[ \t]*$", "memory leak", _says(crash="leak")),
        _rule(
            _kinds.TITLE,
            _FRONT
            + r"(?P<title>unreferenced object (?:percpu )?0x[0-9a-f]{4,16} \(size [0-9]{1,12}\)):[ \t]*$",
            "unreferenced object",
            _says(crash="leak", role=_ALLOC),
        ),
        _rule(
            _kinds.FACT,
            _FRONT
            + r'comm "(?P<comm>.{1,40})", pid (?P<pid>[0-9]{1,10}), jiffies [0-9]{1,20}.{0,40}$',
            'comm "',
        ),
        _rule(
            _kinds.PART,
            _FRONT + r"hex dump \(first [0-9]{1,6} bytes(?: on cpu [0-9]{1,5})?\):[ \t]*$",
            "hex dump (first",
        ),
        _rule(
            _kinds.WORDS,
            _FRONT + r"(?P<words>[0-9a-f]{2}(?: [0-9a-f]{2}){7,15})[ ]{2}.{1,20}$",
            "  ",
            _says(name="hex dump"),
        ),
        _rule(
            _kinds.HEADING,
            _FRONT + r"(?P<title>backtrace(?: \(crc [0-9a-f]{1,8}\))?):[ \t]*$",
            "backtrace",
            _says(role=_ALLOC),
        ),
    ),
)
