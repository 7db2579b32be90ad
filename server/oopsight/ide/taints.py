"""Letters of `Tainted:`, explained by the tree's own table of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import workspaces

# `[ TAINT_CRAP ] = { 'C', ' ', true },`, `TAINT_FLAG(CRAP, 'C', ' ', true),`, before 4.10 `{ TAINT_CRAP, 'C', ' ' },`.
_ROW = re.compile(
    r"\bTAINT_(?:FLAG\()?(?P<name>[A-Z]\w{0,60})[ \t]{0,8}(?:\][ \t]{0,8}=[ \t]{0,8}\{|,)[ \t]{0,8}'(?P<letter>[A-Z])'"
)
_FILE = "kernel/panic.c"


@dataclass(frozen=True, slots=True)
class Taint:
    """A letter, what the tree calls it in words, and where."""

    letter: str
    name: str | None = None
    position: model.SourcePos | None = None


def explained(workspace: workspaces.Workspace, letters: str) -> Iterator[Taint]:
    """Each letter of a crash with its meaning, which is None where no tree tells it."""
    known: dict[str, Taint] = {}
    for number, line in enumerate(workspace.lines(_FILE) or (), 1):
        found = _ROW.search(line) if "TAINT_" in line else None
        if found:
            name = found["name"].lower().replace("_", " ")
            known.setdefault(
                found["letter"],
                Taint(found["letter"], name, model.SourcePos(_FILE, number, found.start())),
            )
    for letter in dict.fromkeys(letters):
        if letter in known or letter.isalpha():
            yield known.get(letter, Taint(letter))
