"""Source positions that the text itself prints: those of decoded frames and of titles, checked against the tree.

A decoded stack names a line for each frame, and `WARNING: … at mm/slub.c:12` and `kernel BUG at …!` name that of the
instruction that trapped. Such a line is exact where it fits the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.resolve import callpaths, contexts, founds, paths
from oopsight.tree import ctext, preprocess, units

K = model.DefinitionKind
S = model.Status
E = model.Evidence
_FUNCTIONS = (K.FUNCTION, K.INLINE)


@dataclass(frozen=True, slots=True)
class Titled:
    """The position of a title, in the tree, and the function that the title names with it, None when it names none.

    `sure` where the title itself says so; else it is a position that the text prints elsewhere (`kernel BUG at …` below).
    """

    place: model.SourcePos
    function: str | None
    sure: bool


def checked(
    context: contexts.Context,
    answer: model.ResolvedFrame,
    found: founds.Found | None,
    unit: units.Unit,
    inner: str | None,
) -> model.ResolvedFrame:
    """A frame that is printed with its own line keeps it where it fits the tree; `found` are the ways to `inner`."""
    printed, definition = answer.frame.printed, answer.definition
    if printed is None or definition is None:
        return answer
    path = path_of(context, printed.path)
    if path is None:
        return _mismatch(answer, f"This tree has no file {printed.path}")
    place = model.SourcePos(path, printed.line)
    if not _inside(context, definition, place):
        where = f"{definition.position.path}:{definition.start_line} to {definition.end_line}"
        reason = f"{path}:{place.line} is not in {definition.name}, which is {where} here"
        return _mismatch(answer, reason)
    hops = tuple(_inlined(context, answer.frame.chain))
    wanted = hops[0].name if hops else inner
    ways = units.ways(unit, definition, wanted) if hops and wanted is not None else _all_ways(found)
    if wanted is not None and ways and not _leads(context, definition, place.line, ways):
        lines = ", ".join(str(line) for line in sorted({way.call.line for way in ways}))
        return _mismatch(
            answer,
            f"Line {place.line} does not call {wanted} in this tree, where line {lines} leads to it",
            model.Candidate(place, ("The text prints this line.",)),
        )
    if wanted is not None and not ways and not _calls_anything(context, definition, place.line):
        return _mismatch(
            answer,
            f"Line {place.line} calls nothing in this tree, and this frame called {wanted}",
            model.Candidate(place, ("The text prints this line.",)),
        )
    if not hops and answer.position is not None and answer.position.line == place.line:
        hops = answer.hops
    elif not hops:
        hops = next((callpaths.hops(way) for way in ways if way.call.line == place.line), ())
    return replace(
        answer,
        status=S.EXACT,
        position=place,
        hops=hops,
        evidence=(E.PRINTED,),
        reasons=(f"The text prints {printed.path}:{printed.line}, which fits the tree.",),
        candidates=(),
    )


def _mismatch(
    answer: model.ResolvedFrame, reason: str, *more: model.Candidate
) -> model.ResolvedFrame:
    found = answer.position
    instead = "." if found is None else f"; the source says {found.path}:{found.line}."
    return replace(
        answer,
        status=S.MISMATCH,
        reasons=(f"{reason}{instead}", *answer.reasons),
        candidates=(*more, *answer.candidates),
    )


def path_of(context: contexts.Context, printed: str) -> str | None:
    """The file of the tree that a printed path means, also where another machine built the kernel."""
    return paths.path_in_tree(context.tree, printed) or paths.path_by_end(context.tree, printed)


def _inside(
    context: contexts.Context, definition: model.Definition, place: model.SourcePos
) -> bool:
    lines = context.tree.sources.lines(place.path)
    return (
        lines is not None
        and 1 <= place.line <= len(lines)
        and place.path == definition.position.path
        and definition.start_line <= place.line <= definition.end_line
    )


def _inlined(context: contexts.Context, chain: Sequence[model.SourcePos]) -> Iterator[model.Hop]:
    """The inlined functions of one address, outermost first, by the lines that are printed in front of the frame's own."""
    for printed in reversed(chain):
        path = path_of(context, printed.path)
        function = None if path is None else context.tree.function_at(path, printed.line)
        if path is not None and function is not None:
            yield model.Hop(
                function.name,
                model.HopKind.MACRO if function.kind is K.MACRO else model.HopKind.INLINE,
                function.position,
                model.SourcePos(path, printed.line),
            )


