"""Tasks and what they wait for: hung tasks, and all or some tasks on a key press.

Sources: `sched_show_task` in kernel/sched/core.c (in kernel/sched.c before 3.3), `check_hung_task` in kernel/hung_task.c,
drivers/tty/sysrq.c.
"""

from __future__ import annotations

from oopsight import model
from oopsight.formats import _format, _kinds

_rule = _format.rule
_says = _kinds.Says
_TASK = model.StackRole.TASK
# A name is filled up with blanks to 15 columns, and can have blanks itself.
_NAME = r"\S{1,15}(?:[ ]\S{1,13}){0,3}"

FORMAT = _format.Format(
    title="states of tasks: hung tasks, SysRq",
    sample="task:sample_thread   state:D stack:0     pid:812   ppid:2      flags:0x00004000",
    rules=(
        _rule(
            _kinds.TITLE,
            r"[ \t]*INFO: task (?P<comm>.{1,40}):(?P<pid>[0-9]{1,10}) (?:blocked(?: in I/O wait)? for more than|can't die for more than) [0-9]{1,10} seconds\..{0,60}$",
            "INFO: task ",
            _says(crash="hung-task", role=_TASK),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*INFO: task .{1,40}:[0-9]{1,10} <?(?:is|reader|writer|<reader>).{1,120}$",
            "INFO: task ",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]{2,8}{TAINT}[ ]{1,24}{RELEASE} #[0-9].{0,120}$",
            "ainted",
        ),
        _rule(
            _kinds.PART,
            r'[ \t]*"echo 0 > /proc/sys/kernel/hung_task_timeout_secs".{1,60}$',
            '"echo 0 >',
        ),
        # 5.9 and later; 6.x have more numbers.
        _rule(
            _kinds.HEADING,
            rf"[ \t]*(?P<title>task:{_NAME}[ ]{{0,15}}state:\S(?:[ ]{{1,4}}running task)?[ ]{{1,8}}stack:[ ]{{0,8}}[0-9]{{1,8}}[ ]{{1,8}}pid:[ ]{{0,8}}[0-9]{{1,10}})(?:[ ]{{1,8}}(?:tgid|ppid|task_flags|flags):[ ]{{0,8}}\w{{1,20}}){{0,4}}.{{0,60}}$",
            "task:",
            _says(role=_TASK),
        ),
        # Before: name, state, perhaps the saved pc, free stack, pid, parent, flags.
        _rule(
            _kinds.HEADING,
            rf"[ \t]*(?P<title>{_NAME}[ ]{{1,15}}[RSDTtXZxKWPNI](?:[ ]{{1,4}}running(?: task)?|[ ][0-9a-f]{{8,16}})?[ ]{{0,12}}[0-9]{{1,8}}[ ]{{1,8}}[0-9]{{1,10}})[ ]{{1,8}}[0-9]{{1,10}}[ ]{{1,4}}0x[0-9a-f]{{8,16}}(?:[ ][0-9]{{1,20}})?[ \t]*$",
            " 0x",
            _says(role=_TASK),
        ),
        # 2.6: with siblings and the kind of stack.
        _rule(
            _kinds.HEADING,
            rf"[ \t]*(?P<title>{_NAME}[ ]{{1,15}}[RSDTtXZ][ ](?:[0-9A-Fa-f]{{8,16}}|running(?: task)?)[ ]{{1,12}}[0-9]{{1,8}}[ ]{{1,8}}[0-9]{{1,10}}(?:[ ]{{1,12}}[0-9]{{1,10}}){{0,4}})(?:[ ]{{1,12}}\((?:NOTLB|L-TLB)\))?[ \t]*$",
            " ",
            _says(role=_TASK),
        ),
        _rule(
            _kinds.PART,
            r"[ \t]*task[ ]{4,40}PC[ ]{1,24}(?:stack[ ]{1,8})?pid[ ]father.{0,60}$",
            " PC ",
        ),
        _rule(
            _kinds.TITLE,
            r"[ \t]*(?P<title>(?:sysrq: )?(?:SysRq ?: ?)?(?<=: )(?:Show State|Show Blocked State|Show Regs|Show backtrace of all active CPUs|Show Locks Held))[ \t]*$",
            "Show ",
            _says(crash="sysrq"),
        ),
        _rule(
            _kinds.HEADING,
            r"[ \t]*(?:sysrq: )?(?P<title>CPU[0-9]{1,4}):[ \t]*$",
            "CPU",
            _says(role=model.StackRole.OTHER_CPU),
        ),
        _rule(_kinds.PART, r"[ \t]*(?:Workqueue|Stopper|Sched_ext): \S.{1,200}$", ": "),
        # A task's stack as /proc/PID/stack shows it.
        _rule(_kinds.FRAME, r"[ \t]*\[<0>\] {PLACE}[ \t]*$", "[<0>]", _says(role=_TASK)),
        _rule(_kinds.FRAME, r"[ \t]*\[<0>\] 0x{BARE}[ \t]*$", "[<0>]", _says(role=_TASK)),
    ),
)
