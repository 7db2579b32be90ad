"""The one mutable thing: open documents, settings and the tree at hand. Everybody else gets a frozen snapshot.

What is computed from a document (what it says, what that means) is remembered until the document or the tree
changes; deleting any of it costs only time. A tree takes the place of another one when the open documents have been
explained with it, so that nobody waits for that.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Generic, TypeVar

from oopsight import formats, ide, model, resolve, tree
from oopsight.lsp import buffers, settings

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

CRASH_LANGUAGE = "kernel-crash"
# Languages and file names of plain text, which is a crash text only when a crash is found in it.
_TEXT_LANGUAGES = frozenset({"", "log", "plaintext", "text", "txt"})
_TEXT_ENDINGS = (".log", ".txt")
# So often documents that were edited meanwhile are explained with a new tree before it is used all the same.
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Open:
    """An open document; `stamp` grows with every change of any document, since versions start again on reopening."""

    buffer: buffers.Buffer
    language: str
    stamp: int

    @property
    def document(self) -> model.Document:
        return self.buffer.document

    @property
    def may_hold_crash(self) -> bool:
        return (
            self.language == CRASH_LANGUAGE
            or self.language in _TEXT_LANGUAGES
            or self.document.key.lower().endswith(_TEXT_ENDINGS)
        )


class _Remembered(Generic[_T]):
    """The newest answer for each key, computed once however many threads ask for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[tuple[int, ...], Future[_T]]] = {}

    def get(self, key: str, token: tuple[int, ...], compute: Callable[[], _T]) -> _T:
        """The answer for `key` as of `token`; an older token than the kept one is computed and not kept."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == token:
                future, known = kept[1], True
            else:
                future, known = Future(), False
                if kept is None or kept[0] < token:
                    self._kept[key] = (token, future)
        if not known:
            try:
                future.set_result(compute())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def latest(self, key: str) -> tuple[tuple[int, ...], _T] | None:
        """The kept answer and its token, None while there is none; never waits."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or not kept[1].done() or kept[1].exception() is not None:
            return None
        return kept[0], kept[1].result()

    def improve(self, key: str, token: tuple[int, ...], answer: _T) -> None:
        """Put a better answer in the place of the one as of `token`, unless a newer one is there."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == token:
                future: Future[_T] = Future()
                future.set_result(answer)
                self._kept[key] = (token, future)

    def knows(self, key: str, token: tuple[int, ...]) -> bool:
        """Whether the answer as of `token` or a newer one is there."""
        latest = self.latest(key)
        return latest is not None and latest[0] >= token

    def forget(self, key: str) -> None:
        with self._lock:
            self._kept.pop(key, None)


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """The tree at hand, and what it says of the open documents.

    `computing` is held while anybody looks at it: its caches are not made for several threads.
    """

    tree: tree.KernelTree | None = None
    stage: ide.Stage = ide.Stage.NO_TREE
    problem: str | None = None
    computing: threading.RLock = field(default_factory=threading.RLock)
    explained: _Remembered[model.Explanation] = field(default_factory=_Remembered)


class Session:
    """Open documents, settings and tree of one client. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._documents: dict[str, _Open] = {}
        self._stamp = 0
        self._tree = _Tree()
        self._settings = settings.Settings()
        self._folders: tuple[Path, ...] = ()
        self._parsed: _Remembered[model.Parsed] = _Remembered()

    # Documents

    def open(self, buffer: buffers.Buffer, language: str) -> None:
        """Remember an opened document."""
        with self._lock:
            self._stamp += 1
            self._documents[buffer.document.key] = _Open(buffer, language, self._stamp)

    def buffer(self, key: str) -> buffers.Buffer | None:
        """The text of an open document."""
        with self._lock:
            found = self._documents.get(key)
            return None if found is None else found.buffer

    def change(self, buffer: buffers.Buffer) -> None:
        """Replace the text of an open document."""
        with self._lock:
            found = self._documents.get(buffer.document.key)
            if found is not None:
                self.open(buffer, found.language)

    def close(self, key: str) -> None:
        """Forget a document."""
        with self._lock:
            self._documents.pop(key, None)
            now = self._tree
        self._parsed.forget(key)
        now.explained.forget(key)

    def version(self, key: str) -> int | None:
        """The version of an open document, None when it is not open."""
        with self._lock:
            found = self._documents.get(key)
            return None if found is None else found.document.version

    def keys(self) -> tuple[str, ...]:
        """The open documents."""
        with self._lock:
            return tuple(self._documents)

    # Settings and tree

    @property
    def chosen(self) -> settings.Settings:
        """What the user has set."""
        with self._lock:
            return self._settings

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that the client has open."""
        with self._lock:
            return self._folders

    def configure(
        self,
        chosen: settings.Settings | None = None,
        folders: tuple[Path, ...] | None = None,
    ) -> bool:
        """Take over settings or folders; whether anything changed."""
        with self._lock:
            before = (self._settings, self._folders)
            self._settings = self._settings if chosen is None else chosen
            self._folders = self._folders if folders is None else folders
            return before != (self._settings, self._folders)

    def use_tree(
        self, found: tree.KernelTree | None, stage: ide.Stage, problem: str | None = None
    ) -> None:
        """Answer from this tree from now on; the open documents are explained with it before."""
        new = _Tree(found, stage, problem)
        for _ in range(_MOST_ROUNDS):
            with self._lock:
                documents = tuple(self._documents.values())
                if all(new.explained.knows(one.document.key, (one.stamp,)) for one in documents):
                    break
            with new.computing:
                self._explain_all(documents, new)
        with self._lock:
            old, self._tree = self._tree, new
        if old.tree is not None and old.tree is not found:
            with old.computing:
                _forget(old.tree)

    def _explain_all(self, documents: tuple[_Open, ...], new: _Tree) -> None:
        for document in documents:
            if not document.may_hold_crash or self._log(document, new) is None:
                # There is nothing to explain, which is remembered as well.
                new.explained.get(document.document.key, (document.stamp,), lambda: _NOTHING)

    def tree_stopped(self, problem: str) -> None:
        """The indexing ended early: the tree stays as far as it is known, with what is wrong."""
        with self._lock:
            self._tree = replace(self._tree, problem=problem)

    def tree_root(self) -> Path | None:
        """The root of the tree at hand."""
        with self._lock:
            return None if self._tree.tree is None else self._tree.tree.root

    def function_names(self) -> frozenset[str]:
        """The functions that the open crash texts name."""
        with self._lock:
            documents = tuple(self._documents.values())
        return frozenset(
            name
            for document in documents
            if document.may_hold_crash
            for name in _functions(self._parse(document))
        )

    def ready_tree(self) -> Path | None:
        """The root of the tree whose index is complete."""
        with self._lock:
            now = self._tree
        return None if now.tree is None or now.stage is not ide.Stage.READY else now.tree.root

    def tree_sources(self) -> tree.Sources | None:
        """The source roots of the tree at hand."""
        with self._lock:
            return None if self._tree.tree is None else self._tree.tree.sources

    # The snapshot

    @contextlib.contextmanager
    def looking(self) -> Iterator[ide.Workspace]:
        """A snapshot that nobody else looks at meanwhile."""
        with self._lock:
            now = self._tree
        with now.computing:
            yield self._snapshot(now)

    def snapshot(self) -> ide.Workspace:
        """Everything that a feature may look at, as of now. Never waits for the index."""
        with self.looking() as workspace:
            return workspace

    def explain_on(self, key: str, seconds: float) -> bool:
        """Explain more of a text that was explained quickly, for about so long; whether there was anything left to do.

        Whoever asks for something meanwhile waits for one piece of it at most.
        """
        with self._lock:
            now, opened = self._tree, self._documents.get(key)
        if opened is None or now.tree is None:
            return False
        with now.computing:
            latest = now.explained.latest(key)
            if latest is None or latest[0] != (opened.stamp,):
                return False
            token, explanation = latest
            if not resolve.is_unfinished(explanation):
                return False
            now.explained.improve(key, token, resolve.continued(explanation, now.tree, seconds))
        return True

    def _snapshot(self, now: _Tree) -> ide.Workspace:
        with self._lock:
            documents = tuple(self._documents.values())
        logs: dict[str, ide.Log] = {}
        buffers: dict[str, model.Document] = {}
        for document in documents:
            log = self._log(document, now) if document.may_hold_crash else None
            if log is not None:
                logs[document.document.key] = log
            else:
                buffers[document.document.key] = document.document
        return ide.Workspace(logs, buffers, now.tree, now.stage, now.problem)

    def _log(self, opened: _Open, now: _Tree) -> ide.Log | None:
        """The document's crash text, None when it holds none and is not of the crash language."""
        key = opened.document.key
        parsed = self._parse(opened)
        if not parsed.crashes and opened.language != CRASH_LANGUAGE:
            return None
        # What was said before the last edit, in the same tree, holds for all that the edit did not touch.
        latest = now.explained.latest(key)
        known: tuple[model.ResolvedCrash, ...] = ()
        if latest is not None and _FAULT not in latest[1].problems:
            known = latest[1].crashes
        explanation = now.explained.get(
            key, (opened.stamp,), lambda: _explained(parsed, now.tree, known)
        )
        return ide.Log(parsed, explanation)

    def _parse(self, opened: _Open) -> model.Parsed:
        return self._parsed.get(
            opened.document.key, (opened.stamp,), lambda: _parsed(opened.document)
        )


