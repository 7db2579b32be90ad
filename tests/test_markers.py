"""Editor features, drawn: a text with carets under the places, below it a picture of every answer.

A marker file is

    What the file shows, in sentences.
    -- crash --
    -003|__alloc_pages_nodemask(gfp_mask = 33685722)
    //   ^^^^^^^^^^^^^^^^^^^^^^ definition
    -- source mm/page_alloc.c:2926 --
        page = get_page_from_freelist(gfp_mask|__GFP_HARDWALL, nodemask, order,
    //	                              ^^^^^^^^ hover
    -- expect --
    the pictures

A line that begins with `//` stands below the line it marks; the first caret is the place that the feature is asked
about. Carets count code points, a tab is one. `// links`, `// outline` and `// problems` need no caret. A `source`
section repeats one line of the sample kernel, so that a file that is no longer true says so itself. `-- no tree --`
in the first sentences' place asks without a kernel tree. `pytest --update` writes the pictures anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oopsight import formats, ide, model, resolve, tree
from oopsight.ide import markdown, workspaces

SAMPLE = Path(__file__).parents[1] / "sample_kernel"
MARKERS = Path(__file__).parent / "testdata" / "markers"
FILES = sorted(MARKERS.rglob("*.txt"))
KEY = "crash.txt"

_SECTION = re.compile(r"-- (?P<name>[^\n]*?) --")
_MARK = re.compile(r"//(?P<gap>\s*)(?P<carets>\^*)\s*(?P<feature>[a-z]+)\s*")


@dataclass(frozen=True)
class Mark:
    """A question: a feature, and for most of them a place."""

    feature: str
    place: ide.Place
    text: str
    carets: tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A marker file: what it says, the crash, and its questions in order."""

    about: str
    head: str
    crash: str
    marks: tuple[Mark, ...]
    with_tree: bool
    expected: str


def read(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    before, separator, expected = text.partition("-- expect --\n")
    assert separator, f"{path} has no section `expect`"
    about, crash, marks = "", "", []
    section = None
    lines: list[str] = []
    for line in before.split("\n")[:-1]:
        header = _SECTION.fullmatch(line)
        if header is not None:
            section, lines = header["name"], []
        elif section is None:
            about += line + "\n"
        elif line.startswith("//"):
            marks.append(_mark(section, lines, line))
        elif section != "no tree":
            lines.append(line)
            crash += line + "\n" if section == "crash" else ""
    assert about.strip(), f"{path} does not say what it shows"
    return Case(about, before, crash, tuple(marks), "-- no tree --" not in before, expected)


def _mark(section: str, lines: list[str], line: str) -> Mark:
    found = _MARK.fullmatch(line)
    assert found is not None, line
    start, end = found.span("carets")
    if section == "crash":
        return Mark(
            found["feature"],
            ide.Place(KEY, len(lines) - 1, start),
            "".join(lines[-1:]),
            (start, end),
        )
    path, _, number = section.removeprefix("source ").rpartition(":")
    return Mark(
        found["feature"], ide.Place(path, int(number) - 1, start, path), lines[-1], (start, end)
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tree.KernelTree]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("OOPSIGHT_CACHE", raising=False)
        yield tree.build_index(tree.open_tree(SAMPLE))


def workspace(case: Case, sample: tree.KernelTree) -> ide.Workspace:
    parsed = formats.parse(model.Document.of(case.crash, KEY))
    known = sample if case.with_tree else None
    log = ide.Log(parsed, resolve.explain(parsed, known))
    stage = ide.Stage.READY if case.with_tree else ide.Stage.NO_TREE
    return ide.Workspace({KEY: log}, tree=known, stage=stage)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MARKERS)))
def test_answers_are_as_drawn(path: Path, sample: tree.KernelTree, update: bool) -> None:
    case = read(path)
    asked = workspace(case, sample)
    drawn = "\n".join(line.rstrip() for mark in case.marks for line in draw(asked, mark)) + "\n"
    if update:
        path.write_text(f"{case.head}-- expect --\n{drawn}", encoding="utf-8")
    else:
        assert drawn == case.expected


def test_there_is_a_picture_of_every_feature() -> None:
    drawn = {mark.feature for path in FILES for mark in read(path).marks}
    assert drawn == {"definition", "hover", "links", "outline", "problems"}


# Pictures


def draw(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    """The question and its answer."""
    if mark.feature in ("definition", "hover"):
        start, end = mark.carets
        assert end > start, f"no place is marked for {mark.feature}"
        if mark.place.path is not None:
            lines = asked.lines(mark.place.path) or ()
            assert lines[mark.place.line] == mark.text, "the sample kernel has changed here"
        yield f"{mark.feature} of `{mark.text[start:end]}`"
    else:
        yield mark.feature
    drawing = {
        "definition": _definition,
        "hover": _hover,
        "links": _links,
        "outline": _outline,
        "problems": _problems,
    }
    answer = list(drawing[mark.feature](asked, mark))
    yield from (f"  {line}" for line in (answer or ["nothing"]))
    yield ""


def _definition(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    found = ide.definition(asked, mark.place)
    for target in found[1] if found else ():
        shown = target.text.replace("\t", " ")
        width = max(1, target.end - target.start)
        yield f"{target.position.path}:{target.position.line}"
        yield f"{target.position.line:>6} | {shown}"
        yield f"       | {' ' * target.start}{'^' * width}"


def _hover(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    found = ide.hover(asked, mark.place)
    if found is not None:
        covered = mark.text[found.start : found.end]
        if found.line != mark.place.line or covered != mark.text[slice(*mark.carets)]:
            yield f"about `{covered}`"
        yield from _without_root(markdown.render(found.blocks)).split("\n")


def _links(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    log = asked.log(KEY)
    assert log is not None
    for link in ide.document_links(asked, KEY):
        text = log.lines[link.span.line][link.span.start : link.span.end]
        yield f"{link.span.line + 1}: {text} → {_without_root(link.uri)} ({link.tooltip})"


def _outline(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    def show(symbol: ide.Symbol, depth: int) -> Iterator[str]:
        where = f"{symbol.first_line + 1}-{symbol.last_line + 1}"
        yield f"{'  ' * depth}{where} {symbol.kind} {symbol.name} ({symbol.detail})"
        for child in symbol.children:
            yield from show(child, depth + 1)

    for symbol in ide.outline(asked, KEY):
        yield from show(symbol, 0)


def _problems(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    log = asked.log(KEY)
    assert log is not None
    for finding in ide.findings(asked, KEY):
        span = finding.span
        text = log.lines[span.line][span.start : span.end]
        yield f"{span.line + 1}:{span.start} {finding.severity.value} {finding.code} `{text}`"
        yield f"    {finding.message}"
        for position, message in finding.related:
            yield f"    {position.path}:{position.line} {message}"


def _without_root(text: str) -> str:
    return text.replace(SAMPLE.as_uri() + "/", "tree:")


def test_a_workspace_has_no_place_outside_its_tree(sample: tree.KernelTree) -> None:
    asked = workspaces.Workspace(tree=sample, stage=ide.Stage.READY)
    assert asked.uri(model.SourcePos("mm/page_alloc.c", 3)) == (
        f"{(SAMPLE / 'mm/page_alloc.c').as_uri()}#L3"
    )
    for outside in ("../pyproject.toml", "/etc/passwd", "mm/../../README.md", "mm", "", "a\0b"):
        assert asked.uri(model.SourcePos(outside, 1)) is None
        assert asked.lines(outside) is None
