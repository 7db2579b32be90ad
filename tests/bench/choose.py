"""Is the right one of several definitions chosen? Asked for functions of a real vmlinux whose names are defined more than once.

    python tests/bench/choose.py TREE VMLINUX [--config FILE | --no-config] [--arch NAME] [--count 2000] [--seed 4] [--outer 3] [--wrong 40]

The image's DWARF tells the file of each function, and its machine code who calls whom. Each function is asked for in a
part of a stack as the kernel prints it: with one of the functions that it calls, one of its callers, one of the callers
of that, up to `--outer` of them. The caller of one that is called through pointers alone is found in the source (see
pointers.py); of some it stays unknown, and the stack ends there. Where a caller's call was jumped on from (a tail call),
the function between leaves no frame, as on a real machine.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pointers
import vmlinux

from oopsight import arch as architectures
from oopsight import model, tree
from oopsight.resolve import choices, contexts, meanings


@dataclass(frozen=True, slots=True)
class Case:
    """A function with its neighbours in a stack: the frames behind it, and the one in front."""

    function: vmlinux.Function
    callers: tuple[vmlinux.Function, ...]
    callee: vmlinux.Function | None
    pointer: bool = False  # its caller was found in the source


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was chosen for a case."""

    case: Case
    choice: choices.Choice
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the first definition stands in the function's file."""
        first = self.choice.definition
        return first is not None and first.position.path == self.case.function.file

    @property
    def known(self) -> bool:
        """Whether the right file is among those to choose from."""
        there = (self.choice.definition, *self.choice.others)
        return any(
            one is not None and one.position.path == self.case.function.file for one in there
        )

    @property
    def right_line(self) -> bool:
        """Whether it is also the one of several in that file."""
        first = self.choice.definition
        return (
            first is not None
            and self.right
            and first.start_line <= self.case.function.line <= first.end_line
        )


class Callers:
    """Who calls whom, by the machine code and the source."""

    def __init__(self, opened: tree.KernelTree, image: Path, cache: Path) -> None:
        self.known, calls = vmlinux.read(image, opened.root, cache)
        self.by_address = {one.address: one for one in self.known}
        self.through = pointers.Pointers(opened, self.known)
        self.calling: dict[int, list[int]] = defaultdict(list)
        self.called: dict[int, list[int]] = defaultdict(list)
        self.jumping: dict[int, list[int]] = defaultdict(list)
        for caller, callee, kind in calls:
            if kind == "call":
                self.calling[callee].append(caller)
                self.called[caller].append(callee)
            else:
                self.jumping[callee].append(caller)

    def outer(
        self, function: vmlinux.Function, chance: random.Random
    ) -> tuple[tuple[vmlinux.Function, ...], bool]:
        """The next frames behind a function's, and whether they were found in the source."""
        found = list(self.calling[function.address])
        for jumper in self.jumping[function.address]:
            found += self.calling[jumper]
        if found:
            return (self.by_address[chance.choice(found)],), False
        return self.through.callers(function, chance), True

    def stack(self, function: vmlinux.Function, chance: random.Random, most: int) -> Case:
        """A part of a stack with the function in it, and as many frames behind its own."""
        inner = self.called[function.address]
        callee = self.by_address[chance.choice(inner)] if inner else None
        callers, pointer = self.outer(function, chance)
        while callers and len(callers) < most:
            more, _ = self.outer(callers[-1], chance)
            if not more or not {function, *callers}.isdisjoint(more):
                break
            callers += more
        return Case(function, callers[:most], callee, pointer)


def cases(
    opened: tree.KernelTree, image: Path, cache: Path, count: int, seed: int, outer: int
) -> list[Case]:
    """Random functions whose names have several definitions in the tree, with random neighbours."""
    callers = Callers(opened, image, cache)
    chance = random.Random(seed)
    several: dict[str, bool] = {}
    found = []
    for function in chance.sample(callers.known, len(callers.known)):
        name = function.name
        if name not in several:
            rows = opened.index.find(name)
            several[name] = sum(row.kind in choices.FUNCTIONS for _, row in rows) > 1
        if several[name]:
            found.append(callers.stack(function, chance, outer))
            if len(found) == count:
                break
    return found


