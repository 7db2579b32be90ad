"""C expressions as the preprocessor and constant definitions write them: tokens, a parser, and arithmetic on plain integers.

No name is looked up here and no type is computed; `preprocess` and `evaluate` give the trees their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "Binary",
    "Call",
    "Cast",
    "Name",
    "Node",
    "Number",
    "SizeOf",
    "Ternary",
    "Token",
    "Unary",
    "apply_binary",
    "apply_unary",
    "integer",
    "parse",
    "parse_tokens",
    "render",
    "tokens",
]


class Token(NamedTuple):
    """One token: kind is `number`, `name`, `char`, `string` or `op`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """An integer literal; `suffix` is its upper-case ending (`U`, `UL`, `ULL`), `decimal` whether it is written so."""

    number: int
    suffix: str = ""
    decimal: bool = True


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A name followed by arguments in brackets."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x`, `~x` or `!x`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and the operator between them; `,` gives its right one."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Ternary:
    """`condition ? then : otherwise`; in GNU's `a ?: b` the condition is also the first result."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Cast:
    """`(type)operand`; the type is its words joined by blanks."""

    type: str
    operand: Node


@dataclass(frozen=True, slots=True)
class SizeOf:
    """`sizeof(type)`."""

    type: str


Node = Number | Name | Call | Unary | Binary | Ternary | Cast | SizeOf

_TOKEN = re.compile(
    r"""
      (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|0[bB][01]+[uUlL]*|[0-9]+[uUlL]*)
    | (?P<name>[A-Za-z_$][\w$]*)
    | (?P<char>[uUL]?'(?:[^'\\\n]|\\[^\n])+')
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<op>\#\#|<<|>>|<=|>=|==|!=|&&|\|\||->|\+\+|--|\.\.\.|[^\s\w])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text without comments. Whatever is no token is left out."""
    return tuple(Token(match.lastgroup or "op", match[0]) for match in _TOKEN.finditer(text))


_LITERAL = re.compile(r"(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))([uUlL]*)")
_SUFFIXES = {
    "": "",
    "U": "U",
    "L": "L",
    "LL": "LL",
    "UL": "UL",
    "LU": "UL",
    "ULL": "ULL",
    "LLU": "ULL",
}


def integer(text: str) -> Number | None:
    """An integer literal in hex, binary, octal or decimal, with its suffix."""
    match = _LITERAL.fullmatch(text)
    if match is None or match[5].upper() not in _SUFFIXES:
        return None
    for group, base in ((1, 16), (2, 2), (3, 8), (4, 10)):
        if match[group] is not None:
            return Number(int(match[group], base), _SUFFIXES[match[5].upper()], base == 10)
    return None


_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}


def _character(text: str) -> Number | None:
    """A character constant, several characters as gcc packs them."""
    body = text[text.index("'") + 1 : -1]
    number, at = 0, 0
    while at < len(body):
        code = ord(body[at])
        at += 1
        if code == ord("\\") and at < len(body):
            escaped = re.compile(r"x([0-9a-fA-F]+)|([0-7]{1,3})|(.)", re.DOTALL).match(body, at)
            if escaped is None:
                return None
            at = escaped.end()
            if escaped[1]:
                code = int(escaped[1], 16)
            elif escaped[2]:
                code = int(escaped[2], 8)
            else:
                code = _ESCAPES.get(escaped[3], ord(escaped[3]))
        number = number << 8 | code & 0xFF
    return Number(number & 0xFFFFFFFF)


_PRECEDENCE = {
    "*": 10, "/": 10, "%": 10, "+": 9, "-": 9, "<<": 8, ">>": 8, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "==": 6, "!=": 6, "&": 5, "^": 4, "|": 3, "&&": 2, "||": 1,
}  # fmt: skip

_TYPE_WORDS = frozenset({
    "void", "char", "short", "int", "long", "signed", "unsigned", "_Bool", "bool", "struct",
    "union", "enum", "const", "volatile", "__signed__", "typeof", "__typeof__", "__force",
    "__user", "__iomem", "__kernel", "__bitwise", "u8", "u16", "u32", "u64", "s8", "s16", "s32",
    "s64", "__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__le16",
    "__le32", "__le64", "__be16", "__be32", "__be64", "uint", "ulong", "ushort",
})  # fmt: skip
_MOST_DEPTH = 150


class _UnreadableError(Exception):
    """The text is no expression that this parser knows."""


def parse(text: str) -> Node | None:
    """The expression that a text spells, None when it is none."""
    return parse_tokens(tokens(text))


def parse_tokens(sequence: Sequence[Token]) -> Node | None:
    """The expression that the tokens spell, None when they do not spell one from the first to the last."""
    parser = _Parser(sequence)
    try:
        node = parser.comma()
        return node if parser.at == len(sequence) else None
    except (_UnreadableError, RecursionError):
        return None


