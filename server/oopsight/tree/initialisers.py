"""Initialisers of structures and arrays of structures: which member has which text on which line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oopsight.tree import csyntax, preprocess

_DESIGNATED_MEMBER = re.compile(r"\s*\.\s*(\w+)\s*=(?!=)")
_DESIGNATED_INDEX = re.compile(r"\s*\[\s*([^\]\[.]+?)\s*(?:\.\.\.\s*([^\]]+?)\s*)?\]\s*=?(?!=)")
_FUNCTION_POINTER = re.compile(r"\(\s*\*+\s*(?:const\s+)?(\w+)")
_LAST_WORD = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?::\s*\w+\s*)?$")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an initialiser: its name when it is written or `position` among the unnamed, its text and line."""

    name: str | None
    position: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One structure of an initialiser: `index` as written or counted, None when it is no array."""

    index: str | None
    line: int
    members: tuple[Member, ...]


def entries(text: str, first_line: int) -> tuple[Entry, ...]:
    """The entries of the initialiser whose `{` opens `text`; its first character stands on `first_line`."""
    text = preprocess.without_comments(text)
    text = re.sub(r"(?m)^[ \t]*#[^\n]*", lambda match: " " * len(match.group()), text)
    opening = text.find("{")
    if opening < 0:
        return ()
    closing = csyntax.matching(text, opening)
    parts = _parts(text, opening + 1, closing)
    found: list[Entry] = []
    members: list[Member] = []
    counted = 0
    for start, end in parts:
        part = text[start:end]
        line = first_line + text.count("\n", 0, start + len(part) - len(part.lstrip()))
        index = _DESIGNATED_INDEX.match(part)
        rest = part[index.end() :] if index else part
        if index or rest.lstrip().startswith("{"):
            label = index.group(1) if index else str(counted)
            counted = int(label) + 1 if label.isdigit() else counted + 1
            inner = start + (index.end() if index else 0)
            found.append(Entry(label, line, _members(text, inner, end, first_line)))
        else:
            members.append(_member(text, start, end, first_line, len(members)))
    if members and not found:
        return (Entry(None, first_line, tuple(members)),)
    return tuple(found)


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The comma-separated parts of text[start:end], empty ones left out."""
    parts = []
    at = begin = start
    while at < end:
        char = text[at]
        if char in "([{":
            at = csyntax.matching(text, at)
        elif char in "\"'":
            at += 1
            while at < end and text[at] != char:
                at += 2 if text[at] == "\\" else 1
        elif char == ",":
            parts.append((begin, at))
            begin = at + 1
        at += 1
    parts.append((begin, end))
    return [(first, last) for first, last in parts if text[first:last].strip()]


def _members(text: str, start: int, end: int, first_line: int) -> tuple[Member, ...]:
    opening = text.find("{", start, end)
    if opening < 0:
        return (_member(text, start, end, first_line, 0),)
    closing = csyntax.matching(text, opening)
    return tuple(
        _member(text, first, last, first_line, position)
        for position, (first, last) in enumerate(_parts(text, opening + 1, closing))
    )


def _member(text: str, start: int, end: int, first_line: int, position: int) -> Member:
    part = text[start:end]
    line = first_line + text.count("\n", 0, start + len(part) - len(part.lstrip()))
    named = _DESIGNATED_MEMBER.match(part)
    value = part[named.end() :] if named else part
    return Member(named.group(1) if named else None, position, " ".join(value.split()), line)


def struct_members(text: str) -> tuple[tuple[str, str], ...]:
    """The members of a structure as (name, type), in order; `text` is its definition. Anonymous members are passed over."""
    text = preprocess.without_comments(text)
    text = re.sub(r"(?m)^[ \t]*#[^\n]*", "", text)
    opening = text.find("{")
    if opening < 0:
        return ()
    body = text[opening + 1 : csyntax.matching(text, opening)]
    found = []
    begin = at = 0
    while at < len(body):
        if body[at] in "([{":
            at = csyntax.matching(body, at)
        elif body[at] == ";":
            found += _declared(" ".join(body[begin:at].split()))
            begin = at + 1
        at += 1
    return tuple(found)


def _declared(declaration: str) -> list[tuple[str, str]]:
    pointer = _FUNCTION_POINTER.search(declaration)
    if pointer:
        return [(pointer.group(1), declaration[: pointer.start()].strip() + " (*)()")]
    parts = csyntax.split_arguments(declaration)
    found = []
    base = ""
    for part in parts:
        named = _LAST_WORD.search(part)
        if named is None:
            continue
        if not base:
            base = part[: named.start()].strip()
        found.append((named.group(1), base))
    return found
