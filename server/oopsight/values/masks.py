"""Numbers made of flags: names for their bits, composites first, as kernels print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from oopsight import model

__all__ = ["decode", "headers"]

_MOST_WORLDS = 32


@dataclass(frozen=True, slots=True)
class _Flag:
    """A constant as a mask."""

    name: str
    mask: int
    constant: model.Constant

    @property
    def count(self) -> int:
        return self.mask.bit_count()


@dataclass(frozen=True, slots=True)
class _Reading:
    """The number as read in one kind of kernel: `world` is what had to be assumed of its configuration."""

    world: str | None
    flags: tuple[_Flag, ...]
    unknown: int

    @property
    def bits(self) -> dict[int, str]:
        """Which name covers which bit, composites taken apart no further."""
        return {flag.mask: flag.name for flag in self.flags}


def decode(domain: model.Domain, number: int, constants: model.Constants) -> model.DecodedValue:
    """The flags of a number of shape MASKS or BIT_NUMBERS."""
    width = (1 << domain.bits) - 1
    flags = [_flag(domain, each) for each in constants.of(domain)]
    index = _index_bits(domain, constants) & width
    usable = [
        flag
        for flag in flags
        if flag.mask & number == flag.mask and (flag.mask or _names_zero(domain, flag))
    ]
    readings = [
        _read(
            domain, number, [flag for flag in usable if _in(flag, world, constants)], index, world
        )
        for world in _worlds(usable, constants)
    ]
    readings.sort(key=lambda reading: (reading.unknown.bit_count(), len(reading.flags)))
    best = readings[0]
    where = headers(domain, constants)
    return model.DecodedValue(
        domain=domain,
        number=number,
        text=_text(best, where),
        parts=_parts(best),
        unknown=best.unknown,
        alternatives=tuple(_alternatives(best, readings, where)),
        doubts=tuple(_doubts(domain, number, best.unknown, where)),
        impossible=number > width,
        notes=tuple(_notes(best)),
    )


def headers(domain: model.Domain, constants: model.Constants) -> str:
    """The files that state the domain's names, as words: `mm/internal.h`."""
    paths = dict.fromkeys(each.position.path for each in constants.of(domain))
    return " or ".join(paths)


def _flag(domain: model.Domain, constant: model.Constant) -> _Flag:
    width = (1 << domain.bits) - 1
    if domain.shape is model.Shape.BIT_NUMBERS:
        number = 1 << constant.number if 0 <= constant.number < domain.bits else 0
    else:
        number = constant.number
    return _Flag(constant.name, number & width, constant)


def _index_bits(domain: model.Domain, constants: model.Constants) -> int:
    if domain.index_mask is None:
        return 0
    return next((each.number for each in constants.named(domain.index_mask)), 0)


def _names_zero(domain: model.Domain, flag: _Flag) -> bool:
    """Whether a constant without bits is the index's name for 0, and not a flag that this kernel does not have."""
    prefix = domain.index_prefix
    return flag.mask == 0 and prefix is not None and flag.name.startswith(prefix)


# ── which kernels the conditions allow ──────────────────────────────────────────────────────────────────────────────


def _worlds(flags: Iterable[_Flag], constants: model.Constants) -> list[str | None]:
    """Assumptions about the configuration that decide the condition of every flag; [None] when nothing is open."""
    worlds: list[str | None] = [None]
    for condition in dict.fromkeys(f.constant.condition for f in flags if f.constant.holds is None):
        if condition is None:
            continue
        split: list[str | None] = [
            joined
            for world in worlds
            for joined in (_both(world, condition), _both(world, _not(condition)))
            if constants.holds(joined) is not False
        ]
        if len(split) > _MOST_WORLDS:
            break
        worlds = split or worlds
    return worlds


def _both(one: str | None, other: str) -> str:
    other = f"({other})" if "||" in other else other
    if one is None:
        return other
    known = _terms(one)
    return " && ".join((one, *(term for term in _terms(other) if term not in known)))


def _terms(condition: str) -> list[str]:
    """The operands of a condition's `&&`s outside brackets."""
    terms, depth, start = [], 0, 0
    for match in _MARK.finditer(condition):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == " && " and depth == 0:
            terms.append(condition[start : match.start()])
            start = match.end()
    return [*terms, condition[start:]]


_MARK = re.compile(r"[()]| && ")
_SIMPLE = re.compile(r"!?\w+\(\w+\)")


def _not(condition: str) -> str:
    if _SIMPLE.fullmatch(condition):
        return condition[1:] if condition.startswith("!") else f"!{condition}"
    return f"!({condition})"


def _in(flag: _Flag, world: str | None, constants: model.Constants) -> bool:
    """Whether the flag is there under the assumption."""
    condition = flag.constant.condition
    if flag.constant.holds is not None or condition is None:
        return flag.constant.holds is not False
    return constants.holds(_both(world, condition)) is not False


