"""The face: one file for each editor feature, in editor words, without a protocol.

Every feature is a function of a frozen `Workspace`; `cli` and `lsp` call them and turn the answers into bytes.
"""

from oopsight.ide.cursors import Hit
from oopsight.ide.definitions import Target, definition
from oopsight.ide.folds import Fold, folding_ranges
from oopsight.ide.hovers import Hover, hover
from oopsight.ide.links import Link, document_links
from oopsight.ide.outlines import Symbol, outline
from oopsight.ide.problems import Finding, Severity, findings
from oopsight.ide.references import Question, Reference, find_references, question
from oopsight.ide.symbols import Found, workspace_symbols
from oopsight.ide.words_at import WordHit
from oopsight.ide.workspaces import Log, Place, Stage, Workspace, text_only

__all__ = [
    "Finding",
    "Fold",
    "Found",
    "Hit",
    "Hover",
    "Link",
    "Log",
    "Place",
    "Question",
    "Reference",
    "Severity",
    "Stage",
    "Symbol",
    "Target",
    "WordHit",
    "Workspace",
    "definition",
    "document_links",
    "find_references",
    "findings",
    "folding_ranges",
    "hover",
    "outline",
    "question",
    "text_only",
    "workspace_symbols",
]
