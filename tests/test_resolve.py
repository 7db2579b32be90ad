"""From a callstack to its source lines: the answers come from the text and the tree, as edits of both show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support import kernels
from tests.support.kernels import SEED, WINDOW, Kernel, argument, frame, place

from oopsight import formats, model, resolve, tree

S = model.Status
LINES = [
    ("list_del", "include/linux/list.h", S.EXACT),
    ("buffered_rmqueue", "mm/page_alloc.c", S.EXACT),
    ("get_page_from_freelist", "mm/page_alloc.c", S.EXACT),
    ("__alloc_pages_nodemask", "mm/page_alloc.c:2926", S.LIKELY),
    ("__alloc_zeroed_user_highpage", "include/linux/highmem.h:160", S.EXACT),
    ("alloc_zeroed_user_highpage_movable", "include/linux/highmem.h:182", S.EXACT),
    ("do_anonymous_page", "mm/memory.c:2661", S.EXACT),
    ("handle_pte_fault", "mm/memory.c:3218", S.EXACT),
    ("__handle_mm_fault", "mm/memory.c:3342", S.EXACT),
    ("handle_mm_fault", "mm/memory.c:3371", S.EXACT),
    ("__do_page_fault", "arch/arm/mm/fault.c:247", S.EXACT),
    ("do_page_fault", "arch/arm/mm/fault.c:312", S.EXACT),
    ("do_DataAbort", "arch/arm/mm/fault.c:555", S.EXACT),
]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path / "kernel")


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> model.Explanation:
    """The seed's callstack against the sample kernel as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        opened = tree.build_index(tree.open_tree(kernels.SAMPLE))
        return resolve.explain(
            formats.parse(model.Document.of(SEED.read_text(encoding="utf-8"))), opened
        )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tree.KernelTree:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        return tree.build_index(tree.open_tree(kernels.SAMPLE))


class TestTheSeed:
    @pytest.mark.parametrize(("name", "where", "status"), LINES)
    def test_every_frame_stands_on_its_line(
        self, seed: model.Explanation, name: str, where: str, status: model.Status
    ) -> None:
        found = frame(seed, name)
        assert status is found.status
        assert (place(found) or "").startswith(where)

    def test_the_hops_between_printed_frames_are_in_call_order(
        self, seed: model.Explanation
    ) -> None:
        hops = frame(seed, "__alloc_zeroed_user_highpage").hops
        assert [
            ("alloc_page_vma", "macro", 365, 366),
            ("alloc_pages_vma", "macro", 361, 362),
            ("alloc_pages", "macro", 359, 360),
            ("alloc_pages_node", "inline", 329, 336),
            ("__alloc_pages", "inline", 323, 326),
        ] == [(hop.name, hop.kind.value, hop.definition.line, hop.position.line) for hop in hops]
        assert {hop.position.path for hop in hops} == {"include/linux/gfp.h"}

    def test_the_longer_way_comes_second_and_says_why(self, seed: model.Explanation) -> None:
        found = frame(seed, "__alloc_pages_nodemask")
        assert ["__alloc_pages_slowpath"] == [hop.name for hop in found.candidates[0].hops][:1]
        assert "longer way" in found.candidates[0].reasons[0]

    def test_a_flag_that_only_one_way_sets_is_evidence(self, seed: model.Explanation) -> None:
        found = frame(seed, "__alloc_pages_nodemask")
        assert model.Evidence.VALUE in found.evidence
        assert any("ALLOC_FAIR" in reason and "449" in reason for reason in found.reasons)

    def test_the_fault_itself_has_its_stores_as_candidates(self, seed: model.Explanation) -> None:
        found = frame(seed, "__list_del")
        assert (S.AMBIGUOUS, None, 2) == (found.status, found.position, len(found.candidates))
        assert all("stores to" in candidate.reasons[0] for candidate in found.candidates)

    def test_the_indirect_call_is_found_through_the_table(self, seed: model.Explanation) -> None:
        found = frame(seed, "do_DataAbort")
        assert model.Evidence.TABLE in found.evidence
        assert any("fsr_info[7]" in reason for reason in found.reasons)

    def test_asm_labels_and_user_space(self, seed: model.Explanation) -> None:
        for label in ("__dabt_svc", "__dabt_usr"):
            found = frame(seed, label)
            assert S.FUNCTION is found.status
            assert (place(found) or "").startswith("arch/arm/kernel/entry-armv.S:")
        last = seed.crashes[0].stacks[0].frames[-1]
        assert S.NO_SOURCE is last.status
        assert "user-space address" in last.reasons[0]


