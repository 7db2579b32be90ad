"""C's integer types as the kernel uses them: widths, signedness, conversions."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Value", "converted", "enumerator", "is_type_word", "promoted", "width_of", "wrap"]


@dataclass(frozen=True, slots=True)
class Value:
    """A C value: the number, already in range of its type."""

    number: int
    bits: int = 32
    signed: bool = True


def is_type_word(name: str) -> bool:
    """Whether a name is a type or a word of one, and so no constant."""
    return name in _C_WORDS or name in _NO_TYPE_WORDS or name in _TYPES or name.endswith("_t")


def width_of(words: str, long: int) -> tuple[int, bool] | None:
    """Bits and signedness of a type, where `long` has so many bits; None for a type that is not known."""
    if words.endswith("*"):
        return long, False
    kept = [word for word in words.split() if word not in _NO_TYPE_WORDS]
    if len(kept) == 1 and kept[0] in _TYPES:
        bits, signed = _TYPES[kept[0]]
        return bits or long, signed
    if not kept or not set(kept) <= _C_WORDS:
        return None
    if "_Bool" in kept or "bool" in kept or "void" in kept:
        return None
    signed = "unsigned" not in kept
    if "char" in kept:
        return 8, signed
    if "short" in kept:
        return 16, signed
    if kept.count("long") > 1:
        return 64, signed
    return (long if "long" in kept else 32), signed


_NO_TYPE_WORDS = frozenset(
    {"const", "volatile", "__force", "__user", "__iomem", "__kernel", "__bitwise", "__signed__"}
)
_C_WORDS = frozenset(
    {"char", "short", "int", "long", "signed", "unsigned", "_Bool", "bool", "void"}
)
# Typedefs of the kernel whose width is the same in all versions; 0 is the width of long.
_TYPES = {
    **{f"{prefix}{kind}{bits}": (bits, kind == "s") for prefix in ("", "__") for kind in "us" for bits in (8, 16, 32, 64)},
    **{f"{prefix}int{bits}_t": (bits, not prefix) for prefix in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"__{order}{bits}": (bits, False) for order in ("le", "be") for bits in (16, 32, 64)},
    "gfp_t": (32, False), "fmode_t": (32, False), "slab_flags_t": (32, False), "blk_opf_t": (32, False),
    "blk_mq_req_flags_t": (32, False), "vm_fault_t": (32, False), "req_flags_t": (32, False), "uint": (32, False),
    "size_t": (0, False), "ssize_t": (0, True), "uintptr_t": (0, False), "ulong": (0, False), "pgoff_t": (0, False),
    "vm_flags_t": (0, False), "loff_t": (64, True), "ptrdiff_t": (0, True), "ushort": (16, False),
}  # fmt: skip


def wrap(number: int, bits: int, signed: bool) -> Value:
    """The number as a type of that width holds it."""
    number &= (1 << bits) - 1
    if signed and number >> (bits - 1):
        number -= 1 << bits
    return Value(number, bits, signed)


def promoted(value: Value) -> Value:
    """Types narrower than int become int."""
    return value if value.bits >= 32 else Value(value.number)


def converted(left: Value, right: Value) -> tuple[Value, Value]:
    """C's usual arithmetic conversions."""
    left, right = promoted(left), promoted(right)
    bits = max(left.bits, right.bits)
    unsigned = any(not each.signed and each.bits == bits for each in (left, right))
    return wrap(left.number, bits, not unsigned), wrap(right.number, bits, not unsigned)


def enumerator(value: Value) -> Value:
    """An enumeration constant is an int where it fits."""
    if -(1 << 31) <= value.number < 1 << 31:
        return Value(value.number)
    return Value(value.number, signed=False) if 0 <= value.number < 1 << 32 else value
