"""Variable windows and rows below frames: what is a variable, what are its members, and what is something else."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from oopsight import model
from oopsight.formats import _rows, _windows
from oopsight.log import ropes


def _lines(text: str) -> list[model.LogLine]:
    return [ropes.whole(number, raw) for number, raw in enumerate(text.split("\n"))]


def _windows_of(text: str) -> list[tuple[int, int, _windows.Window]]:
    """All windows with their first and last line, counted from 1."""
    lines = _lines(text)
    found = []
    at = 0
    while at < len(lines):
        window = _windows.read(lines, at)
        if window.lines:
            found.append((at + 1, at + window.lines, window))
        at += window.lines or 1
    return found


def _rows_of(text: str) -> tuple[tuple[model.Variable, ...], tuple[model.SourceRow, ...]]:
    return _rows.read([(line, line.text.index("|") + 1) for line in _lines(text) if line.text])


def _picture(variable: model.Variable, depth: int = 0) -> Iterator[str]:
    words = [". " * depth + (f"({variable.type}) " if variable.type else "") + variable.name, "="]
    words.append(variable.printed)
    words += [f"number {variable.number}"] if variable.number is not None else []
    words += [f"target {variable.target}"] if variable.target is not None else []
    words += [f"text {variable.text}"] if variable.text is not None else []
    words += ["cut"] if variable.cut else []
    words += [f"remark {variable.remark}"] if variable.remark else []
    yield " ".join(words)
    for member in variable.members:
        yield from _picture(member, depth + 1)


def _pictures(variables: tuple[model.Variable, ...]) -> list[str]:
    return [line for variable in variables for line in _picture(variable)]


def _members(*rows: str) -> list[str]:
    """What rows inside a typed window are read as."""
    ((_, _, window),) = _windows_of("\n".join(("(struct sample) s = (", *rows)))
    return [line.removeprefix(". ") for line in _pictures(window.variables)[1:]]


VALUES = {
    "a = -6": "a = -6 number -6",
    "a = 0x0000000012": "a = 0x0000000012 number 18",
    "a = -0x10": "a = -0x10 number -16",
    "a = 0b101": "a = 0b101 number 5",
    "a = 1.5e-10": "a = 1.5e-10",
    "a = FALSE": "a = FALSE",
    "a = NULL": "a = NULL",
    "a = 'x'": "a = 'x'",
    "a = 97 = 'a'": "a = 97 number 97",
    "a = 11 = 0x0B = '....'": "a = 11 number 11",
    "a = RPM_ACTIVE": "a = RPM_ACTIVE",
    "a = RPM_ACTIVE (2)": "a = RPM_ACTIVE number 2",
    "a = RPM_ACTIVE = 2": "a = RPM_ACTIVE number 2",
    "a = 2 = RPM_ACTIVE": "a = 2 number 2 target RPM_ACTIVE",
    "a = ???": "a = ???",
    "a = <unavailable>": "a = <unavailable>",
    "a = 0xC0123456 -> sample_fault": "a = 0xC0123456 number 3222418518 target sample_fault",
    "a = 0xC0 = sample_fault+0x10": "a = 0xC0 number 192 target sample_fault+0x10",
    "a = 0xC0 = sample_table[7]": "a = 0xC0 number 192 target sample_table[7]",
    'a = "b(c, \\"d"': 'a = "b(c, \\"d" text b(c, \\"d',
    'a = 0xC0 -> "b"': "a = 0xC0 number 192 text b",
    "a = (struct sample *) 0xC0": "a = 0xC0 number 192",
    "bits:3 = 4": "bits:3 = 4 number 4",
    "(unsigned int:1) a = 1": "(unsigned int:1) a = 1 number 1",
    "(int (*)()) a = 0xC0": "(int (*)()) a = 0xC0 number 192",
    "[3] = 4": "[3] = 4 number 4",
    "[X19] a = 4": "a = 4 number 4",
    "[FP-0x10] a = 4": "a = 4 number 4",
    ":a = 4": "a = 4 number 4",
    "a = 1     ==> note": "a = 1 number 1 remark ==> note",
    "a = 1, // note": "a = 1 number 1 remark // note",
    "a = 1 <--- note": "a = 1 number 1 remark <--- note",
    "a = 1 /* note */": "a = 1 number 1 remark /* note */",
    "a = ONE   a note": "a = ONE remark a note",
}


@pytest.mark.parametrize("printed", VALUES)
def test_value(printed: str) -> None:
    """Each kind of value, as a member, and alone as a local variable where no comma follows."""
    assert _members(printed, "z = 1)")[0] == VALUES[printed]
    if ", " not in printed:
        variables, sources = _rows_of(f"    |  {printed}")
        assert _pictures(variables) == [VALUES[printed]]
        assert sources == ()


GROUPS = {
    "a = ()": ["a = (…)"],
    "a = (counter = 2)": ["a = (…)", ". counter = 2 number 2"],
    "a = (0, 286)": ["a = (…)", ". [0] = 0 number 0", ". [1] = 286 number 286"],
    "a = (0, 286, ...)": ["a = (…) cut", ". [0] = 0 number 0", ". [1] = 286 number 286"],
    "a = (0, …)": ["a = (…) cut", ". [0] = 0 number 0"],
    "a = (RED, BLUE (2))": ["a = (…)", ". [0] = RED", ". [1] = BLUE number 2"],
    "a = ((b = 1), (b = 2))": [
        "a = (…)",
        ". [0] = (…)",
        ". . b = 1 number 1",
        ". [1] = (…)",
        ". . b = 2 number 2",
    ],
    "a = 0xC0 -> (next = 0xC1 -> (next = NULL))": [
        "a = 0xC0 number 192",
        ". next = 0xC1 number 193",
        ". . next = NULL",
    ],
    "a = (0xC0 -> (b = 1), 0x0)": [
        "a = (…)",
        ". [0] = 0xC0 number 192",
        ". . b = 1 number 1",
        ". [1] = 0x0 number 0",
    ],
    "a = 1, b = 2": ["a = 1 number 1", "b = 2 number 2"],
}


@pytest.mark.parametrize("printed", GROUPS)
def test_group(printed: str) -> None:
    """Structures and arrays on one row."""
    assert _members(printed + ",", "z = 1)")[:-1] == GROUPS[printed]


def test_array_over_many_rows() -> None:
    rows = ("a = (", "  1, 2,", "  3,", "  4),", "b = 5)")
    assert _members(*rows) == [
        "a = (…)",
        *(f". [{at}] = {at + 1} number {at + 1}" for at in range(4)),
        "b = 5 number 5",
    ]


def test_cut_array_ends_with_its_row() -> None:
    """The window's edge took the rest of an array: the next member is none of its elements."""
    rows = ("  pivot = (0, 286, 37", "  max = 7,", "  slot = (0x1,", "  end = 8)")
    assert _members(*rows) == [
        "pivot = (…) cut",
        ". [0] = 0 number 0",
        ". [1] = 286 number 286",
        ". [2] = 37 cut",
        "max = 7 number 7",
        "slot = (…) cut",
        ". [0] = 0x1 number 1",
        "end = 8 number 8",
    ]


