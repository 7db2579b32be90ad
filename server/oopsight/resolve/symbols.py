"""Addresses that a text prints without a name, named by a list of the kernel's symbols (`System.map`, kallsyms).

A kernel may run at another place than its `System.map` says (KASLR): how far is told by `Kernel Offset:`, or by a name that the
text prints with its address. Addresses that are printed with a name are left alone: they may be hashed (`%p`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oopsight import image, model
from oopsight.resolve import addresses
from oopsight.tree import trees

_OFFSET = re.compile(r"Kernel Offset: (?:0x(?P<offset>[0-9a-f]{1,16})\b|(?P<none>disabled))")
# What a kernel moves by is a multiple of a page at least.
_PAGE = 0xFFF


@dataclass(frozen=True, slots=True)
class Naming:
    """A list of symbols, and how far the kernel that printed the text was moved; `slide` None where nothing tells."""

    symbols: image.Symbols
    slide: int | None

    def code(
        self, code: model.CodeRef, convention: model.Convention | None, arch: str | None
    ) -> model.CodeRef | None:
        """The place with the name of its function, None where the list has none for it."""
        if code.symbol is not None or code.function is not None or code.address is None:
            return None
        at = addresses.lookup_address(code.address, convention, arch) - (self.slide or 0)
        found = self.symbols.at(at)
        if found is None:
            return None
        printed = addresses.lookup_address(code.address, None, arch) - (self.slide or 0)
        return replace(
            code,
            function=found.name,
            offset=printed - found.address,
            size=found.size,
            module=found.module,
        )

    def reason(self, code: model.CodeRef) -> str:
        """Where a name comes from."""
        moved = "" if not self.slide else f", for a kernel that was moved by {self.slide:#x}"
        return f"{self.symbols.path} has {code.function} at this address{moved}."


def nameless(crash: model.Crash) -> bool:
    """Whether a crash has an address of the kernel without a name."""
    return any(
        frame.kind is not model.FrameKind.USER and _bare(frame.code)
        for stack in crash.stacks
        for frame in stack.frames
    )


def _bare(code: model.CodeRef) -> bool:
    return code.symbol is None and code.function is None and code.address is not None


def naming(symbols: image.Symbols, crashes: Sequence[model.Crash], lines: Sequence[str]) -> Naming:
    """The list as it applies to the crashes of a text with these lines."""
    return Naming(symbols, _slide(symbols, crashes, lines))


def _slide(
    symbols: image.Symbols, crashes: Sequence[model.Crash], lines: Sequence[str]
) -> int | None:
    votes = Counter(_votes(symbols, crashes))
    if votes:
        return votes.most_common(1)[0][0]
    for line in reversed(lines):
        found = _OFFSET.search(line) if "Kernel Offset" in line else None
        if found is not None:
            return 0 if found["none"] else int(found["offset"], 16)
    return None


def _votes(symbols: image.Symbols, crashes: Iterable[model.Crash]) -> Iterator[int]:
    for crash in crashes:
        for stack in crash.stacks:
            for frame in stack.frames:
                code = frame.code
                if code.symbol is None or code.address is None or code.offset is None:
                    continue
                places = symbols.named(code.symbol)
                moved = code.address - code.offset - places[0] if len(places) == 1 else 1
                if not moved & _PAGE:
                    yield moved


def named_stack(stack: model.Stack, naming: Naming, arch: str | None) -> model.Stack:
    """The stack with the names of its nameless frames."""
    return replace(stack, frames=tuple(_named(frame, naming, arch) for frame in stack.frames))


def _named(frame: model.Frame, naming: Naming, arch: str | None) -> model.Frame:
    if frame.kind is model.FrameKind.USER:
        return frame
    callee = frame.callee
    if callee is not None and _bare(callee):
        known = naming.code(callee, model.Convention.EXACT, arch)
        frame = replace(frame, callee=known or callee)
    code = naming.code(frame.code, frame.convention, arch)
    if code is None:
        return frame
    kind = frame.kind
    if kind is model.FrameKind.NO_SYMBOL:
        exact = frame.convention is model.Convention.EXACT
        kind = model.FrameKind.INTERRUPTED if exact else model.FrameKind.CALL
    return replace(frame, code=code, kind=kind)


def with_evidence(
    frames: Sequence[model.ResolvedFrame], printed: model.Stack, naming: Naming
) -> tuple[model.ResolvedFrame, ...]:
    """The answers, those for frames that the list has named saying so."""
    return tuple(
        one
        if one.frame.code == before.code
        else replace(
            one,
            evidence=(model.Evidence.SYMTAB, *one.evidence),
            reasons=(naming.reason(one.frame.code), *one.reasons),
        )
        for one, before in zip(frames, printed.frames, strict=True)
    )


def problem(crash: model.Crash, naming: Naming) -> model.Problem | None:
    """That the list names none of the addresses, so that it is another kernel's."""
    bare = [
        frame.code.address
        for stack in crash.stacks
        for frame in stack.frames
        if _bare(frame.code)
        and frame.kind is not model.FrameKind.USER
        and frame.code.address is not None
    ]
    named_one = any(naming.symbols.at(one - (naming.slide or 0)) is not None for one in bare)
    if not bare or named_one:
        return None
    low, high = naming.symbols.bounds
    return model.Problem(
        "symbols-do-not-fit",
        f"{naming.symbols.path} names no address of this crash: its functions lie from {low:#x} to {high:#x}, and the text "
        f"has {min(bare):#x}.",
        min(crash.spans, default=None),
        "Name the System.map of the kernel that crashed, or a copy of its /proc/kallsyms.",
    )


def beside(tree: trees.KernelTree) -> image.Symbols | None:
    """The `System.map` that a build left in the tree or in its output directory."""
    return tree.once(("System.map",), lambda: _beside(tree))


def _beside(tree: trees.KernelTree) -> image.Symbols | None:
    for folder in (tree.build, tree.root):
        if folder is None:
            continue
        file = Path(folder) / "System.map"
        try:
            if file.is_file():
                return image.read(file)
        except (OSError, image.NotAMap):
            continue
    return None