class TestEditsMoveTheAnswers:
    def test_inserted_lines_move_the_line(self, kernel: Kernel) -> None:
        kernel.insert("mm/page_alloc.c", 2800, "\n".join(["/* one more line */"] * 7))
        kernel.insert("include/linux/gfp.h", 300, "\n\n")
        explained = kernel.explain()
        assert "mm/page_alloc.c:2933" == place(frame(explained, "__alloc_pages_nodemask"))
        hops = frame(explained, "__alloc_zeroed_user_highpage").hops
        assert [369, 365, 363, 339, 329] == [hop.position.line for hop in hops]

    def test_an_edit_after_the_index_was_made_is_seen(self, kernel: Kernel) -> None:
        kernel.open()
        kernel.insert("mm/memory.c", 3000, "\n\n\n")
        assert "mm/memory.c:3375" == place(frame(kernel.explain(), "handle_mm_fault"))

    def test_a_second_call_makes_the_frame_ambiguous(self, kernel: Kernel) -> None:
        lines = kernel.read("mm/memory.c").split("\n")
        kernel.insert("mm/memory.c", 3372, "\tif (ret < 0)\n" + lines[3370])
        found = frame(kernel.explain(), "handle_mm_fault")
        assert (S.AMBIGUOUS, None) == (found.status, found.position)
        assert [3371, 3373] == [candidate.position.line for candidate in found.candidates]

    def test_a_removed_call_leaves_the_frame_unresolved(self, kernel: Kernel) -> None:
        kernel.replace_line("mm/memory.c", 3371, "__handle_mm_fault", "another_function")
        found = frame(kernel.explain(), "handle_mm_fault")
        assert (S.UNRESOLVED, None) == (found.status, found.position)
        assert "leads to __handle_mm_fault" in found.reasons[0]

    def test_a_removed_function_leaves_its_frame_unresolved(self, kernel: Kernel) -> None:
        text = kernel.read("mm/memory.c")
        kernel.write("mm/memory.c", text.replace("handle_pte_fault(", "other_pte_fault("))
        explained = kernel.explain()
        assert S.UNRESOLVED is frame(explained, "handle_pte_fault").status
        assert S.UNRESOLVED is frame(explained, "__handle_mm_fault").status
        assert S.EXACT is frame(explained, "handle_mm_fault").status

    def test_a_renamed_flag_renames_the_decoding(self, kernel: Kernel) -> None:
        for path in kernel.root.rglob("*.[ch]"):
            text = path.read_text(encoding="utf-8")
            if "GFP_CMA" in text:
                path.write_text(text.replace("GFP_CMA", "GFP_VENDOR"), encoding="utf-8")
        value = argument(kernel.explain(), "__alloc_pages_nodemask", "gfp_mask")
        assert "GFP_HIGHUSER_MOVABLE | __GFP_VENDOR" == value.text

    def test_a_moved_bit_is_another_flag(self, kernel: Kernel) -> None:
        kernel.replace("include/linux/gfp.h", "0x2000000u", "0x4000000u")
        value = argument(kernel.explain(), "__alloc_pages_nodemask", "gfp_mask")
        assert 0x2000000 == value.unknown
        assert "0x2000000" in (value.text or "")

    def test_another_architectures_label_moves_the_function(self, kernel: Kernel) -> None:
        label = next(
            row.name
            for row in kernel.open().rows("arch/arm64/kernel/entry.S")
            if row.kind is model.DefinitionKind.LABEL and row.name.endswith("_da")
        )
        text = (
            SEED.read_text(encoding="utf-8")
            .replace("__dabt_usr", label)
            .replace("__dabt_svc", label)
        )
        explained = kernel.explain(text)
        assert "arm64" == explained.crashes[0].arch
        assert (place(frame(explained, "do_page_fault")) or "").startswith("arch/arm64/mm/fault.c:")

    def test_another_configuration_moves_a_branch(self, kernel: Kernel) -> None:
        kernel.option("CONFIG_NUMA", "y")
        kernel.option("CONFIG_MMU", None)
        explained = kernel.explain()
        # The macros that lead to the allocator are gone with CONFIG_NUMA …
        assert "alloc_pages" not in [
            hop.name
            for hop in frame(explained, "__alloc_zeroed_user_highpage").hops
            if hop.kind is model.HopKind.MACRO
        ]
        # … and without CONFIG_MMU it is the other do_page_fault, which calls nothing.
        found = frame(explained, "do_page_fault")
        assert found.definition is not None
        assert 259 < found.definition.position.line
        assert S.UNRESOLVED is found.status

    def test_without_a_configuration_every_branch_counts(self, kernel: Kernel) -> None:
        kernel.without_config()
        explained = kernel.explain()
        for name, where, _ in LINES:
            assert (place(frame(explained, name)) or "").startswith(where), name
        reasons = " ".join(frame(explained, "list_del").reasons)
        assert "!defined(CONFIG_DEBUG_LIST)" in reasons

    def test_a_table_without_the_function_leaves_the_call_open(self, kernel: Kernel) -> None:
        for path in ("arch/arm/mm/fsr-2level.c", "arch/arm/mm/fsr-3level.c"):
            kernel.write(path, kernel.read(path).replace("do_page_fault", "do_bad"))
        assert S.UNRESOLVED is frame(kernel.explain(), "do_DataAbort").status

    def test_nothing_is_exact_while_the_index_grows(self, kernel: Kernel) -> None:
        parsed = formats.parse(model.Document.of(SEED.read_text(encoding="utf-8")))
        grown: list[model.Explanation] = []
        done = tree.build_index(
            tree.open_tree(kernel.root),
            wanted=[name for name, _, _ in LINES],
            grown=lambda part: grown.append(resolve.explain(parsed, part)),
        )
        complete = resolve.explain(parsed, done)
        assert grown
        for early in grown:
            statuses = {one.status for stack in early.crashes[0].stacks for one in stack.frames}
            assert S.EXACT not in statuses
            found = frame(early, "handle_pte_fault")
            assert S.LIKELY is found.status
            assert any("still being indexed" in reason for reason in found.reasons)
        for stack in complete.crashes[0].stacks:
            for one in stack.frames:
                assert not any("still being indexed" in reason for reason in one.reasons)
        assert S.EXACT is frame(complete, "handle_pte_fault").status

    def test_without_a_tree_the_text_is_all(self) -> None:
        parsed = formats.parse(model.Document.of(SEED.read_text(encoding="utf-8")))
        explained = resolve.explain(parsed, None)
        assert () == explained.roots
        assert "no-tree" in [problem.code for problem in explained.problems]
        assert {S.UNRESOLVED, S.NO_SOURCE} == {
            found.status for found in explained.crashes[0].stacks[0].frames
        }


