"""Conditions, configurations, constant expressions and what trees state: the numbers are those that a C compiler computes."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oopsight import model, values
from oopsight.tree import conditions, configs, evaluate, headers, kconfig, preprocess, tables
from oopsight.tree.evaluate import Meaning
from support import trees

GCC = shutil.which("gcc")
needs_gcc = pytest.mark.skipif(GCC is None, reason="there is no gcc to compare with")

# ── conditions of lines ──

FILE = """\
#ifndef _SAMPLE_H
#define _SAMPLE_H
int a;
#ifdef CONFIG_A /* why */
int b;
# if defined CONFIG_B && \\
     ! defined(CONFIG_C)
int c;
# elif CONFIG_D > 2
int d;
# else
int e;
# endif
#else // not A
int f;
#endif
/*
#ifdef CONFIG_IN_A_COMMENT
*/
int g; /* #if 0 */
#if 0
int h;
#endif
#if defined(X) || defined(Y)
#ifndef Z
int i;
#endif
#endif
#endif /* guard */
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("int a;", None),
        ("int b;", "defined(CONFIG_A)"),
        ("int c;", "defined(CONFIG_A) && defined(CONFIG_B) && !defined(CONFIG_C)"),
        (
            "int d;",
            "defined(CONFIG_A) && !(defined(CONFIG_B) && !defined(CONFIG_C)) && CONFIG_D > 2",
        ),
        (
            "int e;",
            "defined(CONFIG_A) && !(defined(CONFIG_B) && !defined(CONFIG_C)) && !(CONFIG_D > 2)",
        ),
        ("int f;", "!defined(CONFIG_A)"),
        ("int g; /* #if 0 */", None),
        ("int h;", "0"),
        ("int i;", "(defined(X) || defined(Y)) && !defined(Z)"),
        ("#endif /* guard */", None),
    ],
)
def test_condition_of_a_line(line: str, expected: str | None) -> None:
    """A line's condition is built from the branches around it; the include guard is none of them."""
    number = FILE.splitlines().index(line) + 1
    assert preprocess.conditionals(FILE).at(number) == expected


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("#ifndef X\n#define X 5\n#endif\nint a;\n", 2, "!defined(X)"),  # a fallback is no guard
        (
            "#if !defined(_T_H) || defined(TRACE_HEADER_MULTI_READ)\n#define _T_H\nint a;\n#endif\n#include <x>\n",
            3,
            None,
        ),
        ("int a;\n#endif\n#else\nint b;\n", 4, None),
        ("#ifdef A\nint b;\n", 2, "defined(A)"),
        ("#if 1\nint a;\n#else\nint b;\n#endif\n", 2, None),
        ("#if 1\nint a;\n#else\nint b;\n#endif\n", 4, "0"),
        ('char *s = "/*";\n#ifdef A\nint b;\n#endif\n', 3, "defined(A)"),
        ('char *s = "a/*b"; /* \n#if 0 */\n#ifdef A\nint b;\n#endif\n', 4, "defined(A)"),
        ('/* " */ int a; /*\n#if 0\n*/\n#ifdef A\nint b;\n#endif\n', 5, "defined(A)"),
        ("// a /* b\n#ifdef A\nint b;\n#endif\n", 3, "defined(A)"),
        ("#ifdef A\r\nint b;\r\n#endif\r\n", 2, "defined(A)"),
        ("#ifdef A\n#ifdef A\nint b;\n#endif\n#endif\n", 3, "defined(A)"),
        ("#if (defined(A))\nint b;\n#endif\n", 2, "defined(A)"),
        ("", 1, None),
    ],
)
def test_odd_files(text: str, line: int, expected: str | None) -> None:
    """Fallbacks, trace headers, unbalanced files, comments in strings, CRLF."""
    assert preprocess.conditionals(text).at(line) == expected


@given(st.text(alphabet="#ifdeflsn \n\\/*\"'()A&|!01", max_size=200))
def test_conditionals_never_fail(text: str) -> None:
    """Any text has conditions, and each can be asked for its truth."""
    found = preprocess.conditionals(text)
    for line in range(1, text.count("\n") + 2):
        assert preprocess.holds(found.at(line), None) in (True, False, None)


