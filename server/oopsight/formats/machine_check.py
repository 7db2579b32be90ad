"""Machine checks of x86: what the processor found wrong with itself, and where it ran.

Source: `print_mce` in arch/x86/kernel/cpu/mce/core.c.
"""

from __future__ import annotations

from oopsight.formats import _format, _kinds

_rule = _format.rule
_FRONT = r"[ \t]*(?:mce: )?\[?Hardware Error\]?: "

FORMAT = _format.Format(
    title="x86 machine check",
    architectures=("x86", "x86_64"),
    sample="mce: [Hardware Error]: CPU 3: Machine Check Exception: 5 Bank 4: b200000000070f0f",
    rules=(
        _rule(
            _kinds.TITLE,
            _FRONT
            + r"(?P<title>CPU (?P<cpu>[0-9]{1,5}): Machine Check(?: Exception)?: {1,4}[0-9a-f]{1,16} Bank [0-9]{1,4}: [0-9a-f]{1,16})[ \t]*$",
            "Machine Check",
            _kinds.Says(crash="machine-check"),
        ),
        _rule(
            _kinds.PC,
            _FRONT
            + r"RIP(?: !INEXACT!)? [0-9a-f]{2}:<(?P<address>[0-9a-f]{16})> \{{PLACE}\}[ \t]*$",
            "RIP",
            _kinds.Says(name="rip"),
        ),
        _rule(
            _kinds.PART,
            _FRONT
            + r"(?:TSC [0-9a-f]{1,16}|PROCESSOR [0-9]{1,2}:[0-9a-f]{1,8} |Machine check: |Some CPUs didn't answer|Run the above through).{0,120}$",
            "Hardware Error",
        ),
    ),
)
