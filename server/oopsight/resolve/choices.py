"""Which of several definitions of one name a frame means: tests that leave some out, each with its reason in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import builds, callpaths, contexts
from oopsight.tree import makefiles, units

K = model.DefinitionKind
FUNCTIONS = (K.FUNCTION, K.INLINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The definition of a frame. `sure` when nothing but it is possible; `others` are those left out or left over."""

    definition: model.Definition | None
    sure: bool = False
    reasons: tuple[str, ...] = ()
    others: tuple[model.Definition, ...] = ()
    left_over: int = 0


Definitions = Sequence[model.Definition]


@dataclass(frozen=True, slots=True)
class Test:
    """A question that leaves some definitions out: which it keeps, and what is said of those that it drops.

    `proof`: what it drops is impossible. A function is given (kept, dropped) where that depends on them.
    """

    keeps: Callable[[model.Definition], bool]
    says: Callable[[Definitions], str]
    proof: bool | Callable[[Definitions, Definitions], bool] = False


def choose(candidates: Definitions, tests: Sequence[Test]) -> Choice:
    """Apply the tests in order; one that leaves nothing is passed over."""
    left = list(candidates)
    reasons = []
    sure = True
    for test in tests:
        if len(left) < 2:
            break
        kept = [definition for definition in left if test.keeps(definition)]
        if kept and len(kept) < len(left):
            dropped = [definition for definition in left if definition not in kept]
            reasons.append(test.says(dropped))
            sure = sure and (
                test.proof if isinstance(test.proof, bool) else test.proof(kept, dropped)
            )
            left = kept
    if not left:
        return Choice(None)
    first = left[0]
    others = tuple(left[1:]) + tuple(d for d in candidates if d not in left)
    if len(left) > 1:
        reasons.append(f"{places(left[1:])} would fit as well.")
    return Choice(first, sure and len(left) == 1, tuple(reasons), others, len(left) - 1)


def places(definitions: Definitions) -> str:
    """`mm/a.c:3 and 4 others`, for sentences."""
    first = definitions[0].position
    rest = len(definitions) - 1
    tail = "" if not rest else f" and {rest} other{'s' if rest > 1 else ''}"
    return f"{first.path}:{first.line}{tail}"


def be(definitions: Definitions) -> str:
    """`is` or `are`, for as many."""
    return "is" if len(definitions) == 1 else "are"


def have(definitions: Definitions) -> str:
    """`has` or `have`, for as many."""
    return "has" if len(definitions) == 1 else "have"


def belong(definitions: Definitions) -> str:
    """`belongs` or `belong`, for as many."""
    return "belongs" if len(definitions) == 1 else "belong"


def count(definitions: Definitions) -> str:
    """`3 definitions in 2 files`, for sentences."""
    files = {definition.position.path for definition in definitions}
    many = len(definitions)
    return f"{many} definition{'s' if many > 1 else ''} in {len(files)} file{'s' if len(files) > 1 else ''}"


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


def always_test(context: contexts.Context) -> Test:
    """What every build has is likelier than what an option decides, and that than what no Makefile names."""
    built = makefiles.Built

    def keeps(definition: model.Definition) -> bool:
        return not builds.is_source(definition) or builds.state(context, definition) is built.YES

    return Test(keeps, lambda dropped: f"Nothing says that {places(dropped)} {be(dropped)} built.")


def listed_test(context: contexts.Context) -> Test:
    """A Makefile that the build reads names the file."""

    def keeps(definition: model.Definition) -> bool:
        told = builds.answer(context, definition.position.path)
        return not builds.is_source(definition) or (told.listed and told.reached)

    return Test(keeps, lambda dropped: f"No Makefile of this build names {places(dropped)}.")


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


def visible_test(unit: units.Unit) -> Test:
    """An inlined subroutine must be visible where it was inlined."""
    return Test(
        lambda d: unit.sees(d.position.path),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not included by {unit.path}, into which this was inlined."
        ),
        True,
    )


