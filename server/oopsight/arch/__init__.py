"""Architectures as data: one file of this folder is one architecture, its record is called `ARCH`.

Nothing is registered: a new file is found because it is here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from oopsight import model

__all__ = ["all", "get", "guess", "most", "tells"]


@cache
def all() -> tuple[model.Arch, ...]:
    """Every architecture, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    records = [
        getattr(importlib.import_module(f"{__name__}.{name}"), "ARCH", None) for name in names
    ]
    return tuple(record for record in records if isinstance(record, model.Arch))


def get(name: str) -> model.Arch | None:
    """The architecture of that name or alias, in any case of letters."""
    wanted = name.lower()
    for record in all():
        if wanted == record.name or wanted in record.also:
            return record
    return None


def guess(lines: Iterable[str]) -> str | None:
    """The name of the architecture that most lines betray; None when none does, or two do equally."""
    return most(tells(lines))


def tells(lines: Iterable[str]) -> dict[str, int]:
    """How many of `lines` betray each architecture; those that none betrays are left out."""
    counts: dict[str, int] = {}
    for line in lines:
        for name in _told(line):
            counts[name] = counts.get(name, 0) + 1
    return counts


def most(counts: Mapping[str, int]) -> str | None:
    """The architecture with the highest count; None when there is none, or two have it."""
    best, *others = sorted(counts, key=lambda name: -counts[name]) or [""]
    if not best or any(counts[other] == counts[best] for other in others):
        return None
    return best


@lru_cache(maxsize=1 << 16)
def _told(line: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _tells() if pattern.search(line))


@cache
def _tells() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every architecture's tells as one pattern, so that a line is searched once for each architecture."""
    return tuple(
        (record.name, re.compile("|".join(f"(?:{tell})" for tell in record.tells)))
        for record in all()
        if record.tells
    )
