"""The crashed kernel's image → exact lines: symbol and offset, or an address, to the source line and its inlined calls.

An image of another build says nothing: a build id or a release that differs keeps it out, a symbol of another size keeps
out the answer for its frame. Each of these is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from oopsight import arch, image, model
from oopsight.resolve import addresses, contexts, paths
from oopsight.tree import trees

E = model.Evidence
F = model.FrameKind
S = model.Status

# The directory in which distributions build, in front of every path (Debian: `debian/build/build_amd64_none_cloud-amd64/fs/open.c`).
_BUILT_IN = re.compile(
    r"^(?:debian/build/build_[^/]{1,80}/|/build/[^/]{1,80}/linux-[^/]{1,80}/|/usr/src/[^/]{1,80}/)"
)


@dataclass(slots=True)
class Images:
    """The image that the user named and the modules that belong to it.

    `kernel` may itself be a module. Opened files stay open and remember their answers; `close` keeps these for the next run.
    """

    kernel: image.Kept
    search: image.Search = field(default_factory=image.Search)
    _modules: dict[tuple[str, str | None], image.Kept | None] = field(default_factory=dict)
    problems: list[model.Problem] = field(default_factory=list)

    def of(self, module: str | None, build_id: str | None) -> image.Kept | None:
        """The image that holds the code of a module, or of the kernel itself (None); None where there is no such file."""
        if module is None:
            return None if self.kernel.facts.is_module else self.kernel
        key = (module, build_id)
        if key not in self._modules:
            self._modules[key] = self._module(module, build_id)
        return self._modules[key]

    def _module(self, module: str, build_id: str | None) -> image.Kept | None:
        own = self.kernel.path.name.split(".ko")[0].replace("-", "_")
        if self.kernel.facts.is_module and own == module:
            return self.kernel
        for path in self.search.module(module, build_id):
            try:
                found = image.opened(path, self.kernel.cache)
            except (image.Unreadable, OSError):
                continue
            if build_id and found.facts.build_id and not found.facts.build_id.startswith(build_id):
                self._say(
                    "build-id-differs",
                    f"{path} has the build id {found.facts.build_id}, and the text says {build_id} for {module}: it is another build and is not used.",
                )
                continue
            return found
        self._say(
            "no-module-image",
            f"No file of the module {module} was found, so its frames are placed by the sources alone.",
            "Name the directory of the kernel's modules (`--modules`, `oopsight.modulesPath`); those with debugging information are needed.",
        )
        return None

    def _say(self, code: str, message: str, hint: str | None = None) -> None:
        problem = model.Problem(code, message, None, hint)
        if problem not in self.problems:
            self.problems.append(problem)

    def close(self) -> None:
        """Keep what was computed for the next run."""
        for one in (self.kernel, *self._modules.values()):
            if one is not None:
                one.close()


def opened(path: Path, modules: Sequence[Path] = ()) -> Images:
    """The images for `--vmlinux` and `--modules`. Raises `image.Unreadable` with a sentence for users, and OSError."""
    search = image.Search(tuple(image.Directory(one) for one in modules))
    return Images(image.opened(path), search)


def against(crash: model.Crash, images: Images) -> model.Problem | None:
    """Why the image is not that of the crash; None where nothing speaks against it."""
    facts, path = images.kernel.facts, images.kernel.path
    span = min(crash.spans, default=None)
    if crash.build_id and facts.build_id and not facts.build_id.startswith(crash.build_id):
        return model.Problem(
            "build-id-differs",
            f"{path} has the build id {facts.build_id}, and the crashed kernel {crash.build_id}: it is another build, so it is not used.",
            span,
            "Take the vmlinux of the build that crashed.",
        )
    release = facts.release
    if crash.release and release and not facts.is_module and crash.release != release:
        return model.Problem(
            "release-differs",
            f"{path} is a kernel {release}, and the crashed one {crash.release}: it is another build, so it is not used.",
            span,
            "Take the vmlinux of the build that crashed.",
        )
    return None


_OFFSET = re.compile(r"Kernel Offset: (?:0x(?P<offset>[0-9a-f]{1,16})\b|(?P<none>disabled))")


def slide(images: Images, crashes: Sequence[model.Crash], lines: Sequence[str]) -> int | None:
    """How far the kernel was moved (KASLR): by what it says itself, else by a name that is printed with its address."""
    for line in reversed(lines):
        found = _OFFSET.search(line) if "Kernel Offset" in line else None
        if found is not None:
            return 0 if found["none"] else int(found["offset"], 16)
    votes = Counter(_votes(images, crashes))
    return votes.most_common(1)[0][0] if votes else None


def _votes(images: Images, crashes: Sequence[model.Crash]) -> Iterator[int]:
    for crash in crashes:
        for stack in crash.stacks:
            for code in (frame.code for frame in stack.frames):
                known = code.symbol and code.module is None and code.offset is not None
                if not known or code.address is None or images.kernel.facts.is_module:
                    continue
                places = images.kernel.find(code.symbol or "")
                moved = (
                    code.address - (code.offset or 0) - places[0].address if len(places) == 1 else 1
                )
                if not moved & 0xFFF:
                    yield moved


@dataclass(frozen=True, slots=True)
class _Found:
    """What an image says of a frame; `reason` where it says nothing."""

    chain: tuple[image.Place, ...] = ()
    reason: str | None = None


def with_lines(
    context: contexts.Context | None,
    frames: Sequence[model.ResolvedFrame],
    images: Images,
    arch_name: str | None,
    moved: int | None,
) -> tuple[model.ResolvedFrame, ...]:
    """The answers with those that the image knows exactly."""
    return tuple(_with_line(context, one, images, arch_name, moved) for one in frames)


def _with_line(
    context: contexts.Context | None,
    answer: model.ResolvedFrame,
    images: Images,
    arch_name: str | None,
    moved: int | None,
) -> model.ResolvedFrame:
    frame = answer.frame
    if frame.kind is F.USER or frame.inlined:
        return answer
    found = _find(frame, images, arch_name, moved)
    if found.reason is not None:
        return replace(answer, reasons=(found.reason, *answer.reasons))
    # Code without a function is what stands between two: a stale word of the stack, not a frame.
    if not found.chain or found.chain[-1].file is None or found.chain[-1].function is None:
        return answer
    return _placed(context, answer, found.chain)


def _find(frame: model.Frame, images: Images, arch_name: str | None, moved: int | None) -> _Found:
    code = frame.code
    kept = images.of(code.module, code.build_id)
    if kept is None:
        return _Found()
    if code.symbol is None or code.offset is None:
        if code.address is None or moved is None or code.symbol is not None:
            return _Found()
        at = addresses.lookup_address(code.address, frame.convention, arch_name) - moved
        return _Found(kept.chain(at)) if at >= 0 else _Found()
    symbols = kept.find(code.symbol.removesuffix("[jt]"))
    if not symbols:
        return _Found()
    fitting = [one for one in symbols if code.size is None or one.size == code.size]
    if not fitting:
        fitting = [one for one in symbols if one.size is None]
    if not fitting:
        sizes = ", ".join(f"{one.size:#x}" for one in symbols if one.size is not None)
        return _Found(
            reason=f"{kept.path.name} has {code.symbol} with {sizes} bytes, and the text says {code.size:#x}: it is another build, so its line is not used."
        )
    chains = {_chain(kept, one, code.offset, frame.convention, arch_name) for one in fitting}
    if len(chains) > 1:
        return _Found(
            reason=f"{kept.path.name} has {len(fitting)} functions {code.symbol} of this size, and they lead to different lines."
        )
    return _Found(chains.pop())


def _chain(
    kept: image.Kept,
    symbol: image.ElfSymbol,
    offset: int,
    convention: model.Convention | None,
    arch_name: str | None,
) -> tuple[image.Place, ...]:
    """What is at an offset of a symbol.

    A return address at its first byte belongs to a call in the function in front, but where it is assembler code that is returned to
    without a call (Arm's `ret_fast_syscall`).
    """
    start = symbol.address & ~1 if arch_name == "arm" else symbol.address
    if convention is not model.Convention.RETURN:
        return kept.chain(start + offset)
    if offset == 0:
        own = kept.chain(start)
        if own and (own[-1].file or "").endswith(".S"):
            return own
    return kept.chain(start + offset - 1)


def _placed(
    context: contexts.Context | None,
    answer: model.ResolvedFrame,
    chain: Sequence[image.Place],
) -> model.ResolvedFrame:
    """The frame on the line of its outermost call, and the inlined functions as hops, the outermost first."""
    outer = chain[-1]
    place = _position(context, outer)
    hops = tuple(_hops(context, chain))
    definition = answer.definition
    if context is not None and (definition is None or definition.position.path != place.path):
        definition = context.tree.function_at(place.path, place.line) or definition
    reasons: tuple[str, ...] = ("The image's debugging information says so.",)
    if answer.frame.code.offset == 0 and _plain(outer.function or "") != answer.frame.code.function:
        reasons = (
            *reasons,
            f"The call is the last instruction of {outer.function}; the kernel prints the name of what follows it.",
        )
    status = S.EXACT
    if context is not None and not _fits(context, outer, place):
        status = S.MISMATCH
        reasons = (
            f"The image says {place.path}:{place.line}, and {outer.function} is not there in this tree: "
            "the sources are not those that the kernel was built from.",
        )
    return replace(
        answer,
        status=status,
        definition=definition,
        position=place,
        hops=hops,
        evidence=(E.DWARF,),
        reasons=reasons,
        candidates=(),
    )


def _hops(context: contexts.Context | None, chain: Sequence[image.Place]) -> Iterator[model.Hop]:
    for place in reversed(chain[:-1]):
        position = _position(context, place)
        defined = None
        if context is not None:
            defined = context.tree.function_at(position.path, position.line)
        yield model.Hop(
            place.function or "?",
            model.HopKind.INLINE,
            position if defined is None else defined.position,
            position,
        )


def _position(context: contexts.Context | None, place: image.Place) -> model.SourcePos:
    path = _BUILT_IN.sub("", place.file or "")
    if context is not None:
        tree = context.tree
        path = paths.path_in_tree(tree, path) or paths.path_by_end(tree, place.file or "") or path
    return model.SourcePos(path, place.line, max(place.column - 1, 0) if place.column else 0)


def _fits(context: contexts.Context, outer: image.Place, place: model.SourcePos) -> bool:
    """Whether the tree has that function around that line; where the tree has no such file, nothing speaks against it."""
    lines = context.tree.sources.lines(place.path)
    if lines is None:
        return True
    if not 1 <= place.line <= len(lines):
        return False
    found = context.tree.function_at(place.path, place.line)
    # What macros make, and assembler code, are not functions of the index; another function's body is a difference.
    named = {outer.function, _plain(outer.function or "")}
    return found is None or found.name in named or not _is_defined(context, outer, place)


def _is_defined(context: contexts.Context, outer: image.Place, place: model.SourcePos) -> bool:
    name = _plain(outer.function or "")
    return any(one.position.path == place.path for one in context.tree.definitions(name))


def applied(
    explanation: model.Explanation,
    parsed: model.Parsed,
    tree: trees.KernelTree | None,
    images: Images,
    named: str | None,
) -> model.Explanation:
    """An explanation with what the images say; `named` is the architecture that the user named."""
    moved = slide(images, parsed.crashes, parsed.document.lines)
    matches: bool | None = None
    crashes = []
    for one in explanation.crashes:
        problem = against(one.crash, images)
        if problem is not None:
            matches = False
            crashes.append(replace(one, problems=(problem, *one.problems)))
            continue
        context = None
        if tree is not None:
            record, reason = contexts.arch_of(tree, one.crash, named)
            context = contexts.context_of(tree, record, reason)
        stacks = tuple(
            model.ResolvedStack(
                stack.stack, with_lines(context, stack.frames, images, one.arch, moved)
            )
            for stack in one.stacks
        )
        facts = images.kernel.facts
        compared = (one.crash.build_id and facts.build_id) or (one.crash.release and facts.release)
        if matches is None and compared:
            matches = True
        crashes.append(replace(one, stacks=stacks))
    broken = tuple(
        model.Problem("damaged-image", sentence, None, "Copy the file again.")
        for sentence in images.kernel.problems
    )
    facts = images.kernel.facts
    used = model.ImageUsed(
        "vmlinux", str(images.kernel.path), facts.build_id, _architecture(facts.machine), matches
    )
    return replace(
        explanation,
        crashes=tuple(crashes),
        images=(used,),
        problems=(*explanation.problems, *images.problems, *broken),
    )


def _architecture(machine: str) -> str | None:
    return next((one.name for one in arch.all() if one.elf_machine == machine), None)


def _plain(name: str) -> str:
    """A function's name without what compilers append."""
    return name.split(".", maxsplit=1)[0]
