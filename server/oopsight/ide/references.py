"""References: every place in the tree that calls or names a function, with the function in which it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from oopsight import model, tree
from oopsight.ide import cursors, words_at, workspaces

K = model.DefinitionKind


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a function's name, and the definition that is meant, None when several can be."""

    name: str
    definition: model.Definition | None
    tree: tree.KernelTree


@dataclass(frozen=True, slots=True)
class Reference:
    """A use: `line` from 0, `start` and `end` in code points of `text`, which is the line; `holder` is the function."""

    uri: str
    line: int
    start: int
    end: int
    text: str
    holder: str


def question(workspace: workspaces.Workspace, place: workspaces.Place) -> Question | None:
    """The function at a place of a crash text or of the tree's source; None where no name of the tree stands."""
    if workspace.tree is None:
        return None
    log = workspace.log(place.key)
    hit = None if log is None else cursors.element_at(log, place.line, place.column)
    if isinstance(hit, cursors.FrameHit) and hit.frame.frame.code.function is not None:
        return Question(hit.frame.frame.code.function, hit.frame.definition, workspace.tree)
    word = words_at.word_at(workspace, place)
    if word is None:
        return None
    found = words_at.definitions(workspace, place, word.name)
    if not found:
        return None
    first = found[0]
    own = place.path is not None and first.position.path == place.path
    return Question(word.name, first if len(found) == 1 or own else None, workspace.tree)


def find_references(
    asked: Question,
    *,
    declaration: bool,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[tuple[Reference, ...]]:
    """The uses, file by file as they are found, those near the definition first; with it where `declaration` is true.

    Raises `tree.Cancelled` when `cancelled` says so.
    """
    known = asked.definition
    place = asked.tree.sources.place
    if known is not None and declaration:
        lines = asked.tree.sources.lines(known.position.path) or ()
        at, column = known.position.line - 1, known.position.column or 0
        text = lines[at] if at < len(lines) else ""
        uri = place(known.position.path).as_uri()
        yield (Reference(uri, at, column, column + len(known.name), text, known.name),)
    alone = known is not None and known.static and known.position.path.endswith(".c")
    found = tree.uses(
        {"tree": asked.tree.root, **asked.tree.also},
        asked.name,
        near="" if known is None else known.position.path,
        only=known.position.path if known is not None and alone else None,
        progress=progress,
        cancelled=cancelled,
    )
    for uses in found:
        path = uses[0].path
        lines = asked.tree.sources.lines(path) or ()
        yield tuple(
            Reference(
                place(path).as_uri(),
                use.line - 1,
                use.column,
                use.column + len(asked.name),
                lines[use.line - 1] if use.line <= len(lines) else "",
                use.holder,
            )
            for use in uses
        )
