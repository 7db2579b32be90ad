"""Document links: what in a crash text can be clicked.

A link is only made where there is one place to go to. A frame whose place in its function is open leads to the
function; going to the definition offers every place that is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import cursors, definitions, words, workspaces


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of the text that leads to `uri`; `tooltip` says where and how sure that is."""

    span: model.Span
    uri: str
    tooltip: str


def document_links(workspace: workspaces.Workspace, key: str) -> tuple[Link, ...]:
    """Every link of a text, in the order of the text; no two overlap."""
    log = workspace.log(key)
    if log is None:
        return ()
    found = {link.span: link for link in reversed(tuple(_links(workspace, log)))}
    ordered: list[Link] = []
    for span in sorted(found):
        if not ordered or ordered[-1].span.line < span.line or ordered[-1].span.end <= span.start:
            ordered.append(found[span])
    return tuple(ordered)


def _links(workspace: workspaces.Workspace, log: workspaces.Log) -> Iterator[Link]:
    uris: dict[model.SourcePos, str | None] = {}
    named: dict[tuple[int, object], model.SourcePos | None] = {}
    for hit in cursors.elements(log):
        if isinstance(hit, cursors.ArgumentHit) and not hit.argument.name_spans:
            continue  # a bare `?`
        if isinstance(hit, cursors.MentionHit):
            # A dump names the same functions again and again.
            question = id(hit.crash), _named(hit.mention)
            if question not in named:
                named[question] = _single(workspace, hit)
            position = named[question]
        else:
            position = _single(workspace, hit)
        if position is None:
            continue
        if position not in uris:
            uris[position] = workspace.uri(position)
        uri = uris[position]
        if uri is not None:
            for span in _spans(hit):
                yield Link(span, uri, _tooltip(hit, position))


def _named(mention: model.SourceMention) -> object:
    """What a mention names, wherever it stands."""
    code = mention.code
    place = None if code is None else (code.function, code.offset, code.size, code.module)
    return mention.name, mention.index, mention.position, place


def _single(workspace: workspaces.Workspace, hit: cursors.Hit) -> model.SourcePos | None:
    if isinstance(hit, cursors.FrameHit):
        return hit.frame.position or _function(hit.frame)
    places = definitions.positions(workspace, hit)
    return places[0] if len(places) == 1 else None


def _function(frame: model.ResolvedFrame) -> model.SourcePos | None:
    return None if frame.definition is None else frame.definition.position


def _spans(hit: cursors.Hit) -> tuple[model.Span, ...]:
    """Of an argument only its name is clickable."""
    return hit.argument.name_spans if isinstance(hit, cursors.ArgumentHit) else (hit.span,)


def _tooltip(hit: cursors.Hit, position: model.SourcePos) -> str:
    place = words.position(position)
    if isinstance(hit, cursors.FrameHit):
        return f"{place} ({_certainty(hit.frame)})"
    if isinstance(hit, cursors.ArgumentHit):
        return f"{place} (declaration)"
    return place


def _certainty(frame: model.ResolvedFrame) -> str:
    if frame.position is not None:
        return words.status(frame)
    if frame.status is model.Status.AMBIGUOUS:
        return "the definition; the place in it is ambiguous"
    return f"the definition; {words.status(frame)}"
