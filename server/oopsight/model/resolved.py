"""Facts about a crash in a tree, each with how it is known. The words are those of the command line's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oopsight.model.crash import Crash, Frame, Stack
from oopsight.model.problem import Problem
from oopsight.model.source import Definition, SourcePos
from oopsight.model.text import Span
from oopsight.model.value import Alternative, DecodedField, Part


class Status(Enum):
    """How sure a frame's place is."""

    EXACT = "exact"  # proved
    LIKELY = "likely"  # several remain, one is clearly first
    AMBIGUOUS = "ambiguous"  # several remain, none is clearly first
    FUNCTION = "function"  # the function is known, the place in it is not
    MISMATCH = "mismatch"  # the text's own file:line does not fit the tree
    UNRESOLVED = "unresolved"  # looked for and not found; the reasons say why
    NO_SOURCE = "no-source"  # there is no source to find (a user-space address)


class Evidence(Enum):
    """What an answer rests on."""

    PRINTED = "printed"
    DWARF = "dwarf"
    SYMTAB = "symtab"
    CALL_PATH = "call-path"
    TABLE = "table"
    VALUE = "value"
    DEFINITION = "definition"


class HopKind(Enum):
    """How control went through a function that the text does not show."""

    INLINE = "inline"
    MACRO = "macro"
    TAIL_CALL = "tail-call"
    FUNCTION_POINTER = "function-pointer"
    ASM = "asm"


@dataclass(frozen=True, slots=True)
class ResolvedValue:
    """A value of the text and what it means here.

    `number` is None when unknown or cut. `evidence` is printed | location-list | register | stack | derived;
    `at` is "here" (true at the frame's place) or "entry". `doubts` are full sentences; `expected` is the better
    value beside a doubt. `declared` is where the parameter or variable is declared in the tree, `target` a
    printed symbolic meaning with its place `target_position`.
    """

    name: str | None
    printed: str
    number: int | None
    type: str | None = None
    bits: int | None = None
    domain: str | None = None
    text: str | None = None
    parts: tuple[Part, ...] = ()
    fields: tuple[DecodedField, ...] = ()
    unknown: int = 0
    alternatives: tuple[Alternative, ...] = ()
    evidence: str = "printed"
    at: str = "here"
    derivation: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    expected: int | None = None
    cut: bool = False
    spans: tuple[Span, ...] = ()
    members: tuple[ResolvedValue, ...] = ()
    target: str | None = None
    target_position: SourcePos | None = None
    declared: SourcePos | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """A function or macro between a frame and the next inner printed one.

    `position` is where it calls the next one, `definition` where it is defined.
    """

    name: str
    kind: HopKind
    definition: SourcePos
    position: SourcePos
    arguments: tuple[ResolvedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that was not chosen, and why it comes second; `hops` is the way from there to the next inner frame."""

    position: SourcePos
    reasons: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedFrame:
    """A printed frame with its place in the tree.

    `definition` is the function's, `position` the place in it that leads to the next inner frame (or that can have
    faulted); None when unknown. `candidates` are the other places, best first. `reasons` are full sentences.
    `others` are other definitions of the same name that were not chosen.
    """

    frame: Frame
    status: Status
    definition: Definition | None = None
    position: SourcePos | None = None
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    hops: tuple[Hop, ...] = ()
    arguments: tuple[ResolvedValue, ...] = ()
    variables: tuple[ResolvedValue, ...] = ()
    others: tuple[Definition, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedStack:
    """A printed stack and its resolved frames, in printed order."""

    stack: Stack
    frames: tuple[ResolvedFrame, ...]
    pending: bool = False


class TreeMatch(Enum):
    """Whether the sources at hand are those of the kernel that crashed."""

    THIS = "this tree"
    NEAR = "near it"
    ANOTHER = "another tree"


@dataclass(frozen=True, slots=True)
class TreeVerdict:
    """Whether the tree is that of the crash; `match` is None when nothing tells. `reasons` are full sentences."""

    match: TreeMatch | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedCrash:
    """A printed crash, resolved. `values` are values of the text that belong to no frame.

    `verdict` is None without a tree and while the tree is still being read.
    """

    crash: Crash
    arch: str | None
    stacks: tuple[ResolvedStack, ...]
    values: tuple[ResolvedValue, ...] = ()
    problems: tuple[Problem, ...] = ()
    verdict: TreeVerdict | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A source root that answers refer to by `id`; `path` is absolute."""

    id: str
    path: str
    release: str | None


@dataclass(frozen=True, slots=True)
class ImageUsed:
    """An image that was given: a kernel's file with its symbols. `matches` is None where nothing tells."""

    id: str
    path: str
    build_id: str | None
    arch: str | None
    matches: bool | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is said about one document."""

    roots: tuple[Root, ...]
    crashes: tuple[ResolvedCrash, ...]
    problems: tuple[Problem, ...] = ()
    images: tuple[ImageUsed, ...] = ()
