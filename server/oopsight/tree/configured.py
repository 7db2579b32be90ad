"""For which architecture a configuration was made: the options that only one architecture's Kconfig sets, and always.

`config X86` with `def_bool y` in arch/x86/Kconfig is such a one. The tree says it, so a new architecture is known as well.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from oopsight.tree import kconfig, roots
from oopsight.tree.files import Sources
from oopsight.tree.trees import KernelTree, Memory

__all__ = ["Architecture", "architecture", "unconfigured", "why_foreign"]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The folder below `arch` for which a configuration was made, and an option of it that says so.

    `bits` is 32 or 64 where an option tells that as well; `stated` is the Kconfig file that gives the option its meaning,
    None where the tree has none and only the option's name tells.
    """

    name: str
    option: str
    bits: int | None
    stated: str | None


def architecture(tree: KernelTree) -> Architecture | None:
    """The architecture of the tree's configuration; None where it has none, or says nothing of it."""
    return tree.once("configured for", lambda: _architecture(tree))


def why_foreign(tree: KernelTree, arch_dir: str | None, bits: int) -> str | None:
    """Why the configuration cannot be that of a kernel of this architecture, as a sentence; None where it can."""
    made = architecture(tree)
    if made is None or arch_dir is None:
        return None
    told = f"{made.option}=y" + (f", by {made.stated}" if made.stated is not None else "")
    own = posixpath.basename(arch_dir)
    if made.name != own:
        return f"The configuration {tree.config_path} was made for {made.name} ({told}), and the crash is one of {own}."
    if made.bits is not None and made.bits != bits:
        return f"The configuration {tree.config_path} was made for {made.bits} bits, and the crash is one of {bits} bits."
    return None


def unconfigured(tree: KernelTree) -> KernelTree:
    """The same tree without its configuration, and without the build that it belongs to."""
    return tree.once("unconfigured", lambda: _unconfigured(tree))


def _unconfigured(tree: KernelTree) -> KernelTree:
    others, index, build = tree.sources.others, tree.index, tree.build
    if build is not None and tree.config_path is not None and build in tree.config_path.parents:
        others = {key: path for key, path in others.items() if key != "build"}
        build = None
    sources = tree.sources if others == tree.sources.others else Sources(tree.root, others)
    if isinstance(index, roots.Joined):
        index = roots.joined(index.tree, index.others, sources)
    stated = tree.stated
    if stated is not None:
        stated = replace(stated, configuration=None, local=None, built=None)
    return replace(
        tree,
        sources=sources,
        index=index,
        config=None,
        config_path=None,
        stated=stated,
        build=build,
        graph={},
        _memory=Memory(),
    )


def _architecture(tree: KernelTree) -> Architecture | None:
    if tree.config is None:
        return None
    best: tuple[float, str, str] | None = None
    for arch in tree.arches:
        own = _own_options(tree, arch)
        said = [option for option in own if tree.config.get(option) == "y"]
        share = len(said) / len(own) if own else 0.0
        if share > _LEAST and (best is None or share > best[0]):
            best = (share, arch, said[0])
    if best is None:
        return None
    _, arch, option = best
    path = _kconfig(arch)
    stated = path if tree.sources.exists(path) else None
    return Architecture(arch, option, _bits(tree, arch), stated)


# Options of some architectures are set by others under conditions of their own, so a few of them say nothing.
_LEAST = 0.5


def _kconfig(arch: str) -> str:
    return f"arch/{arch}/Kconfig"


def _own_options(tree: KernelTree, arch: str) -> tuple[str, ...]:
    """The options that this architecture alone has and always sets, its namesake first."""
    path = _kconfig(arch)
    if not tree.sources.exists(path):
        return (f"CONFIG_{arch.upper()}",)
    shared = {
        name
        for other in ("arch/Kconfig", *(_kconfig(one) for one in tree.arches if one != arch))
        for name in _entries(tree, other)
    }
    found = [
        name
        for name, text in _entries(tree, path).items()
        if name not in shared and kconfig.is_always(text)
    ]
    return tuple(f"CONFIG_{name}" for name in sorted(found, key=lambda one: one != arch.upper()))


def _entries(tree: KernelTree, path: str) -> dict[str, str]:
    return tree.once(
        ("kconfig entries", path), lambda: kconfig.entries(tree.sources.text(path) or "")
    )


_NARROW = re.compile(r"^[ \t]+(?:depends on|def_bool)[ \t]+!64BIT[ \t]*$", re.MULTILINE)


def _bits(tree: KernelTree, arch: str) -> int | None:
    config = tree.config
    entries = _entries(tree, _kconfig(arch))
    if config is None or "64BIT" not in entries:
        return None
    if config.get("CONFIG_64BIT") == "y":
        return 64
    narrow = (name for name, text in entries.items() if name == "32BIT" or _NARROW.search(text))
    return 32 if any(config.get(f"CONFIG_{name}") == "y" for name in narrow) else None