@pytest.mark.parametrize(
    "text",
    [
        "a /* b\n c */ d // e\nf",
        'x = "/* no */"; // y',
        "/* open\n",
        "a\n/**/b",
    ],
)
def test_comments_keep_places(text: str) -> None:
    """Taking comments out moves nothing."""
    plain = preprocess.without_comments(text)
    assert len(plain) == len(text)
    assert [len(line) for line in plain.split("\n")] == [len(line) for line in text.split("\n")]
    assert len(preprocess.in_one_line(text)) == len(text)


def test_large_files_take_linear_time() -> None:
    """Thousands of unclosed comments, quotes, branches and backslashes are read at once."""
    for piece in ("/*", '"', '"/*', "\\\n", "#if (\n", "'", "#if a\n#elif b\n"):
        assert preprocess.conditionals("#\n" + piece * 20_000).at(1) is None


# ── configurations ──

DOT_CONFIG = """\
# a comment
CONFIG_ARM=y
CONFIG_MODULE_X=m
# CONFIG_NUMA is not set
CONFIG_PAGE_OFFSET=0xC0000000
CONFIG_HZ=100
CONFIG_NAME="two words"
CONFIG_NEGATIVE=-3
CONFIG_LETTER="m"
"""
AUTOCONF = """\
#define CONFIG_ARM 1
#define CONFIG_MODULE_X_MODULE 1
#define CONFIG_PAGE_OFFSET 0xC0000000
#define CONFIG_HZ 100
#define CONFIG_NAME "two words"
#define CONFIG_NEGATIVE -3
#define CONFIG_LETTER "m"
"""


@pytest.mark.parametrize("text", [DOT_CONFIG, AUTOCONF, DOT_CONFIG.replace("\n", "\r\n")])
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("defined(CONFIG_ARM)", True),
        ("defined(CONFIG_MODULE_X)", False),
        ("defined(CONFIG_MODULE_X_MODULE)", True),
        ("IS_ENABLED(CONFIG_MODULE_X)", True),
        ("IS_BUILTIN(CONFIG_MODULE_X)", False),
        ("IS_MODULE(CONFIG_MODULE_X)", True),
        ("IS_REACHABLE(CONFIG_ARM)", True),
        ("defined(CONFIG_NUMA)", False),
        ("!CONFIG_NUMA", True),
        ("CONFIG_PAGE_OFFSET == 0xC0000000", True),
        ("CONFIG_HZ > 99 && CONFIG_HZ <= 100", True),
        ("CONFIG_HZ * 10 + 1 == 1001", True),
        ("CONFIG_NEGATIVE < 0", True),
        ("defined(CONFIG_LETTER)", True),
        ("defined(CONFIG_NAME) && UNKNOWN", None),
        ("defined(CONFIG_NUMA) && UNKNOWN", False),
        ("defined(CONFIG_ARM) || UNKNOWN", True),
        ("UNKNOWN > 3", None),
        ("UNKNOWN ? 1 : 1", True),
        ("__KERNEL__", None),
        ("defined(__KERNEL__) && !defined(__ASSEMBLY__)", True),
        ("A && !A", False),
        ("A || !A", True),
        ("this is no condition (", None),
        ("", None),
        (None, True),
    ],
)
def test_truth(text: str, condition: str | None, expected: bool | None) -> None:
    """`.config` and `autoconf.h` decide alike; what they do not decide stays open."""
    assert preprocess.holds(condition, configs.parse_config(text)) is expected


def test_deep_conditions_are_left_open() -> None:
    """Conditions deeper than people write them are not decided, and nothing fails."""
    for condition in (
        "(" * 900 + "A" + ")" * 900 + " && B",
        " && ".join(["A"] * 3000),
        "!" * 900 + "A",
    ):
        assert preprocess.holds(condition, None) is None
        assert preprocess.compatible(condition, "B")
        conditions.all_of(condition, "C")
        conditions.negated(condition)


def test_without_configuration_nothing_is_known() -> None:
    """No configuration is not an empty one."""
    assert preprocess.holds("defined(CONFIG_ARM)", None) is None
    assert preprocess.holds("defined(CONFIG_ARM)", configs.Config()) is False
    assert preprocess.holds("defined(CONFIG_ARM)", None, lambda name: name == "CONFIG_ARM") is True
    assert preprocess.holds("SIZE > 3", None, None, lambda name: 4) is True


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ("defined(A)", "!defined(A)"),
        ("!defined(A)", "defined(A)"),
        ("A || B", "!(A || B)"),
        ("!(A || B)", "A || B"),
        ("0", "1"),
    ],
)
def test_negation(one: str, expected: str) -> None:
    assert conditions.negated(one) == expected


