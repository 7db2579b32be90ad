"""C as text, without a parser: brackets, arguments, parameters, and definitions made ready for a parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import preprocess

_DIRECTIVE = re.compile(r"[ \t]*#")
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """An identifier of a body as a variable: not a member, not a label, not the name of a called function."""

    name: str
    line: int
    column: int


def parameters_of(header: str) -> tuple[model.Parameter, ...]:
    """The parameters in the last parentheses that follow a function's name: `(gfp_t mask, int (*fn)(void))`."""
    opening = header.find("(")
    if opening < 0:
        return ()
    closing = matching(header, opening)
    inner = header[opening + 1 : closing]
    return tuple(_parameter(text) for text in split_arguments(inner) if text and text != "void")


def _parameter(text: str) -> model.Parameter:
    text = " ".join(text.split())
    pointer = re.search(r"\(\s*\*+\s*(?:const\s+)?(\w+)", text)
    if pointer:
        return model.Parameter(pointer.group(1), text[: pointer.start(1)] + text[pointer.end(1) :])
    named = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:__\w+\s*)*$", text)
    if named and text != "..." and named.start() > 0:
        return model.Parameter(named.group(1), text[: named.start()].strip())
    return model.Parameter("" if named is None or named.start() > 0 else named.group(1), "")


def matching(text: str, opening: int) -> int:
    """The offset of the bracket that closes the one at `opening`; the end of the text when there is none."""
    depth = 0
    quote = ""
    at = opening
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return len(text)


def split_arguments(text: str) -> list[str]:
    """`a, f(b, c), d` in its parts, split at commas outside of brackets and quotes."""
    parts = []
    start = at = 0
    while at < len(text):
        char = text[at]
        if char in "([{":
            at = matching(text, at)
        elif char in "\"'":
            end = at + 1
            while end < len(text) and text[end] != char:
                end += 2 if text[end] == "\\" else 1
            at = end
        elif char == ",":
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    parts.append(text[start:].strip())
    return parts if parts != [""] else []


def blank(text: str) -> str:
    """Spaces in the shape of `text`."""
    return _NOT_NEWLINE.sub(" ", text)


def piece(lines: Sequence[str], definition: model.Definition, excluded: frozenset[int]) -> str:
    """The definition's text without comments, directives and the lines `excluded`, in the same shape."""
    piece = []
    continued = False
    for number in range(definition.start_line, min(definition.end_line, len(lines)) + 1):
        line = lines[number - 1]
        directive = continued or (
            _DIRECTIVE.match(line) is not None and definition.kind is not model.DefinitionKind.MACRO
        )
        continued = directive and line.endswith("\\")
        piece.append(blank(line) if directive or number in excluded else line)
    return preprocess.without_comments("\n".join(piece))


def function_text(piece: str) -> str:
    """The piece with its header replaced by one that every parser knows."""
    opening = piece.find("{")
    if opening < 0:
        return ""
    header = piece[:opening]
    stand_in = "void f()"
    end = header.find("\n")
    end = len(header) if end < 0 else end
    if end < len(stand_in):
        return piece
    return stand_in + blank(header[len(stand_in) :]) + piece[opening:]


def macro_text(piece: str, definition: model.Definition) -> str:
    """The macro's replacement as the body of a function, one line lower than in the file."""
    match = re.match(r"[ \t]*#[ \t]*define[ \t]+\w+", piece)
    if match is None:
        return ""
    end = match.end()
    if piece[end : end + 1] == "(":
        end = matching(piece, end) + 1
    body = re.sub(r"\\(\n|$)", r" \1", piece[end:])
    # `#x` and `a##b` are no C; what they make cannot be known here.
    body = body.replace("##", "  ").replace("#", " ")
    return "void f() {\n" + blank(piece[:end]) + body + "\n;}"


def parameter_at(
    lines: Sequence[str], definition: model.Definition, line: int, column: int
) -> Token | None:
    """The parameter's name under a place in the header of a function."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    names = {parameter.name for parameter in definition.parameters}
    for match in re.finditer(r"\w+", text):
        if match.start() <= column <= match.end() and match.group() in names:
            before = (
                "\n".join(lines[definition.position.line - 1 : line - 1])
                + "\n"
                + text[: match.start()]
            )
            if line >= definition.position.line and "{" not in before:
                return Token(match.group(), line, match.start())
    return None
