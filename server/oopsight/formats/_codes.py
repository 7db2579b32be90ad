"""Places in code as kernels print them (`ext4_readdir+0x1a4/0x5e0 [ext4]`): the tokens of rules, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    # An address in brackets: `[<c0014318>]`; some markup eats the angle brackets.
    "ADDRESS": rf"\[<?(?P<address>{_DIGITS}{{4,16}})>?\]",
    # A source position.
    "POSITION": r"(?P<path>/?(?:[\w.+~@,-]{1,80}/){0,24}[\w.+~@,-]{1,80}\.(?:c|h|S|rs|inc|lds|y|l)):(?P<line>[0-9]{1,7})(?!\w)",
}

# Any place with offset and size, wherever it stands.
ANYWHERE = re.compile(
    rf"(?<![\w.$+/])(?:{TOKENS['ADDRESS']}[ \t]{{1,2}})?\(?{TOKENS['PLACE']}", re.ASCII
)
CAN_HAVE = "/0x"


def read(line: model.LogLine, found: re.Match[str]) -> model.CodeRef | None:
    """The place in code that a rule's groups hold, None where they hold none."""
    groups = found.groupdict()
    symbol = groups.get("symbol")
    address = _number(groups.get("address"))
    if symbol is None:
        bare = groups.get("bare")
        number = address if bare is None else _number(bare)
        if number is None:
            return None
        group = "address" if bare is None else "bare"
        return model.CodeRef(None, None, number, name_spans=line.spans(*found.span(group)))
    return model.CodeRef(
        function=function_of(symbol),
        symbol=symbol,
        address=address,
        offset=_number(groups.get("offset"))
        if groups.get("decimal") is None
        else int(groups["decimal"]),
        size=_number(groups.get("size")),
        module=groups.get("module") or groups.get("before"),
        build_id=groups.get("build"),
        name_spans=line.spans(*found.span("symbol")),
    )


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
    )
)


def function_of(symbol: str) -> str:
    """The name in the source: `symbol` without what compilers append (`.isra.43.constprop.50`, `[jt]`)."""
    name = symbol.removesuffix("[jt]")
    parts = name.lstrip(".").split(".")
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _SUFFIXES):
        parts.pop()
    return "." * (len(name) - len(name.lstrip("."))) + ".".join(parts)
