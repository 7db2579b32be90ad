"""A kernel tree: is this one, which release, which architectures, which configuration; and what its names are."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from oopsight import model
from oopsight.tree import (
    constants,
    csyntax,
    ctext,
    evaluate,
    files,
    indexes,
    made,
    preprocess,
    scan,
)
from oopsight.tree.rows import Row

K = model.DefinitionKind
FUNCTIONS = (K.FUNCTION, K.INLINE)
_T = TypeVar("_T")
_MOST_ANSWERS = 20_000


class NotAKernelTree(Exception):
    """The directory is no kernel tree; the text says why and what to do, in one sentence."""


class NotAConfiguration(NotAKernelTree):
    """The tree is one, but the named kernel configuration is none; the text says what to do, in one sentence."""


@dataclass(slots=True)
class Memory:
    """What was read once and need not be read again; it can be dropped at any time."""

    conditionals: dict[str, preprocess.Conditionals] = field(default_factory=dict)
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    definitions: dict[tuple[str, Row], model.Definition] = field(default_factory=dict)
    bodies: dict[model.Definition, csyntax.Body] = field(default_factory=dict)
    constants: dict[str | None, constants.TreeConstants] = field(default_factory=dict)
    holds: dict[str, bool | None] = field(default_factory=dict)
    included: dict[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    # Units of C files, by path and architecture; made and read by `units`.
    units: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    answers: dict[object, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class KernelTree:
    """A snapshot of a kernel tree. `index` may be empty (not `complete`); everything else is there at once.

    `config` is None when the tree has no configuration and none was named; `config_path` is where it was read.
    """

    root: Path
    release: str | None
    arches: tuple[str, ...]
    sources: files.Sources
    index: indexes.Index
    config: preprocess.Config | None = None
    config_path: Path | None = None
    graph: dict[object, Any] = field(default_factory=dict, repr=False)
    _memory: Memory = field(default_factory=Memory, repr=False)

    def conditionals(self, path: str) -> preprocess.Conditionals:
        """The `#if` conditions of a file's lines."""
        found = self._memory.conditionals.get(path)
        if found is None:
            found = preprocess.conditionals(self.sources.text(path) or "")
            self._memory.conditionals[path] = found
        return found

    def holds(self, condition: str | None) -> bool | None:
        """Whether a condition holds under the configuration, None when nothing decides it."""
        if condition is None:
            return True
        known = self._memory.holds
        if condition not in known:
            known[condition] = preprocess.holds(condition, self.config)
        return known[condition]

    def once(self, question: Hashable, answer: Callable[[], _T]) -> _T:
        """The answer to a question about this snapshot, found the first time and remembered."""
        answers = self._memory.answers
        if question not in answers:
            if len(answers) >= _MOST_ANSWERS:
                answers.clear()
            answers[question] = answer()
        found: _T = answers[question]
        return found

    @property
    def memory(self) -> Memory:
        """What was read of this snapshot, for the modules that read it."""
        return self._memory

    def rows(self, path: str) -> tuple[Row, ...]:
        """Every definition in one file, read from the file itself."""
        found = self._memory.rows.get(path)
        if found is None:
            found = tuple(scan.scan(path, self.sources.data(path) or b"").rows)
            self._memory.rows[path] = found
        return found

    def definition(self, path: str, row: Row) -> model.Definition:
        """The definition that `row` found in `path`, with its parameters and condition."""
        found = self._memory.definitions.get((path, row))
        if found is None:
            found = self._define(path, row)
            self._memory.definitions[path, row] = found
        return found

    def _define(self, path: str, row: Row) -> model.Definition:
        lines = self.sources.lines(path) or ()
        name_line = lines[row.line - 1] if row.line <= len(lines) else ""
        found = re.search(rf"(?<!\w){re.escape(row.name)}(?!\w)", name_line)
        parameters: tuple[model.Parameter, ...] = ()
        if row.kind in (*FUNCTIONS, K.MACRO):
            column = found.start() if found else 0
            text = "\n".join((name_line[column:], *lines[row.line : min(row.end, row.line + 40)]))
            header = preprocess.without_comments(text.replace("\\\n", " \n"))
            is_call = (
                header[len(row.name) :].lstrip(" \t\n" if row.kind is not K.MACRO else "")[:1]
                == "("
            )
            parameters = ctext.parameters_of(header) if is_call else ()
        return model.Definition(
            row.name,
            row.kind,
            model.SourcePos(path, row.line, found.start() if found else None),
            row.start,
            row.end,
            parameters,
            row.static,
            self.conditionals(path).at(row.line),
            row.type_name,
        )

    def definitions(self, name: str, *kinds: model.DefinitionKind) -> tuple[model.Definition, ...]:
        """Every definition of `name` in the tree, of the given kinds if any are given."""
        found = []
        for path, row in self.index.find(name):
            if kinds and row.kind not in kinds:
                continue
            current = self._current(path, row)
            if current is not None:
                found.append(self.definition(path, current))
        if not kinds or K.FUNCTION in kinds:
            places = {(one.position.path, one.position.line) for one in found}
            found += [
                one
                for one in made.made(self, name)
                if (one.position.path, one.position.line) not in places
            ]
        return tuple(found)

    def _current(self, path: str, row: Row) -> Row | None:
        """The row as the file has it now: an edit since the index was made may have moved it."""
        lines = self.sources.lines(path)
        if lines is None:
            return None
        if row.line <= len(lines) and row.name in lines[row.line - 1]:
            return row
        same = [
            other for other in self.rows(path) if other.name == row.name and other.kind is row.kind
        ]
        return min(
            same,
            key=lambda other: abs(other.line - row.line),
            default=row if row.name.startswith(("sys_", "compat_sys_")) else None,
        )

    def body(self, definition: model.Definition) -> csyntax.Body:
        """What a function or macro does, without the lines that the configuration leaves out."""
        found = self._memory.bodies.get(definition)
        if found is None:
            path = definition.position.path
            known = self.conditionals(path)
            span = range(definition.start_line, definition.end_line + 1)
            conditions = {line: known.at(line) for line in span}
            outer = known.at(definition.position.line)
            decided = {
                condition: condition != outer and self.holds(condition) is False
                for condition in set(conditions.values())
            }
            excluded = frozenset(line for line in span if decided[conditions[line]])
            found = csyntax.read_body(self.sources.lines(path) or (), definition, known, excluded)
            self._memory.bodies[definition] = found
        return found

    def constants(self, arch: model.Arch | None) -> constants.TreeConstants:
        """The tree's names and numbers, as `arch` sees them."""
        key = arch.name if arch is not None else None
        found = self._memory.constants.get(key)
        if found is None:
            found = constants.TreeConstants(
                self.sources.text,
                self._files_that_define,
                self.config,
                arch.bits if arch is not None else 64,
                arch.tree_dir if arch is not None else None,
            )
            self._memory.constants[key] = found
        return found

    def number(
        self, expression: str, known: Mapping[str, int], arch: model.Arch | None
    ) -> int | None:
        """The number of a C expression whose variables are `known`; None unless it can have only one."""
        names = self.constants(arch)

        def lookup(name: str) -> tuple[evaluate.Meaning, ...]:
            if name in known:
                return (evaluate.Meaning(name, f"{known[name]:#x}u"),)
            return tuple(
                evaluate.Meaning(
                    name, str(constant.number), None, None if constant.holds else constant.condition
                )
                for constant in names.named(name)
            )

        outcomes = evaluate.evaluate(
            expression, lookup, bits=arch.bits if arch else 64, holds=names.holds
        )
        return outcomes[0].number if len(outcomes) == 1 else None

    def _files_that_define(self, name: str) -> tuple[str, ...]:
        kinds = (K.CONSTANT, K.MACRO, K.ENUMERATOR, K.TABLE, K.STRUCT)
        return tuple(
            dict.fromkeys(path for path, row in self.index.find(name) if row.kind in kinds)
        )

    def function_at(self, path: str, line: int) -> model.Definition | None:
        """The function or macro of `path` that holds the 1-based `line`."""
        if not self.sources.exists(path):
            return None
        for row in self.rows(path):
            if row.start <= line <= row.end and row.kind in (*FUNCTIONS, K.MACRO):
                return self.definition(path, row)
        return None


