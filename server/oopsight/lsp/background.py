"""Work that no request waits for: publishing diagnostics, and opening and indexing the kernel tree.

Each is one thread that does the newest job; a job that became stale is dropped or stopped.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from oopsight import ide, tree
from oopsight.lsp import session, settings

_log = logging.getLogger(__name__)


class ProgressBar(Protocol):
    """What `progress.Progress` does, as the indexer sees it."""

    def report(self, done: int, total: int) -> None:
        """So many of so many."""

    def cancelled(self) -> bool:
        """Whether the user asked to stop."""

    def end(self, message: str) -> None:
        """The task is over."""


class _Worker:
    """A thread that sleeps until `wake` is called, waits `delay` seconds for more of the same, and calls `_work`."""

    def __init__(self, name: str) -> None:
        self._condition = threading.Condition()
        self._ticket = 0
        self._done = 0
        self._delay = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, delay: float = 0.0) -> None:
        with self._condition:
            self._ticket += 1
            self._delay = delay
            self._condition.notify_all()

    def stop(self, timeout: float) -> None:
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

    def _stale(self, ticket: int) -> bool:
        with self._condition:
            return self._stopping or ticket != self._ticket

    def _work(self, ticket: int) -> None:
        """The job itself; `ticket` tells by `_stale` when a newer request has made it pointless."""
        raise NotImplementedError


class Publisher(_Worker):
    """Publishes the diagnostics of documents that changed."""

    def __init__(
        self,
        state: session.Session,
        publish: Callable[[ide.Workspace, str, int], None],
    ) -> None:
        super().__init__("oopsight-publisher")
        self._session = state
        self._publish = publish
        self._pending: dict[str, None] = {}

    def request(self, keys: Iterable[str], delay: float = 0.0) -> None:
        """Publish these documents soon."""
        with self._condition:
            self._pending.update(dict.fromkeys(keys))
            self.wake(delay)

    def _work(self, ticket: int) -> None:
        with self._condition:
            pending, self._pending = tuple(self._pending), {}
        with self._session.computing:
            workspace = self._session.snapshot()
            for key in pending:
                log, buffer = workspace.log(key), workspace.buffers.get(key)
                document = buffer if log is None else log.parsed.document
                if document is not None and document.version == self._session.version(key):
                    self._publish(workspace, key, document.version)


class Indexer(_Worker):
    """Opens the tree that the settings name and builds its index."""

    def __init__(
        self,
        state: session.Session,
        make_progress: Callable[[str], ProgressBar],
        changed: Callable[[], None],
    ) -> None:
        super().__init__("oopsight-indexer")
        self._session = state
        self._make_progress = make_progress
        self._changed = changed
        self._current: tuple[object, ...] | None = None

    def _work(self, ticket: int) -> None:
        chosen, folders = self._session.chosen, self._session.folders
        try:
            opened, problem = settings.opened(chosen, folders)
        except (tree.NotAKernelTree, OSError) as error:
            self._current = None
            self._show(None, ide.Stage.NO_TREE, str(error))
            return
        if opened is None:
            self._current = None
            self._show(None, ide.Stage.NO_TREE, None)
            return
        identity = (opened.root, chosen)
        if (
            self._current != identity
        ):  # after an edit in the same tree the old answers stay until the new are there
            self._current = None
            self._show(opened, ide.Stage.INDEXING, problem)
        try:
            self._index(ticket, opened, identity, problem)
        except Exception as error:
            _log.exception("Indexing %s failed.", opened.root)
            self._stopped(
                f"Indexing the kernel tree failed ({type(error).__name__}: {error}). "
                "Change a setting to start it again."
            )

    def _index(
        self,
        ticket: int,
        opened: tree.KernelTree,
        identity: tuple[object, ...],
        problem: str | None,
    ) -> None:
        """Build the index while requests are answered from the tree that is shown."""
        bar = self._make_progress(f"Oopsight: indexing {opened.root.name}")
        message = "failed"
        try:
            built = tree.build_index(
                opened,
                progress=bar.report,
                cancelled=lambda: self._stale(ticket) or bar.cancelled(),
            )
            message = "done"
            self._current = identity
            self._show(built, ide.Stage.READY, problem)
        except tree.Cancelled:
            message = "stopped"
            if not self._stale(ticket):
                self._stopped(
                    "Indexing the kernel tree was stopped; change a setting to start it again."
                )
        except (OSError, sqlite3.Error) as error:
            self._stopped(
                f"The index of the kernel tree cannot be kept: {error}. Make the user's cache writable."
            )
        finally:
            bar.end(message)

    def _stopped(self, problem: str) -> None:
        """The tree stays as far as it is known."""
        self._session.tree_stopped(problem)
        self._changed()

    def _show(self, found: tree.KernelTree | None, stage: ide.Stage, problem: str | None) -> None:
        self._session.use_tree(found, stage, problem)
        self._changed()
