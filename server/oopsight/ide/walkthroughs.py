"""The walk through the source in the order of control flow: numbered steps, each a function with its call.

One step is one function or macro, from the outermost frame to the innermost, with those that the text does not
show in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.ide import excerpts, words

_MOST_MARKS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """`title` says what happens, `place` where; `rows` are its lines, `arrow` what the marked lines lead to."""

    number: int
    title: str
    place: str
    rows: tuple[excerpts.Row, ...]
    arrow: str


@dataclass(frozen=True, slots=True)
class _Stop:
    """One function of the way: where it begins and which lines lead on."""

    name: str
    remark: str | None
    path: str | None = None
    start: int | None = None
    marks: tuple[int, ...] = ()
    sure: bool = True
    crossing: bool = False
    single: bool = False  # only the line itself is worth showing


def walk(stack: model.ResolvedStack, lines: excerpts.Lines) -> tuple[Step, ...]:
    """The steps of a stack; those without a place in the tree have no rows."""
    stops = tuple(_stops(stack, lines))
    return tuple(
        _step(number, stop, stops[number] if number < len(stops) else None, lines)
        for number, stop in enumerate(stops, 1)
    )


def _stops(stack: model.ResolvedStack, lines: excerpts.Lines) -> Iterator[_Stop]:
    for frame in reversed(stack.frames):
        yield _frame_stop(frame)
        for hop in frame.hops:
            yield _Stop(
                words.visible(hop.name),
                words.HOP[hop.kind],
                hop.position.path,
                excerpts.header_start(lines, hop.definition)
                if hop.definition.path == hop.position.path
                else None,
                (hop.position.line,),
            )


def _frame_stop(frame: model.ResolvedFrame) -> _Stop:
    name, remark = words.frame_name(frame.frame), words.remark(frame.frame)
    crossing = frame.frame.crossing
    definition = frame.definition
    places: Sequence[model.SourcePos] = (frame.position,) if frame.position is not None else ()
    if not places:
        places = [candidate.position for candidate in frame.candidates[:_MOST_MARKS]]
    sure = frame.position is not None
    if not places and definition is not None:
        places, sure = (definition.position,), True
    if not places:
        return _Stop(name, remark, crossing=crossing)
    path = places[0].path
    within = definition is not None and definition.position.path == path
    return _Stop(
        name,
        remark,
        path,
        definition.start_line if within and definition is not None else None,
        tuple(place.line for place in places if place.path == path),
        sure,
        crossing,
        frame.frame.kind is model.FrameKind.ASM,
    )


def _step(number: int, stop: _Stop, following: _Stop | None, lines: excerpts.Lines) -> Step:
    title = stop.name + (f" ({stop.remark})" if stop.remark else "")
    if stop.crossing and following is not None:
        title += f" is interrupted by an exception: {following.name}"
        arrow = "exception"
    elif following is not None:
        title += f" → {following.name}"
        arrow = following.name
    else:
        arrow = "here"
    if stop.path is None:
        return Step(number, title, "no source", (), arrow)
    if not stop.sure:
        arrow += "?"
    place = words.visible(f"{stop.path}:{', '.join(map(str, sorted(set(stop.marks))))}")
    if stop.single or stop.start is None:
        rows = excerpts.around(lines, model.SourcePos(stop.path, stop.marks[0]), 0)
    else:
        rows = excerpts.leading_to(lines, stop.path, stop.start, stop.marks)
    return Step(number, title, place, rows, arrow)
