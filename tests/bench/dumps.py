"""A dump of 2000 tasks (`sysrq-t`): how long it takes until an editor has everything of it, without a tree and with one.

python tests/bench/dumps.py [TREE]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from oopsight import formats, ide, model, resolve, tree

TASKS = (Path(__file__).parent / "tasks.txt").read_text(encoding="utf-8").split("\n\n")
_NAMES = ("kworker/{n}:{m}", "worker-{n}", "sample-daemon", "sh", "kthread{n}", "irq/{n}-sample", "systemd-{n}")  # fmt: skip
COUNT = 2000
KEY = "file:///dump.log"
EDITS = 20


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
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def answers(lines: list[str], found: tree.KernelTree | None) -> Iterator[tuple[str, float]]:
    """What an editor asks for when the dump is opened, and for how long each answer takes."""
    parsed = model.Parsed(model.Document(KEY, 0, ()), ())
    explanation = model.Explanation((), ())

    def read() -> None:
        nonlocal parsed
        parsed = formats.parse(model.Document(KEY, 1, tuple(lines)))

    def explain() -> None:
        nonlocal explanation
        explanation = resolve.explain(parsed, found)

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


def edits(lines: list[str]) -> list[float]:
    """Seconds until the text is read again after a key was pressed, somewhere in it."""
    chance = random.Random(2)
    spent = []
    for version in range(EDITS):
        at = chance.randrange(len(lines))
        lines[at] += " "
        document = model.Document(KEY, version + 2, tuple(lines))
        spent.append(_timed(lambda document=document: formats.parse(document)))
    return spent


def tables(arguments: list[str]) -> Iterator[str]:
    """Rows for RESULTS.md."""
    lines = dump()
    yield f"A dump of {COUNT} tasks, {len(lines)} lines; milliseconds until each answer, the second time with what was read still known:"
    yield ""
    yield "| tree | " + " | ".join(name for name, _ in answers(dump(3), None)) + " | all |"
    yield "|---|" + "---|" * 8
    trees: list[tuple[str, tree.KernelTree | None]] = [("none", None)]
    with tempfile.TemporaryDirectory():
        if arguments:
            trees.append(
                (Path(arguments[0]).name, tree.build_index(tree.open_tree(Path(arguments[0]))))
            )
        for name, found in trees:
            formats.forget()
            for again in ("", ", again"):
                spent = [seconds for _, seconds in answers(lines, found)]
                cells = " | ".join(f"{1000 * one:.0f}" for one in (*spent, sum(spent)))
                yield f"| {name}{again} | {cells} |"
    spent = edits(lines)
    yield ""
    yield f"A key pressed in it: {1000 * statistics.mean(spent):.1f} ms on average, {1000 * max(spent):.1f} ms at worst."


if __name__ == "__main__":
    print("\n".join(tables(sys.argv[1:])))