def test_joining() -> None:
    """Terms stand once; a weaker operator is put in brackets; a condition that always holds says nothing."""
    assert conditions.all_of(None, "1") is None
    assert conditions.all_of("A", None, "A && B") == "A && B"
    assert conditions.all_of("A || B", "C") == "(A || B) && C"
    assert conditions.any_of("A && B", "C") == "(A && B) || C"
    assert conditions.any_of("A", None) is None
    assert conditions.any_of() == "0"


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        (("defined(A)", "!defined(A)"), False),
        (("defined(A)", "!defined(A) || B", "!B"), False),
        (("IS_ENABLED(CONFIG_A)", "!defined(CONFIG_A)"), True),  # it may be a module
        (("!IS_ENABLED(CONFIG_A)", "defined(CONFIG_A)"), False),
        (("A > 3", "A < 3"), True),  # numbers are not compared
        ((None, "A"), True),
    ],
)
def test_compatible(several: tuple[str | None, ...], expected: bool) -> None:
    """Two conditions go together unless no kernel can have both."""
    assert conditions.compatible(*several) is expected


_ATOMS = st.sampled_from(["defined(A)", "defined(B)", "defined(C)", "D"])
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
    ),
    max_leaves=8,
)


@given(_CONDITIONS, _CONDITIONS, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_joined_conditions_mean_what_they_say(
    one: str, other: str, a: bool, b: bool, c: bool, d: bool
) -> None:
    """However conditions are respelled, they have the same truth under every choice of options."""
    known = {"A": a, "B": b, "C": c, "D": d}

    def truth(condition: str | None) -> bool | None:
        return conditions.holds(condition, None, known.get, lambda name: int(known[name]))

    left, right = truth(one), truth(other)
    assert left is not None
    assert right is not None
    assert truth(conditions.negated(one)) is (not left)
    assert truth(conditions.all_of(one, other)) is (left and right)
    assert truth(conditions.any_of(one, other)) is (left or right)
    if left and right:
        assert conditions.compatible(one, other)


# ── expressions ──

NAMES: Mapping[str, Sequence[Meaning]] = {
    "A": [Meaning("A", "1 + 2")],
    "TWICE": [Meaning("TWICE", "A * A")],
    "UL": [Meaning("UL", "_AC(x, UL)", ("x",))],
    "_AC": [Meaning("_AC", "__AC(X, Y)", ("X", "Y"))],
    "__AC": [Meaning("__AC", "(X##Y)", ("X", "Y"))],
    "NOT_BUILT_IN": [Meaning("NOT_BUILT_IN", "(UL(1) << (nr))", ("nr",))],
    "LOOP": [Meaning("LOOP", "POOL")],
    "POOL": [Meaning("POOL", "LOOP + 1")],
    "SELF": [Meaning("SELF", "SELF"), Meaning("SELF", "(3) + 1", enumerator=True)],
    "FLAG": [Meaning("FLAG", "((__force gfp_t)0x20u)")],
    "CHOICE": [
        Meaning("CHOICE", "1", condition="defined(CONFIG_A)"),
        Meaning("CHOICE", "2", condition="!defined(CONFIG_A)"),
    ],
    "DEPENDS": [
        Meaning("DEPENDS", "CHOICE | 4", condition="defined(CONFIG_A)"),
        Meaning("DEPENDS", "CHOICE | 8", condition="!defined(CONFIG_A)"),
    ],
    "FALLBACK": [
        Meaning("FALLBACK", "1", condition="defined(CONFIG_B)"),
        Meaning("FALLBACK", "2", condition="!defined(FALLBACK)"),
    ],
    "SURE": [Meaning("SURE", "1"), Meaning("SURE", "2", condition="!defined(SURE)")],
    "MAX": [Meaning("MAX", "((a) > (b) ? (a) : (b))", ("a", "b"))],
    "PICK": [Meaning("PICK", "__VA_ARGS__ + first", ("first", "..."))],
    "EMPTY": [Meaning("EMPTY", "7", ())],
    "DEEP0": [Meaning("DEEP0", "1")],
    **{f"DEEP{n}": [Meaning(f"DEEP{n}", f"(DEEP{n - 1} + 1)")] for n in range(1, 100)},
    "BOMB0": [Meaning("BOMB0", "1")],
    **{f"BOMB{n}": [Meaning(f"BOMB{n}", f"BOMB{n - 1} + BOMB{n - 1}")] for n in range(1, 40)},
}


def lookup(name: str) -> Sequence[Meaning]:
    return NAMES.get(name, ())


def only(expression: str, bits: int = 32) -> int | None:
    outcomes = evaluate.evaluate(expression, lookup, bits=bits)
    if not outcomes:
        return None
    (outcome,) = outcomes
    assert outcome.condition is None
    return outcome.number


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("A * 2", 5),  # macros are text
        ("TWICE", 5),
        ("NOT_BUILT_IN(3)", 8),
        ("~NOT_BUILT_IN(3)", 0xFFFFFFF7),
        ("~1", -2),
        ("~1u", 0xFFFFFFFE),
        ("-1 > 0u", 1),
        ("1 << 31", -(1 << 31)),
        ("1u << 31", 1 << 31),
        ("0x80000000", 1 << 31),
        ("0b101 + 010 + 0x1F + 9", 5 + 8 + 31 + 9),
        ("'a'", 97),
        (r"'\n' + '\x41' + '\101'", 10 + 65 + 65),
        ("(unsigned char)300", 44),
        ("(signed char)200", -56),
        ("(u64)1 << 40", 1 << 40),
        ("1ULL << 63", 1 << 63),
        ("(unsigned long)-1", 0xFFFFFFFF),
        ("FLAG | BIT(31)", 0x80000020),
        ("BIT(31)", 1 << 31),
        ("BIT_ULL(40)", 1 << 40),
        ("GENMASK(7, 4)", 0xF0),
        ("GENMASK_ULL(39, 32)", 0xFF00000000),
        ("5 / -2", -2),
        ("-5 % 3", -2),
        ("1 ? 2 : 1 / 0", 2),
        ("0 && (1 / 0)", 0),
        ("3 ?: 4", 3),
        ("1, 2", 2),
        ("sizeof(long) + sizeof(u8) + sizeof(void *)", 9),
        ("MAX(3, MAX(9, 4))", 9),
        ("PICK(1, 2)", 3),
        ("EMPTY()", 7),
        ("SELF", 4),
        ("SURE", 1),
        ("DEEP99", 100),
        ("ilog2(4096)", 12),
        ("LOOP", None),
        ("NOTHING", None),
        ("NOT_BUILT_IN", None),
        ("MAX(1)", None),
        ("1 +", None),
        ("(1", None),
        ("1 << 32", None),
        ("1 / 0", None),
        ("sizeof(struct x)", None),
        ("(foo_t)-1", None),  # its width is not known
        ("(foo_t)1", 1),
        ("f(1)", None),
        ("1.5", None),
        ("", None),
        ("((((" * 200, None),
        ("-" * 5000 + "1", None),
        ("BOMB39", None),
        ("1" + " + 1" * 100, 101),
        ("1" + " + 1" * 2900, None),
    ],
)
def test_numbers(expression: str, expected: int | None) -> None:
    """Constant expressions have the numbers that C gives them where long has 32 bits."""
    assert only(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("~UL(0)", (1 << 64) - 1),
        ("BIT(40)", 1 << 40),
        ("sizeof(long)", 8),
        ("(unsigned long)-1", (1 << 64) - 1),
    ],
)
def test_numbers_of_64_bits(expression: str, expected: int) -> None:
    assert only(expression, bits=64) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CHOICE", {1: "defined(CONFIG_A)", 2: "!defined(CONFIG_A)"}),
        ("DEPENDS", {5: "defined(CONFIG_A)", 10: "!defined(CONFIG_A)"}),  # not 9 and 6
        ("CHOICE - CHOICE", {0: None}),
        ("CHOICE * 0", {0: None}),
        ("FALLBACK", {1: "defined(CONFIG_B)", 2: "!defined(CONFIG_B)"}),
        (
            "27 + IS_ENABLED(CONFIG_LOCKDEP)",
            {28: "IS_ENABLED(CONFIG_LOCKDEP)", 27: "!IS_ENABLED(CONFIG_LOCKDEP)"},
        ),
    ],
)
def test_alternatives(expression: str, expected: dict[int, str | None]) -> None:
    """Every number comes with what it depends on; combinations that no kernel has are left out."""
    outcomes = evaluate.evaluate(expression, lookup)
    assert {each.number: each.condition for each in outcomes} == expected


