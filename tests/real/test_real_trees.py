"""The main job on real kernel trees: every frame on its true line, and nothing wrong called exact."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.kernels import SEED, argument, frame, place

from oopsight import formats, model, resolve, tree

pytestmark = pytest.mark.slow
S = model.Status

# Frame, definition, line: 3.18.31 of a MediaTek tree.
LINES_3_18 = [
    ("__dabt_svc", "arch/arm/kernel/entry-armv.S:193", 193),
    ("__list_del", "include/linux/list.h:87", None),
    ("list_del", "include/linux/list.h:105", 107),
    ("buffered_rmqueue", "mm/page_alloc.c:1691", 1720),
    ("get_page_from_freelist", "mm/page_alloc.c:2082", 2224),
    ("__alloc_pages_nodemask", "mm/page_alloc.c:2943", 3009),
    ("__alloc_zeroed_user_highpage", "include/linux/highmem.h:156", 160),
    ("alloc_zeroed_user_highpage_movable", "include/linux/highmem.h:179", 182),
    ("do_anonymous_page", "mm/memory.c:2632", 2660),
    ("handle_pte_fault", "mm/memory.c:3202", 3217),
    ("__handle_mm_fault", "mm/memory.c:3264", 3351),
    ("handle_mm_fault", "mm/memory.c:3360", 3380),
    ("__do_page_fault", "arch/arm/mm/fault.c:229", 252),
    ("do_page_fault", "arch/arm/mm/fault.c:264", 317),
    ("do_DataAbort", "arch/arm/mm/fault.c:551", 556),
    ("__dabt_usr", "arch/arm/kernel/entry-armv.S:434", 434),
]
LINES_6_1 = [
    ("__alloc_pages", "mm/page_alloc.c:5622", 5658),
    ("__folio_alloc_node", "include/linux/gfp.h:241", 246),
    ("folio_alloc", "include/linux/gfp.h:273", 275),
    ("alloc_page_vma", "include/linux/gfp.h:281", 284),
    ("alloc_zeroed_user_highpage_movable", "include/linux/highmem.h:227", 230),
    ("do_anonymous_page", "mm/memory.c:4137", 4190),
    ("handle_pte_fault", "mm/memory.c:4973", 5028),
    ("__handle_mm_fault", "mm/memory.c:5080", 5172),
    ("handle_mm_fault", "mm/memory.c:5263", 5293),
    ("do_page_fault", "arch/arm/mm/fault.c:242", 298),
    ("do_DataAbort", "arch/arm/mm/fault.c:525", 529),
    ("__dabt_usr", "arch/arm/kernel/entry-armv.S:424", 424),
]


def _explain(text: Path, variable: str, config: str | None = None) -> model.Explanation:
    root = os.environ.get(variable)
    if not root:
        pytest.skip(f"{variable} names no tree; see tests/real/README.md")
    named = os.environ.get(config) if config else None
    if config and not named:
        pytest.skip(f"{config} names no configuration; see tests/real/README.md")
    opened = tree.build_index(tree.open_tree(Path(root), config=Path(named) if named else None))
    return resolve.explain(
        formats.parse(model.Document.of(text.read_text(encoding="utf-8"))), opened
    )


@pytest.fixture(scope="module")
def old() -> model.Explanation:
    return _explain(SEED, "OOPSIGHT_TREE_3_18")


@pytest.fixture(scope="module")
def newer() -> model.Explanation:
    return _explain(
        Path(__file__).with_name("page_fault_6_1.txt"), "OOPSIGHT_TREE_6_1", "OOPSIGHT_CONFIG_6_1"
    )


def _check(explained: model.Explanation, name: str, definition: str, line: int | None) -> None:
    found = frame(explained, name)
    assert found.definition is not None
    position = found.definition.position
    assert definition == f"{position.path}:{position.line}"
    assert (None if line is None else f"{position.path}:{line}") == place(found)


@pytest.mark.parametrize(("name", "definition", "line"), LINES_3_18)
def test_the_seed_in_a_3_18_tree(
    old: model.Explanation, name: str, definition: str, line: int | None
) -> None:
    _check(old, name, definition, line)


def test_hops_and_stores_in_a_3_18_tree(old: model.Explanation) -> None:
    hops = frame(old, "__alloc_zeroed_user_highpage").hops
    assert [365, 361, 359, 335, 325] == [hop.position.line for hop in hops]
    assert [89, 90] == [
        candidate.position.line for candidate in frame(old, "__list_del").candidates
    ]


def test_values_by_the_3_18_trees_names(old: model.Explanation) -> None:
    assert (
        "GFP_HIGHUSER_MOVABLE | __GFP_CMA"
        == argument(old, "__alloc_pages_nodemask", "gfp_mask").text
    )
    assert 2071 == argument(old, "do_page_fault", "fsr").expected
    assert (argument(old, "do_DataAbort", "fsr").text or "").startswith(
        "write, domain 1, status 7: page translation"
    )


@pytest.mark.parametrize(("name", "definition", "line"), LINES_6_1)
def test_a_page_fault_of_6_1(
    newer: model.Explanation, name: str, definition: str, line: int
) -> None:
    _check(newer, name, definition, line)


def test_the_tail_call_and_the_macro_of_6_1(newer: model.Explanation) -> None:
    tail = frame(newer, "__folio_alloc_node").hops
    macro = frame(newer, "alloc_page_vma").hops
    assert [("__folio_alloc", "tail-call", 5690)] == [
        (hop.name, hop.kind.value, hop.position.line) for hop in tail
    ]
    assert [("vma_alloc_folio", "macro", 278)] == [
        (hop.name, hop.kind.value, hop.position.line) for hop in macro
    ]
    entry = frame(newer, "__dabt_usr").hops
    assert [("dabt_helper", 88), ("v7_early_abort", 20)] == [
        (hop.name, hop.position.line) for hop in entry
    ]
    others = [found for stack in newer.crashes[0].stacks for found in stack.frames if found.hops]
    assert 3 == len(others)


def test_values_by_the_6_1_trees_names(newer: model.Explanation) -> None:
    assert "GFP_HIGHUSER_MOVABLE | __GFP_COMP" == argument(newer, "__alloc_pages", "gfp").text
    flags = argument(newer, "get_page_from_freelist", "alloc_flags")
    assert "ALLOC_WMARK_LOW | ALLOC_CMA | ALLOC_KSWAPD" == flags.text
    doubts = [
        value
        for stack in newer.crashes[0].stacks
        for found in stack.frames
        for value in found.arguments
        if value.doubts
    ]
    assert [] == doubts
