"""Log lines → crashes. One file in this folder that does not begin with `_` is one spelling of callstacks.

A format is a spelling, never an architecture; the architecture comes from tells in the text. Reading never fails:
whatever is not understood is left alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from oopsight import arch, log, model
from oopsight.formats import _format, _mentions


def _discover() -> dict[str, _format.Format]:
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}").FORMAT for name in names}


_FORMATS = _discover()

# Code points of a line in which an architecture is looked for; no line that tells one is longer.
_TELLING = 1000


def names() -> tuple[str, ...]:
    """The names of all formats, sorted."""
    return tuple(_FORMATS)


def get(name: str) -> _format.Format | None:
    """The record of a format, None when there is no such format."""
    return _FORMATS.get(name)


def parse(document: model.Document) -> model.Parsed:
    """Everything that the formats understand of `document`; no crash when there is no frame in it.

    The stacks and variable windows of one document belong to one crash: tasks that wait for each other and CPUs
    that were stopped together are printed as several stacks.
    """
    lines = log.read(document)
    claimed = _classify(lines)
    if not claimed:
        return model.Parsed(document, ())
    arch_name = arch.guess(line.text[:_TELLING] for line in lines)
    record = arch.get(arch_name) if arch_name else None
    readings = [_FORMATS[name].assemble(lines, found, record) for name, found in claimed.items()]
    stacks = tuple(stack for reading in readings for stack in reading.stacks)
    if not stacks:
        return model.Parsed(document, ())
    spans = tuple(sorted(span for reading in readings for span in reading.spans))
    crash = model.Crash(
        title=None,
        arch=arch_name,
        spans=spans,
        stacks=stacks,
        windows=tuple(window for reading in readings for window in reading.windows),
        mentions=_mentions.find(lines, stacks),
        problems=tuple(problem for reading in readings for problem in reading.problems),
    )
    return model.Parsed(document, (crash,))


def _classify(lines: Sequence[model.LogLine]) -> dict[str, list[_format.Match]]:
    """The lines that rules claim, by format; where several formats claim a line, the longest match has it."""
    claimed: dict[str, list[_format.Match]] = {}
    for at, line in enumerate(lines):
        best: tuple[int, str, _format.Match] | None = None
        for name, record in _FORMATS.items():
            for rule in record.rules:
                if rule.needs not in line.text:
                    continue
                found = rule.pattern.match(line.text)
                if found and (best is None or found.end() > best[0]):
                    best = found.end(), name, _format.Match(at, line, rule.kind, found)
        if best:
            claimed.setdefault(best[1], []).append(best[2])
    return claimed
