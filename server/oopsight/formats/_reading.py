"""One region of a text → what all formats found in it; remembered by its lines, wherever they stand."""

from __future__ import annotations

import functools
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oopsight import arch, log, model
from oopsight.formats import (
    _claims,
    _codes,
    _format,
    _mentions,
    _releases,
    _rewrap,
    _shapes,
    _strands,
    _unwrap,
)

# Code points of a line in which an architecture is looked for; no line that tells one is longer.
_TELLING = 1000
# So many lines are remembered; a text that is read once does not push out what an editor shows.
_MOST_LINES = 120_000
# The same lines stand in a text more than once where a watchdog prints the same stack again and again.
_MOST_PLACES = 8192


# By format; the spellings of the kernel's own reports are read together, under this name.
_Claimed = dict[str, list[_format.Match]]
_REPORTS = ""


@dataclass(slots=True)
class Part:
    """A region as it was read: its clean lines by printer, what the rules claimed of each printer's lines, and how many
    lines tell each architecture (None until it is asked for), and which releases are told. `looks` are the lines that
    look like an element of a format, and where.

    `first` is the document line on which it stood then. `readings` are kept by architecture, `placed` also by the
    line on which the region stands.
    """

    first: int
    strands: tuple[tuple[model.LogLine, ...], ...]
    claimed: tuple[_Claimed, ...]
    problems: tuple[model.Problem, ...]
    told: tuple[_releases.Told, ...]
    looks: tuple[tuple[model.LogLine, model.Span], ...] = ()
    tells: Mapping[str, int] | None = None
    readings: dict[str | None, _format.Reading] = field(default_factory=dict)
    placed: dict[tuple[str | None, int], _format.Reading] = field(default_factory=dict)


class _Memory:
    """The parts that were read last, by their original lines; the oldest go when there are too many lines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: OrderedDict[tuple[str, ...], Part] = OrderedDict()
        self._lines = 0

    def get(self, raw: tuple[str, ...]) -> Part | None:
        with self._lock:
            known = self._parts.get(raw)
            if known is not None:
                self._parts.move_to_end(raw)
            return known

    def put(self, raw: tuple[str, ...], part: Part) -> None:
        with self._lock:
            if raw not in self._parts:
                self._lines += len(raw)
            self._parts[raw] = part
            while self._lines > _MOST_LINES and len(self._parts) > 1:
                oldest, _ = self._parts.popitem(last=False)
                self._lines -= len(oldest)

    def clear(self) -> None:
        with self._lock:
            self._parts.clear()
            self._lines = 0


_memory = _Memory()


def forget() -> None:
    """Forget what was read; costs time and nothing else."""
    _memory.clear()
    for claims in _known_claims.values():
        claims.forget()


def lines_of(
    document: model.Document, first: int, last: int, formats: Mapping[str, _format.Format]
) -> Part:
    """The region's lines, clean and with each element on a line of its own."""
    raw = document.lines[first:last]
    known = _memory.get(raw)
    if known is not None:
        return known
    shapes = [record.shape for record in formats.values() if record.shape is not None]
    lines = log.read(document, first, last)
    unwrapped = [_unwrapped(strand, shapes, document.lines) for strand in log.strands(lines)]
    read = [_rejoined(one.lines, formats) for one in unwrapped]
    strands = tuple(strand for strand, _ in read)
    claimed = tuple(of_strand for _, of_strand in read)
    told = _releases.of_lines(line for strand in strands for line in strand) if any(claimed) else ()
    torn = _torn(lines)
    problems = (*torn, *(problem for one in unwrapped for problem in one.problems))
    patterns = [record.looks for record in formats.values() if record.looks is not None]
    looks = tuple(look for strand in strands for line in strand for look in _looks(line, patterns))
    part = Part(first, strands, claimed, problems, tuple(told), looks)
    _memory.put(raw, part)
    return part


def _unwrapped(
    lines: tuple[model.LogLine, ...], shapes: Sequence[_shapes.Shape], raw: Sequence[str]
) -> _unwrap.Unwrapped:
    """The lines with each element of `shapes` on one of its own; most texts hold none."""
    if any(shape.needs in line.text for shape in shapes for line in lines):
        return _unwrap.unwrap(lines, shapes, raw)
    return _unwrap.Unwrapped(lines)


# So many lines that tell the architecture settle it, however large the text is.
_SETTLED = 1000


