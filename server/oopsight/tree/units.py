"""A translation unit as a crash sees it: the files one C file includes, and which of their functions lead to which.

The graph is built from words (`name (`), which is fast and names too many; every way that is shown is then read
precisely by `KernelTree.body`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model
from oopsight.tree import csyntax, ctext, includes, made, preprocess
from oopsight.tree.rows import Row
from oopsight.tree.trees import FUNCTIONS, KernelTree

K = model.DefinitionKind
_CALLED = re.compile(r"(?<![\w>.])([A-Za-z_]\w*)[ \t\n]*\(")
_ALIAS = re.compile(r"[A-Za-z_]\w*")
_KEYWORDS = frozenset(
    "if for while switch return sizeof do else case typeof __typeof__ defined likely unlikely".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A function or macro of a unit with the names that its text calls."""

    path: str
    row: Row
    calls: frozenset[str]
    bare: frozenset[str]  # other names in its text: an object-like macro among them may hide a call
    inlined: bool  # compiled into its caller: `inline`, a macro, or any function of a header
    objectlike: bool = False  # a macro without parameters
    pastes: bool = False  # a macro that makes names with `##`


@dataclass(frozen=True, slots=True)
class Step:
    """A function or macro on the way, and its call that leads on."""

    definition: model.Definition
    call: csyntax.Call


@dataclass(frozen=True, slots=True)
class Way:
    """A call in the caller, and what lies between it and the callee, in call order.

    `plain` says that the way runs through a function that the compiler need not have put into the caller, `only` that
    no other chain leads from this call to the callee.
    """

    call: csyntax.Call
    steps: tuple[Step, ...] = ()
    plain: bool = False
    only: bool = True


class Nodes:
    """The functions and macros of a unit by name, alternatives side by side; each is read when it is asked for.

    `order` has the unit's files; `rows` those of these and other files.
    """

    def __init__(
        self, tree: KernelTree, order: dict[str, int], rows: Mapping[str, list[tuple[str, Row]]]
    ) -> None:
        self._tree = tree
        self._order = order
        self._rows = rows
        self._read: dict[str, tuple[Node, ...]] = {}

    def get(self, name: str, default: tuple[Node, ...] = ()) -> tuple[Node, ...]:
        """The nodes of a name."""
        found = self._read.get(name)
        return (found if found is not None else self._look_up(name)) or default

    def _look_up(self, name: str) -> tuple[Node, ...]:
        tree, order = self._tree, self._order
        rows = [pair for pair in self._rows.get(name, ()) if pair[0] in order]
        rows.sort(key=lambda pair: order[pair[0]])
        found = self._read[name] = tuple(
            _node(tree, path, row, not order[path])
            for path, row in rows
            if tree.holds(tree.conditionals(path).at(row.line)) is not False
        )
        return found

    def __contains__(self, name: str) -> bool:
        return bool(self.get(name))

    def __getitem__(self, name: str) -> tuple[Node, ...]:
        return self.get(name)


@dataclass(frozen=True, eq=False)
class Unit:
    """All that the C file `path` sees: `files` in include order, and the functions and macros in them."""

    tree: KernelTree
    path: str
    files: tuple[str, ...]
    nodes: Nodes
    _order: dict[str, int] = field(default_factory=dict)
    _links: dict[Node, frozenset[str]] = field(default_factory=dict)

    def links(self, node: Node) -> frozenset[str]:
        """The names that a node's text calls, object-like macros among them."""
        found = self._links.get(node)
        if found is None:
            hidden = frozenset(filter(self.objectlike, node.bare))
            found = self._links[node] = node.calls | hidden if hidden else node.calls
        return found

    def objectlike(self, name: str) -> bool:
        """Whether the name is a macro without parameters here."""
        return any(node.objectlike for node in self.nodes.get(name, ()))

    def sees(self, path: str) -> bool:
        """Whether `path` is this C file or one that it includes."""
        return path in self._order


_NODES = (*FUNCTIONS, K.MACRO)


def _node(tree: KernelTree, path: str, row: Row, main: bool) -> Node:
    """A function or macro with the names it calls; `main` where its file is the unit's own."""
    inlined = row.kind is not K.FUNCTION or (not main and path.endswith(".h"))
    key = (path, row, inlined)
    found = tree.graph.get(key)
    if found is None:
        found = tree.graph[key] = _read_node(tree, path, row, inlined)
    return found


