"""Laws that hold for every text: nothing fails, every place is true, and what stands below changes nothing above."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies as st

from oopsight import formats, model
from oopsight.formats import _codes, _format, _windows
from support import cases

CASES = cases.of("formats")
SEED = next(case for case in CASES if case.id == "trace32/seed").text


def _parse(text: str) -> model.Parsed:
    return formats.parse(model.Document.of(text))


def _frames(parsed: model.Parsed) -> list[model.Frame]:
    return [f for crash in parsed.crashes for stack in crash.stacks for f in stack.frames]


def _printed(frame: model.Frame) -> tuple[object, ...]:
    """A frame without its columns, and without what the rest of the text says about it."""
    return (
        frame.number,
        _code(frame.code),
        (frame.inlined, frame.crossing, frame.cut, frame.fragment, frame.remarks),
        (frame.reliability, frame.convention, frame.stack, frame.printed, frame.chain),
        frame.callee and _code(frame.callee),
        tuple((one.register, one.number) for one in frame.registers),
        tuple((a.name, a.printed, a.number, a.cut, a.where) for a in frame.arguments),
        tuple(_variable(v) for v in frame.variables),
    )


def _code(code: model.CodeRef) -> tuple[object, ...]:
    place = (code.address, code.address_class, code.offset, code.size, code.module, code.build_id)
    return code.symbol, code.function, *place


def _report(crash: model.Crash) -> tuple[object, ...]:
    """What a crash holds beside its stacks, without columns."""
    return (
        (crash.title, crash.kind, crash.follows, crash.cpu, crash.task, crash.taint),
        (crash.fault_address, crash.release, crash.build_id, crash.hardware, crash.modules),
        [
            [(one.register, one.number, one.code and _code(one.code)) for one in found.registers]
            for found in crash.registers
        ],
        [(code.units, code.width, code.fault) for code in crash.code],
        [(memory.title, memory.address, memory.words, memory.width) for memory in crash.memory],
        [(value.name, value.number, value.names, value.domain) for value in crash.values],
        [
            (m.name, m.index, m.position, m.code and _code(m.code), m.convention)
            for m in crash.mentions
        ],
    )


def _variable(v: model.Variable) -> tuple[object, ...]:
    members = tuple(_variable(m) for m in v.members)
    return (v.name, v.type, v.printed, v.number, v.target, v.text, members)


def _first_line(frame: model.Frame) -> int:
    return frame.spans[0].line


def _check_places(text: str, parsed: model.Parsed) -> None:
    """Every span lies inside the document, and names and values stand where they are said to stand."""
    lines = model.Document.of(text).lines

    def under(span: model.Span | None) -> str | None:
        if span is None:
            return None
        assert 0 <= span.line < len(lines)
        assert 0 <= span.start < span.end <= len(lines[span.line])
        return lines[span.line][span.start : span.end]

    for crash in parsed.crashes:
        assert list(crash.spans) == sorted(crash.spans)
        for stack in crash.stacks:
            assert stack.frames
            assert set(stack.spans) <= set(crash.spans)
            for frame in stack.frames:
                printed = "".join(filter(None, map(under, frame.spans)))
                assert stack.format != "trace32" or re.match(r"-{0,3}[0-9]{1,4}", printed)
                _check_code(frame.code, under)
                if frame.callee is not None:
                    _check_code(frame.callee, under)
                for register in frame.registers:
                    _check_register(register, under)
                for argument in frame.arguments:
                    _check_argument(argument, under)
                for variable in frame.variables:
                    _check_variable(variable, under)
        for variable in crash.windows:
            _check_variable(variable, under)
        for mention in crash.mentions:
            found = under(mention.span)
            assert found
            assert mention.name is None or found.startswith(mention.name)
            if mention.code is not None:
                assert mention.code.name_spans == (mention.span,)
                _check_code(mention.code, under)
        _check_report(crash, under)
        for problem in crash.problems:
            assert problem.message.endswith(".")
            assert under(problem.span)


def _words(spans: tuple[model.Span, ...], under) -> list[str]:
    return re.findall(r"(?<![0-9A-Za-z])[0-9A-Fa-f]+(?![0-9A-Za-z])", " ".join(map(under, spans)))


def _check_code(code: model.CodeRef, under) -> None:
    """The name stands where it is said to stand; without one, the address does."""
    name = "".join(map(under, code.name_spans)).replace("\u00a0", " ")
    assert name
    if code.symbol is not None:
        # A name that was put together from two lines may have a blank of ours in it.
        assert "".join(name.split()) == "".join(code.symbol.split())
    elif code.address_class is None:
        assert int(name, 16) == code.address


def _check_register(register: model.RegisterValue, under) -> None:
    assert register.spans
    text = "".join(map(under, register.spans))
    assert text
    if register.value_spans and register.number is not None:
        assert int("".join(map(under, register.value_spans)), 16) == register.number
    if register.code is not None:
        _check_code(register.code, under)


def _check_report(crash: model.Crash, under) -> None:
    """Titles, registers, instructions, memory and values are what stands at their places."""
    if crash.title is not None:
        # Marks that an editor escaped are read without the backslashes.
        title = "".join(map(under, crash.title_spans)).replace("\u00a0", " ").replace("\\", "")
        assert "".join(crash.title.replace("\\", "").split()) in "".join(title.split())
    for found in crash.registers:
        assert found.registers
        for register in found.registers:
            _check_register(register, under)
    for code in crash.code:
        assert code.units
        assert code.fault is None or 0 <= code.fault < len(code.units)
        # s390 prints the bytes of an instruction without blanks between, so how wide a unit is stands nowhere.
        words = "".join(_words(code.spans, under)).lower().replace("0", "")
        assert words == "".join(f"{unit:x}" for unit in code.units).replace("0", "")
    for memory in crash.memory:
        assert memory.words
        for span in memory.spans:
            under(span)
    for value in crash.values:
        assert "".join(map(under, value.spans)) == value.printed


def _check_argument(argument: model.Argument, under) -> None:
    whole = "".join(under(span) for span in argument.spans)
    assert "".join(map(under, argument.name_spans)) == (argument.name or "")
    if argument.value_spans:
        # Odd blanks inside a value are the only characters that are read as something else.
        assert "".join("".join(map(under, argument.value_spans)).split()) == "".join(
            argument.printed.split()
        )
    assert argument.printed.split()[-1][-1] == whole.split()[-1][-1]
    if argument.cut:
        assert argument.number is None


def _check_variable(variable: model.Variable, under) -> None:
    assert variable.spans
    for span in variable.spans:
        under(span)
    if variable.name_spans:
        assert "".join(map(under, variable.name_spans)) == variable.name
    if variable.target_spans:
        assert "".join(map(under, variable.target_spans)) == variable.target
    for member in variable.members:
        _check_variable(member, under)


# What callstacks are made of, in pieces that fit together in many wrong ways.
SCRAPS = (
    "-001|", "-002|", "-0003|", "-->|exception", "---|end of frame", "f", "do_page_fault", "(inline)", "(asm)", "(",
    ")", "a = 1", "b = 0xC0", "[X19] ", "[NSD:0xFF] ", ":", ", ", "?", "\"", "'", "\\", "NUR:0x10", "NSX:0x0::0x1",
    "(int) sig = 11 = 0x0B", "(struct s *) p = 0x1 = t[7] -> (", "x = (", " = ", "->", "    |  ", "|", "\n", "\n", "\n",
    " ", "\t", "\u00a0", "> ", "[    1.000000] ", "Call Trace:", " f+0x1/0x2", " ? f+0x1/0x2 [m]", " f from g+0x1/0x2",
    "[<c0010000>]", "RIP: 0010:f+0x1/0x2", "PC is at f+0x1/0x2", "pc : f+0x1/0x2", "RAX: 0000000000000001", "r0 : c0010000",
    "Code: ", " e5812004", " (e5812004)", "Stack: (0xc0010000 to 0xc0010020)", "0000: c0010000 00000001", "BUG: ", "Oops: 0002 [#1]",
    "WARNING: CPU: 1 PID: 2 at ", "CPU: 1 PID: 2 Comm: sh Not tainted 6.1.0 #1", "<IRQ>", "</IRQ>", "---[ end trace 1 ]---",
    "Modules linked in: a(O) b", "<4>", "한국어 😀 ", "// note", "<--- note", "f()", "mm/a.c:12", "t[3]",
    "B::v.f", "cpu1:", "\r", "\u2028", "\0", "\ud800", "{", "}", ";", "...", ".isra.0", "[jt]",
)  # fmt: skip


@hypothesis.given(st.lists(st.sampled_from(SCRAPS), max_size=60).map("".join))
@hypothesis.settings(max_examples=600)
def test_scraps(text: str) -> None:
    """Pieces of callstacks in any order give an answer, always the same, with true places."""
    parsed = _parse(text)
    _check_places(text, parsed)
    assert _parse(text) == parsed


@hypothesis.given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Any text whatever gives an answer with true places."""
    _check_places(text, _parse(text))


