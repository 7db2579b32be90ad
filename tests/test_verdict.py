"""Is this the tree? The release of a text, and one verdict with its reasons; `doctor` says it, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.kernels import SAMPLE, SEED, Kernel

from oopsight import cli, formats, ide, model, resolve, tree
from oopsight.ide import explain_json, explain_text

M = model.TreeMatch
FRAMES = """\
-004|__handle_mm_fault(mm = 0xC1D92780, vma = 0xC1D92780, address = 8)
-005|handle_mm_fault(mm = 0xC1D92780, vma = 0xC1D92780, address = 8, flags = 81)
-006|__do_page_fault(mm = 0xC1D92780, addr = 8, fsr = 2071)
"""
HEADER = "[   12.500000] CPU: 1 PID: 812 Comm: sh Not tainted {} #1\n"


pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path / "linux")


# The release of a text


@pytest.mark.parametrize(
    ("line", "release", "upstream"),
    [
        ("CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-49-amd64 #1  Debian 6.1.176-1", "6.1.0-49-amd64", "6.1.176"),
        ("CPU: 0 PID: 1 Comm: x Tainted: G        W  O       4.9.112-perf+ #1", "4.9.112-perf+", None),
        ("CPU: 3 UID: 0 PID: 77 Comm: y Tainted: G S   6.12.0-rc3 #4 PREEMPT", "6.12.0-rc3", None),
        ("CPU: 0    Not tainted  (3.0.8 #1)", "3.0.8", None),
        ("Pid: 1, comm: swapper Not tainted 2.6.32 #2", "2.6.32", None),
        ("<5>[    0.000000] Linux version 3.18.31-g1a2b (ci@board) (gcc 4.9) #1 SMP", "3.18.31-g1a2b", None),
        ("Linux version 5.15.0-91-generic (b@lcy) (gcc) #101-Ubuntu SMP Tue (Ubuntu 5.15.0-91.101-generic 5.15.131)", "5.15.0-91-generic", "5.15.131"),
        ("Not tainted", None, None),
        ("the kernel is tainted 6.1.0", None, None),
        ("Tainted: G        W", None, None),
        ("Linux version control 2.0", None, None),
    ],
)  # fmt: skip
def test_the_release_of_a_text(line: str, release: str | None, upstream: str | None) -> None:
    (crash,) = formats.parse(model.Document.of(f"{line}\n{FRAMES}")).crashes
    assert (crash.release, crash.upstream) == (release, upstream)


def test_the_banner_of_a_long_log_counts_from_afar() -> None:
    banners = [f"[    0.000000] Linux version 4.{number}.7 (a@b) #1\n" for number in (9, 14)]
    filler = "[    1.000000] usb 1-1: new device\n" * 2000
    text = banners[0] + filler + banners[1] + filler + FRAMES + filler + banners[0]
    (crash,) = formats.parse(model.Document.of(text)).crashes
    assert crash.release == "4.14.7"
    # What the crash itself prints comes first.
    text = banners[0] + filler + HEADER.format("5.4.1") + FRAMES
    (crash,) = formats.parse(model.Document.of(text)).crashes
    assert crash.release == "5.4.1"


def test_a_release_is_read_behind_every_prefix() -> None:
    header = HEADER.format("4.9.112")
    for text in (f"> {header}", f"Nov 22 12:50:01 board kernel: {header}"):
        (crash,) = formats.parse(model.Document.of(text + FRAMES)).crashes
        assert crash.release == "4.9.112", text


# The verdict


def _crash(kernel: Kernel, text: str) -> model.ResolvedCrash:
    (crash,) = kernel.explain(text).crashes
    return crash


def _judged(kernel: Kernel, text: str) -> tuple[model.TreeMatch | None, str]:
    verdict = _crash(kernel, text).verdict
    assert verdict is not None
    return verdict.match, " ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("release", "match", "said"),
    [
        ("3.18.19", M.THIS, "and so is the tree"),
        ("3.18.19-perf-g1234", M.THIS, "and so is the tree"),
        ("3.18.20", M.NEAR, "of Linux 3.18.20, and the tree is Linux 3.18.19"),
        ("3.18.0-4-armmp", M.NEAR, "distributions write 0"),
        ("3.18.0-4-armmp #1 Debian 3.18.19-2", M.THIS, "made from 3.18.19"),
        ("3.18.0-4-armmp #1 Debian 3.18.20-2", M.NEAR, "made from 3.18.20"),
        ("3.18.19-rc2", M.NEAR, "3.18.19-rc2"),
        ("4.9.112", M.ANOTHER, "of Linux 4.9.112, and the tree is Linux 3.18.19"),
        ("3.19.19", M.ANOTHER, "3.19.19"),
    ],
)
def test_a_release_is_compared(
    kernel: Kernel, release: str, match: model.TreeMatch, said: str
) -> None:
    found, reasons = _judged(kernel, HEADER.format(release) + FRAMES)
    assert (found, said in reasons) == (match, True), reasons


def test_a_build_that_names_the_release_decides(kernel: Kernel) -> None:
    (kernel.root / "include/config").mkdir()
    kernel.write("include/config/kernel.release", "3.18.0-4-armmp\n")
    assert _judged(kernel, HEADER.format("3.18.0-4-armmp") + FRAMES)[0] is M.THIS
    found, reasons = _judged(kernel, HEADER.format("3.18.19-other") + FRAMES)
    assert (found, "calls itself 3.18.0-4-armmp" in reasons) == (M.NEAR, True)


def test_nothing_is_stated_when_nothing_tells(kernel: Kernel) -> None:
    crash = _crash(kernel, FRAMES)
    assert crash.verdict is not None
    assert crash.verdict.match is None
    assert [one for one in crash.problems if one.code == "tree-verdict"] == []
    assert _judged(kernel, SEED.read_text(encoding="utf-8"))[0] is None


def test_functions_that_are_missing(kernel: Kernel) -> None:
    found, reasons = _judged(kernel, FRAMES + "-007|vendor_fault(a = 1)\n")
    assert found is M.NEAR
    assert "Of 4 functions that the text names, 1 is not in the tree (vendor_fault)." in reasons
    assert "--also DIR" in (
        _crash(kernel, FRAMES + "-007|vendor_fault(a = 1)\n").problems[0].hint or ""
    )
    most = "".join(f"-00{number}|vendor_{number}(a = 1)\n" for number in range(4))
    found, reasons = _judged(kernel, most + FRAMES)
    assert found is M.ANOTHER
    assert "4 are not in the tree" in reasons
    # The same release: they can be those of a module.
    assert _judged(kernel, HEADER.format("3.18.19") + most + FRAMES)[0] is M.NEAR
    # Fewer are enough where others have other parameters.
    renamed = FRAMES.replace("flags = 81", "fault_flags = 81")
    rest = "-007|do_page_fault(addr = 8)\n-008|do_DataAbort(addr = 8)\n-009|do_exit(code = 1)\n"
    some = "-002|vendor_1(a = 1)\n-003|vendor_2(a = 1)\n"
    assert _judged(kernel, some + FRAMES + rest)[0] is M.NEAR
    assert _judged(kernel, some + renamed + rest)[0] is M.ANOTHER


def test_parameters_with_other_names(kernel: Kernel) -> None:
    renamed = FRAMES.replace("flags = 81", "fault_flags = 81")
    found, reasons = _judged(kernel, renamed)
    assert found is M.NEAR
    assert "(handle_mm_fault(fault_flags))" in reasons
    # What a compiler made of a function may have other parameters.
    copied = renamed.replace("handle_mm_fault(mm", "handle_mm_fault.isra.3(mm")
    assert _judged(kernel, copied)[0] is None
    other = FRAMES.replace("mm = ", "memory = ")
    assert _judged(kernel, other)[0] is M.ANOTHER


def test_lines_that_do_not_fit(kernel: Kernel) -> None:
    fits = "kernel BUG at mm/memory.c:100!\n" + FRAMES
    assert _judged(kernel, fits)[0] is None
    behind = "kernel BUG at mm/memory.c:99999!\n" + FRAMES
    found, reasons = _judged(kernel, behind)
    assert (found, "mm/memory.c:99999" in reasons) == (M.NEAR, True)
    gone = "kernel BUG at mm/nowhere.c:3!\n" + FRAMES
    assert _judged(kernel, gone)[0] is M.NEAR
    elsewhere = FRAMES + "at app/main.c:3\n"
    assert _judged(kernel, elsewhere)[0] is None


def test_rows_of_source_that_do_not_fit(kernel: Kernel) -> None:
    line = "ret = __handle_mm_fault(mm, vma, address, flags);"
    assert line in kernel.read("mm/memory.c")
    rows = FRAMES.replace("flags = 81)\n", f"flags = 81)\n    |    {line}\n")
    assert _judged(kernel, rows)[0] is None
    changed = rows.replace("address, flags);", "address, flags, regs);")
    found, reasons = _judged(kernel, changed)
    assert (found, "1 do not stand in their functions" in reasons) == (M.NEAR, True), reasons


def test_no_verdict_before_the_index_is_complete() -> None:
    parsed = formats.parse(model.Document.of(HEADER.format("9.9.9") + FRAMES))
    (crash,) = resolve.explain(parsed, tree.open_tree(SAMPLE)).crashes
    assert crash.verdict is None
    (crash,) = resolve.explain(parsed, None).crashes
    assert crash.verdict is None


# Shown once, at the top


@pytest.mark.parametrize(
    ("release", "severity", "words"),
    [
        ("3.18.19", ide.Severity.HINT, "this tree"),
        ("3.18.20", ide.Severity.INFORMATION, "near it"),
        ("4.9.1", ide.Severity.WARNING, "another tree"),
    ],
)
def test_a_verdict_is_shown_once(
    kernel: Kernel, release: str, severity: ide.Severity, words: str
) -> None:
    document = model.Document.of(HEADER.format(release) + FRAMES, "a")
    parsed = formats.parse(document)
    opened = kernel.open()
    explanation = resolve.explain(parsed, opened)
    log = ide.Log(parsed, explanation)
    workspace = ide.Workspace({"a": log}, {}, opened, ide.Stage.READY)
    (finding,) = (one for one in ide.findings(workspace, "a") if one.code == "tree-verdict")
    assert (finding.severity, finding.span.line) == (severity, 1)
    text = explain_text.render(explanation, parsed, workspace.lines)
    assert text.count(f"Linux {release}, and") == 1
    assert text.index(f"Linux {release}, and") < text.index("Stack (")
    (crash,) = explain_json.render(explanation, parsed)["crashes"]
    assert crash["tree"]["verdict"] == words
    assert [one["code"] for one in crash["problems"]].count("tree-verdict") == 1
    # An answer that is kept over an edit says the same.
    moved = formats.parse(model.Document.of("\n\n" + HEADER.format(release) + FRAMES, "a"))
    (again,) = resolve.explain(moved, opened, known=explanation.crashes).crashes
    assert again.verdict == explanation.crashes[0].verdict


# doctor


def _doctor(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = cli.main(["doctor", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_doctor_of_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = _doctor(capsys)
    assert (status, err) == (0, "")
    assert [line.split()[0:2] for line in out.splitlines()] == [
        ["found", "program"],
        ["missing", "tree"],
    ]
    assert "--tree DIR" in out


def test_doctor_finds_the_tree_it_runs_in(
    capsys: pytest.CaptureFixture[str], kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (kernel.root / "mm", kernel.root.parent):
        monkeypatch.chdir(folder)
        status, out, _ = _doctor(capsys)
        assert status == 0
        assert f"{kernel.root} (found from the current directory" in out


def test_doctor_says_what_is_there_and_what_is_missing(
    capsys: pytest.CaptureFixture[str], kernel: Kernel, tmp_path: Path
) -> None:
    further = tmp_path / "more"
    further.mkdir()
    (further / "more.c").write_text("int more(void)\n{\n\treturn 0;\n}\n")
    kernel.without_config()
    given = ("--tree", kernel.root / "mm", "--also", further)
    status, out, err = _doctor(capsys, *given)
    assert (status, err) == (0, "")
    for said in (
        "missing  configuration  The tree has no .config",
        "missing  build ",
        "missing  index          There is no index of the tree yet",
        f"found    also           {further}: functions there are shown as also1:/",
        "found    architectures  The tree has 3: arm, arm64, x86.",
        "found    release        Linux 3.18.19.",
    ):
        assert said in out, said
    assert cli.main(["index", str(kernel.root / "mm"), "--also", str(further)]) == 0
    indexed = capsys.readouterr().out
    assert indexed.count(" MB in ") == 2
    status, out, _ = _doctor(capsys, *given)
    assert "The index of the tree is complete: " in out
    assert "The index of also1 is complete: 1 files" in out
    answer = json.loads(_doctor(capsys, *given, "--format", "json")[1])
    assert answer["schema"] == 1
    assert [root["id"] for root in answer["roots"]] == ["tree", "also1"]
    assert [(one["root"], one["complete"]) for one in answer["indexes"]] == [
        ("tree", True),
        ("also1", True),
    ]
    assert (answer["config"], answer["build"], answer["tree"]) == (None, None, None)
    assert answer["arches"] == ["arm", "arm64", "x86"]


def test_doctor_of_a_damaged_index(capsys: pytest.CaptureFixture[str], kernel: Kernel) -> None:
    state = tree.state_of(kernel.root)
    assert (state.files, state.size) == (None, None)
    state.path.parent.mkdir(parents=True, exist_ok=True)
    state.path.write_bytes(b"no database at all" * 1000)
    status, out, _ = _doctor(capsys, "--tree", kernel.root)
    assert status == 0
    assert "cannot be read" in out
    assert state.path.read_bytes().startswith(b"no database")


def test_doctor_says_the_verdict(
    capsys: pytest.CaptureFixture[str], kernel: Kernel, tmp_path: Path
) -> None:
    log = tmp_path / "crash.txt"
    for release, state, said, word in (
        ("3.18.19", "found", "This is the tree", "this tree"),
        ("4.9.1", "note", "This is another tree", "another tree"),
        (None, "note", "Nothing tells whether this is the tree.", None),
    ):
        log.write_text((HEADER.format(release) if release else "") + FRAMES)
        status, out, _ = _doctor(capsys, "--tree", kernel.root, log)
        (line,) = (line for line in out.splitlines() if line[9:].startswith("verdict"))
        assert (status, line.split()[0], said in line) == (0, state, True)
        answer = json.loads(_doctor(capsys, "--tree", kernel.root, log, "--format", "json")[1])
        assert answer["tree"]["verdict"] == word
    log.write_text("nothing\n")
    status, out, _ = _doctor(capsys, "--tree", kernel.root, log)
    assert (status, "missing  text" in out) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tree", "missing"],
        ["missing.txt"],
        ["--config", str(SAMPLE / ".config")],
        ["--tree", str(SAMPLE), "--build", "missing"],
        ["--tree", str(SAMPLE), "--also", "missing"],
        ["--tree", str(SAMPLE), "--path-map", "nothing"],
        ["--tree", str(SAMPLE), "--arch", "z80", str(SEED)],
        ["--vmlinux", "x"],
        ["--format", "xml"],
        ["a", "b"],
    ],
)
def test_doctor_with_unusable_arguments(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = _doctor(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("oopsight: ")
    assert err.count("\n") == 1