def inlinable_test() -> Test:
    """What the text prints as inlined is no function of another file."""
    return Test(
        lambda d: d.kind is K.INLINE or d.position.path.endswith(".h"),
        lambda dropped: f"The text shows it inlined; {places(dropped)} could only be called.",
        False,
    )


def signature_test(names: Sequence[str], count: int | None) -> Test:
    """The printed argument names are parameters of the function; a whole list has as many as it has parameters."""

    def keeps(definition: model.Definition) -> bool:
        own = [parameter.name for parameter in definition.parameters]
        return all(name in own for name in names) and (count is None or count == len(own))

    return Test(
        keeps,
        lambda dropped: f"{places(dropped)} {have(dropped)} other parameters than the text prints.",
        False,
    )


def leads_test(
    context: contexts.Context, inner: str, unit_of: Callable[[model.Definition], units.Unit]
) -> Test:
    """The function of a frame leads to the next inner one.

    No proof: a function between that ended with a call left no frame, and compilers make calls out of other statements.
    """

    def keeps(definition: model.Definition) -> bool:
        return bool(units.ways(unit_of(definition), definition, inner)) or has_pointer_call(
            context, definition
        )

    return Test(
        keeps,
        lambda dropped: f"{places(dropped)} {have(dropped)} no call that leads to {inner}.",
    )


# What compilers call on their own account; what they put in place of loops and assignments can stand in the source.
_COMPILERS_CALL = re.compile(
    r"__stack_chk_fail|__fentry__|_?mcount|__gnu_mcount_nc|__cfi_\w+|__(?:asan|kasan|kcsan|tsan|msan|ubsan|sanitizer)_\w+"
    r"|__x86_\w+|__aeabi_\w+|mem(?:cpy|set|move|cmp)|str(?:len|cmp|cpy|cat|ncmp)|bcmp|__(?:mem|str)\w+"
)


def says_nothing(inner: str) -> bool:
    """Whether a call of the function need not stand in the source of its caller."""
    return _COMPILERS_CALL.fullmatch(inner) is not None