def _functions(parsed: model.Parsed) -> Iterator[str]:
    """The functions that frames and other words of a text name."""
    for crash in parsed.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                if frame.code.function is not None:
                    yield frame.code.function
        for mention in crash.mentions:
            if mention.name is not None:
                yield mention.name


def _forget(old: tree.KernelTree) -> None:
    """Give memory back at once: what a tree has read holds the tree itself, so that it would stay for a while."""
    old.graph.clear()
    for one in fields(old.memory):
        getattr(old.memory, one.name).clear()


def _parsed(document: model.Document) -> model.Parsed:
    """What the text says; a fault of ours is logged and leaves the text without a crash."""
    try:
        return formats.parse(document)
    except Exception:
        # Whatever it was, the other open documents must still be answered.
        _log.exception("Reading %s failed.", document.key)
        return model.Parsed(document, ())


def _explained(
    parsed: model.Parsed,
    found: tree.KernelTree | None,
    known: tuple[model.ResolvedCrash, ...] = (),
) -> model.Explanation:
    """What the text means; a fault of ours is logged and said, and leaves what the text alone tells."""
    try:
        return resolve.explain(parsed, found, known=known, quickly=True)
    except Exception:
        # Whatever it was, an editor needs an answer; and it must not say that there was no tree.
        _log.exception("Explaining %s failed.", parsed.document.key)
        return replace(ide.text_only(parsed), problems=(*parsed.problems, _FAULT))


_NOTHING = model.Explanation((), ())
_FAULT = model.Problem(
    "fault",
    "Looking this text up in the kernel tree failed by a fault of Oopsight, so only what the text itself says is shown.",
    None,
    "The server's log says more; please report it.",
)
