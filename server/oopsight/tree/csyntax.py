"""One function or macro of a C file, read by tree-sitter: its calls, variables and memory accesses.

Only the piece that `scan` found is parsed, with its header replaced and its directives blanked, since attributes and
`#if` lines are what breaks a C parser in kernel code. Lines and columns stay those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import tree_sitter
import tree_sitter_c

from oopsight import model
from oopsight.tree import ctext, preprocess

_LANGUAGE = tree_sitter.Language(tree_sitter_c.language())


@dataclass(frozen=True, slots=True)
class Call:
    """A call in a body. `name` for `f(…)`, `member` and `receiver` for `x->f(…)`; line from 1, column from 0.

    `table[n](…)` has only a `receiver`.

    Line and column are those of the callee's name token. `tail` says that nothing follows the call in the function.
    """

    name: str | None
    member: str | None
    receiver: str | None
    line: int
    column: int
    arguments: tuple[str, ...]
    tail: bool = False
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """A variable declared in a body, and the lines and columns (start, end) of the block in which it is visible."""

    name: str
    type: str
    line: int
    column: int
    scope: tuple[tuple[int, int], tuple[int, int]]
    initial: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """A load or store through a pointer; `text` is the expression, `store` whether it is written."""

    line: int
    text: str
    store: bool
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a function or macro does, as far as a crash asks."""

    definition: model.Definition
    calls: tuple[Call, ...] = ()
    locals: tuple[Local, ...] = ()
    assigned: frozenset[str] = frozenset()
    accesses: tuple[Access, ...] = ()
    variables: tuple[ctext.Token, ...] = ()
    # Names in capitals that stand in one expression with a variable: `flags & FAULT_FLAG_WRITE`.
    companions: dict[str, frozenset[str]] = field(default_factory=dict)
    text: str = ""
    damaged: bool = False  # the parser met something that is no C, so that it may have missed calls


def read_body(
    lines: Sequence[str],
    definition: model.Definition,
    conditionals: preprocess.Conditionals,
    excluded: frozenset[int] = frozenset(),
) -> Body:
    """Read one function or macro of the file with these `lines`; lines in `excluded` are known not to be compiled."""
    piece = ctext.piece(lines, definition, excluded)
    if definition.kind is model.DefinitionKind.MACRO:
        text = ctext.macro_text(piece, definition)
        shift = definition.start_line - 1
    else:
        text = ctext.function_text(piece)
        shift = definition.start_line
    data = text.encode("utf-8", "surrogateescape")
    tree = tree_sitter.Parser(_LANGUAGE).parse(data)
    return _Reader(data, shift, definition, conditionals, piece).read(tree.root_node)


def made_body(definition: model.Definition, text: str) -> Body:
    """The body of a function that a macro makes; all of it stands on the line on which the macro is used."""
    data = f"void f(void) {text}".encode("utf-8", "surrogateescape")
    tree = tree_sitter.Parser(_LANGUAGE).parse(data)
    read = _Reader(data, 0, definition, preprocess.conditionals(""), text).read(tree.root_node)
    line, column = definition.position.line, definition.position.column or 0
    return replace(
        read,
        calls=tuple(replace(call, line=line, column=column, condition=None) for call in read.calls),
        accesses=(),
        variables=tuple(ctext.Token(token.name, line, column) for token in read.variables),
        damaged=False,
    )


_STATEMENTS = frozenset(("compound_statement", "for_statement", "if_statement", "while_statement"))
_CAPITALS = re.compile(r"_*[A-Z][A-Z0-9_]+$")