def test_remark_is_about_the_outermost_variable_that_begins_on_the_row() -> None:
    rows = ("a = (b = 1), // first", "c = 0xC0 -> ( // second", "d = 1, e = 2) // third", "f = 3)")
    remarks = [line for line in _members(*rows) if "remark" in line]
    assert remarks == [
        "a = (…) remark // first",
        "c = 0xC0 number 192 remark // second",
        ". e = 2 number 2 remark // third",
    ]


WINDOWS_WITHOUT_PARENTHESES = """\
We looked at these:
(struct request)0xFFFFFF815B69E938
\tpm_only = (counter = 2),
\tstatus = 0,

((struct device)0xFFFFFF815B0511A0)).power
\tis_suspended = FALSE,
\tstate = SAMPLE_ACTIVE,
(struct sample *)0xFFFFFF88 = 0x12 = sample_table[3] // here
\ta = 1, b = 2,
\tc = (
\t\td = 5,
\t\te = 6)
sdev = 0xFFFFFF815B051000
  queue = 0xFFFFFF815B69E938,
  state = SAMPLE_RUNNING (2),
B::v.v %m q
(struct sample *) q = 0xFFFFFF815B051000
  x = <unavailable>
  y = ???
and nothing else = 5."""


def test_windows_without_parentheses() -> None:
    """An expression above its members; the window ends at what is no member."""
    found = _windows_of(WINDOWS_WITHOUT_PARENTHESES)
    assert [(first, last, w.cut) for first, last, w in found] == [
        (2, 4, False),
        (6, 8, False),
        (9, 13, False),
        (14, 16, False),
        (18, 20, False),
    ]
    assert [_pictures(w.variables) for _, _, w in found] == [
        [
            "(struct request) 0xFFFFFF815B69E938 = (…)",
            ". pm_only = (…)",
            ". . counter = 2 number 2",
            ". status = 0 number 0",
        ],
        [
            "((struct device)0xFFFFFF815B0511A0)).power = (…)",
            ". is_suspended = FALSE",
            ". state = SAMPLE_ACTIVE",
        ],
        [
            "(struct sample *) 0xFFFFFF88 = 0x12 number 18 target sample_table[3] remark // here",
            ". a = 1 number 1",
            ". b = 2 number 2",
            ". c = (…)",
            ". . d = 5 number 5",
            ". . e = 6 number 6",
        ],
        [
            "sdev = 0xFFFFFF815B051000 number 18446743529775763456",
            ". queue = 0xFFFFFF815B69E938 number 18446743529782372664",
            ". state = SAMPLE_RUNNING number 2",
        ],
        [
            "(struct sample *) q = 0xFFFFFF815B051000 number 18446743529775763456",
            ". x = <unavailable>",
            ". y = ???",
        ],
    ]