def test_a_configuration_decides() -> None:
    """Definitions that do not hold are left out, and conditions that hold are not named."""

    def holds(condition: str | None) -> bool | None:
        return preprocess.holds(condition, configs.parse_config("CONFIG_B=y"))

    assert evaluate.evaluate("CHOICE", lookup, holds=holds) == (evaluate.Outcome(2),)
    assert evaluate.evaluate("FALLBACK", lookup, holds=holds) == (evaluate.Outcome(1),)
    assert evaluate.evaluate("IS_ENABLED(CONFIG_B)", lookup, holds=holds) == (evaluate.Outcome(1),)


def test_outcomes_are_bounded() -> None:
    """A sum of twenty independent choices does not give a million outcomes."""
    names = {
        f"N{n}": [
            Meaning(f"N{n}", "0", condition=f"defined(C{n})"),
            Meaning(f"N{n}", str(1 << n), condition=f"!defined(C{n})"),
        ]
        for n in range(20)
    }
    expression = " + ".join(names)
    assert len(evaluate.evaluate(expression, lambda name: names.get(name, ()))) <= 32


@given(st.text(max_size=60) | st.text(alphabet="()+-*/%<>=!&|^~?:,0x1UL AFB", max_size=60))
def test_evaluation_never_fails(expression: str) -> None:
    """Any text has outcomes or none."""
    for outcome in evaluate.evaluate(expression, lookup):
        assert isinstance(outcome.number, int)