class TestValues:
    def test_flags_by_the_trees_own_names(self, seed: model.Explanation) -> None:
        assert (
            "GFP_HIGHUSER_MOVABLE | __GFP_CMA"
            == argument(seed, "__alloc_pages_nodemask", "gfp_mask").text
        )
        flags = argument(seed, "get_page_from_freelist", "alloc_flags")
        assert "ALLOC_WMARK_LOW | ALLOC_CPUSET | ALLOC_CMA | ALLOC_FAIR" == flags.text

    def test_a_flag_that_one_branch_sets_tells_the_configuration(
        self, seed: model.Explanation
    ) -> None:
        derivation = " ".join(argument(seed, "get_page_from_freelist", "alloc_flags").derivation)
        assert "ALLOC_FAIR" in derivation
        assert "!defined(CONFIG_ZONE_MOVABLE_CMA)" in derivation

    def test_a_cut_value_is_whole_where_another_digit_is_impossible(
        self, seed: model.Explanation
    ) -> None:
        value = argument(seed, "handle_mm_fault", "flags")
        assert 169 == value.number
        assert () == value.doubts
        assert (
            "FAULT_FLAG_WRITE | FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_USER"
            == value.text
        )

    def test_a_fault_status_leads_to_its_handler(self, seed: model.Explanation) -> None:
        value = argument(seed, "do_DataAbort", "fsr")
        assert (
            "write, domain 1, status 7: page translation fault (do_page_fault, SIGSEGV, SEGV_MAPERR)"
            == value.text
        )

    def test_a_reused_register_is_doubted(self, seed: model.Explanation) -> None:
        fsr = argument(seed, "do_page_fault", "fsr")
        assert (2071, None, ()) == (fsr.expected, fsr.text, fsr.parts)
        assert fsr.doubts
        addr = argument(seed, "do_page_fault", "addr")
        assert 2739523584 == addr.expected
        assert "do_DataAbort passes `addr`" in addr.doubts[0]

    def test_what_the_caller_passes_unchanged_is_not_doubted(self, seed: model.Explanation) -> None:
        for function, name in (
            ("do_DataAbort", "addr"),
            ("do_page_fault", "regs"),
            ("handle_mm_fault", "address"),
        ):
            assert () == argument(seed, function, name).doubts, (function, name)

    def test_addresses_by_the_trees_memory_layout(self, seed: model.Explanation) -> None:
        assert "user" in (argument(seed, "do_DataAbort", "addr").text or "")
        regs = argument(seed, "do_DataAbort", "regs").text or ""
        assert "lowmem" in regs
        assert "80 bytes below the top" in regs

    def test_a_variable_window_belongs_to_the_frame_that_declares_it(self, kernel: Kernel) -> None:
        explained = kernel.explain(SEED.read_text(encoding="utf-8") + WINDOW)
        found = frame(explained, "do_DataAbort")
        (window,) = found.variables
        assert ("inf", "fsr_info[7]") == (window.name, window.target)
        members = {member.name: member for member in window.members}
        assert "SEGV_MAPERR" in (members["code"].text or "")
        assert members["fn"].target_position is not None
        assert 259 == members["fn"].target_position.line
        assert any("inf = fsr_info[7]" in reason for reason in found.reasons)


