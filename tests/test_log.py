"""Lines lose their prefixes and odd blanks, and no character loses its place."""

from __future__ import annotations

import random
import time

import hypothesis
import pytest
from hypothesis import strategies as st

from oopsight import log, model
from oopsight.log import calm, characters, lines, repairs, ropes
from support import cases, pictures


def _only(text: str) -> model.LogLine:
    (line,) = log.read(model.Document.of(text))
    return line


@pytest.mark.parametrize("prefix", log.PREFIXES, ids=lambda prefix: prefix.title)
def test_prefix_reads_its_sample(prefix: log.Prefix) -> None:
    """The sample of a row begins with its prefix, and taking it off leaves text."""
    found = prefix.pattern.match(prefix.sample)
    assert found
    assert 0 < found.end() < len(prefix.sample)
    assert not _only(prefix.sample).text.startswith(found.group())


@pytest.mark.parametrize(
    ("raw", "text", "start", "time"),
    [
        ("[   18.051123] sample: lost", "sample: lost", 15, 18.051123),
        ("<4>[   62.189031]  indented", " indented", 18, 62.189031),
        ("[    0.000000] <0>text", "text", 18, 0.0),
        ("> > <6>[12345.000001] text", "text", 22, 12345.000001),
        (">> text", "text", 3, None),
        (">", "", 1, None),
        ("[   18.05] no time", "[   18.05] no time", 0, None),
        ("[   18.051123] > text", "text", 17, 18.051123),
        ("[   18.051123] >ffff888012345680: fb fb", ">ffff888012345680: fb fb", 15, 18.051123),
        ("<4000>text", "<4000>text", 0, None),
        ("plain > text", "plain > text", 0, None),
        ("", "", 0, None),
    ],
)
def test_prefixes_stack(raw: str, text: str, start: int, time: float | None) -> None:
    """Prefixes go in any order and number; what only looks like one stays, and blanks of the text stay."""
    line = _only(raw)
    assert (line.text, line.pieces[0].start, line.time) == (text, start, time)


def test_odd_blanks_become_spaces_one_to_one() -> None:
    """Blanks of web pages and input methods become spaces, tabs stay, and columns do not move."""
    raw = "\u00a0\u3000-001|\u2003f(a\t= 1)"
    line = _only(raw)
    assert line.text == "  -001| f(a\t= 1)"
    assert line.spans(2, 7) == (model.Span(0, 2, 7),)


def test_line_ends() -> None:
    """CR LF, LF and CR end a line; other separators do not, so that an editor counts the same lines."""
    found = log.read(model.Document.of("a\r\nb\nc\rd\u2028e\ff"))
    assert [line.text for line in found] == ["a", "b", "c", "d ef"]
    assert [line.number for line in found] == [0, 1, 2, 3]


@pytest.mark.parametrize("repair", repairs.LINE_REPAIRS, ids=lambda repair: repair.title)
def test_repair_mends_its_sample(repair: repairs.LineRepair) -> None:
    """Each row of the table does what its sample says, and its result needs it no more."""
    damaged = ropes.whole(0, repair.sample)
    assert repair.suspects(repair.sample)
    mended = repair.mend(damaged)
    assert tuple(line.text for line in mended) == repair.becomes


@pytest.mark.parametrize("repair", repairs.BLOCK_REPAIRS, ids=lambda repair: repair.title)
def test_block_repair_mends_its_sample(repair: repairs.BlockRepair) -> None:
    """Each row of the table does what its sample says, and leaves what it has mended alone."""
    assert repair.suspects(repair.sample)
    damaged = [ropes.whole(number, raw) for number, raw in enumerate(repair.sample)]
    clean = repair.mend(damaged)
    assert tuple("" if line.noise else line.text for line in clean) == repair.becomes
    assert repair.mend(clean) is clean


CASES = [case for case in cases.of("log") if case.path.parent.name == "log"]


def _pictured(document: model.Document) -> tuple[str, ...]:
    """One fact for each clean line: where it stands, what is known of it, and its text behind a bar."""
    strands = log.strands(log.read(document))
    facts: list[str] = []
    for strand in strands:
        facts += [f"STRAND: {strand[0].caller}"] if len(strands) > 1 else []
        facts += [_line(line) for line in strand]
    return tuple(facts)


def _line(line: model.LogLine) -> str:
    spans = line.spans(0, len(line.text))
    words = [pictures.place(spans) if line.text else f"{line.number + 1}:{line.pieces[0].start}"]
    words += [str(line.time)] if line.time is not None else []
    words += [line.caller] if line.caller else []
    words += [mark for mark in ("noise", "spliced", "foreign") if getattr(line, mark)]
    return f"LINE: {' '.join(words)} |{line.text}".replace("\t", "\\t")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: cases.Case, update: bool) -> None:
    """The facts on top of a case file are the clean lines of the text below them."""
    facts = _pictured(model.Document.of(case.text))
    if update:
        case.write(facts)
    else:
        assert facts == case.facts


ALPHABET = st.one_of(
    st.sampled_from(
        "<>[](){}|=&;^\\ 0123456789.:,-_/abcdefmpx\u00a0\u200b한😀\n\t\x1b\x00\ud800×…（－"
    ),
    st.sampled_from(
        (
            "[   18.051123]",
            "<br>",
            "</p>",
            "&gt;",
            "&#124;",
            "=3D",
            "=20",
            "=\n",
            "\x1b[31m",
            "[0m",
            "<4>",
            "[ T12]",
        )
    ),
)
TEXTS = st.lists(ALPHABET, max_size=80).map("".join)


