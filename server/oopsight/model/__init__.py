"""The nouns: frozen values that cross a package border. Standard library only, no look-ups, no I/O.

Absent facts are `None` (not printed, not known), never 0 or "". Sequences are tuples.
`Span` is a place in a log (lines from 0); `SourcePos` is a place in a source tree (lines from 1).
"""

from oopsight.model.arch import Arch, Field, Layout, Region, Register
from oopsight.model.crash import (
    Argument,
    CodeRef,
    Crash,
    Frame,
    FrameKind,
    Parsed,
    Reliability,
    SourceMention,
    SourceRow,
    Stack,
    StackRole,
    Variable,
)
from oopsight.model.moves import moved
from oopsight.model.problem import Problem
from oopsight.model.resolved import (
    Candidate,
    Evidence,
    Explanation,
    Hop,
    HopKind,
    ResolvedCrash,
    ResolvedFrame,
    ResolvedStack,
    ResolvedValue,
    Root,
    Status,
    TreeMatch,
    TreeVerdict,
)
from oopsight.model.source import Definition, DefinitionKind, Parameter, SourcePos, rooted
from oopsight.model.text import Document, LogLine, Piece, Span
from oopsight.model.value import (
    Alternative,
    Constant,
    Constants,
    DecodedField,
    DecodedValue,
    Domain,
    Part,
    Shape,
    TableEntry,
)

__all__ = [
    "Alternative",
    "Arch",
    "Argument",
    "Candidate",
    "CodeRef",
    "Constant",
    "Constants",
    "Crash",
    "DecodedField",
    "DecodedValue",
    "Definition",
    "DefinitionKind",
    "Document",
    "Domain",
    "Evidence",
    "Explanation",
    "Field",
    "Frame",
    "FrameKind",
    "Hop",
    "HopKind",
    "Layout",
    "LogLine",
    "Parameter",
    "Parsed",
    "Part",
    "Piece",
    "Problem",
    "Region",
    "Register",
    "Reliability",
    "ResolvedCrash",
    "ResolvedFrame",
    "ResolvedStack",
    "ResolvedValue",
    "Root",
    "Shape",
    "SourceMention",
    "SourcePos",
    "SourceRow",
    "Span",
    "Stack",
    "StackRole",
    "Status",
    "TableEntry",
    "TreeMatch",
    "TreeVerdict",
    "Variable",
    "moved",
    "rooted",
]