class TestPlacesInTheSource:
    """Hover in C: which values a name at a place had."""

    def _at(
        self, opened: tree.KernelTree, seed: model.Explanation, path: str, line: int, word: str
    ) -> list[str]:
        text = (opened.sources.lines(path) or ())[line - 1]
        found = resolve.values_at(opened, seed, path, line, text.index(word) + 1)
        return [
            f"{value.number}|{value.value.name}={value.value.printed}@{value.position.line}"
            for value in found
        ]

    def test_a_parameter_at_its_use(self, opened: tree.KernelTree, seed: model.Explanation) -> None:
        assert ["3|gfp_mask=33685722@2926"] == self._at(
            opened, seed, "mm/page_alloc.c", 2926, "gfp_mask"
        )

    def test_a_parameter_in_the_header(
        self, opened: tree.KernelTree, seed: model.Explanation
    ) -> None:
        assert ["3|gfp_mask=33685722@2926"] == self._at(
            opened, seed, "mm/page_alloc.c", 2864, "gfp_mask"
        )

    def test_another_functions_name_has_no_value(
        self, opened: tree.KernelTree, seed: model.Explanation
    ) -> None:
        lines = opened.sources.lines("mm/page_alloc.c") or ()
        for row in opened.rows("mm/page_alloc.c"):
            if row.name == "__alloc_pages_slowpath":
                line = next(n for n in range(row.start, row.end) if "gfp_mask" in lines[n - 1])
                assert [] == self._at(opened, seed, "mm/page_alloc.c", line, "gfp_mask")

    def test_members_and_shadowing_locals_have_no_value(self, kernel: Kernel) -> None:
        kernel.insert(
            "mm/memory.c",
            3370,
            "\tif (vma->flags) {\n\t\tint flags = 1;\n\t\tmm->pgd = flags ? mm->pgd : 0;\n\t}",
        )
        opened = kernel.open()
        explained = kernel.explain()
        lines = opened.sources.lines("mm/memory.c") or ()
        member = resolve.values_at(
            opened, explained, "mm/memory.c", 3370, lines[3369].index("flags")
        )
        shadow = resolve.values_at(
            opened, explained, "mm/memory.c", 3372, lines[3371].index("flags")
        )
        outside = resolve.values_at(
            opened, explained, "mm/memory.c", 3375, lines[3374].index("flags")
        )
        assert ((), ()) == (member, shadow)
        assert [169] == [found.value.number for found in outside]


def test_twenty_thousand_frames_are_answered(kernel: Kernel) -> None:
    """A hostile text costs time in proportion to its length."""
    text = "\n".join(
        f"-{number % 1000:03}|do_page_fault(addr = {number})" for number in range(20_000)
    )
    explained = kernel.explain(text)
    assert 20_000 == sum(len(stack.frames) for crash in explained.crashes for stack in crash.stacks)


def test_the_expected_words_are_json_safe(seed: model.Explanation) -> None:
    for found in seed.crashes[0].stacks[0].frames:
        json.dumps(
            [*found.reasons, *(doubt for value in found.arguments for doubt in value.doubts)]
        )


