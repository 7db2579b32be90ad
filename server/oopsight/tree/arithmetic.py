"""The value of an expression tree in C's types."""

from __future__ import annotations

from collections.abc import Callable

from oopsight.tree import conditions, expressions, macros, widths

__all__ = ["CHECKS", "Arithmetic", "NoNumberError"]

# Checks at compile time that add nothing to a value but cannot be evaluated, and attributes.
CHECKS = frozenset(
    {"BUILD_BUG_ON_ZERO", "GENMASK_INPUT_CHECK", "__BUILD_BUG_ON_ZERO_MSG", "BIT_INPUT_CHECK"}
)


class NoNumberError(Exception):
    """The expression has no number that can be computed."""


class Arithmetic:
    """Computes expressions for a compiler whose `long` has so many bits.

    `option` answers tests of kernel options, given as text (`IS_ENABLED(CONFIG_NUMA)`).
    """

    def __init__(self, long: int, option: Callable[[str], bool]) -> None:
        self._long = long
        self._option = option

    def of(self, node: expressions.Node) -> widths.Value:
        """The value of an expression; raises `NoNumberError` when it has none."""
        if isinstance(node, expressions.Number):
            return self._literal(node)
        if isinstance(node, expressions.Unary):
            return self._unary(node.operator, self.of(node.operand))
        if isinstance(node, expressions.Binary):
            return self._binary(node)
        if isinstance(node, expressions.Ternary):
            condition = self.of(node.condition)
            return self._chosen(node, bool(condition.number))
        if isinstance(node, expressions.Cast):
            return self._cast(node)
        if isinstance(node, expressions.SizeOf):
            kind = widths.width_of(node.type, self._long)
            if kind is None:
                raise NoNumberError
            return widths.Value(kind[0] // 8, self._long, signed=False)
        if isinstance(node, expressions.Call):
            return self._call(node)
        raise NoNumberError

    def _call(self, node: expressions.Call) -> widths.Value:
        if node.name in conditions.OPTION_TESTS:
            return widths.Value(int(self._option(expressions.render(node))))
        if node.name in CHECKS:
            return widths.Value(0)
        if node.name in ("__builtin_constant_p", "__is_constexpr"):
            return widths.Value(1)
        if node.name in ("__builtin_choose_expr", "__builtin_expect") and node.arguments:
            first = self.of(node.arguments[0])
            if node.name == "__builtin_expect":
                return first
            return self.of(node.arguments[1 if first.number else 2])
        if node.name in ("ilog2", "const_ilog2", "__ilog2_u32", "__ilog2_u64") and node.arguments:
            operand = self.of(node.arguments[0])
            if operand.number > 0:
                return widths.Value(operand.number.bit_length() - 1)
        if node.name == macros.ENUMERATOR:
            return widths.enumerator(self.of(node.arguments[0]))
        raise NoNumberError

    def _chosen(self, node: expressions.Ternary, truth: bool) -> widths.Value:
        """The chosen side, in the type that both sides have together where the other one can be computed."""
        chosen, other = (node.then, node.otherwise) if truth else (node.otherwise, node.then)
        value = self.of(chosen)
        try:
            return widths.converted(value, self.of(other))[0]
        except NoNumberError:
            return value

    def _literal(self, node: expressions.Number) -> widths.Value:
        """The first type of C11 6.4.4.1 that the literal fits."""
        unsigned = "U" in node.suffix
        least = 64 if "LL" in node.suffix else self._long if "L" in node.suffix else 32
        for bits in sorted({least, max(least, self._long), 64}):
            if not unsigned and node.number < 1 << (bits - 1):
                return widths.Value(node.number, bits)
            if (unsigned or not node.decimal) and node.number < 1 << bits:
                return widths.Value(node.number, bits, signed=False)
        return widths.wrap(node.number, 64, signed=False)

    def _unary(self, operator: str, operand: widths.Value) -> widths.Value:
        if operator == "!":
            return widths.Value(int(operand.number == 0))
        operand = widths.promoted(operand)
        number = expressions.apply_unary(operator, operand.number)
        return widths.wrap(number, operand.bits, operand.signed)

    def _binary(self, node: expressions.Binary) -> widths.Value:
        operator = node.operator
        left = self.of(node.left)
        if operator in ("&&", "||"):
            if bool(left.number) == (operator == "||"):
                return widths.Value(int(operator == "||"))
            return widths.Value(int(self.of(node.right).number != 0))
        right = self.of(node.right)
        if operator in ("<<", ">>"):
            left = widths.promoted(left)
            if not 0 <= right.number < left.bits:
                raise NoNumberError
        elif operator == ",":
            return right
        else:
            left, right = widths.converted(left, right)
        number = expressions.apply_binary(operator, left.number, right.number)
        if number is None:
            raise NoNumberError
        if operator in ("<", ">", "<=", ">=", "==", "!="):
            return widths.Value(number)
        return widths.wrap(number, left.bits, left.signed)

    def _cast(self, node: expressions.Cast) -> widths.Value:
        operand = self.of(node.operand)
        kind = widths.width_of(node.type, self._long)
        if kind is not None:
            return widths.wrap(operand.number, *kind)
        if operand.number < 0:
            raise NoNumberError  # what it becomes depends on the width
        # A type that is not known is taken as one that holds the value.
        return operand
