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
        compiled = pattern.match(path) and posixpath.splitext(path)[1] in (".c", ".S")
        if compiled and not answer(context, path).listed:
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


def stands(context: contexts.Context, definition: model.Definition) -> bool | None:
    """Whether the condition of a definition holds, None when nothing tells.

    Beside the configuration counts what the architecture's headers define, so that a file's own version is left out
    (`#ifndef ARCH_HAS_…`); these are hints, no proof, since they may not be included.
    """
    condition = definition.condition
    held = context.tree.holds(condition)
    if condition is None or held is not None or context.arch_dir is None or "||" in condition:
        return held
    path = definition.position.path
    terms = [(bool(no), _defined(context, name, path)) for no, name in _DEFINED.findall(condition)]
    if any(known is not None and known == no for no, known in terms):
        return False
    # `!defined(A) && !defined(B)`, of which nothing is left open.
    whole = _DEFINED.sub("", condition).replace("&&", "").strip(" ()") == ""
    return True if whole and all(known is not None for _, known in terms) else None


_DEFINED = re.compile(r"(!)?defined\((\w+)\)")


_BY_THE_COMPILER = re.compile(r"__\w+__|__ARM\w+|MODULE|__(?:BIG|LITTLE)_ENDIAN\w*")


def _defined(context: contexts.Context, name: str, path: str) -> bool | None:
    """Whether a macro that is no option is defined in a file: by the architecture's headers, or by nobody of this architecture."""
    if name.startswith("CONFIG_"):
        return context.tree.holds(f"defined({name})")
    if _BY_THE_COMPILER.fullmatch(name):
        return None
    kinds = (model.DefinitionKind.MACRO, model.DefinitionKind.CONSTANT)
    found = [
        each
        for each in context.tree.definitions(name, *kinds)
        if not context.foreign(each.position.path)
        and not each.position.path.startswith(contexts.NOT_KERNEL)
        and context.tree.holds(each.condition) is not False
    ]
    if any(each.position.path.startswith(f"{context.arch_dir}/include/") for each in found):
        # What a C file does not include, the one of several headers for another width, does not count in it.
        if not path.endswith(".c"):
            return True
        unit = context.unit(path)
        return any(unit.sees(each.position.path) for each in found)
    return None if found else False
