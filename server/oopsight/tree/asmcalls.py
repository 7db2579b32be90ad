"""How assembler code leads to a function: through `.macro`s, names that the preprocessor exchanges, and other labels.

Assembler of every architecture is read alike: a word that is a macro, an alias or a label is followed; which
instruction carries it does not matter. So a way is a hint, shown as what lies between, and no proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import preprocess
from oopsight.tree.rows import Row
from oopsight.tree.trees import KernelTree
from oopsight.tree.units import Unit

K = model.DefinitionKind
_WORD = re.compile(r"[A-Za-z_][\w.]*")
# Comments of assemblers behind an instruction: `@` (Arm), `;`, `!` (sparc), `|` (m68k), `#` behind a blank.
_COMMENT = re.compile(r"[@;!|].*|(?<=\s)#(?!\d).*")
_DEEPEST = 5
_MOST_NODES = 400


@dataclass(frozen=True, slots=True)
class AsmStep:
    """A macro or label on the way, and the line of it on which the next one stands."""

    definition: model.Definition
    line: int


@dataclass(frozen=True, slots=True)
class AsmWays:
    """What lies between a label and a function: `line` of the label's own code, the `steps` that all ways share.

    `last` are the labels by which the ways differ, when there is more than one.
    """

    line: int
    steps: tuple[AsmStep, ...] = ()
    last: tuple[str, ...] = ()


def ways(unit: Unit, label: model.Definition, target: str) -> AsmWays | None:
    """The shortest ways from `label` to the function `target`, None when none is found."""
    return unit.tree.once(("asm", unit, label, target), lambda: _ways(unit, label, target))


def _ways(unit: Unit, label: model.Definition, target: str) -> AsmWays | None:
    start: tuple[tuple[AsmStep, ...], model.Definition] = ((), label)
    layer = [start]
    seen = {label.name}
    for _ in range(_DEEPEST):
        complete = [
            (*steps, AsmStep(definition, line))
            for steps, definition in layer
            for line, word in _words(unit.tree, definition)
            if word == target
        ]
        if complete:
            return _shared(complete)
        following: list[tuple[tuple[AsmStep, ...], model.Definition]] = []
        for steps, definition in layer:
            for line, word in _words(unit.tree, definition):
                if word not in seen and len(seen) < _MOST_NODES:
                    for found in _meant(unit, word):
                        if found.name not in seen:
                            following.append(((*steps, AsmStep(definition, line)), found))
        seen |= {definition.name for _, definition in following}
        layer = following
    return None


def _shared(complete: list[tuple[AsmStep, ...]]) -> AsmWays:
    first = complete[0]
    count = 1
    while count < len(first) and all(
        len(way) > count and way[count] == first[count] for way in complete
    ):
        count += 1
    last = tuple(dict.fromkeys(way[count].definition.name for way in complete if len(way) > count))
    return AsmWays(first[0].line, first[1:count], last if len(set(complete)) > 1 else ())


def _words(tree: KernelTree, definition: model.Definition) -> Iterator[tuple[int, str]]:
    """The words of a label's or macro's code with their lines, without what the configuration leaves out."""
    path = definition.position.path
    lines = tree.sources.lines(path) or ()
    text = preprocess.without_comments(
        "\n".join(lines[definition.start_line : definition.end_line])
    )
    conditionals = tree.conditionals(path)
    for offset, line in enumerate(text.split("\n")):
        number = definition.start_line + 1 + offset
        if line.lstrip().startswith("#") or tree.holds(conditionals.at(number)) is False:
            continue
        for word in _WORD.findall(_COMMENT.sub("", line)):
            yield number, word


def _meant(unit: Unit, word: str) -> Iterator[model.Definition]:
    """The macros and labels that a word stands for, aliases of the preprocessor followed."""
    tree = unit.tree
    for path, row in tree.once(("asm macros", unit), lambda: _macros(unit)).get(word, ()):
        yield tree.definition(path, row)
    names = {word}
    for node in unit.nodes.get(word, ()):
        lines = tree.sources.lines(node.path) or ()
        names |= set(_WORD.findall(lines[node.row.line - 1].split(word, 1)[-1])[:1])
    folder = "/".join(unit.path.split("/")[:2])
    for name in names:
        for definition in tree.definitions(name, K.LABEL):
            if definition.position.path.startswith(f"{folder}/"):
                yield definition


def _macros(unit: Unit) -> dict[str, list[tuple[str, Row]]]:
    """The assembler macros of a unit by name."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for path in unit.files:
        for row in unit.tree.rows(path):
            if row.kind is K.ASM_MACRO:
                found.setdefault(row.name, []).append((path, row))
    return found
