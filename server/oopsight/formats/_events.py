"""What was read of a printer's lines, in their order: the pieces from which crashes are put together.

A large text is read in parts; a crash can begin in one and end in another. So parts give events, and `_reports`
makes crashes from the events of all parts.
"""

from __future__ import annotations

from dataclasses import dataclass

from oopsight import model


@dataclass(frozen=True, slots=True)
class Title:
    """A line that names what happened; see `_kinds.Says` for `crash`, `joins` and `weak`.

    `named` is the place in code that it names, as a stack of its own.
    """

    text: str
    crash: str | None
    joins: bool
    fault_address: int | None = None
    weak: bool = False
    named: model.Stack | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What one line says about the crash; what it does not say is None."""

    cpu: int | None = None
    pid: int | None = None
    comm: str | None = None
    taint: str | None = None
    release: str | None = None
    hardware: str | None = None
    fault_address: int | None = None
    build_id: str | None = None


@dataclass(frozen=True, slots=True)
class Modules:
    """The modules of one line of the list."""

    modules: tuple[model.Module, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The end of a report; a `border` ends only one that has its stack."""

    border: bool = False


@dataclass(frozen=True, slots=True)
class Boot:
    """A kernel starts: what follows is about another run."""


What = (
    Title
    | Facts
    | Modules
    | End
    | Boot
    | model.Stack
    | model.RegisterSet
    | model.CodeBytes
    | model.MemoryWords
    | model.PrintedValue
    | model.SourceMention
)


@dataclass(frozen=True, slots=True)
class Event:
    """One of these, with its places in the text and who printed it."""

    what: What
    spans: tuple[model.Span, ...]
    caller: str | None = None
