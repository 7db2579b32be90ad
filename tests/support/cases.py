"""Case files: facts on top, an empty line, then the text that they are true of.

Head lines are `KEY: value`. `ABOUT` and `FROM` are written by people and stay; all others are facts, and
`--update` writes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TESTDATA = Path(__file__).parents[1] / "testdata"
BY_PEOPLE = ("ABOUT", "FROM")


@dataclass(frozen=True)
class Case:
    """A case file in its three parts: what people say about it, the facts, the text."""

    path: Path
    about: tuple[str, ...]
    facts: tuple[str, ...]
    text: str

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def write(self, facts: tuple[str, ...]) -> None:
        """Put `facts` in place of the recorded ones."""
        content = "\n".join((*self.about, *facts, "", self.text))
        self.path.write_text(content, encoding="utf-8", newline="")


def read(path: Path) -> Case:
    """Read a case file; the text is everything behind the first empty line, to the letter."""
    with path.open(encoding="utf-8", newline="") as file:
        head, _, text = file.read().partition("\n\n")
    lines = head.split("\n")
    about = tuple(line for line in lines if line.partition(":")[0] in BY_PEOPLE)
    facts = tuple(line for line in lines if line.partition(":")[0] not in BY_PEOPLE)
    assert about, f"{path}: say in ABOUT what the case shows and in FROM where the text comes from"
    return Case(path, about, facts, text)


def of(*folders: str) -> list[Case]:
    """All cases in a folder of testdata and below, sorted by path."""
    return [read(path) for path in sorted(TESTDATA.joinpath(*folders).rglob("*.txt"))]