def _read_node(tree: KernelTree, path: str, row: Row, inlined: bool) -> Node:
    lines = tree.sources.lines(path) or ()
    text = preprocess.without_comments("\n".join(lines[row.start - 1 : row.end]))
    start = text.find("{") if row.kind is not K.MACRO else text.find(row.name) + len(row.name)
    objectlike = row.kind is K.MACRO and text[start : start + 1] != "("
    if row.kind is K.MACRO and not objectlike:
        start = ctext.matching(text, start) + 1
    body = text[max(start, 0) :]
    names = frozenset(_CALLED.findall(body)) - _KEYWORDS
    bare = frozenset(_ALIAS.findall(body)) - names
    if objectlike and _ALIAS.fullmatch(body.strip()):
        names, bare = bare, names
    pastes = row.kind is K.MACRO and "##" in body
    return Node(path, row, names, bare, inlined, objectlike, pastes)


def open_unit(tree: KernelTree, path: str, arch_dir: str | None) -> Unit:
    """The unit of the C file `path` under the architecture at `arch_dir` (`arch/arm`), remembered with the tree."""
    known = tree.memory.units
    unit: Unit | None = known.get((path, arch_dir))
    if unit is None:
        unit = _open_unit(tree, path, arch_dir)
        while len(known) >= _MOST_UNITS:
            known.pop(next(iter(known)))
        known[path, arch_dir] = unit
    return unit


# Each holds some MB; a stack has about twenty frames.
_MOST_UNITS = 24


def _open_unit(tree: KernelTree, path: str, arch_dir: str | None) -> Unit:
    files = includes.closure(tree, path, arch_dir)
    order = {file: position for position, file in enumerate(files)}
    for file in files:
        _note_nodes(tree, file)
    return Unit(tree, path, files, Nodes(tree, order, tree.memory.nodes), order)


def _note_nodes(tree: KernelTree, path: str) -> None:
    """Have the functions and macros of a file among those that units know."""
    memory = tree.memory
    if path not in memory.with_nodes:
        memory.with_nodes.add(path)
        for row in () if path.endswith(".S") else tree.rows(path):
            if row.kind in _NODES:
                memory.nodes.setdefault(row.name, []).append((path, row))


def ways(unit: Unit, caller: model.Definition, callee: str) -> tuple[Way, ...]:
    """Every call in `caller` that leads to `callee`: itself, or through inline functions, macros and the file's own functions.

    A call through which several chains lead is given with the shortest. Sorted from the most direct on.
    """
    family = made.together(unit.tree, caller)
    found = [*_ways(unit, caller, callee), *_through_family(unit, family, caller, callee)]
    return tuple(
        sorted(found, key=lambda way: (way.plain, len(way.steps), way.call.line, way.call.column))
    )


def _through_family(
    unit: Unit, family: Sequence[made.Function], caller: model.Definition, callee: str
) -> Iterator[Way]:
    """Ways through functions that one use of a macro makes together: `__x64_sys_read` calls `__se_sys_read`."""
    known = {one.definition.name: one for one in family if one.definition.name != callee}
    start = known.get(caller.name)
    if start is None or start.definition.name == callee:
        return
    queue: list[tuple[made.Function, tuple[Step, ...], csyntax.Call | None]] = [(start, (), None)]
    seen = {caller.name}
    while queue:
        here, steps, first = queue.pop(0)
        for call in _family_calls(unit, here, family):
            following = known.get(call.name or "")
            if following is None or following.definition.name in seen or following.declared:
                continue
            seen.add(following.definition.name)
            inlined = replace(following.definition, kind=K.INLINE)
            outer = (*steps, Step(replace(here.definition, kind=K.INLINE), call)) if first else ()
            for way in _ways(unit, following.definition, callee):
                step = Step(inlined, way.call)
                yield replace(way, call=first or call, steps=(*outer, step, *way.steps))
            queue.append((following, outer, first or call))


def _family_calls(
    unit: Unit, function: made.Function, family: Sequence[made.Function]
) -> tuple[csyntax.Call, ...]:
    if not function.declared:
        return unit.tree.body(function.definition).calls if function.body is not None else ()
    # Another name of the function whose body stands behind the macro: `sys_read` of old kernels.
    place = function.definition.position
    return tuple(
        csyntax.Call(one.definition.name, None, None, place.line, 0, ())
        for one in family
        if one.body is None and not one.declared
    )


