"""The numbers that a tree gives to names: constants of a domain, single names, entries of tables.

Files are read when something asks for a name in them, and kept. Where several files define a name, the ones that the
architecture's kernel would see come first. Without a configuration every branch counts, and each number carries the
condition under which it holds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from oopsight import model
from oopsight.tree import evaluate, headers, kconfig, preprocess, tables
from oopsight.tree.evaluate import Meaning

__all__ = ["TreeConstants"]

_LARGEST_TEXT = 4_000_000
_MOST_FILES_OF_A_NAME = 24
_MOST_INCLUDED = 400
_MOST_INCLUDED_BESIDE_INDEX = 60


class TreeConstants:
    """A tree's names and numbers, as one architecture's kernel sees them (`model.Constants`).

    `read` gives the text of a tree-relative path, `find` the files that define a macro, enumerator, table or structure
    of a name (none while the index is not there; `indexed` says that it is), `bits` is the width of `long`, `tree_dir`
    the architecture's folder. `known` are headers that were read before, for whatever architecture.
    """

    def __init__(
        self,
        read: Callable[[str], str | None],
        find: Callable[[str], Sequence[str]],
        config: preprocess.Config | None,
        bits: int,
        tree_dir: str | None,
        known: dict[str, headers.Header | None] | None = None,
        *,
        indexed: bool = False,
    ) -> None:
        self._read = read
        self._find = find
        self._config = config
        self._bits = bits
        self._tree_dir = tree_dir
        self._headers = {} if known is None else known
        self._includes: dict[str, tuple[headers.Include, ...]] = {}
        self._there: dict[str, bool] = {}
        self._meanings: dict[tuple[str, tuple[str, ...]], tuple[Meaning, ...]] = {}
        self._domains: dict[model.Domain, tuple[model.Constant, ...]] = {}
        self._names: dict[str, tuple[model.Constant, ...]] = {}
        self._entries: dict[tuple[str, int], tuple[model.TableEntry, ...]] = {}
        self._truths: dict[str, bool | None] = {}
        self._options: dict[str, tuple[Meaning, ...]] = {}
        self._asked: set[str] = set()
        self._indexed = indexed  # or whether `find` has ever found something

    # model.Constants

    def of(self, domain: model.Domain) -> Sequence[model.Constant]:
        """Every constant of the domain, in the order of its headers and lines; those that do not hold are left out."""
        if domain not in self._domains:
            self._domains[domain] = tuple(self._constants(domain))
        return self._domains[domain]

    def named(self, name: str) -> Sequence[model.Constant]:
        """Every number that the tree gives the name, under its conditions."""
        if name not in self._names:
            self._names[name] = tuple(self._numbers(name, self._lookup(name, ()), (), None))
        return self._names[name]

    def entry(self, table: str, index: int) -> Sequence[model.TableEntry]:
        """Entry `index` of every array called `table` that may be part of the kernel."""
        key = (table, index)
        if key not in self._entries:
            self._entries[key] = tuple(self._table_entries(table, index))
        return self._entries[key]

    def holds(self, condition: str | None) -> bool | None:
        """Whether a condition holds under the configuration, the architecture and the tree's own macros."""
        if condition is None:
            return True
        if condition in self._truths:
            return self._truths[condition]
        truth = preprocess.holds(condition, self._config, self._defined, self._number)
        if not self._asked:  # inside a question about a macro the answer may be incomplete
            self._truths[condition] = truth
        return truth

    # constants of a domain

    def _constants(self, domain: model.Domain) -> Iterator[model.Constant]:
        mask = (1 << domain.bits) - 1 if domain.shape is not model.Shape.VALUES else None
        near = tuple(path for path in self._paths(domain.headers) if self._header(path) is not None)
        settled: set[str] = set()
        for path in near:
            header = self._header(path)
            if header is None:
                continue
            chosen = tuple(header.meanings)
            if domain.enum is not None:
                chosen = header.enums.get(domain.enum, ())
            here: set[str] = set()
            for name in chosen:
                if name in settled or not _selected(name, domain):
                    continue
                meanings = header.meanings.get(name, ())
                if domain.enum is not None:
                    meanings = tuple(each for each in meanings if each.enumerator)
                for constant in self._numbers(name, meanings, near, mask):
                    here.add(name)
                    yield constant
            settled |= here  # an architecture's header hides the generic one behind it

    def _paths(self, patterns: Iterable[str]) -> Iterator[str]:
        for pattern in patterns:
            if "{arch}" not in pattern:
                yield pattern
            elif self._tree_dir is not None:
                yield pattern.replace("{arch}", self._tree_dir)

    def _numbers(
        self, name: str, meanings: Sequence[Meaning], near: tuple[str, ...], mask: int | None
    ) -> Iterator[model.Constant]:
        """A name's numbers, one constant for each definition and outcome."""
        for meaning in evaluate.without_own_guard(meanings):
            holds = self.holds(meaning.condition)
            if holds is False or meaning.position is None:
                continue
            outcomes = evaluate.evaluate_meaning(
                meaning, lambda other: self._lookup(other, near), bits=self._bits, holds=self.holds
            )
            for outcome in outcomes:
                number = outcome.number if mask is None else outcome.number & mask
                sure = outcome.condition is None
                condition = meaning.condition if sure else outcome.condition
                yield model.Constant(
                    name, number, meaning.position, condition, True if sure else None
                )

    # what a name means

    def _lookup(self, name: str, near: tuple[str, ...]) -> Sequence[Meaning]:
        """The definitions of a name, those of `near` files first, then as the architecture's kernel sees them."""
        if name.startswith("CONFIG_"):
            return self._option(name)
        key = (name, near)
        if key not in self._meanings:
            self._meanings[key] = ()  # what asks for itself finds nothing
            self._meanings[key] = tuple(self._search(name, near))
        return self._meanings[key]

    def _option(self, name: str) -> Sequence[Meaning]:
        if self._config is None:
            return self._possible_values(name)
        number = self._config.number(name)
        return (
            ()
            if number is None
            else (Meaning(name, f"({number})" if number < 0 else _literal(number)),)
        )

    def _possible_values(self, name: str) -> Sequence[Meaning]:
        """Without a configuration: the defaults that the architecture's Kconfig has for an option with a value."""
        if name not in self._options:
            path = f"{self._tree_dir}/Kconfig"
            text = (self._read(path) if self._tree_dir is not None else None) or ""
            self._options[name] = tuple(
                Meaning(name, value, None, condition)
                for value, condition in kconfig.defaults(text, name)
            )
        return self._options[name]

    def _search(self, name: str, near: tuple[str, ...]) -> Iterator[Meaning]:
        paths = self._find(name)
        self._indexed = self._indexed or bool(paths)
        groups: dict[int, list[str]] = {-1: list(near)}
        for path in paths:
            if path not in near:
                groups.setdefault(self._rank(path), []).append(path)
        settled = False
        for rank in sorted(groups):
            found: list[Meaning] = []
            group = (
                tuple(dict.fromkeys(groups[rank][:_MOST_FILES_OF_A_NAME]))
                if rank < _FOREIGN
                else ()
            )
            for path in group:
                header = self._header(path)
                found.extend(self._as_included(header, name, group) if header is not None else ())
            yield from found
            settled = settled or any(self._settles(meaning) for meaning in found)
            if settled:
                return
        most = _MOST_INCLUDED_BESIDE_INDEX if self._indexed else _MOST_INCLUDED
        group = tuple(path for path in self._included(near, name, most) if path not in near)
        for path in group:
            header = self._header(path)
            yield from self._as_included(header, name, group) if header is not None else ()

    def _as_included(
        self, header: headers.Header, name: str, group: tuple[str, ...]
    ) -> Iterator[Meaning]:
        """A header's definitions of a name, under the condition by which one of its neighbours includes it.

        `pgtable.h` chooses between `pgtable-nommu.h` and others so; the chosen file itself does not say it.
        """
        condition = None
        if len(group) > 1:
            folder, file = posixpath.split(header.path)
            main = f"{folder}/{file.split('-')[0].removesuffix('.h')}.h"
            for other in dict.fromkeys((*group, main)):
                if other != header.path and condition is None:
                    condition = self._including(other, header.path)
        for meaning in header.meanings.get(name, ()):
            joined = preprocess.all_of(condition, meaning.condition)
            yield evaluate.under(meaning, joined) if condition is not None else meaning

    def _settles(self, meaning: Meaning) -> bool:
        """Whether a definition is surely in force, so that files further away need not be asked."""
        own = f"!defined({meaning.name})"
        return own not in (meaning.condition or "") and self.holds(meaning.condition) is True

    def _rank(self, path: str) -> int:
        """How near a file is to what the architecture's kernel sees: 0 is nearest, from `_FOREIGN` on it sees none."""
        if self._tree_dir is not None and path.startswith(f"{self._tree_dir}/"):
            return 0 if path.startswith(f"{self._tree_dir}/include/") else 1
        top = path.split("/", 1)[0]
        if top == "include":
            return 3 if "/asm-generic/" in path else 2
        if top == "arch":
            return 5 if self._tree_dir is None else _FOREIGN
        return _RANKS.get(top, 4)

    def _included(self, near: tuple[str, ...], name: str, most: int) -> Iterator[str]:
        """The files among the includes of `near` that hold the name: the way to it while there is no index."""
        seen = dict.fromkeys(near or self._usual_headers())
        queue = list(seen)
        while queue and len(seen) < most:
            path = queue.pop(0)
            text = self._text(path)
            if text is None:
                continue
            # Few of them hold the name, and only these are worth reading in full.
            header = self._header(path) if name in text else None
            if header is not None and name in header.meanings:
                yield path
            if path not in self._includes:
                self._includes[path] = headers.includes(text)
            for include in self._includes[path]:
                target = next(
                    (each for each in self._targets(path, include) if self._is_there(each)), None
                )
                if target is not None and target not in seen:
                    seen[target] = None
                    queue.append(target)

    def _usual_headers(self) -> Iterator[str]:
        yield from self._paths(_USUAL_HEADERS)

    def _targets(self, path: str, include: headers.Include) -> Iterator[str]:
        """The files that an `#include` may mean."""
        if include.quoted:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), include.name))
        if self._tree_dir is not None:
            yield f"{self._tree_dir}/include/{include.name}"
            yield f"{self._tree_dir}/include/uapi/{include.name}"
        yield f"include/{include.name}"
        yield f"include/uapi/{include.name}"
        if include.name.startswith("asm/"):
            yield f"include/asm-generic/{include.name[4:]}"

    def _header(self, path: str) -> headers.Header | None:
        if path not in self._headers:
            text = self._text(path)
            self._headers[path] = headers.read(path, text) if text is not None else None
        return self._headers[path]

    def _text(self, path: str) -> str | None:
        text = None if path.startswith("..") else self._read(path)
        return text if text is not None and len(text) <= _LARGEST_TEXT else None

    def _is_there(self, path: str) -> bool:
        if path not in self._there:
            self._there[path] = self._text(path) is not None
        return self._there[path]

    # conditions

    def _defined(self, name: str) -> bool | None:
        """Whether a macro is defined; for options only where the architecture alone decides."""
        if name.startswith("CONFIG_") or name in _COMPILER_ARCHES:
            return self._arch_option(name)
        if name in ("__LP64__", "_LP64"):
            return self._bits == 64
        if name in self._asked:
            return None
        self._asked.add(name)
        try:
            meanings = [meaning for meaning in self._lookup(name, ()) if not meaning.enumerator]
            return True if any(self.holds(meaning.condition) for meaning in meanings) else None
        finally:
            self._asked.discard(name)

    def _number(self, name: str) -> int | None:
        if name == "BITS_PER_LONG":
            return self._bits
        if name.startswith("CONFIG_") or name in self._asked:
            return None
        self._asked.add(name)
        try:
            outcomes = evaluate.evaluate(
                name, lambda other: self._lookup(other, ()), bits=self._bits, holds=self.holds
            )
        finally:
            self._asked.discard(name)
        single = len(outcomes) == 1 and outcomes[0].condition is None
        return outcomes[0].number if single else None

    def _arch_option(self, name: str) -> bool | None:
        if self._tree_dir is None:
            return None
        if name in ("CONFIG_64BIT", "CONFIG_32BIT"):
            return (name == "CONFIG_64BIT") == (self._bits == 64)
        own = posixpath.basename(self._tree_dir)
        if name in _COMPILER_ARCHES:
            bits, folder = _COMPILER_ARCHES[name]
            return folder == own and bits in (0, self._bits)
        for folder, option in _ARCH_OPTIONS.items():
            if name == option:
                return folder == own
        if name in _DECLARED_IN_ARCH:
            return None if kconfig.declares(self._read("arch/Kconfig") or "", name) else False
        return None

    # tables

    def _table_entries(self, table: str, index: int) -> Iterator[model.TableEntry]:
        paths = sorted(self._find(table), key=self._rank)[:_MOST_FILES_OF_A_NAME]
        for path in paths:
            text = (self._read(path) if self._rank(path) < _FOREIGN else None) or ""
            header = self._header(path)
            # `#define ifsr_info fsr_info`: the file's other table goes by this name too.
            aliases = header.meanings.get(table, ()) if header is not None else ()
            names = (table, *(each.body for each in aliases if each.body.isidentifier()))
            for name in dict.fromkeys(names):
                for found in tables.read(name, path, text):
                    yield from self._entries_of(found, path, text, index)

    def _entries_of(
        self, table: tables.Table, path: str, text: str, index: int
    ) -> Iterator[model.TableEntry]:
        outer, members = self._structure(table, path, text)
        if self.holds(preprocess.all_of(outer, table.condition)) is False:
            return
        for entry in table.entries(index, members, self._index_number, self.holds):
            condition = preprocess.all_of(outer, entry.condition)
            if self.holds(condition) is not False:
                yield replace(entry, condition=None if self.holds(condition) else condition)

    def _index_number(self, expression: str) -> int | None:
        outcomes = evaluate.evaluate(
            expression, lambda name: self._lookup(name, ()), bits=self._bits, holds=self.holds
        )
        return outcomes[0].number if len(outcomes) == 1 else None

    def _structure(
        self, table: tables.Table, path: str, text: str
    ) -> tuple[str | None, tuple[str, ...]]:
        """The condition under which another file includes the table's file, and the members of its structure."""
        if table.struct is None:
            return None, ()
        members = tables.members_of(table.struct, text)
        if members:
            return None, members
        near = sorted(
            self._find(table.struct),
            key=lambda other: (not _beside(other, path), self._rank(other)),
        )
        for other in near[:_MOST_FILES_OF_A_NAME]:
            other_text = self._read(other)
            members = tables.members_of(table.struct, other_text or "")
            if members:
                return self._including(other, path), members
        return None, ()

    def _including(self, includer: str, path: str) -> str | None:
        """The condition under which `includer` includes `path`, None when it does not."""
        header = self._header(includer)
        for include in header.includes if header is not None else ():
            if path in self._targets(includer, include):
                return include.condition
        return None


