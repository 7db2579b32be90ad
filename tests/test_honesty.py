"""`exact` is proof: whatever can hide another way makes an answer likely, and no guess about a value is a fact."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.kernels import SEED, Kernel, argument, frame, place

from oopsight import model

S = model.Status
TEXT = "-000|inner(x = 1)\n-001|outer(x = 1)\n-002|top(x = 1)\n-003|__dabt_usr(asm)\n"
INNER = "int inner(int x)\n{\n\treturn *(int *)x + *(int *)(x + 4);\n}\n"
TOP = "int top(int x)\n{\n\treturn outer(x);\n}\n"
OPS = "struct ops {\n\tint (*fn)(int);\n};\nstatic struct ops table = {\n\t.fn = inner,\n};\n"


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "cache"))
    return Kernel(tmp_path / "kernel")


def outer(kernel: Kernel, before: str, body: str) -> model.ResolvedFrame:
    """The frame of `outer` with this body, in a file that begins with `before` and a plain `inner`."""
    kernel.write("mm/probe.c", f"{INNER}{before}int outer(int x)\n{{\n{body}\n}}\n{TOP}")
    return frame(kernel.explain(TEXT), "outer")


RIVALS = {
    "a table holds it for a call through a pointer": (
        OPS,
        "\tstruct ops *p = &table;\n\tp->fn(x);\n\treturn inner(x);",
    ),
    "an inline function calls through such a pointer": (
        f"{OPS}static inline int help(struct ops *p, int x)\n{{\n\treturn p->fn(x);\n}}\n",
        "\thelp(&table, x);\n\treturn inner(x);",
    ),
    "a local pointer holds it": ("", "\tint (*f)(int) = inner;\n\tf(x);\n\treturn inner(x);"),
    "it is passed to an inline function that calls it": (
        "static inline int apply(int (*f)(int), int x)\n{\n\treturn f(x);\n}\n",
        "\tapply(inner, x);\n\treturn inner(x);",
    ),
    "a macro calls what it is given": (
        "#define WRAP(f, x) f(x)\n",
        "\tWRAP(inner, x);\n\treturn inner(x);",
    ),
    "a macro pastes its name": (
        "#define CALL(a, b) a ## b\n",
        "\tCALL(inn, er)(x);\n\treturn inner(x);",
    ),
    "two macros paste its name": (
        "#define CALL(a, b) a ## b\n#define DO(e, x) CALL(inn, e)(x)\n",
        "\tDO(er, x);\n\treturn inner(x);",
    ),
    "a word hides a call": ("#define GO inner(5)\n", "\tGO;\n\treturn inner(x);"),
    "another name stands for it": ("#define inner2 inner\n", "\tinner2(x);\n\treturn inner(x);"),
    "a header was not found": ('#include "nowhere.h"\n', "\tunknown_word(x);\n\treturn inner(x);"),
    "its name is a macro as well": (
        "#define inner(x) other(x)\nint other(int x);\n",
        "\treturn inner(x);",
    ),
}


class TestExact:
    @pytest.mark.parametrize("case", RIVALS)
    def test_a_hidden_rival_voids_it(self, kernel: Kernel, case: str) -> None:
        found = outer(kernel, *RIVALS[case])
        assert S.LIKELY is found.status, found.reasons
        assert (place(found) or "").startswith("mm/probe.c:")

    def test_the_same_without_a_rival_is_exact(self, kernel: Kernel) -> None:
        found = outer(
            kernel, OPS + "#define WRAP(f, x) f(x)\n", "\tWRAP(top, x);\n\treturn inner(x);"
        )
        assert S.EXACT is found.status, found.reasons

    @pytest.mark.parametrize(
        ("before", "body", "hops"),
        [
            ("#define GO inner(5)\n", "\tGO;\n\treturn 0;", ["GO"]),
            ("#define inner2 inner\n", "\treturn inner2(x);", ["inner2"]),
            ("#define WRAP(f, x) f(x)\n", "\treturn WRAP(inner, x);", ["WRAP"]),
            ("#define CALL(a, b) a ## b\n", "\treturn CALL(inn, er)(x);", ["CALL"]),
        ],
    )
    def test_what_hides_a_call_is_a_hop(
        self, kernel: Kernel, before: str, body: str, hops: list[str]
    ) -> None:
        found = outer(kernel, before, body)
        assert (S.EXACT, hops) == (found.status, [hop.name for hop in found.hops])

    def test_two_calls_inside_of_a_hop_are_said(self, kernel: Kernel) -> None:
        found = outer(
            kernel,
            "static inline int help(int x)\n{\n\tif (x)\n\t\treturn inner(1);\n\treturn inner(2);\n}\n",
            "\treturn help(x);",
        )
        assert S.LIKELY is found.status
        assert any("more than one way" in reason for reason in found.reasons)

    def test_calls_on_one_line_are_one_place(self, kernel: Kernel) -> None:
        found = outer(kernel, "", "\treturn inner(x) + inner(x + 1);")
        assert (S.EXACT, "mm/probe.c:7") == (found.status, place(found))

    def test_a_sizeof_calls_nothing(self, kernel: Kernel) -> None:
        found = outer(kernel, "", "\tint n = sizeof(inner(x));\n\treturn n + inner(x);")
        assert (S.EXACT, "mm/probe.c:8") == (found.status, place(found))

    def test_a_variable_of_the_callees_name_is_no_function(self, kernel: Kernel) -> None:
        found = outer(kernel, "", "\tint (*inner)(int) = find(x);\n\treturn inner(x);")
        assert S.EXACT is not found.status


class TestDefinitions:
    def test_a_static_function_belongs_to_the_file_of_its_caller(self, kernel: Kernel) -> None:
        same = "int inner(int x);\nstatic int outer(int x)\n{\n\treturn inner(x);\n}\n"
        kernel.write("mm/a.c", INNER.replace("int inner", "int __inner") + INNER + same)
        kernel.write("mm/b.c", same + TOP)
        found = frame(kernel.explain(TEXT), "outer")
        assert (S.EXACT, "mm/b.c:4") == (found.status, place(found))
        assert any("static, and mm/b.c cannot call it" in reason for reason in found.reasons)

    def test_a_function_of_another_architecture_is_not_exact(self, kernel: Kernel) -> None:
        text = (
            SEED.read_text(encoding="utf-8")
            .replace("__dabt_usr", "el0_da")
            .replace("__dabt_svc", "el1_da")
        )
        found = frame(kernel.explain(text), "do_DataAbort")
        assert S.EXACT is not found.status
        assert any("outside of arch/arm64" in reason for reason in found.reasons)


class TestTheFaultItself:
    @pytest.mark.parametrize(
        ("entry", "body", "status"),
        [
            ("__dabt_svc", "\treturn *(int *)x;", S.EXACT),
            ("__dabt_svc", "\treturn *(int *)x + help(x);", S.LIKELY),
            ("__dabt_svc", '\tasm volatile("ldr r0, [r1]");\n\treturn *(int *)x;', S.LIKELY),
            ("__dabt_svc", "\tcounter++;\n\treturn *(int *)x;", S.LIKELY),
            ("__und_svc", "\treturn *(int *)x;", S.AMBIGUOUS),
        ],
    )
    def test_only_a_data_access_that_faulted_has_a_place(
        self, kernel: Kernel, entry: str, body: str, status: model.Status
    ) -> None:
        kernel.write("mm/probe.c", f"int counter;\nint leaf(int x)\n{{\n{body}\n}}\n")
        text = f"-000|{entry}(asm)\n-->|exception\n-001|leaf(x = 1)\n"
        assert status is frame(kernel.explain(text), "leaf").status


class TestValues:
    def test_without_a_witness_a_zero_is_not_expected(self, kernel: Kernel) -> None:
        text = SEED.read_text(encoding="utf-8").replace(
            "do_DataAbort(addr = 2739523584, fsr = 2071, regs = 0xC6D61FB0)",
            "do_DataAbort(?, ?, ?)",
        )
        explained = kernel.explain(text)
        assert argument(explained, "handle_mm_fault", "address").expected is None
        assert argument(explained, "do_page_fault", "addr").doubts

    def test_a_witness_further_inside_decides(self, kernel: Kernel) -> None:
        explained = kernel.explain()
        doubts = argument(explained, "do_page_fault", "addr").doubts
        assert any("address = 2739523584 of handle_mm_fault agrees" in doubt for doubt in doubts)

    def test_minus_one_is_minus_one(self, kernel: Kernel) -> None:
        kernel.write("mm/probe.c", f"{INNER}int outer(int x)\n{{\n\treturn inner(x);\n}}\n")
        for inner, its in (("-1", "-1"), ("-1", "0xFFFFFFFF"), ("4294967295", "-1")):
            explained = kernel.explain(
                f"-000|inner(x = {inner})\n-001|outer(x = {its})\n-002|__dabt_usr(asm)\n"
            )
            assert () == argument(explained, "inner", "x").doubts

    @pytest.mark.parametrize(
        "body",
        [
            "\tget_user(x, p);",
            '\tasm("mov %0, #1" : "=r" (x));',
            "\tchange(&x);",
            "\tin_no_header(x);",
        ],
    )
    def test_a_variable_that_may_change_is_not_doubted(self, kernel: Kernel, body: str) -> None:
        kernel.write(
            "mm/probe.c",
            "#define get_user(v, p) (v) = *(p)\nvoid change(int *x);\n"
            f"int inner(int x)\n{{\n{body}\n\treturn *(int *)x;\n}}\nint outer(int x)\n{{\n\treturn inner(x);\n}}\n",
        )
        explained = kernel.explain("-000|inner(x = 5)\n-001|outer(x = 7)\n-002|__dabt_usr(asm)\n")
        assert () == argument(explained, "inner", "x").doubts

    def test_a_status_that_selects_another_handler_is_said(self, kernel: Kernel) -> None:
        text = SEED.read_text(encoding="utf-8").replace("fsr = 2071", "fsr = 2054")
        found = frame(kernel.explain(text), "do_DataAbort")
        assert S.LIKELY is found.status
        assert any(
            "fsr_info[6], whose handler is do_bad and not do_page_fault" in r for r in found.reasons
        )

    def test_a_configuration_that_contradicts_the_values_is_said(self, kernel: Kernel) -> None:
        kernel.option("CONFIG_ZONE_MOVABLE_CMA", "y")
        derivation = " ".join(
            argument(kernel.explain(), "get_page_from_freelist", "alloc_flags").derivation
        )
        assert "the configuration says the opposite" in derivation
