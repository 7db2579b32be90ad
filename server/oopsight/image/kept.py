"""An image whose answers are kept on disk: opened only when something is asked that nobody has asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from oopsight.image import caches, images, symbols

_T = TypeVar("_T", symbols.Symbol, images.Place)
# So many new answers are written together.
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is. `machine` is the ELF name (`EM_ARM`); `has_lines` whether lines can be told from it, `release` what the kernel calls itself."""

    build_id: str | None
    machine: str
    bits: int
    is_little: bool
    is_module: bool
    has_lines: bool
    release: str | None


@dataclass(slots=True)
class Kept:
    """One image and what is known of it. Close it, so that new answers are kept for the next run."""

    path: Path
    cache: caches.Cache
    facts: Facts
    key: str
    _image: images.Image | None = None
    _known: dict[str, Any] = field(default_factory=dict)
    _new: dict[str, Any] = field(default_factory=dict)

    @property
    def image(self) -> images.Image:
        """The open image. Raises as `images.opened` does."""
        if self._image is None:
            self._image = images.opened(self.path)
        return self._image

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file, in full sentences, as far as it was read."""
        return () if self._image is None else (*self._image.file.problems, *self._image.problems)

    def find(self, name: str) -> tuple[symbols.Symbol, ...]:
        """Every symbol of that name, by address."""
        return self._answer(f"s:{name}", symbols.Symbol, lambda: self.image.symbols.find(name))

    def at(self, address: int) -> symbols.Symbol | None:
        """The symbol that an address lies in."""

        def ask() -> tuple[symbols.Symbol, ...]:
            found = self.image.symbols.at(address)
            return () if found is None else (found,)

        return next(iter(self._answer(f"n:{address:x}", symbols.Symbol, ask)), None)

    def chain(self, address: int) -> tuple[images.Place, ...]:
        """The functions at an address, the innermost first."""
        return self._answer(f"a:{address:x}", images.Place, lambda: self.image.chain(address))

    def _answer(
        self, question: str, kind: Callable[..., _T], ask: Callable[[], tuple[_T, ...]]
    ) -> tuple[_T, ...]:
        """The answer to a question: as it is on disk, where that makes sense, else from the image."""
        rows = self._known.get(question)
        if rows is None:
            rows = self.cache.answers(self.key, (question,)).get(question)
        try:
            answer = None if rows is None else tuple(kind(**row) for row in rows)
        except TypeError:
            answer = None  # written by another version, or by something else
        if answer is None:
            answer = ask()
            self._new[question] = rows = [asdict(one) for one in answer]
            if len(self._new) >= _TOGETHER:
                self.save()
        self._known[question] = rows
        return answer

    def save(self) -> None:
        """Keep what was computed."""
        if self._new and not self.problems:
            self.cache.keep(self.key, self._new)
        self._new.clear()

    def close(self) -> None:
        """Keep what was computed, and let go of the file."""
        self.save()
        self.cache.clean()
        self._image = None


def opened(path: Path, cache: caches.Cache | None = None) -> Kept:
    """An image with what is known of it. Raises `elf.Unreadable` with a sentence for users, and OSError."""
    cache = caches.opened() if cache is None else cache
    path = path.resolve()
    known = cache.file(path)
    facts = None if known is None else _facts(known.facts)
    if known is not None and facts is not None:
        return Kept(path, cache, facts, known.key)
    image = images.opened(path)
    file = image.file
    facts = Facts(
        image.build_id,
        file.machine,
        file.bits,
        file.order == "<",
        file.is_relocatable,
        image.has_lines,
        image.release,
    )
    # A stripped file and its companion have the same build id and other answers.
    size = path.stat().st_size
    key = f"{facts.build_id or path}:{size}" + (
        "" if facts.build_id else f":{path.stat().st_mtime_ns}"
    )
    cache.learn(path, key, asdict(facts))
    return Kept(path, cache, facts, key, image)


def _facts(row: Mapping[str, Any]) -> Facts | None:
    try:
        return Facts(**row)
    except TypeError:
        return None
