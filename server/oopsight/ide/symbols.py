"""Symbols of the whole workspace by a piece of their name: frames of the open crashes, then what the tree defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import words, workspaces

K = model.DefinitionKind
MOST = 100
_MOST_NAMES = 4000
# Names of the tree are no longer; what a user types is cut to it.
_LONGEST = 80
_KINDS = {
    K.FUNCTION: "function",
    K.INLINE: "function",
    K.MACRO: "macro",
    K.LABEL: "label",
    K.STRUCT: "structure",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A symbol: `kind` is frame, function, macro, label or structure; `container` the crash's title or the file.

    `span` is a place in the open text `uri`, or the whole line of a file of the tree.
    """

    name: str
    kind: str
    uri: str
    container: str
    span: model.Span


def workspace_symbols(workspace: workspaces.Workspace, query: str) -> tuple[Found, ...]:
    """At most `MOST` symbols that a query names, the best first: the name itself, its beginning, its words, any letters."""
    sought = "".join(query.split())[:_LONGEST]
    frames = [found for found in _frames(workspace) if rank(found[0], sought) is not None]
    frames.sort(key=lambda found: rank(found[0], sought) or 0)
    result = [found for _, found in frames][:MOST]
    if sought and workspace.tree is not None:
        for name in _names(workspace, sought):
            result += _defined(workspace, name)
            if len(result) >= MOST:
                break
    return tuple(result[:MOST])


def rank(name: str, query: str) -> int | None:
    """How well a name fits, 0 the best; None when the letters of the query are not in it in their order."""
    low, sought = name.lower(), query.lower()
    if low == sought:
        return 0 if name == query else 1
    if low.startswith(sought):
        return 2
    at = low.find(sought)
    if at >= 0:
        return 3 if f"_{sought}" in low else 4
    if _in_words(low, sought):
        return 5
    at = -1
    for letter in sought:
        at = low.find(letter, at + 1)
        if at < 0:
            return None
    return 6


def _in_words(name: str, query: str) -> bool:
    """Whether the query is made of beginnings of the name's words: `do_pf` or `dpf` of `do_page_fault`."""
    places = {0}  # how much of the query is used up
    letters = query.replace("_", "")
    for word in name.split("_"):
        for used in tuple(places):
            at = 0
            while used + at < len(letters) and at < len(word) and letters[used + at] == word[at]:
                at += 1
                places.add(used + at)
    return len(letters) in places


def _names(workspace: workspaces.Workspace, query: str) -> list[str]:
    """Names of the tree that fit, the best first."""
    assert workspace.tree is not None
    search = workspace.tree.index.search
    literal = re.escape(query)
    found = dict.fromkeys(search(rf"(?i)(?<=\n){literal}[^\n]*", _MOST_NAMES))
    found.update(dict.fromkeys(search(rf"(?i)(?<=\n)[^\n]*{literal}[^\n]*", _MOST_NAMES)))
    if len(found) < MOST and len(query) > 1:
        # Each letter is looked for up to its first place only, so that no line is read twice.
        loose = "".join(rf"[^{re.escape(letter)}\n]*{re.escape(letter)}" for letter in query)
        found.update(dict.fromkeys(search(rf"(?i)(?<=\n){loose}[^\n]*", _MOST_NAMES)))
    ranked = [(rank(name, query), len(name), name) for name in found]
    return [name for _, _, name in sorted(one for one in ranked if one[0] is not None)]


def _defined(workspace: workspaces.Workspace, name: str) -> Iterator[Found]:
    assert workspace.tree is not None
    place = workspace.tree.sources.place
    for path, row in workspace.tree.index.find(name):
        kind = _KINDS.get(row.kind)
        if kind is not None:
            yield Found(
                name, kind, place(path).as_uri(), path, model.Span(max(row.line - 1, 0), 0, 0)
            )


def _frames(workspace: workspaces.Workspace) -> Iterator[tuple[str, Found]]:
    """Each frame of the open crashes with its function's name."""
    for key, log in workspace.logs.items():
        for number, crash in enumerate(log.explanation.crashes, 1):
            title = words.visible(crash.crash.title or f"Crash {number}")
            for stack in crash.stacks:
                for frame in stack.frames:
                    name = frame.frame.code.function
                    spans = (*frame.frame.code.name_spans, *frame.frame.spans)
                    if name is not None and spans:
                        shown = words.visible(name)
                        if frame.frame.number is not None:
                            shown = f"{frame.frame.number} {shown}"
                        yield name, Found(shown, "frame", key, title, spans[0])
