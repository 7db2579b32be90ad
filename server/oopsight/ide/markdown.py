"""The only place where Markdown is spelled.

Features build blocks from pieces, and the kind of a piece says how it is escaped. Foreign text (of a log, of a
source file) can therefore never become a link, a command, HTML or an image, whatever it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from oopsight.ide import words


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a sentence; every character is shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name, a number or a piece of code, in a code span."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A code span that leads to `target`, a URI of our own making; without a target it is only the code span."""

    text: str
    target: str | None


Piece = Text | Strong | Code | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Pieces on one line."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each row is one line of pieces."""

    rows: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """Lines of code of a language (a word of ours such as `c`)."""

    language: str
    lines: tuple[str, ...]


Block = Paragraph | Items | Fence


def paragraph(*pieces: Piece) -> Paragraph:
    """A paragraph of these pieces."""
    return Paragraph(pieces)


# In a sentence of ours: what it quotes, and what can only be a name of C or a place in a file.
_QUOTED = re.compile(
    r"`([^`]+)`"
    r"|(\b\w{1,80}(?:[./-]\w{1,80}){0,20}\.[chS](?::\d{1,9})?\b"
    r"|\b(?:\w{0,80}_\w{0,80}\b|\w{1,80}(?=->|\[\d))(?:->\w{1,80}|\[\d{1,9}\]){0,8})"
)


def sentence(text: str) -> tuple[Piece, ...]:
    """A sentence of ours with the names in it as code."""
    pieces: list[Piece] = []
    at = 0
    for match in _QUOTED.finditer(text):
        pieces += [Text(text[at : match.start()]), Code(match[1] or match[2])]
        at = match.end()
    return (*pieces, Text(text[at:]))


def render(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown (CommonMark, safe also under the extensions of GitHub's dialect)."""
    return "\n\n".join(_block(block) for block in blocks if not _is_empty(block))


def plain(blocks: Iterable[Block]) -> str:
    """The blocks as plain text, for clients that show no Markdown."""
    return "\n\n".join(_plain_block(block) for block in blocks if not _is_empty(block))


def _is_empty(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return not block.pieces
    return not (block.rows if isinstance(block, Items) else block.lines)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _line(block.pieces)
    if isinstance(block, Items):
        return "\n".join(f"- {_line(row)}" for row in block.rows)
    shown = [words.visible(line) for line in block.lines]
    fence = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return "\n".join((fence + block.language, *shown, fence))


def _plain_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _plain_line(block.pieces)
    if isinstance(block, Items):
        return "\n".join(f"- {_plain_line(row)}" for row in block.rows)
    return "\n".join(words.visible(line) for line in block.lines)


def _plain_line(pieces: Iterable[Piece]) -> str:
    return "".join(words.visible(piece.text) for piece in pieces)


def _line(pieces: Iterable[Piece]) -> str:
    line = "".join(_piece(piece) for piece in pieces)
    return _LEADING.sub(r"\1\\\2", line.strip())


def _piece(piece: Piece) -> str:
    if isinstance(piece, Text):
        return escape(piece.text)
    if isinstance(piece, Strong):
        return _strong(piece.text)
    if isinstance(piece, Code) or piece.target is None:
        return code(piece.text)
    return f"[{code(piece.text)}]({piece.target})"


def _strong(text: str) -> str:
    """Stars count only when they touch the words."""
    words_only = text.strip()
    if not words_only:
        return escape(text)
    before, _, after = text.partition(words_only)
    return f"{before}**{escape(words_only)}**{after}"


_SPECIAL = re.compile(r"[\\`*_\[\]<>&#|~!@$]")
# The dialects of GitHub and of VS Code make links of bare addresses too.
_ADDRESS = re.compile(r":(?=/)|(?<=mailto):|(?<=xmpp):|(?<=www)\.", re.IGNORECASE)
# What begins a list or a heading at the start of a line.
_LEADING = re.compile(r"^(\d{0,9})([-+=.)])")


def escape(text: str) -> str:
    """`text` so that Markdown shows each of its characters."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], words.visible(text))
    return _ADDRESS.sub(lambda match: "\\" + match[0], escaped)


def code(text: str) -> str:
    """`text` as a code span that no backtick inside can end."""
    shown = words.visible(text).replace("\t", " ")
    if not shown.strip():
        return escape(shown)
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
