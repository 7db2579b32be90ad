"""What one crash is resolved against: the tree, the architecture and the translation units seen so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from oopsight import arch as architectures
from oopsight import model
from oopsight.tree import configured, includes, trees, units

K = model.DefinitionKind
_T = TypeVar("_T")

# Formats whose producer prints inline frames as frames, so that a function that is not printed was no frame.
PRINTS_INLINE = frozenset(("trace32",))
# Folders of a kernel tree whose code runs on the build machine or in user space.
NOT_KERNEL = ("tools/", "scripts/", "usr/", "Documentation/")


@dataclass(frozen=True, eq=False)
class Context:
    """One crash and one tree. `arch` is None when nothing tells the architecture."""

    tree: trees.KernelTree
    arch: model.Arch | None
    arch_reason: str | None = None
    # Why the configuration that was given for the tree is not used; `tree` is without it then.
    foreign_config: str | None = None
    _units: dict[str, units.Unit] = field(default_factory=dict, repr=False)
    _answers: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def arch_dir(self) -> str | None:
        """The architecture's folder in this tree, None when unknown."""
        return self.arch.tree_dir if self.arch is not None else None

    def unit(self, path: str) -> units.Unit:
        """The translation unit in which the functions of a file are compiled: its own, or that of the C file that includes it."""
        found = self._units.get(path)
        if found is None:
            outer = includes.outermost(self.tree, path)
            found = units.open_unit(self.tree, outer, self.arch_dir)
            self._units[path] = found
        return found

    def once(self, question: Hashable, answer: Callable[[], _T]) -> _T:
        """The answer to a question that many frames of one crash ask: computed the first time."""
        if question not in self._answers:
            self._answers[question] = answer()
        found: _T = self._answers[question]
        return found

    def foreign(self, path: str) -> bool:
        """Whether the file belongs to another architecture than the crash."""
        path = path.removeprefix("build:/")
        return (
            self.arch_dir is not None
            and path.startswith("arch/")
            and not path.startswith(f"{self.arch_dir}/")
        )


def context_of(
    tree: trees.KernelTree, arch: model.Arch | None, arch_reason: str | None = None
) -> Context:
    """The context of a crash: a configuration that was made for another architecture is left out of it."""
    why = None if arch is None else configured.why_foreign(tree, arch.tree_dir, arch.bits)
    if why is None:
        return Context(tree, arch, arch_reason)
    return Context(configured.unconfigured(tree), arch, arch_reason, why)


def foreign_config(context: Context) -> model.Problem | None:
    """What to say where the configuration is not that of the crashed kernel's architecture."""
    if context.foreign_config is None:
        return None
    return model.Problem(
        "foreign-configuration",
        f"{context.foreign_config} So it decides nothing here: every #if branch and every file of the tree may be there.",
        None,
        "Name the configuration of the kernel that crashed.",
    )


def arch_of(
    tree: trees.KernelTree, crash: model.Crash, named: str | None
) -> tuple[model.Arch | None, str | None]:
    """The architecture of a crash, and how it is known: named by the user, by its asm labels in the tree, by the text."""
    if named is not None:
        return architectures.get(named), "It was named by the user."
    votes: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for stack in crash.stacks:
        for frame in stack.frames:
            if frame.kind is not model.FrameKind.ASM or frame.code.function is None:
                continue
            found = {
                position.path.split("/")[1]
                for position in (d.position for d in tree.definitions(frame.code.function, K.LABEL))
                if position.path.startswith("arch/")
            }
            if len(found) == 1:
                folder = found.pop()
                votes[folder] += 1
                # The last label of a stack is the one through which its C code was entered.
                labels[folder] = frame.code.function
    if votes:
        most = max(votes.values())
        folder = [folder for folder in labels if votes[folder] == most][-1]
        for candidate in architectures.all():
            if candidate.tree_dir == f"arch/{folder}" and (
                crash.arch is None
                or candidate.name == crash.arch
                or _dir(crash.arch) != candidate.tree_dir
            ):
                return candidate, f"{labels[folder]} is a label of arch/{folder}."
    if crash.arch is not None:
        return architectures.get(crash.arch), "The text's own spellings tell."
    return None, None


def _dir(name: str) -> str | None:
    record = architectures.get(name)
    return record.tree_dir if record is not None else None