@hypothesis.given(TEXTS)
def test_every_place_is_true(text: str) -> None:
    """Whatever the text: it is read, lines are in order, and every span lies inside the document."""
    document = model.Document.of(text)
    found = log.read(document)
    for line in found:
        assert line.number == line.pieces[0].line
        ends = [(piece.line, piece.start) for piece in line.pieces]
        assert ends == sorted(ends)
        for piece, later in zip(line.pieces, line.pieces[1:], strict=False):
            assert piece.at + piece.length <= later.at
        for at in range(len(line.text)):
            for span in line.spans(at, at + 1):
                assert 0 <= span.start < span.end <= len(document.lines[span.line])
    numbers = [line.number for line in found]
    assert numbers == sorted(numbers)
    assert sorted(map(id, found)) == sorted(
        id(line) for part in log.strands(found) for line in part
    )


@hypothesis.given(TEXTS)
def test_every_character_is_its_original(text: str) -> None:
    """A character that is not respelled at another length is the original one, or the plain one for it."""
    document = model.Document.of(text)
    for line in log.read(document):
        for piece in line.pieces:
            if piece.taken is None:
                was = document.lines[piece.line][piece.start : piece.end]
                now = line.text[piece.at : piece.at + piece.length]
                assert now in (was, was.translate(characters.SPELLED_SO), was.replace("×", "x"))


@hypothesis.given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30), st.randoms())
def test_strands_keep_order(times: list[int], chance: random.Random) -> None:
    """Lines of each printer stay together and in their order; lines without a printer follow the line above."""
    raws = [
        f"[{time / 10**6 + at:12.6f}][{chance.choice((' T7073', '    C2'))}] line {at}"
        for at, time in enumerate(times)
    ]
    found = log.strands(log.read(model.Document("", 0, tuple(raws))))
    for strand in found:
        assert len({line.caller for line in strand}) == 1
        stamps = [line.time or 0.0 for line in strand]
        assert stamps == sorted(stamps)
    assert sum(map(len, found)) == len(raws)


@hypothesis.given(
    st.lists(st.text(alphabet=st.sampled_from("-0123456789|abcxyz(,?) _\t"), max_size=60))
)
def test_undamaged_text_is_left_alone(raws: list[str]) -> None:
    """Lines without damage are one to one, also when a part of them is read alone, and reading them again changes nothing."""
    document = model.Document("", 0, tuple(f"-000|{raw}" for raw in raws))
    found = log.read(document)
    assert [line.text for line in found] == list(document.lines)
    assert found[1:-1] == log.read(document, 1, max(1, len(raws) - 1))
    assert all(len(line.pieces) == 1 for line in found)


def test_long_line_is_read_in_time() -> None:
    """Ten million characters that look like prefixes up to the last one are no trouble."""
    for text in ("[" + " " * 10**7, ">" * 10**7, "<1>" * 10**6, "\u00a0" * 10**6):
        _only(text)


@pytest.mark.parametrize(
    "unit",
    ["\u200b&gt;", "<br>", "<a ", "<a x=", "&amp;", "\x1b[", "\x1b]", "[0m", "[31m", "^M", "[   18.051123]", "a[1.000001]", "<c>",
     "\u2026", "=3D", "|", "| ", "12 "],
)  # fmt: skip
def test_damage_in_a_line_is_read_in_linear_time(unit: str) -> None:
    """Ten times the damage in one line costs about ten times as much, not a hundred times."""

    def cost(count: int) -> float:
        lines.forget()
        started = time.process_time()
        log.read(model.Document.of(unit * count))
        return time.process_time() - started

    small = min(cost(1000 + again) for again in range(3))
    large = min(cost(10_000 + again) for again in range(2))
    assert large < 30 * small + 0.05


@pytest.mark.parametrize(
    "unit",
    ["| a", "| | | a", "{} a", "{}a", "12 a", "24 |f(", "a =3D=", "a=", "", "a\n", "**", "** replaying previous printk message **",
     "[   18.051123][ T{}] a[   18.051123][    C1] b", "[   18.051123][ T1] a[   18.051123][ T2]\na[   18.051123][    C1] b"],
)  # fmt: skip
def test_damage_of_many_lines_is_read_in_linear_time(unit: str) -> None:
    """Ten times the damaged lines cost about ten times as much, not a hundred times."""

    def cost(count: int) -> float:
        document = model.Document.of("\n".join(unit.replace("{}", str(at)) for at in range(count)))
        lines.forget()
        started = time.process_time()
        log.read(document)
        return time.process_time() - started

    small = min(cost(300 + again) for again in range(3))
    large = min(cost(3000 + again) for again in range(2))
    assert large < 30 * small + 0.1


@pytest.mark.parametrize("case", [*cases.of("formats"), *cases.of("log")], ids=lambda case: case.id)
def test_the_short_way_is_the_long_way(case: cases.Case) -> None:
    """What is said about lines that nothing happened to is what all repairs together say."""
    document = model.Document.of(case.text)
    found = 0
    for size in (1, 3, 20):
        for first in range(0, len(document.lines), size):
            raws = document.lines[first : first + size]
            calmly = calm.read(raws, first)
            found += calmly is not None
            assert calmly in (None, lines._thoroughly(document, raws, first))
    assert found or "formats/" not in case.id
