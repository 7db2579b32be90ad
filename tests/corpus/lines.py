"""Source lines from the text and the tree alone, compared with the truth of real kernels and of real stops.

    python -m tests.corpus.lines [NAME…] --tree DIR [--config FILE] [--arch NAME] [--wrong] [--missed] [--twins]

Texts are the console logs of `shared/corpus/real-kernels` beside the project with their `frames.json`, and with `--twins` the
texts of `shared/corpus/twins` with their `expect.json`. No image is used. Each frame of a stack that the kernel vouches for and
whose source is in the tree is counted: whether the first answer is the true line, whether it is called exact, and whether
location or candidates hold the truth. `--wrong` lists what was called exact and is not, `--missed` everything whose first
answer is not the truth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.corpus.measure import CORPUS

from oopsight import formats, model, resolve, tree
from oopsight.util import texts

_LABEL = model.DefinitionKind.LABEL
_COLUMNS = ("frames", "first", "exact", "exact wrong", "likely", "likely right", "held", "hops")


@dataclass(frozen=True)
class Answer:
    """What was said of one frame beside what is true."""

    where: str
    arch: str
    kind: str
    symbol: str
    inner: str | None
    found: model.ResolvedFrame
    path: str
    line: int
    hops: tuple[str, ...] | None

    @property
    def first(self) -> bool:
        """Whether the first answer is the truth."""
        return self.fits(self.found.position)

    @property
    def held(self) -> bool:
        """Whether location or candidates hold the truth."""
        places = (self.found.position, *(one.position for one in self.found.candidates))
        return any(self.fits(one) for one in places)

    @property
    def exact(self) -> bool:
        """Whether the answer is called exact."""
        return self.found.status is model.Status.EXACT

    @property
    def same_hops(self) -> bool:
        """Whether the inlined functions on the way are the true ones."""
        inlined = (model.HopKind.INLINE, model.HopKind.TAIL_CALL)
        return self.hops is None or self.hops == tuple(
            hop.name for hop in self.found.hops if hop.kind in inlined
        )

    def fits(self, place: model.SourcePos | None) -> bool:
        """Whether a place is the true one."""
        return place is not None and (place.path, place.line) == (self.path, self.line)


def kernels(opened: tree.KernelTree, names: list[str], arch: str | None) -> Iterator[Answer]:
    """The answers for the console logs of real kernels."""
    for path in sorted(CORPUS.glob("real-kernels/*/*.frames.json")):
        log = path.with_name(path.name.removesuffix(".frames.json") + ".log")
        if (arch and log.parent.name != arch) or (names and not any(n in log.stem for n in names)):
            continue
        document = model.Document.of(texts.decode(log.read_bytes()))
        said = _frames(resolve.explain(formats.parse(document), opened))
        for entry in json.loads(path.read_text(encoding="utf-8")):
            key = (entry["line"], entry["sym"], entry["off"], entry["size"])
            truth = _whole(entry.get("truth") or [])
            if entry["kind"] == "maybe" or key not in said or not truth:
                continue
            _, file, line = truth[-1]
            found, inner = said[key]
            # An assembler frame stands at its label, whatever line its address is of.
            label = found.definition is not None and found.definition.kind is _LABEL
            if not line or label or file.endswith(".S") or not opened.sources.exists(file):
                continue
            hops = tuple(name for name, _, _ in reversed(truth[:-1]))
            where = f"{log.parent.name}/{log.name}:{entry['line']}"
            yield Answer(
                where, log.parent.name, entry["kind"], entry["sym"], inner, found, file, line, hops
            )


def _whole(chain: list[list[Any]]) -> list[list[Any]]:
    """A chain without what a compiler makes of a function that it splits: a part that is inlined in itself."""
    while len(chain) > 1 and chain[-1][0] == chain[-2][0]:
        chain = chain[:-1]
    return chain


Said = dict[tuple[int, str, int, int], tuple[model.ResolvedFrame, str | None]]


def _frames(explanation: model.Explanation) -> Said:
    """The frames of all stacks by line and printed place, each with the next inner one that counts."""
    said: Said = {}
    for crash in explanation.crashes:
        for stack in crash.stacks:
            inner: str | None = None
            for found in stack.frames:
                frame = found.frame
                code = frame.code
                if frame.reliability is not model.Reliability.SURE or not code.name_spans:
                    continue
                symbol, line = code.symbol or "", code.name_spans[0].line + 1
                said[line, symbol, code.offset or 0, code.size or 0] = (found, inner)
                inner = code.function
    return said


def twins(opened: tree.KernelTree, names: list[str], arch: str | None) -> Iterator[Answer]:
    """The answers for real stops in another spelling."""
    for path in sorted(CORPUS.glob("twins/*.expect.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        if arch and told["arch"] != arch:
            continue
        for name in told["texts"]:
            if names and not any(one in name for one in names):
                continue
            document = model.Document.of(texts.decode((path.parent / name).read_bytes()))
            explanation = resolve.explain(formats.parse(document), opened)
            wanted = [frame for stack in told["stacks"] for frame in stack["frames"]]
            found = [
                frame
                for crash in explanation.crashes
                for stack in crash.stacks
                for frame in stack.frames
            ]
            if len(found) != len(wanted):
                print(f"{name}: {len(found)} frames are read, {len(wanted)} are there")
            for one, frame in zip(found, wanted, strict=False):
                yield from _twin(opened, name, told["arch"], one, frame)


def _twin(
    opened: tree.KernelTree, name: str, arch: str, found: model.ResolvedFrame, told: dict[str, Any]
) -> Iterator[Answer]:
    place = told.get("true_location")
    if told["kind"] == "asm" or not place or not opened.sources.exists(place["file"]):
        return
    where = f"{name}:{told['log_line']}"
    yield Answer(
        where, arch, "twin", told["function"], None, found, place["file"], place["line"], None
    )


def report(answers: list[Answer]) -> bool:
    """Print the table by architecture and kind; whether no more than one exact answer in 200 is wrong."""
    rows: dict[str, Counter[str]] = {}
    for one in answers:
        for row in (f"{one.arch} {one.kind}", one.arch, "all"):
            counted = rows.setdefault(row, Counter())
            likely = one.found.status is model.Status.LIKELY
            counted["frames"] += 1
            counted["first"] += one.first
            counted["exact"] += one.exact
            counted["exact wrong"] += one.exact and not one.first
            counted["likely"] += likely
            counted["likely right"] += likely and one.first
            counted["held"] += one.held
            counted["hops"] += one.first and one.same_hops
    print(f"{'':14}" + "".join(f"{column:>14}" for column in _COLUMNS))
    for row in sorted(rows, key=lambda name: (name == "all", name)):
        counted = rows[row]
        total = counted["frames"]
        cells = [f"{total:14}"]
        cells += [f"{counted[c]:7} {counted[c] / total:6.1%}" for c in _COLUMNS[1:]]
        print(f"{row:14}" + "".join(cells))
    wrong = rows.get("all", Counter())
    return wrong["exact wrong"] * 200 <= max(wrong["exact"], 1)


def show(answers: list[Answer]) -> None:
    """List answers that are not the truth, equal ones once."""
    seen: dict[tuple[object, ...], list[Answer]] = {}
    for one in answers:
        place = one.found.position
        said = None if place is None else (place.path, place.line)
        key = (one.arch, one.symbol, one.inner, one.path, one.line, said, one.found.status)
        seen.setdefault(key, []).append(one)
    for group in sorted(seen.values(), key=len, reverse=True):
        one = group[0]
        place = one.found.position
        said = "-" if place is None else f"{place.path}:{place.line}"
        print(
            f"{len(group):4} {one.where} {one.kind} {one.symbol} -> {one.inner}: {one.found.status.value} {said}, "
            f"truth {one.path}:{one.line} {'held' if one.held else 'NOT held'} via {list(one.hops or ())}"
        )
        for reason in one.found.reasons:
            print(f"         {reason}")


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--arch")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--twins", action="store_true")
    options = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"There is no corpus at {CORPUS}; nothing was measured.")
        return 0
    opened = tree.build_index(tree.open_tree(options.tree, config=options.config))
    source = twins if options.twins else kernels
    answers = list(source(opened, options.names, options.arch))
    if options.missed:
        show([one for one in answers if not one.first])
    elif options.wrong:
        show([one for one in answers if one.exact and not one.first])
    return 0 if report(answers) else 1


if __name__ == "__main__":
    sys.exit(main())