def tells(parts: Sequence[Part]) -> dict[str, int]:
    """How many lines tell each architecture; of a large text only the first ones are looked at."""
    found: dict[str, int] = {}
    for part in parts:
        if sum(found.values()) > _SETTLED:
            break
        if part.tells is None:
            lines = (line for strand in part.strands for line in strand)
            claimed = any(part.claimed)
            part.tells = arch.tells(line.text[:_TELLING] for line in lines) if claimed else {}
        for name, count in part.tells.items():
            found[name] = found.get(name, 0) + count
    return found


def read_at(
    part: Part, first: int, arch_name: str | None, formats: Mapping[str, _format.Format]
) -> _format.Reading:
    """What all formats found in a region that now begins on line `first` of a text of that architecture."""
    placed = part.placed.get((arch_name, first))
    if placed is None:
        placed = model.moved(_read(part, arch_name, formats), first - part.first)
        if len(part.placed) > _MOST_PLACES:
            part.placed.clear()
        part.placed[arch_name, first] = placed
    return placed


def _read(
    part: Part, arch_name: str | None, formats: Mapping[str, _format.Format]
) -> _format.Reading:
    known = part.readings.get(arch_name)
    if known is None:
        record = arch.get(arch_name) if arch_name else None
        found = [
            _strand(lines, claimed, record, formats)
            for lines, claimed in zip(part.strands, part.claimed, strict=True)
            if claimed or any(_codes.CAN_HAVE in line.text for line in lines)
        ]
        read = [span for reading in found for span in reading.spans]
        problems = (*part.problems, *_unread(part.looks, read))
        if not read and not _are_lost(part):
            problems = tuple(problem for problem in problems if problem.message == _TORN)
        known = _in_order([*found, _format.Reading(problems=problems)])
        part.readings[arch_name] = known
    return known


def _looks(
    line: model.LogLine, patterns: Sequence[re.Pattern[str]]
) -> Iterator[tuple[model.LogLine, model.Span]]:
    """The line with the place in it that looks like an element of a format."""
    for pattern in patterns:
        found = None if line.noise else _found(pattern, line.text)
        if found is not None:
            yield from ((line, span) for span in line.spans(*found)[:1])


@functools.lru_cache(1 << 14)
def _found(pattern: re.Pattern[str], text: str) -> tuple[int, int] | None:
    """Where a pattern finds something; a dump has the same texts again and again."""
    found = pattern.search(text)
    return None if found is None else found.span()


_UNREAD = "This looks like a frame of a stack, but the lines around it are not those of one, so it is not read."
_WHOLE = "Paste the stack with its own line ends, as the debugger shows it."
# So many are said.
_MOST_UNREAD = 8
_SOME = 2


_TORN = "Lines end within a tag of a web page here, so what stood behind it is lost."
_TAG_BEGUN = re.compile(
    r"<(?:/[a-z]{0,10}|(?:span|code|font|div|td|tr|li|pre|em|a|b|i|p)(?:[ \t][^<>]{0,200})?)$"
)


def _torn(lines: Sequence[model.LogLine]) -> tuple[model.Problem, ...]:
    """Where the text was cut within a tag, if it was so more than once."""
    begun = [
        (line, found)
        for line in lines
        if "<" in line.text and (found := _TAG_BEGUN.search(line.text[-_TAG:]))
    ]
    if len(begun) < _SOME:
        return ()
    line, found = begun[0]
    at = max(0, len(line.text) - _TAG)
    span = next(iter(line.spans(at + found.start(), at + found.end())), None)
    return (model.Problem("cut-short", _TORN, span, _WHOLE),)


# No tag is longer.
_TAG = 220


def _are_lost(part: Part) -> bool:
    """Whether lines of a text without a stack were frames once: one alone without values may be somebody's example."""
    values = any(" = " in line.text for line, _ in part.looks)
    return values or len(part.looks) >= _SOME or bool(part.looks and part.problems)


def _unread(
    looks: Sequence[tuple[model.LogLine, model.Span]], read: Sequence[model.Span]
) -> Iterator[model.Problem]:
    """Lines that look like an element and of which nothing was read."""
    taken: dict[int, list[model.Span]] = {}
    for span in read:
        taken.setdefault(span.line, []).append(span)
    said = 0
    for line, look in looks:
        whole = line.spans(0, len(line.text))
        near = (other for span in whole for other in taken.get(span.line, ()))
        if said < _MOST_UNREAD and not any(
            other.line == span.line and other.start < span.end and span.start < other.end
            for other in near
            for span in whole
        ):
            said += 1
            yield model.Problem("damaged", _UNREAD, look, _WHOLE)


