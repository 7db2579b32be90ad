"""A number and what it means in its domain. No bit is lost: parts, fields and unknown bits make up the number.

Where a tree without a configuration gives names several numbers, the number is read in each of the kernels that the
conditions allow. The reading that explains most comes first; readings that name a bit otherwise are alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from oopsight import model
from oopsight.values import masks, registers

__all__ = ["decode", "whole"]


def decode(
    domain: model.Domain,
    number: int,
    constants: model.Constants,
    siblings: Mapping[str, str] | None = None,
) -> model.DecodedValue:
    """What the number means; a negative one is the bits that a variable of the domain's width holds for it.

    `siblings` are values beside it (a variable's or member's name to its text), such as `sig`.
    """
    if number < -1 << (domain.bits - 1):
        return _too_wide(domain, number)
    bits = number & (1 << domain.bits) - 1 if number < 0 else number
    if domain.shape in (model.Shape.MASKS, model.Shape.BIT_NUMBERS):
        return masks.decode(domain, bits, constants)
    if bits >> domain.bits:
        return _too_wide(domain, number)
    if domain.shape is model.Shape.FIELDS:
        return registers.decode(domain, bits, constants)
    return _value(domain, number, constants, siblings or {})


_KINDS = {
    model.Shape.MASKS: "set of {title}s",
    model.Shape.BIT_NUMBERS: "set of {title}s",
    model.Shape.VALUES: "{title}",
    model.Shape.FIELDS: "value of the {title}",
}


def _too_wide(domain: model.Domain, number: int) -> model.DecodedValue:
    """A number that no variable of the domain can hold: it is none of its values, whatever its lower bits are."""
    kind = _KINDS[domain.shape].format(title=domain.title)
    width = f"{number:#x} does not fit in {domain.bits} bits"
    return model.DecodedValue(
        domain=domain,
        number=number,
        text=f"impossible: {width}",
        unknown=number,
        doubts=(f"{width}, so it is no {kind}.",),
        impossible=True,
    )


def _value(
    domain: model.Domain, number: int, constants: model.Constants, siblings: Mapping[str, str]
) -> model.DecodedValue:
    """The number is one of the constants; several with one number are told apart by the sibling.

    In words the number is spelled as it was given, with its sign; parts and unknown bits have none.
    """
    width = (1 << domain.bits) - 1
    bits = number & width
    same = [each for each in constants.of(domain) if each.number & width == bits]
    narrowed = _narrowed(domain, same, constants, siblings)
    shown = narrowed or same
    if not shown:
        where = masks.headers(domain, constants)
        text = f"{number} (no name in {where})" if where else str(number)
        return model.DecodedValue(
            domain, bits, text, unknown=bits, doubts=_doubts(domain, number, constants)
        )
    names = list(dict.fromkeys(each.name for each in shown))
    first = shown[0]
    # A name's part covers the whole number, so the number is not lost although it is no set of flags.
    parts = tuple(
        model.Part(name, bits, next(each.position for each in shown if each.name == name))
        for name in names
    )
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    notes = tuple(
        f"{first.name} has this number under {first.condition}."
        for _ in (0,)
        if first.holds is None
    )
    return model.DecodedValue(
        domain, bits, text, parts, alternatives=_choices(domain, shown, bits), notes=notes
    )


def _doubts(domain: model.Domain, number: int, constants: model.Constants) -> tuple[str, ...]:
    """A number outside all that the tree names is doubted; one between them may be one that has no name."""
    known = [each.number for each in constants.of(domain)]
    signed = number - (1 << domain.bits) if number >> (domain.bits - 1) == 1 else number
    if not known or min(known) <= signed <= max(known):
        return ()
    return (
        f"{number} is no {domain.title}: those of {masks.headers(domain, constants)} lie between {min(known)} and {max(known)}.",
    )


def _narrowed(
    domain: model.Domain,
    same: Sequence[model.Constant],
    constants: model.Constants,
    siblings: Mapping[str, str],
) -> list[model.Constant]:
    """The constants whose prefix the sibling's value selects; [] when it selects none."""
    if domain.narrowed_by is None:
        return []
    key, rows = domain.narrowed_by
    printed = siblings.get(key, "").strip()
    prefixes = tuple(prefix for name, prefix in rows if printed and _is(name, printed, constants))
    return [each for each in same if each.name.startswith(prefixes)] if prefixes else []


def _is(name: str, printed: str, constants: model.Constants) -> bool:
    """Whether a printed value is the constant: by its name, or by the number that the tree gives it."""
    try:
        number = int(printed, 0)
    except ValueError:
        return printed == name
    return any(each.number == number for each in constants.named(name))


def _choices(
    domain: model.Domain, shown: Sequence[model.Constant], number: int
) -> tuple[model.Alternative, ...]:
    """Names of one number, each with the sibling's value under which it is meant."""
    if domain.narrowed_by is None or len(shown) < 2:
        return ()
    key, rows = domain.narrowed_by
    found = []
    for each in shown:
        signals = [name for name, prefix in rows if each.name.startswith(prefix)]
        if signals:
            part = model.Part(each.name, number, each.position)
            found.append(model.Alternative(each.name, f"{key} is {signals[0]}", (part,)))
    return tuple(found)


_MOST_TRIALS = 4096


def whole(printed_digits: str, base: int, domain: model.Domain, constants: model.Constants) -> bool:
    """Whether a number whose end may be cut is whole: with any further digits it would be no value of the domain.

    True only when every longer number sets a bit that nothing in the domain covers, or does not fit its width.
    """
    try:
        number = int(printed_digits, base)
    except ValueError:
        return False
    if number <= 0:
        return False
    most, fits = _plausible(domain, constants)
    trials, first, count = 0, number * base, base
    while first <= most:
        for longer in range(first, first + count):
            trials += 1
            if trials > _MOST_TRIALS or fits(longer):
                return False
        first, count = first * base, count * base
    return most > 0


def _plausible(
    domain: model.Domain, constants: model.Constants
) -> tuple[int, Callable[[int], bool]]:
    """The largest number that can be a value of the domain, and a test of smaller ones; 0 when nothing is known."""
    if domain.shape is model.Shape.VALUES:
        known = frozenset(each.number for each in constants.of(domain))
        return max(known, default=0), lambda number: number in known
    covered = _covered(domain, constants)
    return covered, lambda number: not number & ~covered


def _covered(domain: model.Domain, constants: model.Constants) -> int:
    """Every bit that a value of the domain can have."""
    width = (1 << domain.bits) - 1
    covered = 0
    for each in constants.of(domain):
        covered |= each.number & width
    if domain.shape is model.Shape.FIELDS:
        for layout in domain.layouts:
            for field in layout.fields:
                covered |= registers.mask_of(field)
    elif domain.index_mask is not None:
        for each in constants.named(domain.index_mask):
            covered |= each.number & width
    return covered
