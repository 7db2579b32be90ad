"""From our answers to the protocol's words: URIs, ranges in the client's units, Markdown or plain text.

One of the two files where columns are not code points (`from_proto` is the other).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types

from oopsight import ide, model
from oopsight.ide import markdown
from oopsight.lsp import from_proto


def span_range(lines: Sequence[str], line: int, start: int, end: int, encoding: str) -> types.Range:
    """A piece of one line in the client's units."""
    text = lines[line] if 0 <= line < len(lines) else ""
    return types.Range(
        types.Position(line, from_proto.units(text[:start], encoding)),
        types.Position(line, from_proto.units(text[:end], encoding)),
    )


def _range(log: ide.Log, span: model.Span, encoding: str) -> types.Range:
    return span_range(log.lines, span.line, span.start, span.end, encoding)


def hover(
    workspace: ide.Workspace,
    place: ide.Place,
    answer: ide.Hover | None,
    encoding: str,
    as_markdown: bool,
) -> types.Hover | None:
    """A hover, as Markdown where the client shows it."""
    if answer is None:
        return None
    kind = types.MarkupKind.Markdown if as_markdown else types.MarkupKind.PlainText
    spelled = markdown.render if as_markdown else markdown.plain
    return types.Hover(
        types.MarkupContent(kind, spelled(answer.blocks)),
        span_range(workspace.lines_at(place), answer.line, answer.start, answer.end, encoding),
    )


def definition(
    workspace: ide.Workspace,
    place: ide.Place,
    answer: tuple[ide.Hit | ide.WordHit, tuple[ide.Target, ...]] | None,
    encoding: str,
    with_origin: bool,
) -> list[types.Location] | list[types.LocationLink] | None:
    """Places to go to; with the element they belong to, where the client can show it."""
    if answer is None:
        return None
    hit, targets = answer
    if not with_origin:
        return [
            types.Location(_file(target), _target_range(target, encoding)) for target in targets
        ]
    span = hit.span
    origin = span_range(workspace.lines_at(place), span.line, span.start, span.end, encoding)
    return [
        types.LocationLink(
            _file(target),
            _target_range(target, encoding),
            _target_range(target, encoding),
            origin,
        )
        for target in targets
    ]


def _file(target: ide.Target) -> str:
    return target.uri.partition("#")[0]


def _target_range(target: ide.Target, encoding: str) -> types.Range:
    line = target.position.line - 1
    return types.Range(
        types.Position(line, from_proto.units(target.text[: target.start], encoding)),
        types.Position(line, from_proto.units(target.text[: target.end], encoding)),
    )


def links(
    workspace: ide.Workspace, key: str, answer: Iterable[ide.Link], encoding: str
) -> list[types.DocumentLink]:
    """Document links."""
    log = workspace.log(key)
    if log is None:
        return []
    return [
        types.DocumentLink(_range(log, link.span, encoding), link.uri, link.tooltip)
        for link in answer
    ]


def folds(answer: Iterable[ide.Fold]) -> list[types.FoldingRange]:
    """Lines that can be folded."""
    return [types.FoldingRange(one.first, one.last) for one in answer]


def references(answer: Iterable[ide.Reference], encoding: str) -> list[types.Location]:
    """Uses of a function."""
    return [
        types.Location(
            one.uri,
            types.Range(
                types.Position(one.line, from_proto.units(one.text[: one.start], encoding)),
                types.Position(one.line, from_proto.units(one.text[: one.end], encoding)),
            ),
        )
        for one in answer
    ]


_FOUND_KINDS = {
    "frame": types.SymbolKind.Event,
    "function": types.SymbolKind.Function,
    "macro": types.SymbolKind.Constant,
    "label": types.SymbolKind.Key,
    "structure": types.SymbolKind.Struct,
}


def workspace_symbols(
    workspace: ide.Workspace, answer: Iterable[ide.Found], encoding: str
) -> list[types.SymbolInformation]:
    """Symbols of the open texts and of the tree."""
    found = []
    for one in answer:
        log = workspace.log(one.uri)
        lines = () if log is None else log.lines
        span = one.span
        place = span_range(lines, span.line, span.start, span.end, encoding)
        location = types.Location(one.uri, place)
        kind = _FOUND_KINDS[one.kind]
        found.append(
            types.SymbolInformation(location, one.name, kind, container_name=one.container)
        )
    return found


_SYMBOL_KINDS = {
    "crash": types.SymbolKind.Event,
    "stack": types.SymbolKind.Namespace,
    "frame": types.SymbolKind.Function,
}


def symbols(
    workspace: ide.Workspace, key: str, answer: Iterable[ide.Symbol], encoding: str
) -> list[types.DocumentSymbol]:
    """The outline of a text."""
    log = workspace.log(key)
    return [] if log is None else [_symbol(log, symbol, encoding) for symbol in answer]


def _symbol(log: ide.Log, symbol: ide.Symbol, encoding: str) -> types.DocumentSymbol:
    last = symbol.last_line
    end = len(log.lines[last]) if last < len(log.lines) else 0
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_SYMBOL_KINDS[symbol.kind],
        range=types.Range(
            types.Position(symbol.first_line, 0),
            span_range(log.lines, last, end, end, encoding).end,
        ),
        selection_range=_range(log, symbol.selection, encoding),
        children=[_symbol(log, child, encoding) for child in symbol.children],
    )


_SEVERITIES = {
    ide.Severity.WARNING: types.DiagnosticSeverity.Warning,
    ide.Severity.INFORMATION: types.DiagnosticSeverity.Information,
    ide.Severity.HINT: types.DiagnosticSeverity.Hint,
}


def diagnostics(
    workspace: ide.Workspace,
    key: str,
    answer: Iterable[ide.Finding],
    encoding: str,
    with_related: bool,
) -> list[types.Diagnostic]:
    """Diagnostics, with the places they speak of where the client shows them."""
    log = workspace.log(key)
    if log is None:
        return []
    return [
        types.Diagnostic(
            range=_range(log, finding.span, encoding),
            message=finding.message,
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            source="oopsight",
            related_information=(_related(workspace, finding) or None) if with_related else None,
        )
        for finding in answer
    ]


def _related(
    workspace: ide.Workspace, finding: ide.Finding
) -> list[types.DiagnosticRelatedInformation]:
    found = []
    for position, message in finding.related:
        uri = workspace.uri(position)
        if uri is not None:
            start = types.Position(position.line - 1, 0)
            place = types.Location(uri.partition("#")[0], types.Range(start, start))
            found.append(types.DiagnosticRelatedInformation(place, message))
    return found
