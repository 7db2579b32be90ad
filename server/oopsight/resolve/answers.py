"""Parts of an answer about a frame that several kinds of frames share."""

from __future__ import annotations

from dataclasses import replace

from oopsight import model
from oopsight.resolve import choices, contexts

S = model.Status
E = model.Evidence
MOST_CANDIDATES = 100


def definition_candidates(choice: choices.Choice) -> tuple[model.Candidate, ...]:
    """Other definitions that fit as well, as places to look at."""
    left = choice.others[: choice.left_over]
    return tuple(
        model.Candidate(d.position, (f"{d.name} is defined here too.",))
        for d in left[:MOST_CANDIDATES]
    )


def at_function(
    frame: model.Frame, choice: choices.Choice, definition: model.Definition, reason: str
) -> model.ResolvedFrame:
    """A frame whose function is known and whose place in it is not; `reason` says why."""
    return model.ResolvedFrame(
        frame,
        S.FUNCTION,
        definition,
        None,
        (E.DEFINITION,),
        (reason, *choice.reasons),
        others=choice.others,
    )


def with_candidates(
    answer: model.ResolvedFrame, more: tuple[model.Candidate, ...]
) -> model.ResolvedFrame:
    """The answer with further places behind those that it has."""
    known = {one.position for one in answer.candidates}
    left = tuple(one for one in more if one.position not in known)
    return replace(answer, candidates=(*answer.candidates, *left)[:MOST_CANDIDATES])


def condition_reason(
    context: contexts.Context, choice: choices.Choice, definition: model.Definition
) -> list[str]:
    """That the function was in the crashed kernel proves the condition under which it is compiled."""
    if (
        choice.sure
        and definition.condition is not None
        and context.tree.holds(definition.condition) is None
    ):
        return [
            f"It is compiled only under `{definition.condition}`, so this held for the crashed kernel."
        ]
    return []
