"""Two values of one thing that differ: what a caller passes, and what the text prints in the callee. Who is right?

A debugger reads a register or a stack slot that may be used for something else by then, in either frame. A third
witness decides: the value is impossible for its type, or what is passed on from it is printed further inside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.resolve import contexts, flows
from oopsight.resolve.frames import Placed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The callee's value with its doubts, a doubt for the caller's when that one is suspect, and the number to go on with."""

    inner: model.ResolvedValue
    outer_doubt: str | None = None
    outer_expected: int | None = None
    believed: int | None = None


def judge(
    context: contexts.Context,
    placed: Sequence[Placed],
    position: int,
    value: model.ResolvedValue,
    given: flows.Passed,
) -> Verdict:
    """Whose value is right, where the printed `value` of the frame at `position` differs from what its caller passes."""
    here = placed[position].resolved
    name = value.name or ""
    printed = value.number if value.number is not None else 0
    shown = _shown(given.number, value.printed)
    function = here.frame.code.function
    passes = f"{given.caller} passes `{given.expression}` here, which is {shown}"
    if here.definition is not None and name in flows.assigned(context, here.definition):
        note = f"{given.caller} passed {shown}; {function} assigns the variable itself."
        return Verdict(replace(value, derivation=(*value.derivation, note)), believed=value.number)
    for_caller = _witness(context, placed, position, name, given.number)
    for_printed = _witness(context, placed, position, name, printed)
    if value.doubts or (for_caller and not for_printed):
        why = f"; {for_caller} agrees with that" if for_caller else ""
        doubt = f"{passes}, and {function} never assigns it{why}: what is printed was read from a place that was used for something else by then."
        return Verdict(_doubted(value, doubt, given.number), believed=given.number)
    if for_printed and not for_caller:
        doubt = (
            f"{function} has {name} = {value.printed}, and {for_printed} agrees with that, but `{given.expression}` "
            f"would be {shown}."
        )
        same = printed if re.fullmatch(r"\w+", given.expression) else None
        return Verdict(value, doubt, same, printed)
    both = "Nothing in the text decides which of the two is right."
    if given.number == 0 and printed != 0:
        # A register that was used for something else is more often 0 than the thing itself.
        doubt = f"{function} has {name} = {value.printed}, but `{given.expression}` would be {shown}. {both}"
        return Verdict(_doubted(value, f"{passes}. {both}", None), doubt)
    doubt = f"{passes}, and {function} never assigns it; {_lower(both)}"
    return Verdict(_doubted(value, doubt, given.number))


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _witness(
    context: contexts.Context, placed: Sequence[Placed], position: int, name: str, number: int
) -> str | None:
    """A frame further inside that prints what would follow from `name` being `number`; None when there is none."""
    known = {name: number}
    for at in range(position, 0, -1):
        if placed[at].resolved.frame.crossing:
            return None
        passed = flows.passed(context, placed[at], placed[at - 1].resolved, known)
        if not passed:
            return None
        inner = placed[at - 1].resolved.frame
        for argument in inner.arguments:
            given = passed.get(argument.name or "")
            if given is not None and argument.number is not None:
                agrees = argument.number == given.number
                return (
                    f"{argument.name} = {argument.printed} of {inner.code.function}"
                    if agrees
                    else None
                )
        known = {each: one.number for each, one in passed.items()}
    return None


def _doubted(value: model.ResolvedValue, doubt: str, expected: int | None) -> model.ResolvedValue:
    """The value without a meaning: what the number would mean is no fact about this variable."""
    return replace(
        value,
        doubts=(*value.doubts, doubt),
        expected=expected,
        text=None,
        parts=(),
        fields=(),
        unknown=0 if value.domain is None or value.number is None else value.number,
        alternatives=(),
    )


def with_doubt(
    outer: model.ResolvedFrame, given: flows.Passed, verdict: Verdict
) -> model.ResolvedFrame:
    """The caller's frame with a doubt at the printed values that went into the expression."""
    words = set(re.findall(r"[A-Za-z_]\w*", given.expression))
    arguments = tuple(
        _doubted(value, verdict.outer_doubt or "", verdict.outer_expected)
        if value.name in words and value.number is not None and not value.doubts
        else value
        for value in outer.arguments
    )
    return replace(outer, arguments=arguments)


def _shown(number: int, like: str) -> str:
    return f"0x{number:X}" if like.lower().startswith("0x") else str(number)
