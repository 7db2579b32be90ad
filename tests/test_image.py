"""Images: addresses against GNU addr2line, damaged files, what is kept on disk, and crashes of the sample's images."""

from __future__ import annotations

import json
import posixpath
import random
import sqlite3
import time
from pathlib import Path

import pytest

from oopsight import cli, formats, image, model, resolve, tree
from oopsight.image import caches, elf, images

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_kernel"
IMAGES = {name: SAMPLE / "build" / name / "vmlinux" for name in ("arm", "x86_64")}
BUILD_IDS = {
    "arm": "6f1802a75a12bd1cbd7049e112f7988639523ba2",
    "x86_64": "8b9d2662bc0b9cb6a7e8218f930759ca7acfb166",
}
# The chain of the sample's walk-through, as the compiler inlined it into handle_mm_fault.
HANDLE_MM_FAULT = [
    ("__handle_mm_fault", "mm/memory.c", 3342),
    ("handle_pte_fault", "mm/memory.c", 3218),
    ("do_anonymous_page", "mm/memory.c", 2661),
    ("alloc_zeroed_user_highpage_movable", "include/linux/highmem.h", 182),
    ("__alloc_zeroed_user_highpage", "include/linux/highmem.h", 160),
    ("alloc_pages_node", "include/linux/gfp.h", 336),
    ("__alloc_pages", "include/linux/gfp.h", 326),
]

pytestmark = pytest.mark.usefixtures("own_cache")
ARCHES = pytest.mark.parametrize("arch", sorted(IMAGES))


def recorded(arch: str) -> list[tuple[int, list[tuple[str, str, int]]]]:
    """What addr2line says of some addresses of every function."""
    rows = []
    file = ROOT / "tests/testdata/image" / f"{arch}.addr2line"
    for line in file.read_text(encoding="ascii").splitlines()[1:]:
        address, *words = line.split()
        places = [place.rpartition(":") for place in words[1::2]]
        chain = [
            (function, path, int(number) if number.isdigit() else 0)
            for function, (path, _, number) in zip(words[::2], places, strict=True)
        ]
        rows.append((int(address, 16), chain))
    return rows


@ARCHES
def test_chains_are_those_of_addr2line(arch: str) -> None:
    """Functions, files and lines of the whole chain, for addresses in every function of the sample."""
    opened = images.opened(IMAGES[arch])
    assert opened.build_id == BUILD_IDS[arch]
    for address, chain in recorded(arch):
        ours = [
            (place.function, posixpath.normpath(place.file or "??"), place.line)
            for place in opened.chain(address)
        ]
        assert ours == chain, hex(address)
    assert opened.problems == []


@ARCHES
def test_symbols(arch: str) -> None:
    """Names lead to addresses and back; the size is the distance to the next symbol."""
    opened = images.opened(IMAGES[arch])
    (found,) = opened.symbols.find("handle_mm_fault")
    assert opened.symbols.at(found.address + 8) == found
    assert found.size is not None
    assert found.size >= found.own_size
    assert opened.symbols.find("no_such_function") == ()
    assert opened.symbols.at(16) is None


def crash_of(arch: str, change: tuple[str, str] = ("", "")) -> model.Parsed:
    text = (SAMPLE / "crashes" / arch / "oops.txt").read_text(encoding="ascii")
    return formats.parse(model.Document.of(text.replace(*change) if change[0] else text))


def explained(arch: str, change: tuple[str, str] = ("", "")) -> model.Explanation:
    opened = resolve.open_images(IMAGES[arch])
    return resolve.explain(
        crash_of(arch, change), tree.build_index(tree.open_tree(SAMPLE)), opened=opened
    )


@ARCHES
def test_a_plain_oops_with_its_image(arch: str) -> None:
    """Every frame is exact, and what was inlined stands between them, as in the sample's walk-through."""
    explanation = explained(arch)
    (crash,) = explanation.crashes
    frames = {frame.frame.code.function: frame for frame in crash.stacks[0].frames}
    assert {frame.status for frame in frames.values()} == {model.Status.EXACT}
    assert {frame.evidence for frame in frames.values()} == {(model.Evidence.DWARF,)}
    assert frames["__alloc_pages_nodemask"].position is not None
    assert frames["__alloc_pages_nodemask"].position.line == 2926
    hops = [
        (hop.name, hop.position.path, hop.position.line) for hop in frames["handle_mm_fault"].hops
    ]
    assert hops == HANDLE_MM_FAULT
    fault = frames["get_page_from_freelist"]
    assert [(hop.name, hop.position.line) for hop in fault.hops] == [
        ("buffered_rmqueue", 1588),
        ("list_del", 81),
        ("__list_del", 61),
    ]
    (used,) = explanation.images
    assert (used.build_id, used.arch, used.matches) == (BUILD_IDS[arch], arch, None)


