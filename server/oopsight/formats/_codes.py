"""Places in code as kernels print them (`ext4_readdir+0x1a4/0x5e0 [ext4]`): the tokens of rules, and how they are read."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oopsight import model

_DIGITS = r"[0-9A-Fa-f]"
# A symbol: dots of compilers, `$` of Arm's mapping symbols, what clang appends for control flow integrity, and the module in front of
# it as kernels before 2.6.30 print it (`:jbd:log_wait_commit`).
_NAME = r"[A-Za-z_.$][\w.$]{0,511}(?:\[jt\])?"
_SYMBOL = rf"(?::(?P<before>[\w-]{{1,64}}):)?(?P<symbol>{_NAME})"
_OFFSET = rf"\+(?:0x)?(?P<offset>{_DIGITS}{{1,16}})/(?:0x)?(?P<size>{_DIGITS}{{1,16}})(?![\w/])"
# `[ext4]`, with its flags (`[ext4(OE)]`) or its build id.
_MODULE = rf"(?:[ \t]?\[(?P<module>[A-Za-z0-9_][\w-]{{0,63}})(?:\([A-Z+-]{{1,24}}\))?(?:[ ](?P<build>{_DIGITS}{{16,64}}))?\])?"

# Words of rules. No token can match the same text in two ways, and all are bounded in length.
TOKENS: Mapping[str, str] = {
    "NAME": _NAME,
    "MODULE": _MODULE,
    # A place that is printed with offset and size: nothing else in a text looks like that.
    "PLACE": rf"{_SYMBOL}{_OFFSET}{_MODULE}",
    # The same where the size, or both, can be missing.
    "LOOSE": rf"{_SYMBOL}(?:\+0x(?P<offset>{_DIGITS}{{1,16}})(?:/0x(?P<size>{_DIGITS}{{1,16}}))?)?(?![\w/+]){_MODULE}",
    # A place without a symbol: kernels print its address, in hexadecimal digits.
    "BARE": rf"(?:0x)?(?P<bare>{_DIGITS}{{1,16}})(?![\w.])",
    # An address in brackets: `[<c0014318>]`; some markup eats the angle brackets, and what kernels hide they
    # print as a word.
    "ADDRESS": rf"\[<?(?:(?P<address>{_DIGITS}{{4,16}})|[ ]{{0,16}}\((?:ptrval|____ptrval____|null)\))>?\]",
    # What a kernel calls itself, and how it says whether it is tainted.
    "RELEASE": r"(?P<release>[0-9]{1,3}\.[0-9]{1,5}[\w.+~-]{0,100})",
    "TAINT": r"(?:Not tainted|Tainted:[ ](?P<taint>[A-Z -]{1,80}(?<=[A-Z-])))",
    # A source position.
    "POSITION": r"(?P<path>/?(?:[\w.+~@,-]{1,80}/){0,24}[\w.+~@,-]{1,80}\.(?:c|h|S|rs|inc|lds|y|l)):(?P<line>[0-9]{1,7})(?!\w)",
}

# Any place with offset and size, wherever it stands.
ANYWHERE = re.compile(
    rf"(?<![\w.$+/])(?:{TOKENS['ADDRESS']}[ \t]{{1,2}})?\(?{TOKENS['PLACE']}", re.ASCII
)
CAN_HAVE = "/0x"
# One of several frames on a line: an address in brackets, with its place or without; `<ffffffff8012fc1d>{f+33}` before 2.6.17,
# with decimal offsets.
SEVERAL = re.compile(
    rf"\[?<(?P<address>{_DIGITS}{{8,16}})>\]?"
    rf"(?:[ ]{{1,2}}(?P<doubt>\?[ ])?(?::(?P<before>[\w-]{{1,64}}):)?(?P<symbol>{_NAME}){_OFFSET}{_MODULE}"
    rf"|\{{(?::(?P<owner>[\w-]{{1,64}}):)?(?P<old>{_NAME})\+(?P<decimal>[0-9]{{1,7}})\}})?",
    re.ASCII,
)


def read(line: model.LogLine, found: re.Match[str]) -> model.CodeRef | None:
    """The place in code that a rule's groups hold, None where they hold none."""
    parts = _parts(found)
    if parts is None:
        return None
    function, symbol, address, offset, size, module, build, (start, end) = parts
    return model.CodeRef(
        function,
        symbol,
        address,
        None,
        offset,
        size,
        module,
        None,
        line.spans(start, end),
        build,
    )


@functools.lru_cache(1 << 14)
def groups(found: re.Match[str]) -> Mapping[str, Any]:
    """The named groups of what a rule found, which the same text of a dump asks for again and again."""
    return found.groupdict()


_Number = int | None
_Text = str | None


@functools.lru_cache(1 << 14)
def _parts(
    found: re.Match[str],
) -> tuple[_Text, _Text, _Number, _Number, _Number, _Text, _Text, tuple[int, int]] | None:
    """What the groups say, apart from where the line stands; the same text is found again and again in a dump."""
    groups = found.groupdict()
    symbol = groups.get("symbol") or groups.get("old")
    address = _number(groups.get("address")) or None  # `[<0>]` is how kernels hide it
    if symbol is None:
        bare = groups.get("bare")
        number = _number(groups.get("address") if bare is None else bare)
        if number is None:
            return None
        group = "address" if bare is None else "bare"
        return None, None, number, None, None, None, None, found.span(group)
    return (
        function_of(symbol),
        symbol,
        address,
        _offset(groups),
        _number(groups.get("size")),
        groups.get("module") or groups.get("before") or groups.get("owner"),
        groups.get("build"),
        found.span("symbol" if groups.get("symbol") else "old"),
    )


def _offset(groups: Mapping[str, str | None]) -> int | None:
    decimal = groups.get("decimal")
    return _number(groups.get("offset")) if decimal is None else int(decimal)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits, 16)


# What compilers and linkers append to a function's name when they copy, split or move it.
_SUFFIXES = frozenset(
    (
        "isra",
        "constprop",
        "part",
        "cold",
        "llvm",
        "lto_priv",
        "localalias",
        "clone",
        "unlikely",
        "cfi",
        "cfi_jt",
        "__uniq",
        "specialized",
    )
)
# What clang and objtool put in front of the padding or the type of a function.
_PREFIXES = ("__pfx_", "__cfi_")


def function_of(symbol: str) -> str:
    """The name in the source: `symbol` without what compilers add (`.isra.43.constprop.50`, `[jt]`, `__pfx_`).

    The point that ppc64 puts in front of a function's code goes, too; mangled names stay as they are.
    """
    name = symbol.removesuffix("[jt]")
    if len(name) > 1 and name[0] == "." and (name[1] == "_" or name[1].isalpha()):
        name = name[1:]
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix) or name
    parts = name.split(".")
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _SUFFIXES):
        parts.pop()
    return ".".join(parts)


_HASH_DIGITS = re.compile(r"0{8}(?!0{8})[0-9a-f]{8}\Z")


def hashed(code: model.CodeRef, found: re.Match[str], record: model.Arch | None) -> model.CodeRef:
    """The place with its address marked where that is a hash.

    Since 4.15 `%p` prints 32 bits that only look like an address. Where no kernel lies in the lowest 4 GB, sixteen digits
    of which the first eight are zero are such a hash.
    """
    digits = found.groupdict().get("address")
    if digits is None or record is None or record.bits != 64 or record.low_kernel:
        return code
    return replace(code, hashed=True) if _HASH_DIGITS.match(digits) else code
