"""What the lock validator reports, as kernel/locking/lockdep.c prints it, since 2.6.

A report names the locks that are held and wanted, then stacks: one for each link of a chain of locks (where the lock
was taken the first time), one where a state became known, and last its own.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_LOCK = model.StackRole.LOCK
_KNOWN = (
    r"possible (?:circular locking dependency|recursive locking|irq lock inversion dependency) detected"
    r"|inconsistent lock state|\S{2,20}-safe -> \S{2,20}-unsafe lock order detected"
    r"|bad (?:unlock balance|contention) detected!|held lock freed!|lock held (?:when returning to user space|at task exit time)!"
    r"|(?:suspicious|unchecked) (?:RCU|rcu_dereference_\w{2,16}\(?\)?) usage\.?|Nested lock was not taken|[Ii]nvalid wait context"
    r"|\S.{0,20}/[0-9]{1,10} still has locks held!|chain_key collision"
)
# What only structures a report, by a text that is in it.
_PARTS = {
    "lock": r"but (?:task|this task) is (?:already holding(?: lock)?|not holding)|which lock already depends on the new lock"
    r"|which would create a new lock dependency|Possible (?:interrupt )?unsafe locking scenario"
    r"|May be due to missing lock nesting notation|but there are no more locks to release!|Showing all locks held in the system",
    " is already holding": r"and this task is already holding",
    " chain (in reverse": r"the existing dependency chain \(in reverse order\) is",
    "other info that": r"other info that might help us debug this",
    "*** DEADLOCK": r"\*\*\* DEADLOCK \*\*\*",
    "irq event stamp": r"irq event stamp: [0-9]{1,20}",
}
_USAGE = r"\{[-.+?=A-Za-z]{0,16}\}(?:-\{[0-9]:[0-9]\})?"
_LOCK_NAME = r"\((?P<name>\S.{0,120}?)\)(?=\{)"

FORMAT = _format.Format(
    title="lock validator (lockdep)",
    sample="WARNING: possible circular locking dependency detected",
    rules=(
        _rule(
            _kinds.TITLE,
            rf"[ \t]*(?:\[ )?(?P<title>(?:WARNING|INFO|BUG): (?:{_KNOWN}))(?: \]|[ \t]-{{2,60}})?[ \t]*$",
            ": ",
            _says(crash="lockdep"),
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?:BUG: (?:MAX_\w{4,40} too low|key [0-9a-f]{8,16} has not been registered|looking up invalid subclass)|INFO: trying to register non-static key).{0,60}$",
            ": ",
            _says(crash="lockdep"),
        ),
        # The validator warns about itself.
        _rule(
            _kinds.TITLE,
            r"[ \t]*WARNING: CPU: (?P<cpu>[0-9]{1,5}) PID: (?P<pid>[0-9]{1,10}) at kernel/(?:locking/)?lockdep\.c:.{1,300}$",
            "lockdep.c:",
            _says(crash="lockdep", faults=True),
        ),
        # Below the title: the kernel, with its taint.
        _rule(
            _kinds.FACT,
            r"[ \t]*{RELEASE} #[0-9]{1,6}[\w~-]{0,40} {TAINT}.{0,20}$",
            "ainted",
        ),
        # Who reports.
        _rule(
            _kinds.FACT,
            r"[ \t]*(?P<comm>\S.{0,20})/(?P<pid>[0-9]{1,10}) (?:\[HC[0-9].{4,80}\] )?(?:is trying to (?:acquire(?: lock)?|lock|contend lock \(.{1,80}\) at)|takes|just changed the state of lock|is freeing memory [0-9a-f]{8,16}-[0-9a-f]{8,16}, with a lock still held there!?|is leaving the kernel with locks still held!):?[ \t]*$",
            "/",
        ),
        _rule(
            _kinds.BELOW,
            r"[ \t]*\S.{0,20}/[0-9]{1,10} is trying to (?:release|contend) lock \(.{1,120}\) at:[ \t]*$",
            " lock (",
        ),
        *(
            _rule(_kinds.PART, rf"[ \t]*(?:{words})[:.]?[ \t]*$", literal)
            for literal, words in _PARTS.items()
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:[0-9]{1,4} locks?|no locks) held by .{1,40}/[0-9]{1,10}[:.].{0,40}$",
            " held by ",
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*(?:hard|soft)irqs last [ ]?(?:enabled|disabled) at \([0-9]{1,20}\): .{1,300}$",
            "irqs last ",
        ),
        _rule(_kinds.PART, r"[ \t]*\.\.\. key[ ]{1,8}at: .{1,300}$", "... key"),
        # A lock that is held or wanted.
        _rule(
            _kinds.VALUE,
            rf"[ \t]*(?:#[0-9]{{1,4}}:[ ]{{1,4}})?(?:[0-9a-f]{{8,16}}[ ])?{_LOCK_NAME}(?P<value>{_USAGE})(?:, at: .{{1,300}}|[ ]ops: [0-9]{{1,20}}(?: \{{)?)?[ \t]*$",
            "){",
        ),
        _rule(
            _kinds.HEADING,
            rf"[ \t]*-> #[0-9]{{1,4}}[ ]{{1,4}}\(\S.{{0,120}}?\)(?=\{{){_USAGE}:[ \t]*$",
            "-> #",
            _says(role=_LOCK),
        ),
        # A class of locks in the long form: its usages follow, each with where it was seen first.
        _rule(
            _kinds.PART,
            rf"[ \t]*->[ ]{{1,4}}\(\S.{{0,120}}?\)(?=\{{){_USAGE}(?: ops: [0-9]{{1,20}})?(?: \{{)?[ \t]*$",
            "-> (",
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:\{?(?:IN-)?[A-Z_]{3,16}(?:-ON)?(?:-[WR]){1,2}\}? state was registered at|(?:INITIAL USE|INITIAL READ USE|\(null\)|(?:IN-)?[A-Z_]{3,16}-(?:ON-)?[WR])(?:[ ]{1,16})at|\.\.\. acquired at|(?:\.\.\. )?which became \S{2,20}-irq-(?:un)?safe at):[ \t]*$",
            " at:",
            _says(role=_LOCK),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*stack backtrace:[ \t]*$",
            "stack backtrace:",
            _says(role=model.StackRole.FAULT),
        ),
    ),
)