class _Reader:
    """One walk over the syntax tree of a body."""

    def __init__(
        self,
        data: bytes,
        shift: int,
        definition: model.Definition,
        conditionals: preprocess.Conditionals,
        piece: str,
    ) -> None:
        self._data = data
        self._rows = data.split(b"\n")
        self._shift = shift
        self._definition = definition
        self._conditionals = conditionals
        self._piece = piece
        self._calls: list[Call] = []
        self._locals: list[Local] = []
        self._assigned: set[str] = set()
        self._accesses: list[Access] = []
        self._variables: list[ctext.Token] = []
        self._companions: dict[str, set[str]] = {}

    def read(self, root: tree_sitter.Node) -> Body:
        last = _last_statement(root)
        for node in _walk(root):
            self._visit(node, last)
        return Body(
            self._definition,
            tuple(sorted(self._calls, key=lambda call: (call.line, call.column))),
            tuple(self._locals),
            frozenset(self._assigned),
            tuple(sorted(self._accesses, key=lambda access: access.line)),
            tuple(self._variables),
            {name: frozenset(names) for name, names in self._companions.items()},
            self._piece,
            root.has_error,
        )

    def _text(self, node: tree_sitter.Node) -> str:
        raw = self._data[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")
        return " ".join(raw.split())

    def _line(self, node: tree_sitter.Node) -> int:
        return node.start_point[0] + self._shift

    def _point(self, point: tuple[int, int]) -> tuple[int, int]:
        row = self._rows[point[0]][: point[1]]
        return point[0] + self._shift, len(row.decode("utf-8", "surrogateescape"))

    def _visit(self, node: tree_sitter.Node, last: tree_sitter.Node | None) -> None:
        kind = node.type
        if kind == "call_expression":
            self._call(node, last)
        elif kind == "declaration":
            self._declaration(node)
        elif kind == "assignment_expression":
            left = node.child_by_field_name("left")
            if left is not None and left.type == "identifier":
                self._assigned.add(self._text(left))
            self._keep_company(node)
        elif kind == "update_expression":
            argument = node.child_by_field_name("argument")
            if argument is not None and argument.type == "identifier":
                self._assigned.add(self._text(argument))
        elif kind == "pointer_expression":
            argument = node.child_by_field_name("argument")
            if argument is not None and self._data[node.start_byte : node.start_byte + 1] == b"&":
                if argument.type == "identifier":
                    self._assigned.add(self._text(argument))
            else:
                self._access(node)
        elif kind == "subscript_expression" or (
            kind == "field_expression" and b"->" in self._operator(node)
        ):
            self._access(node)
        elif kind == "binary_expression":
            self._keep_company(node)
        elif kind == "identifier":
            self._variable(node)

    def _operator(self, node: tree_sitter.Node) -> bytes:
        operator = node.child_by_field_name("operator")
        return b"" if operator is None else self._data[operator.start_byte : operator.end_byte]

    def _call(self, node: tree_sitter.Node, last: tree_sitter.Node | None) -> None:
        if _is_unevaluated(node):
            return
        function = node.child_by_field_name("function")
        listed = node.child_by_field_name("arguments")
        while function is not None and function.type in (
            "parenthesized_expression",
            "pointer_expression",
        ):
            inner = [child for child in function.named_children if child.type != "comment"]
            function = inner[-1] if inner else None
        if function is None:
            return
        name = member = receiver = None
        token = function
        if function.type == "identifier":
            name = self._text(function)
        elif function.type == "field_expression":
            field_node = function.child_by_field_name("field")
            argument = function.child_by_field_name("argument")
            if field_node is None or argument is None:
                return
            token, member, receiver = field_node, self._text(field_node), self._text(argument)
        elif function.type == "subscript_expression":
            receiver = self._text(function)  # `table[n](…)`
        else:
            return
        arguments = (
            tuple(self._text(child) for child in listed.named_children if child.type != "comment")
            if listed is not None
            else ()
        )
        line, column = self._point(token.start_point)
        self._calls.append(
            Call(
                name,
                member,
                receiver,
                line,
                column,
                arguments,
                _is_tail(node, last),
                self._conditionals.at(line),
            )
        )

    def _declaration(self, node: tree_sitter.Node) -> None:
        type_node = node.child_by_field_name("type")
        if type_node is None:
            return
        qualifiers = " ".join(
            self._text(child) for child in node.children if child.type in ("type_qualifier",)
        )
        scope = node.parent
        while scope is not None and scope.type not in _STATEMENTS:
            scope = scope.parent
        for child in node.children_by_field_name("declarator"):
            declarator: tree_sitter.Node | None = child
            initial = None
            stars = ""
            while declarator is not None and declarator.type != "identifier":
                if declarator.type == "init_declarator":
                    value = declarator.child_by_field_name("value")
                    initial = None if value is None else self._text(value)
                elif declarator.type == "pointer_declarator":
                    stars += "*"
                elif declarator.type == "array_declarator":
                    stars += "[]"
                elif declarator.type == "function_declarator":
                    stars = "()"
                inner = declarator.child_by_field_name("declarator")
                if inner is None and declarator.type == "parenthesized_declarator":
                    inner = declarator.named_children[0] if declarator.named_children else None
                declarator = inner
            if declarator is None:
                continue
            line, column = self._point(declarator.start_point)
            type_text = " ".join(f"{qualifiers} {self._text(type_node)} {stars}".split())
            bounds = (
                (self._point(scope.start_point), self._point(scope.end_point))
                if scope is not None
                else ((0, 0), (self._definition.end_line, 1 << 30))
            )
            self._locals.append(
                Local(self._text(declarator), type_text, line, column, bounds, initial)
            )

    def _access(self, node: tree_sitter.Node) -> None:
        parent = node.parent
        # Only the whole of `a->b[c].d` is an access of its own kind; `&a->b` is none.
        inner = node
        while parent is not None and parent.type in (
            "field_expression",
            "parenthesized_expression",
        ):
            if parent.type == "field_expression" and b"->" in self._operator(parent):
                break
            inner, parent = parent, parent.parent
        store = False
        if parent is not None:
            if (
                parent.type == "pointer_expression"
                and self._data[parent.start_byte : parent.start_byte + 1] == b"&"
            ):
                return
            if parent.type == "sizeof_expression":
                return
            left = (
                parent.child_by_field_name("left")
                if parent.type == "assignment_expression"
                else None
            )
            store = (left is not None and left.id == inner.id) or parent.type == "update_expression"
        line = self._line(node)
        self._accesses.append(Access(line, self._text(node), store, self._conditionals.at(line)))

    def _keep_company(self, node: tree_sitter.Node) -> None:
        """Remember which names in capitals stand beside which variable in a flag expression."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "identifier":
            return
        operator = self._operator(node)
        if operator not in (b"&", b"|", b"&=", b"|=", b"=", b"==", b"!="):
            return
        capitals = {
            self._text(inner)
            for inner in _walk(right)
            if inner.type == "identifier" and _CAPITALS.match(self._text(inner))
        }
        if capitals:
            self._companions.setdefault(self._text(left), set()).update(capitals)

    def _variable(self, node: tree_sitter.Node) -> None:
        parent = node.parent
        if parent is None or parent.type in (
            "function_declarator",
            "labeled_statement",
            "goto_statement",
        ):
            return
        if parent.type == "call_expression":
            function = parent.child_by_field_name("function")
            if function is not None and function.id == node.id:
                return
        line, column = self._point(node.start_point)
        self._variables.append(ctext.Token(self._text(node), line, column))


def _walk(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Every node below `root`, parents first; without recursion, since bodies may be nested deeply."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _is_unevaluated(node: tree_sitter.Node) -> bool:
    """Whether an expression stands in a `sizeof`, which computes nothing."""
    parent = node.parent
    while parent is not None and parent.type.endswith(("_expression", "argument_list")):
        if parent.type == "sizeof_expression":
            return True
        parent = parent.parent
    return False


def _last_statement(root: tree_sitter.Node) -> tree_sitter.Node | None:
    for child in root.children:
        if child.type == "function_definition":
            body = child.child_by_field_name("body")
            if body is not None:
                statements = [
                    inner
                    for inner in body.named_children
                    if inner.type not in ("comment", "labeled_statement")
                ]
                return statements[-1] if statements else None
    return None


def _is_tail(call: tree_sitter.Node, last: tree_sitter.Node | None) -> bool:
    node = call.parent
    while node is not None and node.type in ("parenthesized_expression", "cast_expression"):
        node = node.parent
    if node is None:
        return False
    if node.type == "return_statement":
        return True
    return node.type == "expression_statement" and last is not None and node.id == last.id


_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def textual_calls(body: Body, name: str, conditionals: preprocess.Conditionals) -> tuple[Call, ...]:
    """Calls of `name` in the text of a body, where the parser has lost its way."""
    if not body.damaged:
        return ()
    found = []
    text = _STRING.sub(lambda string: ctext.blank(string.group()), body.text)
    for match in re.finditer(rf"(?<![\w.>])(?<!->){re.escape(name)}\s*\(", text):
        line = body.definition.start_line + text.count("\n", 0, match.start())
        column = match.start() - (text.rfind("\n", 0, match.start()) + 1)
        if line == body.definition.position.line and column == (
            body.definition.position.column or 0
        ):
            continue
        opening = match.end() - 1
        inner = body.text[opening + 1 : ctext.matching(body.text, opening)]
        arguments = tuple(" ".join(part.split()) for part in ctext.split_arguments(inner))
        found.append(Call(name, None, None, line, column, arguments, False, conditionals.at(line)))
    return tuple(found)
