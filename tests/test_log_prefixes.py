"""The table of prefixes: each row takes its own prefix, rows stack in any order, and text of a crash is none."""

from __future__ import annotations

import itertools
import random
import re
import time

import pytest

from oopsight import log
from oopsight.log import prefixes
from support import cases

CASES = cases.of("log", "prefixes")
TEXT = "sample: probe failed"
ROWS = prefixes.PREFIXES
# These are rows only before a printk time, so that what follows them in their sample is a prefix of another row.
ALONE = tuple(row for row in ROWS if row.title not in ("prompt", "line number"))


def _taken(text: str) -> tuple[int, dict[str, str]]:
    """Where the prefixes of `text` end, and what they print: the table's own meaning, read row by row."""
    start = 0
    printed: dict[str, str] = {}
    while True:
        for row in prefixes.PREFIXES:
            found = row.pattern.match(text, start)
            if found:
                break
        else:
            return start, printed
        assert found.end() > start, f"{row.title} matches nothing"
        start = found.end()
        printed |= {name: value for name, value in found.groupdict().items() if value}


def _facts(text: str) -> tuple[str, ...]:
    facts = []
    for number, line in enumerate(text.splitlines(), 1):
        end, printed = _taken(line)
        words = "".join(f" {name}={printed[name]}" for name in sorted(printed))
        facts.append(f"LINE: {number} +{end}{words}" if end else f"LINE: {number} none")
    return tuple(facts)


def _prefix(row: prefixes.Prefix) -> str:
    found = row.pattern.match(row.sample)
    assert found is not None
    return found.group()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: cases.Case, update: bool) -> None:
    """Each line loses the recorded number of characters and prints the recorded time, caller, CPU and pid."""
    facts = _facts(case.text)
    if update:
        case.write(facts)
    else:
        assert facts == case.facts


def test_texts_of_cases_are_left_whole() -> None:
    """Behind the prefixes stands the text that was written there, with a call trace's own blank and no other."""
    whole = re.compile(
        r"(?i:sample: probe failed)| (?:\? )?sample_read\+0x1b/0x40"
        r"|c0 [ =]|  0xc0ffee| ffffffff81001234<c>|BUG: |board login:|Call trace:|$"
    )
    for case in CASES:
        for line in case.text.splitlines() if case.path.stem != "negatives" else ():
            assert whole.match(line, _taken(line)[0]), line


def test_negatives_are_untouched() -> None:
    (case,) = [case for case in CASES if case.path.stem == "negatives"]
    assert [line for line in case.text.splitlines() if _taken(line)[0]] == []


def test_every_row_has_a_case() -> None:
    lines = [line for case in CASES for line in case.text.splitlines()]
    seen: set[str] = set()
    for line in lines:
        start = 0
        while row := next(
            (row for row in prefixes.PREFIXES if row.pattern.match(line, start)), None
        ):
            seen.add(row.title)
            found = row.pattern.match(line, start)
            assert found is not None
            start = found.end()
    assert sorted({row.title for row in ROWS} - seen) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_sample_loses_exactly_its_prefix(row: prefixes.Prefix) -> None:
    assert row.sample.endswith(TEXT)
    assert row.sample[_taken(row.sample)[0] :] == TEXT
    if row in ALONE:
        assert _prefix(row) + TEXT == row.sample


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_row_claims_its_own_sample(row: prefixes.Prefix) -> None:
    """No earlier row takes the beginning of a sample away from its row: the table is in the right order."""
    first = next(each for each in prefixes.PREFIXES if each.pattern.match(row.sample))
    assert first is row


def test_all_pairs_stack() -> None:
    for outer, inner in itertools.product(ALONE, repeat=2):
        line = _prefix(outer) + inner.sample
        assert line[_taken(line)[0] :] == TEXT, (outer.title, inner.title, line)


def test_random_triples_stack_behind_quote_marks() -> None:
    chance = random.Random(3)
    for _ in range(3000):
        rows = chance.choices(ALONE, k=3)
        line = chance.choice(("", "> ", ">> > ")) + "".join(map(_prefix, rows)) + TEXT
        assert line[_taken(line)[0] :] == TEXT, line


def test_prompts_and_numbers_are_prefixes_only_before_a_printk_time() -> None:
    for prompt in (
        "board login: ",
        "[root@board ~]# ",
        "board:/ $ ",
        "(initramfs) ",
        "41 ",
        "b.log-7-",
    ):
        assert _taken(prompt + TEXT)[0] == 0
        assert _taken(prompt + "[   18.051123] " + TEXT)[0] == len(prompt) + 15
        assert _taken(prompt + "<4>[   18.051123] " + TEXT)[0] == len(prompt) + 18


def test_clock_is_no_process() -> None:
    """A time of day in brackets has the form of Samsung's CPU, name and pid."""
    for clock in ("[12:50:01]", "[12:50:01.789] ", "[12:50:01:789] ", "[2026-11-22 12:50:01] "):
        assert _taken(clock + TEXT) == (len(clock), {})


def test_call_trace_keeps_its_indentation() -> None:
    """Behind any row a frame's own blank stays, where the row's printer puts none or exactly one blank of its own."""
    for row in ALONE:
        line = _prefix(row) + " sample_read+0x1b/0x40"
        glued = not _prefix(row).endswith(" ")
        assert line[_taken(line)[0] :].lstrip() == "sample_read+0x1b/0x40"
        if not glued:
            assert line[_taken(line)[0] :].startswith(" "), row.title


@pytest.mark.parametrize("row", prefixes.NOISE, ids=lambda row: row.title)
def test_noise_is_a_whole_line(row: prefixes.Prefix) -> None:
    assert row.pattern.match(row.sample)
    assert not row.pattern.match(f"{row.sample} | sample_read+0x1b/0x40\n{TEXT}")
    assert not row.pattern.match(TEXT)


def test_groups_are_known() -> None:
    known = {"time", "microseconds", "caller", "cpu", "pid"}
    for row in prefixes.PREFIXES:
        assert set(row.pattern.groupindex) <= known
        found = row.pattern.match(row.sample)
        assert found is not None
        for name, value in ((n, v) for n, v in found.groupdict().items() if v):
            assert re.fullmatch(
                {"time": r"\d+\.\d+", "caller": r"[TC]\d+", "cpu": "[0-9a-f]+"}.get(name, r"\d+"),
                value,
            )


@pytest.mark.parametrize(
    "worst",
    [
        "[", " ", "[ ", "0", "1", "a", "a ", "A", "<", "(", "-", "[a", "a.", "1:", "2026-", "é", "é ", "W/", "W/a ",
        "kernel", "a kern.", "[1:", "[1: a", "-(0)[1:a", "Nov 22 ", "1,", "6,1,1,-", "** ", "# ", "$", "login", "==",
        "[Sun ", "(d", "<34>1 ", "06-19 ", "[pid:", "[Nov22", "> ", "\t",
    ],
)  # fmt: skip
def test_nothing_is_slow(worst: str) -> None:
    """No row reads further than it may: a megabyte of its worst text costs no more than a few hundred characters."""
    text = worst * (10**6 // len(worst))
    began = time.process_time()
    for row in (*prefixes.PREFIXES, *prefixes.NOISE):
        row.pattern.match(text)
    assert time.process_time() - began < 0.05


def test_the_table_is_the_package_s() -> None:
    assert log.PREFIXES is prefixes.PREFIXES
