"""Lines lose their prefixes and odd blanks, and no character loses its place."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from oopsight import log, model


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
        ("[   18.051123] > text", "> text", 15, 18.051123),
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
    raw = "\u00a0\u3000-001|\u2003f(\ufeffa\t= 1)"
    line = _only(raw)
    assert line.text == "  -001| f( a\t= 1)"
    assert line.spans(2, 7) == (model.Span(0, 2, 7),)


def test_line_ends() -> None:
    """CR LF, LF and CR end a line; other separators are text, so that an editor counts the same lines."""
    lines = log.read(model.Document.of("a\r\nb\nc\rd\u2028e\ff"))
    assert [line.text for line in lines] == ["a", "b", "c", "d e\ff"]
    assert [line.number for line in lines] == [0, 1, 2, 3]


@hypothesis.given(
    st.text(alphabet=st.sampled_from("<>[] 0123456789.ab\u00a0한😀\n\t"), max_size=200)
)
def test_no_character_is_lost_or_moved(text: str) -> None:
    """A clean line is the end of the original line, but for blanks; its spans lead back to the same characters."""
    document = model.Document.of(text)
    lines = log.read(document)
    assert [line.number for line in lines] == list(range(len(document.lines)))
    for line in lines:
        for at in range(len(line.text)):
            (span,) = line.spans(at, at + 1)
            original = document.lines[span.line][span.start : span.end]
            assert original == line.text[at] or (original == "\u00a0" and line.text[at] == " ")
        if line.text:
            assert line.spans(0, len(line.text))[0].end == len(document.lines[line.number])


def test_long_line_is_read_in_time() -> None:
    """Ten million characters that look like prefixes up to the last one are no trouble."""
    for text in ("[" + " " * 10**7, ">" * 10**7, "<1>" * 10**6, "\u00a0" * 10**6):
        _only(text)
