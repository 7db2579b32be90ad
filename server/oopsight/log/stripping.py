"""Prefixes are taken off a line, and what is printed between the lines of a log is told from them.

The rows are those of `prefixes.py`; they are tried together, as one pattern, so that a further row costs next to
nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from oopsight import model
from oopsight.log import prefixes, ropes

# A line with more prefixes than this is no log line; the rest stays text.
_MOST = 64
# A byte of memory is marked in front of its row: ">ffff888012345680: fb fb"; that is no quote.
_MEMORY_ROW = re.compile(r">[0-9a-f]{8,16}:")
# A note of the console, alone or behind a line that it broke off; pages and kdb put marks behind every line.
_NOTE = re.compile(
    r"\*\* (?:[0-9]{1,20} printk messages dropped|replaying previous printk message) \*\*"
    r"[\s\ufffd]{0,8}(?:</?[a-z]{1,6} ?/?>\s{0,4}){0,4}$"
)
# A prefix that begins with a letter, a dash or a blank has one of these marks behind it: most lines need no closer look.
_QUIET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_- \t")
_MARK = re.compile(r"[:;>\[\]]")
# Indented names are calls of a trace.
_CALLS = frozenset("abcdefghijklmnopqrstuvwxyz_?-|")
_INDENTED = ("  ", "\t")
# A name of a month may look like a call, too; its date is no longer.
_CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9]:[0-5]")
_DATED = 28
_INDENTATION = re.compile(r"[ \t]{0,32}")
_SAYS = ("time", "microseconds", "caller", "cpu", "pid")


def _with_tabs(pattern: str) -> str:
    """A pattern in which every run of blanks may also be one of tabs, as editors and pages make of it."""
    return re.sub(r"(?<!(?<!\\)\[) (?=[{*+?])", r"[ \\t]", pattern)


def _together(rows: tuple[prefixes.Prefix, ...]) -> re.Pattern[str]:
    """Matches where a row matches; `lastgroup` is `r` and the row's number, its groups are called `r3_time`."""
    parts = (
        f"(?P<r{at}>{re.sub(r'[(][?]P<', f'(?P<r{at}_', _with_tabs(row.pattern.pattern))})"
        for at, row in enumerate(rows)
    )
    return re.compile("|".join(parts))


_ANY = _together(prefixes.PREFIXES)
_NOISE = _together(prefixes.NOISE)
# A number before another printer's time is text that it cut off.
_LINE_NUMBER = next(
    f"r{at}" for at, row in enumerate(prefixes.PREFIXES) if row.title == prefixes.LINE_NUMBER
)
# What each row says, as (what, name of its group); most say nothing.
_SAID = {
    f"r{at}": tuple((what, f"r{at}_{what}") for what in _SAYS if what in row.pattern.groupindex)
    for at, row in enumerate(prefixes.PREFIXES)
}


def end(text: str, printer: str | None = None) -> tuple[int, float | None, str | None]:
    """Where the prefixes of a line end, and the time and caller that they print (the innermost win).

    `printer` is who printed the line as far as it is known; the prefix of another one begins that one's line.
    """
    start = 0
    time: float | None = None
    caller: str | None = None
    process: str | None = None
    unnumbered = start  # where the last prefix that is no line number ends
    for _ in range(_MOST):
        if _is_quiet(text, start):
            break
        found = _ANY.match(text, start) or _indented(text, start)
        if not found or found.end() == start or _is_text(text, start):
            break
        groups = _SAID[found.lastgroup or ""]
        if groups:
            said = {what: found[group] for what, group in groups if found[group]}
            if "caller" in said:
                if printer not in (None, said["caller"]):
                    # Another printer's line, printed into this one before its text or within.
                    return unnumbered, time, caller
                printer = said["caller"]
            time = _time(said, time)
            before, caller = caller, _caller(said, caller)
            if "cpu" in said or "pid" in said:
                if process is not None and caller != process == before:
                    caller = stacked(caller, process)
                process = caller
        unnumbered = start if found.lastgroup == _LINE_NUMBER else found.end()
        start = found.end()
    return start, time, caller


def stacked(caller: str | None, logger: str | None) -> str | None:
    """Who printed a line that another one logged: neither alone tells to which lines it belongs."""
    if logger is None or caller == logger:
        return caller
    return f"{caller} {logger}" if caller else logger


def _is_quiet(text: str, start: int) -> bool:
    """Whether no prefix can stand at text[start:]."""
    if start >= len(text):
        return True
    return text[start] in _QUIET and _MARK.search(text, start) is None


def is_prefix(text: str) -> bool:
    """Whether a text is nothing but prefixes, as they stand where lines were put behind each other."""
    return bool(text.strip()) and end(f"{text.strip()} ")[0] > len(text.strip()) - 1


def _text_at(text: str, start: int) -> int:
    indentation = _INDENTATION.match(text, start)
    return indentation.end() if indentation else start


def _is_text(text: str, start: int) -> bool:
    """Whether what looks like a prefix is none: a row of memory, or a note that stands alone and stays readable."""
    if text[start] not in ">*":
        return False
    return bool(_MEMORY_ROW.match(text, start) or _NOTE.match(text, start))


def _indented(text: str, start: int) -> re.Match[str] | None:
    """A prefix behind blanks: the text was pasted as code, or a recorder puts more than one blank behind its mark."""
    at = _text_at(text, start)
    if at == start or at == len(text):
        return None
    deep = start == 0 and text.startswith(_INDENTED)
    dated = deep or text[at] not in _CALLS or _CLOCK.search(text, at, at + _DATED)
    return _ANY.match(text, at) if dated else None


def is_suspect(text: str) -> bool:
    """Whether a prefix or a remark may stand here; quick, and never False where one does."""
    return not _is_quiet(text, 0) or is_noise(text, 0)


def mend(line: model.LogLine) -> tuple[model.LogLine, ...]:
    """The line without prefixes, with the time and the caller that they print."""
    start, time, caller = end(line.text, line.caller)
    rest = ropes.part(line, start) if start else line
    noise = line.noise or is_noise(line.text, start)
    if rest is line and noise == line.noise:
        return (line,)
    return (
        replace(
            rest,
            time=line.time if time is None else time,
            caller=caller or line.caller,
            noise=noise,
        ),
    )


def is_noise(text: str, start: int) -> bool:
    """Whether the text behind the prefixes, which end at `start`, is a remark of a console or recorder."""
    if _NOISE.match(text, start):
        return True
    at = _text_at(text, start)
    return bool((at > start and _NOISE.match(text, at)) or _NOTE.match(text, at))


def _time(said: dict[str, str], before: float | None) -> float | None:
    if "time" in said:
        return float(said["time"])
    return int(said["microseconds"]) / 1e6 if "microseconds" in said else before


def _caller(said: dict[str, str], before: str | None) -> str | None:
    """Who printed, in the kernel's words: a task is told by its number, and number 0 is a CPU's idle task."""
    if "caller" in said:
        return said["caller"]
    if "pid" in said and int(said["pid"]):
        return f"T{int(said['pid'])}"
    return f"C{said['cpu']}" if "cpu" in said else before
