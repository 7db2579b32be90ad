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
about. Carets count code points, a tab is one; `//<^^` marks the first two columns, which the slashes hide. `// links`,
`// spans`, `// outline`, `// folds` and `// problems` need no caret. In a section `crash with escapes` characters that nobody sees
are written `\\e`, `\\r`, `\\t` and `\\u00a0`, a backslash is doubled; a caret under an escape means its character. A `source`
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
_MARK = re.compile(r"//(?:<(?P<first>\^+)|\s*(?P<carets>\^*))\s*(?P<feature>[a-z]+)\s*")
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-f]{4})|(?P<letter>[ert\\]))|[^\\]")
_LETTERS = {"e": "\x1b", "r": "\r", "t": "\t", "\\": "\\"}
# Written as escapes in pictures: what nobody sees, or what would break the line.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff]")


@dataclass(frozen=True)
class Mark:
    """A question: a feature, and for most of them a place; `carets` are columns of `text`, the place's line."""

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
            marks.append(_mark(section, crash, lines, line))
        elif section != "no tree":
            lines.append(line)
            crash += _unescaped(section, line) + "\n" if section in _CRASH else ""
    assert about.strip(), f"{path} does not say what it shows"
    return Case(about, before, crash, tuple(marks), "-- no tree --" not in before, expected)


_CRASH = ("crash", "crash with escapes")


def _unescaped(section: str, written: str) -> str:
    """A line of a crash as the document has it."""
    return written if section == "crash" else "".join(_characters(written))


def _characters(written: str) -> Iterator[str]:
    done = 0
    for found in _ESCAPE.finditer(written):
        assert found.start() == done, f"no such escape: {written[done:]}"
        done = found.end()
        if found["code"]:
            yield chr(int(found["code"], 16))
        else:
            yield _LETTERS[found["letter"]] if found["letter"] else found[0]


def _mark(section: str, crash: str, lines: list[str], line: str) -> Mark:
    found = _MARK.fullmatch(line)
    assert found is not None, line
    start, end = (0, len(found["first"])) if found["first"] else found.span("carets")
    written = "".join(lines[-1:])
    if section not in _CRASH:
        path, _, number = section.removeprefix("source ").rpartition(":")
        place = ide.Place(path, int(number) - 1, start, path)
        return Mark(found["feature"], place, written, (start, end))
    # Carriage returns end lines of the document within a line of this file.
    if section != "crash":
        escapes = list(_ESCAPE.finditer(written))
        start = sum(found.end() <= start for found in escapes)
        end = sum(found.start() < end for found in escapes)
    line_start = crash.rfind("\n", 0, -1) + 1
    before = model.Document.of(crash[: line_start + start]).lines
    number, column = len(before) - 1, len(before[-1])
    text = model.Document.of(crash).lines[number]
    carets = (column, column + end - start)
    return Mark(found["feature"], ide.Place(KEY, number, column), text, carets)


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
    assert drawn == {"definition", "folds", "hover", "links", "outline", "problems", "spans"}


# Pictures