def _all_ways(found: founds.Found | None) -> tuple[units.Way, ...]:
    if found is None:
        return ()
    first = (found.first,) if found.first is not None else ()
    return (*first, *(way for way in found.others if way is not found.first))


def _leads(
    context: contexts.Context,
    definition: model.Definition,
    line: int,
    ways: Sequence[units.Way],
) -> bool:
    """Whether one of the calls stands on the line, or its statement goes over it."""
    return any(way.call.line <= line <= _end(context, definition, way) for way in ways)


def _end(context: contexts.Context, definition: model.Definition, way: units.Way) -> int:
    """The last line of a call's arguments."""
    lines = context.tree.sources.lines(definition.position.path) or ()
    first = lines[way.call.line - 1][way.call.column :] if way.call.line <= len(lines) else ""
    text = "\n".join((first, *lines[way.call.line : way.call.line + 12]))
    opening = preprocess.without_comments(text).find("(")
    if opening < 0 or "\n" in text[:opening]:
        return way.call.line
    end = ctext.matching(preprocess.without_comments(text), opening)
    return way.call.line + text.count("\n", 0, max(end, 0))


def _calls_anything(context: contexts.Context, definition: model.Definition, line: int) -> bool:
    lines = context.tree.sources.lines(definition.position.path) or ()
    return "(" in " ".join(lines[max(line - 3, 0) : line + 2])


# Titles


_POSITION = re.compile(
    r"\b(?:at|in)[ ](?P<path>/?(?:[\w.+~@,-]{1,80}/){0,24}[\w.+~@,-]{1,80}\.(?:c|h|S|rs)):(?P<line>[0-9]{1,7})"
    r"(?::[0-9]{1,4})?(?:/(?P<slashed>\w{1,128})\(\)|[ ](?P<symbol>[A-Za-z_][\w.$]{0,255})(?:\+0x|\(\)))?",
    re.ASCII,
)
_WARNING_FIRST = re.compile(
    r"WARNING:[ ](?P<path>(?:[\w.+~@,-]{1,80}/){0,24}[\w.+~@,-]{1,80}\.(?:c|h|S|rs)):(?P<line>[0-9]{1,7})"
    r"[ ]at[ ](?P<symbol>[A-Za-z_][\w.$]{0,255})\+0x",
    re.ASCII,
)


def of_title(context: contexts.Context, crash: model.Crash) -> tuple[Titled, ...]:
    """The positions that a crash is said to be at, where the tree has them: that of its title, else those beside it."""
    title = crash.title or ""
    found = _WARNING_FIRST.search(title) or _POSITION.search(title)
    if found is None:
        printed = dict.fromkeys(one.position for one in crash.mentions if one.position is not None)
        placed = ((path_of(context, one.path), one.line) for one in printed)
        return tuple(
            Titled(model.SourcePos(path, line), None, False) for path, line in placed if path
        )
    path = path_of(context, found["path"])
    groups = found.groupdict()
    name = groups.get("symbol") or groups.get("slashed")
    function = None if name is None else name.split(".")[0]
    place = None if path is None else model.SourcePos(path, int(found["line"]))
    return () if place is None else (Titled(place, function, True),)


# What a warning calls where the kernel does not trap instead. kernel/panic.c, lib/bug.c.
_WARN_FUNCTIONS = re.compile(r"__?warn(?:_\w+)?|warn_slowpath_\w+|report_bug|__?warn_printk")


