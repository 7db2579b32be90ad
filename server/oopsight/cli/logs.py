"""The text that `explain` is given: reading it from a file or the standard input, and what to say when that fails."""

from __future__ import annotations

import sys
from pathlib import Path

from oopsight import model
from oopsight.cli import outcomes, output
from oopsight.util import texts


def read(log: str) -> str:
    """The text of a log, whatever its encoding; characters that are none become U+FFFD."""
    try:
        data = _bytes_of(log)
    except FileNotFoundError:
        raise outcomes.UnusableError(
            f"there is no file {log}; name a file that holds the text of a crash."
        ) from None
    except IsADirectoryError:
        raise outcomes.UnusableError(f"{log} is a directory; name a file in it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise outcomes.UnusableError(
            f"cannot read {_log_name(log)}: {reason}; name a file that you may read."
        ) from None
    try:
        return texts.decode(data)
    except texts.NotATextError as error:
        raise outcomes.UnusableError(f"{_log_name(log)} is {error}.") from None


def no_crash(document: model.Document, log: str) -> str:
    """Why a text has no answer, in one sentence; `log` is what the user calls the text."""
    name = _log_name(log)
    if not any(line.strip() for line in document.lines):
        return f"{name} is empty; give it the text of a crash."
    return f"no crash found in {name}; it should contain a callstack as a debugger prints it."


def _log_name(log: str) -> str:
    return "the standard input" if log == "-" else log


def _bytes_of(log: str) -> bytes:
    if not log:
        raise outcomes.UnusableError(
            "the name of the text is empty; name a file, or - for the standard input."
        )
    if log != "-":
        return Path(log).read_bytes()
    if sys.stdin is None:
        raise OSError("it is closed")
    if sys.stdin.isatty():
        output.say("reading the log from the terminal; paste it and end with Ctrl-D.")
    return sys.stdin.buffer.read()
