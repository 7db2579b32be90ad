"""What numbers mean: domains (where the truth stands), constants (what a tree says) and decoded values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from oopsight.model.source import SourcePos


class Shape(Enum):
    """How a domain's constants make up a number."""

    MASKS = "masks"  # each constant is a mask; they are or-ed
    BIT_NUMBERS = "bit-numbers"  # each constant is the number of a bit
    VALUES = "values"  # the number is one of the constants
    FIELDS = "fields"  # the number is a register, taken apart by `layouts`


@dataclass(frozen=True, slots=True)
class Field:
    """Bits `high` to `low` (inclusive, bit 0 lowest) of a register.

    `bits` replaces high and low where the bits are not adjacent: bit numbers from the most to the least significant
    (Arm's FS[4:0] is bits 10 and 3:0). `meanings` give words for values; a value not listed shows as a number.
    `table` names an array in the tree that the field's value indexes (`fsr_info`).
    """

    name: str
    high: int
    low: int
    bits: tuple[int, ...] = ()
    meanings: tuple[tuple[int, str], ...] = ()
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to read a register: its fields, from the most telling to the least.

    `condition` is a C condition over the tree's configuration (`defined(CONFIG_ARM_LPAE)`), None when it always holds.
    `source` cites the manual: "ARM DDI 0406C.d, B4.1.52". `fits` is a mask and the value that the number has under it
    when it is of this layout (a format bit); `marker` names a constant of the tree whose bits are set in such numbers.
    `words` begin the text of every number of this layout.
    """

    title: str
    fields: tuple[Field, ...]
    source: str
    condition: str | None = None
    fits: tuple[int, int] | None = None
    marker: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of constants that a number is made of: where they stand in a tree, and which variables hold such numbers.

    `headers` are tried in order, all that exist are read. `prefixes` select names, `drop` are regular expressions
    (full match) for names to leave out, `enum` limits to one enum. `composites` are prefixes of names that stand
    for several others (`GFP_`). `index_mask` names the constant whose bits hold a number and not flags, and
    `index_prefix` the names of these numbers (`ALLOC_WMARK_MASK`, `ALLOC_WMARK_`); with the flag `index_unless`
    set, the number is not used, so that 0 there says nothing (`ALLOC_NO_WATERMARKS`). `types` are C types that
    always hold this domain, `names` variable names that do in any function, `variables` `function.variable`
    pairs (shell patterns). `narrowed_by` maps the value of a sibling (a variable or member of that name, in
    domain of that key) to the prefix that counts: `("sig", (("SIGSEGV", "SEGV_"), …))`.
    """

    key: str
    title: str
    headers: tuple[str, ...]
    shape: Shape
    prefixes: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    enum: str | None = None
    composites: tuple[str, ...] = ()
    index_mask: str | None = None
    index_prefix: str | None = None
    bits: int = 32
    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    narrowed_by: tuple[str, tuple[tuple[str, str], ...]] | None = None
    index_unless: str | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A name that a tree gives a number.

    `condition` is the `#if` under which it has this number, None when it always has; `holds` is True or False
    where the tree's configuration decides that condition, None where nothing does.
    """

    name: str
    number: int
    position: SourcePos
    condition: str | None = None
    holds: bool | None = True


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One entry of an array in the tree: its members as written, by name where the structure's declaration is known.

    `condition` is the `#if` under which the table and the entry are there, None when they always are or surely are.
    """

    table: str
    index: int
    position: SourcePos
    members: tuple[tuple[str, str], ...]
    condition: str | None = None

    def member(self, *names: str) -> str | None:
        """The text of the first member that has one of `names`."""
        for wanted in names:
            for name, text in self.members:
                if name == wanted:
                    return text
        return None


class Constants(Protocol):
    """Where names get their numbers: a tree, an image, or a dict in a test."""

    def of(self, domain: Domain) -> Sequence[Constant]:
        """Every constant of `domain`, alternatives under different conditions side by side, dropped names left out."""
        ...

    def named(self, name: str) -> Sequence[Constant]:
        """Every number that the name has, under its conditions; empty when nothing states it."""
        ...

    def entry(self, table: str, index: int) -> Sequence[TableEntry]:
        """Entry `index` of every array called `table` whose condition may hold."""
        ...

    def holds(self, condition: str | None) -> bool | None:
        """Whether a C condition holds under the configuration: None when nothing decides it."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A name that covers the bits of `mask` in a decoded number, and where the tree says so."""

    name: str
    mask: int
    position: SourcePos | None


@dataclass(frozen=True, slots=True)
class DecodedField:
    """A field of a register with its value and what it means; `text` is None when no word is known."""

    name: str
    high: int
    low: int
    value: int
    mask: int
    text: str | None
    position: SourcePos | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another meaning of the same number, and the condition under which it holds."""

    text: str
    condition: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class DecodedValue:
    """A number and what it means. No bit is lost: the masks of parts and fields, or-ed with `unknown`, are the number.

    `doubts` are full sentences that say why the number cannot be a value of this domain; `impossible` is true
    when one of them rules it out.
    """

    domain: Domain
    number: int
    text: str
    parts: tuple[Part, ...] = ()
    fields: tuple[DecodedField, ...] = ()
    unknown: int = 0
    alternatives: tuple[Alternative, ...] = ()
    doubts: tuple[str, ...] = ()
    impossible: bool = False
    notes: tuple[str, ...] = field(default=())
    entry: TableEntry | None = None
