"""Impossible states: loud in tests, one log line in the editor, never the end of the process."""

from __future__ import annotations

import logging
import os

_log = logging.getLogger("oopsight.bug")
_seen: set[str] = set()


def report(what: str) -> None:
    """Say once that something impossible happened; raises `AssertionError` under pytest."""
    if "PYTEST_CURRENT_TEST" in os.environ:
        raise AssertionError(what)
    if what not in _seen:
        _seen.add(what)
        _log.error("This is a fault of oopsight, please report it: %s", what)
