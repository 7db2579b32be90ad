"""Texts that were put on one line, and what else happened to them: the same crash is read as in the undamaged text.

Each row is a chain of damage that was misread once. The random numbers are those of the chain alone, so that a row means
the same whatever other texts there are.
"""

from __future__ import annotations

import random

import pytest

from support import damages, verdicts

# What the row shows, the text, the kinds of damage.
ROWS = (
    ("a chat's name and time before every line", "fronts-chat", "one-line"),
    ("the same among other text", "fronts-chat", "invalid,one-line"),
    ("a comment's stars", "fronts-comment", "bom,one-line"),
    ("a file's name, and a level that the first line lost", "fronts-grep", "level,one-line"),
    ("a file's name behind quote marks", "fronts-grep", "quoted-tight,one-line"),
    ("numbers before prefixes", "rows-locals", "level,numbers-dot,one-line"),
    ("numbers directly before elements", "shape-addresses", "numbers-glued,one-line"),
    ("the same where a frame lost its dash", "shape-dashes", "numbers-glued,one-line"),
    ("the same before other text", "several-stacks", "numbers-glued,one-line"),
    ("one number before the first element", "shape-suffixes", "one-line,numbers-glued"),
    ("the same without dashes", "kinds", "no-dash,one-line,numbers-colon"),
    ("lines of a mailer that begin with elements", "shape-markers", "one-line,mailer-bare"),
    ("the same between a recorder's headers", "fronts-grep", "one-line,pstore,mailer"),
    ("rows of a terminal without blanks at their ends", "kinds", "one-line,terminal-stripped"),
    ("the same with rows of source", "rows-source", "one-line,terminal-stripped"),
    ("lines whose blanks at the ends say that they go on", "fronts-grep", "one-line,flowed"),
    ("windows between single blanks", "shape-variable-windows", "collapsed,one-line"),
    ("a prefix before every member", "shape-variable-windows", "journald-en,one-line"),
    ("text before the first element", "rows-locals", "invalid,one-line"),
    ("bars before every line", "kinds", "quoted-bar,one-line"),
    ("markers with dashes of a word processor", "shape-markers", "smart,one-line"),
    ("a table is no stack", "no-crash-prose", "one-line"),
    ("a recorder's header behind the last frame", "shape-starts-anywhere", "one-line,pstore"),
    ("the same before all was put on one line", "kinds", "pstore,one-line"),
    ("parts that their prefixes divide", "shape-offsets", "journald-monotonic,one-line"),
)  # fmt: skip
# So many random numbers each; a separator of one blank and of two, several widths.
SEEDS = range(4)


@pytest.mark.parametrize(("case", "names"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_same_crash(case: str, names: str) -> None:
    """What is read in the damaged text is what is read in the undamaged one."""
    (text,) = (one for one in verdicts.own_texts() if one.id == f"trace32/{case}")
    chain = [damages.BY_NAME[name] for name in names.split(",")]
    for seed in SEEDS:
        broken = verdicts.damaged(text.text, chain, random.Random(seed))
        outcome = verdicts.judge(text.text, broken, chain)
        assert outcome.verdict == verdicts.SAME, (seed, outcome.why, broken)