_VERSION = re.compile(
    r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*[:?]?=[ \t]*([^\n#]*)", re.MULTILINE
)


def open_tree(path: Path, *, config: Path | None = None) -> KernelTree:
    """Open the kernel tree at `path`. Quick: the index stays empty until `build_index`.

    A kernel tree is a directory whose Makefile states VERSION and PATCHLEVEL and that has `include/linux` and `arch`.
    Raises `NotAKernelTree` when `path` is none, and its kind `NotAConfiguration` when only `config` is none.
    """
    if not path.exists():
        raise NotAKernelTree(
            f"There is no directory {path}: name the top directory of a kernel source tree."
        )
    if not path.is_dir():
        raise NotAKernelTree(f"{path} is a file: name the top directory of a kernel source tree.")
    stated = _stated_version(path)
    missing = [
        what
        for what, there in (
            ("a Makefile that states VERSION and PATCHLEVEL", stated is not None),
            ("a directory include/linux", (path / "include" / "linux").is_dir()),
            ("a directory arch", (path / "arch").is_dir()),
        )
        if not there
    ]
    if missing:
        raise NotAKernelTree(
            f"{path} is not the top of a kernel source tree, since it lacks {' and '.join(missing)}: "
            "name the directory that holds the kernel's top Makefile."
        )
    read, config_path = _config(path, config)
    arches = sorted(entry.name for entry in (path / "arch").iterdir() if entry.is_dir())
    root = Path(os.path.abspath(path))
    return KernelTree(
        root, stated, tuple(arches), files.Sources(root), indexes.Index(None), read, config_path
    )


def _stated_version(path: Path) -> str | None:
    try:
        with open(path / "Makefile", encoding="utf-8", errors="replace") as file:
            head = file.read(8192)
    except OSError:
        return None
    stated = {match.group(1): match.group(2).strip() for match in _VERSION.finditer(head)}
    if not stated.get("VERSION") or not stated.get("PATCHLEVEL"):
        return None
    numbers = [stated["VERSION"], stated["PATCHLEVEL"], stated.get("SUBLEVEL", "")]
    return ".".join(number for number in numbers if number) + stated.get("EXTRAVERSION", "")


# What every configuration has at least one of, set or not, as `.config` or `autoconf.h` writes it.
_OPTION = re.compile(
    r"^(?:CONFIG_\w+=|# CONFIG_\w+ is not set|[ \t]*#[ \t]*define[ \t]+CONFIG_\w)", re.MULTILINE
)


def _config(path: Path, named: Path | None) -> tuple[preprocess.Config | None, Path | None]:
    """The named configuration, else the tree's own `.config`, else what a build left in `include/generated`."""
    if named is not None:
        try:
            text = named.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise NotAConfiguration(
                f"The kernel configuration {named} cannot be read ({reason}): name a readable .config file."
            ) from None
        if not _OPTION.search(text):
            raise NotAConfiguration(
                f"{named} is no kernel configuration, since no line of it sets an option (CONFIG_MMU=y): "
                "name the .config file that the kernel was built with."
            )
        return preprocess.parse_config(text), named
    for candidate in (path / ".config", path / "include" / "generated" / "autoconf.h"):
        try:
            text = candidate.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if _OPTION.search(text):
            return preprocess.parse_config(text), candidate
    return None, None


def build_index(
    tree: KernelTree,
    *,
    rebuild: bool = False,
    only: Sequence[str] | None = None,
    wanted: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
    grown: Callable[[KernelTree], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> KernelTree:
    """A new snapshot of `tree` with a complete index, from the user's cache as far as files did not change.

    With `only`, just these tree-relative paths are looked at again. On a tree that was never read, the files that may
    define the `wanted` names are read first, and `grown` is given a snapshot that knows them. `progress` is told
    (files done, files to do). Raises `Cancelled` when `cancelled` says so.
    """

    def snapshot(index: indexes.Index) -> KernelTree:
        return replace(
            tree, sources=files.Sources(tree.root), index=index, graph={}, _memory=Memory()
        )

    index = indexes.build(
        tree.root,
        rebuild=rebuild,
        only=only,
        wanted=wanted,
        progress=progress,
        grown=None if grown is None else lambda index: grown(snapshot(index)),
        cancelled=cancelled,
    )
    return snapshot(index)
