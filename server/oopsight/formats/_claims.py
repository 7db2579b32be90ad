"""Which rule claims a line: the one that matches most of it. Remembered by the line's text, for dumps repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oopsight.formats import _format

# Of a line that is longer, nothing is remembered.
_LONGEST = 512
_MOST = 1 << 16


@dataclass(frozen=True, slots=True)
class Claim:
    """The rule that claims a line, its format's name, and what it found."""

    rule: _format.Rule
    format: str
    found: re.Match[str]


class Claims:
    """The rules of all formats, by the text that they need."""

    def __init__(self, formats: Mapping[str, _format.Format]) -> None:
        self._rules: dict[str, list[tuple[str, _format.Rule]]] = {}
        for name, record in formats.items():
            for rule in record.rules:
                self._rules.setdefault(rule.needs, []).append((name, rule))
        order = [(name, rule) for name, record in formats.items() for rule in record.rules]
        self._rank = {(name, id(rule)): at for at, (name, rule) in enumerate(order)}
        self._known: dict[str, Claim | None] = {}

    def of(self, text: str) -> Claim | None:
        """The rule that claims this text: the one that matches most, of several the first."""
        if text in self._known:
            return self._known[text]
        best: tuple[int, int, Claim] | None = None
        for needs, rules in self._rules.items():
            if needs not in text:
                continue
            for name, rule in rules:
                found = rule.pattern.match(text)
                if found is None:
                    continue
                rank = found.end(), -self._rank[name, id(rule)]
                if best is None or rank > best[:2]:
                    best = (*rank, Claim(rule, name, found))
        claim = None if best is None else best[2]
        if len(text) <= _LONGEST:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[text] = claim
        return claim

    def forget(self) -> None:
        """Forget what was claimed; costs time and nothing else."""
        self._known.clear()
