"""Which files a C file sees: its `#include` lines followed as a kernel build does, under every architecture's or one's."""

from __future__ import annotations

import posixpath
import re

from oopsight.tree.trees import KernelTree

_INCLUDE = re.compile(rb"\n[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"\n]+)[>\"]")
_MOST_FILES = 6000


def included(tree: KernelTree, path: str) -> tuple[tuple[str, str, int], ...]:
    """The `#include` lines of a file: ("<" or '"', the name, the 1-based line), those the configuration excludes left out."""
    known = tree.memory.included
    found = known.get(path)
    if found is None:
        found = known[path] = _included(tree, path)
    return found


def _included(tree: KernelTree, path: str) -> tuple[tuple[str, str, int], ...]:
    data = b"\n" + (tree.sources.data(path) or b"")
    conditionals = None
    found = []
    line = at = 0
    for match in _INCLUDE.finditer(data):
        line += data.count(b"\n", at, match.start() + 1)
        at = match.start() + 1
        if tree.config is not None:
            conditionals = conditionals or tree.conditionals(path)
            if tree.holds(conditionals.at(line)) is False:
                continue
        found.append((match.group(1).decode(), match.group(2).decode("utf-8", "replace"), line))
    return tuple(found)


def resolve(tree: KernelTree, path: str, quote: str, name: str, arch_dir: str | None) -> str | None:
    """The file that `#include` of `name` in `path` means, None when a build would make it or nobody has it."""
    folders = [posixpath.dirname(path)] if quote == '"' else []
    if arch_dir is not None:
        folders += [
            f"{arch_dir}/include",
            f"{arch_dir}/include/uapi",
            f"{arch_dir}/include/generated",
        ]
    folders += ["include", "include/uapi"]
    for folder in folders:
        candidate = posixpath.normpath(posixpath.join(folder, name))
        if not candidate.startswith("..") and tree.sources.exists(candidate):
            return candidate
    if name.startswith("asm/"):
        # `generic-y` headers of arch/*/include/asm/Kbuild are wrappers that a build makes.
        for folder in ("include/asm-generic", "include/uapi/asm-generic"):
            candidate = f"{folder}/{name[4:]}"
            if tree.sources.exists(candidate):
                return candidate
    # A kernel Makefile may add its own folder to the include path (`ccflags-y := -I$(src)`).
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    return beside if not beside.startswith("..") and tree.sources.exists(beside) else None


def closure(tree: KernelTree, path: str, arch_dir: str | None) -> tuple[str, ...]:
    """`path` and every file that it includes at any depth, in the order in which they are first reached."""
    found = {path: None}
    queue = [path]
    while queue and len(found) < _MOST_FILES:
        here = queue.pop(0)
        for quote, name, _ in included(tree, here):
            target = resolve(tree, here, quote, name, arch_dir)
            if target is not None and target not in found:
                found[target] = None
                queue.append(target)
    return tuple(found)
