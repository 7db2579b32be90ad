"""Where a function is used: every file of a tree is searched for its name, and what holds each use is told.

Bytes are searched, which takes a second or two for a whole kernel; the index knows definitions and no uses.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from oopsight import model
from oopsight.tree import listing, scan, spots, workers
from oopsight.tree.rows import Row
from oopsight.tree.workers import Cancelled

K = model.DefinitionKind
_HOLDERS = (K.FUNCTION, K.INLINE, K.MACRO)
_FILES_BETWEEN_LOOKS = 50


class Use(NamedTuple):
    """A use of a name: its line from 1, its column in code points, and the function or macro that holds it."""

    path: str
    line: int
    column: int
    holder: str


def uses(
    tops: Mapping[str, Path],
    name: str,
    *,
    near: str = "",
    only: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[tuple[Use, ...]]:
    """The uses of `name` inside functions and macros, file by file, the files in the folder of `near` first.

    `tops` are the source roots by their ids, the kernel tree's `tree`.

    With `only`, the uses in this file and in those that include it: nothing else sees a static function of a C file.
    Raises `Cancelled` when `cancelled` says so; `progress` is told (files done, files to do).
    """
    listed = [
        (one.path if key == "tree" else f"{key}:/{one.path}", os.fspath(top), one)
        for key, top in tops.items()
        for one in listing.sources(top)
        if not listing.is_large_header(one)
    ]
    folder = posixpath.dirname(near)
    listed.sort(key=lambda one: (one[0] != near, posixpath.dirname(one[0]) != folder))
    literal = name.encode("utf-8", "surrogateescape")
    including = None if only is None else posixpath.basename(only).encode() + b'"'
    for number, (path, top, file) in enumerate(listed):
        if number % _FILES_BETWEEN_LOOKS == 0:
            if cancelled is not None and cancelled():
                raise Cancelled
            if progress is not None:
                progress(number, len(listed))
        data = workers.read(top, file)
        if literal not in data:
            continue
        if including is not None and path != only and including not in data:
            continue
        found = tuple(_in_file(path, data, name))
        if found:
            yield found


def _in_file(path: str, data: bytes, name: str) -> Iterator[Use]:
    """The uses in one file, one for each word; a word in a comment or a string is none."""
    word = re.compile(rb"(?<!\w)" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?!\w)")
    clean = spots.without_comments(data.replace(b"\r\n", b"\n"))
    rows: list[Row] | None = None
    lines = spots.Lines(b"\n" + clean)
    for match in word.finditer(clean):
        if rows is None:
            rows = [row for row in scan.scan(path, data).rows if row.kind in _HOLDERS]
        line = lines.of(match.start() + 1)
        start = clean.rfind(b"\n", 0, match.start()) + 1
        before = clean[start : match.start()]
        holder = _holder(rows, line)
        if holder is None or _in_string(before) or (holder.name == name and line == holder.line):
            continue
        yield Use(path, line, len(before.decode("utf-8", "surrogateescape")), holder.name)


def _holder(rows: list[Row], line: int) -> Row | None:
    """The innermost function or macro on a line."""
    holding = [row for row in rows if row.start <= line <= row.end]
    return max(holding, key=lambda row: row.start, default=None)


def _in_string(before: bytes) -> bool:
    return (before.count(b'"') - before.count(b'\\"') - before.count(b"'\"'")) % 2 == 1
