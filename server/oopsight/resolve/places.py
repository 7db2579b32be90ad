"""A place in the kernel's source → the values that the crash's frames had there."""

from __future__ import annotations

from dataclasses import dataclass

from oopsight import model
from oopsight.tree import csyntax, ctext, trees

K = model.DefinitionKind


@dataclass(frozen=True, slots=True)
class SourceValue:
    """A value of the variable at a place, and the frame whose it is.

    `number` is the printed frame number. `position` is the line at which the value is true. `start` and `end` are the
    name's columns (code points from 0) on the line that was asked about.
    """

    value: model.ResolvedValue
    frame: model.ResolvedFrame
    number: int | None
    position: model.SourcePos
    start: int
    end: int


def values_at(
    tree: trees.KernelTree, explanation: model.Explanation, path: str, line: int, column: int
) -> tuple[SourceValue, ...]:
    """What the variable at `line` (from 1) and `column` (from 0) held, for every frame of that function, innermost first.

    Nothing for a member `x->flags`, a name that another declaration hides, another function's variable, or text that is
    no variable.
    """
    definition = tree.function_at(path, line)
    if definition is None or definition.kind not in (K.FUNCTION, K.INLINE):
        return ()
    token = _variable_at(tree, definition, line, column)
    if token is None:
        return ()
    declared = _declaration(tree, definition, token)
    found = []
    for crash in explanation.crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                if frame.definition is None or frame.definition.position != definition.position:
                    continue
                value = _value(frame, token.name, declared)
                if value is not None:
                    position = frame.position or definition.position
                    end = token.column + len(token.name)
                    found.append(
                        SourceValue(value, frame, frame.frame.number, position, token.column, end)
                    )
    return tuple(found)


def _variable_at(
    tree: trees.KernelTree, definition: model.Definition, line: int, column: int
) -> ctext.Token | None:
    """The variable under the place: in the body as the parser reads it, or a parameter in the header."""
    body = tree.body(definition)
    for token in body.variables:
        if token.line == line and token.column <= column <= token.column + len(token.name):
            return token
    return ctext.parameter_at(
        tree.sources.lines(definition.position.path) or (), definition, line, column
    )


def _declaration(
    tree: trees.KernelTree, definition: model.Definition, token: ctext.Token
) -> csyntax.Local | None:
    """The local variable that the token means, None when it means a parameter."""
    here = (token.line, token.column)
    visible = [
        local
        for local in tree.body(definition).locals
        if local.name == token.name
        and local.scope[0] <= here <= local.scope[1]
        and (local.line, local.column) <= here
    ]
    return max(visible, key=lambda local: (local.scope[0], local.line), default=None)


def _value(
    frame: model.ResolvedFrame, name: str, declared: csyntax.Local | None
) -> model.ResolvedValue | None:
    if declared is None:
        return next((v for v in frame.arguments if v.name == name and v.printed != "?"), None)
    for value in frame.variables:
        if value.name == name and (value.declared is None or value.declared.line == declared.line):
            return value
    return None
