"""Dumps of a page, and who allocated and freed it.

Sources: `__dump_page` in mm/debug.c, `bad_page` in mm/page_alloc.c, `print_bad_pte` in mm/memory.c, `check_mm` in kernel/fork.c,
`__dump_page_owner` and `print_page_owner` in mm/page_owner.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_BAD = _says(crash="bad-page")
_PROCESS = r"in process (?P<comm>\S.{0,40}?)[ ]{1,4}"

FORMAT = _format.Format(
    title="dump of a page",
    sample="page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x12345",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*BUG: Bad page (?:state|map|cache) {_PROCESS}(?:pfn|pte):[0-9a-f]{{1,16}}.{{0,80}}$",
            "BUG: Bad page",
            _BAD,
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: (?:Bad rss-counter state mm:|non-zero (?:pgtables_bytes|nr_ptes|nr_pmds) on freeing mm: ).{1,80}$",
            "BUG: ",
            _says(crash="bad-page", whole=True),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:page: ?(?:\S{1,24} )?(?:ref)?count:-?[0-9]{1,10} |head: ?(?:\S{1,24} )?order:[0-9]{1,3} |memcg:[0-9a-f]{8,16}[ \t]*$|page dumped because: |page->mem_cgroup:|page_type: |\S{1,24} (?:aops|ops):|aops:|addr:[0-9a-f]{8,16} vm_flags:|file:.{1,40} (?:fault|vma):).{0,200}$",
            ":",
        ),
        _rule(
            _kinds.VALUE,
            r"[ \t]*(?:anon |ksm )?(?P<name>flags): 0x(?P<value>[0-9a-f]{1,16})(?:\((?P<names>[^)]{0,300})\))?(?: CMA)?[ \t]*$",
            "flags: 0x",
        ),
        _rule(
            _kinds.WORDS,
            r"[ \t]*(?P<title>raw|head):(?P<words>(?: [0-9a-f]{8,16}){2,8})[ \t]*$",
            ": ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*page_owner tracks the page as (?:allocated|freed)[ \t]*$",
            "page_owner tracks",
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:[Pp]age (?:last )?allocated) via order [0-9]{1,3}, (?:migratetype \w{1,20}, )?(?:(?P<name>gfp_mask)|mask) 0x(?P<value>[0-9a-f]{1,16})(?:\((?P<names>[^)]{0,300})\))?.{0,120}$",
            " via order ",
            _says(role=model.StackRole.ALLOC, name="gfp_mask", domain="gfp"),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*page last free (?:pid [0-9]{1,10} tgid [0-9]{1,10} )?stack trace:[ \t]*$",
            "page last free",
            _says(role=model.StackRole.FREE),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*page_owner (?:free|allocation) stack trace missing[ \t]*$",
            "stack trace missing",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*[Pp]age has been migrated, last migrate reason: .{1,40}$",
            "age has been migrated",
        ),
        _rule(_kinds.PART, r"[ \t]*PFN [0-9]{1,12} type \w{1,20} Block .{1,200}$", "PFN "),
    ),
)
