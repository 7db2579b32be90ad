"""A translation unit as a crash sees it: the files one C file includes, and which of their functions lead to which.

The graph is built from words (`name (`), which is fast and names too many; every way that is shown is then read
precisely by `KernelTree.body`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from oopsight import model
from oopsight.tree import csyntax, includes, preprocess, scan
from oopsight.tree.trees import FUNCTIONS, KernelTree

K = model.DefinitionKind
_CALLED = re.compile(r"(?<![\w>.])([A-Za-z_]\w*)[ \t\n]*\(")
_ALIAS = re.compile(r"[A-Za-z_]\w*")
_KEYWORDS = frozenset(
    "if for while switch return sizeof do else case typeof __typeof__ defined likely unlikely".split()
)


@dataclass(frozen=True, slots=True)
class Node:
    """A function or macro of a unit with the names that its text calls."""

    path: str
    row: scan.Row
    calls: frozenset[str]
    inlined: (
        bool  # the compiler puts it into its caller: `inline`, a macro, or any function of a header
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A function or macro on the way, and its call that leads on."""

    definition: model.Definition
    call: csyntax.Call


@dataclass(frozen=True, slots=True)
class Way:
    """A call in the caller, and what lies between it and the callee, in call order.

    `plain` says that the way runs through a function that the compiler need not have put into the caller.
    """

    call: csyntax.Call
    steps: tuple[Step, ...] = ()
    plain: bool = False


@dataclass(frozen=True, eq=False)
class Unit:
    """All that the C file `path` sees: `files` in include order; `nodes` by name, alternatives side by side."""

    tree: KernelTree
    path: str
    files: tuple[str, ...]
    nodes: dict[str, tuple[Node, ...]]
    _file_set: frozenset[str] = field(default_factory=frozenset)

    def sees(self, path: str) -> bool:
        """Whether `path` is this C file or one that it includes."""
        return path in self._file_set


def file_nodes(tree: KernelTree, path: str, main: bool) -> tuple[Node, ...]:
    """The functions and macros of one file with the names they call."""
    lines = tree.sources.lines(path) or ()
    found = []
    for row in tree.rows(path):
        if row.kind not in (*FUNCTIONS, K.MACRO):
            continue
        text = preprocess.without_comments("\n".join(lines[row.start - 1 : row.end]))
        if row.kind is K.MACRO:
            names = _macro_calls(text, row.name)
        else:
            opening = text.find("{")
            names = frozenset(_CALLED.findall(text, max(opening, 0))) - _KEYWORDS
        inlined = row.kind is not K.FUNCTION or (not main and path.endswith(".h"))
        found.append(Node(path, row, names, inlined))
    return tuple(found)


def _macro_calls(text: str, name: str) -> frozenset[str]:
    start = text.find(name) + len(name)
    if text[start : start + 1] == "(":
        start = csyntax.matching(text, start) + 1
    names = frozenset(_CALLED.findall(text, start)) - _KEYWORDS
    body = text[start:].replace("\\\n", " ").strip()
    return names | {body} if _ALIAS.fullmatch(body) else names


def open_unit(tree: KernelTree, path: str, arch_dir: str | None) -> Unit:
    """The unit of the C file `path` under the architecture at `arch_dir` (`arch/arm`)."""
    files = includes.closure(tree, path, arch_dir)
    nodes: dict[str, list[Node]] = {}
    for file in files:
        if not file.endswith((".c", ".h")):
            continue
        for node in _cached_nodes(tree, file, file == path):
            if tree.holds(tree.conditionals(file).at(node.row.line)) is not False:
                nodes.setdefault(node.row.name, []).append(node)
    packed = {name: tuple(found) for name, found in nodes.items()}
    return Unit(tree, path, files, packed, frozenset(files))


def _cached_nodes(tree: KernelTree, path: str, main: bool) -> tuple[Node, ...]:
    key = (path, main)
    found = tree.graph.get(key)
    if found is None:
        found = file_nodes(tree, path, main)
        tree.graph[key] = found
    return found