def has_pointer_call(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a function calls through a pointer or through what cannot be read here, by which it may reach anything."""
    body = context.tree.body(definition)
    variables = {local.name for local in body.locals} | {p.name for p in definition.parameters}
    unit = context.unit(definition.position.path)
    return any(
        call.member is not None
        or call.name in variables
        or any(node.pastes for node in unit.nodes.get(call.name or "", ()))
        for call in body.calls
    )


_STRUCTURE = re.compile(r"\b(?:struct|union)[ \t]+(\w+)")


def pointer_test(context: contexts.Context, unit: units.Unit, caller: model.Definition) -> Test:
    """A function that the caller calls through a pointer takes what is passed there: as many arguments, the same structures.

    Where the caller calls through no pointer, a function of another file is a likelier one if it is not static: one that
    left no frame called it by name.
    """
    body = context.tree.body(caller)
    types = {local.name: local.type for local in body.locals}
    types.update((parameter.name, parameter.type) for parameter in caller.parameters)
    passed = [
        [_structure(types.get(argument.strip(), "")) for argument in call.arguments]
        for call in body.calls
        if call.member is not None or call.name in types
    ]
    if not passed:
        return Test(
            lambda d: not d.static or unit.sees(d.position.path),
            lambda dropped: (
                f"{caller.name} calls nothing through a pointer, and {places(dropped)} {be(dropped)} static in another file."
            ),
        )

    def keeps(definition: model.Definition) -> bool:
        taken = [_structure(parameter.type) for parameter in definition.parameters]
        return any(
            len(given) == len(taken)
            and all(
                one is None or two is None or one == two
                for one, two in zip(given, taken, strict=True)
            )
            for given in passed
        )

    return Test(
        keeps,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not what {caller.name} calls through a pointer: other arguments are passed there."
        ),
    )


def _structure(type_name: str) -> str | None:
    found = _STRUCTURE.search(type_name)
    return found[1] if found is not None else None


def header_test() -> Test:
    """A function of a header is mostly compiled into its callers and has no frame of its own."""
    return Test(
        builds.is_source,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} in a header, whose functions seldom have frames of their own."
        ),
    )


def linkage_test(context: contexts.Context, caller: units.Unit, proof: bool) -> Test:
    """A static function is called by name only from the files that see it."""
    return Test(
        lambda d: can_be_called_from(context, caller, d),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} static, and {caller.path} cannot call it."
        ),
        proof,
    )


def can_be_called_from(
    context: contexts.Context, caller: units.Unit, definition: model.Definition
) -> bool:
    """Whether a caller in that unit can reach the function: by name, or because its address was given away."""
    return (
        not definition.static
        or definition.kind is K.LABEL
        or caller.sees(definition.position.path)
        or callpaths.address_taken(context, definition)
        or _pasted(context, definition)
    )


def _pasted(context: contexts.Context, definition: model.Definition) -> bool:
    """Whether a macro of the file may put the name together: `DEVICE_ATTR_RO(size)` takes the address of `size_show`."""
    before, _, _ = definition.name.rpartition("_")
    if not before:
        return False
    text = context.tree.sources.text(definition.position.path) or ""
    word = rf"^[ \t]*(?:static[ \t]+)?\w+[ \t]*\([^;(){{}}]*\b{re.escape(before)}\b"
    return re.search(word, text, re.MULTILINE) is not None


def named_test(
    context: contexts.Context, caller: units.Unit, definition: model.Definition, sure: bool
) -> Test:
    """A name in a call means the static function of the caller's own unit, if it has one."""

    def proved(kept: Definitions, _: Definitions) -> bool:
        return sure and all(context.tree.holds(each.condition) is True for each in kept)

    return Test(
        lambda each: is_own(context, caller, each),
        lambda dropped: (
            f"{definition.name} calls it by name, which in {caller.path} is another one than {places(dropped)}."
        ),
        proved,
    )


def is_own(context: contexts.Context, unit: units.Unit, definition: model.Definition) -> bool:
    """Whether a name in the unit means this static function; one of a header only if nothing leaves it out."""
    if not definition.static or not unit.sees(definition.position.path):
        return False
    stands = builds.stands(context, definition)
    return stands is True or (stands is None and builds.is_source(definition))


def stands_test(context: contexts.Context) -> Test:
    """What stands under no condition, or one that holds, is likelier than what nothing decides."""
    return Test(
        lambda d: builds.stands(context, d) is True,
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} there only under `{dropped[0].condition}`, which nothing here says to hold."
        ),
    )


def near_test(paths: Sequence[str]) -> Test:
    """A static function called directly stands in the file of a neighbour in the stack."""
    return Test(
        lambda d: d.position.path in paths,
        lambda dropped: f"{places(dropped)} {be(dropped)} in no file of the neighbouring frames.",
    )


def folder_tests(paths: Sequence[str]) -> list[Test]:
    """Files near those of the neighbours in the tree of folders, the nearest first."""
    folders = {
        "/".join(path.split("/")[:depth])
        for path in paths
        for depth in range(2, path.count("/") + 1)
    }
    return [_folder_test(folder) for folder in sorted(folders, key=lambda each: -each.count("/"))]


def _folder_test(folder: str) -> Test:
    return Test(
        lambda d: d.position.path.startswith(f"{folder}/"),
        lambda dropped: (
            f"{places(dropped)} {be(dropped)} not in {folder}, as neighbouring frames are."
        ),
    )


# Where most frames of a stack are, when nothing else tells.
_CORE = (
    "kernel/",
    "mm/",
    "fs/",
    "lib/",
    "block/",
    "net/core/",
    "init/",
    "ipc/",
    "security/",
    "drivers/base/",
)


def core_test() -> Test:
    """Code that every kernel runs is in more stacks than a driver."""
    return Test(
        lambda d: d.position.path.startswith((*_CORE, "arch/")),
        lambda dropped: f"{places(dropped)} {be(dropped)} in a driver, which fewer kernels have.",
    )
