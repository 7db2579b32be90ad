"""Large texts are read around hints only, and after an edit only where it was made; the answer is always the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from oopsight import formats, model
from oopsight.formats import _reading, _regions
from support import cases

STACK = """\
B::v.f_/task_0xC6D60000
-000|sample_switch(prev = 0xC6D60000, next = 0xC1830580)
-001|sample_schedule(inline)
-001|sample_wait(lock = 0xC5D64210)
    |  lock = 0xC5D64210
    |  ret = ???
-002|sample_thread(data = 0xC5D64200)  // waits here
-003|sample_entry(asm)
---|end of frame""".split("\n")
WINDOW = """\
sample_counts = (
  (counter = 0),
  (counter = 7))""".split("\n")


def _console(count: int, start: int = 0) -> list[str]:
    return [
        f"[{at // 100:5d}.{at:06d}] sample: event {at} is done"
        for at in range(start, start + count)
    ]


def _fresh(lines: Sequence[str]) -> model.Parsed:
    _reading.forget()
    return _parse(lines)


def _parse(lines: Sequence[str]) -> model.Parsed:
    return formats.parse(_document(lines))


def _document(lines: Sequence[str]) -> model.Document:
    return model.Document("log", 0, tuple(lines))


def _large() -> list[str]:
    lines = _console(3000)
    for at in (2500, 1700, 1650, 40):
        lines[at:at] = STACK
    lines[900:900] = WINDOW
    return lines


def test_a_large_text_is_read_like_its_parts() -> None:
    """Each stack of a large text has the frames that it has alone, at its own place."""
    (alone,) = _fresh(STACK).crashes
    (crash,) = _fresh(_large()).crashes
    assert len(crash.stacks) == 4
    starts = (40, 1650 + len(STACK) + len(WINDOW), 1700 + 2 * len(STACK) + len(WINDOW), 0)
    for stack in crash.stacks:
        assert [f.code.symbol for f in stack.frames] == [
            f.code.symbol for f in alone.stacks[0].frames
        ]
        assert stack.title == "B::v.f_/task_0xC6D60000"
        first = stack.frames[0].spans[0]
        assert _large()[first.line].startswith("-000|sample_switch")
    assert crash.stacks[0].frames[0].spans[0].line == starts[0] + 1
    assert [window.name for window in crash.windows] == ["sample_counts"]


def test_regions_cover_hints_and_do_not_overlap() -> None:
    """Every hint lies in a region with what stands around it; regions are in order and apart."""
    chance = random.Random(1)
    for _ in range(40):
        lines = _console(chance.randrange(1500, 4000))
        hot = sorted(chance.sample(range(len(lines)), chance.randrange(1, 12)))
        for at in hot:
            lines[at] = chance.choice(("-001|f(a = 1)", " ---|end of frame", "x = ("))
        regions = _regions.find(_document(lines), formats.hints())
        assert all(low < high for low, high in regions)
        assert all(end <= start for (_, end), (start, _) in pairwise(regions))
        for at in hot:
            assert any(low <= at < high for low, high in regions)
            for around in range(
                max(0, at - _regions.AROUND), min(len(lines), at + _regions.AROUND)
            ):
                assert any(low <= around < high for low, high in regions)


def test_no_hint_no_region() -> None:
    """A log in which nothing hints at a callstack is not read at all."""
    assert _regions.find(_document(_console(5000)), formats.hints()) == []
    assert _fresh(_console(5000)).crashes == ()


def _edit(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    kind = chance.randrange(6)
    if kind == 0:
        lines.insert(at, chance.choice(("", "words", *STACK)))
    elif kind == 1:
        del lines[at : at + chance.randrange(1, 4)]
    elif kind == 2:
        lines[at:at] = STACK
    elif kind == 3:
        column = chance.randrange(len(lines[at]) + 1)
        lines[at] = lines[at][:column] + chance.choice("x|(=,)-0") + lines[at][column:]
    elif kind == 4:
        lines[at:at] = _console(chance.randrange(150), at)
    else:
        lines[at] = ""


def test_edits_give_what_a_fresh_reading_gives() -> None:
    """After any edit the remembered answer is the one that reading everything anew gives, places included."""
    chance = random.Random(2)
    for lines in (_large(), list(STACK), STACK * 300):
        _reading.forget()
        for _ in range(25):
            _edit(lines, chance)
            remembered = _parse(lines)
            parts = list(_reading._memory._parts.items())
            assert remembered == _fresh(lines)
            for raw, part in parts:  # what was known before stays known
                _reading._memory.put(raw, part)


def test_only_the_part_around_an_edit_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key pressed in a large text reads some hundred lines, however large the text is."""
    lines = STACK * 5000
    _fresh(lines)
    read: list[int] = []
    original = formats._reading.log.read

    def counted(document: model.Document, first: int = 0, last: int | None = None):
        read.append((last or len(document.lines)) - first)
        return original(document, first, last)

    monkeypatch.setattr(formats._reading.log, "read", counted)
    for at in (1, 20_000, 44_000):
        lines[at] += " "
        _parse(lines)
    lines.insert(10, "one more line")
    _parse(lines)
    assert len(read) == 4
    assert max(read) <= 2 * len(STACK) + 1


def test_progress_counts_the_lines() -> None:
    """Progress grows to the number of lines."""
    seen: list[tuple[int, int]] = []
    lines = _console(50_000)
    formats.parse(
        model.Document("log", 0, tuple(lines)), lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (50_000, 50_000)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "path", [case.path for case in cases.of("formats")], ids=lambda p: Path(p).stem
)
def test_deep_in_a_large_text(path: Path) -> None:
    """Every case has the same stacks and windows when it stands deep in a console log."""
    text = cases.read(path).text.split("\n")
    lines = ["words"] * 2000 + [""] * 3 + text + [""] * 3 + ["words"] * 2000
    alone, deep = _fresh(text).crashes, _fresh(lines).crashes
    assert len(alone) == len(deep)
    for one, other in zip(alone, deep, strict=True):
        assert [len(s.frames) for s in one.stacks] == [len(s.frames) for s in other.stacks]
        assert [w.name for w in one.windows] == [w.name for w in other.windows]
