"""Edits of open texts: every splice is the text that the editor has, and what an edit did not touch is kept."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest
from lsprotocol import types

from oopsight import formats, ide, model, resolve, tree
from oopsight.lsp import background, buffers, from_proto, session

ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
TOP = Path(__file__).parents[1]
SAMPLE = TOP / "sample_kernel"
SEED = (SAMPLE / "crashes/arm/seed.txt").read_text(encoding="utf-8")
Change = types.TextDocumentContentChangeEvent

TEXT = st.lists(
    st.sampled_from(
        [
            "\n",
            "\r\n",
            "\r",
            "a",
            "b|c",
            "한",
            "é",
            "😱",
            "\u2028",
            "\x0c",
            "\x85",
            "\x1c",
            "\u200d",
        ]
    ),
    max_size=16,
).map("".join)


def _places(text: str, encoding: str) -> list[tuple[types.Position, int]]:
    """Every position that an editor can name in a text, with the code point of the text there."""
    codec, unit = ENCODINGS[encoding]
    found = []
    line, start = 0, 0
    for at in range(len(text) + 1):
        if text[max(at - 1, 0) : at + 1] == "\r\n":
            continue  # between CR and LF is no place
        units = len(text[start:at].encode(codec)) // unit
        found.append((types.Position(line, units), at))
        if text[at : at + 2] == "\r\n":
            line, start = line + 1, at + 2
        elif text[at : at + 1] in ("\r", "\n") and text[at : at + 1]:
            line, start = line + 1, at + 1
    return found


def _partial(
    start: types.Position, end: types.Position, text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(range=types.Range(start, end), text=text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@hypothesis.given(text=TEXT, data=st.data())
def test_edits_give_what_the_whole_text_would(
    encoding: str, text: str, data: st.DataObject
) -> None:
    buffer = buffers.Buffer.of(text, "x", 1)
    for version in range(2, 2 + data.draw(st.integers(1, 3))):
        changes: list[Change] = []
        for _ in range(data.draw(st.integers(1, 3))):
            places = _places(text, encoding)
            low, high = sorted(
                data.draw(st.lists(st.sampled_from(range(len(places))), min_size=2, max_size=2))
            )
            (start, first), (end, last) = places[low], places[high]
            new = data.draw(TEXT)
            text = text[:first] + new + text[last:]
            changes.append(_partial(start, end, new))
        buffer = from_proto.edited(buffer, version, changes, encoding)
        assert buffer == buffers.Buffer.of(text, "x", version)
        assert buffer.document == model.Document.of(text, "x", version)
        assert buffer.text == text


@hypothesis.given(text=TEXT, new=TEXT, numbers=st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_a_range_anywhere_is_drawn_inside(text: str, new: str, numbers: list[int]) -> None:
    """Behind the text, behind a line, the end before the start, between the halves of a character."""
    start, end = types.Position(*numbers[:2]), types.Position(*numbers[2:])
    buffer = buffers.Buffer.of(text, "x", 1)
    edited = from_proto.edited(buffer, 2, [_partial(start, end, new)], "utf-16")
    # Whatever was taken out is one piece of the text.
    assert new in edited.text
    assert any(
        edited.text == text[:low] + new + text[high:]
        for low in range(len(text) + 1)
        for high in range(low, len(text) + 1)
    )
    assert edited == buffers.Buffer.of(edited.text, "x", 2)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 99), (9, 0), "one!"),  # behind the end of the line, and behind the last line
        ((7, 0), (8, 8), "one\ntwo!"),
        ((1, 2), (0, 0), "one\ntw!o"),  # an end before the start
    ],
)
def test_an_edit_outside_the_text(
    start: tuple[int, int], end: tuple[int, int], expected: str
) -> None:
    buffer = buffers.Buffer.of("one\ntwo", "x", 1)
    change = _partial(types.Position(*start), types.Position(*end), "!")
    assert from_proto.edited(buffer, 2, [change], "utf-16").text == expected


@pytest.mark.parametrize(
    ("text", "at", "new", "lines"),
    [
        ("a\nb", (0, 1), "\r", ("a", "b")),  # a CR before a LF
        ("a\rb", (1, 0), "\n", ("a", "b")),  # a LF behind a CR
        ("a\r\nb", (0, 1), "\r", ("a", "", "b")),
        ("a\r\nb", (1, 0), "\n", ("a", "", "b")),
    ],
)
def test_halves_of_a_line_end_meet(
    text: str, at: tuple[int, int], new: str, lines: tuple[str, ...]
) -> None:
    place = types.Position(*at)
    buffer = buffers.Buffer.of(text, "x", 1)
    found = from_proto.edited(buffer, 2, [_partial(place, place, new)], "utf-16")
    assert found.document.lines == lines
    # And what stands between two of them may go.
    buffer = buffers.Buffer.of("a\rxy\nb", "x", 1)
    gone = _partial(types.Position(1, 0), types.Position(1, 2), "")
    assert from_proto.edited(buffer, 2, [gone], "utf-16").document.lines == ("a", "b")


def test_edits_are_made_in_their_order() -> None:
    def at(character: int, text: str) -> Change:
        place = types.Position(0, character)
        return _partial(place, place, text)

    whole = types.TextDocumentContentChangeWholeDocument(text="x")
    empty, long = buffers.Buffer.of("", "x", 1), buffers.Buffer.of("long", "x", 1)
    assert from_proto.edited(empty, 2, [at(0, "ac"), at(1, "b")], "utf-16").text == "abc"
    assert from_proto.edited(long, 2, [whole, at(1, "y")], "utf-16").text == "xy"


# What an edit leaves alone


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tree.KernelTree:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        return tree.build_index(tree.open_tree(SAMPLE))


def _explained(
    text: str, found: tree.KernelTree, known: model.Explanation | None = None
) -> model.Explanation:
    parsed = formats.parse(model.Document.of(text))
    return resolve.explain(parsed, found, known=known.crashes if known is not None else ())


STACKS = f"{SEED}\n\n{SEED.replace('order = 0', 'order = 1')}"
EDITS = {
    "nothing": STACKS,
    "a line above": "words\n" + STACKS,
    "lines between": STACKS.replace("\n\n\n", "\n\nwords\nwords\n\n"),
    "words below": STACKS + "words\n",
    "a value": STACKS.replace("33685722", "208", 1),
    "a frame gone": STACKS.replace("-000|list_del(inline)\n", "", 1),
    "another function": STACKS.replace("do_page_fault", "do_sparc64_fault", 1),
    "nothing left": "",
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_kept_is_what_would_be_said_anew(sample: tree.KernelTree, edit: str) -> None:
    before = _explained(STACKS, sample)
    assert len(before.crashes[0].stacks) == 2
    assert _explained(EDITS[edit], sample, before) == _explained(EDITS[edit], sample)


def test_a_stack_that_did_not_change_is_not_looked_up_again(
    sample: tree.KernelTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oopsight.resolve import contexts, frames

    before = _explained(STACKS, sample)
    placed: list[model.Stack] = []
    real = frames.place

    def counted(context: contexts.Context, stack: model.Stack) -> object:
        placed.append(stack)
        return real(context, stack)

    monkeypatch.setattr(frames, "place", counted)
    for edit, wanted in (
        ("nothing", 0), ("a line above", 0), ("lines between", 0), ("words below", 0), ("a value", 1)
    ):  # fmt: skip
        placed.clear()
        _explained(EDITS[edit], sample, before)
        assert len(placed) == wanted, edit


def test_everything_of_an_answer_moves(sample: tree.KernelTree) -> None:
    """A noun of the model with a span that nobody thought of would stay where it was."""
    before = _explained(STACKS, sample)
    after = _explained("\n\n\n" + STACKS, sample)
    moved = tuple(model.moved(stack, 3) for stack in before.crashes[0].stacks)
    assert moved == after.crashes[0].stacks
    assert model.moved(moved, -3) == before.crashes[0].stacks


def test_the_session_keeps_what_an_edit_did_not_touch(
    sample: tree.KernelTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[model.ResolvedCrash, ...]] = []
    real = resolve.explain

    def counted(
        parsed: model.Parsed,
        found: tree.KernelTree | None,
        *,
        known: tuple[model.ResolvedCrash, ...],
        quickly: bool,
    ) -> model.Explanation:
        given.append(known)
        return real(parsed, found, known=known, quickly=quickly)

    monkeypatch.setattr(resolve, "explain", counted)
    state = session.Session()
    state.use_tree(sample, ide.Stage.READY)
    buffer = buffers.Buffer.of("words\n" + SEED, "x", 1)
    state.open(buffer, session.CRASH_LANGUAGE)
    first = state.snapshot().logs["x"].explanation
    place = types.Position(0, 0)
    state.change(from_proto.edited(buffer, 2, [_partial(place, place, "more ")], "utf-16"))
    second = state.snapshot().logs["x"].explanation
    assert second.crashes[0] is first.crashes[0]
    state.use_tree(sample, ide.Stage.READY)  # another tree, or the same with other sources
    assert state.snapshot().logs["x"].explanation == first
    assert [len(one) for one in given] == [0, 1, 0]


def test_a_fault_is_not_kept(sample: tree.KernelTree, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("broken on purpose")

    state = session.Session()
    state.use_tree(sample, ide.Stage.READY)
    with monkeypatch.context() as patch:
        patch.setattr(resolve, "explain", broken)
        state.open(buffers.Buffer.of(SEED, "x", 1), session.CRASH_LANGUAGE)
        assert "fault" in [p.code for p in state.snapshot().logs["x"].explanation.problems]
    state.change(buffers.Buffer.of(SEED + "\n", "x", 2))
    parsed = state.snapshot().logs["x"]
    assert parsed.explanation == resolve.explain(parsed.parsed, sample)


def test_an_edit_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """While diagnostics are computed, edits are taken over at once; the old answer is then not published."""
    computing, go_on = threading.Event(), threading.Event()
    real = formats.parse

    def slow(document: model.Document) -> model.Parsed:
        computing.set()
        assert go_on.wait(30)
        return real(document)

    monkeypatch.setattr(formats, "parse", slow)
    state = session.Session()
    published: list[int] = []
    publisher = background.Publisher(
        state, lambda _workspace, _key, version: published.append(version)
    )
    publisher.start()
    try:
        buffer = buffers.Buffer.of(SEED, "x", 1)
        state.open(buffer, session.CRASH_LANGUAGE)
        publisher.request(["x"])
        assert computing.wait(30)
        place = types.Position(0, 0)
        start = time.perf_counter()
        for version in range(2, 52):
            buffer = from_proto.edited(buffer, version, [_partial(place, place, "y")], "utf-16")
            state.change(buffer)
            publisher.request(["x"], 0.01)
        taken = time.perf_counter() - start
        assert published == []
        go_on.set()
        end = time.monotonic() + 30
        while 51 not in published and time.monotonic() < end:
            time.sleep(0.01)
        assert published == [51]
        assert taken < 5  # it would have waited half a minute
    finally:
        go_on.set()
        publisher.stop(30)


def test_edits_over_the_wire_miss_no_place(tmp_path: Path) -> None:
    """Splices are asked for, and no character but CR and LF ends a line, whatever the protocol's library thinks."""
    sys.path.insert(0, str(TOP / "tests" / "e2e"))
    import lsp_client

    uri = "untitled:x"
    before = "form\x0cfeed\n\u2028 separators \x85\x1c\nvertical\x0b\rtab\r\n"
    text = f"{before}-003|alloc_pages(order = 0)\n-004|do_fault(x = 1)\n"
    with lsp_client.client(tmp_path) as client:
        sync = client.initialize()["capabilities"]["textDocumentSync"]
        assert sync["change"] == types.TextDocumentSyncKind.Incremental.value
        client.open(uri, text)
        for version, (line, character, new) in enumerate(
            [(4, 5, "__"), (0, 0, "first\n"), (3, 0, "\x0c\u2028"), (5, 19, " more")], 2
        ):
            place = {"line": line, "character": character}
            client.notify(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": uri, "version": version},
                    "contentChanges": [{"range": {"start": place, "end": place}, "text": new}],
                },
            )
        (symbol,) = client.ask("documentSymbol", uri)
        first, second = symbol["children"][0]["children"]
        assert first["name"] == "3 __alloc_pages"
        assert first["selectionRange"]["start"] == {"line": 5, "character": 5}
        assert second["selectionRange"]["start"] == {"line": 6, "character": 5}
        assert client.leave() == 0
