"""Bytes of a file → its text or its lines, or why it is none.

A log may be larger than what one string can hold well: a string needs two or four bytes for each of its characters as
soon as one of them is not Latin. So a file is read, judged and decoded block by block, and its lines are strings of
their own.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from oopsight.util import encodings

# How well-known files that are no text begin, and what to do with them.
_KINDS = (
    (b"\x7fELF", "an ELF file (a program or a kernel image)"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"%PDF-", "a PDF; copy its text into a file first"),
    (b"\x89PNG", "a picture; give the text itself"),
    (b"\xff\xd8\xff", "a picture; give the text itself"),
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What no text contains: control characters other than those of layout, bells, backspaces and escape sequences.
_CONTROLS = bytes({*range(32), 127} - set(b"\a\b\t\n\v\f\r\x1b"))
# A serial line drops bytes to NUL now and then, or brings some noise; a file full of that is no text. Of random
# bytes every tenth is such a character. A few of them settle nothing.
_MOST_NULS = 0.02
_MOST_CONTROLS = 0.05
_FEW = 8
# Less of them is enough beside bytes that are in no encoding of a text: neither in UTF-8 nor in one that editors and
# terminals of Asia write.
_MOST_CONTROLS_IN_DOUBT = 0.01
_MOST_BROKEN = 0.1
_ENCODINGS = ("utf-8", "cp949", "gb18030", "cp932", "euc_jp", "cp950")
_ENOUGH_TO_JUDGE = 1 << 16
# UTF-16 without a mark: of every Latin character one byte is NUL, always on the same side.
_NULS_OF_UTF_16, _NULS_ON_THE_OTHER_SIDE = 0.25, 0.05

# Bytes of a block: even, so that no unit of UTF-16 is cut in two.
_BLOCK = 1 << 20
# Exactly the line ends of `model.Document`. In every encoding that is looked for these bytes are nothing else.
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ABOVE_127 = re.compile(rb"[\x80-\xff]")
_END_OF_LINE = re.compile(rb"[\r\n]")
_MOST_OF_A_LINE = 4000
_ASCII, _ABOVE_127 = bytes(range(128)), bytes(range(128, 256))
_MOSTLY = 0.9
# What an encoding looks at beside a character.
_BESIDE = 3

Progress = Callable[[int, int], None]
"""Told how many of how many bytes are done."""


class NotATextError(Exception):
    """The bytes are no text; the words say what they are, to follow "is"."""


def decode(data: bytes) -> str:
    """The text, in the encoding that its marks or its characters tell; bytes that are no character become U+FFFD."""
    return "".join(_Blocks(_cut(data)).texts())


def lines(data: bytes, progress: Progress | None = None) -> tuple[str, ...]:
    """The lines of the text, without their ends, as `decode` and `model.Document.of` would give them."""
    return _lines(_Blocks(_cut(data)), progress)


def read_lines(file: BinaryIO, progress: Progress | None = None) -> tuple[str, ...]:
    """The lines of a file or pipe, as `lines` gives them; each byte is given back as soon as it is decoded."""
    return _lines(_Blocks(list(iter(lambda: file.read(_BLOCK), b""))), progress)


def _cut(data: bytes) -> list[bytes]:
    return [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)]


def _lines(blocks: _Blocks, progress: Progress | None) -> tuple[str, ...]:
    found: list[str] = []
    rest: list[str] = []
    for text in blocks.texts():
        parts = _split(text)
        rest.append(parts[0])
        if len(parts) > 1:
            found.append("".join(rest))
            rest = [parts.pop()]
            found += parts[1:]
        if progress is not None:
            progress(blocks.done, blocks.total)
    found.append("".join(rest))
    return tuple(found)


def _split(text: str) -> list[str]:
    if "\r" not in text:
        return text.split("\n")
    if text.count("\r") == text.count("\r\n"):
        return text.replace("\r\n", "\n").split("\n")
    return _LINE_END.split(text)


@dataclass(slots=True)
class _Blocks:
    """A file's bytes in blocks that are given back one by one, and how far that has come."""

    blocks: list[bytes]
    done: int = 0
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(map(len, self.blocks))

    def texts(self) -> Iterator[str]:
        """The text in pieces, each of which ends with the end of a line; only the last may end without one."""
        wide = _refuse_or_wide(self.blocks)
        if wide is not None:
            yield from _whole_lines(self._wide(wide))
            return
        if self.blocks and self.blocks[0].startswith(codecs.BOM_UTF8):
            self.blocks[0] = self.blocks[0][len(codecs.BOM_UTF8) :]
        sample = _Sample.of(self.blocks)
        legacy = encodings.judged(sample.lines, beside_utf_8=sample.has_utf_8)
        for block in self._whole():
            yield _decoded(block, legacy, sample.has_utf_8)

    def _taken(self) -> Iterator[bytes]:
        """The blocks in their order; a block that was taken is held nowhere."""
        self.blocks.reverse()
        while self.blocks:
            block = self.blocks.pop()
            self.done += len(block)
            yield block

    def _wide(self, name: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
        for block in self._taken():
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)

    def _whole(self) -> Iterator[bytes]:
        """The blocks, moved to the ends of lines."""
        rest: list[bytes] = []
        for block in self._taken():
            # A CR that ends a block may be the first half of a line end.
            end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
            if end:
                yield b"".join([*rest, block[:end]])
                rest = []
            rest.append(block[end:])
        yield b"".join(rest)


def _whole_lines(texts: Iterator[str]) -> Iterator[str]:
    """The same text in pieces that are cut where lines end."""
    rest: list[str] = []
    for text in texts:
        end = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
        if end:
            yield "".join([*rest, text[:end]])
            rest = []
        rest.append(text[end:])
    yield "".join(rest)