def with_title(
    context: contexts.Context,
    frames: Sequence[model.ResolvedFrame],
    positions: Sequence[Titled],
) -> tuple[model.ResolvedFrame, ...]:
    """The frames of the stack that a title is about, with the title's position in the frame that trapped."""
    answers = {}
    for titled in positions:
        at = _trapped(frames, titled)
        answer = None if at is None else _at_title(context, frames[at], titled)
        if at is not None and answer is not None:
            answers[titled.place] = (at, answer)
    if len(answers) != 1:
        return tuple(frames)
    at, answer = next(iter(answers.values()))
    return (*frames[:at], answer, *frames[at + 1 :])


def _trapped(frames: Sequence[model.ResolvedFrame], titled: Titled) -> int | None:
    """The frame that a title's position is about: where a trap was taken, else the one that called the warning's function."""
    warned = False
    for at, one in enumerate(frames):
        frame = one.frame
        if frame.reliability is model.Reliability.UNSURE:
            continue
        callee = frame.callee.function if frame.callee is not None else None
        trapped = at == 0 and frame.kind in (model.FrameKind.FAULT, model.FrameKind.INTERRUPTED)
        warned = warned or (callee is not None and _WARN_FUNCTIONS.fullmatch(callee) is not None)
        named = frame.code.function
        own = named is not None and _WARN_FUNCTIONS.fullmatch(named) is not None
        if titled.function is not None and named == titled.function:
            return at
        if titled.function is None and not own and (trapped or warned):
            return at
        warned = warned or own
    return None


def _at_title(
    context: contexts.Context, answer: model.ResolvedFrame, titled: Titled
) -> model.ResolvedFrame | None:
    """The frame at the title's position; None where that says nothing about it."""
    definitions = [one for one in (answer.definition, *answer.others) if one is not None]
    own = [one for one in definitions if _inside(context, one, titled.place)]
    if own:
        return _titled(answer, own[0], titled.place, (), True)
    inlined = [
        found
        for one in definitions
        if (found := _inlined_at_title(context, answer, one, titled.place)) is not None
    ]
    if inlined:
        more = tuple(
            model.Candidate(one.position, ("The same inlined function is reached from here.",))
            for one in inlined[1:]
            if one.position is not None
        )
        first = inlined[0]
        status = S.LIKELY if more else first.status
        return replace(first, status=status, candidates=(*first.candidates, *more))
    place, name = titled.place, answer.frame.code.function
    if not titled.sure or answer.definition is None:
        return None
    reason = f"The title prints {place.path}:{place.line}, which is no line of {name} in this tree"
    return _mismatch(answer, reason)


def _inlined_at_title(
    context: contexts.Context,
    answer: model.ResolvedFrame,
    definition: model.Definition,
    place: model.SourcePos,
) -> model.ResolvedFrame | None:
    """The frame where a function that is inlined into it has the title's position."""
    inlined = context.tree.function_at(place.path, place.line)
    if inlined is None or inlined.kind not in (*_FUNCTIONS, K.MACRO):
        return None
    path = definition.position.path
    ways = units.ways(context.unit(path), definition, inlined.name)
    if not ways:
        return None
    last = model.Hop(inlined.name, model.HopKind.INLINE, inlined.position, place)
    first = ways[0]
    call = model.SourcePos(path, first.call.line, first.call.column)
    sure = len({way.call.line for way in ways}) == 1 and first.only
    others = tuple(
        model.Candidate(
            model.SourcePos(path, way.call.line, way.call.column),
            (callpaths.rival_reason(way, inlined.name),),
            (*callpaths.hops(way), last),
        )
        for way in ways[1:]
    )
    found = _titled(answer, definition, call, (*callpaths.hops(first), last), sure)
    return replace(found, candidates=others)


def _titled(
    answer: model.ResolvedFrame,
    definition: model.Definition,
    place: model.SourcePos,
    hops: tuple[model.Hop, ...],
    sure: bool,
) -> model.ResolvedFrame:
    return replace(
        answer,
        status=S.EXACT if sure else S.LIKELY,
        definition=definition,
        position=place,
        hops=hops,
        evidence=(E.PRINTED,),
        reasons=("The crash is printed to be at this position.",),
        candidates=(),
    )
