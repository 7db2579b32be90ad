"""Samples of `perf script`: a heading for each sample, its call chain with addresses and the object each is in.

The innermost address is the sampled instruction itself; the others are return addresses.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_EXACT = model.Convention.EXACT
_KERNEL = r"\((?:\[(?:kernel\.kallsyms|kernel\.vmlinux|guest\.kernel\.kallsyms|[\w-]{1,64})\][\w.]{0,20}|[^()]{0,200}vmlinux[^()]{0,80}|[^()]{1,200}\.ko(?:\.[gx]z|\.zst)?|kernel\.kallsyms|\[unknown\]|bpf_prog_\w{1,80})\)"

FORMAT = _format.Format(
    title="perf script",
    sample="\tffffffffb8f6abf0 do_sample_write+0x40 ([kernel.kallsyms])",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>\S(?:.{0,30}?\S)?[ \t]{1,12}[0-9]{1,10}(?:/[0-9]{1,10})?[ \t]{1,8}(?:\[[0-9]{3}\][ \t]{1,8})?[0-9]{1,10}\.[0-9]{6,9}:[ \t]{1,16}(?:[0-9]{1,16}[ \t]{1,8})?[\w/.-]{1,80}(?::[\w,:=./-]{1,80})?):?[ \t]{0,8}.{0,200}$",
            ": ",
            _says(crash="trace", joins=True, role=model.StackRole.PRINTED),
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]+(?P<address>[0-9a-f]{{6,16}})[ ]{{LOOSE}}[ ]{_KERNEL}[ \t]*$",
            " (",
            _says(leaf=_EXACT),
        ),
        _rule(
            _kinds.FRAME,
            rf"[ \t]+(?P<bare>[0-9a-f]{{6,16}})[ ]\[unknown\][ ]{_KERNEL}[ \t]*$",
            "[unknown]",
            _says(leaf=_EXACT),
        ),
        _rule(
            _kinds.FRAME,
            r"[ \t]+(?P<bare>[0-9a-f]{1,16})[ ](?:\[unknown\]|[\w.:<>~,*&@-]{1,300}(?:\+0x[0-9a-f]{1,8})?)[ ]\(/[^()]{1,300}(?<!\.ko)\)[ \t]*$",
            " (/",
            _says(leaf=_EXACT, user=True),
        ),
    ),
)
