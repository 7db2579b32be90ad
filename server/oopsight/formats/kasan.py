"""Reports of KASAN: a bad access, who allocated and freed the object, and the shadow memory around it.

Sources: `print_error_description`, `print_track`, `print_address_description`, `print_memory_metadata` in
mm/kasan/report.c, report_generic.c, report_tags.c; 4.0 to 4.8 wrote `KASan`, `at addr` in the title, and the slab allocator's report.
A row of shadow bytes has no address of its own: what is printed is the address of the memory that it describes.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_ALLOC = model.StackRole.ALLOC
_FREE = model.StackRole.FREE
_WORK = model.StackRole.WORK
_TASK = r"by task (?P<comm>\S.{0,60})/(?P<pid>[0-9]{1,10})"
_WHEN = r"(?: by task [0-9]{1,10}(?: on cpu [0-9]{1,5} at [0-9.]{1,24}s)?)?"

FORMAT = _format.Format(
    title="KASAN report",
    sample="BUG: KASAN: slab-out-of-bounds in do_sample_write+0x4b/0x8ef [sample]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: KAS(?:AN|an): .{1,80} in {PLACE}(?: at addr (?P<fault>[0-9a-f]{8,16}))?[ \t]*$",
            "BUG: KAS",
            _says(crash="kasan"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: KAS(?:AN|an): .{1,200}?(?: (?:on|at) addr(?:ess)? (?P<fault>[0-9a-f]{8,16}))?[ \t]*$",
            "BUG: KAS",
            _says(crash="kasan"),
        ),
        _rule(
            _kinds.VALUE,
            rf"[ \t]*(?P<name>(?:Read|Write) of size) (?P<count>[0-9]{{1,20}})(?: at addr (?P<fault>[0-9a-f]{{8,16}}))?(?: {_TASK})?[ \t]*$",
            " of size ",
        ),
        _rule(
            _kinds.FACT,
            rf"[ \t]*(?:(?:Read|Write) at|Free of) addr (?P<fault>[0-9a-f]{{8,16}}) {_TASK}[ \t]*$",
            " addr ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Pointer tag: \[[0-9a-f]{2}\], memory tag: \[[0-9a-f]{2}\][ \t]*$",
            "Pointer tag: ",
        ),
        _rule(
            _kinds.PART, r"[ \t]*Asynchronous (?:mode enabled|fault): no .{1,60}$", "Asynchronous"
        ),
        _rule(_kinds.HEADING, rf"[ \t]*Allocated{_WHEN}:[ \t]*$", "Allocated", _says(role=_ALLOC)),
        _rule(_kinds.HEADING, rf"[ \t]*Freed{_WHEN}:[ \t]*$", "Freed", _says(role=_FREE)),
        _rule(_kinds.PART, r"[ \t]*PID = [0-9]{1,10}[ \t]*$", "PID = "),
        _rule(_kinds.PART, r"[ \t]*\(stack is not available\)[ \t]*$", "(stack is not"),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:Last|Second to last) (?:potentially related work creation|call_rcu\(\)):[ \t]*$",
            "ast ",
            _says(role=_WORK),
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*The buggy address belongs to the (?P<name>object) at (?P<value>[0-9a-f]{8,16})[ \t]*$",
            "The buggy address belongs to the object",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:which belongs to the cache \S{1,80} of size [0-9]{1,10}|Object at [0-9a-f]{8,16}, in cache \S{1,80} size: [0-9]{1,10})[ \t]*$",
            " cache ",
        ),
        _rule(_kinds.PART, r"[ \t]*The buggy address is located .{1,120}$", "The buggy address is"),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:(?:allocated |freed )?[0-9]{1,20}-byte region \[[0-9a-f]{8,16}, [0-9a-f]{8,16}\))[ \t]*$",
            "-byte region [",
        ),
        _rule(
            _kinds.POINTS,
            r"[ \t]*The buggy address belongs to the variable:[ \t]*$",
            "belongs to the variable:",
        ),
        _rule(
            _kinds.POINTS,
            r"[ \t]*(?:and|addr [0-9a-f]{8,16}) is located (?:in stack of task \S.{0,60} )?at offset [0-9]{1,10} in frame:[ \t]*$",
            "in frame:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*The buggy address belongs to (?:the (?:physical )?page|stack of task|a vmalloc|the virtual mapping|0-page).{0,120}$",
            "The buggy address belongs",
        ),
        _rule(
            _kinds.PART, r"[ \t]*[Tt]his frame has [0-9]{1,4} objects?:.{0,120}$", "his frame has"
        ),
        _rule(_kinds.PART, r"[ \t]*\[[0-9]{1,10}, [0-9]{1,10}\) '.{0,120}$", ") '"),
        _rule(
            _kinds.MEMORY,
            r"[ \t]*(?P<title>Memory state around the buggy address):[ \t]*$",
            "Memory state around",
        ),
        _rule(
            _kinds.WORDS,
            r"[ \t]*>?[0-9a-f]{8,16}:(?P<words>(?: [0-9a-f]{2}){8,16})[ \t]*$",
            ": ",
            _says(name="Memory state"),
        ),
        _rule(_kinds.PART, r"[ \t]{1,80}\^[ \t]*$", "^"),
        _rule(_kinds.BORDER, r"[ \t]*={50,90}[ \t]*$", "====="),
    ),
)
