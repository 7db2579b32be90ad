"""What was computed of an image stays on disk, in the user's cache directory: answers by file and question.

One SQLite file for all images. Its name bears the number of its layout; a file that is damaged or of another layout is made anew.
Several programs may use it at once; whoever cannot write goes on without. History of the layout: 1, first. 2, every
answer is a list of rows.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = 2
# Answers that are kept; the ones that were not asked for longest go first.
_MOST_ANSWERS = 200_000
_LEFT_AFTER_CLEANING = 150_000
# No answer is waited for longer than that while another program writes.
_PATIENCE = 0.3

_LAYOUT = """
create table if not exists file (
    path text primary key, size integer, changed integer, node integer, key text not null, facts text not null
);
create table if not exists answer (
    key text, question text, answer text not null, asked integer not null, primary key (key, question)
) without rowid;
"""


def directory() -> Path:
    """Where answers are kept: `OOPSIGHT_CACHE`, else `oopsight` in the user's cache directory."""
    base = os.environ.get("OOPSIGHT_CACHE")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oopsight"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file from an earlier run: `key` names its content, `facts` what it is."""

    key: str
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Cache:
    """The file of answers; every method does nothing, or finds nothing, where it cannot be used."""

    connection: sqlite3.Connection | None
    _new: dict[tuple[str, str], str] = field(default_factory=dict)

    def file(self, path: Path) -> Known | None:
        """What is known of a file that did not change since."""
        state = _state(path)
        if state is None:
            return None
        rows = self._ask(
            "select key, facts from file where path = ? and size = ? and changed = ? and node = ?",
            (str(path), *state),
        )
        try:
            return Known(rows[0][0], json.loads(rows[0][1])) if rows else None
        except ValueError:
            return None

    def learn(self, path: Path, key: str, facts: Mapping[str, Any]) -> None:
        """Remember what a file is."""
        state = _state(path)
        if state is not None:
            self._do(
                "insert or replace into file values (?, ?, ?, ?, ?, ?)",
                [(str(path), *state, key, json.dumps(facts))],
            )

    def answers(self, key: str, questions: Iterable[str]) -> dict[str, Any]:
        """The answers that are known of some questions."""
        found: dict[str, Any] = {}
        for question in questions:
            rows = self._ask(
                "select answer from answer where key = ? and question = ?", (key, question)
            )
            with contextlib.suppress(ValueError):
                if rows:
                    found[question] = json.loads(rows[0][0])
        return found

    def keep(self, key: str, answers: Mapping[str, Any]) -> None:
        """Remember answers."""
        now = int(time.time())
        self._do(
            "insert or replace into answer values (?, ?, ?, ?)",
            [(key, question, json.dumps(answer), now) for question, answer in answers.items()],
        )

    def clean(self) -> None:
        """Keep the file within its bounds."""
        rows = self._ask("select count(*) from answer", ())
        if rows and rows[0][0] > _MOST_ANSWERS:
            self._do(
                "delete from answer where asked <= (select asked from answer order by asked desc limit 1 offset ?)",
                [(_LEFT_AFTER_CLEANING,)],
            )

    def close(self) -> None:
        """Close the file."""
        if self.connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
            self.connection = None

    def _ask(self, question: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self.connection is None:
            return []
        try:
            return self.connection.execute(question, values).fetchall()
        except sqlite3.Error:
            return []

    def _do(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if self.connection is None or not rows:
            return
        try:
            with self.connection:
                self.connection.executemany(statement, rows)
        except sqlite3.Error:
            # Full, locked for long, vanished or damaged: answers are computed again next time.
            return


def opened() -> Cache:
    """The cache of this user; one that holds nothing where its directory cannot be used."""
    path = directory() / f"images-{SCHEMA}.sqlite"
    for _ in range(2):
        connection = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.executescript(_LAYOUT)
            connection.execute("select key, facts from file limit 1").fetchall()
            return Cache(connection)
        except sqlite3.DatabaseError as error:
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()
            if isinstance(error, sqlite3.OperationalError):
                break  # locked, read-only or full: not damaged
            with contextlib.suppress(OSError):
                path.unlink()
        except OSError:
            break
    return Cache(None)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino & (1 << 63) - 1