def _ways(unit: Unit, caller: model.Definition, callee: str) -> list[Way]:
    body = unit.tree.body(caller)
    variables = {local.name for local in body.locals} | {
        parameter.name for parameter in caller.parameters
    }
    direct = [] if callee in variables or _is_macro(unit, callee) else _calls_of(unit, body, callee)
    found = [Way(call) for call in direct]
    sites = {(call.line, call.column) for call in direct}
    uses = [call for call in _uses(unit, body) if call.name not in variables]
    for call in uses:
        step = _by_argument(unit, call, callee) or _by_pasting(unit, call, callee)
        if step is not None and (call.line, call.column) not in sites:
            sites.add((call.line, call.column))
            found.append(Way(call, step))
    called = {call.name for call in uses if call.name is not None}
    for plain in (False, True):
        nearest = _leading_to(unit, called - {caller.name}, callee, caller.name, plain)
        memory: dict[str, _Chain] = {}
        for call in uses:
            if call.name in nearest and (call.line, call.column) not in sites:
                steps, only = _steps(unit, call.name, callee, nearest, plain, memory)
                if steps:
                    sites.add((call.line, call.column))
                    found.append(Way(call, steps, plain, only))
    return found


def _is_macro(unit: Unit, name: str) -> bool:
    """Whether the name of a function is a macro here that stands for something else, so that a call of it is no call."""
    nodes = unit.nodes.get(name, ())
    return bool(nodes) and all(
        node.row.kind is K.MACRO and name not in node.calls for node in nodes
    )


def _uses(unit: Unit, body: csyntax.Body) -> list[csyntax.Call]:
    """The calls of a body, and the object-like macros in it, which may hide calls."""
    conditionals = unit.tree.conditionals(body.definition.position.path)
    hidden = [
        csyntax.Call(
            token.name, None, None, token.line, token.column, (), False, conditionals.at(token.line)
        )
        for token in body.variables
        if unit.objectlike(token.name)
    ]
    calls = [call for call in body.calls if call.name is not None] + hidden
    calls = [call for call in calls if unit.tree.holds(call.condition) is not False]
    return sorted(calls, key=lambda call: (call.line, call.column))


def _calls_of(unit: Unit, body: csyntax.Body, name: str) -> list[csyntax.Call]:
    calls = [call for call in body.calls if call.name == name]
    known = {call.line for call in calls}
    conditionals = unit.tree.conditionals(body.definition.position.path)
    calls += [
        call for call in csyntax.textual_calls(body, name, conditionals) if call.line not in known
    ]
    if not calls and (unit.objectlike(name) or body.definition.kind is K.MACRO):
        # `#define GO …` used as a word, or `#define alias name`.
        calls = [
            csyntax.Call(
                name, None, None, token.line, token.column, (), False, conditionals.at(token.line)
            )
            for token in body.variables
            if token.name == name
        ]
    return [call for call in calls if unit.tree.holds(call.condition) is not False]


def _by_argument(
    unit: Unit, call: csyntax.Call, callee: str, depth: int = 0
) -> tuple[Step, ...] | None:
    """The steps of a call that is given the callee's name and calls its argument: `WRAP(inner, x)`, `apply(inner, x)`."""
    positions = [at for at, text in enumerate(call.arguments) if text.lstrip("&* ") == callee]
    if not positions or depth > 4:
        return None
    for node in unit.nodes.get(call.name or "", ()):
        if not node.inlined:
            continue
        definition = unit.tree.definition(node.path, node.row)
        body = unit.tree.body(definition)
        for at in positions:
            if at >= len(definition.parameters):
                continue
            name = definition.parameters[at].name
            for inner in body.calls:
                if inner.name == name:
                    return (Step(definition, inner),)
                if name in (text.lstrip("&* ") for text in inner.arguments):
                    given = tuple(
                        callee if text.lstrip("&* ") == name else text for text in inner.arguments
                    )
                    rest = _by_argument(unit, replace(inner, arguments=given), callee, depth + 1)
                    if rest is not None:
                        return (Step(definition, inner), *rest)
    return None


def _by_pasting(unit: Unit, call: csyntax.Call, callee: str) -> tuple[Step, ...] | None:
    """The step of a macro that makes the callee's name with `##`."""
    for node in unit.nodes.get(call.name or "", ()):
        if node.row.kind is not K.MACRO or not _pastes(unit, node, 0):
            continue
        text = _expanded(unit, node, call.arguments, 0)
        if re.search(rf"(?<!\w){re.escape(callee)}(?!\w)", text):
            definition = unit.tree.definition(node.path, node.row)
            line = definition.position.line
            return (Step(definition, csyntax.Call(callee, None, None, line, 0, ())),)
    return None