def test_a_symbol_of_another_size() -> None:
    """Where the image's function has another size, the image is not believed for that frame, and this is said."""
    explanation = explained(
        "x86_64", ("handle_mm_fault+0x3a5/0x8b0", "handle_mm_fault+0x3a5/0x8c0")
    )
    (frame,) = [
        frame
        for frame in explanation.crashes[0].stacks[0].frames
        if frame.frame.code.function == "handle_mm_fault"
    ]
    assert model.Evidence.DWARF not in frame.evidence
    assert frame.reasons[0].startswith(
        "vmlinux has handle_mm_fault with 0x8b0 bytes, and the text says 0x8c0"
    )


def test_the_image_of_another_architecture() -> None:
    """Nothing of it is used."""
    opened = resolve.open_images(IMAGES["arm"])
    explanation = resolve.explain(crash_of("x86_64"), None, opened=opened)
    frames = explanation.crashes[0].stacks[0].frames
    assert all(model.Evidence.DWARF not in frame.evidence for frame in frames)


def test_sources_that_do_not_fit_the_image(tmp_path: Path) -> None:
    """A line of the image that lies in another function of the tree is a mismatch, never exact."""
    root = tmp_path / "kernel"
    for name in ("Makefile", "include/linux/list.h", "arch/x86/mm/fault.c"):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((SAMPLE / name).read_bytes())
    text = (SAMPLE / "mm/page_alloc.c").read_text(encoding="utf-8").split("\n")
    (root / "mm").mkdir()
    (root / "mm/page_alloc.c").write_text("\n".join(text[400:]), encoding="utf-8")
    opened = resolve.open_images(IMAGES["x86_64"])
    explanation = resolve.explain(
        crash_of("x86_64"), tree.build_index(tree.open_tree(root)), opened=opened
    )
    frame = explanation.crashes[0].stacks[0].frames[1]
    assert frame.frame.code.function == "__alloc_pages_nodemask"
    assert frame.status is model.Status.MISMATCH


