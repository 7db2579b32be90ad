"""What people and programs read: answers on standard output, messages and progress on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from oopsight.cli import outcomes

_PROGRESS_WIDTH = 30


def make_standard_files() -> None:
    """Open what the caller has closed, or the next file that anybody opens would take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)


def make_output_safe() -> None:
    """Let a terminal that cannot show a character show its number instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(message: str) -> None:
    """A message for people; what it quotes cannot reach the terminal as a command."""
    with contextlib.suppress(OSError):
        from oopsight.ide import words  # loaded with the first message: most commands have none

        print(f"oopsight: {words.visible(message)}", file=sys.stderr)


def put(text: str) -> None:
    """Write an answer to standard output at once, so that an answer that gets lost is not taken for given."""
    if sys.stdout is None:
        raise outcomes.UnusableError(
            "the standard output is closed; open it or send it to a file to get the answer."
        )
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        drop()
        raise outcomes.UnusableError(
            f"cannot write the answer: {error.strerror or error}; send the output to a place "
            "that takes it."
        ) from None


def drop() -> None:
    """Throw away what standard output still holds; Python would complain once more when it flushes at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


@contextlib.contextmanager
def progress(
    doing: str = "indexing", what: str = "files", least: int = 0, scale: int = 1
) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, on a terminal only, gone when the work is done.

    `doing` and `what` are its words; less than `least` of them is done before anybody has read it. `scale` is how many
    of what is counted make one of what is shown.
    """
    if not sys.stderr.isatty():
        yield None
        return
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent != shown and total >= least:
            shown = percent
            bar = "#" * (_PROGRESS_WIDTH * percent // 100)
            text = f"\r{doing} [{bar:<{_PROGRESS_WIDTH}}] {done // scale}/{total // scale} {what}"
            print(text, end="", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if shown >= 0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