def test_indentation_that_was_lost() -> None:
    """Commas show members where the blanks in front of them are gone."""
    text = "\n".join(line.lstrip() for line in WINDOWS_WITHOUT_PARENTHESES.split("\n")[1:8])
    assert [(a, b) for a, b, _ in _windows_of(text)] == [(1, 3), (5, 7)]


def test_empty_lines_between_all_lines() -> None:
    text = "\n\n".join(WINDOWS_WITHOUT_PARENTHESES.split("\n")[1:4])
    ((first, last, window),) = _windows_of(text)
    assert (first, last) == (1, 5)
    assert len(window.variables[0].members) == 2


def test_windows_follow_each_other() -> None:
    """Without an empty line between them, also where the first one lost its end."""
    text = """\
q = 0xFFFFFF88 -> (a = 1, b = (c = 2))
param = (priority = 0)   <-- zero
sbi->counts = (
    (counter = -6),
    (counter = 0)),
(struct sample *) cut = 0xC0 -> (
    a = 1,
    b = (c = 2,
(struct sample *) p = 0xC1 -> (
    a = 3)"""
    found = _windows_of(text)
    assert [(a, b, w.cut) for a, b, w in found] == [
        (1, 1, False),
        (2, 2, False),
        (3, 5, False),
        (6, 8, True),
        (9, 10, False),
    ]
    assert [w.variables[0].name for _, _, w in found] == ["q", "param", "sbi->counts", "cut", "p"]
    assert found[1][2].variables[0].remark == "<-- zero"


def test_prose_ends_a_window() -> None:
    text = "(struct sample *) p = 0xC0 -> (\n    a = 1,\n    b = 25\nSomebody wrote this = here.\n    c = 3)"
    ((first, last, window),) = _windows_of(text)
    assert (first, last, window.cut) == (1, 3, True)
    (variable,) = window.variables
    assert variable.cut
    assert _pictures(variable.members) == ["a = 1 number 1", "b = 25 cut"]


@pytest.mark.parametrize("end", range(1, 150))
def test_cut_anywhere(end: int) -> None:
    """A window that was cut in any place keeps what stands before the cut, and says so."""
    whole = (
        "(struct sample *) p = 0xC0 = table[1] -> (\n  (int) sig = 11 = 0x0B = '....',\n  name = 0xC1 -> \"text\",\n"
        "  range = (low = 16, high = 31),\n  state = BUSY (2))"
    )
    assert end < len(whole)
    found = _windows_of(whole[:end])
    if end > whole.index("\n"):
        ((_, _, window),) = found
        assert window.cut
        cut = [line for line in _pictures(window.variables) if not line.startswith(". ")]
        assert cut == ["(struct sample *) p = 0xC0 number 192 target table[1] cut"]
        wholes = [line for line in _pictures(window.variables) if "cut" not in line]
        full = _pictures(_windows_of(whole)[0][2].variables)
        assert set(wholes) <= set(full)


