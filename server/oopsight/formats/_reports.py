"""Events of all parts of a text → crashes, in the order of the text.

A crash begins with a title; what the same printer says afterwards belongs to it until it has ended and something new
begins. What has no title above it is a crash of its own without a title.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from oopsight import model
from oopsight.formats import _events

_LINE = operator.attrgetter("line")
# So many lines below the last of its lines a crash goes on without a word that says so.
_FARTHEST = 40
# What reports of many kinds begin or end with: the message beside it says more.
_GENERAL = frozenset(("oops", "bug", "warning", "panic"))


# Reports of which each has one title.
_OF_THEIR_OWN = frozenset(("lockdep", "hung-task", "rcu-stall", "soft-lockup", "hard-lockup"))


@dataclass(slots=True)
class _Draft:
    """A crash while it is put together."""

    boot: int
    title: _events.Title | None = None
    title_spans: tuple[model.Span, ...] = ()
    ended: bool = False
    last: int = 0
    body_last: int = -1  # the last line of its stacks and registers
    facts: list[_events.Facts] = field(default_factory=list)
    stacks: list[model.Stack] = field(default_factory=list)
    registers: list[model.RegisterSet] = field(default_factory=list)
    code: list[model.CodeBytes] = field(default_factory=list)
    memory: list[model.MemoryWords] = field(default_factory=list)
    values: list[model.PrintedValue] = field(default_factory=list)
    modules: dict[str, model.Module] = field(default_factory=dict)
    mentions: list[model.SourceMention] = field(default_factory=list)
    spans: list[model.Span] = field(default_factory=list)

    def has_body(self) -> bool:
        """Whether something was printed below its titles that only a report prints."""
        return bool(self.stacks or self.registers)


def crashes(
    events: Iterable[_events.Event], arch: str | None
) -> tuple[tuple[model.Crash, ...], tuple[model.SourceMention, ...]]:
    """The crashes of a text of this architecture, in the order of the text; where it has none, the places in code that it names."""
    maker = _Maker()
    for event in sorted(events, key=_place):
        maker.take(event)
    found = maker.finished(arch)
    return found, () if found else maker.lost()


def _place(event: _events.Event) -> tuple[int, int]:
    """Where an event stands; numbers are compared faster than spans."""
    if not event.spans:
        return -1, -1
    first = event.spans[0]
    return first.line, first.start


class _Maker:
    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.current: dict[str | None, _Draft] = {}
        self.early: list[model.SourceMention] = []
        self.boot = 0

    def take(self, event: _events.Event) -> None:
        what, line = event.what, event.spans[0].line if event.spans else 0
        if isinstance(what, _events.Boot):
            self.boot += 1
            self.current.clear()
            return
        draft = self.current.get(event.caller)
        if isinstance(what, model.SourceMention):
            # A place that is named before anything crashed belongs to what follows.
            (self.early if draft is None else draft.mentions).append(what)
            return
        if isinstance(what, _events.End):
            if draft is not None and (draft.has_body() or not what.border):
                draft.ended = True
                self._note(draft, event)
            return
        if draft is None or self._begins(draft, what, line):
            if isinstance(
                what,
                (
                    _events.Modules,
                    _events.Facts,
                    model.PrintedValue,
                    model.CodeBytes,
                    model.MemoryWords,
                ),
            ) and not _opens(what):
                return
            draft = _Draft(self.boot)
            self.drafts.append(draft)
            self.current[event.caller] = draft
        self._add(draft, event)

    @staticmethod
    def _begins(draft: _Draft, what: _events.What, line: int) -> bool:
        """Whether an event is of another crash than the open one."""
        far = line - draft.last > _FARTHEST
        if isinstance(what, _events.Title):
            if (
                what.joins
                and not far
                and not draft.ended
                and (draft.body_last < 0 or line <= draft.body_last)
            ):
                # A stack can begin above: the place of the fault stands between two titles. After a panic nothing
                # more is said about its cause: an oops below it is another one.
                panic = draft.title is not None and draft.title.crash == "panic"
                return panic and what.crash not in (None, "panic")
            known = None if draft.title is None else draft.title.crash
            again = what.crash == known and what.crash in _OF_THEIR_OWN
            return draft.has_body() or draft.ended or far or again
        if isinstance(what, model.Stack):
            return far or (draft.ended and bool(draft.stacks))
        return far

    def _add(self, draft: _Draft, event: _events.Event) -> None:
        what = event.what
        if isinstance(what, _events.Title):
            if draft.title is None or _names_better(what, draft.title):
                draft.title, draft.title_spans = what, event.spans
            elif draft.title.fault_address is None and what.fault_address is not None:
                draft.title = replace(draft.title, fault_address=what.fault_address)
        elif isinstance(what, _events.Facts):
            draft.facts.append(what)
        elif isinstance(what, _events.Modules):
            draft.modules.update((module.name, module) for module in what.modules)
        elif isinstance(what, model.Stack):
            draft.stacks.append(what)
            draft.body_last = max(draft.body_last, event.spans[-1].line)
        elif isinstance(what, model.RegisterSet):
            draft.registers.append(what)
            draft.body_last = max(draft.body_last, event.spans[-1].line)
        elif isinstance(what, model.CodeBytes):
            draft.code.append(what)
        elif isinstance(what, model.MemoryWords):
            draft.memory.append(what)
        elif isinstance(what, model.PrintedValue):
            draft.values.append(what)
        self._note(draft, event)

    @staticmethod
    def _note(draft: _Draft, event: _events.Event) -> None:
        draft.spans += event.spans
        draft.last = max(draft.last, max(map(_LINE, event.spans), default=0))

    def finished(self, arch: str | None) -> tuple[model.Crash, ...]:
        """The crashes; one that consists of facts alone is none."""
        kept = [one for one in self.drafts if one.has_body() or _names_crash(one.title)]
        if kept:
            kept[0].mentions[:0] = self.early
        first: dict[int, int] = {}
        found = []
        for at, draft in enumerate(kept):
            found.append(_crash(draft, arch, first.get(draft.boot)))
            first.setdefault(draft.boot, at)
        return tuple(found)

    def lost(self) -> tuple[model.SourceMention, ...]:
        """The places in code of a text without a crash."""
        mentions = (*self.early, *(one for draft in self.drafts for one in draft.mentions))
        found = {one.span: one for one in mentions if one.code is not None}
        return tuple(found[span] for span in sorted(found))


def _names_crash(title: _events.Title | None) -> bool:
    """Whether a title alone is a crash."""
    return title is not None and title.crash not in (None, "trace") and not title.weak


def _names_better(title: _events.Title, known: _events.Title) -> bool:
    """Whether a later title says what happened where the first one says nothing or little."""
    if known.crash is None:
        return title.crash is not None
    if title.crash is None or title.weak:
        return False
    return known.weak or (known.crash in _GENERAL and title.crash not in _GENERAL)


def _opens(what: _events.What) -> bool:
    """Whether facts begin a crash by themselves: who ran, and where."""
    return isinstance(what, _events.Facts) and what.pid is not None


def _crash(draft: _Draft, arch: str | None, follows: int | None) -> model.Crash:
    def first(name: str) -> object | None:
        return next((v for one in draft.facts if (v := getattr(one, name)) is not None), None)

    title = draft.title
    stacks = draft.stacks
    if not stacks and title is not None and title.named is not None:
        stacks = [title.named]
    # Who ran and where is said best on one line: a report can name other tasks, too.
    named = (one for one in draft.facts if one.comm is not None and one.pid is not None)
    who = next(named, None)
    comm, pid = (who.comm, who.pid) if who is not None else (first("comm"), first("pid"))
    cpu = who.cpu if who is not None and who.cpu is not None else first("cpu")
    address = title.fault_address if title is not None else None
    return model.Crash(
        title=None if title is None else title.text,
        arch=arch,
        spans=_in_order(draft.spans),
        stacks=tuple(stacks),
        mentions=tuple(sorted(draft.mentions, key=lambda one: one.span)),
        release=_text(first("release")),
        kind=_kind(draft),
        follows=follows,
        cpu=_number(cpu),
        task=None if comm is None and pid is None else model.Task(_text(comm), _number(pid)),
        taint=_text(first("taint")),
        fault_address=address if address is not None else _number(first("fault_address")),
        build_id=_text(first("build_id")),
        hardware=_text(first("hardware")),
        modules=tuple(draft.modules.values()),
        registers=tuple(draft.registers),
        code=_without_repeated_code(draft.code),
        memory=tuple(draft.memory),
        values=tuple(draft.values),
        title_spans=draft.title_spans,
    )


def _kind(draft: _Draft) -> str | None:
    """The word for what happened; stacks that somebody asked for are no crash."""
    if draft.title is not None and draft.title.crash is not None:
        return draft.title.crash
    asked = all(stack.role is model.StackRole.PRINTED for stack in draft.stacks)
    return "trace" if draft.stacks and asked else None


def _in_order(spans: Sequence[model.Span]) -> tuple[model.Span, ...]:
    """Spans sorted, each once."""
    known = {(span.line, span.start, span.end): span for span in spans}
    return tuple([known[place] for place in sorted(known)])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _without_repeated_code(found: Sequence[model.CodeBytes]) -> tuple[model.CodeBytes, ...]:
    kept: dict[tuple[int | None, ...], model.CodeBytes] = {}
    for one in found:
        kept.setdefault(one.units, one)
    return tuple(kept.values())
