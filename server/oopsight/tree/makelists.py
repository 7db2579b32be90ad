"""The lists of objects and folders that the Makefiles of one folder make, each word with the condition of its being there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from oopsight.tree import maketext
from oopsight.tree.trees import KernelTree

# Whether something is there: True, False, "m" as (part of) a module, None when not known.
State = bool | str | None
PROGRAMS = frozenset(("hostprogs", "userprogs", "always", "hostprogs-always", "userprogs-always"))
_LIST = re.compile(r"(.+)-(y|m|n|objs|)")
_OPTION = re.compile(r"CONFIG_\w+")
_MOST_DEPTH = 12
_MOST_INCLUDES = 200
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a list, the line of its assignment, and the options by which it is there or not."""

    text: str
    path: str
    line: int
    state: State
    options: tuple[str, ...]
    modular: bool = False  # its list can be that of modules


@dataclass(slots=True)
class _Assigned:
    """An assignment before its words are looked at."""

    path: str
    line: int
    value: str
    state: State
    options: tuple[str, ...]
    name: str | None = None
    modular: bool = False

    def words(self, text: str | None) -> Iterator[Word]:
        """The words of an expanded text, as this assignment gives them; none of one that could not be expanded."""
        for plain in (text or "").split():
            yield Word(plain, self.path, self.line, self.state, self.options, self.modular)


@dataclass(slots=True)
class Lists:
    """The lists that a folder's Makefile makes: (list, word) by word, words relative to the folder."""

    folder: str
    words: dict[str, list[tuple[str, Word]]] = field(default_factory=dict)


def both(one: State, other: State) -> State:
    """Two conditions at once: a module within what is built in is a module."""
    if one is False or other is False:
        return False
    if one is None or other is None:
        return None
    return "m" if "m" in (one, other) else True


def read(tree: KernelTree, folder: str, files: list[str], arch_dir: str | None, bits: int) -> Lists:
    """Run through a folder's Makefiles once, then look at the words of every list."""
    maker = _Maker(tree, folder, arch_dir, bits)
    for path in files:
        maker.run(path)
    lists = Lists(folder)
    seen = 0
    for name, assignments in maker.lists.items():
        for assigned in assignments:
            for word in maker.words(assigned, 0):
                seen += 1
                if seen > _MOST_WORDS:
                    return lists
                lists.words.setdefault(_relative(word.text, folder), []).append((name, word))
    return lists


def _relative(word: str, folder: str) -> str:
    """A word as seen from its folder: `$(obj)/a.o` is `a.o`."""
    end = "/" if word.endswith("/") else ""
    word = posixpath.normpath(word)
    if folder and word.startswith(f"{folder}/"):
        word = word[len(folder) + 1 :]
    return word + end


# An open conditional: the state of the branch, whether it or an earlier one held, the options it asks for.
_Branch = tuple[bool | None, bool | None, tuple[str, ...]]


