"""Log lines → crashes. One file in this folder that does not begin with `_` is one spelling of callstacks.

A format is a spelling, never an architecture; the architecture comes from tells in the text. Reading never fails:
whatever is not understood is left alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import replace

from oopsight import arch, log, model
from oopsight.formats import _format, _hints, _joining, _reading, _regions, _releases, _reports


def _discover() -> dict[str, _format.Format]:
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}").FORMAT for name in names}


_FORMATS = _discover()
_HINTS = (
    *(record.hints for record in _FORMATS.values() if record.hints is not None),
    _hints.REPORTS,
)


def names() -> tuple[str, ...]:
    """The names of all formats, sorted."""
    return tuple(_FORMATS)


def get(name: str) -> _format.Format | None:
    """The record of a format, None when there is no such format."""
    return _FORMATS.get(name)


def hints() -> tuple[_regions.Hints, ...]:
    """What tells the parts of a large text that are worth reading."""
    return _HINTS


def forget() -> None:
    """Forget what was read of any text; costs time and nothing else."""
    _reading.forget()
    log.forget()


def parse(document: model.Document, progress: _regions.Progress | None = None) -> model.Parsed:
    """Everything that the formats understand of `document`; no crash when there is no frame in it.

    Of a text of more than some hundred lines only those parts are read in which something hints at a callstack, and
    what was read is remembered: after an edit only the part around it is read again. `progress` is told lines done
    and all lines. The stacks and variable windows of one document belong to one crash: tasks that wait for each other
    and CPUs that were stopped together are printed as several stacks.
    """
    regions = _regions.find(document, _HINTS, progress)
    parts = [_reading.lines_of(document, first, last, _FORMATS) for first, last in regions]
    name = arch.most(_reading.tells(parts))
    placed = [
        _reading.read_at(part, first, name, _FORMATS)
        for part, (first, _) in zip(parts, regions, strict=True)
    ]
    releases = [one for part in parts for one in part.told]
    events = (event for reading in placed for event in reading.events)
    reports, mentions = _reports.crashes(events, name)
    crashes = [_released(document, crash, releases) for crash in reports]
    if any(reading.stacks for reading in placed):
        debugger = _debugger(document, placed, name, releases)
        return model.Parsed(document, _joining.join(crashes, debugger))
    # Where nothing was read, what may have been a stack is said.
    said = (problem for reading in placed for problem in reading.problems if not crashes)
    return model.Parsed(document, tuple(crashes), tuple(said), mentions)


def _debugger(
    document: model.Document,
    placed: Sequence[_format.Reading],
    arch_name: str | None,
    told: Sequence[_releases.Told],
) -> model.Crash:
    """What debuggers printed: one crash."""
    stacks = tuple(stack for reading in placed for stack in reading.stacks)
    first = min(span.line for stack in stacks for span in stack.spans)
    release, upstream = _releases.release(document, told, first)
    return model.Crash(
        title=None,
        arch=arch_name,
        spans=tuple(span for reading in placed for span in reading.spans),
        stacks=stacks,
        windows=tuple(window for reading in placed for window in reading.windows),
        mentions=tuple(mention for reading in placed for mention in reading.mentions),
        problems=tuple(problem for reading in placed for problem in reading.problems),
        release=release,
        upstream=upstream,
    )


def _released(
    document: model.Document, crash: model.Crash, told: Sequence[_releases.Told]
) -> model.Crash:
    """A crash with the release that its own lines, else the text, tell."""
    own = [one for one in told if crash.release is None or one[0] == crash.release]
    first = crash.spans[0].line if crash.spans else 0
    release, upstream = _releases.release(document, own or told, first)
    return replace(crash, release=crash.release or release, upstream=upstream)