def _strand(
    lines: Sequence[model.LogLine],
    claimed: _Claimed,
    record: model.Arch | None,
    formats: Mapping[str, _format.Format],
) -> _format.Reading:
    """What the formats found in the lines of one printer."""
    readings = [
        assemble(lines, found, record)
        for name, found in claimed.items()
        if name != _REPORTS and (assemble := formats[name].assemble) is not None
    ]
    reports = claimed.get(_REPORTS)
    # Places in code can be clicked also where nothing else is read.
    wanted = reports is not None or any(_codes.CAN_HAVE in line.text for line in lines)
    events = _strands.read(lines, reports or (), record) if wanted else ()
    if not readings:
        return _format.Reading(events=events)
    stacks = tuple(stack for reading in readings for stack in reading.stacks)
    return _format.Reading(
        stacks=stacks,
        windows=tuple(window for reading in readings for window in reading.windows),
        spans=tuple(span for reading in readings for span in reading.spans),
        problems=(
            *(problem for reading in readings for problem in reading.problems),
            *_dropped(lines, [span for reading in readings for span in reading.spans]),
        ),
        mentions=_mentions.find(lines, stacks),
        events=events,
    )


_DROPPED = re.compile(r"\*\* ([0-9]{1,12}) printk messages dropped", re.ASCII)


# So near to a stack or window a lost line may have been one of it.
_NEAR = 2


def _dropped(lines: Sequence[model.LogLine], read: Sequence[model.Span]) -> Iterator[model.Problem]:
    """Where the kernel says, in or beside what was read, that it lost lines."""
    near = {span.line + away for span in read for away in range(-_NEAR, _NEAR + 1)}
    for line in lines:
        found = _DROPPED.search(line.text) if line.noise else None
        if found and line.number in near:
            yield model.Problem(
                "messages-dropped",
                f"The kernel dropped {found[1]} messages here, so frames or values may be missing.",
                next(iter(line.spans(*found.span())), None),
                "A larger log buffer (log_buf_len=) or a faster console keeps them.",
            )


def _in_order(readings: Sequence[_format.Reading]) -> _format.Reading:
    """All that several printers wrote, in the order of the text."""
    return _format.Reading(
        stacks=tuple(sorted((s for r in readings for s in r.stacks), key=lambda s: s.spans[:1])),
        windows=tuple(sorted((w for r in readings for w in r.windows), key=lambda w: w.spans[:1])),
        spans=tuple(sorted(span for reading in readings for span in reading.spans)),
        problems=tuple(
            sorted(
                (p for r in readings for p in r.problems), key=lambda p: (p.span is None, p.span)
            )
        ),
        mentions=tuple(sorted((m for r in readings for m in r.mentions), key=lambda m: m.span)),
        events=tuple(event for reading in readings for event in reading.events),
    )


def _rejoined(
    lines: Sequence[model.LogLine], formats: Mapping[str, _format.Format]
) -> tuple[tuple[model.LogLine, ...], _Claimed]:
    """The lines with those in one piece that were broken, and those that rules claim, by format."""

    claim_of = _claims_of(formats).of

    def claim(line: model.LogLine) -> _format.Match | None:
        found = claim_of(line.text)
        if found is None:
            return None
        rule, report = found.rule, formats[found.format].assemble is None
        return _format.Match(0, line, rule.kind, found.found, rule.says, found.format, report)

    strand, claims = _rewrap.rejoined(lines, [claim(line) for line in lines], claim)
    claimed: _Claimed = {}
    for at, match in enumerate(claims):
        if match is not None:
            key = _REPORTS if match.report else match.format
            claimed.setdefault(key, []).append(replace(match, at=at, line=strand[at]))
    return strand, claimed


_known_claims: dict[int, _claims.Claims] = {}


def _claims_of(formats: Mapping[str, _format.Format]) -> _claims.Claims:
    """The rules of these formats, which are always the same ones."""
    found = _known_claims.get(id(formats))
    if found is None:
        found = _known_claims[id(formats)] = _claims.Claims(formats)
    return found
