"""Which kernel a text is of: the release in its oops headers (`Not tainted 6.1.0-49-amd64 #1`) or its boot banner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from oopsight import log, model

_BANNER = "Linux version "
_TAINT = "ainted"
_LONGEST = 2000
_RELEASE = r"(?P<release>[0-9]{1,3}\.[0-9]{1,5}(?:\.[0-9]{1,5})?[\w.+~-]{0,100})"
_IN_BANNER = re.compile(rf"Linux version {_RELEASE}(?P<rest>.{{0,1000}})", re.ASCII)
# `Comm: sh Not tainted 6.1.0 #1`, `CPU: 0    Tainted: G        W    (3.0.8 #1)`
_IN_HEADER = re.compile(
    rf"(?:Not tainted|Tainted:[A-Z ]{{1,60}}(?<= )) {{0,8}}\(?{_RELEASE}(?P<rest>.{{0,300}})",
    re.ASCII,
)
# The version of the sources beside a distribution's own release: `Debian 6.1.176-1`, `(Ubuntu 5.15.0-91.101-generic 5.15.131)`.
_UPSTREAM = re.compile(r"\bDebian ([0-9]+\.[0-9]+\.[0-9]+)|\(Ubuntu \S{1,80} ([0-9]+\.[0-9]+\.[0-9]+)\)", re.ASCII)  # fmt: skip

Told = tuple[str, str | None]


def of_lines(lines: Iterable[model.LogLine]) -> list[Told]:
    """Release and version of the sources that each of these lines tells; those of oops headers come first."""
    headers: list[Told] = []
    banners: list[Told] = []
    for line in lines:
        text = line.text
        if _TAINT in text:
            headers += _told(_IN_HEADER, text)
        if _BANNER in text:
            banners += _told(_IN_BANNER, text)
    return [*headers, *banners]


def _told(pattern: re.Pattern[str], text: str) -> list[Told]:
    found = pattern.search(text[:_LONGEST])
    if found is None:
        return []
    upstream = _UPSTREAM.search(found["rest"])
    return [
        (found["release"].rstrip("."), None if upstream is None else upstream[1] or upstream[2])
    ]


def release(document: model.Document, told: Sequence[Told], first: int) -> Told | tuple[None, None]:
    """The release of a crash whose first stack begins on line `first`: the one most often told beside it, else that
    of the last banner above it. The sources' version may stand in another line about the same release.
    """
    if not told:
        for number in range(min(first, len(document.lines)) - 1, -1, -1):
            if _BANNER in document.lines[number]:
                told = of_lines(log.read(document, number, number + 1))
                if told:
                    break
    if not told:
        return None, None
    most = Counter(name for name, _ in told).most_common(1)[0][0]
    upstream = next((version for name, version in told if name == most and version), None)
    return most, upstream