class TestWhere:
    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The contract of `where`."""
        place = "handle_mm_fault+0x3a5/0x8b0"
        vmlinux = str(IMAGES["x86_64"])
        options = ["--vmlinux", vmlinux, "--return-address", "--format", "json"]
        assert cli.main(["where", place, *options]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["schema"] == 1
        (one,) = answer["answers"]
        assert one["query"] == place
        assert one["address"]["hex"] == "0xffffffff81000a75"
        chain = [(row["function"], row["file"], row["line"]) for row in one["chain"]]
        assert chain == [*reversed(HANDLE_MM_FAULT), ("handle_mm_fault", "mm/memory.c", 3371)]
        assert [row["inlined"] for row in one["chain"]] == [True] * 7 + [False]

    def test_what_is_wrong_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Another size, an unknown name, no place at all."""
        vmlinux = str(IMAGES["arm"])
        places = ["handle_mm_fault+0x4/0x10", "sample_unknown+0x4", "not a place"]
        assert cli.main(["where", *places, "--vmlinux", vmlinux]) == 0
        out = capsys.readouterr().out
        assert "it is another build" in out
        assert "has no symbol sample_unknown" in out
        assert "is neither an address nor a symbol" in out

    def test_no_image(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that is none is refused with a sentence."""
        file = tmp_path / "vmlinux"
        file.write_text("text")
        assert cli.main(["where", "0x10", "--vmlinux", str(file)]) == 2
        assert "is no ELF file" in capsys.readouterr().err


class TestKept:
    def test_a_second_run_opens_no_image(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was asked once is answered from disk, with the same answer."""
        first = image.opened(IMAGES["arm"])
        (symbol,) = first.find("handle_mm_fault")
        chain = first.chain(symbol.address + 0x4C0 - 1)
        first.close()
        monkeypatch.setattr(images, "opened", lambda _: pytest.fail("the image was opened"))
        second = image.opened(IMAGES["arm"])
        assert second.facts == first.facts
        assert second.find("handle_mm_fault") == (symbol,)
        assert second.chain(symbol.address + 0x4C0 - 1) == chain

    @pytest.mark.parametrize(
        "damage", [b"", b"no database at all", b"SQLite format 3\0" + b"x" * 4096]
    )
    def test_a_damaged_file_is_made_anew(self, damage: bytes) -> None:
        """Answers do not depend on what is on disk."""
        file = caches.directory() / f"images-{caches.SCHEMA}.sqlite"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(damage)
        opened = image.opened(IMAGES["arm"])
        assert opened.find("handle_mm_fault")
        opened.close()

    def test_answers_of_other_content_are_not_used(self, tmp_path: Path) -> None:
        """A file that changed is asked again."""
        copy = tmp_path / "vmlinux"
        copy.write_bytes(IMAGES["arm"].read_bytes())
        first = image.opened(copy)
        first.find("handle_mm_fault")
        first.close()
        copy.write_bytes(IMAGES["x86_64"].read_bytes())
        assert image.opened(copy).facts.machine == "EM_X86_64"

    def test_without_a_place_to_keep(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A cache directory that is a file costs time and nothing else."""
        blocked = tmp_path / "file"
        blocked.write_text("")
        monkeypatch.setenv("OOPSIGHT_CACHE", str(blocked))
        opened = image.opened(IMAGES["arm"])
        assert opened.find("handle_mm_fault")
        opened.close()

    def test_it_stays_small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Old answers go."""
        monkeypatch.setattr(caches, "_MOST_ANSWERS", 10)
        monkeypatch.setattr(caches, "_LEFT_AFTER_CLEANING", 5)
        cache = caches.opened()
        for number in range(20):
            monkeypatch.setattr(time, "time", lambda number=number: 1000.0 + number)
            cache.keep("one", {str(number): number})
        cache.clean()
        assert cache.connection is not None
        (count,) = cache.connection.execute("select count(*) from answer").fetchone()
        assert count <= 10
        assert cache.answers("one", ["19"]) == {"19": 19}
        assert cache.answers("one", ["0"]) == {}


def mutants(data: bytes, count: int, seed: int) -> list[bytes]:
    """Damaged copies: cut, with wrong bytes, with absurd numbers."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        copy = bytearray(data)
        how = rng.randrange(4)
        if how == 0:
            del copy[rng.randrange(len(copy)) :]
        elif how == 1:
            for _ in range(rng.randrange(1, 40)):
                copy[rng.randrange(len(copy))] = rng.randrange(256)
        elif how == 2:
            at = rng.randrange(len(copy) - 8)
            copy[at : at + 8] = rng.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7))
        else:
            at, length = rng.randrange(len(copy) - 4096), rng.randrange(1, 4096)
            copy[at : at + length] = rng.randbytes(length)
        found.append(bytes(copy))
    return found


def asks(data: bytes) -> float:
    """Ask a damaged image; seconds."""
    started = time.process_time()
    try:
        file = elf.of_bytes(Path("mutant"), data)
    except image.Unreadable:
        return time.process_time() - started
    opened = images.of(file)
    for name in ("handle_mm_fault", "get_page_from_freelist"):
        for symbol in opened.symbols.find(name)[:3]:
            for offset in (0, 0x100, 0x1C8):
                opened.chain(symbol.address + offset)
    assert opened.build_id is None or isinstance(opened.build_id, str)
    return time.process_time() - started


@ARCHES
def test_damaged_images(arch: str) -> None:
    """No exception, and no answer takes long, whatever a file holds."""
    data = IMAGES[arch].read_bytes()
    assert max(asks(one) for one in mutants(data, 120, 1)) < 2.0


@pytest.mark.slow
@ARCHES
def test_many_damaged_images(arch: str) -> None:
    """The same for very many."""
    data = IMAGES[arch].read_bytes()
    assert max(asks(one) for seed in range(500) for one in mutants(data, 100, seed + 2)) < 2.0


def test_a_file_that_sqlite_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the database is no error for the user."""
    cache = caches.opened()
    assert cache.connection is not None
    cache.connection.close()
    assert cache.answers("one", ["a"]) == {}
    cache.keep("one", {"a": 1})
    assert sqlite3.sqlite_version


def test_an_answer_that_makes_no_sense() -> None:
    """What another program left under a question is not believed."""
    first = image.opened(IMAGES["arm"])
    for nonsense in ({"a": 1}, [1], [{"name": "x"}], "text", 5):
        first.cache.keep(first.key, {"s:handle_mm_fault": nonsense})
        (symbol,) = image.opened(IMAGES["arm"]).find("handle_mm_fault")
        assert symbol.name == "handle_mm_fault"