# ── what a compiler says ──

_SUFFIXES = ("", "u", "l", "ul", "ull", "ll")
_CASTS = (
    "",
    "(int)",
    "(unsigned)",
    "(long)",
    "(unsigned long)",
    "(unsigned char)",
    "(short)",
    "(u32)",
    "(s64)",
)


def random_expression(source: random.Random, depth: int = 0) -> str:
    """An expression with brackets only where chance puts them, so that precedence is tested."""
    if depth > 3 or source.random() < 0.25:
        number = source.choice(
            (0, 1, 2, 7, 31, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, source.randrange(1 << 16))
        )
        text = source.choice((str, hex))(number) + source.choice(_SUFFIXES)
        return source.choice(("", "", "", "-", "~", "!")) + source.choice(_CASTS) + text
    kind = source.random()
    left, right = random_expression(source, depth + 1), random_expression(source, depth + 1)
    if kind < 0.1:
        return f"({left} ? {right} : {random_expression(source, depth + 1)})"
    operator = source.choice("+ - * & | ^ && || == != < > <= >= << >> / %".split())
    if operator in ("<<", ">>"):
        right = str(source.randrange(31))
    text = f"{left} {operator} {right}"
    return f"({text})" if source.random() < 0.6 else text


@needs_gcc
def test_random_expressions_have_gccs_numbers(tmp_path: Path) -> None:
    """Three hundred expressions of mixed types come out as gcc computes them."""
    source = random.Random(20)
    cases = []
    while len(cases) < 300:
        expression = random_expression(source)
        outcomes = evaluate.evaluate(expression, lookup, bits=64)
        if outcomes:
            cases.append((expression, outcomes[0].number))
    program = tmp_path / "cases.c"
    lines = "\n".join(
        f'  printf("%llu\\n", (unsigned long long)({expression}));' for expression, _ in cases
    )
    program.write_text(
        "#include <stdio.h>\ntypedef unsigned u32; typedef long long s64;\n"
        f"int main(void) {{\n{lines}\n  return 0;\n}}\n"
    )
    binary = tmp_path / "cases"
    subprocess.run(
        [str(GCC), "-w", "-fwrapv", "-O0", "-o", binary, program], check=True, capture_output=True
    )
    printed = subprocess.run([binary], check=True, capture_output=True, text=True).stdout.split()
    assert [
        (expression, int(said)) for (expression, _), said in zip(cases, printed, strict=True)
    ] == [(expression, number & (1 << 64) - 1) for expression, number in cases]