_FOREIGN = 9
_RANKS = {"drivers": 6, "sound": 6, "staging": 7}
_RANKS |= dict.fromkeys(("tools", "scripts", "Documentation", "samples", "usr"), _FOREIGN)
_ARCH_OPTIONS = {
    "arm": "CONFIG_ARM", "arm64": "CONFIG_ARM64", "x86": "CONFIG_X86", "powerpc": "CONFIG_PPC", "mips": "CONFIG_MIPS",
    "riscv": "CONFIG_RISCV", "s390": "CONFIG_S390", "sparc": "CONFIG_SPARC", "loongarch": "CONFIG_LOONGARCH",
    "parisc": "CONFIG_PARISC", "alpha": "CONFIG_ALPHA", "m68k": "CONFIG_M68K", "ia64": "CONFIG_IA64",
    "sh": "CONFIG_SUPERH", "arc": "CONFIG_ARC", "xtensa": "CONFIG_XTENSA", "um": "CONFIG_UML",
}  # fmt: skip
# Options that only arch/Kconfig declares: a kernel whose arch/Kconfig lacks them is older than they are.
_DECLARED_IN_ARCH = frozenset({"CONFIG_VMAP_STACK"})
# What compilers define for an architecture: the width (0 for any) and the folder.
_COMPILER_ARCHES = {
    "__arm__": (0, "arm"), "__aarch64__": (0, "arm64"), "__i386__": (32, "x86"), "__x86_64__": (64, "x86"),
    "__powerpc__": (0, "powerpc"), "__powerpc64__": (64, "powerpc"), "__mips__": (0, "mips"), "__riscv": (0, "riscv"),
    "__s390__": (0, "s390"), "__s390x__": (64, "s390"), "__sparc__": (0, "sparc"), "__ia64__": (0, "ia64"),
    "__alpha__": (0, "alpha"), "__hppa__": (0, "parisc"), "__sh__": (0, "sh"), "__loongarch__": (0, "loongarch"),
}  # fmt: skip
# Where a name that no domain leads to most likely stands, as long as there is no index.
_USUAL_HEADERS = (
    "{arch}/include/asm/memory.h",
    "{arch}/include/asm/pgtable.h",
    "{arch}/include/asm/fixmap.h",
    "{arch}/include/asm/thread_info.h",
    "{arch}/include/asm/highmem.h",
    "{arch}/include/asm/page.h",
    "include/linux/mm.h",
)


def _selected(name: str, domain: model.Domain) -> bool:
    if domain.prefixes and not name.startswith(domain.prefixes):
        return False
    return not any(re.fullmatch(pattern, name) for pattern in domain.drop)


def _literal(number: int) -> str:
    return hex(number) if number > 9 else str(number)


def _beside(one: str, other: str) -> bool:
    return posixpath.dirname(one) == posixpath.dirname(other)
