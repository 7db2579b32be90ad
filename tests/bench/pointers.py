"""Who calls a function through a pointer, by the source: `.show = name` in a table, and `->show(` in functions of the image."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict

import vmlinux

from oopsight import model, tree
from oopsight.tree import dispatch

_CALL = re.compile(r"(?:->|\.)(\w+)\)?[ \t\n]*\(")
_TABLE = re.compile(r"\bstruct[ \t]+(\w+)[^;{}()]*=[ \t\n]*\{")
# A member that so many files call has a common name: without its structure nothing says which call it is.
_MOST_FILES = 5
_TRIES = 20


class Pointers:
    """Calls through members of structures in all files that have functions in the image."""

    def __init__(self, opened: tree.KernelTree, known: list[vmlinux.Function]) -> None:
        self.opened = opened
        self.by_name = {(one.file, one.name): one for one in known}
        names = Counter(one.name for one in known)
        self.alone = {one.name: one for one in known if names[one.name] == 1}
        self.calls: dict[str, dict[str, list[int]]] = defaultdict(dict)
        for file in sorted({one.file for one in known if one.file.endswith(".c")}):
            text = opened.sources.text(file) or ""
            for match in _CALL.finditer(text):
                self.calls[match[1]].setdefault(file, []).append(match.start())

    def callers(
        self, function: vmlinux.Function, chance: random.Random
    ) -> tuple[vmlinux.Function, ...]:
        """The frames behind this function's, innermost first: who calls the member in which it is stored, or is given it.

        Empty where the source does not tell.
        """
        given = self._given(function)
        if given:
            return chance.choice(given)
        one = self._by_member(function, chance)
        return () if one is None else (one,)

    def _given(self, function: vmlinux.Function) -> list[tuple[vmlinux.Function, ...]]:
        """Functions of the same file that pass its name to one that calls its parameter, or call a variable that holds it."""
        text = self.opened.sources.text(function.file) or ""
        name = re.escape(function.name)
        found: list[tuple[vmlinux.Function, ...]] = []
        for match in re.finditer(rf"(?<![\w.>]){name}(?!\w)(?![ \t\n]*\()", text):
            around = self.opened.function_at(function.file, text.count("\n", 0, match.start()) + 1)
            outer = self.by_name.get((function.file, around.name)) if around is not None else None
            if around is None or outer is None or outer == function:
                continue
            body = self.opened.body(around)
            for call in body.calls:
                given = [argument.lstrip("& ") for argument in call.arguments]
                if function.name in given and call.name is not None:
                    between = self._calling(call.name, given.index(function.name), function.file)
                    found += [(between, outer)] if between is not None else []
            held = re.findall(rf"\b(\w+)[ \t]*=[ \t]*&?{name}[ \t]*;", body.text)
            if any(call.name in held for call in body.calls):
                found.append((outer,))
        return found

    def _calling(self, name: str, position: int, file: str) -> vmlinux.Function | None:
        """The function of that name, if it calls its parameter at that position."""
        there = self.by_name.get((file, name)) or self.alone.get(name)
        around = self.opened.function_at(there.file, there.line) if there is not None else None
        if around is None or around.name != name or len(around.parameters) <= position:
            return None
        parameter = around.parameters[position].name
        called = any(call.name == parameter for call in self.opened.body(around).calls)
        return there if called else None

    def _by_member(
        self, function: vmlinux.Function, chance: random.Random
    ) -> vmlinux.Function | None:
        """A function that calls a member in which this one is stored; None where the source does not tell."""
        text = self.opened.sources.text(function.file) or ""
        name = re.escape(function.name)
        found: list[tuple[str, int, str | None]] = []
        for match in re.finditer(rf"(?:->|\.)(\w+)[ \t]*=[ \t]*&?{name}\b", text):
            word = None
            files = self.calls.get(match[1], {})
            tables = list(_TABLE.finditer(text, 0, match.start()))
            if match[0].startswith(".") and tables:
                word = tables[-1][1]
                places = [one for one in files if word in (self.opened.sources.text(one) or "")]
            else:
                places = list(files) if len(files) <= _MOST_FILES else []
            found += [(one, at, word) for one in places for at in files[one]]
        if not found:
            found = self._of_attribute(function)
        chance.shuffle(found)
        for file, at, struct in found[:_TRIES]:
            line = (self.opened.sources.text(file) or "").count("\n", 0, at) + 1
            around = self.opened.function_at(file, line)
            if around is None or (struct is not None and not self._is_of(around, line, struct)):
                continue
            caller = self.by_name.get((file, around.name))
            if caller is not None and caller != function:
                return caller
        return None

    def _is_of(self, around: model.Definition, line: int, struct: str) -> bool:
        """Whether a call through a member on that line goes through such a structure, as the source declares it."""
        body = self.opened.body(around)
        calls = [one for one in body.calls if one.member is not None and one.line == line]
        return any(
            dispatch.type_of(self.opened, body, one.receiver or "") == struct for one in calls
        )

    def _of_attribute(self, function: vmlinux.Function) -> list[tuple[str, int, str | None]]:
        """Calls of `->show(` where the structure of the second parameter is named: macros put it into a table."""
        member = function.name.rpartition("_")[2]
        text = self.opened.sources.lines(function.file) or ()
        header = " ".join(text[function.line - 1 : function.line + 3])
        types = re.findall(r"\bstruct[ \t]+(\w+)", header.split("{")[0])
        if member not in ("show", "store") or len(types) != 2:
            return []
        return [
            (file, at, types[1])
            for file, places in self.calls.get(member, {}).items()
            for at in places
            if types[1] in (self.opened.sources.text(file) or "")[max(0, at - 600) : at]
        ]
