"""CPUs that do not go on: RCU stalls, soft and hard lockups, stuck workqueues.

Sources: kernel/rcu/tree_stall.h and tree_exp.h (kernel/rcutree.c before 3.15), kernel/watchdog*.c, lib/nmi_backtrace.c,
kernel/workqueue.c, arch/powerpc/kernel/watchdog.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_CPU = model.StackRole.OTHER_CPU
_RCU = r"[ \t]*(?:rcu: )?[ \t]{0,4}"

FORMAT = _format.Format(
    title="stalls and lockups",
    sample="watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [sample:812]",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:rcu: )?INFO: (?:rcu_\w{1,24}|\S{1,24}) (?:self-detected stall on CPU|detected (?:expedited )?stalls? on (?:CPUs/tasks|CPU [0-9]{1,5}|tasks)).{0,200})$",
            "INFO: ",
            _says(crash="rcu-stall"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*RCU detected CPU [0-9]{1,5} stall \(t=[0-9]{1,12}.{0,60}$",
            "RCU detected CPU",
            _says(crash="rcu-stall"),
        ),
        *(
            _rule(_kinds.PART, rf"{_RCU}{words}.{{0,300}}$", literal)
            for literal, words in (
                (": (", r"[0-9]{1,5}-[.!O?No]{2,6}: \("),
                ("(detected by", r"\(detected by[ ]?[0-9]"),
                ("(t=", r"\(t=[0-9]"),
                ("Tasks blocked on level-", r"Tasks blocked on level-"),
                ("blocking rcu_node", r"blocking rcu_node structures"),
                ("All QSes seen", r"All QSes seen"),
                (" kthread ", r"\w{1,24} kthread (?:starved|timer wakeup)"),
                ("Unless ", r"Unless \w{1,24} kthread"),
                ("RCU GP kthread last", r"RCU GP kthread last ran"),
            )
        ),
        _rule(
            _kinds.HEADING,
            _RCU + r"(?P<title>RCU grace-period kthread stack dump):[ \t]*$",
            "kthread stack dump",
            _says(role=model.StackRole.TASK),
        ),
        _rule(
            _kinds.HEADING,
            _RCU + r"(?P<title>Stack dump where RCU GP kthread last ran):[ \t]*$",
            "Stack dump where",
            _says(role=_CPU),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>Task dump for CPU [0-9]{1,5}):[ \t]*$",
            "Task dump for CPU",
            _says(role=_CPU),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>(?:[Ss]ending (?:NMI|IPI|NMI IPI) (?:from CPU [0-9]{1,5} )?to (?:all CPUs|(?:other )?CPUs? [-0-9,]{1,60})):?)[ \t]*$",
            "ending ",
            _says(role=_CPU),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>(?:NMI|FIQ|IPI) backtrace for cpu [0-9]{1,5})[ \t]*$",
            " backtrace for cpu",
            _says(role=_CPU),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*NMI backtrace for cpu [0-9]{1,5} skipped: idling at (?:pc )?(?:{PLACE}|0x{BARE})[ \t]*$",
            " skipped: idling",
            _says(convention=model.Convention.EXACT),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:(?:NMI )?watchdog: )?BUG: soft lockup - CPU#(?P<cpu>[0-9]{1,5}) stuck for [0-9]{1,8}s! \[(?P<comm>.{1,40}):(?P<pid>[0-9]{1,10})\])[ \t]*$",
            "soft lockup - CPU#",
            _says(crash="soft-lockup"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: soft lockup detected on CPU#(?P<cpu>[0-9]{1,5})!.{0,40}$",
            "soft lockup detected",
            _says(crash="soft-lockup"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:(?:NMI )?watchdog: )?Watchdog detected hard LOCKUP on cpu (?P<cpu>[0-9]{1,5}))[ \t]*.{0,40}$",
            "hard LOCKUP on cpu",
            _says(crash="hard-lockup"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*watchdog: CPU (?P<cpu>[0-9]{1,5}) self-detected hard LOCKUP @ {PLACE}[ \t]*$",
            "hard LOCKUP @",
            _says(crash="hard-lockup", convention=model.Convention.EXACT),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*watchdog: CPU (?P<cpu>[0-9]{1,5}) (?:detected hard LOCKUP on other CPUs [-0-9,]{1,60}|Hard LOCKUP|self-detected hard LOCKUP.{0,60})[ \t]*$",
            "LOCKUP",
            _says(crash="hard-lockup", joins=True),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>BUG: NMI Watchdog detected LOCKUP on CPU[ ]?(?P<cpu>[0-9]{1,5})),? .{0,80}$",
            "NMI Watchdog detected",
            _says(crash="hard-lockup"),
        ),
        _rule(_kinds.PART, r"[ \t]*watchdog: CPU [0-9]{1,5} TB:[0-9]{1,20}.{0,120}$", " TB:"),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: workqueue lockup - pool .{1,160} stuck for [0-9]{1,8}s!.{0,40}$",
            "workqueue lockup",
            _says(crash="workqueue-lockup"),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:Showing busy workqueues and worker pools:|workqueue [\w:%.-]{1,60}: flags=0x|pwq [0-9]{1,6}: cpus=|pool [0-9]{1,6}: cpus=|(?:in-flight|pending|delayed|inactive): ).{0,300}$",
            ":",
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>Showing backtraces of (?:running workers in stalled CPU-bound worker pools|.{1,80})):[ \t]*$",
            "Showing backtraces of",
            _says(role=model.StackRole.TASK),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?P<title>pool [0-9]{1,6}):[ \t]*$",
            "pool ",
            _says(role=model.StackRole.TASK),
        ),
    ),
)
