"""Tables keep their promises: every format has one record, a sample that reads itself, and cases."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from oopsight import formats, model
from oopsight.formats import _format
from support import cases

FOLDER = Path(formats.__file__).parent
MODULES = sorted(f.stem for f in FOLDER.glob("*.py") if not f.stem.startswith("_"))


def test_every_file_is_a_format() -> None:
    """Formats are found by their files; nothing is registered and nothing is left out."""
    assert list(formats.names()) == MODULES
    assert MODULES


@pytest.mark.parametrize("name", MODULES)
def test_one_record(name: str) -> None:
    """A format's module exports exactly one record, called FORMAT."""
    module = importlib.import_module(f"oopsight.formats.{name}")
    records = [key for key, value in vars(module).items() if isinstance(value, _format.Format)]
    assert records == ["FORMAT"]
    assert formats.get(name) is module.FORMAT


@pytest.mark.parametrize("name", MODULES)
def test_sample_reads_itself(name: str) -> None:
    """The sample is one line that this format reads; a debugger's, read alone, is one frame of it and of no other."""
    record = formats.get(name)
    sample = record.sample
    assert len(sample.splitlines()) == 1
    assert any(rule.needs in sample and rule.pattern.match(sample) for rule in record.rules)
    if record.assemble is None:
        return
    (crash,) = formats.parse(model.Document.of(sample)).crashes
    (stack,) = crash.stacks
    assert stack.format == name
    assert len(stack.frames) == 1


@pytest.mark.parametrize("name", MODULES)
def test_no_other_format_claims_the_sample(name: str) -> None:
    """A spelling belongs to one format: no rule of another one matches this sample at full length."""
    sample = formats.get(name).sample
    for other in MODULES:
        if other != name:
            ends = [
                found.end()
                for rule in formats.get(other).rules
                if (found := rule.pattern.match(sample))
            ]
            assert max(ends, default=0) < len(sample.rstrip())


@pytest.mark.parametrize("name", MODULES)
def test_testdata_is_there(name: str) -> None:
    """A format without cases is not tested, so it is not there."""
    assert cases.of("formats", name)


def test_no_case_without_a_format() -> None:
    """Every folder of cases belongs to a format."""
    folders = {path.name for path in (cases.TESTDATA / "formats").iterdir() if path.is_dir()}
    assert folders <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_rules_are_bounded(name: str) -> None:
    """Rules with a text that they need are found by it, and no rule matches an empty line."""
    for rule in formats.get(name).rules:
        assert not rule.pattern.match("")
        assert rule.kind
