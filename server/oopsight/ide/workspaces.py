"""The frozen snapshot that every feature takes first: open texts, what they mean, and the tree.

Features are functions of a snapshot; nothing here changes, reads a file or knows a protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from oopsight import model, resolve, tree


class Stage(Enum):
    """What of the kernel tree is at hand."""

    NO_TREE = "no-tree"  # none was named, or the named one is none
    INDEXING = "indexing"  # named; its definitions are still being collected
    READY = "ready"


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """An open text that holds a crash, or may: what it says and what that means."""

    parsed: model.Parsed
    explanation: model.Explanation

    @property
    def key(self) -> str:
        """The document's name."""
        return self.parsed.document.key

    @property
    def lines(self) -> tuple[str, ...]:
        """The document's lines."""
        return self.parsed.document.lines


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user points: `line` from 0 and `column` in code points.

    `path` is the place's file in the kernel tree (relative to its root), None for a text outside it.
    """

    key: str
    line: int
    column: int
    path: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """Everything that a feature may look at.

    `logs` are the crash texts by key, `buffers` the other open documents. `tree_problem` says in full
    sentences why there is no tree, index or configuration although one was named.
    """

    logs: Mapping[str, Log] = field(default_factory=dict)
    buffers: Mapping[str, model.Document] = field(default_factory=dict)
    tree: tree.KernelTree | None = None
    stage: Stage = Stage.NO_TREE
    tree_problem: str | None = None

    def log(self, key: str) -> Log | None:
        """The crash text of that name."""
        return self.logs.get(key)

    def lines(self, path: str) -> tuple[str, ...] | None:
        """The lines of a file of the tree; None when there is no such file inside it."""
        return None if self.tree is None else self.tree.sources.lines(path)

    def lines_at(self, place: Place) -> tuple[str, ...]:
        """The lines of the text that a place stands in: a crash text, another open document, or a file of the tree."""
        log = self.log(place.key)
        if log is not None:
            return log.lines
        buffer = self.buffers.get(place.key)
        if buffer is not None:
            return buffer.lines
        return (self.lines(place.path) if place.path else None) or ()

    def in_tree(self, position: model.SourcePos) -> model.SourcePos:
        """A printed place as the tree names it; as it is where the tree has no such file."""
        found = None if self.tree is None else resolve.path_in_tree(self.tree, position.path)
        return position if found is None else replace(position, path=found)

    def uri(self, position: model.SourcePos) -> str | None:
        """A `file:` URI with the line as its fragment, None for what is no file inside the tree."""
        if self.tree is None or not self.tree.sources.exists(position.path):
            return None
        return f"{self.tree.sources.place(position.path).as_uri()}#L{position.line}"


def text_only(parsed: model.Parsed) -> model.Explanation:
    """What the text alone says, as an explanation in which nothing was looked up."""
    return model.Explanation((), tuple(_unresolved(crash) for crash in parsed.crashes))


def _unresolved(crash: model.Crash) -> model.ResolvedCrash:
    stacks = tuple(
        model.ResolvedStack(
            stack,
            tuple(
                model.ResolvedFrame(
                    frame,
                    model.Status.UNRESOLVED,
                    arguments=tuple(_argument(argument) for argument in frame.arguments),
                    variables=tuple(_variable(variable) for variable in frame.variables),
                )
                for frame in stack.frames
            ),
        )
        for stack in crash.stacks
    )
    return model.ResolvedCrash(
        crash, crash.arch, stacks, tuple(_variable(variable) for variable in crash.windows)
    )


def _argument(argument: model.Argument) -> model.ResolvedValue:
    return model.ResolvedValue(
        argument.name, argument.printed, argument.number, cut=argument.cut, spans=argument.spans
    )


def _variable(variable: model.Variable) -> model.ResolvedValue:
    return model.ResolvedValue(
        variable.name,
        variable.printed,
        variable.number,
        variable.type,
        cut=variable.cut,
        spans=variable.spans,
        members=tuple(_variable(member) for member in variable.members),
        target=variable.target,
    )