class _Parser:
    def __init__(self, sequence: Sequence[Token]) -> None:
        self._tokens = sequence
        self.at = 0
        self._depth = 0

    def _peek(self, ahead: int = 0) -> Token:
        index = self.at + ahead
        return self._tokens[index] if index < len(self._tokens) else Token("end", "")

    def _next(self) -> Token:
        token = self._peek()
        self.at += 1
        return token

    def _expect(self, text: str) -> None:
        if self._next().text != text:
            raise _UnreadableError

    def comma(self) -> Node:
        node = self.conditional()
        while self._peek().text == ",":
            self.at += 1
            node = Binary(",", node, self.conditional())
        return node

    def conditional(self) -> Node:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise _UnreadableError
        node = self._binary(1)
        if self._peek().text == "?":
            self.at += 1
            then = node if self._peek().text == ":" else self.comma()
            self._expect(":")
            node = Ternary(node, then, self.conditional())
        self._depth -= 1
        return node

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while True:
            token = self._peek()
            precedence = _PRECEDENCE.get(token.text, 0) if token.kind == "op" else 0
            if precedence < least:
                return left
            self.at += 1
            left = Binary(token.text, left, self._binary(precedence + 1))

    def _unary(self) -> Node:
        operators: list[str] = []
        while self._peek().kind == "op" and self._peek().text in ("-", "+", "~", "!"):
            operators.append(self._next().text)
            if len(operators) > _MOST_DEPTH:
                raise _UnreadableError
        node = self._primary()
        for operator in reversed(operators):
            node = Unary(operator, node)
        return node

    def _primary(self) -> Node:
        token = self._next()
        node: Node | None = None
        if token.kind == "number":
            node = integer(token.text)
        elif token.kind == "char":
            node = _character(token.text)
        elif token.text == "(":
            node = self._bracket()
        elif token.text == "sizeof":
            node = self._sizeof()
        elif token.text == "__extension__":
            node = self._unary()
        elif token.kind == "name":
            node = self._name(token.text)
        if node is None:
            raise _UnreadableError
        return node

    def _name(self, name: str) -> Node:
        if name == "defined" and self._peek().kind == "name":
            return Call(name, (Name(self._next().text),))
        if self._peek().text != "(":
            return Name(name)
        self.at += 1
        arguments: list[Node] = []
        if self._peek().text != ")":
            arguments.append(self.conditional())
            while self._peek().text == ",":
                self.at += 1
                arguments.append(self.conditional())
        self._expect(")")
        return Call(name, tuple(arguments))

    def _bracket(self) -> Node:
        """An expression in brackets, or a cast; the opening bracket has been read."""
        width = self._type_width()
        if width:
            words = " ".join(self._next().text for _ in range(width))
            self._expect(")")
            self._depth += 1
            if self._depth > _MOST_DEPTH:
                raise _UnreadableError
            operand = self._unary()
            self._depth -= 1
            return Cast(words, operand)
        node = self.comma()
        self._expect(")")
        return node

    def _type_width(self) -> int:
        """How many tokens up to the closing bracket spell a type; 0 when they spell an expression."""
        width = 0
        while self._peek(width).kind == "name" or self._peek(width).text == "*":
            width += 1
        if not width or self._peek(width).text != ")" or self._peek().kind != "name":
            return 0
        words = [self._peek(ahead).text for ahead in range(width)]
        if any(word in _TYPE_WORDS for word in words) or words[-1] == "*":
            return width
        follower = self._peek(width + 1)
        if follower.kind in ("number", "char", "name"):
            return width  # `(x) y` can only be a cast
        if words[0].endswith("_t") and (follower.text in ("(", "~", "-", "!")):
            return width
        return 0

    def _sizeof(self) -> Node:
        self._expect("(")
        width = self._type_width() or (1 if self._peek().kind == "name" else 0)
        words = " ".join(self._next().text for _ in range(width))
        self._expect(")")
        return SizeOf(words)


def apply_unary(operator: str, value: int) -> int:
    """The result on integers without a width."""
    if operator == "-":
        return -value
    if operator == "~":
        return ~value
    if operator == "!":
        return int(value == 0)
    return value


_MOST_SHIFT = 256


def apply_binary(operator: str, left: int, right: int) -> int | None:
    """The result on integers without a width, None for a division by zero or a shift that makes no sense."""
    if operator in ("/", "%"):
        if right == 0:
            return None
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    if operator in ("<<", ">>"):
        if not 0 <= right < _MOST_SHIFT:
            return None
        return left << right if operator == "<<" else left >> right
    function = _PLAIN.get(operator)
    return None if function is None else int(function(left, right))


_PLAIN: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "&&": lambda a, b: bool(a) and bool(b),
    "||": lambda a, b: bool(a) or bool(b),
    ",": lambda a, b: b,
}


def render(node: Node) -> str:
    """One spelling of a tree, so that equal trees are equal texts."""
    if isinstance(node, Number):
        return str(node.number)
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(render, node.arguments))})"
    if isinstance(node, Unary):
        return f"{node.operator}{render(node.operand)}"
    if isinstance(node, Binary):
        return f"({render(node.left)} {node.operator} {render(node.right)})"
    if isinstance(node, Ternary):
        return f"({render(node.condition)} ? {render(node.then)} : {render(node.otherwise)})"
    if isinstance(node, Cast):
        return f"({node.type}){render(node.operand)}"
    return f"sizeof({node.type})"
