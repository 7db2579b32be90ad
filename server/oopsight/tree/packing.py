"""What was found in a file as bytes on disk, and the keys by which it is found again."""

from __future__ import annotations

import zlib
from array import array

from oopsight import model
from oopsight.tree.rows import KIND_NUMBER, KINDS, Found, Row, Use

K = model.DefinitionKind
_STATIC = 1 << 6
_TABLE = KIND_NUMBER[K.TABLE]
# Asked two million times for one tree: an enumeration's own hash is slow.
_NUMBER = {id(kind): number for kind, number in KIND_NUMBER.items()}


class Damaged(Exception):
    """The bytes are not what was written."""


def packed(found: Found) -> bytes:
    """The definitions and uses of one file as bytes."""
    rows, uses = found
    names = "\n".join([row[0] for row in rows])
    types = "\n".join([row.type_name or "" for row in rows if row[1] is K.TABLE])
    words = "\n".join([use[0] for use in uses])
    macros = "\n".join([use[1] for use in uses])
    texts = "\0".join((names, types, words, macros)).encode("latin-1")
    kinds = bytes([_NUMBER[id(row[1])] | (_STATIC if row[5] else 0) for row in rows])
    numbers = array("I", (len(texts), len(rows), len(uses)))
    numbers.extend([row[2] for row in rows])
    numbers.extend([row[2] - row[3] for row in rows])
    numbers.extend([max(row[4] - row[2], 0) for row in rows])
    numbers.extend([use[2] for use in uses])
    numbers.extend([max(use[3] - use[2], 0) for use in uses])
    return zlib.compress(numbers[:3].tobytes() + texts + kinds + numbers[3:].tobytes(), 1)


def unpacked(data: bytes) -> Found:
    """What `packed` made bytes of; raises `Damaged` for anything else."""
    try:
        return _unpacked(zlib.decompress(data))
    except (zlib.error, ValueError, IndexError) as error:
        raise Damaged from error


def _unpacked(data: bytes) -> Found:
    sizes = array("I")
    sizes.frombytes(data[: 3 * sizes.itemsize])
    length, count, used = sizes
    at = 3 * sizes.itemsize
    names, types, words, macros = (
        text.split("\n") for text in data[at : at + length].decode("latin-1").split("\0")
    )
    at += length
    kinds = data[at : at + count]
    numbers = array("I")
    numbers.frombytes(data[at + count :])
    type_names = iter(types)
    rows = []
    for position in range(count):
        kind = kinds[position] & (_STATIC - 1)
        line = numbers[position]
        rows.append(
            Row(
                names[position],
                KINDS[kind],
                line,
                line - numbers[count + position],
                line + numbers[2 * count + position],
                bool(kinds[position] & _STATIC),
                (next(type_names) or None) if kind == _TABLE else None,
            )
        )
    base = 3 * count
    uses = [
        Use(
            words[at],
            macros[at],
            numbers[base + at],
            numbers[base + at] + numbers[base + used + at],
        )
        for at in range(used)
    ]
    return Found(rows, uses)


def counts(found: Found) -> bytes:
    """How many definitions of each kind there are, in the order of the kinds."""
    kinds = [_NUMBER[id(row[1])] for row in found.rows]
    return array("I", [kinds.count(number) for number in range(len(KINDS))]).tobytes()


def key_of_name(name: str) -> int:
    """The key under which the definitions of a name are found; other names may have it, too."""
    return zlib.crc32(name.encode("utf-8", "surrogateescape"))


def key_of_type(name: str) -> int:
    """The key under which initialised variables of a structure type are found."""
    return zlib.crc32(b"=" + name.encode("utf-8", "surrogateescape"))


def key_of_word(word: str) -> int:
    """The key under which uses of macros with this argument are found."""
    return zlib.crc32(b"(" + word.encode("utf-8", "surrogateescape"))


def keys(found: Found) -> set[int]:
    """Every key under which a file is to be found."""
    crc32 = zlib.crc32
    result = {crc32(name) for name in {row[0].encode("latin-1") for row in found.rows}}
    result.update(key_of_type(row.type_name) for row in found.rows if row.type_name)
    result.update(key_of_word(word) for word in {use[0] for use in found.uses})
    return result


# What people search for by its name.
_SEARCHED = frozenset(map(id, (K.FUNCTION, K.INLINE, K.MACRO, K.LABEL, K.STRUCT)))


def searched(found: Found) -> set[str]:
    """The names by which a file's definitions are searched for."""
    return {row[0] for row in found.rows if id(row[1]) in _SEARCHED}
