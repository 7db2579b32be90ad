"""Is this the tree? What the text says of its kernel against what the tree is, as one verdict with its reasons.

Releases are only looked at for equality; which of two is newer says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.resolve import paths
from oopsight.tree import trees

CODE = "tree-verdict"
K = model.DefinitionKind
M = model.TreeMatch

_NUMBERS = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?")
_CANDIDATE = re.compile(r"-rc[0-9]{1,3}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
# A line number or an arrow in front of a line of source.
_MARGIN = re.compile(r"^(?:[0-9]{1,7}[ \t|:]+|[-=>]+ )")
_SHORTEST_ROW = 8
# So many of these must differ before they say more than that something was changed.
_LEAST = 3
# Shares of the functions from which on it is another tree: not there or with other parameters, and only not there.
_CHANGED = 1 / 4
_MISSING = 1 / 3
_SHOWN = 5
_MODULES_MAY_BE_MISSING = "not in the tree"


@dataclass(frozen=True, slots=True)
class _Fact:
    """One thing that was compared: whether it fits (None when it says nothing), whether it alone decides, and in words.

    `names` are the functions that do not fit, of `count` that were compared.
    """

    fits: bool | None
    decides: bool
    reason: str
    names: tuple[str, ...] = ()
    count: int = 0


def judge(
    tree: trees.KernelTree, crash: model.Crash, stacks: Sequence[model.ResolvedStack]
) -> model.TreeVerdict | None:
    """Whether the tree is that of the crash; None while the tree is still being read."""
    if not tree.index.complete:
        return None
    frames = [frame for stack in stacks for frame in stack.frames]
    release = _release(tree, crash)
    functions, signatures = _functions(frames), _signatures(frames)
    others = (_rows(tree, frames), _lines(tree, crash, frames))
    facts = [one for one in (release, functions, signatures, *others) if one is not None]
    same = release is not None and release.fits is True
    far = not same and functions is not None and _far(functions, signatures)
    ordered = sorted(facts, key=lambda fact: fact.fits is not False)
    return model.TreeVerdict(_match(facts, far), tuple(fact.reason for fact in ordered))


def _far(functions: _Fact, signatures: _Fact | None) -> bool:
    """Whether too many functions are missing or have other parameters for a tree that was merely changed.

    Functions alone that are missing can be those of a module, so more of them must be.
    """
    changed = () if signatures is None else signatures.names
    wrong = {*functions.names, *changed}
    share = _CHANGED if changed else _MISSING
    return len(wrong) >= _LEAST and len(wrong) >= share * functions.count


def _match(facts: Sequence[_Fact], far: bool) -> model.TreeMatch | None:
    against = [fact for fact in facts if fact.fits is False]
    if far or any(fact.decides for fact in against):
        return M.ANOTHER
    if against:
        return M.NEAR
    return M.THIS if any(fact.decides and fact.fits for fact in facts) else None


_SAID = {
    M.THIS: "This is the tree of the kernel that crashed.",
    M.NEAR: "This tree is near that of the kernel that crashed, but not the same, so some lines may be off.",
    M.ANOTHER: "This is another tree than that of the kernel that crashed, so lines and values may be wrong.",
}


def problem(crash: model.Crash, verdict: model.TreeVerdict | None) -> model.Problem | None:
    """The verdict as something to be said at the top of a crash; None when nothing tells."""
    if verdict is None or verdict.match is None:
        return None
    hint = None
    if verdict.match is M.ANOTHER:
        release = f"Linux {crash.release}" if crash.release else "the kernel that crashed"
        hint = f"Name the sources of {release} as the kernel tree."
    elif verdict.match is M.NEAR and _MODULES_MAY_BE_MISSING in " ".join(verdict.reasons):
        hint = "Where they belong to modules outside of the tree, name the sources of these as well (--also DIR, alsoSources)."
    return model.Problem(
        CODE,
        " ".join((_SAID[verdict.match], *verdict.reasons)),
        min(crash.spans, default=None),
        hint,
    )


# Releases


def _release(tree: trees.KernelTree, crash: model.Crash) -> _Fact | None:
    said, stated = crash.release, tree.stated
    if said is None or stated is None:
        return None
    if stated.built == said:
        return _Fact(True, True, f"The text and the build name the same release, {said}.")
    mine, its = _numbers(stated.makefile), _numbers(crash.upstream or said)
    if mine is None or its is None:
        return None
    shown = said + (f" (made from {crash.upstream})" if crash.upstream else "")
    both = f"The text is of Linux {shown}, and the tree is Linux {stated.makefile}"
    if mine[:2] != its[:2]:
        return _Fact(False, True, f"{both}.")
    if mine != its:
        if its[2] == 0 and crash.upstream is None and not _NUMBERS.fullmatch(said):
            reason = f"{both}; distributions write 0 for the last number, so it may be another one of the same series."
            return _Fact(False, False, reason)
        return _Fact(False, False, f"{both}.")
    if _candidate(said) != _candidate(stated.makefile) and crash.upstream is None:
        return _Fact(False, False, f"{both}.")
    if stated.built is not None:
        reason = f"The text is of Linux {shown}, and the build calls itself {stated.built}."
        return _Fact(False, False, reason)
    if stated.local is not None and stated.local not in said:
        reason = (
            f"The configuration appends {stated.local} to the release, which {said} does not have."
        )
        return _Fact(False, False, reason)
    return _Fact(True, True, f"The text is of Linux {shown}, and so is the tree.")


def _numbers(release: str) -> tuple[int, int, int] | None:
    found = _NUMBERS.match(release)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3] or 0))


def _candidate(release: str) -> str | None:
    found = _CANDIDATE.search(release)
    return None if found is None else found.group()


# Functions and their parameters


def _functions(frames: Sequence[model.ResolvedFrame]) -> _Fact | None:
    """How many of the kernel's own functions in the text the tree lacks; those of modules may have sources elsewhere."""
    there: dict[str, bool] = {}
    for frame in frames:
        name, module = frame.frame.code.function, frame.frame.code.module
        if name is not None and module in (None, "vmlinux"):
            there[name] = there.get(name, False) or frame.definition is not None
    missing = [name for name, found in there.items() if not found]
    if not there:
        return None
    if not missing:
        what = "The function" if len(there) == 1 else f"All {len(there)} functions"
        verb = "is" if len(there) == 1 else "are"
        reason = f"{what} that the text names {verb} in the tree."
        return _Fact(None, False, reason, (), len(there))
    verb = "is" if len(missing) == 1 else "are"
    reason = f"Of {len(there)} functions that the text names, {len(missing)} {verb} {_MODULES_MAY_BE_MISSING} ({_some(missing)})."
    return _Fact(False, False, reason, tuple(missing), len(there))


