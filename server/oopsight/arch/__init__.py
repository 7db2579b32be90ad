"""Architectures as data: one file of this folder is one architecture, its record is called `ARCH`.

Nothing is registered: a new file is found because it is here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache

from oopsight import model

__all__ = ["all", "get", "guess"]


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
    counts = {record.name: 0 for record in all()}
    for line in lines:
        for name, tells in _tells():
            if tells.search(line):
                counts[name] += 1
    best, *others = sorted(counts, key=lambda name: -counts[name])
    if not counts[best] or any(counts[other] == counts[best] for other in others):
        return None
    return best


@cache
def _tells() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every architecture's tells as one pattern, so that a line is searched once for each architecture."""
    return tuple(
        (record.name, re.compile("|".join(f"(?:{tell})" for tell in record.tells)))
        for record in all()
        if record.tells
    )
