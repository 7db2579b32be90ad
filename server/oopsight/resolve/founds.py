"""What a search for the way from a frame to the next inner one finds."""

from __future__ import annotations

from dataclasses import dataclass

from oopsight import model
from oopsight.tree import units


@dataclass(frozen=True, slots=True)
class Found:
    """The ways from a frame to the next inner one. `first` is the chosen one, None when none is clearly first."""

    status: model.Status
    first: units.Way | None = None
    others: tuple[units.Way, ...] = ()
    reasons: tuple[str, ...] = ()
    evidence: tuple[model.Evidence, ...] = ()


def sure_or_likely(sure: bool) -> model.Status:
    """The status of the only answer, by whether nothing else is possible."""
    return model.Status.EXACT if sure else model.Status.LIKELY
