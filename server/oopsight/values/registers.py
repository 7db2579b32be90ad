"""Numbers that are registers: fields by the layout of a CPU manual, joined with the tables that a tree indexes by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from oopsight import model

__all__ = ["decode", "mask_of", "value_of"]


def bits_of(field: model.Field) -> tuple[int, ...]:
    """The field's bit numbers from the most significant on."""
    return field.bits or tuple(range(field.high, field.low - 1, -1))


def mask_of(field: model.Field) -> int:
    """The bits of the register that the field covers."""
    return sum(1 << bit for bit in bits_of(field))


def value_of(field: model.Field, number: int) -> int:
    """The field's value, its bits put together."""
    value = 0
    for bit in bits_of(field):
        value = value << 1 | number >> bit & 1
    return value


def decode(domain: model.Domain, number: int, constants: model.Constants) -> model.DecodedValue:
    """The register's fields by the layout that the configuration or the number itself selects."""
    software = [each for each in constants.of(domain) if each.number]
    layouts = _layouts(domain, number, constants)
    if not layouts:
        return model.DecodedValue(domain, number, f"{number:#x}", unknown=number)
    readings = [(layout, _read(domain, number, layout, software, constants)) for layout in layouts]
    readings.sort(key=lambda reading: reading[1].impossible)
    (_, best), *others = readings
    if best.impossible:
        return best
    alternatives = tuple(
        model.Alternative(other.text, layout.condition, other.parts)
        for layout, other in others
        if not other.impossible and layout.condition is not None and other.text != best.text
    )
    return replace(best, alternatives=(*best.alternatives, *alternatives))


def _layouts(domain: model.Domain, number: int, constants: model.Constants) -> list[model.Layout]:
    """The layouts that the register can have here, most likely first."""
    marked = [
        layout
        for layout in domain.layouts
        if layout.marker is not None and _marked(number, layout.marker, constants)
    ]
    kept = marked or [layout for layout in domain.layouts if layout.marker is None]
    possible = [layout for layout in kept if constants.holds(layout.condition) is not False]
    fitting = [layout for layout in possible if _fits(layout, number)]
    return fitting or possible


def _marked(number: int, marker: str, constants: model.Constants) -> bool:
    masks = [each.number & 0xFFFFFFFFFFFFFFFF for each in constants.named(marker)]
    return any(mask and number & mask & 0xFFFFFFFF == mask & 0xFFFFFFFF for mask in masks)


def _fits(layout: model.Layout, number: int) -> bool:
    return layout.fits is None or number & layout.fits[0] == layout.fits[1]


def _read(
    domain: model.Domain,
    number: int,
    layout: model.Layout,
    software: Sequence[model.Constant],
    constants: model.Constants,
) -> model.DecodedValue:
    width = (1 << domain.bits) - 1
    fields: list[model.DecodedField] = []
    entry: model.TableEntry | None = None
    covered = 0
    for field in layout.fields:
        mask = mask_of(field)
        covered |= mask
        decoded, found = _field(field, number, layout, software, constants)
        entry = entry or found
        fields.append(decoded)
    parts = tuple(
        model.Part(each.name, each.number & width & ~covered & number, each.position)
        for each in software
        if each.number & width & ~covered & number == each.number & width
    )
    for part in parts:
        covered |= part.mask
    reserved = number & ~covered
    if reserved:
        return model.DecodedValue(
            domain=domain,
            number=number,
            text=f"impossible: reserved bits {reserved:#x} are set",
            unknown=number,
            doubts=(_reserved_doubt(domain, number, reserved, layout),),
            impossible=True,
        )
    return model.DecodedValue(
        domain=domain,
        number=number,
        text=_text(fields, layout, parts),
        parts=parts,
        fields=tuple(
            decoded
            for field, decoded in zip(layout.fields, fields, strict=True)
            if _says_something(field, decoded)
        ),
        doubts=tuple(_format_doubt(domain, number, layout)),
        notes=tuple(_notes(layout, number, constants)),
        entry=entry,
        alternatives=tuple(_choices(number, layout, constants)),
    )


def _choices(
    number: int, layout: model.Layout, constants: model.Constants
) -> Iterator[model.Alternative]:
    """The entries that a field may select where nothing decides which of them the kernel has."""
    for field in layout.fields:
        if field.table is None:
            continue
        entries = _entries(field.table, value_of(field, number), layout, constants)
        if len({_entry_text(each) for each in entries}) > 1:
            for each in entries:
                if each.condition is not None:
                    yield model.Alternative(_entry_text(each), each.condition)


