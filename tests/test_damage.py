"""The law of damage: whatever happens to a text on its way, the same crash is read, or what is lost is said."""

from __future__ import annotations

import random

import pytest

from oopsight import formats, model
from support import damages, verdicts

TEXTS = verdicts.all_texts()
_FEW, _ALL = 300, 10_000
_SECONDS = 12.0


def _failures(tally: verdicts.Tally, *verdict: str) -> list[str]:
    return [
        f"{outcome.verdict} seed {seed} {names} on {text}: {'; '.join(outcome.why[:2])[:400]}"
        for seed, text, names, outcome in tally.failures
        if outcome.verdict in verdict
    ]


# FIXME: of all texts, how many one kind of damage alone still changes, and how many of these without a problem or with a
# wrong element. The law allows none; a number may only fall. A reply below a wrapped remark hides its rest; array elements
# behind a lost row are called by another position; a row or a name that was cut at a width looks whole.
DIFFER = {
    "one-line": (1, 0),
    "replied": (2, 1),
    "dropped": (55, 6),
    "truncated": (26, 7),
}


@pytest.mark.parametrize(
    "damage",
    [damage for damage in damages.DAMAGES if not damage.unseen],
    ids=lambda damage: damage.name,
)
def test_alone(damage: damages.Damage) -> None:
    """One kind of damage changes nothing but columns; where something is truly gone, a problem says so."""
    tally = verdicts.alone(TEXTS, [damage])
    differ, unsaid = DIFFER.get(damage.name, (0, 0))
    silent = _failures(tally, verdicts.WRONG, verdicts.SILENT)
    assert len(silent) <= unsaid, silent
    changed = _failures(tally, verdicts.WRONG, verdicts.SILENT, verdicts.SAID)
    assert len(changed) <= differ, changed


# FIXME: of random chains of three, so many hundredths must come out the same at least, and so many may be wrong or
# silent at most; measured are 98.98, 0.06 and 0.14 on this repository's texts alone, 99.25, 0.02 and 0.03 with the real
# ones beside it; other chains give up to 98.78, 0.19 and 0.21. The law asks for 99, 0 and 0: what is missing are names
# and rows that were cut at a width and look whole, windows on one line or without their indentation, and pages without
# line ends that were wrapped and prefixed.
_SAME, _WRONG, _SILENT = 98.9, 0.1, 0.2


def _check(tally: verdicts.Tally, slack: float = 0.0) -> None:
    runs = tally.counts["all"]
    share = {verdict: 100 * count / sum(runs.values()) for verdict, count in runs.items()}
    failures = _failures(tally, verdicts.WRONG, verdicts.SILENT)
    assert share.get(verdicts.SAME, 0) >= _SAME - slack, failures
    assert share.get(verdicts.WRONG, 0) <= _WRONG + slack, failures
    assert share.get(verdicts.SILENT, 0) <= _SILENT + slack, failures


def test_some_chains() -> None:
    """Random chains of three: a sample, the same in every run but for its length."""
    tally = verdicts.law(_FEW, seconds=_SECONDS)
    assert sum(tally.counts["all"].values()) > 20
    _check(tally, slack=3.0)


@pytest.mark.slow
def test_law() -> None:
    """Ten thousand random chains of three; the table goes to the output."""
    tally = verdicts.law(_ALL)
    verdicts.show(tally)
    _check(tally)


def _lies(text: str) -> list[str]:
    return list(verdicts.spans_that_lie(text, formats.parse(model.Document.of(text))))


def test_every_place_is_true() -> None:
    """Undamaged texts: names and values stand where they are said to stand."""
    for text in TEXTS:
        assert _lies(text.text) == [], text.id


def test_texts_torn_apart() -> None:
    """Lines of two texts shuffled, doubled and interleaved in any way: no exception, no wrong place."""
    chance = random.Random(3)
    for _ in range(120):
        one, other = (chance.choice(TEXTS).text.split("\n") for _ in range(2))
        lines = [*one, *other]
        kind = chance.randrange(3)
        if kind == 0:
            chance.shuffle(lines)
        elif kind == 1:
            lines = [line for line in lines for _ in range(chance.choice((1, 1, 2)))]
        else:
            lines = [line for pair in zip(one, other, strict=False) for line in pair]
        text = "\n".join(lines)
        for damage in chance.sample(damages.DAMAGES, chance.randrange(3)):
            text = damage.change(text, chance)
        assert _lies(text) == []


def test_random_characters() -> None:
    """Characters that were flipped, put in and taken out: no exception, no wrong place."""
    chance = random.Random(4)
    marks = "|-><=()[]{},:.?&;#%^\"'\\ \t\r\n\x1b\u00a0\u200b\ufeff\uff5c×–“0123xX"
    for _ in range(120):
        characters = list(chance.choice(TEXTS).text)
        for _ in range(chance.randrange(1, 60)):
            at = chance.randrange(len(characters))
            characters[at] = chance.choice(("", *marks, chance.choice(marks) * 2))
        assert _lies("".join(characters)) == []


def test_random_bytes() -> None:
    """Bytes that were flipped in a file, in any encoding: no exception, no wrong place."""
    chance = random.Random(5)
    for _ in range(60):
        encoding = chance.choice(("utf-8", "utf-16-le", "cp949", "shift_jis"))
        data = bytearray(chance.choice(TEXTS).text.encode(encoding, "replace"))
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for codec in ("utf-8", "latin-1", encoding):
            text = bytes(data).decode(codec, "replace")
            assert _lies(text) == []


def test_the_table_of_damages() -> None:
    """Names are unique, and each kind of damage changes some text; only what is stored can come back unchanged."""
    assert len(damages.BY_NAME) == len(damages.DAMAGES)
    for damage in damages.DAMAGES:
        if damage.name.startswith("utf-"):
            continue
        chance = random.Random(6)
        assert any(damage.change(text.text, chance) != text.text for text in TEXTS), damage.name
