"""How assembler code leads to a function: through `.macro`s, names that the preprocessor exchanges, and other labels.

Assembler of every architecture is read alike: a word that is a macro, an alias or a label is followed; which
instruction carries it does not matter. So a way is a hint, shown as what lies between, and no proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import asmmacros, preprocess
from oopsight.tree.rows import Row
from oopsight.tree.trees import KernelTree
from oopsight.tree.units import Unit

K = model.DefinitionKind
_WORD = re.compile(r"[A-Za-z_][\w.]*")
# Comments of assemblers behind an instruction: `@` (Arm), `;`, `!` (sparc), `|` (m68k), `#` behind a blank.
_COMMENT = re.compile(r"[@;!|].*|(?<=\s)#(?!\d).*")
_USE = re.compile(r"[ \t]*(\w+)[ \t]+([^\n]*)")
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


@dataclass(frozen=True, slots=True)
class _Code:
    """A label's or macro's code on the way: the steps before it, and its words with their lines."""

    steps: tuple[AsmStep, ...]
    definition: model.Definition
    words: tuple[tuple[int, str], ...]


def _ways(unit: Unit, label: model.Definition, target: str) -> AsmWays | None:
    layer = [_Code((), label, tuple(_words(unit.tree, label))), *_made(unit.tree, label)]
    seen = {label.name}
    for _ in range(_DEEPEST):
        complete = [
            (*code.steps, AsmStep(code.definition, line))
            for code in layer
            for line, word in code.words
            if word == target
        ]
        if complete:
            return _shared(complete)
        following: list[_Code] = []
        for code in layer:
            for line, word in code.words:
                if word not in seen and len(seen) < _MOST_NODES:
                    for found in _meant(unit, word):
                        if found.name not in seen:
                            steps = (*code.steps, AsmStep(code.definition, line))
                            following.append(_Code(steps, found, tuple(_words(unit.tree, found))))
        seen |= {code.definition.name for code in following}
        layer = following
    return None


def _made(tree: KernelTree, label: model.Definition) -> list[_Code]:
    """The code of the macros that make a label, with what the macro is given on the label's line put in."""
    path, line = label.position.path, label.position.line
    lines = tree.sources.lines(path) or ()
    use = _USE.match(lines[line - 1]) if line <= len(lines) else None
    if use is None or label.start_line != label.end_line or not path.endswith(".S"):
        return []
    macros, _ = tree.once(
        ("asm macros", path),
        lambda: asmmacros.read(preprocess.without_comments(tree.sources.text(path) or "")),
    )
    conditionals = tree.conditionals(path)
    words: dict[model.Definition, list[tuple[int, str]]] = {}
    places = {
        row.line: tree.definition(path, row) for row in tree.rows(path) if row.kind is K.ASM_MACRO
    }
    for one in asmmacros.expanded(macros, use[1], _COMMENT.sub("", use[2])):
        macro = places.get(one.macro.lines[0][0] - 1)
        if macro is not None and tree.holds(conditionals.at(one.number)) is not False:
            found = _WORD.findall(_COMMENT.sub("", one.text))
            words.setdefault(macro, []).extend((one.number, word) for word in found)
    steps = (AsmStep(label, line),)
    return [_Code(steps, macro, tuple(found)) for macro, found in words.items()]


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
