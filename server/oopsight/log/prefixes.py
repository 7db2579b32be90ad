"""THE table of what stands before the text of a log line: who printed it, when, and who quoted it.

A row is one prefix. Prefixes stack in any order and number, so that a quoted console log loses both the quote mark
and the time. Every pattern is anchored where it is tried, bounded in length and linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefix:
    """One kind of prefix.

    `pattern` is matched at the place where the previous prefix ended; a group `time` is the printed time in seconds,
    a group `caller` the printed task or CPU. `sample` is a line that begins with it. `outermost` says that only quote
    marks may stand before it: a `>` behind a time is text.
    """

    title: str
    pattern: re.Pattern[str]
    sample: str
    outermost: bool = False


PREFIXES: tuple[Prefix, ...] = (
    Prefix(
        title="quote mark of a mail",
        # One blank belongs to the mark; further blanks are the quoted line's own.
        pattern=re.compile(r">[ \t]?"),
        sample="> -001|sample_read(inline)",
        outermost=True,
    ),
    Prefix(
        title="syslog level",
        pattern=re.compile(r"<[0-9]{1,3}>"),
        sample="<4>[   18.051123] sample: probe failed",
    ),
    Prefix(
        title="printk time",
        # Printed as "[%5lu.%06lu] "; seconds grow beyond five digits on machines that run for a day.
        pattern=re.compile(r"\[ {0,8}(?P<time>[0-9]{1,10}\.[0-9]{6})\] ?"),
        sample="[   18.051123] sample: probe failed",
    ),
)
