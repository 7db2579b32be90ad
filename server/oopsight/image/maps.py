"""Lists of a kernel's symbols: `System.map` of its build, `/proc/kallsyms` of a running one.

A line is an address, a letter for the kind (`T`, `t`, `W` are code) and a name; kallsyms adds `[module]`. Functions of
modules are in kallsyms only.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_LINE = re.compile(
    rb"^([0-9a-f]{8,16}) ([A-Za-z?]) ([^\s\[]{1,512})(?:[ \t]+\[([\w-]{1,64})\])?[ \t]*\r?$",
    re.MULTILINE,
)
_CODE = frozenset((b"T", b"t", b"W", b"w"))
_LARGEST = 256 << 20
# Mapping symbols of Arm, RISC-V and compilers' labels say nothing about a function.
_NO_NAME = (b"$", b".L", b"__pfx_", b"__cfi_")


class NotAMap(ValueError):
    """The file is no list of symbols that can be used; the message says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function of a map: `size` reaches to the next symbol, None for the last one."""

    name: str
    address: int
    size: int | None
    module: str | None


@dataclass(frozen=True, eq=False)
class Symbols:
    """The functions of one file, sorted by address. `path` is the file as the user named it."""

    path: str
    addresses: array[int]
    names: tuple[bytes, ...]
    modules: dict[int, str]
    _by_name: dict[bytes, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def at(self, address: int) -> Symbol | None:
        """The function that holds an address; None outside of all of them, and behind the last one of the kernel itself."""
        at = bisect_right(self.addresses, address) - 1
        if at < 0:
            return None
        start = self.addresses[at]
        end = self.addresses[at + 1] if at + 1 < len(self.addresses) else None
        if (end is None and address - start >= _LARGEST_FUNCTION) or address - start >= _FARTHEST:
            return None
        size = None if end is None else end - start
        return Symbol(self.names[at].decode("utf-8", "replace"), start, size, self.modules.get(at))

    def named(self, name: str) -> tuple[int, ...]:
        """The addresses of all functions of this name."""
        if not self._by_name:
            found: dict[bytes, list[int]] = {}
            for at, one in enumerate(self.names):
                found.setdefault(one, []).append(self.addresses[at])
            self._by_name.update((one, tuple(places)) for one, places in found.items())
        return self._by_name.get(name.encode(), ())

    @property
    def bounds(self) -> tuple[int, int]:
        """The first and the last address."""
        return self.addresses[0], self.addresses[-1]


# No function has this many bytes; what seems to have is a gap.
_LARGEST_FUNCTION = 1 << 16
_FARTHEST = 1 << 20


def read(path: Path) -> Symbols:
    """The functions of a `System.map` or a copy of `/proc/kallsyms`. Raises `NotAMap` and `OSError`."""
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise NotAMap(f"{path} is too large for a list of symbols.")
    found = _LINE.findall(data)
    if not found:
        raise NotAMap(
            f"{path} is no list of symbols: its lines should read like `c0008000 T _stext`."
        )
    code = [
        (int(address, 16), name, module)
        for address, kind, name, module in found
        if kind in _CODE and not name.startswith(_NO_NAME)
    ]
    if not any(address for address, _, _ in code):
        raise NotAMap(
            f"All addresses in {path} are 0: /proc/kallsyms shows them only to root, so copy it as root."
        )
    return _sorted(str(path), code)


def _sorted(path: str, code: Iterable[tuple[int, bytes, bytes]]) -> Symbols:
    # Of several names for one address the first stays, as kallsyms itself does it.
    known: dict[int, tuple[bytes, bytes]] = {}
    for address, name, module in code:
        if address:
            known.setdefault(address, (name, module))
    order = sorted(known)
    names = tuple(known[address][0] for address in order)
    modules = {
        at: known[address][1].decode() for at, address in enumerate(order) if known[address][1]
    }
    return Symbols(path, array("Q", order), names, modules)
