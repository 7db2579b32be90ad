"""Work that no request waits for, each kind in one thread that does the newest job; and publishing diagnostics."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from oopsight import ide
from oopsight.lsp import session

# A dump of very many stacks is explained piece by piece.
_SECONDS_AT_ONCE = 0.05
_SECONDS_BETWEEN = 0.01
_log = logging.getLogger(__name__)


class Worker:
    """A thread that sleeps until `wake` is called, waits `delay` seconds for more of the same, and calls `_work`."""

    def __init__(self, name: str) -> None:
        self._condition = threading.Condition()
        self._ticket = 0
        self._done = 0
        self._delay = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to wait for jobs."""
        self._thread.start()

    def wake(self, delay: float = 0.0) -> None:
        """There is something to do."""
        with self._condition:
            self._ticket += 1
            self._delay = delay
            self._condition.notify_all()

    def stop(self, timeout: float) -> None:
        """End the thread, waiting for so many seconds at most."""
        with self._condition:
            self._stopping = True
            self._ticket += 1
            self._condition.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._condition:
                while self._ticket == self._done and not self._stopping:
                    self._condition.wait()
                while not self._stopping and self._condition.wait(self._delay):
                    pass  # woken again while waiting: wait for the last of a burst
                if self._stopping:
                    return
                ticket = self._done = self._ticket
            try:
                self._work(ticket)
            except Exception:
                # One failed job must not end the thread that does the next.
                _log.exception("A background job failed.")

    def _work(self, ticket: int) -> None:
        """The job itself; `ticket` is the number of the newest request."""
        raise NotImplementedError


class Publisher(Worker):
    """Publishes the diagnostics of documents that changed."""

    def __init__(
        self,
        state: session.Session,
        publish: Callable[[ide.Workspace, str, int], None],
        texts_changed: Callable[[], None] = lambda: None,
        improved: Callable[[], None] = lambda: None,
    ) -> None:
        """`publish` sends diagnostics; `texts_changed` is called before they are computed, `improved` when answers got better."""
        super().__init__("oopsight-publisher")
        self._session = state
        self._publish = publish
        self._texts_changed = texts_changed
        self._improved = improved
        self._pending: dict[str, None] = {}

    def request(self, keys: Iterable[str], delay: float = 0.0) -> None:
        """Publish these documents soon."""
        with self._condition:
            self._pending.update(dict.fromkeys(keys))
            self.wake(delay)

    def _work(self, ticket: int) -> None:
        with self._condition:
            pending, self._pending = tuple(self._pending), {}
        self._texts_changed()
        self._publish_all(pending)
        better = [key for key in pending if self._explained_on(key, ticket)]
        if better:
            self._publish_all(better)
            self._improved()

    def _explained_on(self, key: str, ticket: int) -> bool:
        """Explain what was left open of a text; whether that made answers better."""
        better = False
        while self._session.explain_on(key, _SECONDS_AT_ONCE):
            better = True
            time.sleep(_SECONDS_BETWEEN)  # somebody may wait for the tree
            with self._condition:
                if self._stopping or self._ticket != ticket:
                    self._pending.setdefault(key)
                    break
        return better

    def _publish_all(self, keys: Iterable[str]) -> None:
        with self._session.looking() as workspace:
            for key in keys:
                log, buffer = workspace.log(key), workspace.buffers.get(key)
                document = buffer if log is None else log.parsed.document
                if document is not None and document.version == self._session.version(key):
                    self._publish(workspace, key, document.version)