def _pastes(unit: Unit, node: Node, depth: int) -> bool:
    return node.pastes or (
        depth < 3
        and any(
            _pastes(unit, inner, depth + 1)
            for name in node.calls
            for inner in unit.nodes.get(name, ())
            if inner.row.kind is K.MACRO and inner is not node
        )
    )


_LONGEST_EXPANSION = 20_000


def _expanded(unit: Unit, node: Node, arguments: tuple[str, ...], depth: int) -> str:
    """A macro's text with its parameters replaced, `##` done, and the macros in it expanded as well."""
    definition = unit.tree.definition(node.path, node.row)
    lines = unit.tree.sources.lines(node.path) or ()
    text = preprocess.without_comments("\n".join(lines[node.row.start - 1 : node.row.end]))
    start = text.find(node.row.name) + len(node.row.name)
    if not node.objectlike:
        start = ctext.matching(text, start) + 1
    text = text[start:].replace("\\\n", " ")
    given = {p.name: a for p, a in zip(definition.parameters, arguments, strict=False)}
    text = _ALIAS.sub(lambda word: given.get(word.group(), word.group()), text)
    text = re.sub(r"\s*##\s*", "", text)
    if depth > 4 or len(text) > _LONGEST_EXPANSION:
        return text
    parts = []
    at = 0
    for found in _CALLED.finditer(text):
        macros = [n for n in unit.nodes.get(found.group(1), ()) if n.row.kind is K.MACRO]
        if found.start() < at or not macros or found.group(1) == node.row.name:
            continue
        end = ctext.matching(text, found.end() - 1)
        inner = tuple(ctext.split_arguments(text[found.end() : end]))
        parts += [text[at : found.start()], _expanded(unit, macros[0], inner, depth + 1)]
        at = end + 1
    return "".join(parts) + text[at:]


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
            for called in unit.links(node):
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


def inlined_below(unit: Unit, body: csyntax.Body) -> tuple[str, ...]:
    """Every inline function and macro that a body reaches through others of them."""
    called_first = (call.name for call in _uses(unit, body) if call.name is not None)
    found = dict.fromkeys(name for name in called_first if name in unit.nodes)
    queue = list(found)
    while queue:
        name = queue.pop()
        for node in unit.nodes.get(name, ()):
            if node.inlined:
                for called in unit.links(node):
                    if called in unit.nodes and called not in found:
                        found[called] = None
                        queue.append(called)
    return tuple(found)


def between(unit: Unit, start: str, callee: str, caller: str) -> tuple[str, ...]:
    """The functions and macros through which `start`, called by `caller`, leads to `callee`, itself among them."""
    return tuple(_leading_to(unit, {start}, callee, caller, True))


_Chain = tuple[tuple[Step, ...], bool]


def _steps(
    unit: Unit,
    name: str,
    callee: str,
    nearest: dict[str, int],
    plain: bool,
    memory: dict[str, _Chain],
) -> _Chain:
    """The shortest chain from `name` to `callee`, each call read precisely, and whether it is the only one.

    The chain is empty when the words were misleading. `memory` keeps the chains of names that were asked for before.
    """
    if name in memory:
        return memory[name]
    memory[name] = ((), False)
    best: tuple[Step, ...] = ()
    chains = 0
    only = True
    nodes = [node for node in unit.nodes.get(name, ()) if node.inlined or plain]
    nodes.sort(key=lambda node: _holds(unit, node) is not True)
    for node in nodes:
        definition = unit.tree.definition(node.path, node.row)
        body = unit.tree.body(definition)
        for call in _calls_of(unit, body, callee):
            chains += 1
            if len(best) != 1:
                best, only = (Step(definition, call),), True
        for called in sorted(
            unit.links(node) & nearest.keys(), key=lambda each: (nearest[each], each)
        ):
            calls = _calls_of(unit, body, called)
            if not calls or called == name:
                continue
            if nearest[called] >= nearest[name]:
                chains += 1  # a longer way round: not followed, but not to be forgotten
                continue
            rest, sole = _steps(unit, called, callee, nearest, plain, memory)
            if rest:
                chains += len(calls)
                if not best or len(rest) + 1 < len(best):
                    best, only = (Step(definition, calls[0]), *rest), sole
    memory[name] = (best, only and chains == 1)
    return memory[name]


def _holds(unit: Unit, node: Node) -> bool | None:
    return unit.tree.holds(unit.tree.conditionals(node.path).at(node.row.line))


def file_nodes_of(tree: KernelTree, path: str) -> tuple[Node, ...]:
    """The functions and macros of one C file."""
    return tuple(_node(tree, path, row, True) for row in tree.rows(path) if row.kind in _NODES)
