"""Formats read what their case files say, and what people typed from real texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from oopsight import formats, model
from support import cases, pictures, truth

# A text that is damaged already is no text on which the laws of damage can be tried.
CASES = [*cases.of("formats"), *cases.of("damaged")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: cases.Case, update: bool) -> None:
    """The facts on top of a case file are what is read from the text below them."""
    facts = pictures.parsed(formats.parse(model.Document.of(case.text)))
    if update:
        case.write(facts)
    else:
        assert facts == case.facts


def _covered() -> list[tuple[Path, Path]]:
    return [*truth.texts("seed"), *truth.texts("corpus/twins"), *truth.texts("corpus/trace32")]


@pytest.mark.skipif(not _covered(), reason="the texts with typed truth are not on this machine")
@pytest.mark.parametrize(
    ("text", "told"), _covered(), ids=lambda path: path.name if path.suffix == ".txt" else ""
)
def test_typed_truth(text: Path, told: Path) -> None:
    """Every frame, argument, marker and window of these texts is read as a person read it."""
    assert truth.differences(text, told) == []


def test_underscores_that_an_editor_escaped() -> None:
    """Names are read without the backslashes that Markdown wants, and stand where they stand with them."""
    text = "-000|arch\\_sample\\_lock(inline)\n-000|\\_raw\\_sample\\_lock(lock = 0xC1000000)"
    document = model.Document.of(text)
    (stack,) = formats.parse(document).crashes[0].stacks
    assert [frame.code.function for frame in stack.frames] == [
        "arch_sample_lock",
        "_raw_sample_lock",
    ]
    (span,) = stack.frames[1].code.name_spans
    assert document.lines[1][span.start : span.end] == "\\_raw\\_sample\\_lock"


def test_a_full_name_is_no_markdown() -> None:
    """Backslashes of a debugger's full names stay what they are."""
    text = (
        "-001|\\\\vmlinux\\page_alloc\\__alloc_pages(order = 0)\n-002|\\\\sample\\main\\_run(asm)"
    )
    (stack,) = formats.parse(model.Document.of(text)).crashes[0].stacks
    codes = [(frame.code.function, frame.code.module) for frame in stack.frames]
    assert codes == [("__alloc_pages", None), ("_run", "sample")]


@pytest.mark.parametrize(
    ("heading", "title", "role"),
    [
        ("CPU1: (idle)", "CPU1: (idle)", model.StackRole.OTHER_CPU),
        ("CPU 4 (online):", "CPU 4 (online):", model.StackRole.OTHER_CPU),
        ("== CPU5 ==", "== CPU5 ==", model.StackRole.OTHER_CPU),
        ("[CPU2]", "[CPU2]", model.StackRole.OTHER_CPU),
        ("v.f /task 0xC0001000", "v.f /task 0xC0001000", model.StackRole.INTERRUPTED),
        ("     rcuop/x", "rcuop/x", model.StackRole.INTERRUPTED),
        ("the one below is\ndead:", None, model.StackRole.INTERRUPTED),
        ("[code]", None, model.StackRole.INTERRUPTED),
    ],
)
def test_headings(heading: str, title: str | None, role: model.StackRole) -> None:
    """What stands above a stack names it where it is a CPU, a command or a task, and not where it is a sentence."""
    text = f"{heading}\n-000|sample_halt()\n-001|sample_entry(asm)\n"
    (stack,) = formats.parse(model.Document.of(text)).crashes[0].stacks
    assert (stack.title, stack.role) == (title, role)


def test_places_in_a_text_without_a_crash() -> None:
    """What is no crash is still a place in code where a symbol stands with offset and size, and can be clicked."""
    text = "initcall sample_setup+0x0/0x60 returned 0 after 12 usecs\nno place here\n"
    parsed = formats.parse(model.Document.of(text))
    assert parsed.crashes == ()
    (mention,) = parsed.mentions
    assert mention.code is not None
    assert (mention.code.function, mention.code.offset, mention.code.size) == (
        "sample_setup",
        0,
        96,
    )
    assert mention.convention is model.Convention.EXACT
    assert (mention.span.line, mention.span.start, mention.span.end) == (0, 9, 21)
