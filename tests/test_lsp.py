"""The wire's two translations, as laws: columns, edits, paths and settings."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest

from oopsight import ide, tree
from oopsight.lsp import background, buffers, from_proto, session, settings

ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
LINE = st.text(alphabet=st.sampled_from("ab\t한\u00a0é😱\u2028\x0c\U0001f9d1\u200d"), max_size=20)


def _offset(line: str, index: int, encoding: str) -> int:
    codec, unit = ENCODINGS[encoding]
    return len(line[:index].encode(codec)) // unit


@pytest.mark.parametrize("encoding", ENCODINGS)
@hypothesis.given(line=LINE, data=st.data())
def test_columns_go_there_and_back(encoding: str, line: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(line)))
    character = from_proto.units(line[:index], encoding)
    assert character == _offset(line, index, encoding)
    assert from_proto.column(line, character, encoding) == index
    assert from_proto.column(line, character + 1000, encoding) == len(line)


@pytest.mark.parametrize(("encoding", "inside"), [("utf-16", [1]), ("utf-8", [1, 2, 3])])
def test_a_column_inside_a_character_means_that_character(encoding: str, inside: list[int]) -> None:
    for extra in inside:
        assert from_proto.column("a😱b", 1 + extra, encoding) == 1


def test_paths_of_the_tree_are_found_through_links(tmp_path: Path) -> None:
    root = tmp_path / "real tree"
    (root / "mm").mkdir(parents=True)
    (root / "mm/a b.c").write_text("")
    link = tmp_path / "link"
    link.symlink_to(root)
    for top in (root, link):
        for uri in ((root / "mm/a b.c").as_uri(), (link / "mm/a b.c").as_uri()):
            assert from_proto.tree_path(tree.Sources(top), uri) == "mm/a b.c"
    for outside in (
        (tmp_path / "x.c").as_uri(),
        (root / "mm/../../x.c").as_uri(),
        "untitled:mm/x.c",
        "file:///%00",
        "",
        "http://[::1",
    ):
        found = from_proto.tree_path(tree.Sources(root), outside)
        assert found is None or ".." in found  # the tree itself refuses `..`


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"oopsight": {"kernelTree": "/a", "kernelConfig": "/b"}}, ("/a", "/b")),
        ({"kernelTree": "/a"}, ("/a", None)),
        ({"kernelTree": "", "kernelConfig": ""}, (None, None)),
        ({"kernelTree": "  /a b  "}, ("/a b", None)),
        ({"kernelTree": "linux"}, ("/base/linux", None)),
        ({"kernelTree": "~/linux"}, (str(Path.home() / "linux"), None)),
        ({"kernelTree": "/a\0b", "kernelConfig": 7}, (None, None)),
        ({"kernelTree": 7}, None),
        ({"other": 1}, None),
        ({}, None),
        (None, None),
        ("x", None),
    ],
)
def test_settings_in_every_shape(
    sent: object, expected: tuple[str | None, str | None] | None
) -> None:
    found = from_proto.chosen(sent, Path("/base"))
    if expected is None:
        assert found is None
    else:
        paths = tuple(None if path is None else Path(path) for path in expected)
        assert found == settings.Settings(*paths)


def test_only_the_newest_answer_is_kept() -> None:
    kept: session._Remembered[int] = session._Remembered()
    computed: list[int] = []

    def compute(value: int) -> int:
        computed.append(value)
        return value

    assert kept.get("a", (1,), lambda: compute(1)) == 1
    assert kept.get("a", (1,), lambda: compute(9)) == 1
    assert kept.get("a", (2,), lambda: compute(2)) == 2
    assert kept.get("a", (1,), lambda: compute(1)) == 1  # a late question about an old text
    assert kept.get("a", (2,), lambda: compute(9)) == 2
    kept.forget("a")
    assert kept.get("a", (2,), lambda: compute(3)) == 3
    assert computed == [1, 2, 1, 3]


class _NoBar:
    """A progress bar that nobody sees."""

    def report(self, done: int, total: int) -> None:
        pass

    def cancelled(self) -> bool:
        return False

    def end(self, message: str) -> None:
        pass


def test_a_fault_of_the_indexer_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> tree.KernelTree:
        raise RuntimeError("a worker died")

    monkeypatch.setattr(tree, "build_index", fail)
    state = session.Session()
    state.configure(settings.Settings(Path(__file__).parents[1] / "sample_kernel"))
    changed: list[ide.Workspace] = []
    indexer = background.Indexer(
        state, lambda _title: _NoBar(), lambda: changed.append(state.snapshot())
    )
    indexer._work(0)
    assert changed[0].tree_problem is None
    assert changed[-1].stage is ide.Stage.INDEXING
    assert "a worker died" in (changed[-1].tree_problem or "")


def test_a_fault_of_ours_is_said_and_not_called_a_missing_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from oopsight import formats, ide, model, resolve

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(resolve, "explain", broken)
    parsed = formats.parse(model.Document.of("-000|inner(x = 1)\n-001|outer(x = 1)\n"))
    explained = session._explained(parsed, None)
    assert "fault" in [problem.code for problem in explained.problems]
    assert "no-tree" not in [problem.code for problem in explained.problems]
    state = session.Session()
    text = "\n".join(parsed.document.lines)
    state.open(buffers.Buffer.of(text, parsed.document.key, 1), session.CRASH_LANGUAGE)
    found = ide.findings(state.snapshot(), parsed.document.key)
    assert any("failed by a fault of Oopsight" in one.message for one in found)
