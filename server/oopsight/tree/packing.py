"""What was found in a file as bytes on disk, and the keys by which it is found again."""

from __future__ import annotations

import itertools
import zlib
from array import array

from oopsight import model
from oopsight.tree import rows
from oopsight.tree.rows import KIND_NUMBER, KINDS, STATIC, Found, Raw

K = model.DefinitionKind
_KIND_OF = bytes(mark & (STATIC - 1) for mark in range(256))
_ALL_KINDS = [bytes([number]) for number in range(len(KINDS))]


class Damaged(Exception):
    """The bytes are not what was written."""


def packed(found: Raw) -> bytes:
    """The definitions and uses of one file as bytes."""
    names, marks, *numbers = zip(*found.rows, strict=True) if found.rows else _NOTHING
    words, macros, *more = zip(*found.uses, strict=True) if found.uses else _NO_USES
    texts = b"\0".join(map(b"\n".join, (names, found.types, words, macros)))
    columns = list(itertools.chain.from_iterable((*numbers, *more)))
    try:
        # As good as always.
        width, columns_packed = 2, array("H", columns)
    except OverflowError:
        width, columns_packed = 4, array("I", columns)
    sizes = array("I", (len(texts), len(found.rows), len(found.uses), width))
    return zlib.compress(
        b"".join((sizes.tobytes(), texts, bytes(marks), columns_packed.tobytes())), 1
    )


_NOTHING: tuple[tuple[()], ...] = ((),) * 5
_NO_USES: tuple[tuple[()], ...] = ((),) * 4


def unpacked(data: bytes) -> Found:
    """What `packed` made bytes of; raises `Damaged` for anything else."""
    try:
        return rows.found(_unpacked(zlib.decompress(data)))
    except (zlib.error, ValueError, IndexError, StopIteration) as error:
        raise Damaged from error


def _unpacked(data: bytes) -> Raw:
    sizes = array("I")
    sizes.frombytes(data[: 4 * sizes.itemsize])
    length, count, used, width = sizes
    at = 4 * sizes.itemsize
    names, types, words, macros = (
        text.split(b"\n") if text else [] for text in data[at : at + length].split(b"\0")
    )
    at += length
    marks = data[at : at + count]
    numbers = array("H" if width == array("H").itemsize else "I")
    numbers.frombytes(data[at + count :])
    columns = [numbers[low * count : (low + 1) * count] for low in range(3)]
    columns += [numbers[3 * count + low * used : 3 * count + (low + 1) * used] for low in range(2)]
    return Raw(
        list(zip(names, marks, *columns[:3], strict=True)),
        types,
        list(zip(words, macros, *columns[3:], strict=True)),
    )


def counts(found: Raw) -> bytes:
    """How many definitions of each kind there are, in the order of the kinds."""
    kinds = bytes([row[1] for row in found.rows]).translate(_KIND_OF)
    return array("I", [kinds.count(kind) for kind in _ALL_KINDS]).tobytes()


def key_of_name(name: str) -> int:
    """The key under which the definitions of a name are found; other names may have it, too."""
    return zlib.crc32(name.encode("utf-8", "surrogateescape"))


def key_of_type(name: str) -> int:
    """The key under which initialised variables of a structure type are found."""
    return zlib.crc32(b"=" + name.encode("utf-8", "surrogateescape"))


def key_of_word(word: str) -> int:
    """The key under which uses of macros with this argument are found."""
    return zlib.crc32(b"(" + word.encode("utf-8", "surrogateescape"))


def keys(found: Raw) -> set[int]:
    """Every key under which a file is to be found."""
    crc32 = zlib.crc32
    result = set(map(crc32, {row[0] for row in found.rows}))
    result.update(crc32(b"=" + name) for name in set(found.types) if name)
    result.update([crc32(b"(" + word) for word in {use[0] for use in found.uses}])
    return result


# What people search for by its name.
_SEARCHED = frozenset(
    KIND_NUMBER[kind] | static
    for kind in (K.FUNCTION, K.INLINE, K.MACRO, K.LABEL, K.STRUCT)
    for static in (0, STATIC)
)


def searched(found: Raw) -> set[bytes]:
    """The names by which a file's definitions are searched for."""
    return {row[0] for row in found.rows if row[1] in _SEARCHED}
