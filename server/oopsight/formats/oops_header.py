"""What every kernel prints around a crash: who ran where, the modules, the end of the report.

Sources: `dump_stack_print_info` in lib/dump_stack.c, `print_modules` in kernel/module, `oops_exit` in kernel/panic.c.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule

FORMAT = _format.Format(
    title="oops header: CPU, task, taint, hardware, modules",
    sample="CPU: 1 PID: 812 Comm: sh Tainted: G        W          6.1.0-sample #1",
    rules=(
        _rule(
            _kinds.FACT,
            r"[ \t]*CPU:[ ]?(?P<cpu>[0-9]{1,5})(?:[ ]UID:[ ][0-9]{1,10})?[ ]PID:[ ]?(?P<pid>[0-9]{1,10})"
            r"[ ]Comm:[ ](?P<comm>\S(?:.{0,60}?\S)?)[ ](?:Kdump:[ ]loaded[ ])?{TAINT}[ ]{1,24}\(?{RELEASE}.{0,300}$",
            "PID:",
        ),
        # Before 3.x: `Pid: 1234, comm: bash Not tainted 2.6.32-5-amd64 #1 …`.
        _rule(
            _kinds.FACT,
            r"[ \t]*Pid:[ ]?(?P<pid>[0-9]{1,10}),[ ]comm:[ ]{0,30}(?P<comm>\S(?:.{0,60}?\S)?)"
            r"(?:[ ]xid:[ ]#?[0-9]{1,10})?[ ]{1,4}{TAINT}[ ]{1,24}\(?{RELEASE}.{0,300}$",
            "Pid:",
        ),
        _rule(
            _kinds.FACT,
            r"[ \t]*CPU:[ ]?(?P<cpu>[0-9]{1,5})[ ]{1,8}(?:UID|PID|Comm|Not|Tainted).{0,400}$",
            "CPU:",
        ),
        _rule(
            _kinds.FACT, r"[ \t]*Hardware name:[ ]{0,4}(?P<hardware>\S.{0,300})$", "Hardware name:"
        ),
        _rule(_kinds.PART, r"[ \t]*Workqueue:[ ].{1,200}$", "Workqueue:"),
        _rule(_kinds.PART, r"[ \t]*Tainted:[ ](?:\[[A-Z]\]=\w{1,40},?[ ]?){1,20}$", "Tainted: ["),
        _rule(
            _kinds.MODULES, r"[ \t]*Modules linked in:(?P<modules>.{0,8000})$", "Modules linked in"
        ),
        _rule(_kinds.END, r"[ \t]*-{3,4}\[ end (?:trace|Kernel panic)\b.{0,300}$", "[ end "),
        _rule(_kinds.PART, r"[ \t]*-{4,16}\[ cut here \]-{4,16}[ \t]*$", "[ cut here"),
    ),
)
