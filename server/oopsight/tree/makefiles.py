"""What kernel Makefiles say of a source file: under which options it is built, and into which modules.

Kbuild's lists are read (`obj-$(CONFIG_X) += a.o dir/`, `a-y := b.o`, `lib-y`, `core-y` …; Documentation/kbuild/makefiles),
with conditionals and the simple functions of make; nothing is run. A list that only make could tell is unknown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from oopsight import model
from oopsight.tree import makelists
from oopsight.tree.trees import KernelTree

__all__ = ["Answer", "Built", "built", "module_name"]


class Built(Enum):
    """Whether a file is compiled, and into what."""

    YES = "yes"  # into the kernel itself
    MODULE = "module"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Makefiles say of one source.

    `modules` are the modules it can belong to, as the kernel prints their names. `reason` says it in a sentence, with
    the line that decides, which stands at `position`; both are None where no Makefile names the file. `reached` is false
    where no list of the top or the architecture leads to the folder.
    """

    built: Built
    modules: tuple[str, ...] = ()
    reason: str | None = None
    position: model.SourcePos | None = None
    reached: bool = True

    @property
    def listed(self) -> bool:
        """Whether a Makefile names the file at all."""
        return self.position is not None


def module_name(name: str) -> str:
    """A module's name as the kernel prints it: `snd-hda-intel.o` is `snd_hda_intel`."""
    return posixpath.basename(name).removesuffix(".o").replace("-", "_")


# Lists whose objects are linked, or whose folders are entered. The rest are composite objects and things for make.
_LINKED = frozenset(
    ("obj", "lib", "head", "extra", "core", "drivers", "libs", "net", "init", "virt")
)
_KBUILD = ("Kbuild", "Makefile")
_MOST_DEPTH = 6
_MOST_FILES = 800
_MOST_FOLDERS = 60


def built(tree: KernelTree, path: str, arch_dir: str | None, bits: int = 64) -> Answer:
    """Whether the build of this tree compiles a `.c` or `.S` file, under the tree's configuration as far as it has one."""
    return tree.once(
        ("built", path, arch_dir, bits), lambda: _Reader(tree, arch_dir, bits).of(path)
    )


_RANK: dict[makelists.State, int] = {True: 3, "m": 2, None: 1, False: 0}


@dataclass(frozen=True, slots=True)
class _Found:
    """How an object comes to be linked: state, modules, and the word that decides the state."""

    state: makelists.State
    modules: tuple[str, ...]
    word: makelists.Word
    program: bool = False


@dataclass(frozen=True, slots=True)
class _Entered:
    """Whether the build comes into a folder: under which condition, and whether anything leads there at all."""

    state: makelists.State
    reached: bool
    word: makelists.Word | None = None


_BUILT: dict[makelists.State, Built] = {
    True: Built.YES,
    "m": Built.MODULE,
    None: Built.UNKNOWN,
    False: Built.NO,
}


