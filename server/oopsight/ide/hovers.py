"""Hovers: what is known of the element under the pointer, in a crash text and in the kernel's C source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from oopsight import model, resolve
from oopsight.ide import (
    cursors,
    definitions,
    excerpts,
    facts,
    markdown,
    reports,
    words,
    words_at,
    workspaces,
)
from oopsight.ide.markdown import Code, Items, Strong, Text, paragraph

_MOST_CANDIDATES = 8
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_INDEXING = "The kernel tree is still being indexed; this gets better when that is done."


@dataclass(frozen=True, slots=True)
class Hover:
    """What to show, and the part of line `line` (from 0, code points) that it is about."""

    blocks: tuple[markdown.Block, ...]
    line: int
    start: int
    end: int


def hover(workspace: workspaces.Workspace, place: workspaces.Place) -> Hover | None:
    """What is known at `place`; None where there is nothing to say."""
    log = workspace.log(place.key)
    if log is not None:
        return _in_log(workspace, log, place)
    return None if place.path is None else _in_source(workspace, place, place.path)


def _in_log(
    workspace: workspaces.Workspace, log: workspaces.Log, place: workspaces.Place
) -> Hover | None:
    hit = cursors.element_at(log, place.line, place.column)
    if hit is None:
        return _module(workspace, log, place)
    if isinstance(hit, cursors.FrameHit):
        blocks = frame_blocks(workspace, hit.crash, hit.frame)
    elif isinstance(hit, cursors.ArgumentHit):
        blocks = _argument(workspace, hit)
    elif isinstance(hit, cursors.VariableHit):
        blocks = _variable(workspace, hit)
    elif isinstance(hit, cursors.RegisterHit):
        blocks = tuple(reports.register(workspace, hit))
    elif isinstance(hit, cursors.TitleHit):
        blocks = tuple(reports.title(workspace, hit))
    else:
        blocks = _mention(workspace, hit)
    if not blocks:
        return None
    return Hover((*blocks, *_missing(workspace)), hit.span.line, hit.span.start, hit.span.end)


def _module(
    workspace: workspaces.Workspace, log: workspaces.Log, place: workspaces.Place
) -> Hover | None:
    """A name of the list of modules."""
    if not 0 <= place.line < len(log.lines) or _MODULES not in log.lines[place.line]:
        return None
    word = words_at.word_at(workspace, place)
    for crash in log.explanation.crashes:
        on_line = any(span.line == place.line for span in crash.crash.spans)
        blocks = tuple(reports.module(crash, word.name)) if word and on_line else ()
        if word and blocks:
            return Hover(blocks, place.line, word.span.start, word.span.end)
    return None


_MODULES = "Modules linked in"


def _missing(workspace: workspaces.Workspace) -> tuple[markdown.Block, ...]:
    """What the answer lacks because of the tree."""
    problem = workspace.tree_problem
    said = [problem] if problem else []
    if workspace.stage is workspaces.Stage.NO_TREE:
        said.append(words.NO_TREE_HINT)
    elif workspace.stage is workspaces.Stage.INDEXING and not problem:
        said.append(_INDEXING)
    return (paragraph(Text(" ".join(said))),) if said else ()


# Frames


def frame_blocks(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, frame: model.ResolvedFrame
) -> tuple[markdown.Block, ...]:
    """Where a frame is, why we think so, and the way from it to the next inner frame."""
    return (
        *_where(workspace, frame),
        *reports.about_frame(frame.frame),
        *_reasons(frame),
        *_way(workspace, crash, frame),
        *_candidates(workspace, frame),
        *_values(frame.arguments),
    )


def _where(workspace: workspaces.Workspace, frame: model.ResolvedFrame) -> Iterable[markdown.Block]:
    remark = words.remark(frame.frame)
    title: list[markdown.Piece] = [
        Code(words.frame_name(frame.frame)),
        Text(f", {words.frame_title(frame.frame)}" + (f" ({remark})" if remark else "")),
    ]
    if frame.position is not None:
        title += [Text(": "), facts.place(workspace, frame.position)]
    title += [Text(", "), Strong(words.status(frame))]
    yield markdown.Paragraph(tuple(title))
    if frame.position is not None:
        yield facts.excerpt(workspace, frame.position)
    if frame.definition is not None and frame.definition.position != frame.position:
        yield paragraph(Text("Defined at "), facts.place(workspace, frame.definition.position))


def _reasons(frame: model.ResolvedFrame) -> Iterable[markdown.Block]:
    if frame.evidence:
        known = ", ".join(words.EVIDENCE[evidence] for evidence in frame.evidence)
        yield paragraph(Strong("How we know:"), Text(f" {known}."))
    yield Items(tuple(markdown.sentence(reason) for reason in frame.reasons))


def _way(
    workspace: workspaces.Workspace, crash: model.ResolvedCrash, frame: model.ResolvedFrame
) -> Iterable[markdown.Block]:
    """The functions and macros that the text does not show."""
    if frame.hops:
        inner = inner_frame(crash, frame)
        goal = "the next frame" if inner is None else words.frame_name(inner.frame)
        yield paragraph(
            Strong("The way to"), Text(" "), Code(goal), Text(" that the text does not show:")
        )
        yield Items(tuple(_hop(workspace, hop) for hop in frame.hops))


def inner_frame(
    crash: model.ResolvedCrash, frame: model.ResolvedFrame
) -> model.ResolvedFrame | None:
    """The frame that `frame` led to, None for the innermost one."""
    for stack in crash.stacks:
        for inner, outer in zip(stack.frames, stack.frames[1:], strict=False):
            if outer is frame:
                return inner
    return None


def _hop(workspace: workspaces.Workspace, hop: model.Hop) -> tuple[markdown.Piece, ...]:
    return (
        Code(hop.name),
        Text(f" ({words.HOP[hop.kind]}) at "),
        facts.place(workspace, hop.position),
        Text(", defined at "),
        facts.place(workspace, hop.definition),
    )


def _candidates(
    workspace: workspaces.Workspace, frame: model.ResolvedFrame
) -> Iterable[markdown.Block]:
    if not frame.candidates:
        return
    yield paragraph(Strong("Other places:" if frame.position else "Possible places:"))
    rows = [_candidate(workspace, one) for one in frame.candidates[:_MOST_CANDIDATES]]
    left = len(frame.candidates) - len(rows)
    if left:
        rows.append((Text(f"and {words.rest(left, 'place')}"),))
    yield Items(tuple(rows))


def _candidate(
    workspace: workspaces.Workspace, candidate: model.Candidate
) -> tuple[markdown.Piece, ...]:
    line = excerpts.single(workspace.lines, candidate.position)
    shown: tuple[markdown.Piece, ...] = (Text(" "), Code(line)) if line else ()
    reasons = " ".join(candidate.reasons)
    return (
        facts.place(workspace, candidate.position),
        *shown,
        *((Text(" "), *markdown.sentence(reasons)) if reasons else ()),
    )


def _values(values: Iterable[model.ResolvedValue]) -> Iterable[markdown.Block]:
    """The values of a frame that mean something, one line each."""
    rows = [
        _value_row(value) for value in values if value.name is not None and words.is_shown(value)
    ]
    if rows:
        yield paragraph(Strong("Arguments:"))
        yield Items(tuple(rows))


def _value_row(value: model.ResolvedValue) -> tuple[markdown.Piece, ...]:
    row: list[markdown.Piece] = [Code(f"{value.name} = {words.printed(value)}")]
    known = words.meaning(value)
    if known:
        row += [Text(": "), facts.meaning(value, known)]
    if value.doubts:
        better = words.expected(value)
        row.append(Text(" (doubtful" + (f": {better})" if better else ")")))
    return tuple(row)


def _argument(
    workspace: workspaces.Workspace, hit: cursors.ArgumentHit
) -> tuple[markdown.Block, ...]:
    value = hit.value or _unresolved(hit.argument)
    if value.name is None and not words.is_shown(value):
        return ()
    frame = hit.frame.frame
    of = paragraph(
        Text("Argument of "), Code(words.frame_name(frame)), Text(f", {words.frame_title(frame)}")
    )
    return (*facts.value(workspace, value), of)


def _unresolved(argument: model.Argument) -> model.ResolvedValue:
    return model.ResolvedValue(
        argument.name, argument.printed, argument.number, cut=argument.cut, spans=argument.spans
    )


def _variable(
    workspace: workspaces.Workspace, hit: cursors.VariableHit
) -> tuple[markdown.Block, ...]:
    printed = hit.variable
    value = hit.value or model.ResolvedValue(
        printed.name, printed.printed, printed.number, printed.type, target=printed.target
    )
    blocks = list(facts.value(workspace, value))
    if value.target_position is not None:
        blocks.append(facts.excerpt(workspace, value.target_position))
    if hit.frame is not None:
        frame = hit.frame.frame
        blocks.append(
            paragraph(
                Text("Of "), Code(words.frame_name(frame)), Text(f", {words.frame_title(frame)}")
            )
        )
    return tuple(blocks)


# Mentions


def _mention(
    workspace: workspaces.Workspace, hit: cursors.MentionHit
) -> tuple[markdown.Block, ...]:
    mention = hit.mention
    if mention.name is not None and mention.index is not None:
        entries = definitions.table_entries(workspace, hit.crash, mention.name, mention.index)
        return tuple(block for entry in entries for block in _entry(workspace, entry))
    if mention.code is not None:
        return (*reports.place_in_code(mention), *_places(workspace, hit))
    frame = _frame_of(hit.crash, mention.name)
    if frame is not None:
        return frame_blocks(workspace, hit.crash, frame)
    return _places(workspace, hit)


def _places(workspace: workspaces.Workspace, hit: cursors.MentionHit) -> tuple[markdown.Block, ...]:
    """Where a mention leads to."""
    places = definitions.positions(workspace, hit)
    if not places:
        return ()
    rows = [(facts.place(workspace, place),) for place in places[:_MOST_CANDIDATES]]
    left = len(places) - len(rows)
    more = [paragraph(Text(f"and {words.rest(left, 'place')}"))] if left else []
    return (Items(tuple(rows)), *more, facts.excerpt(workspace, places[0]))


def _frame_of(crash: model.ResolvedCrash, name: str | None) -> model.ResolvedFrame | None:
    for stack in crash.stacks:
        for frame in stack.frames:
            if name is not None and frame.frame.code.function == name:
                return frame
    return None


def _entry(workspace: workspaces.Workspace, entry: model.TableEntry) -> Iterable[markdown.Block]:
    yield paragraph(
        Code(f"{entry.table}[{entry.index}]"), Text(" at "), facts.place(workspace, entry.position)
    )
    yield Items(tuple((Code(f"{name} = {text}"),) for name, text in entry.members))
    yield facts.excerpt(workspace, entry.position)


# C source


def _in_source(workspace: workspaces.Workspace, place: workspaces.Place, path: str) -> Hover | None:
    """The values of the variable at a place of the tree, for every crash that is open, innermost frame first."""
    if workspace.tree is None or not _is_unchanged(workspace, place, path):
        return None
    blocks: list[markdown.Block] = []
    span: tuple[int, int] | None = None
    for log in workspace.logs.values():
        for found in resolve.values_at(
            workspace.tree, log.explanation, path, place.line + 1, place.column
        ):
            blocks += _source_value(workspace, log, found)
            span = span or (found.start, found.end)
    if span is None:
        return None
    return Hover(tuple(blocks), place.line, *span)


def _is_unchanged(workspace: workspaces.Workspace, place: workspaces.Place, path: str) -> bool:
    """Whether the editor's text and the tree's agree up to the place, so that the line means the same in both.

    Editors read bytes that are no UTF-8 (names in old comments) in ways of their own: only ASCII is compared there.
    """
    buffer = workspace.buffers.get(place.key)
    lines = workspace.lines(path)
    if lines is None or place.line >= len(lines):
        return False
    if buffer is None:
        return True
    end = place.line + 1
    shown, known = buffer.lines[:end], lines[:end]
    return len(shown) == len(known) and all(
        a == b or _NOT_ASCII.sub("", a) == _NOT_ASCII.sub("", b)
        for a, b in zip(shown, known, strict=True)
    )


def _source_value(
    workspace: workspaces.Workspace, log: workspaces.Log, found: resolve.SourceValue
) -> Iterable[markdown.Block]:
    yield from facts.value(workspace, found.value)
    title = "frame" if found.number is None else f"frame {found.number}"
    several = len(workspace.logs) > 1
    yield paragraph(
        Text(f"In {title} "),
        Code(words.frame_name(found.frame.frame)),
        *((Text(" of "), Code(unquote(log.key.rpartition("/")[2]))) if several else ()),
        Text(", true at "),
        facts.place(workspace, found.position),
    )