# ── one reading ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(
    domain: model.Domain, number: int, flags: Sequence[_Flag], index: int, world: str | None
) -> _Reading:
    chosen: list[_Flag] = []
    rest = number
    for flag in _index_flags(domain, number, index, flags):
        chosen.append(flag)
        rest &= ~flag.mask
    plain = [flag for flag in flags if flag.mask and not flag.mask & index]
    for flag in _in_order(domain, number, plain):
        if flag.mask & rest == flag.mask:
            chosen.append(flag)
            rest &= ~flag.mask
    return _Reading(world, tuple(chosen), rest)


def _index_flags(
    domain: model.Domain, number: int, index: int, flags: Sequence[_Flag]
) -> Iterator[_Flag]:
    """The name of the number that the index bits hold; 0 has one too, unless a flag says that it is not used."""
    prefix, value = domain.index_prefix, number & index
    if not index or prefix is None or (not value and _unused(domain, number, flags)):
        return
    found = next((f for f in flags if f.mask == value and f.name.startswith(prefix)), None)
    if found is not None:
        yield found


def _unused(domain: model.Domain, number: int, flags: Sequence[_Flag]) -> bool:
    """Whether the number has the flag without which the index counts, or is no set of these flags at all."""
    return bool(number >> domain.bits) or any(flag.name == domain.index_unless for flag in flags)


def _in_order(domain: model.Domain, number: int, flags: Sequence[_Flag]) -> list[_Flag]:
    """Flags in the order in which they are tried: composites with most bits first, single bits, then the rest.

    A composite of one bit (`GFP_ATOMIC` in old trees) is only meant when it is the whole number.
    """
    composite = [
        flag
        for flag in flags
        if domain.composites
        and flag.name.startswith(domain.composites)
        and (flag.count > 1 or flag.mask == number)
    ]
    taken = set(map(id, composite))
    others = [flag for flag in flags if id(flag) not in taken]
    single = [f for f in others if f.count == 1 and not _is_composite(domain, f)]
    single_composite = [f for f in others if f.count == 1 and _is_composite(domain, f)]
    several = [f for f in others if f.count > 1]
    return [
        *sorted(composite, key=lambda flag: -flag.count),
        *sorted(single, key=lambda flag: flag.mask),
        *sorted(single_composite, key=lambda flag: flag.mask),
        *sorted(several, key=lambda flag: -flag.count),
    ]


def _is_composite(domain: model.Domain, flag: _Flag) -> bool:
    return bool(domain.composites) and flag.name.startswith(domain.composites)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(reading: _Reading) -> tuple[model.Part, ...]:
    return tuple(model.Part(flag.name, flag.mask, flag.constant.position) for flag in reading.flags)


def _text(reading: _Reading, where: str) -> str:
    words = [flag.name for flag in reading.flags]
    if reading.unknown:
        words.append(
            f"{reading.unknown:#x} (no name in {where})" if where else f"{reading.unknown:#x}"
        )
    return " | ".join(words) or "0"


def _alternatives(
    best: _Reading, readings: Sequence[_Reading], where: str
) -> Iterator[model.Alternative]:
    """Readings that name a bit otherwise; one that only folds the same names differently says nothing new."""
    shown = {_text(best, where)}
    for reading in readings[1:]:
        text = _text(reading, where)
        if text in shown or reading.world is None or not _differs(best, reading):
            continue
        shown.add(text)
        own = [f.constant.condition for f in reading.flags if f.constant.holds is None]
        condition = " && ".join(dict.fromkeys(each for each in own if each)) or reading.world
        yield model.Alternative(text, condition, _parts(reading))


def _differs(one: _Reading, other: _Reading) -> bool:
    if one.unknown != other.unknown:
        return True
    names = {mask: name for mask, name in one.bits.items() if mask.bit_count() == 1}
    return any(
        mask in names and names[mask] != name
        for mask, name in other.bits.items()
        if mask.bit_count() == 1
    )


def _notes(best: _Reading) -> Iterator[str]:
    for flag in best.flags:
        constant = flag.constant
        if constant.holds is None and constant.condition is not None:
            place = f"{constant.position.path}:{constant.position.line}"
            yield f"{flag.name} has this number under {constant.condition} ({place}); the kernel's configuration is not known."


def _doubts(domain: model.Domain, number: int, unknown: int, where: str) -> Iterator[str]:
    if number >> domain.bits:
        yield f"{number:#x} does not fit in {domain.bits} bits, so it is no set of {domain.title}s."
    elif unknown and where:
        yield (
            f"{_bit_words(unknown)} {'has' if unknown.bit_count() == 1 else 'have'} no name in {where}: "
            f"this is no set of {domain.title}s, or the crashed kernel's tree or configuration differs."
        )


def _bit_words(mask: int) -> str:
    bits = [str(bit) for bit in range(mask.bit_length() - 1, -1, -1) if mask >> bit & 1]
    if len(bits) == 1:
        return f"Bit {bits[0]} ({mask:#x})"
    return f"Bits {', '.join(bits[:-1])} and {bits[-1]} ({mask:#x})"
