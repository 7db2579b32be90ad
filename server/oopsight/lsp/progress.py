"""Work-done progress of the protocol as a plain callback, and its cancellation as a plain question."""

from __future__ import annotations

import concurrent.futures
import logging
import time
import uuid
from collections.abc import Callable

from lsprotocol import types
from pygls.lsp.server import LanguageServer

_log = logging.getLogger(__name__)
_SECONDS_BETWEEN_REPORTS = 0.1
_SECONDS_TO_CREATE = 5.0


class Asked:
    """The progress of a request: shown where the client gave a token for it, and over when the client gives it up."""

    def __init__(
        self,
        server: LanguageServer,
        token: types.ProgressToken | None,
        given_up: Callable[[], bool],
    ) -> None:
        self._server = server
        self._token = token
        self._given_up = given_up
        self._last = 0.0
        self._count = 0
        if token is not None:
            begin = types.WorkDoneProgressBegin("Searching the kernel tree", cancellable=False)
            server.work_done_progress.begin(token, begin)

    def report(self, done: int, total: int) -> None:
        """So many files of so many."""
        now = time.monotonic()
        if self._token is None or now - self._last < _SECONDS_BETWEEN_REPORTS:
            return
        self._last = now
        percent = min(100, 100 * done // max(total, 1))
        message = f"{done} of {total} files"
        self._server.work_done_progress.report(
            self._token, types.WorkDoneProgressReport(message=message, percentage=percent)
        )

    def add(self, count: int) -> int:
        """Count results; how many there are."""
        self._count += count
        return self._count

    def cancelled(self) -> bool:
        """Whether the client wants no answer any more."""
        return self._given_up()

    def end(self) -> None:
        """The request is answered."""
        if self._token is not None:
            end = types.WorkDoneProgressEnd(message=f"{self._count} found")
            self._server.work_done_progress.end(self._token, end)


class Progress:
    """One running task in the client's status line; does nothing for a client that shows none."""

    def __init__(self, server: LanguageServer, title: str, shown: bool) -> None:
        self._server = server
        self._token = str(uuid.uuid4())
        self._last = 0.0
        self._percent = -1
        self._shown = shown and self._create()
        if self._shown:
            begin = types.WorkDoneProgressBegin(title, cancellable=True, percentage=0)
            self._server.work_done_progress.begin(self._token, begin)

    def _create(self) -> bool:
        """Ask the client for a place; a client that does not answer soon gets no progress."""
        params = types.WorkDoneProgressCreateParams(self._token)
        future = self._server.protocol.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        try:
            future.result(_SECONDS_TO_CREATE)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            return False
        except Exception as error:
            _log.info("The client shows no progress: %s", error)
            return False
        return True

    def report(self, done: int, total: int) -> None:
        """So many of so many; passed on a few times a second."""
        now = time.monotonic()
        percent = min(100, 100 * done // max(total, 1))
        if not self._shown or percent <= self._percent:
            return
        if now - self._last < _SECONDS_BETWEEN_REPORTS and done < total:
            return
        self._last, self._percent = now, percent
        self._server.work_done_progress.report(
            self._token,
            types.WorkDoneProgressReport(
                message=f"{done} of {total} files", percentage=percent, cancellable=True
            ),
        )

    def cancelled(self) -> bool:
        """Whether the user asked to stop."""
        future = self._server.work_done_progress.tokens.get(self._token)
        return future is not None and future.cancelled()

    def end(self, message: str) -> None:
        """The task is over."""
        if self._shown:
            self._shown = False
            self._server.work_done_progress.end(
                self._token, types.WorkDoneProgressEnd(message=message)
            )
            self._server.work_done_progress.tokens.pop(self._token, None)
