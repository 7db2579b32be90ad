"""Reports of the slab allocator: what was overwritten, who had the object, and the object's bytes.

Sources: `slab_bug`, `print_track`, `print_trailer`, `slab_fix` in mm/slub.c; until 5.12 most lines began with `INFO: `.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TAINT = r"\((?:Not tainted|Tainted: [A-Z -]{1,40})[ ]{0,20}\)"
_WHO = r"{LOOSE} age=[0-9]{1,20} cpu=(?:[0-9]{1,10}) pid=-?[0-9]{1,10}[ \t]*$"

FORMAT = _format.Format(
    title="report of the slab allocator",
    sample="BUG kmalloc-64 (Tainted: G    B           ): Right Redzone overwritten",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*BUG \S{{1,80}} {_TAINT}: (?!kasan: ).{{1,200}}$",
            "ainted",
            _says(crash="slub"),
        ),
        # KASAN until 4.8 printed the object by the allocator's means.
        _rule(_kinds.PART, rf"[ \t]*BUG \S{{1,80}} {_TAINT}: kasan: .{{1,80}}$", ": kasan: "),
        _rule(_kinds.PART, r"[ \t]*-{70,80}[ \t]*$", "-----"),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:INFO: )?(?:\[.{1,40} overwritten\] )?0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16}(?: @offset=[0-9]{1,10})?\. First byte 0x[0-9a-f]{1,2} instead of 0x[0-9a-f]{1,2}[ \t]*$",
            "First byte",
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>(?:INFO: )?Allocated in) " + _WHO,
            "Allocated in",
            _says(role=model.StackRole.ALLOC),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>(?:INFO: )?Freed in) " + _WHO,
            "Freed in",
            _says(role=model.StackRole.FREE),
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?:INFO: )?Slab 0x[0-9a-f]{8,16} objects=[0-9]{1,8} used=[0-9]{1,8} fp=0x[0-9a-f]{1,16} (?P<name>flags)=0x(?P<value>[0-9a-f]{1,16})(?:\((?P<names>[^)]{0,200})\))?[ \t]*$",
            "Slab 0x",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:INFO: )?Object 0x[0-9a-f]{8,16} @offset=-?[0-9]{1,10}(?: fp=.{1,24})?[ \t]*$",
            "@offset=",
        ),
        _rule(
            _kinds.WORDS,
            r"[ \t]*(?P<title>Bytes b4|Object|(?:Right |Left )?Redzone|Padding)[ ]{1,4}(?:0x)?(?P<at>[0-9a-f]{8,16}):(?P<words>(?: [0-9a-f]{2}){1,16})(?:[ ]{1,60}\S.{0,40})?[ \t]*$",
            ": ",
        ),
        _rule(_kinds.PART, r"[ \t]*FIX \S{1,80}: .{1,200}$", "FIX "),
    ),
)
