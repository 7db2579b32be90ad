"""A dump of 2000 tasks (`sysrq-t`): how long it takes until an editor has everything of it, without a tree and with one.

python tests/bench/dumps.py [TREE]
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from oopsight import formats, ide, model, resolve, tree

TASKS = (Path(__file__).parent / "tasks.txt").read_text(encoding="utf-8").split("\n\n")
_NAMES = ("kworker/{n}:{m}", "worker-{n}", "sample-daemon", "sh", "kthread{n}", "irq/{n}-sample", "systemd-{n}")  # fmt: skip
COUNT = 2000
KEY = "file:///dump.log"
MOST_EDITS = 20


def dump(count: int = COUNT, seed: int = 1) -> list[str]:
    """The console log of a machine with so many tasks, whose names, numbers and times are invented."""
    chance = random.Random(seed)
    lines = ["[    4.470000] sysrq: Show State"]
    now = 4.48
    for pid in range(1, count + 1):
        name = chance.choice(_NAMES).format(n=chance.randrange(64), m=chance.randrange(8))[:15]
        for line in chance.choice(TASKS).strip("\n").split("\n"):
            now += 0.00004
            text = line.format(name=name, pid=pid) if "{" in line else line
            lines.append(f"[{now:12.6f}] {text}")
    return lines


def _timed(ask: Callable[[], object]) -> float:
    started = time.process_time()
    ask()
    return time.process_time() - started


def answers(lines: list[str], found: tree.KernelTree | None) -> Iterator[tuple[str, float]]:
    """What an editor asks for when the dump is opened, and for how long each answer takes."""
    parsed = model.Parsed(model.Document(KEY, 0, ()), ())
    explanation = model.Explanation((), ())

    def read() -> None:
        nonlocal parsed
        parsed = formats.parse(model.Document(KEY, 1, tuple(lines)))

    def explain() -> None:
        nonlocal explanation
        explanation = resolve.explain(parsed, found, quickly=True)

    yield "read", _timed(read)
    yield "explain", _timed(explain)
    stage = ide.Stage.NO_TREE if found is None else ide.Stage.READY
    workspace = ide.Workspace({KEY: ide.Log(parsed, explanation)}, tree=found, stage=stage)
    yield "diagnostics", _timed(lambda: ide.findings(workspace, KEY))
    yield "links", _timed(lambda: ide.document_links(workspace, KEY))
    yield "symbols", _timed(lambda: ide.outline(workspace, KEY))
    yield "folding", _timed(lambda: ide.folding_ranges(workspace, KEY))
    middle = ide.Place(KEY, len(lines) // 2, 20)
    yield "hover", _timed(lambda: ide.hover(workspace, middle))


def pieces(lines: list[str], found: tree.KernelTree) -> list[float]:
    """Seconds of each piece of what is left to explain."""
    parsed = formats.parse(model.Document(KEY, 1, tuple(lines)))
    explanation = resolve.explain(parsed, found, quickly=True)
    spent = []
    while resolve.is_unfinished(explanation):
        started = time.process_time()
        explanation = resolve.continued(explanation, found, 0.05)
        spent.append(time.process_time() - started)
    return spent


def edits(lines: list[str], edit: Callable[[list[str], int], None]) -> list[float]:
    """Seconds until the text is read again after each of some edits, somewhere in it."""
    chance = random.Random(2)
    spent = []
    for version in range(MOST_EDITS):
        edit(lines, chance.randrange(len(lines)))
        document = model.Document(KEY, version + 2, tuple(lines))
        spent.append(_timed(lambda document=document: formats.parse(document)))
    return spent


def _press(lines: list[str], at: int) -> None:
    lines[at] += " x"


def _enter(lines: list[str], at: int) -> None:
    lines.insert(at, "one more line")


EDITS = {"A character in it": _press, "A line put in": _enter}


def tables(arguments: list[str]) -> Iterator[str]:
    """Rows for RESULTS.md."""
    lines = dump()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)  # as the server does
    names = [name for name, _ in answers(dump(3), None)]
    yield f"A dump of {COUNT} tasks, {len(lines)} lines; CPU milliseconds until each answer; `again`: what was read is still known."
    yield "What is left of explaining is done piece by piece while the editor is used: all of it, and the longest piece.\n"
    yield f"| tree | {' | '.join(names)} | all | the rest | a piece |"
    yield "|---|" + "---|" * (len(names) + 3)
    trees: list[tuple[str, tree.KernelTree | None]] = [("none", None)]
    if arguments:
        root = Path(arguments[0])
        trees.append((root.name, tree.build_index(tree.open_tree(root))))
    for name, found in trees:
        formats.forget()
        for again in ("", ", again"):
            spent = [seconds for _, seconds in answers(lines, found)]
            rest = pieces(lines, found) if found is not None and not again else []
            cells = (*spent, sum(spent), sum(rest), max(rest, default=0.0))
            yield f"| {name}{again} | {' | '.join(f'{1000 * one:.0f}' for one in cells)} |"
    for what, edit in EDITS.items():
        spent = edits(lines, edit)
        yield f"\n{what}: read again after {1000 * statistics.mean(spent):.0f} ms on average, {1000 * max(spent):.0f} ms at worst."


if __name__ == "__main__":
    print("\n".join(tables(sys.argv[1:])))
