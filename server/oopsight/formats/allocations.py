"""Memory that could not be had: failed allocations and the OOM killer, as mm/page_alloc.c, vmalloc.c and oom_kill.c print."""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
# Names are printed since 4.6.
_MODE = r"(?P<value>0x[0-9a-f]{1,16})(?:\((?P<names>[\w|]{1,400})\))?"

FORMAT = _format.Format(
    title="failed allocations and the OOM killer",
    sample="sample: page allocation failure: order:4, mode:0x40a20(GFP_ATOMIC|__GFP_COMP), nodemask=(null)",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?P<title>(?P<comm>\S.{{0,40}}): page allocation (?:failure|stalls for [0-9]{{1,10}}ms)[:.,] order:[0-9]{{1,2}}), mode:{_MODE}.{{0,200}}$",
            "page allocation ",
            _says(crash="alloc-failure", name="mode", domain="gfp"),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?P<title>(?P<comm>\S.{{0,40}}): vmalloc(?: error)?: .{{1,160}}), mode:{_MODE}.{{0,200}}$",
            ": vmalloc",
            _says(crash="alloc-failure", name="mode", domain="gfp"),
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?P<title>(?P<comm>\S.{{0,40}}) invoked oom-killer): gfp_mask={_MODE}.{{0,200}}$",
            "invoked oom-killer",
            _says(crash="oom", name="gfp_mask", domain="gfp"),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:(?:Memory cgroup out|Out) of memory|oom-kill|oom_reaper|Tasks state \(memory values in pages\))[ (:].{0,400}$",
            "o",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*SLUB: Unable to allocate memory on (?:node|CPU) .{1,160}$",
            "SLUB: Unable",
        ),
    ),
)
