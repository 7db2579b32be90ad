"""How a command ends: the exit statuses, the error that says why it cannot go on, and the signals that end it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

# The exit statuses: answered (also in part), no crash found in the text, usage or unreadable input.
ANSWERED, NO_CRASH, UNUSABLE = 0, 1, 2

# Ended by a signal: the shell's convention is 128 and the signal's number.
BY_SIGNAL = 128


class UnusableError(Exception):
    """The command cannot go on; the text is one sentence that says why and what to do."""


class Stopped(BaseException):
    """Somebody asked us to end, by the signal `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a request to end unwind the work, so that worker processes and temporary files go with it."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise Stopped(number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    wanted = [getattr(signal, name) for name in names]
    before = {}
    try:
        for number in wanted:
            if signal.getsignal(number) is signal.SIG_DFL:  # not ignored, as under nohup
                before[number] = signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
