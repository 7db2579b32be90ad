"""What the kernel finds when it checks itself: lists, reference counts, locks, copies, sleeping where that is not allowed.

Sources: lib/list_debug.c, lib/refcount.c, lib/debugobjects.c, lib/smp_processor_id.c, lib/string_helpers.c,
include/linux/fortify-string.h, mm/usercopy.c, kernel/locking/spinlock_debug.c, `__might_resched` and `__schedule_bug` in
kernel/sched/core.c, `process_one_work` in kernel/workqueue.c, lib/fault-inject.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TASK = r"(?P<comm>\S.{0,40})/(?P<pid>[0-9]{1,10})"
_SLEEP = _says(crash="atomic-sleep")

FORMAT = _format.Format(
    title="checks that the kernel makes of itself",
    sample="BUG: sleeping function called from invalid context at drivers/sample/sample.c:301",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*list_(?:add|del)(?: corruption[.,]| double add:) .{1,200}$",
            "list_",
            _says(crash="list-corruption"),
        ),
        _rule(
            _kinds.TITLE, r"[ \t]*refcount_t: .{1,100}$", "refcount_t: ", _says(crash="refcount")
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*ODEBUG: \w{1,20} .{1,40} \(active state [0-9]{1,10}\) .{0,60}object type: .{1,300}$",
            "ODEBUG: ",
            _says(crash="odebug"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?:usercopy: |Bad or missing usercopy whitelist\? )?[Kk]ernel memory (?:exposure|overwrite) attempt detected .{1,160}$",
            "attempt detected",
            _says(crash="usercopy"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?:detected buffer overflow in \w{1,60}|\w{1,60}: detected (?:buffer overflow: |field-spanning write \().{1,200})[ \t]*$",
            "detected ",
            _says(crash="overflow"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: (?:sleeping function called from invalid|assuming (?:atomic|non migratable)) context at .{1,200}$",
            " context at ",
            _SLEEP,
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*in_atomic\(\):? ?[01], irqs_disabled\(\):? ?[01],(?: .{1,60},)? pid: (?P<pid>[0-9]{1,10}), name: (?P<comm>\S(?:.{0,40}?\S)?)[ \t]*$",
            "in_atomic()",
        ),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*BUG: scheduling (?:while atomic|in a non-blocking section): {_TASK}/(?:0x)?[0-9a-f]{{1,10}}[ \t]*$",
            "BUG: scheduling",
            _SLEEP,
        ),
        _rule(_kinds.TITLE, r"[ \t]*BUG: scheduling while atomic\b", "BUG: scheduling", _SLEEP),
        _rule(
            _kinds.POINTS,
            r"[ \t]*Preemption disabled at:[ \t]*$",
            "Preemption disabled at:",
            _says(convention=model.Convention.RETURN),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*Preemption disabled at: ?[\[{(<].{1,200}$",
            "Preemption disabled at:",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:preempt_count: [0-9a-f]{1,8}|RCU nest depth: [0-9]{1,6}), expected: [0-9]{1,6}[ \t]*$",
            ", expected: ",
        ),
        _rule(_kinds.PART, r"[ \t]*INFO: lockdep is turned off\.[ \t]*$", "lockdep is turned off"),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*BUG: (?:spin|rw)lock .{{1,40}} on CPU#(?P<cpu>[0-9]{{1,5}}), {_TASK}(?:, .{{1,40}})?[ \t]*$",
            "lock ",
            _says(crash="spinlock"),
        ),
        _rule(_kinds.PART, r"[ \t]*lock: .{1,200}, \.magic: [0-9a-f]{8}, .{1,100}$", ".magic: "),
        _rule(
            _kinds.TITLE,
            rf"[ \t]*BUG: using \w{{1,60}}(?:\(\))? in preemptible \[[0-9a-f]{{8}}\] code: {_TASK}[ \t]*$",
            "in preemptible",
            _says(crash="preemption"),
        ),
        _rule(_kinds.PART, r"[ \t]*caller is {PLACE}[ \t]*$", "caller is"),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: (?:workqueue leaked (?:lock or )?atomic|workqueue leaked lock|Dentry .{1,100} still in use \([0-9]{1,10}\)).{0,200}$",
            "BUG: ",
            _says(crash="bug"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*FAULT_INJECTION: forcing a failure\.?[ \t]*$",
            "FAULT_INJECTION",
            _says(role=model.StackRole.PRINTED),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*name \w{1,40}, interval [0-9]{1,10}, probability .{1,60}$",
            ", interval ",
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: kernel stack (?:regs|frame pointer) at .{1,80} has bad '.{1,4}' value .{1,40}$",
            "WARNING: kernel stack",
            _says(crash="warning"),
        ),
        # Any other of the kernel's messages that is called a bug or a warning, where a stack follows.
        _rule(_kinds.TITLE, r"BUG: \S", "BUG: ", _says(crash="bug", weak=True)),
        _rule(_kinds.TITLE, r"WARNING: \S", "WARNING: ", _says(crash="warning", weak=True)),
    ),
)
