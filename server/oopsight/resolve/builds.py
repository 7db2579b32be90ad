"""What the tree's Makefiles say of a definition: is it in the crashed kernel, in a module of it, or in another image."""

from __future__ import annotations

import posixpath
import re

from oopsight import model
from oopsight.resolve import contexts
from oopsight.tree import makefiles

# Code that runs before the kernel, beside it or in user space, with what it is.
_OTHER_IMAGES = (
    (re.compile(r"arch/[^/]+/boot/"), "the boot loader's part of the kernel"),
    (re.compile(r"arch/[^/]+/tools/"), "a tool for the build"),
    (re.compile(r"arch/[^/]+/um/|arch/um/"), "User Mode Linux"),
    (re.compile(r"arch/[^/]+/purgatory/"), "what runs between two kernels at kexec"),
    (re.compile(r"arch/[^/]+/realmode/rm/"), "what runs in real mode"),
    (re.compile(r"arch/arm64/kvm/hyp/nvhe/"), "the hypervisor's own image"),
    (re.compile(r"drivers/firmware/efi/libstub/"), "the EFI stub"),
    (re.compile(r".*\.mod\.c"), "a file that a build made"),
)
# Of these a Makefile says which files are kernel code after all.
_MAYBE_OTHER = (
    (re.compile(r"samples/"), "an example"),
    (re.compile(r".*/vdso[^/]*/"), "code that is mapped into user space"),
    (re.compile(r".*/(?:selftests?|tests?)/"), "a test"),
)


def answer(context: contexts.Context, path: str) -> makefiles.Answer:
    """What the Makefiles say of a source file."""
    folder = context.arch_dir
    if folder is None and path.startswith("arch/"):
        folder = "/".join(path.split("/")[:2])
    bits = context.arch.bits if context.arch is not None else 64
    return makefiles.built(context.tree, path, folder, bits)


def other_image(context: contexts.Context, definition: model.Definition) -> str | None:
    """What a definition belongs to instead of the kernel; None for kernel code."""
    path = definition.position.path
    if path.startswith(contexts.NOT_KERNEL):
        return "no kernel code"
    for pattern, what in _OTHER_IMAGES:
        if pattern.match(path):
            return what
    for pattern, what in _MAYBE_OTHER:
        if pattern.match(path) and posixpath.splitext(path)[1] in (".c", ".S"):
            told = answer(context, path)
            if not told.listed or not told.reached:
                return what
    return None


def state(context: contexts.Context, definition: model.Definition) -> makefiles.Built:
    """Whether a definition's file is built; a header is neither built nor left out."""
    return answer(context, definition.position.path).built


def surely_built(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether the definition is in the kernel itself."""
    return state(context, definition) is makefiles.Built.YES


def in_module(context: contexts.Context, definition: model.Definition, module: str) -> bool:
    """Whether the definition can be in a module, by the name that the text prints; a header can be in any."""
    path = definition.position.path
    told = answer(context, path)
    return makefiles.module_name(module) in told.modules or (
        path.endswith(".h") and not told.listed
    )


def is_source(definition: model.Definition) -> bool:
    """Whether a definition's file is compiled by itself."""
    return posixpath.splitext(definition.position.path)[1] in (".c", ".S")
