"""The face: words, Markdown, excerpts and the shape of the JSON, on values made by hand."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace

import hypothesis
import hypothesis.strategies as st
import pytest

from oopsight import formats, ide, model, resolve, values
from oopsight.ide import (
    cursors,
    excerpts,
    explain_json,
    explain_text,
    links,
    markdown,
    problems,
    walkthroughs,
    words,
    workspaces,
)

HOSTILE = (
    "[click](command:workbench.action.quit)",
    "![x](http://evil.example/a.png)",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "https://evil.example and www.evil.example and mailto:a@evil.example",
    "```\n# heading\n```",
    "`code` ``more``",
    "a\n\n# heading\n- item",
    "&lt;b&gt; &#60;",
    "\x1b]8;;http://evil.example\x07text\x1b]8;;\x07",
    "safe\u202etxt.exe",
    "| a | b |",
    "~~gone~~ **bold** _it_",
    "\\[x](y)",
)


# Words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 한국어 😀\tx", "plain 한국어 😀\tx"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\nc\x00\x9b", "a\\x0db\\x0ac\\x00\\x9b"),
        ("\u202e\u2028", "\\u202e\\u2028"),
        ("\udcff", "\\xff"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert words.visible(text) == shown


@hypothesis.given(st.text())
def test_visible_text_acts_on_nothing(text: str) -> None:
    shown = words.visible(text)
    assert not any((ord(c) < 0x20 and c != "\t") or 0x7F <= ord(c) <= 0x9F for c in shown)
    shown.encode()  # no lone surrogate


def test_sentences_without_markdown_quote_instead() -> None:
    assert (
        words.plain("`a_b` is cut at `12`, `'x'` is not `") == "'a_b' is cut at '12', 'x' is not `"
    )


def test_addresses_are_shown_in_upper_case() -> None:
    code = model.CodeRef(None, None, 0xA806E848, "NUR")
    frame = model.Frame(1, code, model.FrameKind.USER, ())
    assert words.frame_name(frame) == "NUR:0xA806E848"


# Markdown


def _texts_outside_code(rendered: str) -> str:
    """What is left of a Markdown line when its code spans are taken out, as CommonMark finds them."""
    out, at = [], 0
    while at < len(rendered):
        if rendered[at] == "\\":
            out.append(rendered[at : at + 2])
            at += 2
            continue
        run = re.match("`+", rendered[at:])
        if run is None:
            out.append(rendered[at])
            at += 1
            continue
        closing = re.search(f"(?<!`){run[0]}(?!`)", rendered[at + len(run[0]) :])
        assert closing is not None, f"a code span does not end: {rendered}"
        at += len(run[0]) + closing.end()
    return "".join(out)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", [markdown.Text, markdown.Code, markdown.Strong])
def test_hostile_text_is_only_text(text: str, kind: type[markdown.Text]) -> None:
    rendered = markdown.render([markdown.paragraph(markdown.Text("x "), kind(text))])
    assert "\n" not in rendered
    assert "\x1b" not in rendered
    outside = re.sub(r"\\.", "", _texts_outside_code(rendered)).replace("**", "")
    assert not re.search(r"[\[\]<>`*_!|&~]", outside)
    assert "://" not in outside
    assert "www." not in outside


@hypothesis.given(st.text(alphabet="`[]()<>!\\ *_\n\tab:/.\x1b", max_size=40))
def test_a_code_span_holds_its_text(text: str) -> None:
    rendered = markdown.render([markdown.paragraph(markdown.Text("x "), markdown.Code(text))])
    outside = re.sub(r"\\.", "", _texts_outside_code(rendered))
    assert outside.strip(" x") == ""


@hypothesis.given(st.lists(st.text(alphabet="`~ abc", max_size=12), min_size=1, max_size=4))
def test_a_fence_holds_its_lines(lines: list[str]) -> None:
    rendered = markdown.render([markdown.Fence("c", tuple(lines))]).split("\n")
    fence = rendered[-1]
    assert set(fence) == {"`"}
    assert rendered[0] == fence + "c"
    assert rendered[1:-1] == lines
    assert not any(line.strip().startswith(fence) for line in rendered[1:-1])


def test_a_link_without_a_target_is_code() -> None:
    blocks = [
        markdown.paragraph(markdown.Link("a.c:1", None), markdown.Link("b.c:2", "file:///b.c#L2"))
    ]
    assert markdown.render(blocks) == "`a.c:1`[`b.c:2`](file:///b.c#L2)"
    assert markdown.plain(blocks) == "a.c:1b.c:2"


def test_empty_blocks_leave_no_trace() -> None:
    blocks = [markdown.Items(()), markdown.Fence("c", ()), markdown.paragraph(markdown.Text("x"))]
    assert markdown.render(blocks) == "x"
    assert markdown.plain(blocks) == "x"


@pytest.mark.parametrize("start", ["- x", "+ x", "1. x", "12) x", "# x", "> x", "=== "])
def test_the_start_of_a_line_is_no_list(start: str) -> None:
    rendered = markdown.render([markdown.paragraph(markdown.Text(start))])
    assert re.match(r"\d*\\", rendered)


# Excerpts


FILE = (
    "int other;",
    "static int",
    "first(int a,",
    "      int b)",
    "{",
    "\tint x;",
    *[f"\tstep_{n}();" for n in range(7, 30)],
    "",
    "\t/* why */",
    "\treturn second(a,",
    "\t\t      b);",
    "}",
)


def _lines(path: str) -> tuple[str, ...] | None:
    return FILE if path == "a.c" else None


def _picture(rows: tuple[excerpts.Row, ...]) -> list[str]:
    return [f"{'>' if r.marked else ' '}{r.number or '…'} {r.text.strip()}" for r in rows]


def test_around_marks_its_line() -> None:
    rows = excerpts.around(_lines, model.SourcePos("a.c", 3), 1)
    assert _picture(rows) == [" 2 static int", ">3 first(int a,", " 4 int b)"]


@pytest.mark.parametrize("line", [0, -1, len(FILE) + 1])
def test_nothing_stands_outside_a_file(line: int) -> None:
    assert excerpts.around(_lines, model.SourcePos("a.c", line)) == ()
    assert excerpts.around(_lines, model.SourcePos("b.c", 1)) == ()
    assert excerpts.leading_to(_lines, "a.c", 1, (line,)) == ()


def test_a_long_function_is_shown_by_its_head_and_its_call() -> None:
    rows = excerpts.leading_to(_lines, "a.c", 2, (32,))
    assert _picture(rows) == [
        " 2 static int",
        " 3 first(int a,",
        " 4 int b)",
        " 5 {",
        " … ",
        " 31 /* why */",
        ">32 return second(a,",
        " 33 b);",
    ]


def test_a_short_function_is_shown_whole() -> None:
    rows = excerpts.leading_to(_lines, "a.c", 2, (8,))
    assert [row.number for row in rows] == [2, 3, 4, 5, 6, 7, 8]


def test_blank_stretches_are_left_out() -> None:
    text = ("f()", "{", "", "", "", "", "\tg();", "}")
    rows = excerpts.leading_to(lambda path: text, "a.c", 1, (7,))
    assert [row.number for row in rows] == [1, 2, None, 7]


# A crash made by hand

SPAN = model.Span(0, 5, 10)
TEXT = "-001|inner(x = 4)\n-001|outer(y = 169\n"


def _explained() -> tuple[model.Parsed, model.Explanation]:
    parsed = formats.parse(model.Document.of(TEXT, "untitled:1"))
    inner, outer = parsed.crashes[0].stacks[0].frames
    definition = model.Definition(
        "outer",
        model.DefinitionKind.FUNCTION,
        model.SourcePos("a.c", 3, 0),
        2,
        34,
    )
    value = model.ResolvedValue(
        "y",
        "169",
        169,
        domain="flags",
        text="A | B",
        parts=(model.Part("A", 168, model.SourcePos("a.h", 7)), model.Part("B", 1, None)),
        doubts=("It is cut.",),
        expected=1690,
        cut=True,
        spans=outer.arguments[0].spans,
    )
    hop = model.Hop(
        "second", model.HopKind.INLINE, model.SourcePos("b.h", 1), model.SourcePos("b.h", 2)
    )
    frames = (
        model.ResolvedFrame(
            inner,
            model.Status.AMBIGUOUS,
            candidates=(model.Candidate(model.SourcePos("a.c", 9), ("It can fault.",)),),
            reasons=("Two statements can fault.",),
        ),
        model.ResolvedFrame(
            outer,
            model.Status.EXACT,
            definition,
            model.SourcePos("a.c", 32, 8),
            (model.Evidence.CALL_PATH,),
            ("The only call.",),
            hops=(hop,),
            arguments=(value,),
        ),
    )
    stack = model.ResolvedStack(parsed.crashes[0].stacks[0], frames)
    crash = model.ResolvedCrash(parsed.crashes[0], "arm", (stack,))
    root = model.Root("tree", "/src/linux", "6.1.0")
    return parsed, model.Explanation((root,), (crash,))


VALUE_FIELDS = [
    "name",
    "type",
    "printed",
    "number",
    "hex",
    "bits",
    "domain",
    "text",
    "parts",
    "fields",
    "unknown",
    "alternatives",
    "evidence",
    "at",
    "derivation",
    "doubts",
    "expected",
]
FRAME_FIELDS = [
    "id",
    "number",
    "log_line",
    "spans",
    "function",
    "symbol",
    "module",
    "offset",
    "size",
    "address",
    "kind",
    "inlined",
    "reliable",
    "cut",
    "definition",
    "location",
    "status",
    "evidence",
    "reasons",
    "candidates",
    "hops",
    "arguments",
    "variables",
]
CRASH_FIELDS = [
    "title",
    "arch",
    "release",
    "build_id",
    "cpu",
    "task",
    "taint",
    "fault_address",
    "slide",
    "spans",
    "stacks",
    "registers",
    "values",
    "problems",
]


def test_json_has_every_field_of_the_contract() -> None:
    parsed, explanation = _explained()
    answer = json.loads(json.dumps(explain_json.render(explanation, parsed)))
    assert list(answer) == ["schema", "roots", "images", "crashes", "problems"]
    assert answer["schema"] == 1
    assert answer["roots"] == [{"id": "tree", "path": "/src/linux", "release": "6.1.0"}]
    crash = answer["crashes"][0]
    assert set(CRASH_FIELDS) <= set(crash)
    assert set(crash["stacks"][0]) == {"format", "role", "title", "frames"}
    inner, outer = crash["stacks"][0]["frames"]
    for frame in (inner, outer):
        assert set(FRAME_FIELDS) <= set(frame)
    for value in (*inner["arguments"], *outer["arguments"]):
        assert set(VALUE_FIELDS) <= set(value)


def test_json_of_a_frame() -> None:
    parsed, explanation = _explained()
    inner, outer = explain_json.render(explanation, parsed)["crashes"][0]["stacks"][0]["frames"]
    assert (inner["id"], outer["id"]) == (0, 1)
    assert (inner["log_line"], outer["log_line"]) == (1, 2)
    assert outer["spans"][0]["line"] == 2
    assert inner["location"] is None
    assert inner["candidates"][0] == {
        "root": "tree",
        "file": "a.c",
        "line": 9,
        "reasons": ["It can fault."],
        "hops": [],
    }
    assert outer["location"] == {"root": "tree", "file": "a.c", "line": 32}
    assert outer["definition"] == {"root": "tree", "file": "a.c", "line": 3}
    assert outer["hops"] == [
        {
            "name": "second",
            "kind": "inline",
            "definition": {"root": "tree", "file": "b.h", "line": 1},
            "location": {"root": "tree", "file": "b.h", "line": 2},
            "arguments": [],
        }
    ]
    value = outer["arguments"][0]
    assert (value["number"], value["hex"], value["expected"]) == (169, "0xa9", 1690)
    assert value["parts"][0]["source"] == {"root": "tree", "file": "a.h", "line": 7}
    assert value["parts"][1]["source"] is None


def test_json_of_a_value_keeps_large_numbers_in_hex() -> None:
    value = model.ResolvedValue("p", "0xFFFFFFC012345678", 0xFFFFFFC012345678)
    assert explain_json.value_json(value)["hex"] == "0xffffffc012345678"
    absent = explain_json.value_json(model.ResolvedValue(None, "?", None))
    assert (absent["number"], absent["hex"], absent["name"]) == (None, None, None)


def test_json_says_each_problem_once() -> None:
    parsed, explanation = _explained()
    said = model.Problem("cut-short", "The line is cut.", model.Span(1, 0, 4), "Widen it.")
    crash = replace(explanation.crashes[0], problems=(said, said))
    general = model.Problem("no-tree", "There is no tree.")
    explanation = replace(explanation, crashes=(crash,), problems=(general, said))
    answer = explain_json.render(explanation, replace(parsed, problems=(general,)))
    assert [p["code"] for p in answer["problems"]] == ["no-tree"]
    assert [p["code"] for p in answer["crashes"][0]["problems"]].count("cut-short") == 2
    assert answer["crashes"][0]["problems"][-1]["span"] == {"line": 2, "start": 0, "end": 4}


def test_no_field_of_the_model_is_forgotten() -> None:
    """A field that is added to the model must be thought of here too."""
    known = {field.name for field in fields(model.ResolvedValue)}
    assert known - set(VALUE_FIELDS) == {
        "cut",
        "spans",
        "members",
        "target",
        "target_position",
        "declared",
    }


def test_text_shows_every_frame_and_the_walk() -> None:
    parsed, explanation = _explained()
    text = explain_text.render(explanation, parsed, _lines)
    assert "Source tree: /src/linux (Linux 6.1.0)" in text
    assert "      a.c:32  exact\n            32 | return second(a," in text
    assert "through    b.h:2  second (inline function)" in text
    assert "y = 169 (0xa9): A | B\n" in text
    assert "doubtful: It is cut." in text
    assert "1690 (0x69a) is expected" in text
    walk = text[text.index("The way through") :]
    assert walk.index("[1] outer → second") < walk.index("[2] second") < walk.index("[3] inner")
    assert "return second(a,  // <--[1] second" in walk
    assert "//snip" in walk


def test_text_is_safe_for_a_terminal() -> None:
    parsed, explanation = _explained()
    frame = explanation.crashes[0].stacks[0].frames[0]
    evil = replace(
        frame,
        reasons=("\x1b[2J\x1b]0;title\x07",),
        candidates=(model.Candidate(model.SourcePos("\x1bx\n.c", 1), ("\x9b1m",)),),
    )
    stack = replace(explanation.crashes[0].stacks[0], frames=(evil,))
    crash = replace(explanation.crashes[0], stacks=(stack,))
    text = explain_text.render(replace(explanation, crashes=(crash,)), parsed, lambda path: None)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def test_walk_goes_from_outside_to_inside() -> None:
    _, explanation = _explained()
    steps = walkthroughs.walk(explanation.crashes[0].stacks[0], _lines)
    assert [step.title for step in steps] == [
        "outer → second",
        "second (inline function) → inner",
        "inner",
    ]
    assert [step.arrow for step in steps] == ["second", "inner", "here?"]
    assert steps[0].place == "a.c:32"
    assert [row.number for row in steps[0].rows if row.marked] == [32]


# Features on the crash made by hand, without a tree


def _workspace(stage: ide.Stage = ide.Stage.READY) -> ide.Workspace:
    parsed, explanation = _explained()
    log = ide.Log(parsed, explanation)
    return ide.Workspace({log.key: log}, stage=stage)


@pytest.mark.parametrize(
    ("line", "column", "kind", "text"),
    [
        (0, 6, cursors.FrameHit, "inner"),
        (0, 10, cursors.FrameHit, "inner"),  # just behind the name
        (0, 1, cursors.FrameHit, "-001|inner(x = 4)"),
        (0, 11, cursors.ArgumentHit, "x = 4"),
        (0, 15, cursors.ArgumentHit, "x = 4"),
        (1, 5, cursors.FrameHit, "outer"),
        (1, 16, cursors.ArgumentHit, "y = 169"),
    ],
)
def test_what_stands_where(line: int, column: int, kind: type, text: str) -> None:
    log = _workspace().log("untitled:1")
    assert log is not None
    hit = cursors.element_at(log, line, column)
    assert isinstance(hit, kind)
    assert log.lines[hit.span.line][hit.span.start : hit.span.end] == text


@pytest.mark.parametrize(("line", "column"), [(2, 0), (7, 3), (0, 99)])
def test_nothing_stands_outside_the_text(line: int, column: int) -> None:
    log = _workspace().log("untitled:1")
    assert log is not None
    assert cursors.element_at(log, line, column) is None


def test_without_a_tree_nothing_leads_anywhere_and_the_hover_says_what_to_do() -> None:
    workspace = _workspace(ide.Stage.NO_TREE)
    place = ide.Place("untitled:1", 1, 6)
    assert ide.document_links(workspace, "untitled:1") == ()
    assert ide.definition(workspace, place) is None
    hover = ide.hover(workspace, place)
    assert hover is not None
    assert "oopsight.kernelTree" in markdown.render(hover.blocks)
    found = {finding.code: finding for finding in ide.findings(workspace, "untitled:1")}
    assert found["no-tree"].severity is ide.Severity.HINT
    assert "oopsight.kernelTree" in found["no-tree"].message


def test_findings_speak_of_what_is_unsure() -> None:
    found = [
        (f.code, f.severity.value, f.span.line) for f in ide.findings(_workspace(), "untitled:1")
    ]
    assert found.count(("ambiguous-frame", "information", 0)) == 1
    assert found.count(("doubtful-value", "warning", 1)) == 1
    assert found.count(("cut-short", "information", 1)) == 1


def test_no_features_for_a_text_that_is_not_open() -> None:
    workspace = _workspace()
    place = ide.Place("untitled:2", 0, 0)
    assert ide.hover(workspace, place) is None
    assert ide.definition(workspace, place) is None
    assert ide.outline(workspace, "untitled:2") == ()
    assert ide.findings(workspace, "untitled:2") == ()
    assert ide.document_links(workspace, "untitled:2") == ()


def test_a_text_alone_is_explained_without_loss() -> None:
    parsed, _ = _explained()
    alone = workspaces.text_only(parsed)
    frames = alone.crashes[0].stacks[0].frames
    assert [frame.frame for frame in frames] == list(parsed.crashes[0].stacks[0].frames)
    assert (
        frames[1].arguments[0].number == parsed.crashes[0].stacks[0].frames[1].arguments[0].number
    )


def test_outline_covers_its_parts() -> None:
    (crash,) = ide.outline(_workspace(), "untitled:1")
    (stack,) = crash.children
    assert [frame.name for frame in stack.children] == ["1 inner", "1 outer"]
    for outer, inner in ((crash, stack), (stack, stack.children[0]), (stack, stack.children[1])):
        assert outer.first_line <= inner.first_line <= inner.last_line <= outer.last_line
        assert inner.first_line <= inner.selection.line <= inner.last_line


def test_link_places_do_not_overlap() -> None:
    assert links.document_links(_workspace(), "untitled:1") == ()
    assert problems.crash_problems(_explained()[1].crashes[0])


# Laws on any text

PIECES = (
    "-001|f(a = 1, b = 0xC0,",
    "-002|g(inline)",
    "-->|exception",
    "-003|NUR:0x1000(asm)",
    "---|end of frame",
    "(struct x *) v = 0xC0 = t[7] -> (",
    "  (int) m = 3,",
    "see do_it() in mm/x.c:12, fsr_info[7]",
    "한국어 😱",
    "\t\u00a0`[x](command:y)<b>",
)


@hypothesis.given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), min_size=1, max_size=14).map(
        "\n".join
    )
)
def test_every_feature_stands_any_text(text: str) -> None:
    parsed = formats.parse(model.Document.of(text, "x"))
    explanation = resolve.explain(parsed, None)
    log = ide.Log(parsed, explanation)
    asked = ide.Workspace({"x": log})
    for hit in cursors.elements(log):
        assert 0 <= hit.span.start < hit.span.end <= len(log.lines[hit.span.line])
    for line, shown in enumerate(log.lines):
        for column in range(0, len(shown) + 1, 5):
            place = ide.Place("x", line, column)
            hover = ide.hover(asked, place)
            if hover is not None:
                assert hover.line == line
                assert hover.start <= column <= hover.end
                markdown.render(hover.blocks).encode()
                markdown.plain(hover.blocks).encode()
            assert ide.definition(asked, place) is None
    for finding in ide.findings(asked, "x"):
        assert finding.span.end <= len(log.lines[finding.span.line])
    ide.outline(asked, "x")
    json.dumps(explain_json.render(explanation, parsed))
    explain_text.render(explanation, parsed, asked.lines)


@pytest.mark.parametrize("domain", [one.key for one in values.domains() if one.layouts])
@hypothesis.given(number=st.integers(0, 0xFFFFFFFF))
@hypothesis.example(0x407)
@hypothesis.example(0x817)
def test_what_json_lists_of_a_register_makes_up_the_number(domain: str, number: int) -> None:
    found = values.domain(domain)
    assert found is not None
    shown = explain_json.decoded_json(hex(number), values.decode(found, number, EmptyTree()))
    covered = shown["unknown"]
    for part in shown["parts"]:
        covered |= part["mask"]
    for field in shown["fields"]:
        assert 0 <= field["value"] < 1 << (field["high"] - field["low"] + 1)
        assert field["mask"] == field["value"] << field["low"]
        covered |= field["mask"]
    assert covered == number


class EmptyTree:
    """Constants of a tree that states none."""

    def of(self, domain: model.Domain) -> tuple[model.Constant, ...]:
        return ()

    def named(self, name: str) -> tuple[model.Constant, ...]:
        return ()

    def entry(self, table: str, index: int) -> tuple[model.TableEntry, ...]:
        return ()

    def holds(self, condition: str | None) -> bool | None:
        return True if condition is None else None


def test_a_field_whose_bits_are_apart_is_listed_in_runs() -> None:
    domain = values.domain("arm-fsr")
    assert domain is not None
    for number, runs in ((0x407, [("status", 3, 0, 7), ("status[4]", 10, 10, 1)]), (7, None)):
        shown = explain_json.decoded_json(hex(number), values.decode(domain, number, EmptyTree()))[
            "fields"
        ]
        listed = [
            (field["name"], field["high"], field["low"], field["value"])
            for field in shown
            if field["name"].startswith("status")
        ]
        assert listed == (runs or [("status", 3, 0, 7)])


@pytest.mark.parametrize(
    ("number", "bits", "expected"),
    [
        (-5, 32, "0xfffffffb"),
        (-5, None, "0xfffffffb"),
        (-5, 64, "0xfffffffffffffffb"),
        (-(1 << 40), None, "0xffffff0000000000"),
        (-(1 << 40), 32, "0xffffff0000000000"),
        (-1, 8, "0xff"),
        (5, 32, "0x5"),
        (0, None, "0x0"),
        (None, 32, None),
    ],
)
def test_a_negative_number_is_shown_as_the_bits_that_hold_it(
    number: int | None, bits: int | None, expected: str | None
) -> None:
    value = model.ResolvedValue("x", str(number), number, bits=bits)
    assert explain_json.value_json(value)["hex"] == expected
