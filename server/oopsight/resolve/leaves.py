"""The innermost frame, which called nothing that the text shows: what in it can have faulted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from oopsight import model
from oopsight.resolve import answers, choices, contexts

S = model.Status
E = model.Evidence


def data_fault(
    context: contexts.Context, frames: Sequence[model.Frame], position: int
) -> bool | None:
    """Whether the frame was cut into because a data access faulted; None when no exception is shown."""
    if not frames[position].crossing:
        return None
    entry = frames[position - 1].code.function if position > 0 else None
    entries = context.arch.access_entries if context.arch is not None else ()
    return entry in entries


def _may_access_elsewhere(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a function accesses memory in other ways than through a pointer: calls, assembler code, global variables."""
    body = context.tree.body(definition)
    own = {local.name for local in body.locals} | {p.name for p in definition.parameters}
    return (
        bool(body.calls)
        or re.search(r"\b(?:asm|__asm__)\b", body.text) is not None
        or any(token.name not in own and not token.name.isupper() for token in body.variables)
    )


def leaf(
    context: contexts.Context,
    frame: model.Frame,
    choice: choices.Choice,
    definition: model.Definition,
    entered_by: bool | None,
) -> model.ResolvedFrame:
    """The innermost frame: without an address, any statement that accesses memory can have faulted.

    `entered_by` says whether the exception was a fault of a data access, None when the text shows no exception.
    """
    lines: dict[int, list[str]] = {}
    for access in context.tree.body(definition).accesses:
        if context.tree.holds(access.condition) is not False:
            how = "stores to" if access.store else "loads"
            lines.setdefault(access.line, []).append(f"{how} {access.text}")
    evidence = (E.DEFINITION,)
    reasons = [*answers.condition_reason(context, choice, definition), *choice.reasons]
    path = definition.position.path
    if not lines:
        reason = "The innermost frame has no address, and no statement of this function accesses memory itself."
        answer = answers.at_function(frame, choice, definition, reason)
        return answers.with_candidates(answer, tuple(_elsewhere(context, definition)))
    places = [
        model.Candidate(model.SourcePos(path, line), (f"It {', '.join(dict.fromkeys(what))}.",))
        for line, what in sorted(lines.items())
    ]
    if len(places) == 1 and choice.left_over == 0 and entered_by is not False:
        only = places[0]
        reason = f"The only statement of {definition.name} that accesses memory. {only.reasons[0]}"
        alone = choice.sure and not _may_access_elsewhere(context, definition)
        if not alone and choice.sure:
            reason += " What else it does may access memory as well."
        if entered_by is None:
            reason += " The text does not say that it faulted."
        if alone or entered_by:
            return model.ResolvedFrame(
                frame,
                S.EXACT if alone and entered_by else S.LIKELY,
                definition,
                only.position,
                evidence,
                (reason, *reasons),
                others=choice.others,
            )
    count = "1 line" if len(places) == 1 else f"{len(places)} lines"
    accessing = (
        f"{count} of {definition.name} {'accesses' if len(places) == 1 else 'access'} memory"
    )
    if frame.kind is model.FrameKind.FAULT:
        reason = (
            f"The innermost frame has no address: {accessing}, and any of them can have faulted."
        )
    else:
        reason = f"The text stops here without an address; {accessing} and can have faulted, if it was a fault."
    return model.ResolvedFrame(
        frame,
        S.AMBIGUOUS,
        definition,
        None,
        evidence,
        (reason, *reasons),
        _different(
            (
                *places[: answers.MOST_CANDIDATES],
                *(() if entered_by else _elsewhere(context, definition)),
                *answers.definition_candidates(choice),
            )
        )[: answers.MOST_CANDIDATES],
        others=choice.others,
    )


def _elsewhere(
    context: contexts.Context, definition: model.Definition
) -> Iterator[model.Candidate]:
    """Lines whose calls may be inlined and then hold the instruction, and where the function begins and returns."""
    path = definition.position.path
    lines: dict[int, list[str]] = {}
    for call in context.tree.body(definition).calls:
        if call.name is not None and context.tree.holds(call.condition) is not False:
            lines.setdefault(call.line, []).append(call.name)
    for line, names in sorted(lines.items()):
        text = ", ".join(dict.fromkeys(names))
        yield model.Candidate(
            model.SourcePos(path, line), (f"It calls {text}, which may be compiled into it.",)
        )
    source = context.tree.sources.lines(path) or ()
    for line in range(definition.position.line, min(definition.end_line, len(source)) + 1):
        if "{" in source[line - 1]:
            yield model.Candidate(model.SourcePos(path, line), ("The function begins here.",))
            break
    yield model.Candidate(
        model.SourcePos(path, definition.end_line), ("The function returns here.",)
    )


def _different(candidates: Sequence[model.Candidate]) -> tuple[model.Candidate, ...]:
    """The candidates, each line once."""
    found: dict[tuple[str, int], model.Candidate] = {}
    for one in candidates:
        found.setdefault((one.position.path, one.position.line), one)
    return tuple(found.values())