def draw(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    """The question and its answer."""
    if mark.feature in ("definition", "hover"):
        start, end = mark.carets
        assert end > start, f"no place is marked for {mark.feature}"
        if mark.place.path is not None:
            lines = asked.lines(mark.place.path) or ()
            assert lines[mark.place.line] == mark.text, "the sample kernel has changed here"
        yield f"{mark.feature} of `{_shown(mark.text[start:end])}`"
    else:
        yield mark.feature
    drawing = {
        "definition": _definition,
        "folds": _folds,
        "hover": _hover,
        "links": _links,
        "outline": _outline,
        "problems": _problems,
        "spans": _spans,
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
        assert found.line == mark.place.line
        if (found.start, found.end) != mark.carets:
            yield f"about `{_shown(mark.text[found.start : found.end])}`"
        yield from _without_root(markdown.render(found.blocks)).split("\n")


def _links(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    log = asked.log(KEY)
    assert log is not None
    for link in ide.document_links(asked, KEY):
        yield f"{link.span.line + 1}: {_text(log, link.span)} → {_without_root(link.uri)} ({link.tooltip})"


def _spans(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    """Every line that is not empty; below, `^` under what can be clicked, `=` under values, `.` under the rest of frames."""
    log = asked.log(KEY)
    assert log is not None
    rows = [[" "] * len(line) for line in log.lines]
    frames = [
        frame for crash in log.parsed.crashes for stack in crash.stacks for frame in stack.frames
    ]
    arguments = [argument for frame in frames for argument in frame.arguments]
    links = ide.document_links(asked, KEY)
    for sign, spans in (
        (".", [span for frame in frames for span in frame.spans]),
        ("=", [span for argument in arguments for span in argument.value_spans]),
        ("^", [link.span for link in links]),
    ):
        for span in spans:
            assert 0 <= span.start < span.end <= len(rows[span.line]), span
            rows[span.line][span.start : span.end] = sign * (span.end - span.start)
    for number, (line, row) in enumerate(zip(log.lines, rows, strict=True), 1):
        if line.strip():
            yield f"{number:>3} | {_shown(line)}"
            signs = (sign * len(_shown(c)) for c, sign in zip(line, row, strict=True))
            yield f"    | {''.join(signs)}"


def _text(log: ide.Log, span: model.Span) -> str:
    line = log.lines[span.line]
    assert 0 <= span.start <= span.end <= len(line), span
    return _shown(line[span.start : span.end])


def _shown(text: str) -> str:
    return _UNSEEN.sub(_escaped, text)


def _escaped(unseen: re.Match[str]) -> str:
    letters = {"\x1b": "\\e", "\r": "\\r", "\t": "\\t"}
    return letters.get(unseen[0]) or f"\\u{ord(unseen[0]):04x}"


def _outline(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    log = asked.log(KEY)
    assert log is not None

    def show(symbol: ide.Symbol, depth: int) -> Iterator[str]:
        where = f"{symbol.first_line + 1}-{symbol.last_line + 1}"
        at = f"{symbol.selection.line + 1}: {_text(log, symbol.selection)}"
        assert symbol.first_line <= symbol.selection.line <= symbol.last_line
        yield f"{'  ' * depth}{where} {symbol.kind} {symbol.name} ({symbol.detail}) at {at}"
        for child in symbol.children:
            yield from show(child, depth + 1)

    for symbol in ide.outline(asked, KEY):
        yield from show(symbol, 0)


def _folds(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    """Every fold with the line that stays; deeper ones further in."""
    log = asked.log(KEY)
    assert log is not None
    open_: list[ide.Fold] = []
    for fold in ide.folding_ranges(asked, KEY):
        while open_ and open_[-1].last < fold.first:
            open_.pop()
        assert not open_ or fold.last <= open_[-1].last
        shown = _shown(log.lines[fold.first].strip())
        yield f"{'  ' * len(open_)}{fold.first + 1}-{fold.last + 1} {shown}"
        open_.append(fold)


def _problems(asked: ide.Workspace, mark: Mark) -> Iterator[str]:
    log = asked.log(KEY)
    assert log is not None
    for finding in ide.findings(asked, KEY):
        span = finding.span
        place = f"{span.line + 1}:{span.start}"
        yield f"{place} {finding.severity.value} {finding.code} `{_text(log, span)}`"
        yield f"    {_without_root(finding.message)}"
        for position, message in finding.related:
            yield f"    {position.path}:{position.line} {message}"


def _without_root(text: str) -> str:
    return text.replace(SAMPLE.as_uri() + "/", "tree:").replace(f"{SAMPLE}/", "tree:")


def test_a_workspace_has_no_place_outside_its_tree(sample: tree.KernelTree) -> None:
    asked = workspaces.Workspace(tree=sample, stage=ide.Stage.READY)
    assert asked.uri(model.SourcePos("mm/page_alloc.c", 3)) == (
        f"{(SAMPLE / 'mm/page_alloc.c').as_uri()}#L3"
    )
    for outside in ("../pyproject.toml", "/etc/passwd", "mm/../../README.md", "mm", "", "a\0b"):
        assert asked.uri(model.SourcePos(outside, 1)) is None
        assert asked.lines(outside) is None
