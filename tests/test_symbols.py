"""Names of the whole tree: workspace symbols, references, and definitions of any word, on the sample kernel."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from oopsight import formats, ide, model, resolve, tree
from oopsight.ide import symbols

SAMPLE = Path(__file__).parents[1] / "sample_kernel"
TEXT = "-001|__alloc_pages_nodemask(order = 0)\n-002|__handle_mm_fault(x = 1)\nsee get_page_from_freelist, struct zone and nothing_there\n"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ide.Workspace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = tree.build_index(tree.open_tree(SAMPLE))
    parsed = formats.parse(model.Document.of(TEXT, "x"))
    log = ide.Log(parsed, resolve.explain(parsed, found))
    return ide.Workspace({"x": log}, {}, found, ide.Stage.READY)


def _place(path: str, text: str, nth: int = 0) -> ide.Place:
    lines = (SAMPLE / path).read_text().split("\n")
    at = [number for number, line in enumerate(lines) if text in line][nth]
    return ide.Place((SAMPLE / path).as_uri(), at, lines[at].index(text) + 1, path)


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("do_page_fault", "do_page_fault", 0),
        ("do_page_fault", "Do_Page_Fault", 1),
        ("do_page_fault", "do_p", 2),
        ("__do_page_fault", "page", 3),
        ("do_page_fault", "age", 4),
        ("do_page_fault", "dopf", 5),
        ("do_page_fault", "d_p_f", 5),
        ("do_page_fault", "dgft", 6),
        ("do_page_fault", "fd", None),
        ("a" * 60, "a" * 61, None),
    ],
)
def test_names_are_ranked(name: str, query: str, expected: int | None) -> None:
    assert symbols.rank(name, query) == expected


def test_a_rank_takes_no_time_for_any_name() -> None:
    begun = time.perf_counter()
    symbols.rank("_".join(["aa"] * 2000), "a" * 80 + "b")
    assert time.perf_counter() - begun < 1


def test_symbols_of_tree_and_crash(asked: ide.Workspace) -> None:
    found = ide.workspace_symbols(asked, "__alloc_pages_nodemask")
    assert [(one.name, one.kind) for one in found] == [
        ("1 __alloc_pages_nodemask", "frame"),
        ("__alloc_pages_nodemask", "function"),
    ]
    path, line = found[1].container, found[1].span.line
    assert "__alloc_pages_nodemask(" in (SAMPLE / path).read_text().split("\n")[line]
    by_words = [one.name for one in ide.workspace_symbols(asked, "gpff")]
    assert "get_page_from_freelist" in by_words
    assert [one.name for one in ide.workspace_symbols(asked, "")] == [
        "1 __alloc_pages_nodemask",
        "2 __handle_mm_fault",
    ]
    assert {one.kind for one in ide.workspace_symbols(asked, "zone")} >= {"structure"}
    assert len(ide.workspace_symbols(asked, "e")) == symbols.MOST
    for hostile in ("(", "[a-", "\\", "a\nb", "ſ", "\x00", "(?", "*" * 300):
        ide.workspace_symbols(asked, hostile)


def test_callers_of_a_frame_and_of_a_name_in_the_source(asked: ide.Workspace) -> None:
    question = ide.question(asked, ide.Place("x", 0, 7))
    assert question is not None
    parts = list(ide.find_references(question, declaration=False))
    found = [one for part in parts for one in part]
    assert [(one.uri.rpartition("/")[2], one.holder) for one in found] == [
        ("gfp.h", "__alloc_pages")
    ]
    assert found[0].text[found[0].start : found[0].end] == "__alloc_pages_nodemask"
    with_it = next(iter(ide.find_references(question, declaration=True)))
    assert with_it[0].text.startswith("__alloc_pages_nodemask(")

    place = _place("mm/page_alloc.c", "get_page_from_freelist(gfp_mask|__GFP_HARDWALL")
    question = ide.question(asked, place)
    assert question is not None
    uses = [one for part in ide.find_references(question, declaration=False) for one in part]
    # It is static: nothing outside of its file calls it.
    assert {one.uri for one in uses} == {(SAMPLE / "mm/page_alloc.c").as_uri()}
    assert "__alloc_pages_nodemask" in {one.holder for one in uses}
    assert ide.question(asked, ide.Place("x", 2, 50)) is None  # no name of the tree


def test_uses_are_neither_comments_nor_strings(tmp_path: Path) -> None:
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel/a.c").write_text(
        'void target(int x);\n/* target(1) */\nint f(void)\n{\n\ttarget(1); /* target(2) */\n\tprintk("target(3) \\" target", "", target(4));\n'
        "\treturn retarget(5);\n}\n#define CALL(x) target(x)\nstatic struct ops ops = { .t = target };\n"
    )
    (tmp_path / "kernel/b.c").write_bytes(b"int g(void)\n{\n\treturn \xff\xfe + target(1);\n}\n")
    (tmp_path / "z.c").write_text("int h(void)\n{\n\treturn target(1);\n}\n")
    found = [(use.path, use.line, use.holder) for part in tree.uses({"tree": tmp_path}, "target", near="z.c") for use in part]  # fmt: skip
    assert found == [
        ("z.c", 3, "h"),
        ("kernel/a.c", 5, "f"),
        ("kernel/a.c", 6, "f"),
        ("kernel/a.c", 9, "CALL"),
        ("kernel/b.c", 3, "g"),
    ]
    only = [
        use.path for part in tree.uses({"tree": tmp_path}, "target", only="z.c") for use in part
    ]
    assert only == ["z.c"]
    with pytest.raises(tree.Cancelled):
        list(tree.uses({"tree": tmp_path}, "target", cancelled=lambda: True))


def test_any_word_leads_to_its_definition(asked: ide.Workspace) -> None:
    line = TEXT.split("\n")[2]
    for name, ending in (("get_page_from_freelist", "page_alloc.c"), ("zone", "mmzone.h")):
        found = ide.definition(asked, ide.Place("x", 2, line.index(name) + 1))
        assert found is not None
        assert found[1][0].position.path.endswith(ending)
        assert found[0].span == model.Span(2, line.index(name), line.index(name) + len(name))
    assert ide.definition(asked, ide.Place("x", 2, line.index("nothing_there"))) is None
    assert ide.definition(asked, ide.Place("x", 2, line.index("and"))) is None

    place = _place("mm/page_alloc.c", "get_page_from_freelist(gfp_mask|__GFP_HARDWALL")
    found = ide.definition(asked, place)
    assert found is not None
    assert [target.position.path for target in found[1]] == ["mm/page_alloc.c"]
