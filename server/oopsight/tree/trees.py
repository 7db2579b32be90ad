"""A kernel tree: is this one, which release, which architectures, which configuration; and what its names are."""

from __future__ import annotations

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
    headers,
    indexes,
    made,
    preprocess,
    releases,
    roots,
    scan,
)
from oopsight.tree.rows import Row

K = model.DefinitionKind
FUNCTIONS = (K.FUNCTION, K.INLINE)
_T = TypeVar("_T")
_MOST_ANSWERS = 20_000


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
    targets: dict[tuple[str, str | None], tuple[str, ...]] = field(default_factory=dict)
    # Functions and macros of files that some unit holds: by name, and the files whose names are in it.
    nodes: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    with_nodes: set[str] = field(default_factory=set)
    headers: dict[str, headers.Header | None] = field(default_factory=dict)
    # Units of C files, by path and architecture; made and read by `units`.
    units: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    answers: dict[object, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class KernelTree:
    """A snapshot of a kernel tree. `index` may be empty (not `complete`); everything else is there at once.

    `config` is None when the tree has no configuration and none was named; `config_path` is where it was read.
    `build` is the output directory of a build whose generated headers are used, `builds` those that may be it where
    none is named and none decides. `also` are further source directories by the id of their root. `path_map` turns
    paths of another machine (their beginnings) into paths here.
    """

    root: Path
    release: str | None
    arches: tuple[str, ...]
    sources: files.Sources
    index: roots.AnyIndex
    config: preprocess.Config | None = None
    config_path: Path | None = None
    stated: releases.Stated | None = None
    build: Path | None = None
    builds: tuple[Path, ...] = ()
    also: Mapping[str, Path] = field(default_factory=dict)
    path_map: tuple[tuple[str, str], ...] = ()
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
    def roots(self) -> tuple[model.Root, ...]:
        """The source roots that answers refer to, the tree first."""
        others = [("build", self.build)] if self.build is not None else []
        others += [*self.also.items()]
        return (
            model.Root("tree", str(self.root), self.release),
            *(model.Root(key, str(path), None) for key, path in others if path is not None),
        )

    @property
    def memory(self) -> Memory:
        """What was read of this snapshot, for the modules that read it."""
        return self._memory

    def rows(self, path: str) -> tuple[Row, ...]:
        """Every definition in one file as it is now: from the index where that has read this state of it."""
        found = self._memory.rows.get(path)
        if found is None:
            found = self.index.rows(path)
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
        return tuple(found) or (() if kinds else made.declared(self, name))

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
            own = next(
                (
                    one
                    for one in made.together(self, definition)
                    if one.definition.name == definition.name
                ),
                None,
            )
            if own is not None and (own.body is not None or own.declared):
                found = csyntax.made_body(definition, own.body or "")
                self._memory.bodies[definition] = found
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
                self._memory.headers,
                indexed=self.index.complete,
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
        sources = tree.sources.unread()
        return replace(
            tree,
            sources=sources,
            index=roots.joined(index, others, sources),
            graph={},
            _memory=Memory(),
        )

    # The other roots are small, and what the tree answers first is not whole without them.
    known = roots.parts(tree.index)
    others = {
        key: indexes.build(
            path,
            rebuild=rebuild,
            only=None if only is None else roots.below(only, key),
            before=known.get(key),
            wanted=wanted,
            cancelled=cancelled,
        )
        for key, path in tree.also.items()
    }
    index = indexes.build(
        tree.root,
        rebuild=rebuild,
        only=None if only is None else roots.below(only, "tree"),
        before=known.get("tree"),
        wanted=wanted,
        progress=progress,
        grown=None if grown is None else lambda index: grown(snapshot(index)),
        cancelled=cancelled,
    )
    return snapshot(index)
