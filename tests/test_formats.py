"""Formats read what their case files say, and what people typed from real texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from oopsight import formats, model
from support import cases, pictures, truth

CASES = cases.of("formats")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: cases.Case, update: bool) -> None:
    """The facts on top of a case file are what is read from the text below them."""
    facts = pictures.parsed(formats.parse(model.Document.of(case.text)))
    if update:
        case.write(facts)
    else:
        assert facts == case.facts


def _covered() -> list[tuple[Path, Path]]:
    return [*truth.texts("seed"), *truth.texts("corpus/twins"), *truth.texts("corpus/trace32")]


@pytest.mark.skipif(not _covered(), reason="the texts with typed truth are not on this machine")
@pytest.mark.parametrize(
    ("text", "told"), _covered(), ids=lambda path: path.name if path.suffix == ".txt" else ""
)
def test_typed_truth(text: Path, told: Path) -> None:
    """Every frame, argument, marker and window of these texts is read as a person read it."""
    assert truth.differences(text, told) == []
