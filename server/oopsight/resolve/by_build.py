"""Tests for choosing a definition by what is built: kernel code, architecture, conditions, Makefiles, modules, weak ones."""

from __future__ import annotations

import re

from oopsight import model
from oopsight.resolve import builds, contexts
from oopsight.resolve.choices import Definitions, Test, be, belong, count, places
from oopsight.tree import makefiles


def kernel_tests(context: contexts.Context) -> list[Test]:
    """What holds for every name: kernel code, of this architecture, under conditions that may hold, built."""
    tests = [_image_test(context)]
    if context.arch is not None:
        arch = context.arch
        tests.append(
            Test(
                lambda d: not context.foreign(d.position.path),
                lambda dropped: (
                    f"{count(dropped)} of this name {belong(dropped)} to other architectures than {arch.name}."
                    + (f" {context.arch_reason}" if context.arch_reason else "")
                ),
                True,
            )
        )
    tests.append(
        Test(
            lambda d: context.tree.holds(d.condition) is not False,
            lambda dropped: (
                f"{places(dropped[:1])} stands under `{dropped[0].condition}`, which the configuration rules out."
            ),
            True,
        )
    )
    return [*tests, _built_test(context)]


def _image_test(context: contexts.Context) -> Test:
    def says(dropped: Definitions) -> str:
        kinds = {builds.other_image(context, one) or "" for one in dropped}
        what = kinds.pop() if len(kinds) == 1 else "no code of the kernel itself"
        return f"{places(dropped)} {be(dropped)} {what}."

    return Test(lambda d: builds.other_image(context, d) is None, says, True)


def _built_test(context: contexts.Context) -> Test:
    """The Makefiles leave some files out under the configuration."""

    def says(dropped: Definitions) -> str:
        reason = builds.answer(context, dropped[0].position.path).reason or ""
        rest = len(dropped) - 1
        return (
            reason
            if not rest
            else f"{reason} {rest} other definition{'s are' if rest > 1 else ' is'} left out as well."
        )

    return Test(lambda d: builds.state(context, d) is not makefiles.Built.NO, says, True)


def module_test(context: contexts.Context, module: str | None) -> Test:
    """The text names the module of a frame (`[ext4]`), or shows by naming none that the function is in the kernel itself."""

    def keeps(definition: model.Definition) -> bool:
        if module is None:
            return builds.state(context, definition) is not makefiles.Built.MODULE
        return builds.in_module(context, definition, module)

    def says(dropped: Definitions) -> str:
        if module is not None:
            return f"{places(dropped)} {belong(dropped)} to no module {module} by the Makefiles."
        reason = builds.answer(context, dropped[0].position.path).reason or ""
        return f"The text names no module here, but {reason}"

    def proved(_: Definitions, dropped: Definitions) -> bool:
        return all(builds.answer(context, one.position.path).listed for one in dropped)

    return Test(keeps, says, proved)


def stands_test(context: contexts.Context) -> Test:
    """What stands under no condition, or one that holds, is likelier than what nothing decides."""
    return Test(
        lambda d: builds.stands(context, d) is True,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} there only under `{dropped[0].condition}`, which nothing here says to hold."
        ),
    )


def strong_test(context: contexts.Context) -> Test:
    """A weak definition is what the linker takes when there is no other."""

    def proved(kept: Definitions, dropped: Definitions) -> bool:
        one = kept[0]
        return context.tree.holds(one.condition) is True and builds.surely_built(context, one)

    return Test(
        lambda d: not _is_weak(context, d),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} weak: another definition takes its place."
        ),
        proved,
    )


_WEAK = re.compile(r"\b__weak\b|\bweak\b")


def _is_weak(context: contexts.Context, definition: model.Definition) -> bool:
    lines = context.tree.sources.lines(definition.position.path) or ()
    return (
        _WEAK.search("\n".join(lines[definition.start_line - 1 : definition.position.line]))
        is not None
    )


def listed_test(context: contexts.Context) -> Test:
    """A Makefile that the build reads names the file."""

    def keeps(definition: model.Definition) -> bool:
        told = builds.answer(context, definition.position.path)
        return not builds.is_source(definition) or (told.listed and told.reached)

    return Test(keeps, lambda dropped: f"No Makefile of this build names {places(dropped)}.")


def always_test(context: contexts.Context) -> Test:
    """What every build has is likelier than what an option decides, and that than what no Makefile names."""
    built = makefiles.Built

    def keeps(definition: model.Definition) -> bool:
        return not builds.is_source(definition) or builds.state(context, definition) is built.YES

    return Test(keeps, lambda dropped: f"Nothing says that {places(dropped)} {be(dropped)} built.")


def header_test() -> Test:
    """A function of a header is mostly compiled into its callers and has no frame of its own."""
    return Test(
        builds.is_source,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} in a header, whose functions seldom have frames of their own."
        ),
    )