class TestWaysThatTheTextDoesNotShow:
    def test_entry_code_leads_through_macros_and_handlers(self, seed: model.Explanation) -> None:
        hops = frame(seed, "__dabt_usr").hops
        assert [
            ("dabt_helper", "macro", "arch/arm/kernel/entry-armv.S"),
            ("v7_early_abort", "asm", "arch/arm/mm/abort-ev7.S"),
        ] == [(hop.name, hop.kind.value, hop.position.path) for hop in hops]

    def test_a_function_without_a_frame_was_a_tail_call(self, kernel: Kernel) -> None:
        kernel.replace_line("mm/memory.c", 3371, "__handle_mm_fault", "not_shown")
        kernel.insert(
            "mm/memory.c",
            3345,
            "int not_shown(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address, unsigned int flags)\n"
            "{\n\treturn __handle_mm_fault(mm, vma, address, flags);\n}\n",
        )
        found = frame(kernel.explain(), "handle_mm_fault")
        assert (S.LIKELY, "mm/memory.c:3376") == (found.status, place(found))
        assert [("not_shown", "tail-call", 3347)] == [
            (h.name, h.kind.value, h.position.line) for h in found.hops
        ]

    def test_one_more_inline_function_is_one_more_hop(self, kernel: Kernel) -> None:
        kernel.replace_line("include/linux/gfp.h", 326, "__alloc_pages_nodemask(", "one_more(")
        kernel.insert(
            "include/linux/gfp.h",
            320,
            "static inline struct page *one_more(gfp_t gfp_mask, unsigned int order, struct zonelist *zonelist, nodemask_t *n)\n"
            "{\n\treturn __alloc_pages_nodemask(gfp_mask, order, zonelist, n);\n}",
        )
        found = frame(kernel.explain(), "__alloc_zeroed_user_highpage")
        assert (S.EXACT, "one_more") == (found.status, found.hops[-1].name)

    def test_an_inline_rival_makes_the_direct_call_likely(self, kernel: Kernel) -> None:
        kernel.insert(
            "mm/memory.c",
            2620,
            "static inline struct page *rival(struct vm_area_struct *vma, unsigned long a)\n"
            "{\n\treturn alloc_zeroed_user_highpage_movable(vma, a);\n}",
        )
        kernel.replace_line("mm/memory.c", 2666, "page == NULL", "page == rival(vma, address)")
        found = frame(kernel.explain(), "do_anonymous_page")
        assert (S.LIKELY, "mm/memory.c:2665") == (found.status, place(found))
        assert ["rival"] == [hop.name for hop in found.candidates[0].hops]

    def test_a_call_through_a_pointer_that_no_table_explains_is_likely(
        self, kernel: Kernel
    ) -> None:
        text = kernel.read("mm/memory.c")
        kernel.write(
            "mm/memory.c",
            text.replace("ret = __handle_mm_fault(mm,", "ret = (*mm->handler)(mm,")
            + "\nvoid *taken(void)\n{\n\treturn __handle_mm_fault;\n}\n",
        )
        found = frame(kernel.explain(), "handle_mm_fault")
        assert (S.LIKELY, "mm/memory.c:3371") == (found.status, place(found))
        assert "only call through a pointer" in found.reasons[0]

    def test_numbers_with_a_gap_are_not_linked(self, kernel: Kernel) -> None:
        lines = SEED.read_text(encoding="utf-8").split("\n")
        text = "\n".join(line for line in lines if not line.startswith("-004|"))
        found = frame(kernel.explain(text), "__do_page_fault")
        assert (S.FUNCTION, None) == (found.status, found.position)
        assert "not in the text" in found.reasons[0]

    def test_a_text_that_begins_in_the_middle_places_no_leaf(self, kernel: Kernel) -> None:
        lines = SEED.read_text(encoding="utf-8").split("\n")
        found = frame(kernel.explain("\n".join(lines[6:])), "__alloc_pages_nodemask")
        assert (S.FUNCTION, None, ()) == (found.status, found.position, found.candidates)

    def test_a_weak_definition_gives_way(self, kernel: Kernel) -> None:
        kernel.write(
            "kernel/weak.c",
            "void __weak sample_idle(void)\n{\n}\nvoid looper(void)\n{\n\tsample_idle();\n}\n",
        )
        kernel.write("arch/arm/kernel/idle.c", "void sample_idle(void)\n{\n}\n")
        explained = kernel.explain("-000|sample_idle()\n-001|looper()\n-002|__dabt_usr(asm)\n")
        found = frame(explained, "sample_idle")
        assert found.definition is not None
        assert "arch/arm/kernel/idle.c" == found.definition.position.path
        assert any("weak" in reason for reason in found.reasons)
