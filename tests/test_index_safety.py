"""Whatever happens to the index, it is never wrong afterwards, and the server goes on.

Processes are killed, disks are full, cache directories are read-only or vanish, clocks are set back and sources turn into
things that are none. After each of these the index must say what one says that is made from nothing.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from oopsight import tree
from oopsight.tree import indexes, listing, stores, workers

sys.path.insert(0, str(Path(__file__).parent / "e2e"))

import lsp_client

_FILES = 120
_FUNCTIONS = 12
_PADDING = f"/*{' ' * 100_000}*/\n"  # so that the files are worth worker processes
Answers = dict[str, tuple[object, ...]]


def _source(number: int, line: int = 0) -> str:
    """A file that defines some functions; `line` empty lines stand before them."""
    return "\n" * line + "".join(
        f"int only_{number}_{at}(int a)\n{{\n\treturn shared_{at}(a);\n}}\n\nstatic int shared_{at}(int a)\n{{\n\treturn a;\n}}\n\n"
        for at in range(_FUNCTIONS)
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree") / "linux"
    for folder in ("include/linux", "arch/arm", "kernel", "mm"):
        (root / folder).mkdir(parents=True)
    (root / "Makefile").write_text("VERSION = 4\nPATCHLEVEL = 9\nSUBLEVEL = 1\n")
    for number in range(_FILES):
        (root / ("kernel", "mm")[number % 2] / f"f{number}.c").write_text(
            _source(number) + _PADDING
        )
    _age(root)
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "linux"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("OOPSIGHT_CACHE", str(folder))
    return folder


def _age(root: Path) -> None:
    """Make files look as if nobody had written them just now."""
    past = time.time() - 1000
    for file in root.rglob("*"):
        os.utime(file, (past, past))


def _answers(index: indexes.Index) -> Answers:
    names = [f"shared_{at}" for at in range(_FUNCTIONS)]
    names += [f"only_{number}_{at}" for number in range(_FILES + 3) for at in range(_FUNCTIONS)]
    found: Answers = {name: index.find(name) for name in names}
    found["counts"] = tuple(sorted(index.counts().items()))
    found["complete"] = (index.complete,)
    return found


def _fresh(root: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Answers:
    """What an index says that is made from nothing."""
    with monkeypatch.context() as patch:
        patch.setenv("OOPSIGHT_CACHE", str(folder / "fresh"))
        return _answers(indexes.build(root, rebuild=True))


def _command(root: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "oopsight", "index", str(root), *more]


def _run(root: Path, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(root, *more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _kill_at_random(root: Path, seed: int, edits: bool) -> None:
    chance = random.Random(seed)
    if edits:
        for _ in range(10):
            number = chance.randrange(_FILES)
            file = root / ("kernel", "mm")[number % 2] / f"f{number}.c"
            file.write_text(_source(number, chance.randrange(1, 9)) + _PADDING)
    process = _run(root, *(["--rebuild"] if chance.random() < 0.3 else []))
    time.sleep(chance.uniform(0.15, 1.4))
    process.kill()
    process.communicate(timeout=60)


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for trial in range(3):
        _kill_at_random(root, 100 * seed + trial, edits=trial > 0)
    assert _answers(indexes.build(root)) == _fresh(root, monkeypatch, tmp_path)


@pytest.mark.slow
def test_killed_a_hundred_times(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(100):
        _kill_at_random(root, seed, edits=seed % 3 > 0)
        if seed % 10 == 9:
            assert _answers(indexes.build(root)) == _fresh(root, monkeypatch, tmp_path), seed


@pytest.mark.parametrize("size", [0, 5_000, 40_000, 90_000, 200_000])
def test_a_full_disk(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """No file may grow over `size` bytes in the process that makes the index, as if the disk were full then."""
    process = subprocess.run(
        _command(root),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: _limit(size),
    )
    assert "Traceback" not in process.stderr
    assert _answers(indexes.build(root)) == _fresh(root, monkeypatch, tmp_path)


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_gets_full_while_an_index_is_brought_up_to_date(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes.build(root)
    (root / "kernel/f0.c").write_text(_source(0, 5))
    real = stores.Store.add

    def full(self: stores.Store, parts: Iterable[workers.Part]) -> None:
        if self.path is not None:
            raise sqlite3.OperationalError("database or disk is full")
        real(self, parts)

    with monkeypatch.context() as patch:
        patch.setattr(stores.Store, "add", full)
        index = indexes.build(root)
        assert "disk is full" in (index.problem or "")
        assert _answers(index) == _fresh(root, monkeypatch, tmp_path)
    assert _answers(indexes.build(root)) == _fresh(root, monkeypatch, tmp_path)


def test_a_cache_that_cannot_be_made(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "file" / "cache"))
    index = indexes.build(root)
    assert "cannot be kept" in (index.problem or "")
    assert _answers(index) == _fresh(root, monkeypatch, tmp_path)


def test_an_index_in_memory_is_brought_up_to_date_by_path(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path / "file" / "cache"))
    _age(root)
    before = indexes.build(root)
    known = _answers(before)
    (root / "kernel/f0.c").write_text(_source(0, 3) + _PADDING)
    read: list[str] = []
    scan_one = workers.read

    def watched(top: str, file: listing.File) -> bytes:
        read.append(file.path)
        return scan_one(top, file)

    monkeypatch.setattr(workers, "read", watched)
    after = indexes.build(root, only=("kernel/f0.c",), before=before)
    assert read == ["kernel/f0.c"]
    assert after.written
    assert _answers(before) == known
    assert _answers(after) == _fresh(root, monkeypatch, tmp_path)
    again = indexes.build(root, only=("kernel/f1.c",), before=after)
    assert not again.written


def test_the_cache_vanishes_under_an_open_index(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = indexes.build(root)
    shutil.rmtree(cache)
    expected = _fresh(root, monkeypatch, tmp_path)
    assert _answers(index) == expected
    assert _answers(indexes.build(root, only=("kernel/f0.c",))) == expected


@pytest.mark.parametrize("at", [0, 18, 100, 5000, 60_000])
def test_a_damaged_file(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    indexes.build(root)
    file = indexes.index_file(root)
    with open(file, "r+b") as damaged:
        damaged.seek(at)
        damaged.write(b"\xa5" * 3000)
    try:
        index = indexes.build(root)
    except Exception as error:  # what a user would see
        pytest.fail(f"{type(error).__name__}: {error}")
    found, expected = _answers(index), _fresh(root, monkeypatch, tmp_path)
    assert found == expected


def test_two_at_once(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = [_run(root), _run(root), _run(root, "--rebuild")]
    index = indexes.build(root)
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    expected = _fresh(root, monkeypatch, tmp_path)
    assert _answers(indexes.build(root)) == expected
    assert _answers(index)["shared_0"] == expected["shared_0"]


def test_clocks_that_were_set_back(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    future = time.time() + 10 * 365 * 86400
    for number in (0, 2):
        os.utime(root / f"kernel/f{number}.c", (future, future))
    indexes.build(root)
    # Edits that keep the size, with any time: of the past, the old one, of the future.
    for number, when in ((0, 1.0), (2, future), (4, time.time() - 1000), (6, future)):
        file = root / f"kernel/f{number}.c"
        before = file.stat()
        text = file.read_text()
        moved = "\n" + text.replace("\n\nstatic", "\nstatic", 1)
        assert len(moved) == len(text)
        file.write_text(moved)
        os.utime(file, (when, when))
        assert file.stat().st_size == before.st_size
        assert indexes.build(root).find(f"only_{number}_0")[0][1].line == 2
    assert _answers(indexes.build(root)) == _fresh(root, monkeypatch, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_sources_that_are_none(
    root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes.build(root)
    _spoil(root)
    expected = _fresh(root, monkeypatch, tmp_path)
    assert _answers(indexes.build(root)) == expected
    assert expected["only_0_0"] == expected["only_2_0"] == expected["only_6_0"] == ()
    assert len(expected["only_8_1"]) == 1


def _spoil(root: Path) -> None:
    """Files that become FIFOs, folders, links and bytes that are no text; folders in a circle; a very large header."""
    for number in (0, 2, 6):
        (root / f"kernel/f{number}.c").unlink()
    os.mkfifo(root / "kernel/f0.c")
    (root / "kernel/f2.c").mkdir()
    (root / "kernel/f2.c/inner.c").write_text("int inner(void)\n{\n\treturn 0;\n}\n")
    (root / "kernel/f6.c").symlink_to("f6.c")
    (root / "kernel/loop").symlink_to("..")
    (root / "mm/self").symlink_to("self")
    (root / "mm/f1.c").chmod(0)
    (root / "kernel/f8.c").write_bytes(b"/* \xff\xfe\x00 */\n" + _source(8).encode() + b"\xc3")
    (root / os.fsdecode(b"kernel/\xff\xfe.c")).write_text("int odd(void)\n{\n}\n")
    with open(root / "include/linux/registers.h", "w") as file:
        for block in range(3000):
            file.writelines(f"#define REG_{block}_{at}_MASK 0x{at:08X}L\n" for at in range(330))
    assert (root / "include/linux/registers.h").stat().st_size > 30 << 20


def test_the_order_of_an_edit_and_its_reading(root: Path, cache: Path) -> None:
    """A file that is written again within one step of its clock, directly after it was read."""
    file = root / "kernel/f0.c"
    for line in range(1, 5):
        file.write_text(_source(0, line) + _PADDING)
        os.truncate(file, 60_000)  # always the same size
        assert indexes.build(root).find("only_0_0")[0][1].line == line + 1


def test_what_was_read_is_settled() -> None:
    file = listing.File("a.c", 1, 10**18, 10**18)
    assert listing.settled(file, 10**18 + 10**10)
    assert not listing.settled(file, 10**18 + 10**9)


# A server, as an editor has it

_TEXT = "-000|only_1_3(a = 1)\n-001|only_2_4(a = 1)\n"


@pytest.fixture
def server(root: Path, tmp_path: Path) -> Iterator[lsp_client.Client]:
    with lsp_client.client(tmp_path / "home") as client:
        client.initialize(initializationOptions={"kernelTree": str(root)})
        client.open("untitled:x", _TEXT)
        client.wait_for_index()
        yield client
        assert "Traceback" not in "".join(client.stderr)


def _line(client: lsp_client.Client, number: int) -> int | None:
    """To which line (from 1) the definition of a frame leads."""
    for _ in range(200):
        found = client.ask("definition", "untitled:x", number, 8)
        if found:
            return int(found[0]["targetRange"]["start"]["line"]) + 1
        time.sleep(0.05)
    return None


def _saved(client: lsp_client.Client, *files: Path) -> None:
    changes = [{"uri": file.as_uri(), "type": 2} for file in files]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


def _wait_for_line(client: lsp_client.Client, number: int, line: int) -> None:
    end = time.monotonic() + 30
    while _line(client, number) != line:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_server_whose_cache_vanishes(
    server: lsp_client.Client, root: Path, tmp_path: Path
) -> None:
    before = _line(server, 0)
    assert before is not None
    shutil.rmtree(tmp_path / "home")
    assert _line(server, 0) == before
    (root / "mm/f1.c").write_text(_source(1, 7) + _PADDING)
    _saved(server, root / "mm/f1.c")
    _wait_for_line(server, 0, before + 7)
    assert server.leave() == 0


def test_a_server_whose_cache_becomes_a_file(
    server: lsp_client.Client, root: Path, tmp_path: Path
) -> None:
    before = _line(server, 0)
    assert before is not None
    shutil.rmtree(tmp_path / "home")
    (tmp_path / "home").write_text("in the way")
    for lines in (3, 5):
        (root / "mm/f1.c").write_text(_source(1, lines) + _PADDING)
        _saved(server, root / "mm/f1.c")
        _wait_for_line(server, 0, before + lines)
    server.diagnostics("untitled:x", lambda found: any("cannot be kept" in d["message"] for d in found))  # fmt: skip
    assert server.leave() == 0


def test_a_server_whose_sources_become_something_else(
    server: lsp_client.Client, root: Path
) -> None:
    before = _line(server, 1)
    assert before is not None
    _spoil(root)
    _saved(server, *(root / f"kernel/f{number}.c" for number in (0, 2, 6, 8)))
    server.diagnostics("untitled:x", lambda found: any("only_2_4: not found" in d["message"] for d in found))  # fmt: skip
    assert _line(server, 0) is not None
    assert server.leave() == 0


def test_two_servers_and_an_index_at_once(root: Path, tmp_path: Path) -> None:
    with lsp_client.client(tmp_path / "home") as one, lsp_client.client(tmp_path / "home") as two:
        for client in (one, two):
            client.initialize(initializationOptions={"kernelTree": str(root)})
            client.open("untitled:x", _TEXT)
        for client in (one, two):
            client.wait_for_index()
        line = _line(one, 0)
        assert line is not None
        assert line == _line(two, 0)
        (root / "mm/f1.c").write_text(_source(1, 7) + _PADDING)
        for client in (one, two):
            _saved(client, root / "mm/f1.c")
        for client in (one, two):
            _wait_for_line(client, 0, line + 7)
            assert client.leave() == 0


def test_many_events_in_a_burst(server: lsp_client.Client, root: Path) -> None:
    before = _line(server, 0)
    assert before is not None
    for number in range(_FILES):
        file = root / ("kernel", "mm")[number % 2] / f"f{number}.c"
        file.write_text(_source(number, 4) + _PADDING)
        _saved(server, file, *(root / f"kernel/none{number}_{at}.c" for at in range(20)))
    _wait_for_line(server, 0, before + 4)
    assert server.leave() == 0


def test_an_indexer_that_is_stopped_while_it_reads(root: Path, cache: Path) -> None:
    """Cancelled at many moments, the same index goes on each time."""
    stopped = 0
    for after in range(1, 60, 7):
        asked = itertools.chain(itertools.repeat(False, after), itertools.repeat(True))
        try:
            indexes.build(root, cancelled=functools.partial(next, asked))
        except tree.Cancelled:
            stopped += 1
    assert stopped > 0
    threads = [threading.Thread(target=indexes.build, args=(root,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert indexes.build(root).complete