TREES = {
    "linux-3.x": ("mm/internal.h", "include/asm-generic/siginfo.h"),
    "linux-6.1": ("mm/internal.h", "include/linux/mm.h", "include/uapi/asm-generic/siginfo.h"),
    "linux-6.12": ("include/linux/gfp_types.h", "include/linux/mm_types.h"),
}


@needs_gcc
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize(
    "options",
    [
        ("CONFIG_MMU=y",),
        ("CONFIG_DMAUSER_PAGES=y", "CONFIG_NUMA=y", "CONFIG_ZONE_DMA32=y"),
        ("CONFIG_KASAN_HW_TAGS=y", "CONFIG_SLAB_OBJ_EXT=y"),
        ("CONFIG_KASAN_HW_TAGS=y", "CONFIG_LOCKDEP=y", "CONFIG_HIGHMEM=y", "CONFIG_ZONE_DMA=y"),
    ],
)
def test_domains_have_gccs_numbers(tree: str, options: tuple[str, ...]) -> None:
    """Under a configuration, every constant of every domain has the number that a compiler sees."""
    constants = trees.constants(tree, *options)
    found = [
        each
        for key in ("gfp", "alloc-flags", "fault-flags", "si-code")
        for each in constants.of(_domain(key))
    ]
    assert found
    lines = [f"#define {option.partition('=')[0]} 1" for option in options]
    lines += [f"#include <{header}>" for header in TREES[tree]]
    lines += [
        f'_Static_assert((unsigned)({each.name}) == {each.number & 0xFFFFFFFF}u, "{each.name}");'
        for each in found
    ]
    root = trees.TREES / tree
    command = [str(GCC), "-m32", "-fsyntax-only", "-w", "-D__KERNEL__", "-nostdinc", "-x", "c"]
    command += [
        f"-I{root / folder}" for folder in ("", "include", "arch/arm/include", "include/uapi")
    ]
    done = subprocess.run(
        [*command, "-"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _domain(key: str) -> model.Domain:
    found = values.domain(key)
    assert found is not None
    return found


# ── headers ──

ENUM = """\
enum sample {
	FIRST,		/* 0, a comment */
#ifdef CONFIG_ONE
	ONE,
	TWO,
#endif
#if defined(CONFIG_TWO)
	THREE,
#endif
	LAST, FIXED = (1 << 4) | 1,
	AFTER,
};
enum { ALONE = -1, ZERO };
#define MACRO(a, b) \\
	((a) + \\
	(b)) /* two
	lines */
#define  SPACED 5 // five
#define EMPTY
#undef GONE
"""


def numbers(name: str, *options: str) -> dict[int, str | None]:
    header = headers.read("x.h", ENUM)
    config = trees.config(options)
    outcomes = [
        outcome
        for meaning in header.meanings[name]
        for outcome in evaluate.evaluate_meaning(
            meaning,
            lambda other: header.meanings.get(other, ()),
            holds=lambda condition: preprocess.holds(condition, config),
        )
        if preprocess.holds(meaning.condition, config) is not False
    ]
    return {each.number: each.condition for each in outcomes}


def test_enumerators_are_counted() -> None:
    """An enumerator behind optional ones has a number for each way to get there."""
    assert numbers("FIRST") == {0: None}
    assert numbers("TWO") == {2: "defined(CONFIG_ONE)"}
    assert numbers("LAST") == {
        4: "defined(CONFIG_TWO) && defined(CONFIG_ONE)",
        2: "defined(CONFIG_TWO) && !defined(CONFIG_ONE)",
        3: "defined(CONFIG_ONE) && !defined(CONFIG_TWO)",
        1: "!defined(CONFIG_ONE) && !defined(CONFIG_TWO)",
    }
    assert numbers("LAST", "CONFIG_TWO=y") == {2: None}
    assert numbers("AFTER") == {18: None}
    assert numbers("ALONE") == {-1: None}
    assert numbers("ZERO") == {0: None}


def test_header_places() -> None:
    """Names stand at their own line and column, whatever comments come before them."""
    header = headers.read("x.h", ENUM)
    assert header.enums == {"sample": ("FIRST", "ONE", "TWO", "THREE", "LAST", "FIXED", "AFTER")}
    lines = ENUM.splitlines()
    for name, several in header.meanings.items():
        for meaning in several:
            assert meaning.position is not None
            column = meaning.position.column
            assert column is not None
            assert lines[meaning.position.line - 1][column:].startswith(name)
    assert header.meanings["MACRO"][0].parameters == ("a", "b")
    assert header.meanings["SPACED"][0].body == "5"
    assert header.meanings["EMPTY"][0].body == ""


@given(st.text(alphabet="enum {}=,#definclu<>\"'\n\\/*AB01()", max_size=200))
def test_headers_never_fail(text: str) -> None:
    """Any text is a header."""
    headers.read("x.h", text)
    tables.read("enum", "x.c", text)


# ── tables ──

TABLE = """\
static const struct entry list[] __read_mostly = {
	{ "zero, with a comma", 0 },
#ifdef CONFIG_X
	{ "one", 1 },
#endif
	{ .number = 2, .name = "two" },
	[5] = { "five", 5 },
	{ "six", 6 },
	[NAMED] = { "named" },
};
struct entry { const char *name; int number, other; struct { int x; } inner; int array[4]; unsigned bit:1; };
const char * const texts[] = { "a", [2] = "c", };
"""


def entries(index: int, *options: str) -> list[tuple[str | None, str | None]]:
    (table,) = tables.read("list", "x.c", TABLE)
    members = tables.members_of("entry", TABLE)
    config = trees.config(options)
    return [
        (entry.member("name"), entry.condition)
        for entry in table.entries(
            index,
            members,
            lambda text: {"NAMED": 9}.get(text) or (int(text) if text.isdigit() else None),
            lambda condition: preprocess.holds(condition, config),
        )
    ]


def test_table_entries() -> None:
    """Entries are found by position or designator; what depends on an option has alternatives."""
    assert entries(0) == [('"zero, with a comma"', None)]
    assert entries(1) == [('"one"', "defined(CONFIG_X)"), ('"two"', "!defined(CONFIG_X)")]
    assert entries(1, "CONFIG_X=y") == [('"one"', None)]
    assert entries(1, "CONFIG_Y=y") == [('"two"', None)]
    assert entries(6) == [('"six"', None)]
    assert entries(9) == [('"named"', None)]
    assert entries(77) == []


def test_table_members() -> None:
    """Members are called as the structure declares them."""
    assert tables.members_of("entry", TABLE) == ("name", "number", "other", "inner", "array", "bit")
    (table,) = tables.read("texts", "x.c", TABLE)
    (entry,) = table.entries(2, (), int, lambda _: None)
    assert entry.members == (("", '"c"'),)
    assert entry.position.line == 13 - 1


def test_table_of_the_tree() -> None:
    """The tables of both formats are found in the files that one file includes, each under its condition."""
    constants = trees.constants("linux-3.x")
    assert [
        (each.position.path, each.member("name"), each.condition)
        for each in constants.entry("fsr_info", 7)
    ] == [
        ("arch/arm/mm/fsr-2level.c", '"page translation fault"', "!defined(CONFIG_ARM_LPAE)"),
        ("arch/arm/mm/fsr-3level.c", '"level 3 translation fault"', "defined(CONFIG_ARM_LPAE)"),
    ]
    assert [
        each.member("name")
        for each in trees.constants("linux-3.x", "CONFIG_ARM_LPAE=y").entry("ifsr_info", 7)
    ] == ['"level 3 translation fault"']
    assert constants.entry("no_such_table", 1) == ()


# ── a tree's constants ──


def numbers_of(constants: model.Constants, name: str) -> dict[int, bool | None]:
    return {each.number: each.holds for each in constants.named(name)}


@pytest.mark.parametrize("indexed", [True, False])
def test_the_architecture_decides(indexed: bool) -> None:
    """The architecture's headers go before others, another's never count."""
    constants = trees.constants("linux-3.x", "CONFIG_MMU=y", indexed=indexed)
    assert numbers_of(constants, "PAGE_SIZE") == {4096: True}
    assert numbers_of(constants, "THREAD_SIZE") == {8192: True}
    assert numbers_of(constants, "VMALLOC_END") == {0xFF000000: True}
    assert numbers_of(constants, "PMD_SHIFT") == {21: True}


def test_a_chosen_header_counts_under_its_condition() -> None:
    """`pgtable.h` chooses the header with the number; without a configuration both count."""
    constants = trees.constants("linux-3.x")
    found = {each.number: each.condition for each in constants.named("PMD_SHIFT")}
    assert found == {
        21: "defined(CONFIG_MMU) && !defined(CONFIG_ARM_LPAE)",
        22: "defined(CONFIG_MMU) && defined(CONFIG_ARM_LPAE)",
    }
    assert numbers_of(
        trees.constants("linux-3.x", "CONFIG_MMU=y", "CONFIG_ARM_LPAE=y"), "PMD_SHIFT"
    ) == {22: True}


def test_constants_that_do_not_hold_are_left_out() -> None:
    """Under a configuration a name has one number; without one it has several, each with its condition."""
    gfp = _domain("gfp")
    sure = trees.constants("linux-3.x", "CONFIG_NUMA=y").of(gfp)
    assert [each.number for each in sure if each.name == "GFP_THISNODE"] == [0x41200]
    assert all(each.holds for each in sure)
    open_ = trees.constants("linux-3.x").of(gfp)
    assert [
        (each.number, each.condition, each.holds) for each in open_ if each.name == "GFP_HIGHUSER"
    ] == [
        (0x200D1, "defined(CONFIG_DMAUSER_PAGES)", None),
        (0x200D2, "!defined(CONFIG_DMAUSER_PAGES)", None),
    ]


def test_positions_are_where_names_are_defined() -> None:
    """A shown name leads to its own line."""
    for tree in TREES:
        for key in ("gfp", "alloc-flags", "fault-flags", "si-code"):
            for each in trees.constants(tree).of(_domain(key)):
                line = (trees.read(tree, each.position.path) or "").splitlines()[
                    each.position.line - 1
                ]
                assert line[each.position.column :].startswith(each.name)


def test_dropped_names_still_count() -> None:
    """Helpers such as ___GFP_IO are not shown, but lend their numbers."""
    names = {each.name for each in trees.constants("linux-3.x").of(_domain("gfp"))}
    assert "__GFP_IO" in names
    assert not any(name.startswith("___") or name.endswith(("_MASK", "_SHIFT")) for name in names)


def test_a_tree_answers_without_anything() -> None:
    """No index, no configuration, no architecture, no headers: no constants, and no failure."""
    constants = trees.constants("no-such-tree", indexed=False, tree_dir=None)
    assert constants.of(_domain("gfp")) == ()
    assert constants.named("PAGE_SIZE") == ()
    assert constants.entry("fsr_info", 7) == ()
    assert constants.holds("defined(CONFIG_X)") is None


def test_architecture_options() -> None:
    """Without a configuration the architecture's own option is still known."""
    constants = trees.constants("linux-3.x")
    assert constants.holds("defined(CONFIG_ARM)") is True
    assert constants.holds("defined(CONFIG_X86)") is False
    assert constants.holds("defined(CONFIG_64BIT)") is False
    assert constants.holds("defined(__ia64__)") is False
    assert constants.holds("BITS_PER_LONG == 32") is True
    assert constants.holds("defined(CONFIG_VMAP_STACK)") is False  # the tree is older than it
    assert constants.holds("PAGE_SIZE == 4096") is True


def test_kconfig_defaults() -> None:
    """An option with a value has its defaults, one that holds excluding those behind it."""
    text = trees.read("linux-3.x", "arch/arm/Kconfig") or ""
    assert kconfig.defaults(text, "CONFIG_PAGE_OFFSET") == (
        ("0x40000000", "defined(CONFIG_VMSPLIT_1G) && defined(CONFIG_MMU)"),
        (
            "0x80000000",
            "defined(CONFIG_VMSPLIT_2G) && defined(CONFIG_MMU) && !defined(CONFIG_VMSPLIT_1G)",
        ),
        (
            "0xC0000000",
            "defined(CONFIG_MMU) && !defined(CONFIG_VMSPLIT_1G) && !defined(CONFIG_VMSPLIT_2G)",
        ),
    )
    assert kconfig.defaults(text, "CONFIG_MMU") == ()  # whether it is set is not known
    assert kconfig.defaults(text, "CONFIG_NO_SUCH") == ()
    assert kconfig.declares(text, "CONFIG_MMU")
    assert not kconfig.declares(text, "CONFIG_MM")