def test_places_of_a_line_from_several_pieces() -> None:
    """Names and targets stand where their characters stand, on as many lines as it takes."""
    first = ropes.whole(0, "> (struct sample *) p = 0xC0 = sample_ta")
    second = ropes.whole(1, "> ble[7] -> (sig")
    third = ropes.whole(2, "> nal = 11)")
    line = ropes.joined([ropes.part(part, 2) for part in (first, second, third)])
    window = _windows.read([line], 0)
    (variable,) = window.variables
    assert variable.target == "sample_table[7]"
    assert variable.target_spans == (model.Span(0, 31, 40), model.Span(1, 2, 8))
    (member,) = variable.members
    assert member.name == "signal"
    assert member.name_spans == (model.Span(1, 13, 16), model.Span(2, 2, 5))
    assert [span.line for span in window.spans] == [0, 1, 2]


# Text that has the marks of a window and is none. Each is a text of its own.
NOT_WINDOWS = """\
result = (
   a + b);
---
(void) x = 0x10;
---
x = (a + b)
---
x = (
   foo(a),
   b)
---
struct sample bar = {
	.a = b,
	.c = (1),
};
---
static const int sizes[] = (
  1 + 2,
---
{ "a": (1), "b": 2 }
---
arr=(
  one two
)
---
  ESR = 0x96000044
  EC = 0x25: DABT (current EL), IL = 32 bits
  SET = 0, FnV = 0
  EA = 0, S1PTW = 0
---
Data abort info:
  ISV = 0, ISS = 0x00000044
  CM = 0, WnR = 1
---
pgd = 0xffffffc01c000000
[00000000] *pgd=0000000000000000, *pud=0000000000000000
---
$1 = (struct sample *) 0xffff888012345678
---
$2 = {
  a = 1,
  b = 2
}
---
*(struct sample *)0xffff8881 = {
	.next = (struct sample *)0x1,
}
---
(struct sample *)0x1000 is the address of it
	x = 5,
---
(see above)bar = 3 = 4
---
sample = (struct x *)kmalloc(3)
---
for (i = 0; i < 3; i++)
---
	ret = sample(a,
		b = c,
---
| a = (1) | b |
---
NAMES = (
  "a",
  "b")
---
enum sample {
	A = 1,
	B = 2,
};
---
x = 0x12345678
  if (a)
---
count = (
Dear all,
---
total = (sum of all) = 0x10 -> (x)
---
mask = (1 << 3)
---
(int) sig = 11
""".split("---\n")


@pytest.mark.parametrize("text", NOT_WINDOWS)
def test_no_window(text: str) -> None:
    assert _windows_of(text) == []


LOCALS = """\
    |  mast = 0xC084343478 -> (
    |    orig_l = 0x12,
    |    pivot = (0, 286, 51
    |    state = ma_start,
    |    slot = (0x1, 0x2
    |  )
    |  param = (priority = 0)  // zero
    |  ret = ???
    |
    |  state = SAMPLE_ACTIVE
    |  ==> it never changes"""


def test_locals() -> None:
    variables, sources = _rows_of(LOCALS)
    assert _pictures(variables) == [
        "mast = 0xC084343478 number 826851734648",
        ". orig_l = 0x12 number 18",
        ". pivot = (…) cut",
        ". . [0] = 0 number 0",
        ". . [1] = 286 number 286",
        ". . [2] = 51 cut",
        ". state = ma_start",
        ". slot = (…) cut",
        ". . [0] = 0x1 number 1",
        ". . [1] = 0x2 cut",
        "param = (…) remark // zero",
        ". priority = 0 number 0",
        "ret = ???",
        "state = SAMPLE_ACTIVE remark ==> it never changes",
    ]
    assert sources == ()


