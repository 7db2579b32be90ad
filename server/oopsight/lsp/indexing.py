"""Opening the kernel tree and keeping its index true, in a thread of its own, while requests are answered.

What is on disk is shown at once and looked through afterwards. Of a tree that was never read, the functions that the
open crash texts name come first. Edits of files read these files again, and a text that is pasted
meanwhile makes its names the next ones.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from oopsight import ide, tree
from oopsight.lsp import background, session, settings

_log = logging.getLogger(__name__)
# More changed files than these are not worth a look at each of them.
_MOST_PATHS = 500
# A text that is typed in while the tree is read must not make the reading start again for ever.
_MOST_RESTARTS = 10
# Fewer files than these are read before anybody would look at a bar.
_FILES_WORTH_A_BAR = 500
# Of what the system gives the processes that read the whole tree: requests come first.
_NICENESS = 10


class ProgressBar(Protocol):
    """What `progress.Progress` does, as the indexer sees it."""

    def report(self, done: int, total: int) -> None:
        """So many of so many."""

    def cancelled(self) -> bool:
        """Whether the user asked to stop."""

    def end(self, message: str) -> None:
        """The task is over."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be done: open the tree that the settings name, or read files of the open one again.

    `paths` are relative to the tree; None for all files.
    """

    ticket: int
    reopen: bool
    paths: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """The tree that is shown, and what was wrong with the settings."""

    tree: tree.KernelTree
    problem: str | None


class _Bar:
    """A progress bar that appears when at least so many files are to be read."""

    def __init__(self, make: Callable[[], ProgressBar], least: int) -> None:
        self._make = make
        self._least = least
        self._bar: ProgressBar | None = None

    def report(self, done: int, total: int) -> None:
        if self._bar is None and total >= self._least:
            self._bar = self._make()
        if self._bar is not None:
            self._bar.report(done, total)

    def cancelled(self) -> bool:
        return self._bar is not None and self._bar.cancelled()

    def end(self, message: str) -> None:
        if self._bar is not None:
            self._bar.end(message)


class Indexer(background.Worker):
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
        self._opened: _Opened | None = None
        self._reopen = False
        self._paths: set[str] | None = set()
        # The newest request that a running job must make way for.
        self._urgent = 0
        # Names that the running job reads first; None while it needs none.
        self._wanted: frozenset[str] | None = None
        self._restarts = 0

    # What others ask for

    def reopen(self) -> None:
        """Open the tree that the settings name now, and stop whatever is under way."""
        with self._condition:
            self._reopen = True
            self._restarts = 0
            self._urgent = self._ticket + 1
            self.wake()

    def files_changed(self, paths: Iterable[str] | None, delay: float) -> None:
        """Files of the tree were changed, all of them for None; they are read when this goes on for `delay` no more."""
        with self._condition:
            known = None if paths is None or self._paths is None else self._paths.union(paths)
            self._paths = None if known is None or len(known) > _MOST_PATHS else known
            self.wake(delay)

    def texts_changed(self) -> None:
        """A text names functions, perhaps: while the tree is still being read, they come next."""
        with self._condition:
            if self._wanted is None or self._restarts >= _MOST_RESTARTS:
                return
        names = self._session.function_names()
        with self._condition:
            if self._wanted is None or names <= self._wanted:
                return
            self._restarts += 1
            self._reopen = True
            self._urgent = self._ticket + 1
            self.wake()

    # The work

    def _take(self, ticket: int) -> _Job:
        with self._condition:
            paths = None if self._paths is None else tuple(sorted(self._paths))
            job = _Job(ticket, self._reopen, paths)
            self._reopen, self._paths = False, set()
        return job

    def _interrupted(self, ticket: int) -> bool:
        with self._condition:
            return self._stopping or self._urgent > ticket

    def _work(self, ticket: int) -> None:
        # In a thread that ends with the job, since what it gives up of its priority it cannot take back.
        thread = threading.Thread(target=self._do, args=(self._take(ticket),), daemon=True)
        thread.start()
        thread.join()

    def _do(self, job: _Job) -> None:
        try:
            if job.reopen or self._opened is None:
                opened = self._open()
                if opened is not None:
                    self._read_all(job, opened)
            else:
                self._read_again(job, self._opened, job.paths)
        except tree.Cancelled:
            if not self._interrupted(job.ticket):
                self._stopped(
                    "Indexing the kernel tree was stopped; change a setting to start it again."
                )
        except (OSError, sqlite3.Error) as error:
            self._stopped(
                f"The index of the kernel tree cannot be kept: {error}. Make the user's cache writable."
            )
        except Exception as error:
            _log.exception("Indexing failed.")
            self._stopped(
                f"Indexing the kernel tree failed ({type(error).__name__}: {error}). "
                "Change a setting to start it again."
            )
        finally:
            with self._condition:
                self._wanted = None

    def _open(self) -> _Opened | None:
        """The tree that the settings name."""
        self._opened = None
        try:
            found, problem = settings.opened(self._session.chosen, self._session.folders)
        except (tree.NotAKernelTree, OSError) as error:
            self._show(None, ide.Stage.NO_TREE, str(error))
            return None
        if found is None:
            self._show(None, ide.Stage.NO_TREE, None)
            return None
        return _Opened(found, problem)

    def _read_all(self, job: _Job, opened: _Opened) -> None:
        """Show what is on disk, or what is found first, and then everything."""
        names = self._session.function_names()
        if self._session.tree_root() != opened.tree.root:
            # In the same tree the old answers stay until the new ones are there.
            self._show(opened.tree, ide.Stage.INDEXING, opened.problem)
        with self._condition:
            self._wanted = names

        def grown(some: tree.KernelTree) -> None:
            self._show(some, ide.Stage.INDEXING, opened.problem)
            _step_back()

        known = self._built(job, opened.tree, only=(), wanted=tuple(sorted(names)), grown=grown)
        with self._condition:
            self._wanted = None
        self._opened = _Opened(known, opened.problem)
        self._show(known, ide.Stage.READY, opened.problem)
        if not known.index.written:  # it was complete, as of then
            self._read_again(job, self._opened, None)

    def _read_again(self, job: _Job, opened: _Opened, paths: tuple[str, ...] | None) -> None:
        """Look at files again, at all of them for None; what is shown changes only where they did."""
        _step_back()
        built = self._built(job, opened.tree, only=paths)
        # What a build makes is in no index.
        if built.index.written or any(path.startswith("build:") for path in paths or ()):
            self._opened = _Opened(built, opened.problem)
            self._show(built, ide.Stage.READY, opened.problem)

    def _built(
        self,
        job: _Job,
        opened: tree.KernelTree,
        *,
        only: tuple[str, ...] | None,
        wanted: tuple[str, ...] = (),
        grown: Callable[[tree.KernelTree], None] | None = None,
    ) -> tree.KernelTree:
        title = f"Oopsight: indexing {opened.root.name}"
        least = _FILES_WORTH_A_BAR if grown is None else 0
        bar = _Bar(lambda: self._make_progress(title), least)
        message = "failed"
        try:
            built = tree.build_index(
                opened,
                only=only,
                wanted=wanted,
                progress=bar.report,
                grown=grown,
                cancelled=lambda: self._interrupted(job.ticket) or bar.cancelled(),
            )
            message = "done"
            return built
        except tree.Cancelled:
            message = "stopped"
            raise
        finally:
            bar.end(message)

    def _stopped(self, problem: str) -> None:
        """The tree stays as far as it is known."""
        self._session.tree_stopped(problem)
        self._changed()

    def _show(self, found: tree.KernelTree | None, stage: ide.Stage, problem: str | None) -> None:
        if problem is None and found is not None:
            problem = found.index.problem
        self._session.use_tree(found, stage, problem)
        self._changed()


def _step_back() -> None:
    """Let this thread, the processes that it has started and those that it starts from now on wait for all others,
    where the system can do that.
    """
    if hasattr(os, "setpriority"):
        workers = [child.pid for child in multiprocessing.active_children() if child.pid]
        for one in (threading.get_native_id(), *workers):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, one, _NICENESS)
