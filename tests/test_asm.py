"""Labels that assembler macros make of what they are given, and what these lead to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import kernels

from oopsight import model, tree
from oopsight.tree import asmcalls, scan, units

K = model.DefinitionKind
ENTRY = """\
	.macro board_entry el:req, kind:req, regs=r1
SYM_CODE_START_LOCAL(el\\el\\()_\\kind)	@ comment
	save \\regs
	bl	el\\el\\()_\\kind\\()_handler
SYM_CODE_END(el\\el\\()_\\kind)
	.endm

	.macro board_vector, name, mode
vector_\\name:
	ldr	\\mode, =other
.Lvector_\\name:
1\\@:	nop
	.endm

	.macro sys_entry vector cfunc
	stub \\vector asm_\\cfunc \\cfunc code=1
	.endm
	.macro stub vector sym cfunc code:req
ENTRY(\\sym)
	call \\cfunc
	.endm
	.macro plain what
plain_label:
	mov	\\what, #0
	.endm

	board_entry	1, sync
	board_entry	kind=irq, el=0
	board_vector	irq, r4
	/* board_vector in_a_comment */
	sys_entry 7 exc_debug
	plain r1
last:
	nop
SYM_FUNC_END(last)
"""
LABELS = [
    ("el1_sync", "board_entry\t1, sync"),
    ("el0_irq", "board_entry\tkind=irq, el=0"),
    ("vector_irq", "board_vector\tirq, r4"),
    ("asm_exc_debug", "sys_entry 7 exc_debug"),
    ("plain_label", "plain_label:"),
    ("last", "last:"),
]


def test_macros_make_labels_where_they_are_used() -> None:
    found = scan.scan("a.S", ENTRY.encode()).rows
    lines = ENTRY.split("\n")
    labels = {row.name: lines[row.line - 1].strip() for row in found if row.kind is K.LABEL}
    assert dict(LABELS) == labels


def test_a_macro_that_names_itself_comes_to_an_end() -> None:
    text = "\t.macro again name\nagain_\\name:\n\tagain \\name\n\tagain more\\name\n\t.endm\n\tagain x\n"
    names = {row.name for row in scan.scan("a.S", text.encode()).rows if row.kind is K.LABEL}
    assert "again_x" in names


@pytest.mark.parametrize(
    "text",
    [
        "\t.macro open name\nlabel_\\name:\n\topen x\n",
        "\t.macro\n\t.endm\n",
        '\t.macro a b\n\\b:\n\t.endm\n\ta\n\ta ,,,\n\ta b=\n\ta "\n\ta (\n',
        "\t.macro a b\n\\b\\b\\b:\n\t.endm\n\ta " + "x" * 5000 + "\n",
    ],
)
def test_odd_macros_do_no_harm(text: str) -> None:
    scan.scan("a.S", text.encode())


@pytest.mark.usefixtures("own_cache")
def test_the_macro_between_a_label_and_its_function(tmp_path: Path) -> None:
    files = {
        "Makefile": "VERSION = 6\nPATCHLEVEL = 1\n",
        "arch/arm/kernel/entry.S": ENTRY,
        "arch/arm/kernel/a.c": "void el1_sync_handler(void)\n{\n}\n",
    }
    kernels.write_files(tmp_path, files, None)
    opened = tree.build_index(tree.open_tree(tmp_path))
    (label,) = opened.definitions("el1_sync")
    assert (K.LABEL, "arch/arm/kernel/entry.S") == (label.kind, label.position.path)
    unit = units.open_unit(opened, label.position.path, "arch/arm")
    ways = asmcalls.ways(unit, label, "el1_sync_handler")
    assert ways is not None
    lines = ENTRY.split("\n")
    assert "board_entry\t1, sync" == lines[ways.line - 1].strip()
    (step,) = ways.steps
    assert "board_entry" == step.definition.name
    assert "handler" in lines[step.line - 1]
