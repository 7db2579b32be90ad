"""The text that `explain` is given: reading it from a file or the standard input, and what to say when that fails."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import BinaryIO

from oopsight import formats, model
from oopsight.cli import outcomes, output
from oopsight.util import texts

# Less than this is read before anybody has seen a bar.
_LEAST_SHOWN = 10_000_000
_LEAST_LINES_SHOWN = 100_000
_MEGABYTE = 1_000_000


def parsed(log: str) -> model.Parsed:
    """What the text of a log says; a large one shows how far its reading has come."""
    document = model.Document(log, 0, lines(log))
    with output.progress("looking for crashes", "lines", _LEAST_LINES_SHOWN) as shown:
        return formats.parse(document, shown)


def lines(log: str) -> tuple[str, ...]:
    """The lines of a log, whatever its encoding; bytes that are no character become U+FFFD."""
    try:
        with (
            _opened(log) as file,
            output.progress("reading", "MB", _LEAST_SHOWN, _MEGABYTE) as shown,
        ):
            return texts.read_lines(file, shown)
    except texts.NotATextError as error:
        raise outcomes.UnusableError(f"{_log_name(log)} is {error}.") from None
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


def no_crash(document: model.Document, log: str) -> str:
    """Why a text has no answer, in one sentence; `log` is what the user calls the text."""
    name = _log_name(log)
    if not any(line.strip() for line in document.lines):
        return f"{name} is empty; give it the text of a crash."
    return f"no crash found in {name}; it should contain a callstack as a debugger prints it."


def _log_name(log: str) -> str:
    return "the standard input" if log == "-" else log


def _opened(log: str) -> contextlib.AbstractContextManager[BinaryIO]:
    if not log:
        raise outcomes.UnusableError(
            "the name of the text is empty; name a file, or - for the standard input."
        )
    if log != "-":
        return Path(log).open("rb")
    if sys.stdin is None:
        raise OSError("it is closed")
    if sys.stdin.isatty():
        output.say("reading the log from the terminal; paste it and end with Ctrl-D.")
    return contextlib.nullcontext(sys.stdin.buffer)