def _signatures(frames: Sequence[model.ResolvedFrame]) -> _Fact | None:
    """Printed argument names that are no parameters of the function."""
    compared: dict[str, tuple[str, ...]] = {}
    for frame in frames:
        code = frame.frame.code
        if code.function in compared or code.symbol != code.function:
            continue
        names = [
            argument.name
            for argument in frame.frame.arguments
            if argument.name is not None and not argument.cut and _IDENTIFIER.match(argument.name)
        ]
        known = [parameters for each in _definitions(frame) if (parameters := _names(each))]
        if not names or not known or code.function is None:
            continue
        unknown = min(([n for n in names if n not in own] for own in known), key=len)
        compared[code.function] = tuple(unknown)
    differing = [f"{name}({', '.join(left)})" for name, left in compared.items() if left]
    if not compared:
        return None
    if not differing:
        count = len(compared)
        what = "one function fit" if count == 1 else f"{count} functions fit"
        return _Fact(None, False, f"The printed argument names of {what} the tree.")
    most = len(differing) >= _LEAST and 2 * len(differing) > len(compared)
    reason = (
        f"Of {len(compared)} functions whose arguments the text names, {len(differing)} "
        f"{'has' if len(differing) == 1 else 'have'} no such parameter in the tree ({_some(differing)})."
    )
    changed = tuple(name for name, left in compared.items() if left)
    return _Fact(False, most, reason, changed, len(compared))


def _definitions(frame: model.ResolvedFrame) -> Iterator[model.Definition]:
    for one in (frame.definition, *frame.others):
        # Parameters of functions that a macro makes are not those that the macro is given.
        if (
            one is not None
            and one.kind in (K.FUNCTION, K.INLINE)
            and one.position.column is not None
        ):
            yield one


def _names(definition: model.Definition) -> frozenset[str]:
    return frozenset(parameter.name for parameter in definition.parameters)


# Lines


def _rows(tree: trees.KernelTree, frames: Sequence[model.ResolvedFrame]) -> _Fact | None:
    """Lines of source that a debugger printed below a frame and that its function does not have."""
    total = 0
    differing = []
    for frame in frames:
        if frame.definition is None or not frame.frame.source_rows:
            continue
        definition = frame.definition
        lines = tree.sources.lines(definition.position.path) or ()
        body = " ".join(" ".join(lines[definition.start_line - 1 : definition.end_line]).split())
        rows = [_MARGIN.sub("", " ".join(row.text.split())) for row in frame.frame.source_rows]
        rows = [row for row in rows if len(row) >= _SHORTEST_ROW]
        total += len(rows)
        differing += [row for row in rows if row not in body]
    if not total:
        return None
    if not differing:
        return _Fact(None, False, "The lines of source in the text are those of the tree.")
    reason = f"Of {total} lines of source in the text, {len(differing)} do not stand in their functions in the tree."
    return _Fact(False, len(differing) >= _LEAST and 2 * len(differing) > total, reason)


def _lines(
    tree: trees.KernelTree, crash: model.Crash, frames: Sequence[model.ResolvedFrame]
) -> _Fact | None:
    """Printed `file:line` of files that the tree has not, or that are shorter there."""
    printed = [mention.position for mention in crash.mentions]
    printed += [frame.frame.printed for frame in frames]
    fits = {
        f"{one.path}:{one.line}": fit
        for one in printed
        if one is not None and (fit := _fits(tree, one)) is not None
    }
    wrong = [place for place, fit in fits.items() if not fit]
    if not fits:
        return None
    if not wrong:
        what = "The source line" if len(fits) == 1 else f"All {len(fits)} source lines"
        return _Fact(None, False, f"{what} that the text names can be in the tree.")
    reason = (
        f"Of {len(fits)} source lines that the text names, {len(wrong)} cannot be in the tree ({_some(wrong)}): "
        "the file is not there or shorter."
    )
    return _Fact(False, len(wrong) >= _LEAST and 2 * len(wrong) > len(fits), reason)


def _fits(tree: trees.KernelTree, printed: model.SourcePos) -> bool | None:
    """Whether the tree can have such a line; None for a path that need not be one of a kernel tree."""
    found = paths.path_in_tree(tree, printed.path) or paths.path_by_end(tree, printed.path)
    if found is not None:
        lines = tree.sources.lines(found)
        return lines is None or 1 <= printed.line <= len(lines)
    parts = [part for part in printed.path.split("/") if part not in ("", ".", "..")]
    return False if len(parts) > 1 and tree.sources.has_folder(parts[0]) else None


def _some(names: Sequence[str]) -> str:
    left = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {left} more" if left > 0 else "")