def ways(unit: Unit, caller: model.Definition, callee: str) -> tuple[Way, ...]:
    """Every call in `caller` that leads to `callee`: itself, or through inline functions, macros and the file's own functions.

    A call through which several chains lead is given with the shortest. Sorted from the most direct on.
    """
    body = unit.tree.body(caller)
    direct = _calls_of(unit, body, callee)
    found = [Way(call) for call in direct]
    sites = {(call.line, call.column) for call in direct}
    called = {call.name for call in body.calls if call.name is not None}
    for plain in (False, True):
        nearest = _leading_to(unit, called - {caller.name}, callee, caller.name, plain)
        for call in body.calls:
            if call.name in nearest and (call.line, call.column) not in sites:
                steps = _steps(unit, call.name, callee, nearest, plain)
                if steps:
                    sites.add((call.line, call.column))
                    found.append(Way(call, steps, plain))
    return tuple(
        sorted(found, key=lambda way: (way.plain, len(way.steps), way.call.line, way.call.column))
    )


def _calls_of(unit: Unit, body: csyntax.Body, name: str) -> list[csyntax.Call]:
    calls = [call for call in body.calls if call.name == name]
    known = {call.line for call in calls}
    conditionals = unit.tree.conditionals(body.definition.position.path)
    calls += [
        call for call in csyntax.textual_calls(body, name, conditionals) if call.line not in known
    ]
    return [call for call in calls if unit.tree.holds(call.condition) is not False]


def _leading_to(
    unit: Unit, start: set[str], callee: str, caller: str, plain: bool
) -> dict[str, int]:
    """Names reachable from `start` through which `callee` can be reached, with their distance from it."""
    reached: set[str] = set()
    callers: dict[str, set[str]] = {}
    queue = [name for name in start if name in unit.nodes and name != callee]
    reached.update(queue)
    while queue:
        name = queue.pop()
        for node in unit.nodes[name]:
            if not (node.inlined or plain):
                continue
            for called in node.calls:
                if called == name:
                    continue
                callers.setdefault(called, set()).add(name)
                if (
                    called not in reached
                    and called in unit.nodes
                    and called not in (callee, caller)
                ):
                    reached.add(called)
                    queue.append(called)
    distance: dict[str, int] = {}
    layer = callers.get(callee, set())
    steps = 1
    while layer:
        for name in layer:
            distance.setdefault(name, steps)
        steps += 1
        layer = {up for name in layer for up in callers.get(name, ()) if up not in distance}
    return distance


def between(unit: Unit, start: str, callee: str, caller: str) -> tuple[str, ...]:
    """The functions and macros through which `start`, called by `caller`, leads to `callee`, itself among them."""
    return tuple(_leading_to(unit, {start}, callee, caller, True))


def _steps(
    unit: Unit, name: str, callee: str, nearest: dict[str, int], plain: bool, depth: int = 0
) -> tuple[Step, ...]:
    """The shortest chain from `name` to `callee`, each call read precisely; empty when the words were misleading."""
    if depth > 24:
        return ()
    best: tuple[Step, ...] = ()
    nodes = sorted(
        (node for node in unit.nodes.get(name, ()) if node.inlined or plain),
        key=lambda node: (
            unit.tree.holds(unit.tree.conditionals(node.path).at(node.row.line)) is not True
        ),
    )
    for node in nodes:
        definition = unit.tree.definition(node.path, node.row)
        body = unit.tree.body(definition)
        last = _calls_of(unit, body, callee)
        if last:
            return (Step(definition, last[0]),)
        nexts = sorted(
            {called for called in node.calls if nearest.get(called, 99) < nearest[name]},
            key=lambda called: nearest[called],
        )
        for called in nexts:
            calls = _calls_of(unit, body, called)
            if not calls:
                continue
            rest = _steps(unit, called, callee, nearest, plain, depth + 1)
            if rest and (not best or len(rest) + 1 < len(best)):
                best = (Step(definition, calls[0]), *rest)
                break
    return best


def file_nodes_of(tree: KernelTree, path: str) -> tuple[Node, ...]:
    """The functions and macros of one file, remembered."""
    return _cached_nodes(tree, path, True)