@hypothesis.given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Bytes that were read in a wrong encoding are a text like any other."""
    for text in (data.decode("latin-1"), data.decode("utf-8", "surrogateescape")):
        _check_places(text, _parse(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cut_below_a_line(case: cases.Case) -> None:
    """A text that ends after a line has the frames that stand up to there, and no others."""
    lines = case.text.split("\n")
    whole = _frames(_parse(case.text))
    # Without end the only frames of a text count even where they stand behind other text.
    strict = any(line.lstrip("> ").startswith("-") for line in lines)
    debugger = case.path.parent.name == "trace32"
    for end in range(len(lines)):
        text = "\n".join(lines[:end]) + "\n"
        parsed = _parse(text)
        _check_places(text, parsed)
        if not debugger:
            needs_more = case.path.parent.name in _TOLD_BY_SEVERAL
            _check_cut_report(_frames(parsed), _parse(case.text), 0 if needs_more else end)
        if not debugger or not strict:
            continue
        kept = _frames(parsed)
        begun = [frame for frame in whole if _first_line(frame) < end]
        assert [_first_line(frame) for frame in kept] == [_first_line(frame) for frame in begun]
        for frame, original in zip(kept, begun, strict=True):
            if original.spans[-1].line < end:
                # Rows below the last frame may be cut off.
                assert _printed(frame)[:-1] == _printed(original)[:-1]
            else:  # a frame on several lines, not all of which are there
                assert frame.cut
                assert frame.code.symbol == original.code.symbol


# What tracers print is told by several lines, and what a tool decoded by the lines below.
_TOLD_BY_SEVERAL = ("bpf_stacks", "decoded_trace", "perf_script", "retsnoop")


def _check_cut_report(kept: list[model.Frame], whole: model.Parsed, end: int) -> None:
    """The frames above the cut, and places that are none where the text goes on: a title's, or the pc's."""
    places = {(frame.spans, _code(frame.code)) for frame in kept}
    begun = [frame for frame in _frames(whole) if frame.spans[-1].line < end]
    assert {(frame.spans, _code(frame.code)) for frame in begun} <= places
    known = {code.symbol for code in _codes_of(whole)}
    for frame in kept:
        # An address stands before its name, which is on the line below.
        nameless = frame.code.symbol is None and frame.convention is model.Convention.EXACT
        assert nameless or frame.code.symbol in known


def _codes_of(parsed: model.Parsed) -> Iterator[model.CodeRef]:
    """Every place in code of a text."""
    for frame in _frames(parsed):
        yield frame.code
    for crash in parsed.crashes:
        yield from (one.code for one in crash.mentions if one.code is not None)
        for found in crash.registers:
            yield from (one.code for one in found.registers if one.code is not None)


def test_cut_at_every_column() -> None:
    """A text cut anywhere: frames above stay, and the last is whole, or said to be cut, or not there."""
    whole = {_first_line(f): f for f in _frames(_parse(SEED))}
    for end in range(len(SEED)):
        text = SEED[:end]
        parsed = _parse(text)
        _check_places(text, parsed)
        last_line = text.count("\n")
        for frame in _frames(parsed):
            original = whole[_first_line(frame)]
            if _first_line(frame) < last_line or not frame.cut:
                assert _printed(frame) == _printed(original)
            elif not original.cut:
                assert any(
                    p.code == "cut-short" and p.span.line == last_line for p in _problems(parsed)
                )
        assert len(_frames(parsed)) >= sum(line < last_line for line in whole)


def _problems(parsed: model.Parsed) -> Iterator[model.Problem]:
    return (problem for crash in parsed.crashes for problem in crash.problems)


def test_cut_argument_is_never_a_number() -> None:
    """No prefix of a value is taken for the value, wherever the text ends."""
    values = {
        (_first_line(f), a.name): a.number
        for f in _frames(_parse(SEED))
        for a in f.arguments
        if a.name
    }
    for end in range(len(SEED)):
        for frame in _frames(_parse(SEED[:end])):
            for argument in frame.arguments:
                if argument.name and argument.number is not None:
                    assert argument.number == values[_first_line(frame), argument.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize(
    "damage",
    [
        lambda line: f"> {line}",
        lambda line: f"> > {line}",
        lambda line: f"<4>[   18.051123] {line}",
        lambda line: line.replace(" ", "\u00a0"),
        lambda line: line + "\r",
        lambda line: line + "   ",
    ],
    ids=["quoted", "quoted twice", "console", "no-break spaces", "CR LF", "blanks at the end"],
)
def test_transport_changes_columns_only(case: cases.Case, damage) -> None:
    """Quote marks, console prefixes, odd blanks and line ends change the columns and nothing else."""
    damaged = "\n".join(damage(line) for line in case.text.split("\n"))
    parsed = _parse(damaged)
    _check_places(damaged, parsed)
    plain = _parse(case.text)
    assert [_printed(f) for f in _frames(parsed)] == [_printed(f) for f in _frames(plain)]
    assert [_variable(w) for c in parsed.crashes for w in c.windows] == [
        _variable(w) for c in plain.crashes for w in c.windows
    ]
    assert [_report(crash) for crash in parsed.crashes] == [
        _report(crash) for crash in plain.crashes
    ]


def test_text_before_a_frame_moves_its_columns() -> None:
    """A frame behind Korean text and an emoji stands that many code points further right."""
    lead = "재현 😀 로그: "
    lines = SEED.split("\n")
    for number, line in enumerate(lines):
        if "|" not in line:
            continue
        text = "\n".join([*lines[:number], lead + line, *lines[number + 1 :]])
        plain, moved = _frames(_parse(SEED)), _frames(_parse(text))
        assert [_printed(f) for f in moved] == [_printed(f) for f in plain]
        for before, after in zip(plain, moved, strict=True):
            shift = len(lead) if _first_line(before) == number else 0
            assert [(s.line, s.start + shift, s.end + shift) for s in before.spans] == [
                (s.line, s.start, s.end) for s in after.spans
            ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_doubled(case: cases.Case) -> None:
    """A text that was pasted twice has its frames twice."""
    once = [_printed(f) for f in _frames(_parse(case.text))]
    text = case.text + case.text
    if case.path.parent.name != "trace32":
        # So far apart nothing of the one belongs to the other.
        text = case.text + "\n" * 50 + case.text
    parsed = _parse(text)
    _check_places(text, parsed)
    assert [_printed(f) for f in _frames(parsed)] == once * 2


def test_interleaved_with_other_lines() -> None:
    """Lines of other things between the lines of a stack do not change its frames."""
    others = (
        "",
        "text",
        "sample: probe done",
        "[    1.000000] sample: again",
        "foo(bar);",
        "  ",
        "가나다",
    )
    expected = [_printed(f) for f in _frames(_parse(SEED))]
    chance = random.Random(1)
    for _ in range(100):
        lines: list[str] = []
        for line in SEED.split("\n"):
            lines += chance.choices(others, k=chance.randrange(3))
            lines.append(line)
        text = "\n".join(lines)
        parsed = _parse(text)
        _check_places(text, parsed)
        assert [_printed(f) for f in _frames(parsed)] == expected


def test_shuffled_lines_and_flipped_characters() -> None:
    """Lines out of order and characters that were lost or changed never end the reading."""
    chance = random.Random(2)
    text = "".join(case.text for case in CASES)
    for _ in range(60):
        lines = text.split("\n")
        chance.shuffle(lines)
        characters = list("\n".join(lines))
        for _ in range(40):
            at = chance.randrange(len(characters))
            characters[at] = chance.choice(("", "(", ")", '"', "|", "=", "\n", "é", "0"))
        damaged = "".join(characters)
        _check_places(damaged, _parse(damaged))


# Each repeats to any length and is the worst of its kind for one rule or reader.
HOSTILE = {
    "blanks": " ",
    "bars": "|",
    "dashes": "-",
    "frames on one line": "-001|f(a = 1)",
    "frames": "-001|f(a = 1)\n",
    "inline frames": "-001|f(inline)\n",
    "open frames": "-001|f(\n",
    "leads": "a -001|\n",
    "lead blanks": "a" + " " * 99,
    "markers": "-->|exception\n",
    "arguments": "-001|f(" + "?," * 400 + "\n",
    "parentheses": "(",
    "pairs": "()",
    "windows": "x = (\n",
    "typed windows": "(int) x = 1 = (\n",
    "types": "(int) ",
    "members": "x = (a = 1,\n",
    "rows": "-001|f()\n    |  a = (\n",
    "names": "a",
    "paths": "a/",
    "dots": "a.c",
    "calls": "a()",
    "indexes": "a[1]",
    "quotes": '"',
    "escapes": "\\",
    "apostrophes": "'",
    "prefixes": "[    1.000000] ",
    "quote marks": "> ",
    "empty lines": "\n",
    "digits": "9",
    "offsets": "f+0x1/0x2 ",
    "frames of a kernel": " f+0x1/0x2 [m]\n",
    "callees": " f from g+0x1/0x2\n",
    "addresses": "[<c0010000>] ",
    "registers": "RAX: 0000000000000001 ",
    "register lines": "RAX: 0000000000000001 RBX: 0000000000000002\n",
    "instructions": "Code: 00 01 02\n",
    "words": "0000: c0010000 00000001\n",
    "titles": "BUG: kernel NULL pointer dereference, address: 0000000000000008\n",
    "kinds of stack": "<IRQ>\n",
    "modules": "Modules linked in: a(O) b\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_time(name: str) -> None:
    """Much of the worst kind, alone and inside a frame or a window, costs tenths of seconds and not minutes."""
    unit = HOSTILE[name]
    for opening in (
        "",
        "-001|f(a = ",
        "-001|f()\n(int) x = 0x1 = t[1] -> (\n",
        "-001|f()\n    |  a = (",
    ):
        text = opening + unit * (50_000 // len(unit))
        started = time.process_time()
        _parse(text)
        # Linear reading takes a tenth of this on a slow machine; anything worse takes much more.
        assert time.process_time() - started < 6


def test_depth_is_bounded() -> None:
    """Groups below the deepest are passed over, and what stands behind them is still read."""
    depth = 20_000
    text = (
        "-001|f()\nx = (\n"
        + "a = (\n" * depth
        + "b = 1)\n"
        + ")\n" * (depth - 1)
        + "c = 2)\n-002|g()\n"
    )
    parsed = _parse(text)
    assert len(_frames(parsed)) == 2
    (window,) = parsed.crashes[0].windows
    deepest = 0
    while window.members:
        window = window.members[0]
        deepest += 1
    assert deepest == _windows.DEEPEST


def test_no_function_has_that_many_arguments() -> None:
    """A frame with more arguments than any function keeps the first ones and says so."""
    text = "-001|f(" + "?, " * 1000 + "?)"
    (frame,) = _frames(_parse(text))
    assert len(frame.arguments) == 256
    assert not frame.cut
    assert [p.code for p in _problems(_parse(text))] == ["too-many-arguments"]


@pytest.mark.parametrize(
    ("symbol", "function"),
    [
        ("plain", "plain"),
        ("a.isra.43.constprop.50", "a"),
        ("a.part.8.cold", "a"),
        ("a.llvm.123456789", "a"),
        ("a[jt]", "a"),
        (".entry", "entry"),
        (".entry.isra.0", "entry"),
        ("__pfx_a", "a"),
        ("a.cfi_jt", "a"),
        ("a.__uniq.12345.llvm.678", "a"),
        ("_RNvXs_Ct1_6sampleNtB4_4Unit3run", "_RNvXs_Ct1_6sampleNtB4_4Unit3run"),
        ("_ZN6sample3runEv.cold", "_ZN6sample3runEv"),
        ("a.123", "a"),
        ("bpf_prog_1234_name", "bpf_prog_1234_name"),
        ("a.own", "a.own"),
    ],
)
def test_function_of(symbol: str, function: str) -> None:
    """What compilers append goes, what belongs to a name stays."""
    assert _codes.function_of(symbol) == function


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-6", -6),
        ("0x01F4", 500),
        ("-0x10", -16),
        ("2147483648", 2**31),
        ("TRUE", None),
        ("?", None),
        ("0x", None),
        ("12a", None),
        ("", None),
        ("９", None),
        ("9" * 5000, None),
        ("0x" + "F" * 33, None),
    ],
)
def test_number_of(text: str, number: int | None) -> None:
    """Decimal, hex and negative numbers up to 128 bits; everything else is no number."""
    assert _format.number_of(text) == number
