"""The word at a place, and where the tree defines it: for words of a crash text that no frame or argument explains, and
for the C source of the tree.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from oopsight import model, resolve
from oopsight.ide import workspaces

K = model.DefinitionKind
_WORD = re.compile(r"[A-Za-z_]\w*")
_KINDS = (K.FUNCTION, K.INLINE, K.MACRO, K.LABEL, K.STRUCT, K.ASM_MACRO, K.CONSTANT, K.ENUMERATOR)


@dataclass(frozen=True, slots=True)
class WordHit:
    """A word that names something in the tree, perhaps."""

    name: str
    span: model.Span


def word_at(workspace: workspaces.Workspace, place: workspaces.Place) -> WordHit | None:
    """The word at a place of an open text or of a file of the tree."""
    lines = workspace.lines_at(place)
    if not 0 <= place.line < len(lines):
        return None
    for match in _WORD.finditer(lines[place.line]):
        if match.start() <= place.column <= match.end():
            return WordHit(match[0], model.Span(place.line, match.start(), match.end()))
    return None


def definitions(
    workspace: workspaces.Workspace, place: workspaces.Place, name: str
) -> tuple[model.Definition, ...]:
    """What a word means at a place, the likeliest first: as an open crash's frame has it, else as the file sees it."""
    found = workspace.tree
    if found is None:
        return ()
    log = workspace.log(place.key)
    logs = (log,) if log is not None else tuple(workspace.logs.values())
    crashes = [crash for one in logs for crash in one.explanation.crashes]
    for crash in crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                if frame.definition is not None and frame.definition.name == name:
                    return (frame.definition, *frame.others)
    functions = resolve.definitions(found, name, crashes[0] if crashes else None)
    others = tuple(one for one in found.definitions(name, *_KINDS) if one not in functions)
    return tuple(sorted((*functions, *others), key=lambda one: _distance(one, place.path)))


def _distance(definition: model.Definition, path: str | None) -> int:
    """How far a definition is from a file of the tree; the file's own comes first, what it cannot see last."""
    if path is None:
        return 0
    where = definition.position.path
    if where == path:
        return 0
    if definition.static and where.endswith(".c"):
        return 3
    return 1 if posixpath.dirname(where) == posixpath.dirname(path) else 2
