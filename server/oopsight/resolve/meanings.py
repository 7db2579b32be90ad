"""Which definition each frame of a stack means, from the outermost inwards."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oopsight import model
from oopsight.resolve import builds, by_build, by_calls, by_place, choices, contexts
from oopsight.tree import made, makefiles, units

K = model.DefinitionKind


@dataclass(frozen=True, slots=True)
class Chosen:
    """The definition of a frame, and the translation unit in which its code was compiled, None when unknown."""

    choice: choices.Choice
    unit: units.Unit | None


def _reals(frames: Sequence[model.Frame]) -> tuple[int | None, ...]:
    """For each frame the one of the function into which it was inlined: the next one outwards that is not inlined."""
    found: list[int | None] = []
    real: int | None = None
    for at in reversed(range(len(frames))):
        if not frames[at].inlined:
            real = at
        elif real is not None and frames[real].number != frames[at].number:
            real = None
        found.append(real)
    return tuple(reversed(found))


def inner_of(frames: Sequence[model.Frame], position: int) -> str | None:
    """The function that the frame called; None for a frame that called nothing that the text names."""
    callee = frames[position].callee
    if frames[position].crossing:
        return None
    if callee is not None:
        return callee.function
    at = inner_frame(frames, position)
    return None if at is None else frames[at].code.function


def inner_frame(frames: Sequence[model.Frame], position: int) -> int | None:
    """The frame that this one called, None where it is not in the text."""
    if position == 0 or frames[position].crossing or gap(frames, position):
        return None
    inner, callee = frames[position - 1], frames[position].callee
    # A producer that prints both says where frames of other stacks stand one behind the other.
    return None if callee is not None and callee.function != inner.code.function else position - 1


def gap(frames: Sequence[model.Frame], position: int) -> bool:
    """Whether the numbers say that frames are missing directly inside of this one."""
    if position == 0:
        return False
    mine, inner = frames[position].number, frames[position - 1].number
    return mine is not None and inner is not None and mine - inner > 1


def choose_all(context: contexts.Context, frames: Sequence[model.Frame]) -> dict[int, Chosen]:
    """The choice for every frame that has a name, by its position in the stack."""
    chosen: dict[int, Chosen] = {}
    reals = _reals(frames)
    candidates = {
        position: _candidates(context, frame)
        for position, frame in enumerate(frames)
        if not frame.inlined and frame.code.function is not None
    }
    anchors = _anchors(context, candidates)
    # From the outermost inwards: where the caller stands says which static functions it can call.
    for position, found in sorted(candidates.items(), reverse=True):
        caller = _caller_of(frames, position, chosen, reals)
        frame = frames[position]
        choice = context.once(
            (
                "real",
                found,
                anchors,
                frame.kind,
                frame.cut,
                (frame.code.module, _names_modules(frames, frame)),
                tuple(argument.name for argument in frame.arguments),
                inner_of(frames, position),
                None
                if caller is None or caller.unit is None
                else (caller.unit.path, caller.choice.sure),
            ),
            functools.partial(_choose_real, context, frames, position, found, anchors, caller),
        )
        definition = choice.definition
        unit = None
        if definition is not None and definition.kind in choices.FUNCTIONS:
            unit = context.unit(definition.position.path)
        chosen[position] = Chosen(choice, unit)
    for position, frame in enumerate(frames):
        if frame.inlined and frame.code.function is not None:
            real = reals[position]
            unit = chosen[real].unit if real in chosen else None
            question = (
                "inlined",
                frame.code.function,
                inner_of(frames, position),
                unit and unit.path,
            )
            choice = context.once(
                question, functools.partial(_choose_inlined, context, frames, position, unit)
            )
            chosen[position] = Chosen(choice, unit)
    return chosen


def _caller_of(
    frames: Sequence[model.Frame],
    position: int,
    chosen: dict[int, Chosen],
    reals: Sequence[int | None],
) -> Chosen | None:
    """The real function whose code called the frame, None when an exception or a gap lies between."""
    outer = position + 1
    if outer >= len(frames) or inner_frame(frames, outer) is None:
        return None
    real = reals[outer]
    return chosen.get(real) if real is not None else None


def _candidates(context: contexts.Context, frame: model.Frame) -> tuple[model.Definition, ...]:
    return _candidates_of(context, frame.code.function or "", frame.kind is model.FrameKind.ASM)


def _candidates_of(context: contexts.Context, name: str, asm: bool) -> tuple[model.Definition, ...]:
    functions = context.tree.definitions(name, *choices.FUNCTIONS)
    labels = context.tree.definitions(name, K.LABEL)
    if asm:
        if not any(_is_built(context, each) for each in labels):
            # `asm_exc_double_fault` is a label of entry_32.S, and for 64 bits a macro of a header makes it.
            labels = (*labels, *made.declared(context.tree, name), *functions)
        return labels
    if functions and labels and not any(_stands_here(context, each) for each in functions):
        # `memcpy` of the architecture in place of the one of lib/string.c.
        return (*functions, *(each for each in labels if not context.foreign(each.position.path)))
    return functions or labels or made.declared(context.tree, name)


def by_name(context: contexts.Context, name: str) -> model.Definition | None:
    """The definition of a function that the text names without a frame of its own; None unless one is clearly meant."""

    def find() -> model.Definition | None:
        found = _candidates_of(context, name, asm=False)
        choice = choices.choose(found, by_build.kernel_tests(context))
        return choice.definition if choice.left_over == 0 else None

    return context.once(("named", name), find)


def _stands_here(context: contexts.Context, definition: model.Definition) -> bool:
    return (
        not context.foreign(definition.position.path)
        and builds.other_image(context, definition) is None
        and builds.stands(context, definition) is True
    )


def _is_built(context: contexts.Context, definition: model.Definition) -> bool:
    return not context.foreign(definition.position.path) and builds.surely_built(
        context, definition
    )


def _anchors(
    context: contexts.Context, candidates: dict[int, tuple[model.Definition, ...]]
) -> tuple[str, ...]:
    """Files in which the stack surely is: those of functions that are defined once."""
    files: dict[str, None] = {}
    for found in candidates.values():
        choice = choices.choose(found, by_build.kernel_tests(context))
        if choice.definition is not None and choice.left_over == 0:
            files.setdefault(choice.definition.position.path)
    return tuple(files)


def _choose_real(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    candidates: Sequence[model.Definition],
    anchors: Sequence[str],
    caller: Chosen | None,
) -> choices.Choice:
    frame = frames[position]
    tests = by_build.kernel_tests(context)
    if _names_modules(frames, frame):
        tests.append(by_build.module_test(context, frame.code.module))
    if caller is not None:
        tests += _tests_by_caller(context, candidates, caller)
    inner = inner_of(frames, position)
    if frame.kind is not model.FrameKind.ASM:
        if inner is not None and not by_calls.says_nothing(inner):
            tests.append(
                by_calls.leads_test(context, inner, lambda d: context.unit(d.position.path))
            )
        names = [argument.name for argument in frame.arguments if argument.name is not None]
        whole = len(frame.arguments) if names and not frame.cut else None
        if names:
            tests.append(by_calls.signature_test(context, names, whole))
        tests += [by_build.stands_test(context), by_build.listed_test(context)]
        tests += [by_build.strong_test(context), by_build.header_test()]
        tests.append(by_place.near_test(anchors))
    tests += by_place.folder_tests(anchors)
    tests += [by_build.listed_test(context), by_build.always_test(context)]
    tests.append(by_build.header_test())
    if context.tree.config is None:
        tests.append(by_place.core_test())
    return _doubted(context, choices.choose(candidates, tests), caller)


def _names_modules(frames: Sequence[model.Frame], frame: model.Frame) -> bool:
    """Whether a module would stand here: the kernel prints it with offset and size (`%pS`), others where one does."""
    code = frame.code
    printed = code.offset is not None and code.size is not None
    return printed or any(each.code.module is not None for each in frames)


def _tests_by_caller(
    context: contexts.Context, candidates: Sequence[model.Definition], caller: Chosen
) -> list[choices.Test]:
    """What the caller can reach: by the name in its unit, else through a pointer."""
    unit, definition = caller.unit, caller.choice.definition
    if unit is None or definition is None or len(candidates) < 2:
        return []
    by_name = bool(units.ways(unit, definition, candidates[0].name))
    # Through a pointer a static function of any file can be called; that its address is nowhere taken is no proof.
    tests = [by_calls.linkage_test(context, unit, by_name and caller.choice.sure)]
    if by_name:
        if any(by_calls.is_own(context, unit, each) for each in candidates):
            tests.append(by_calls.named_test(context, unit, definition, caller.choice.sure))
        return tests
    if not caller.choice.left_over and any(each != definition for each in candidates):
        tests.append(by_calls.itself_test(definition))
    return [*tests, by_calls.pointer_test(context, unit, definition)]


def _doubted(
    context: contexts.Context, choice: choices.Choice, caller: Chosen | None
) -> choices.Choice:
    """The choice with what speaks against it, although nothing better is there."""
    definition = choice.definition
    if definition is None:
        return choice
    against = []
    path = definition.position.path
    if context.foreign(path) and context.arch is not None:
        against.append(
            f"It is defined only outside of {context.arch_dir}, although the crash is one of {context.arch.name}."
        )
    image = builds.other_image(context, definition)
    if image is not None:
        against.append(f"{path} is {image}, but nothing else defines it.")
    elif builds.state(context, definition) is makefiles.Built.NO:
        against.append(builds.answer(context, path).reason or "")
    if context.tree.holds(definition.condition) is False:
        against.append(
            f"It stands under `{definition.condition}`, which the configuration rules out."
        )
    unit = caller.unit if caller is not None else None
    if unit is not None and not by_calls.can_be_called_from(context, unit, definition):
        against.append(f"It is static, and {unit.path}, where the caller stands, cannot call it.")
    if not against:
        return choice
    return replace(choice, sure=False, reasons=(*choice.reasons, *against))


def _choose_inlined(
    context: contexts.Context,
    frames: Sequence[model.Frame],
    position: int,
    unit: units.Unit | None,
) -> choices.Choice:
    name = frames[position].code.function or ""
    seen = []
    if unit is not None:
        seen = [
            context.tree.definition(node.path, node.row)
            for node in unit.nodes.get(name, ())
            if node.row.kind in choices.FUNCTIONS
        ]
    known = [d for d in context.tree.definitions(name, *choices.FUNCTIONS) if d not in seen]
    tests = by_build.kernel_tests(context)
    if unit is not None:
        tests.append(by_calls.visible_test(unit))
    tests.append(by_calls.inlinable_test())
    inner = inner_of(frames, position)
    if inner is not None and unit is not None:
        tests.append(by_calls.leads_test(context, inner, lambda d: unit))
    choice = choices.choose([*seen, *known], tests)
    if (
        unit is not None
        and choice.definition is not None
        and not unit.sees(choice.definition.position.path)
    ):
        reason = f"{unit.path}, into which it was inlined, does not include {choice.definition.position.path}."
        choice = replace(choice, sure=False, reasons=(*choice.reasons, reason))
    return _doubted(context, choice, None)