SOURCE_ROWS = """\
ret = foo(a);
ret = foo(a)
ret = foo(a,
x = y;
if (a == b)
int i = 0;
a = b,
i = 0, j = 1
x = a + b
x = 5 * 3
x = 1 << 3
x = a->b
a->b = 5
x = (a + b)
x = (
    a + b);
ret = x ? y : z
ptr = &foo
flags |= 3
ok = !error
x = -EINVAL
for (i = 0; i < 3; i++)
struct sample x = { 1 };
s = "abc" "def"
#if SAMPLE_TRACE
//__asm("bkpt");
/* x = 5 */
 * x = 5
return a = 5
out:
}
sample_start();
{ x = 5; }
.name = "sample",""".split("\n")


@pytest.mark.parametrize("text", SOURCE_ROWS)
def test_source_row(text: str) -> None:
    """Each is a line of source, alone and below a variable; its place is that of its text."""
    variables, sources = _rows_of(f"    |  cpu = 8\n    |        {text}")
    assert [v.name for v in variables] == ["cpu"]
    (row,) = sources
    low = 13 + len(text) - len(text.lstrip())
    assert row == model.SourceRow(text.strip(), (model.Span(1, low, 13 + len(text.rstrip())),))


def test_source_rows_between_variables() -> None:
    rows = "    |\n    |#if A\n    |        go();\n    |  a = 1\n    |\n    |        if (go())"
    variables, sources = _rows_of(rows)
    assert [v.name for v in variables] == ["a"]
    assert [row.text for row in sources] == ["#if A", "go();", "if (go())"]


def test_depth_is_bounded() -> None:
    ((_, _, window),) = _windows_of("(int) x = (\n" * 2000)
    depth = 0
    variables = window.variables
    while variables:
        depth += 1
        variables = variables[0].members
    assert depth <= _windows.DEEPEST + 1


# What makes a careless reader look at the same text again and again.
HOSTILE = (
    *("(", ")", "()", '"', "'", ",", "a, ", "[", "= ", "a = ", "-> ", "a->", "(int) ", "(a)", "<a", "- ", "/", "\\"),
    *("a", "0", "1 ", "a = (", "(a = 1), ", "[X19] ", '"a ', "A (1), ", "====", "<<", "… ", "a+0x1 ", "a[1]", "\t"),
    *("x = (\n", "  a = 1,\n", "  x = (1\n", "  )\n", "(struct x)0x12345678\n", "// x\n", "x = (\n\n  a = 1,\n", "\n"),
)  # fmt: skip


def _steps(text: str) -> int:
    """How many calls of functions reading a text takes, our own and those of the language."""
    count = 0

    def tally(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    lines = _lines(text)
    sys.setprofile(tally)
    try:
        at = 0
        while at < len(lines):
            at += _windows.read(lines, at).lines or 1
        _rows.read([(line, 0) for line in lines])
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", HOSTILE)
def test_reading_is_linear(unit: str) -> None:
    """Ten times the text takes ten times the steps."""
    for opening in ("", "(int) x = 0x1 = t[1] -> (\n", "(struct x)0x12345678\n\ta = 1,\n\tb = "):
        small, large = (_steps(opening + unit * (size // len(unit))) for size in (1_000, 10_000))
        assert large <= 12 * small + 2000


WRAPPED = {
    "inside a string": ['name = 0xC1 -> "page', 'fault",'],
    "before a value": ["name = 0xC1 =", "table[1],"],
    "behind an arrow": ["name = 0xC1 ->", '"page fault",'],
    "inside a type": ["range = ((unsigned", "long) low = 16, (unsigned long) high = 31),"],
    "inside a group": [
        "(struct sample_range_of_pages) range = ((unsigned long) low = 16,",
        "(unsigned long) high = 31),",
    ],
}


@pytest.mark.parametrize("where", WRAPPED)
def test_member_that_a_mailer_wrapped(where: str) -> None:
    """Its rest stands at the first column of the next line, where no member begins."""
    first, rest = WRAPPED[where]
    begins, ends = "(struct sample) s = (", "  end = 3)"
    wrapped = _windows_of("\n".join((begins, f"  {first}", rest, ends)))
    whole = _windows_of("\n".join((begins, f"  {first} {rest}", ends)))
    assert [_pictures(w.variables) for _, _, w in wrapped] == [
        _pictures(w.variables) for _, _, w in whole
    ]
    assert [last for _, last, _ in wrapped] == [4]