def frame(function: vmlinux.Function) -> model.Frame:
    """A frame as the kernel prints one: name, offset and size."""
    code = model.CodeRef(function.name, function.name, None, None, 0x1A, 0x2D0)
    return model.Frame(None, code, model.FrameKind.CALL, ())


def ask(opened: tree.KernelTree, arch: model.Arch | None, case: Case) -> Outcome:
    """Let the resolver choose."""
    inner = [case.callee] if case.callee is not None else []
    frames = [frame(function) for function in (*inner, case.function, *case.callers)]
    begun = time.perf_counter()
    chosen = meanings.choose_all(contexts.Context(opened, arch), frames)
    return Outcome(case, chosen[len(inner)].choice, time.perf_counter() - begun)


def table(outcomes: list[Outcome]) -> list[str]:
    """The shares, as rows of a table."""
    right = [one for one in outcomes if one.right]
    sure = [one for one in outcomes if one.choice.sure]
    sure_right = [one for one in sure if one.right]
    lines = [one for one in outcomes if one.right_line]
    unknown = [one for one in outcomes if not one.known]
    seconds = sorted(one.seconds for one in outcomes)
    return [
        f"| right file first | {len(right)} of {len(outcomes)} | {_share(right, outcomes)} |",
        f"| … and right one of several in that file | {len(lines)} | {_share(lines, outcomes)} |",
        f"| … the right one is not in the index | {len(unknown)} | {_share(unknown, outcomes)} |",
        f"| called forced | {len(sure)} | {_share(sure, outcomes)} |",
        f"| of these right | {len(sure_right)} | {_share(sure_right, sure)} |",
        *(
            f"| right, {kind} | {len(_right(those))} of {len(those)} | {_share(_right(those), those)} |"
            for kind, those in _by_neighbours(outcomes).items()
        ),
        f"| seconds each, median and 99th percentile | {seconds[len(seconds) // 2]:.3f} | {seconds[len(seconds) * 99 // 100]:.2f} |",
    ]


def _by_neighbours(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for one in outcomes:
        outer = "called by name" if not one.case.pointer else "called through a pointer"
        outer = outer if one.case.callers else "callers not known"
        inner = "" if one.case.callee is not None else ", leaf"
        found.setdefault(outer + inner, []).append(one)
    return dict(sorted(found.items(), reverse=True))


def _right(outcomes: list[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.right]


def _share(part: list[Outcome], whole: list[Outcome]) -> str:
    return f"{100 * len(part) / len(whole):.2f} %" if whole else "-"


def wrong(outcome: Outcome) -> str:
    """One wrong choice with what was said for it."""
    case, choice = outcome.case, outcome.choice
    first = choice.definition
    neighbours = " ← ".join(
        f"{one.name} ({one.file})" for one in (case.callee, *case.callers) if one is not None
    )
    return "\n".join(
        (
            f"{'SURE ' if choice.sure else ''}{'NOT KNOWN ' if not outcome.known else ''}{case.function.name}: {case.function.file}:{case.function.line}, "
            f"chosen {first.position.path if first else None}:{first.position.line if first else 0}; {neighbours}",
            *(f"    {reason}" for reason in choice.reasons),
        )
    )


def main() -> None:
    """Ask, and print the shares and what was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("vmlinux", type=Path)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--no-config", action="store_true", help="not even the tree's own")
    parser.add_argument("--arch", default="x86_64")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--outer", type=int, default=3, help="frames behind that of the function")
    parser.add_argument("--wrong", type=int, default=40, help="how many wrong choices to print")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "choose-cache")
    given = parser.parse_args()
    opened = tree.build_index(tree.open_tree(given.tree, config=given.config))
    if given.no_config:
        opened = replace(opened, config=None, config_path=None)
    arch = architectures.get(given.arch)
    outcomes = [
        ask(opened, arch, case)
        for case in cases(opened, given.vmlinux, given.cache, given.count, given.seed, given.outer)
    ]
    print("\n".join(table(outcomes)))
    failed = [one for one in outcomes if not one.right]
    failed.sort(key=lambda one: not one.choice.sure)
    for outcome in failed[: given.wrong]:
        print(wrong(outcome))
    for outcome in outcomes:
        if outcome.right and outcome.choice.sure and not outcome.right_line:
            print("LINE", wrong(outcome))


if __name__ == "__main__":
    main()
