"""Go to definition: from a frame to its line, from any other name to where the tree defines it, also in its C source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oopsight import model, resolve
from oopsight.ide import cursors, words_at, workspaces

_WORD = re.compile(r"\w+")
_MOST_TARGETS = 100


@dataclass(frozen=True, slots=True)
class Target:
    """A place to go to: `text` is its line, `start` and `end` the code points to select in it."""

    uri: str
    position: model.SourcePos
    text: str
    start: int
    end: int


def definition(
    workspace: workspaces.Workspace, place: workspaces.Place
) -> tuple[cursors.Hit | words_at.WordHit, tuple[Target, ...]] | None:
    """The element at `place` and the places it leads to, the best first; None where nothing leads anywhere."""
    log = workspace.log(place.key)
    hit = None if log is None else cursors.element_at(log, place.line, place.column)
    if hit is not None:
        targets = _targets(workspace, positions(workspace, hit))
        if targets:
            return hit, targets
    word = words_at.word_at(workspace, place)
    if word is None or (hit is not None and word.span not in _names(hit)):
        # On an element that leads nowhere, only its own name may lead somewhere.
        return None
    found = words_at.definitions(workspace, place, word.name)[:_MOST_TARGETS]
    targets = _targets(workspace, tuple(one.position for one in found))
    return (word, targets) if targets else None


def _names(hit: cursors.Hit) -> tuple[model.Span, ...]:
    """Where an element's own name stands, when that is a name of the tree."""
    return hit.frame.frame.code.name_spans if isinstance(hit, cursors.FrameHit) else ()


def _targets(
    workspace: workspaces.Workspace, found: tuple[model.SourcePos, ...]
) -> tuple[Target, ...]:
    targets = (_target(workspace, position) for position in found)
    return tuple(target for target in targets if target is not None)


def positions(workspace: workspaces.Workspace, hit: cursors.Hit) -> tuple[model.SourcePos, ...]:
    """Every place that an element leads to, the best first, each once."""
    if isinstance(hit, cursors.FrameHit):
        found = frame_positions(hit.frame)
    elif isinstance(hit, cursors.ArgumentHit):
        found = _known(hit.value.declared if hit.value else None)
    elif isinstance(hit, cursors.VariableHit):
        found = _variable(hit)
    elif isinstance(hit, cursors.MentionHit):
        found = _mention(workspace, hit)
    else:
        found = ()
    return tuple(dict.fromkeys(found))


def frame_positions(frame: model.ResolvedFrame) -> tuple[model.SourcePos, ...]:
    """Where a frame is: its line; every candidate when none is clearly first; else its function's definition."""
    places = _known(frame.position)
    if frame.status is model.Status.AMBIGUOUS:
        places += tuple(candidate.position for candidate in frame.candidates)
    if places or frame.definition is None:
        return places or tuple(other.position for other in frame.others)
    return (frame.definition.position,)


def definition_of(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, name: str
) -> tuple[model.SourcePos, ...]:
    """Where a function named in the text is defined: as its frame says, else every definition by rank."""
    for stack in crash.stacks:
        for frame in stack.frames:
            if frame.frame.code.function == name and frame.definition is not None:
                return (frame.definition.position,)
    if workspace.tree is None:
        return ()
    return tuple(found.position for found in resolve.definitions(workspace.tree, name, crash))


def frame_at(crash: model.ResolvedCrash, code: model.CodeRef) -> model.ResolvedFrame | None:
    """The frame of a crash that names the same place, else one of the same function; None where there is none."""
    same: model.ResolvedFrame | None = None
    for stack in crash.stacks:
        for frame in stack.frames:
            other = frame.frame.code
            if other.function != code.function or other.function is None:
                continue
            if (other.offset, other.size, other.module) == (code.offset, code.size, code.module):
                return frame
            same = same or frame
    return same


def place_in_code(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, code: model.CodeRef
) -> tuple[model.SourcePos, ...]:
    """Where a place in code that is no frame leads to: as the frame of the same place, else its function's definition."""
    if code.function is None:
        return ()
    frame = frame_at(crash, code)
    if frame is not None and frame.frame.code.offset == code.offset:
        return frame_positions(frame)
    return definition_of(workspace, crash, code.function)


def table_entries(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, table: str, index: int
) -> tuple[model.TableEntry, ...]:
    """The entries of the tree that `fsr_info[7]` can mean."""
    if workspace.tree is None:
        return ()
    return resolve.table_entries(workspace.tree, table, index, crash)


def _variable(hit: cursors.VariableHit) -> tuple[model.SourcePos, ...]:
    if hit.value is None:
        return ()
    wanted = hit.value.target_position if hit.target else hit.value.declared
    return _known(wanted or hit.value.target_position)


def _mention(
    workspace: workspaces.Workspace, hit: cursors.MentionHit
) -> tuple[model.SourcePos, ...]:
    mention = hit.mention
    if mention.position is not None:
        return _existing(workspace, mention.position)
    if mention.code is not None:
        return place_in_code(workspace, hit.crash, mention.code)
    if mention.name is None:
        return ()
    if mention.index is None:
        return definition_of(workspace, hit.crash, mention.name)
    entries = table_entries(workspace, hit.crash, mention.name, mention.index)
    return tuple(entry.position for entry in entries)


def _existing(
    workspace: workspaces.Workspace, position: model.SourcePos
) -> tuple[model.SourcePos, ...]:
    position = workspace.in_tree(position)
    lines = workspace.lines(position.path)
    return (position,) if lines is not None and 1 <= position.line <= len(lines) else ()


def _known(position: model.SourcePos | None) -> tuple[model.SourcePos, ...]:
    return () if position is None else (position,)


def _target(workspace: workspaces.Workspace, position: model.SourcePos) -> Target | None:
    """The place with its line's text; None for a place outside the tree or behind the file's end."""
    uri = workspace.uri(position)
    lines = workspace.lines(position.path)
    if uri is None or lines is None or not 1 <= position.line <= len(lines):
        return None
    text = lines[position.line - 1]
    start = len(text) - len(text.lstrip()) if position.column is None else position.column
    word = _WORD.match(text, min(start, len(text)))
    known = position.column is not None and word is not None
    return Target(uri, position, text, start, word.end() if known and word else start)