class _Reader:
    """Answers for one tree under one architecture."""

    def __init__(self, tree: KernelTree, arch_dir: str | None, bits: int) -> None:
        self.tree = tree
        self.arch_dir = arch_dir
        self.bits = bits

    def of(self, path: str, depth: int = 0) -> Answer:
        """The answer for one source; one that no Makefile names can be included by another that is named."""
        if posixpath.splitext(path)[1] not in (".c", ".S") or depth > 2:
            return Answer(Built.UNKNOWN)
        answer = self._listed(path, self._builders(path))
        if answer is None:
            answer = self._included(path, depth)
        return answer or self._listed(path, self._beside(path)) or Answer(Built.UNKNOWN)

    def _listed(self, path: str, folders: Iterator[str]) -> Answer | None:
        """The answer by the first of the folders whose Makefile names the object."""
        for folder in folders:
            word = posixpath.relpath(f"{posixpath.splitext(path)[0]}.o", folder or ".")
            found = self._object(folder, word, 0) or self._program(folder, word)
            if found is not None:
                return self._answer(path, found, self._entered(folder, 0))
        return None

    def _answer(self, path: str, found: _Found, entered: _Entered) -> Answer:
        state = makelists.both(found.state, entered.state)
        modules = found.modules if state in ("m", None) else ()
        word = found.word
        if entered.word is not None and found.state is not False and entered.state is False:
            word = entered.word
        position = model.SourcePos(word.path, word.line)
        where = f"{word.path}:{word.line}"
        if found.program:
            reason = f"{where} makes a program of its own of {path}."
            return Answer(Built.NO, (), reason, position)
        if state is False:
            reason = f"{path} is not built: {where} {self._missing(word)}."
            return Answer(Built.NO, (), reason, position)
        name = f" as module {' or '.join(modules)}" if modules else ""
        needs = f" with {' and '.join(word.options)}" if word.options else ""
        reason = f"{where} builds {path}{name}{needs}."
        if not entered.reached:
            reason = f"{where} names {path}, but no Makefile leads to it from the top of the tree."
        return Answer(_BUILT[state], modules, reason, position, entered.reached)

    def _missing(self, word: makelists.Word) -> str:
        if not word.options:
            return "leaves it out"
        config = self.tree.config
        words = []
        for name in word.options:
            value = config.get(name) if config is not None else None
            words.append(f"{name}, which is {'not set' if value is None else value}")
        return f"asks for {' and '.join(words)}"

    def _builders(self, path: str) -> Iterator[str]:
        """Folders whose Makefile may name the object: its own, those above, those beside that reach over."""
        own = posixpath.dirname(path)
        folder = own
        while True:
            if folder and self._makefile(folder) is not None:
                yield folder
            if not folder:
                break
            folder = posixpath.dirname(folder)
        yield ""
        if self.arch_dir is not None and own:
            yield f"{self.arch_dir}/{posixpath.basename(own)}"

    def _beside(self, path: str) -> Iterator[str]:
        """Folders next to those above that have a Makefile, near ones first: `../display/dc.o` names a neighbour's file."""
        folder = posixpath.dirname(path)
        looked = 0
        while folder.count("/") > 1:
            above = posixpath.dirname(folder)
            for name in self._below(above):
                beside = f"{above}/{name}"
                if "." not in name and beside != folder and self._makefile(beside) is not None:
                    looked += 1
                    if looked > _MOST_FOLDERS:
                        return
                    yield beside
            folder = above

    def _below(self, folder: str) -> tuple[str, ...]:
        def read() -> tuple[str, ...]:
            try:
                found = (self.tree.root / folder).iterdir()
                return tuple(sorted(one.name for one in found if not one.is_symlink()))
            except OSError:
                return ()

        return self.tree.once(("folder", folder), read)

    def _included(self, path: str, depth: int) -> Answer | None:
        """A source that another one of its folder or of the folder above includes is built with that one."""
        folder, name = posixpath.split(path)
        for place in (folder, posixpath.dirname(folder)):
            users = [
                user
                for user, included in self._inclusions(place)
                if posixpath.normpath(posixpath.join(place, included)) == path
                or included == f"{posixpath.basename(folder)}/{name}"
            ]
            answers = [self.of(user, depth + 1) for user in users if user != path]
            listed = [answer for answer in answers if answer.listed]
            if listed:
                ranks = (Built.YES, Built.MODULE, Built.UNKNOWN, Built.NO)
                return min(listed, key=lambda answer: ranks.index(answer.built))
        return None

    def _inclusions(self, folder: str) -> tuple[tuple[str, str], ...]:
        """Which C file of a folder includes which other C file."""

        def read() -> tuple[tuple[str, str], ...]:
            found = []
            for name in self._below(folder)[:_MOST_FILES]:
                if name.endswith((".c", ".S")):
                    data = self.tree.sources.data(f"{folder}/{name}") or b""
                    found += [
                        (f"{folder}/{name}", one.decode("utf-8", "replace"))
                        for one in _INCLUDES_C.findall(data)
                    ]
            return tuple(found)

        return self.tree.once(("c-inclusions", folder), read)

    def _object(self, folder: str, word: str, depth: int) -> _Found | None:
        """How an object of a folder's lists is linked: directly, or as a part of composite ones."""
        best = None
        for name, item in self._lists(folder).words.get(word, ()):
            found = self._in_list(folder, word, name, item, depth)
            if found is not None and (best is None or _RANK[found.state] > _RANK[best.state]):
                modules = tuple(dict.fromkeys((*found.modules, *(best.modules if best else ()))))
                best = _Found(found.state, modules, found.word, found.program)
            elif found is not None and best is not None and found.state is not False:
                best = _Found(
                    best.state, tuple(dict.fromkeys((*best.modules, *found.modules))), best.word
                )
        return best

    def _program(self, folder: str, word: str) -> _Found | None:
        """A program of the build machine that is made of this source alone: `hostprogs := conmakehash`."""
        for name, item in self._lists(folder).words.get(word.removesuffix(".o"), ()):
            if name in makelists.PROGRAMS:
                return _Found(False, (), item, program=True)
        return None

    def _in_list(
        self, folder: str, word: str, name: str, item: makelists.Word, depth: int
    ) -> _Found | None:
        if name in _LINKED:
            modular = name == "obj" and item.modular and word.endswith(".o")
            return _Found(item.state, (module_name(word),) if modular else (), item)
        if name in makelists.PROGRAMS:
            return _Found(False, (), item, program=True)
        if depth > _MOST_DEPTH or f"{name}.o" == word:
            return None
        whole = self._object(folder, f"{name}.o", depth + 1)
        if whole is None:
            program = self._object(folder, name, depth + 1) if "." not in name else None
            return program if program is not None and program.program else None
        # A part in `foo-m` is linked where foo is a module, one in `foo-y` always.
        part = None if item.state == "m" and whole.state is True else item.state
        state = makelists.both(True if part == "m" else part, whole.state)
        decides = whole.word if whole.state is False and part is not False else item
        if not item.options and whole.word.options and part is not False:
            decides = whole.word
        return _Found(state, whole.modules, decides, whole.program)

    def _entered(self, folder: str, depth: int) -> _Entered:
        """Whether the build comes into a folder."""
        if not folder:
            return _Entered(True, True)
        above = folder
        while above and depth <= 2 * _MOST_DEPTH:
            above = posixpath.dirname(above)
            if above and self._makefile(above) is None:
                continue
            word = posixpath.relpath(folder, above or ".") + "/"
            found = self._lists(above).words.get(word, ())
            items = [item for name, item in found if name in _LINKED]
            if items:
                best = max(items, key=lambda item: _RANK[item.state])
                outer = self._entered(above, depth + 1)
                state = makelists.both(best.state, outer.state)
                word_of = best if best.state is not True or outer.word is None else outer.word
                return _Entered(state, outer.reached, word_of)
        return _Entered(None, False)

    def _makefile(self, folder: str) -> str | None:
        # The Makefile of an architecture's folder is part of the top one.
        for name in _KBUILD[:1] if folder and folder == self.arch_dir else _KBUILD:
            path = f"{folder}/{name}" if folder else name
            if self.tree.sources.exists(path):
                return path
        return None

    def _lists(self, folder: str) -> makelists.Lists:
        key = ("make-lists", folder, self.arch_dir, self.bits)
        return self.tree.once(
            key,
            lambda: makelists.read(self.tree, folder, self.files(folder), self.arch_dir, self.bits),
        )

    def files(self, folder: str) -> list[str]:
        """The Makefiles that are read for a folder: the top one includes that of the architecture."""
        if folder:
            path = self._makefile(folder)
            return [path] if path is not None else []
        top = ["Makefile", "Kbuild"]
        if self.arch_dir is not None:
            top.insert(1, f"{self.arch_dir}/Makefile")
        return [path for path in top if self.tree.sources.exists(path)]


_INCLUDES_C = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+\.c)"', re.MULTILINE)
