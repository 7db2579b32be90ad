"""Which files a C file sees: its `#include` lines followed as a kernel build does, under every architecture's or one's."""

from __future__ import annotations

import functools
import posixpath
import re

from oopsight import model
from oopsight.tree import makeflags
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
    here = posixpath.dirname(path)
    folders = [here] if quote == '"' else []
    folders += _own_folders(path)
    for folder in folders:
        candidate = _joined(folder, name)
        if candidate is not None and tree.sources.exists(candidate):
            return candidate
    common = tree.once(("include", name, arch_dir), lambda: _common(tree, name, arch_dir))
    if common is not None:
        return common
    # A kernel Makefile may add its own folder to the include path (`ccflags-y := -I$(src)`), and a build with an output
    # directory looks for what it has made where it would lie in the tree.
    for folder in (here, *([f"build:/{here}"] if model.rooted(path)[0] == "tree" else ())):
        beside = _joined(folder, name)
        if beside is not None and tree.sources.exists(beside):
            return beside
    for folder in makeflags.include_folders(tree, here):
        flagged = _joined(folder, name)
        if flagged is not None and tree.sources.exists(flagged):
            return flagged
    return None


def _common(tree: KernelTree, name: str, arch_dir: str | None) -> str | None:
    """The file of a name in the folders in which every kernel file looks for it."""
    for folder in _common_folders(arch_dir):
        for top in ("", "build:/") if "build" in tree.sources.others else ("",):
            candidate = _joined(f"{top}{folder}", name)
            if candidate is not None and tree.sources.exists(candidate):
                return candidate
    if name.startswith("asm/"):
        # `generic-y` headers of arch/*/include/asm/Kbuild are wrappers that a build makes.
        for folder in ("include/asm-generic", "include/uapi/asm-generic"):
            candidate = f"{folder}/{name[4:]}"
            if tree.sources.exists(candidate):
                return candidate
    return None


def _joined(folder: str, name: str) -> str | None:
    """A name below a folder; None where it leads out of the folder's root."""
    root = model.rooted(f"{folder}/")[0]
    candidate = posixpath.normpath(posixpath.join(folder, name))
    leaves = candidate.startswith("..") or model.rooted(candidate)[0] != root
    return None if leaves else candidate


@functools.cache
def _common_folders(arch_dir: str | None) -> tuple[str, ...]:
    """The folders in which a kernel build looks for headers, in the tree and in the output directory."""
    own = [] if arch_dir is None else [f"{arch_dir}/include", f"{arch_dir}/include/uapi"]
    made = [] if arch_dir is None else [f"{arch_dir}/include/generated"]
    made_uapi = [f"{each}/uapi" for each in (*made, "include/generated")]
    return (*own, *made, "include", "include/uapi", *made_uapi)


def _own_folders(path: str) -> tuple[str, ...]:
    """Where the makefiles of a module outside of the tree usually send the compiler: its folders and their `include`."""
    root, below = model.rooted(path)
    if not root.startswith("also"):
        return ()
    parts = below.split("/")[:-1]
    ups = [f"{root}:/{'/'.join(parts[:depth])}".rstrip("/") for depth in range(len(parts), -1, -1)]
    return tuple(f"{up}{more}" for up in ups for more in ("/include", ""))


def closure(tree: KernelTree, path: str, arch_dir: str | None) -> tuple[str, ...]:
    """`path` and every file that it includes at any depth, in the order in which they are first reached."""
    found = {path: None}
    queue = [path]
    while queue and len(found) < _MOST_FILES:
        here = queue.pop(0)
        for target in targets(tree, here, arch_dir):
            if target not in found:
                found[target] = None
                queue.append(target)
    return tuple(found)


def outermost(tree: KernelTree, path: str) -> str:
    """The C file of the same folder into which a file's functions are compiled; the file itself where there is none.

    `kernel/rcu/tasks.h` and `kernel/sched/rt.c` have functions but no includes: others include them.
    """
    return tree.once(("outermost", path), lambda: _outermost(tree, path))


def _outermost(tree: KernelTree, path: str) -> str:
    folder, name = posixpath.split(path)
    includer = next(
        (
            one
            for one in tree.sources.beside(path)
            if one.endswith(".c")
            and one != name
            and any(
                quote == '"' and posixpath.basename(target) == name and "/" not in target
                for quote, target, _ in included(tree, f"{folder}/{one}")
            )
        ),
        None,
    )
    return path if includer is None else f"{folder}/{includer}"


def targets(tree: KernelTree, path: str, arch_dir: str | None) -> tuple[str, ...]:
    """The files that a file includes itself."""
    known = tree.memory.targets
    files = known.get((path, arch_dir))
    if files is None:
        found = (
            resolve(tree, path, quote, name, arch_dir) for quote, name, _ in included(tree, path)
        )
        files = known[path, arch_dir] = tuple(one for one in found if one is not None)
    return files
