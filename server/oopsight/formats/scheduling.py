"""Sleeping, scheduling and locking where it is not allowed, as kernel/sched/core.c, lib/smp_processor_id.c and
kernel/locking/spinlock_debug.c print it."""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says

FORMAT = _format.Format(
    title="sleeping, scheduling and locking in the wrong place",
    sample="BUG: scheduling while atomic: sample/812/0x00000002",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: sleeping function called from invalid context at .{1,200}$",
            "BUG: sleeping function",
            _says(crash="atomic-sleep"),
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*in_atomic\(\): ?[01], irqs_disabled\(\): ?[0-9]{1,6}(?:, non_block: [01])?, pid: (?P<pid>[0-9]{1,10}), name: (?P<comm>\S.{0,60})$",
            "in_atomic():",
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: scheduling while atomic: (?P<comm>\S.{0,40})/(?P<pid>[0-9]{1,10})/0x[0-9a-f]{8}.{0,40}$",
            "scheduling while atomic",
            _says(crash="atomic-sleep"),
        ),
        _rule(_kinds.BELOW, r"[ \t]*Preemption disabled at:[ \t]*$", "Preemption disabled at:"),
        _rule(
            _kinds.PART,
            r"[ \t]*Preemption disabled at:[ \t]*\S.{0,300}$",
            "Preemption disabled at:",
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: using \w{4,40}\(\) in preemptible \[[0-9a-f]{8}\] code: (?P<comm>\S.{0,40})/(?P<pid>[0-9]{1,10}).{0,40}$",
            "in preemptible [",
            _says(crash="preemption"),
        ),
        _rule(_kinds.PART, r"[ \t]*caller is .{1,300}$", "caller is "),
        _rule(
            _kinds.TITLE,
            r"[ \t]*BUG: (?:spin|rw)_?lock(?: bad magic| already unlocked| wrong CPU| wrong owner| recursion|-recursion| cpu recursion| trylock failure on UP| lockup suspected| lockup) on (?:UP on )?CPU#(?P<cpu>[0-9]{1,5}), (?P<comm>\S.{0,40})/(?P<pid>[0-9]{1,10}).{0,60}$",
            "lock",
            _says(crash="spinlock"),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*lock: .{1,300}$",
            "lock: ",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*(?P<comm>\S.{0,40})/(?P<pid>[0-9]{1,10}) is trying to .{1,60} lock [0-9a-f]{8,16}, .{1,60}$",
            " is trying to ",
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?:note|bad): scheduling from the idle thread!.{0,40}$",
            "from the idle thread",
            _says(crash="atomic-sleep"),
        ),
    ),
)
