"""Expansion of C macros and enumerators: a definition's tokens become the tokens of an expression without names to expand.

Which definition a name has is the caller's business. The algorithm is Prosser's: each token carries the names that it
must not expand again, so a macro that leads back to itself ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from oopsight import model
from oopsight.tree import conditions, expressions, widths
from oopsight.tree.expressions import Token

__all__ = ["ENUMERATOR", "EndlessError", "Expansion", "Meaning", "under"]

ENUMERATOR = (
    " enumerator"  # the call that stands around an enumerator's value; no name can hold a blank
)
_MOST_TOKENS = 6000


class EndlessError(Exception):
    """The expansion is malformed or grows beyond reason."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One definition of a name: a macro (function-like when `parameters` is not None) or an enumerator.

    `condition` is the `#if` it stands under.
    """

    name: str
    body: str
    parameters: tuple[str, ...] | None = None
    condition: str | None = None
    enumerator: bool = False
    position: model.SourcePos | None = None


def under(meaning: Meaning, condition: str | None) -> Meaning:
    """The same definition under another condition."""
    return Meaning(
        meaning.name,
        meaning.body,
        meaning.parameters,
        condition,
        meaning.enumerator,
        meaning.position,
    )


MeaningOf = Callable[[str, frozenset[str], bool], "Meaning | None"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A token and the macros it came out of, which it does not name again."""

    token: Token
    hidden: frozenset[str] = frozenset()


class Expansion:
    """Expands the tokens of one expression.

    `meaning_of` gives the definition of a name, from the names hidden at that place and whether a bracket follows;
    None leaves the name as it is. A hidden enumerator is listed as its name and `ENUMERATOR`, since a macro of the
    same name may lead to it.
    """

    def __init__(self, meaning_of: MeaningOf, long: int) -> None:
        self._meaning_of = meaning_of
        self._long = long
        self._produced = 0

    def of(self, meaning: Meaning) -> list[Token]:
        """The tokens of a definition's body, expanded."""
        hidden = frozenset({meaning.name}) if meaning.name else frozenset()
        return [
            item.token for item in self._expand([Hidden(token, hidden) for token in _body(meaning)])
        ]

    def _expand(self, items: list[Hidden]) -> list[Hidden]:
        waiting = items[::-1]
        done: list[Hidden] = []
        while waiting:
            item = waiting.pop()
            self._produced += 1
            if self._produced > _MOST_TOKENS:
                raise EndlessError
            if item.token.kind != "name":
                done.append(item)
            elif item.token.text in conditions.OPTION_TESTS or item.token.text == "sizeof":
                done.append(item)
                done.extend(_bracketed(waiting))
            else:
                self._expand_name(item, waiting, done)
        return done

    def _expand_name(self, item: Hidden, waiting: list[Hidden], done: list[Hidden]) -> None:
        name = item.token.text
        if widths.is_type_word(name):
            done.append(item)
            return
        if name == "BITS_PER_LONG":
            done.append(Hidden(Token("number", str(self._long))))
            return
        meaning = self._meaning_of(
            name, item.hidden, bool(waiting) and waiting[-1].token.text == "("
        )
        if meaning is None:
            done.append(item)
            return
        mark = name + ENUMERATOR if meaning.enumerator else name
        if meaning.parameters is None:
            hidden = item.hidden | {mark}
            waiting.extend(Hidden(token, hidden) for token in reversed(_body(meaning)))
            return
        arguments, closing = _arguments(waiting)
        hidden = (item.hidden & closing.hidden) | {mark}
        replaced = self._substituted(meaning, arguments)
        waiting.extend(Hidden(each.token, each.hidden | hidden) for each in reversed(replaced))

    def _substituted(self, meaning: Meaning, arguments: list[list[Hidden]]) -> list[Hidden]:
        """The body of a function-like macro with its arguments in place, `##` pasted."""
        parameters = meaning.parameters or ()
        bound = _bound(parameters, arguments)
        if bound is None:
            raise EndlessError
        body = expressions.tokens(meaning.body)
        result: list[Hidden] = []
        index = 0
        while index < len(body):
            token = body[index]
            if token.text == "##" and result and index + 1 < len(body):
                follower = bound.get(body[index + 1].text, [Hidden(body[index + 1])])
                _paste(result, follower)
                index += 2
                continue
            if token.text in bound:
                pasted = index + 1 < len(body) and body[index + 1].text == "##"
                argument = bound[token.text]
                result.extend(argument if pasted else self._expand(list(argument)))
                if pasted and not argument:
                    result.append(Hidden(Token("name", "")))
            else:
                result.append(Hidden(token))
            index += 1
        return [item for item in result if item.token.text]


@lru_cache(maxsize=8192)
def _plain_body(body: str) -> tuple[Token, ...]:
    return expressions.tokens(body)


def _body(meaning: Meaning) -> tuple[Token, ...]:
    body = _plain_body(meaning.body)
    if meaning.enumerator:
        return (Token("name", ENUMERATOR), Token("op", "("), *body, Token("op", ")"))
    return body


def _bracketed(waiting: list[Hidden]) -> list[Hidden]:
    """The bracketed tokens that come next, taken off unexpanded."""
    taken: list[Hidden] = []
    depth = 0
    while waiting:
        if not taken and waiting[-1].token.text != "(":
            return taken
        item = waiting.pop()
        taken.append(item)
        depth += {"(": 1, ")": -1}.get(item.token.text, 0)
        if depth == 0:
            return taken
    return taken


def _arguments(waiting: list[Hidden]) -> tuple[list[list[Hidden]], Hidden]:
    """The arguments of a macro call, taken off, and its closing bracket; the opening one comes next."""
    waiting.pop()
    arguments: list[list[Hidden]] = [[]]
    depth = 0
    while waiting:
        item = waiting.pop()
        text = item.token.text
        if text == ")" and depth == 0:
            return arguments, item
        if text == "," and depth == 0:
            arguments.append([])
            continue
        depth += {"(": 1, ")": -1, "[": 1, "]": -1, "{": 1, "}": -1}.get(text, 0)
        arguments[-1].append(item)
    raise EndlessError


def _bound(
    parameters: tuple[str, ...], arguments: list[list[Hidden]]
) -> dict[str, list[Hidden]] | None:
    """Parameters and their arguments, None when the numbers differ; `...` takes what is left."""
    if parameters and parameters[-1].endswith("..."):
        name = parameters[-1].removesuffix("...").strip() or "__VA_ARGS__"
        fixed = parameters[:-1]
        rest: list[Hidden] = []
        for number, argument in enumerate(arguments[len(fixed) :]):
            rest.extend([Hidden(Token("op", ","))] if number else [])
            rest.extend(argument)
        if len(arguments) < len(fixed):
            return None
        return {**dict(zip(fixed, arguments, strict=False)), name: rest}
    if not parameters:
        return {} if arguments == [[]] else None
    return (
        dict(zip(parameters, arguments, strict=True)) if len(parameters) == len(arguments) else None
    )


def _paste(result: list[Hidden], follower: Sequence[Hidden]) -> None:
    """`##`: the last token and the first of what follows become one."""
    if not follower:
        return
    first = result.pop()
    joined = expressions.tokens(first.token.text + follower[0].token.text)
    result.extend(Hidden(token, first.hidden) for token in joined)
    result.extend(follower[1:])