def _field(
    field: model.Field,
    number: int,
    layout: model.Layout,
    software: Sequence[model.Constant],
    constants: model.Constants,
) -> tuple[model.DecodedField, model.TableEntry | None]:
    mask, value = mask_of(field), value_of(field, number)
    entries = _entries(field.table, value, layout, constants) if field.table is not None else []
    entry = entries[0] if len({_entry_text(each) for each in entries}) == 1 else None
    named = next((each.position for each in software if each.number & 0xFFFFFFFF == mask), None)
    words = " or ".join(dict.fromkeys(_entry_text(each) for each in entries))
    text = words or dict(field.meanings).get(value)
    decoded = model.DecodedField(
        name=field.name,
        high=field.high,
        low=field.low,
        value=value,
        mask=number & mask,
        text=text or None,
        position=entry.position if entry is not None else named,
        source=layout.source,
    )
    return decoded, entry


def _says_something(field: model.Field, decoded: model.DecodedField) -> bool:
    """Whether a field is shown: a format bit that is clear, or a bit without a word for 0, is not."""
    return bool(decoded.mask or decoded.text or not field.meanings)


def _entries(
    table: str, value: int, layout: model.Layout, constants: model.Constants
) -> list[model.TableEntry]:
    """The entries that the value may select, of the tables that go with the layout."""
    return [
        entry
        for entry in constants.entry(table, value)
        if _together(layout.condition, entry.condition, constants)
    ]


def _together(one: str | None, other: str | None, constants: model.Constants) -> bool:
    both = [f"({each})" for each in (one, other) if each is not None]
    return not both or constants.holds(" && ".join(both)) is not False


def _entry_text(entry: model.TableEntry) -> str:
    """`page translation fault (do_page_fault, SIGSEGV, SEGV_MAPERR)`: the entry's text, and its other members."""
    texts = [text for _, text in entry.members if text.startswith('"')]
    others = [
        text
        for _, text in entry.members
        if not text.startswith('"') and text not in ("0", "NULL", "")
    ]
    title = texts[0].strip('"') if texts else ""
    if not others:
        return title
    return f"{title} ({', '.join(others)})" if title else ", ".join(others)


def _text(
    fields: Sequence[model.DecodedField], layout: model.Layout, parts: Sequence[model.Part]
) -> str:
    words = [layout.words]
    for field, decoded in zip(layout.fields, fields, strict=True):
        if field.meanings:
            word = decoded.text or ""
            if not word and decoded.value and decoded.value not in dict(field.meanings):
                word = f"{field.name} {decoded.value}"
        else:
            word = f"{field.name} {decoded.value}" + (f": {decoded.text}" if decoded.text else "")
        words.append(word)
    words.extend(part.name for part in parts)
    return ", ".join(word for word in words if word)


# ── doubts and notes ────────────────────────────────────────────────────────────────────────────────────────────────


def _reserved_doubt(domain: model.Domain, number: int, reserved: int, layout: model.Layout) -> str:
    return (
        f"{number:#x} cannot be a value of the {domain.title}: "
        f"it sets {_ranges(reserved)}, which {'is' if reserved.bit_count() == 1 else 'are'} reserved ({layout.source})."
    )


def _ranges(mask: int) -> str:
    """`bits 29, 27:26 and 23`."""
    bits = [bit for bit in range(mask.bit_length() - 1, -1, -1) if mask >> bit & 1]
    runs: list[list[int]] = []
    for bit in bits:
        if runs and runs[-1][-1] == bit + 1:
            runs[-1].append(bit)
        else:
            runs.append([bit])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs]
    if len(words) == 1:
        return f"bit {words[0]}" if len(bits) == 1 else f"bits {words[0]}"
    return f"bits {', '.join(words[:-1])} and {words[-1]}"


def _format_doubt(domain: model.Domain, number: int, layout: model.Layout) -> Iterator[str]:
    if layout.fits is not None and not _fits(layout, number):
        mask, value = layout.fits
        yield (
            f"{_ranges(mask)[:1].upper() + _ranges(mask)[1:]} of {number:#x} should be {'set' if value else 'clear'} "
            f"in a kernel with {layout.condition}: the value or the configuration is another kernel's."
        )


def _notes(layout: model.Layout, number: int, constants: model.Constants) -> Iterator[str]:
    if layout.condition is None or constants.holds(layout.condition) is not None:
        return
    if layout.fits is not None:
        mask, value = layout.fits
        state = "set" if value else "clear"
        yield f"{_ranges(mask)[:1].upper() + _ranges(mask)[1:]} is {state}, as in a kernel with {layout.condition}."
    else:
        yield f"Read as in a kernel with {layout.condition}, since no configuration decides it."
