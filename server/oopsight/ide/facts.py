"""Values and places as Markdown blocks: what several hovers show in the same way."""

from __future__ import annotations

from collections.abc import Iterable

from oopsight import model
from oopsight.ide import excerpts, markdown, words, workspaces
from oopsight.ide.markdown import Code, Fence, Items, Link, Strong, Text, paragraph


def value(workspace: workspaces.Workspace, value: model.ResolvedValue) -> Iterable[markdown.Block]:
    """A value, each name in it with the line that states it, and every doubt."""
    of_type = (Text(" of type "), Code(value.type)) if value.type else ()
    name = f"{value.name or '?'} = {words.printed(value)}"
    yield paragraph(Code(name), *of_type, Text(words.cut(value)))
    yield from _doubts(value)
    if value.text:
        yield paragraph(meaning(value, value.text))
    yield Items(tuple(_part(workspace, part) for part in value.parts))
    yield from _fields(workspace, value.fields)
    if value.unknown and (value.parts or value.fields or not value.doubts):
        yield paragraph(Code(f"{value.unknown:#x}"), Text(" has no name in this tree."))
    yield Items(tuple(_alternative(other) for other in value.alternatives))
    if value.target is not None:
        position = value.target_position
        where = (Text(" at "), place(workspace, position)) if position else ()
        yield paragraph(Text("The text names it "), Code(value.target), *where)
    if value.at == "entry":
        yield paragraph(Text("This is what the function was called with."))
    yield Items(tuple(markdown.sentence(step) for step in value.derivation))
    if value.declared is not None:
        yield paragraph(Text("Declared at "), place(workspace, value.declared))


def _doubts(value: model.ResolvedValue) -> Iterable[markdown.Block]:
    if value.doubts or value.expected is not None:
        better = words.expected(value)
        rows = [*value.doubts, *([f"{better}."] if better else [])]
        yield paragraph(Strong("Doubtful:"))
        yield Items(tuple(markdown.sentence(row) for row in rows))


def _part(workspace: workspaces.Workspace, part: model.Part) -> tuple[markdown.Piece, ...]:
    row: list[markdown.Piece] = [Code(f"{part.mask:#x}"), Text(" "), Code(part.name)]
    if part.position is not None:
        row += [Text(" "), place(workspace, part.position)]
    return tuple(row)


def _fields(
    workspace: workspaces.Workspace, fields: tuple[model.DecodedField, ...]
) -> Iterable[markdown.Block]:
    """The fields of a register, and once what says that they are there."""
    yield Items(tuple(_field(workspace, field) for field in fields))
    sources = dict.fromkeys(field.source for field in fields if field.source)
    if sources:
        yield paragraph(Text(f"Layout: {'; '.join(sources)}"))


def meaning(value: model.ResolvedValue, text: str) -> markdown.Piece:
    """Names of the tree as code, a description as words."""
    return Text(text) if value.domain is None and value.target is None else Code(text)


def _field(
    workspace: workspaces.Workspace, field: model.DecodedField
) -> tuple[markdown.Piece, ...]:
    bits = f"bit {field.low}" if field.high == field.low else f"bits {field.high}:{field.low}"
    row: list[markdown.Piece] = [Code(f"{field.name} = {field.value}"), Text(f" ({bits})")]
    if field.text:
        row += [Text(": "), *markdown.sentence(field.text)]
    if field.position is not None:
        row += [Text(" "), place(workspace, field.position)]
    return tuple(row)


def _alternative(other: model.Alternative) -> tuple[markdown.Piece, ...]:
    return (Text("If "), Code(other.condition), Text(": "), Code(other.text))


def place(workspace: workspaces.Workspace, position: model.SourcePos) -> markdown.Piece:
    """A place in the tree, as a link where it can be opened."""
    return Link(words.position(position), workspace.uri(position))


def excerpt(workspace: workspaces.Workspace, position: model.SourcePos) -> markdown.Block:
    """The lines around a place, its own line marked."""
    rows = excerpts.around(workspace.lines, position)
    width = max((len(str(row.number)) for row in rows), default=0)
    return Fence(
        "asm" if position.path.endswith(".S") else "c",
        tuple(
            f"{'>' if row.marked else ' '} {row.number:>{width}} {row.text}".rstrip()
            for row in rows
        ),
    )