class _Maker:
    """Follows the assignments of a folder's Makefiles under what is known."""

    def __init__(self, tree: KernelTree, folder: str, arch_dir: str | None, bits: int) -> None:
        self.tree = tree
        self.folder = folder
        self.arch_dir = arch_dir
        self.bits = bits
        self.lists: dict[str, list[_Assigned]] = {}
        self.plain: dict[str, list[_Assigned]] = {}
        self.dead: dict[str, list[_Assigned]] = {}  # under conditionals that do not hold
        self.included = 0

    def run(self, path: str, outer: Sequence[_Branch] = ()) -> None:
        """The statements of one file in order, under the conditionals around its inclusion."""
        tree = self.tree
        told = tree.once(
            ("makefile", path), lambda: maketext.statements(tree.sources.text(path) or "")
        )
        stack = list(outer)
        for one in told:
            if one.kind == "if":
                held = self._test(one)
                stack.append((self._entered(path, one, held), held, _options(one.value, one.name)))
            elif one.kind in ("elif", "else") and len(stack) > len(outer):
                _, before, options = stack[-1]
                mine: bool | None = True if one.kind == "else" else self._test(one)
                state = _negated_and(before, mine)
                known = (
                    True if True in (before, mine) else (None if None in (before, mine) else False)
                )
                stack[-1] = (
                    self._entered(path, one, state),
                    known,
                    options + _options(one.value, one.name),
                )
            elif one.kind == "endif" and len(stack) > len(outer):
                stack.pop()
            elif one.kind == "assign":
                self._assign(path, one, stack)
            elif one.kind == "include":
                self._include(one, stack)

    def _entered(self, path: str, one: maketext.Statement, state: bool | None) -> bool | None:
        """The state of a branch. What the top Makefile asks, options aside, is how make was called, so all of it counts."""
        return True if path == "Makefile" and "CONFIG_" not in one.value else state

    def _include(self, one: maketext.Statement, stack: Sequence[_Branch]) -> None:
        if not self.folder:
            return
        for token in maketext.tokens(one.value):
            path = maketext.expanded(token, self.wide_lookup)
            for part in (path or "").split():
                real = posixpath.normpath(part)
                self.included += 1
                if self.included < _MOST_INCLUDES and self.tree.sources.exists(real):
                    if real.startswith("scripts/"):
                        continue
                    self.run(real, stack)

    def _assign(
        self,
        path: str,
        one: maketext.Statement,
        stack: Sequence[_Branch],
    ) -> None:
        state: State = True
        options: list[str] = []
        for branch, _, names in stack:
            state = both(state, branch)
            options += names
        if state is False and "-" not in one.name:
            self.dead[one.name] = [_Assigned(path, one.line, one.value, True, ())]
            return
        options += _OPTION.findall(one.name)
        name = maketext.expanded(one.name, self.lookup)
        stem = None
        if name is None:
            # The selector is not known, as it is without a configuration.
            stem = maketext.expanded(one.name.rpartition("-$")[0], self.lookup)
            state = both(state, None)
        else:
            split = _LIST.fullmatch(name)
            if split is not None and ("$" in one.name or split[2]):
                stem = split[1]
                state = both(state, _SELECTED.get(split[2], True))
        unique = tuple(dict.fromkeys(options))
        itself = f"$({name})" in one.value
        # The top Makefile turns its own lists of folders into lists of archives at its end.
        if stem and self.folder and one.operator != "+=" and state is True and not itself:
            # `mmu-y := a.o` and then `mmu-$(CONFIG_MMU) := b.o`: the second takes the place of the first.
            for before in self.lists.get(stem, ()):
                if before.name == name and before.state is True:
                    before.state, before.options = False, unique
        modular = name is None or name.endswith("-m")
        assigned = _Assigned(path, one.line, one.value, state, unique, name, modular)
        if stem:
            self.lists.setdefault(stem, []).append(assigned)
        elif name in PROGRAMS:
            self.lists.setdefault(name, []).append(assigned)
        elif name:
            if one.operator in ("=", ":=", "::=") and state is True:
                self.plain[name] = []
            if one.operator != "?=" or not self.plain.get(name):
                if one.operator in (":=", "::=") and f"$({name})" in one.value:
                    assigned.value = one.value.replace(f"$({name})", "")
                self.plain.setdefault(name, []).append(assigned)

    def _test(self, one: maketext.Statement) -> bool | None:
        """Whether a conditional's branch is taken."""
        if one.name in ("ifdef", "ifndef"):
            name = maketext.expanded(one.value, self.lookup)
            value = None if name is None else self.lookup(name.strip())
            held = None if value is None else bool(value)
        else:
            sides = maketext.compared(one.value)
            texts = [maketext.expanded(side, self.lookup) for side in sides or ()]
            if len(texts) != 2 or texts[0] is None or texts[1] is None:
                return None
            held = texts[0].strip() == texts[1].strip()
        return held if held is None or one.name in ("ifdef", "ifeq") else not held

    def lookup(self, name: str) -> str | None:
        """The value of a variable, None when it is not known."""
        config = self.tree.config
        if name.startswith("CONFIG_"):
            return None if config is None else config.get(name) or ""
        arch = posixpath.basename(self.arch_dir) if self.arch_dir is not None else None
        fixed: dict[str, str | None] = {
            "SRCARCH": arch, "ARCH": None if arch in ("x86", "sparc", "sh") else arch, "srctree": ".", "objtree": ".",
            "src": self.folder or ".", "obj": self.folder or ".", "BITS": str(self.bits), "comma": ",",
            "KBUILD_EXTMOD": "", "abs_srctree": ".", "srcroot": ".", "KERNELRELEASE": "1", "space": " ", "empty": "",
        }  # fmt: skip
        if name in fixed:
            return fixed[name]
        split = _LIST.fullmatch(name)
        if split is not None and split[1] in self.lists:
            return self._joined(self.lists[split[1]], split[2])
        if name in self.plain:
            return self._joined(self.plain[name], "y")
        return None

    def wide_lookup(self, name: str) -> str | None:
        """The same, and what a variable had if the conditionals held: folders and prefixes are named so."""
        value = self.lookup(name)
        if value is None and name in self.dead:
            return maketext.expanded(self.dead[name][0].value, self.wide_lookup, 4)
        return value

    def _joined(self, assignments: list[_Assigned], selector: str) -> str | None:
        """The words of a variable in one text, None unless all are known."""
        values = []
        for assigned in assignments:
            if assigned.state is None:
                return None
            if _selected(assigned.state, selector):
                value = self._guarded(assigned.value)
                if value is None:
                    return None
                values.append(value)
        return " ".join(values)

    _depth = 0

    def _guarded(self, text: str) -> str | None:
        """`expanded`, where variables that name each other come to an end."""
        if self._depth > _MOST_DEPTH:
            return None
        self._depth += 1
        try:
            return maketext.expanded(text, self.lookup)
        finally:
            self._depth -= 1

    def words(self, assigned: _Assigned, depth: int) -> Iterator[Word]:
        """The words of an assignment, each with its state; those that are not known are left out."""
        for token in maketext.tokens(assigned.value):
            yield from self._of_token(token, assigned, depth)

    def _of_token(self, token: str, assigned: _Assigned, depth: int) -> Iterator[Word]:
        inside = maketext.reference(token)
        if inside is not None and depth < _MOST_DEPTH:
            called = maketext.function(inside)
            change = _CHANGES.get(called[0]) if called is not None else None
            if called is not None and change is not None and len(called[1]) == change[0]:
                first = [maketext.expanded(each, self.wide_lookup) for each in called[1][:-1]]
                if None not in first:
                    known = [each.strip() for each in first if each is not None]
                    for inner in maketext.tokens(called[1][-1]):
                        for word in self._of_token(inner, assigned, depth + 1):
                            for text in change[1](known, word.text):
                                yield replace(word, text=text)
                    return
            if called is None and ":" not in inside:
                variable = maketext.expanded(inside, self.wide_lookup) or ""
                yield from self._of_variable(variable, assigned, depth)
                return
        whole = maketext.expanded(token, self.wide_lookup)
        yield from assigned.words(whole)

    def _of_variable(self, name: str, assigned: _Assigned, depth: int) -> Iterator[Word]:
        """The words that another list or variable holds, as far as both are there."""
        split = _LIST.fullmatch(name)
        selector = "y"
        if split is not None and split[1] in self.lists:
            selector = split[2]
            parts = self.lists[split[1]]
        elif name in self.plain or name in self.dead:
            parts = self.plain.get(name) or self.dead[name]
        else:
            yield from assigned.words(self.wide_lookup(name))
            return
        for part in parts:
            if part is assigned:
                continue
            state = part.state
            if state is not None and not _selected(state, selector):
                state = False
            elif state == "m":
                state = True
            for word in self.words(part, depth + 1):
                options = tuple(dict.fromkeys((*assigned.options, *word.options)))
                mine = both(assigned.state, both(state, word.state if word.state != "m" else True))
                yield Word(word.text, word.path, word.line, mine, options, assigned.modular)


_SELECTED: dict[str, State] = {"": False, "n": False, "m": "m"}


def _selected(state: State, selector: str) -> bool:
    if selector == "m":
        return state == "m"
    if selector in ("", "n"):
        return state is False
    return state is True


def _negated_and(before: bool | None, mine: bool | None) -> bool | None:
    """A branch behind others: they did not hold, and this one does."""
    if before is True or mine is False:
        return False
    return None if before is None or mine is None else True


def _options(value: str, test: str) -> tuple[str, ...]:
    return tuple(_OPTION.findall(value)) if test else ()


_Change = Callable[[list[str], str], list[str]]
_CHANGES: dict[str, tuple[int, _Change]] = {
    "addprefix": (2, lambda known, word: [known[0] + word]),
    "addsuffix": (2, lambda known, word: [word + known[0]]),
    "patsubst": (3, lambda known, word: [maketext.patterned(known[0], known[1], word)]),
    "filter": (2, lambda known, word: [word] if maketext.fits(known[0], word) else []),
    "filter-out": (2, lambda known, word: [] if maketext.fits(known[0], word) else [word]),
    "sort": (1, lambda known, word: [word]),
    "strip": (1, lambda known, word: [word]),
}  # fmt: skip
