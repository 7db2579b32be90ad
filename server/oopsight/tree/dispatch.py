"""Indirect calls: which initialised structure of the tree holds a function, and under which member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oopsight import model
from oopsight.tree import csyntax, rows, tables
from oopsight.tree.trees import KernelTree
from oopsight.tree.units import Unit

K = model.DefinitionKind
_STRUCT = re.compile(r"\b(?:struct|union)\s+(\w+)")
_MOST_TABLES = 4000


@dataclass(frozen=True, slots=True)
class Held:
    """A member of a table that holds a function."""

    table: str
    type_name: str | None
    index: str | None
    member: str | None
    position: model.SourcePos

    @property
    def label(self) -> str:
        """The entry as a debugger names it: `fsr_info[7]`, `ext4_file_operations`."""
        return self.table if self.index is None else f"{self.table}[{self.index}]"

    def fits(self, tree: KernelTree, body: csyntax.Body, call: csyntax.Call) -> bool:
        """Whether the receiver of an indirect call can be of this table's structure."""
        if self.type_name is None or call.receiver is None:
            return True
        receiver = type_of(tree, body, call.receiver)
        return receiver is None or receiver == self.type_name


def holding(
    tree: KernelTree,
    unit: Unit,
    callee: str,
    callee_definition: model.Definition | None,
    body: csyntax.Body,
    calls: Sequence[csyntax.Call],
) -> tuple[Held, ...]:
    """Every table entry that holds `callee` and can be what one of the indirect `calls` reads.

    A static function stands in a table of its own file (or of one that is included there); another one may stand
    in any table of the structures that the calls go through.
    """
    files = dict.fromkeys(file for file in unit.files if file.endswith(".c"))
    if callee_definition is not None:
        files.setdefault(callee_definition.position.path)
    places = [(file, row) for file in files for row in tree.rows(file) if row.kind is K.TABLE]
    if callee_definition is None or not callee_definition.static:
        receivers = {type_of(tree, body, call.receiver) for call in calls if call.receiver}
        for name in sorted(filter(None, receivers)):
            places += tree.index.tables(name)[:_MOST_TABLES]
    found: dict[Held, None] = {}
    word = re.compile(rf"(?<!\w){re.escape(callee)}(?!\w)")
    for file, row in dict.fromkeys(places):
        if tree.holds(tree.conditionals(file).at(row.line)) is False:
            continue
        for held in _in_table(tree, unit, file, row, word):
            found.setdefault(held)
    return tuple(found)


def _in_table(
    tree: KernelTree, unit: Unit, file: str, row: rows.Row, word: re.Pattern[str]
) -> list[Held]:
    lines = tree.sources.lines(file) or ()
    if not word.search("\n".join(lines[row.start - 1 : row.end])):
        return []
    text = tree.sources.text(file) or ""
    found = []
    for table in tree.once(("table", row.name, file), lambda: tables.read(row.name, file, text)):
        if table.position.line != row.line:
            continue
        order = tuple(name for name, _ in struct_of(tree, unit, row.type_name))
        for position, element in enumerate(table.elements):
            if not word.search(element.text) or tree.holds(element.condition) is False:
                continue
            index = (element.designator or str(position)) if table.array else None
            found += [
                Held(row.name, row.type_name, index, name, element.position)
                for name, value in tables.members_named(element.text, order)
                if word.fullmatch(value.lstrip("&"))
            ]
    return found


def struct_of(tree: KernelTree, unit: Unit | None, name: str | None) -> tuple[tuple[str, str], ...]:
    """The members of `struct name` as (name, type): as the unit sees it, else as the tree's index knows it."""
    if name is None:
        return ()
    return tree.once(("struct", unit, name), lambda: _struct_of(tree, unit, name))


def _struct_of(tree: KernelTree, unit: Unit | None, name: str) -> tuple[tuple[str, str], ...]:
    places: list[str] = []
    if unit is not None:
        known = dict.fromkeys(file for file, row in tree.index.find(name) if row.kind is K.STRUCT)
        places = [
            file
            for file in unit.files
            if (file in known if tree.index.complete else _has_struct(tree, file, name))
        ]
    for file in places or [file for file, row in tree.index.find(name) if row.kind is K.STRUCT]:
        members = tables.typed_members_of(name, tree.sources.text(file) or "")
        if members:
            return members
    return ()


def _has_struct(tree: KernelTree, file: str, name: str) -> bool:
    return any(row.name == name and row.kind is K.STRUCT for row in tree.rows(file))


def type_of(tree: KernelTree, body: csyntax.Body, expression: str) -> str | None:
    """The structure that an expression such as `file->f_op` or `inf` is or points to, None when it cannot be told."""
    parts = re.split(r"\s*(?:->|\.)\s*", expression.strip("()& *"))
    if not parts or not all(re.fullmatch(r"\w+(?:\[[^\]]*\])*", part) for part in parts):
        return None
    base = parts[0].split("[")[0]
    declared = next((local.type for local in body.locals if local.name == base), None) or next(
        (parameter.type for parameter in body.definition.parameters if parameter.name == base), None
    )
    for part in parts[1:]:
        struct = _STRUCT.search(declared or "")
        if struct is None:
            return None
        declared = dict(struct_of(tree, None, struct.group(1))).get(part.split("[")[0])
    struct = _STRUCT.search(declared or "")
    return struct.group(1) if struct else None