# What kind of file it is


def _refuse_or_wide(blocks: Sequence[bytes]) -> str | None:
    """The name of the UTF-16 that a text is in, None for one of single bytes; `NotATextError` for what is no text."""
    first = blocks[0] if blocks else b""
    for start, what in _KINDS:
        if first.startswith(start):
            raise NotATextError(f"no text but {what}")
    for mark, name in _BYTE_ORDER_MARKS:
        if first.startswith(mark):
            return name
    wide = _unmarked_utf_16(blocks)
    if wide is None and not first.startswith(codecs.BOM_UTF8) and _is_binary(blocks):
        raise NotATextError("binary; give a text")
    return wide


def _unmarked_utf_16(blocks: Sequence[bytes]) -> str | None:
    """The byte order of UTF-16 that bears no mark, None for anything else."""
    half = sum(map(len, blocks)) // 2
    high = low = 0
    for block in blocks:
        if 0 in block:
            high += block[::2].count(0)
            low += block[1::2].count(0)
    if half < _FEW or max(high, low) < _NULS_OF_UTF_16 * half:
        return None
    if min(high, low) > _NULS_ON_THE_OTHER_SIDE * half:
        return None
    encoding = "utf-16-be" if high > low else "utf-16-le"
    text = blocks[0][:_ENOUGH_TO_JUDGE].decode(encoding, errors="replace")
    controls = sum(ord(character) in _CONTROLS for character in text if character <= "\x7f")
    return encoding if controls <= _MOST_CONTROLS * len(text) else None


def _is_binary(blocks: Sequence[bytes]) -> bool:
    """Whether there is more in the bytes than a text with some noise in it."""
    size = sum(map(len, blocks))
    if sum(block.count(0) for block in blocks) > _MOST_NULS * size:
        return True
    controls = sum(len(block) - len(block.translate(None, _CONTROLS)) for block in blocks)
    if controls < _FEW or controls <= _MOST_CONTROLS_IN_DOUBT * size:
        return False
    start = blocks[0][:_ENOUGH_TO_JUDGE]
    return controls > _MOST_CONTROLS * size or all(
        _broken(start, encoding) > _MOST_BROKEN for encoding in _ENCODINGS
    )


def _broken(data: bytes, encoding: str) -> float:
    """The share of a text that is no character of the encoding."""
    return data.decode(encoding, errors="replace").count("\ufffd") / max(len(data), 1)


# Encodings that agree with ASCII


@dataclass(frozen=True, slots=True)
class _Sample:
    """Lines that are not valid UTF-8, from all over the text, and whether other characters are in UTF-8."""

    lines: tuple[bytes, ...]
    has_utf_8: bool

    @staticmethod
    def of(blocks: Sequence[bytes]) -> _Sample:
        """Some of the lines of each block; the same bytes always give the same."""
        most = _ENOUGH_TO_JUDGE // max(len(blocks), 1)
        found: list[bytes] = []
        has_utf_8 = False
        for number, block in enumerate(blocks):
            if not block.isascii():
                # The block's first and last line may go on in its neighbours.
                start = block.find(b"\n") + 1 if number > 0 else 0
                end = block.rfind(b"\n") + 1 if number < len(blocks) - 1 else len(block)
                lines, valid = _invalid_lines(block[start : end or len(block)], most)
                found += lines
                has_utf_8 = has_utf_8 or valid
        return _Sample(tuple(found), has_utf_8)


def _invalid_lines(block: bytes, most: int) -> tuple[list[bytes], bool]:
    """Lines of a block that are not valid UTF-8, and whether other lines before them hold characters in UTF-8."""
    found: list[bytes] = []
    at, size, has_utf_8 = 0, 0, False
    view = memoryview(block)
    while at < len(block) and size <= most:
        try:
            text = str(view[at:], "utf-8")
        except UnicodeDecodeError as error:
            start, end = _line_around(block, at + error.start)
            has_utf_8 = has_utf_8 or not block[at:start].isascii()
            found.append(block[max(start, at) : end])
            size += end - start
            at = end
        else:
            return found, has_utf_8 or not text.isascii()
    return found, has_utf_8


def _line_around(block: bytes, at: int) -> tuple[int, int]:
    """Start and end of the line at a place, or what of it is near."""
    low, high = max(at - _MOST_OF_A_LINE, 0), at + _MOST_OF_A_LINE
    start = max(block.rfind(b"\n", low, at), block.rfind(b"\r", low, at), low - 1) + 1
    end = _END_OF_LINE.search(block, at, high)
    return start, end.start() if end else min(high, len(block))


def _decoded(lines: bytes, legacy: encodings.Encoding | None, has_utf_8: bool) -> str:
    """Whole lines as text; those that are not ASCII in `legacy` or in UTF-8."""
    if legacy is None or lines.isascii():
        return lines.decode("utf-8", errors="replace")
    ascii_bytes = len(lines.translate(None, _ABOVE_127))
    if not has_utf_8 and ascii_bytes < _MOSTLY * len(lines):  # these decoders are slow at ASCII
        clean = encodings.decode_clean(lines, legacy)
        if clean is not None:
            return clean
    parts, done = [], 0
    while (found := _BYTE_ABOVE_127.search(lines, done)) is not None:
        # What is not ASCII, and a little before and behind it.
        start = max(found.start() - _BESIDE, done)
        end = _END_OF_LINE.search(lines, found.start())
        stop = end.start() if end else len(lines)
        stop = min(start + len(lines[start:stop].rstrip(_ASCII)) + _BESIDE, stop)
        parts.append(lines[done:start].decode("ascii"))
        parts.append(encodings.decode(lines[start:stop], legacy))
        done = stop
    parts.append(lines[done:].decode("ascii"))
    return "".join(parts)
