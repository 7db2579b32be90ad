"""Texts without a crash give no crash: whatever has bars, dashes, numbers and parentheses, and is no callstack."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from oopsight import formats, model
from oopsight.util import texts
from support import cases, damages, truth

CASES = cases.of("negatives")
CORPUS = truth.SHARED / "corpus"
# These folders hold the texts with stacks of the debugger.
_WITH_STACKS = ("trace32", "twins")
# Fuzzing logs say what crash they hold: those that say nothing hold none.
_SAYS = re.compile(r"^TITLE: \S", re.MULTILINE)
_NO_TEXTS = (".json", ".tsv", ".ko", ".md", ".c")
# Of the great logs a part is read in every run, all of them in the slow one.
_SOME_BYTES = 60_000


def _frames(text: str, format_: str | None = None) -> list[str]:
    """The frames of a text, of one format or all."""
    parsed = formats.parse(model.Document.of(text))
    stacks = [
        stack
        for crash in parsed.crashes
        for stack in crash.stacks
        if format_ in (None, stack.format)
    ]
    lines = parsed.document.lines
    return [
        f"{f.code.symbol or f.code.address}: {lines[f.spans[0].line]!r}"
        for stack in stacks
        for f in stack.frames
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_crash(case: cases.Case) -> None:
    """None of these texts is a callstack, whole or line by line."""
    assert case.facts == ("CRASH: none",)
    assert _frames(case.text) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_crash_after_damage(case: cases.Case) -> None:
    """No damage makes a callstack of what is none; what was cut off cannot speak against it."""
    found = {}
    for damage in damages.LOSSLESS:
        if damage.adds:
            continue
        frames = _frames(damage.change(case.text, random.Random(7)))
        if frames:
            found[damage.name] = frames[:3]
    assert found == {}


def _corpus() -> Iterator[Path]:
    for path in sorted(CORPUS.rglob("*")):
        folder = path.relative_to(CORPUS).parts[0]
        if path.is_file() and folder not in _WITH_STACKS and path.suffix not in _NO_TEXTS:
            yield path


def _claimed(paths: Iterator[Path] | list[Path], most: int | None) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        data = path.read_bytes()
        frames = _frames(texts.decode(data[:most]), "trace32")
        if frames:
            found[str(path.relative_to(CORPUS))] = frames[:3]
    return found


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the texts of real crashes are not on this machine")
def test_no_stack_of_the_debugger_in_some_other_texts() -> None:
    """Crashes of other formats, prose and logs: the beginning of every seventh."""
    assert _claimed(list(_corpus())[::7], _SOME_BYTES) == {}


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the texts of real crashes are not on this machine")
def test_no_stack_of_the_debugger_in_all_other_texts() -> None:
    """Crashes of other formats, prose and logs, all of them."""
    assert _claimed(_corpus(), None) == {}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the texts of real crashes are not on this machine")
def test_fuzzing_logs_without_a_crash() -> None:
    """Of what a fuzzer collected, the texts that state no title hold no crash."""
    found = {}
    for path in sorted((CORPUS / "syzkaller" / "report").iterdir()):
        text = texts.decode(path.read_bytes())
        head, _, log = text.partition("\n\n")
        if path.suffix == "" and not _SAYS.search(head):
            titles = [crash.title for crash in formats.parse(model.Document.of(log)).crashes]
            if titles:
                found[path.name] = titles
    assert found == {}
