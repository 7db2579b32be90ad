"""The command line: answers on standard output, one sentence on standard error, the exit status of the contract."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oopsight import cli
from oopsight import tree as trees

TOP = Path(__file__).parents[1]
SAMPLE = TOP / "sample_kernel"
SEED = SAMPLE / "crashes/arm/seed.txt"
FRAME = "-003|__alloc_pages_nodemask(gfp_mask = 33685722, order = 0)\n"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("OOPSIGHT_CACHE", raising=False)
        yield


def run(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "oopsight", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


class Call:
    """Runs a command in this process and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        return status, said.out, said.err


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(capsys)


def _one_sentence(text: str) -> bool:
    return text.startswith("oopsight: ") and text.endswith("\n") and text.count("\n") == 1


# explain


def test_explain_prints_the_whole_seed(call: Call) -> None:
    status, out, err = call("explain", SEED, "--tree", SAMPLE)
    assert (status, err) == (0, "")
    for line in (
        "      mm/page_alloc.c:2926  likely",
        "      arch/arm/mm/fault.c:555  exact",
        "GFP_HIGHUSER_MOVABLE | __GFP_CMA",
        "through    include/linux/gfp.h:362  alloc_pages_vma (macro)",
        "--- exception ---",
    ):
        assert line in out
    walk = out[out.index("The way through the source") :].split("\n")
    steps = [line.split("]")[1].split()[0] for line in walk if line.startswith("[")]
    assert steps == [
        "NUR:0xA806E848",
        "__dabt_usr",
        "dabt_helper",
        "v7_early_abort",
        "do_DataAbort",
        "do_page_fault",
        "__do_page_fault",
        "handle_mm_fault",
        "__handle_mm_fault",
        "handle_pte_fault",
        "do_anonymous_page",
        "alloc_zeroed_user_highpage_movable",
        "__alloc_zeroed_user_highpage",
        "alloc_page_vma",
        "alloc_pages_vma",
        "alloc_pages",
        "alloc_pages_node",
        "__alloc_pages",
        "__alloc_pages_nodemask",
        "get_page_from_freelist",
        "buffered_rmqueue",
        "list_del",
        "__list_del",
        "__dabt_svc",
    ]
    assert "        2926         page = get_page_from_freelist(" in out
    assert "// <--[19] get_page_from_freelist" in out
    assert "//snip" in out


@pytest.mark.parametrize("format_", ["text", "json"])
def test_explain_prints_as_recorded(call: Call, format_: str, update: bool) -> None:
    """The whole output for the seed; after `pytest --update` read the difference."""
    recorded = Path(__file__).parent / "testdata" / "explain" / f"seed.{format_}"
    status, out, _ = call("explain", SEED, "--tree", SAMPLE, "--format", format_)
    printed = out.replace(str(SAMPLE), "TREE")
    assert status == 0
    if update:
        recorded.parent.mkdir(exist_ok=True)
        recorded.write_text(printed, encoding="utf-8")
    assert printed == recorded.read_text(encoding="utf-8")


EXPECTED = (
    # function, file:line, status; SEED's own numbers
    ("__list_del", None, "ambiguous"),
    ("__alloc_pages_nodemask", "mm/page_alloc.c:2926", "likely"),
    ("__alloc_zeroed_user_highpage", "include/linux/highmem.h:160", "exact"),
    ("alloc_zeroed_user_highpage_movable", "include/linux/highmem.h:182", "exact"),
    ("do_anonymous_page", "mm/memory.c:2661", "exact"),
    ("handle_pte_fault", "mm/memory.c:3218", "exact"),
    ("__handle_mm_fault", "mm/memory.c:3342", "exact"),
    ("handle_mm_fault", "mm/memory.c:3371", "exact"),
    ("__do_page_fault", "arch/arm/mm/fault.c:247", "exact"),
    ("do_page_fault", "arch/arm/mm/fault.c:312", "exact"),
    ("do_DataAbort", "arch/arm/mm/fault.c:555", "exact"),
    (None, None, "no-source"),
)


def test_explain_json_of_the_seed(call: Call) -> None:
    status, out, err = call("explain", SEED, "--tree", SAMPLE, "--format", "json")
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert answer["schema"] == 1
    assert answer["roots"][0]["path"] == str(SAMPLE)
    (crash,) = answer["crashes"]
    assert (crash["arch"], crash["title"], crash["cpu"]) == ("arm", None, None)
    frames = crash["stacks"][0]["frames"]
    assert [frame["id"] for frame in frames] == list(range(17))
    found = {frame["function"]: frame for frame in frames}
    for function, place, wanted in EXPECTED:
        frame = found[function]
        assert frame["status"] == wanted, function
        assert _place(frame["location"]) == place, function
    assert [_place(c) for c in found["__list_del"]["candidates"]] != []
    assert found["__alloc_pages_nodemask"]["candidates"][0]["reasons"] != []
    assert "table" in found["do_DataAbort"]["evidence"]
    hops = found["__alloc_zeroed_user_highpage"]["hops"]
    assert [(hop["name"], hop["kind"], _place(hop["location"])) for hop in hops] == [
        ("alloc_page_vma", "macro", "include/linux/gfp.h:366"),
        ("alloc_pages_vma", "macro", "include/linux/gfp.h:362"),
        ("alloc_pages", "macro", "include/linux/gfp.h:360"),
        ("alloc_pages_node", "inline", "include/linux/gfp.h:336"),
        ("__alloc_pages", "inline", "include/linux/gfp.h:326"),
    ]
    fsr = {value["name"]: value for value in found["do_page_fault"]["arguments"]}["fsr"]
    assert (fsr["number"], fsr["expected"]) == (748335104, 2071)
    assert fsr["doubts"] != []


def _place(position: dict[str, Any] | None) -> str | None:
    return None if position is None else f"{position['file']}:{position['line']}"


@pytest.mark.parametrize("given", [["-"], []])
def test_explain_reads_standard_input(given: list[str]) -> None:
    done = run("explain", *given, "--format", "json", stdin=FRAME.encode())
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["roots"] == []
    assert answer["crashes"][0]["stacks"][0]["frames"][0]["function"] == "__alloc_pages_nodemask"


def test_without_a_tree_the_text_is_read_and_the_tree_is_asked_for(call: Call) -> None:
    status, out, _ = call("explain", SEED, "--format", "json")
    answer = json.loads(out)
    assert status == 0
    assert answer["roots"] == []
    (problem,) = (p for p in answer["problems"] if p["code"] == "no-tree")
    assert problem["hint"]
    frame = answer["crashes"][0]["stacks"][0]["frames"][5]
    assert frame["location"] is None
    assert frame["arguments"][0]["number"] == 33685722
    status, out, _ = call("explain", SEED)
    assert status == 0
    assert "No kernel source tree" in out


def test_another_configuration_moves_a_branch(call: Call, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("CONFIG_MMU=y\nCONFIG_ARM_LPAE=y\nCONFIG_ZONE_MOVABLE_CMA=y\n")
    frame = tmp_path / "crash.txt"
    frame.write_text("-006|do_DataAbort(addr = 0, fsr = 2071, regs = 0xC6D61FB0)\n")
    plain = call("explain", frame, "--tree", SAMPLE, "--arch", "arm", "--format", "json")
    other = call(
        "explain", frame, "--tree", SAMPLE, "--config", config, "--arch", "arm", "--format", "json"
    )
    assert plain[0] == other[0] == 0
    texts = [
        json.loads(answer[1])["crashes"][0]["stacks"][0]["frames"][0]["arguments"][1]["text"]
        for answer in (plain, other)
    ]
    assert "page translation fault" in texts[0]
    assert texts[0] != texts[1]


def test_columns_stay_true_in_any_text(tmp_path: Path, call: Call) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        log = tmp_path / encoding
        log.write_bytes(f"크래시 😱\n요즘 {FRAME}".encode(encoding))
        status, out, _ = call("explain", log, "--format", "json")
        assert status == 0, encoding
        frame = json.loads(out)["crashes"][0]["stacks"][0]["frames"][0]
        assert (frame["log_line"], frame["spans"][0]["start"]) == (2, 3)
    log.write_bytes(b"\xff\xfe\xfd broken \xc3\n\xb0\xb1 " + FRAME.encode())
    log.write_bytes(b"bad \xc3 \xb0\xb1\n\xb0\xb1 " + FRAME.encode())
    status, out, _ = call("explain", log, "--format", "json")
    assert status == 0
    assert json.loads(out)["crashes"][0]["stacks"][0]["frames"][0]["spans"][0]["start"] == 3


def test_terminal_escapes_of_a_log_do_not_reach_the_terminal(tmp_path: Path, call: Call) -> None:
    log = tmp_path / "log"
    log.write_text("-001|f(name = \x1b]0;owned\x07, b = \x9b2J)\n-002|g\x1b[2J(x = 1)\n")
    status, out, err = call("explain", log)
    assert status in (0, 1)
    assert not {"\x1b", "\x07", "\x9b"} & set(out + err)


# Texts and trees that are none


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("text", ["", "\n\n", "Dear diary,\nnothing happened.\n"])
def test_no_crash_is_said_and_is_status_1(
    tmp_path: Path, call: Call, text: str, format_: str
) -> None:
    log = tmp_path / "log"
    log.write_text(text)
    status, out, err = call("explain", log, "--format", format_)
    assert status == 1
    assert _one_sentence(err)
    assert ("empty" in err) == (not text.strip())
    assert (json.loads(out)["crashes"] if format_ == "json" else out) in ([], "")


def _unreadable(tmp_path: Path) -> list[Path]:
    binary, packed, program = (tmp_path / name for name in ("binary", "log.gz", "vmlinux"))
    binary.write_bytes(bytes(range(256)) * 8 + b"\0" * 500)
    packed.write_bytes(gzip.compress(FRAME.encode()))
    program.write_bytes(b"\x7fELF" + b"\0" * 100)
    return [tmp_path / "missing", tmp_path, binary, packed, program, tmp_path / "nul\0name"]


@pytest.mark.parametrize("index", range(6))
def test_a_log_that_cannot_be_read_is_status_2(tmp_path: Path, call: Call, index: int) -> None:
    status, out, err = call("explain", _unreadable(tmp_path)[index])
    assert (status, out) == (2, "")
    assert _one_sentence(err), err


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file"
)
def test_a_log_without_permission_is_status_2(tmp_path: Path, call: Call) -> None:
    log = tmp_path / "log"
    log.write_text(FRAME)
    log.chmod(0)
    status, _, err = call("explain", log)
    assert status == 2
    assert _one_sentence(err)


@pytest.mark.parametrize("size", [200, 5000, 200_000])
def test_random_bytes_are_binary(tmp_path: Path, call: Call, size: int) -> None:
    log = tmp_path / "log"
    for seed in range(20):
        log.write_bytes(random.Random(seed).randbytes(size))
        status, out, err = call("explain", log)
        assert (status, out) == (2, "")
        assert _one_sentence(err)
        assert "binary" in err


WORDS = {
    "cp949": "요즘 보드가 자꾸 죽습니다",
    "gb18030": "内核经常崩溃",
    "shift_jis": "カーネルが落ちます",
}


@pytest.mark.parametrize(
    "encoding", [*WORDS, "euc_jp", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
)
@pytest.mark.parametrize("noise", [0, 20])
def test_a_log_in_any_encoding_is_a_log(
    tmp_path: Path, call: Call, encoding: str, noise: int
) -> None:
    """Also with some noise of a serial line; FRAME itself stays as it is."""
    said = WORDS.get(encoding, WORDS["shift_jis" if encoding == "euc_jp" else "cp949"])
    said = "é à ü" if encoding == "latin-1" else said
    talk = (f"{said}\n" * 20 + f"\x1b[31m{said}\x1b[0m\r\n").encode(encoding)
    frame = ("boot " * 40 + "\n" + FRAME).encode(encoding).removeprefix(b"\xff\xfe")
    log = tmp_path / "log"
    log.write_bytes(talk + random.Random(1).randbytes(noise) + frame)
    status, _, err = call("explain", log)
    assert status == 0, err


def test_a_log_with_some_nuls_is_a_log(tmp_path: Path, call: Call) -> None:
    log = tmp_path / "log"
    log.write_text("\0boot\n" * 3 + "text " * 200 + "\n" + FRAME)
    assert call("explain", log)[0] == 0


@pytest.mark.parametrize("what", ["missing", "file", "folder", "makefile-only"])
def test_a_tree_that_is_none_is_status_2(tmp_path: Path, call: Call, what: str) -> None:
    tree = tmp_path / what
    if what == "file":
        tree.write_text("x")
    elif what != "missing":
        tree.mkdir()
    if what == "makefile-only":
        (tree / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\n")
    for arguments in (
        ("explain", SEED, "--tree", tree),
        ("decode", "gfp", "1", "--tree", tree),
        ("index", tree),
    ):
        status, out, err = call(*arguments)
        assert (status, out) == (2, "")
        assert _one_sentence(err), err
        assert str(tree) in err


def test_what_stands_beside_a_tree_needs_one(tmp_path: Path, call: Call) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build/.config").write_text("CONFIG_MMU=y\n")
    for beside in (
        ("--config", SAMPLE / ".config"),
        ("--build", tmp_path / "build"),
        ("--also", tmp_path),
        ("--path-map", "/a=b"),
    ):
        for command in (("explain", SEED), ("decode", "gfp", "1")):
            status, out, err = call(*command, *beside)
            assert (status, out) == (2, "")
            assert _one_sentence(err), err
            assert "--tree DIR" in err
    # A build that says where its sources are needs none.
    (tmp_path / "build/source").symlink_to(SAMPLE)
    status, out, _ = call("explain", SEED, "--build", tmp_path / "build", "--format", "json")
    assert status == 0
    assert [root["id"] for root in json.loads(out)["roots"]] == ["tree", "build"]


def test_a_build_of_another_tree_is_said(tmp_path: Path, call: Call) -> None:
    build = tmp_path / "build"
    build.mkdir()
    (build / ".config").write_text("CONFIG_MMU=y\n")
    (build / "source").symlink_to(tmp_path)
    status, _, err = call("decode", "gfp", "1", "--tree", SAMPLE, "--build", build)
    assert status == 0
    assert _one_sentence(err)
    assert f"{build} was made from {tmp_path}" in err


def test_explain_and_index_take_further_sources(tmp_path: Path, call: Call) -> None:
    (tmp_path / "module.c").write_text("int module_open(int mode)\n{\n\treturn mode;\n}\n")
    log = tmp_path / "log"
    log.write_text("-000|module_open(mode = 1)\n")
    given = ("--tree", SAMPLE / "mm", "--also", tmp_path, "--path-map", f"/ci={tmp_path}")
    status, out, err = call("explain", log, *given)
    assert (status, err) == (0, "")
    assert f"Further sources (also1:/): {tmp_path}" in out
    assert "defined at also1:/module.c:1" in out or "also1:/module.c:" in out
    status, out, _ = call("index", SAMPLE / "mm", "--also", tmp_path)
    assert status == 0
    assert out.count(" MB in ") == 2


def test_a_configuration_that_cannot_be_read_is_status_2(tmp_path: Path, call: Call) -> None:
    for arguments in (
        ("--tree", SAMPLE, "--config", tmp_path / "missing"),
        ("--tree", SAMPLE, "--config", tmp_path),
        ("--config", SAMPLE / ".config"),
        ("--tree", SAMPLE, "--build", tmp_path),
    ):
        status, out, err = call("explain", SEED, *arguments)
        assert (status, out) == (2, "")
        assert _one_sentence(err), err


@pytest.mark.parametrize(
    "text", [b"", b"Dear diary,\nCONFIG is hard.\n", bytes(range(256)) * 4, b"MMU=y\n"]
)
def test_a_configuration_that_is_none_is_status_2(tmp_path: Path, call: Call, text: bytes) -> None:
    config = tmp_path / "config"
    config.write_bytes(text)
    for arguments in (("explain", SEED), ("decode", "gfp", "1")):
        status, out, err = call(*arguments, "--tree", SAMPLE, "--config", config)
        assert (status, out) == (2, "")
        assert _one_sentence(err), err
        assert ".config" in err


@pytest.mark.parametrize(
    "text", ["# CONFIG_MMU is not set\n", "\n# Linux\nCONFIG_MMU=y\n", "#define CONFIG_MMU 1\n"]
)
def test_a_configuration_of_one_option_is_one(tmp_path: Path, call: Call, text: str) -> None:
    config = tmp_path / "config"
    config.write_text(text)
    assert call("decode", "gfp", "1", "--tree", SAMPLE, "--config", config)[0] == 0


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["explain", "--frob"],
        ["explain", "a", "b"],
        ["explain", "--format", "xml"],
        ["explain", "--tree"],
        ["explain", "--arch", "z80", str(SEED)],
        ["explain", "--tr", "x", str(SEED)],
        ["decode"],
        ["decode", "gfp"],
        ["decode", "gfp", "many"],
        ["decode", "gfp", "0xzz"],
        ["decode", "gfp", "-0xzz"],
        ["decode", "gfp", "1_000"],
        ["decode", "gfp", "\u0661\u0662"],
        ["decode", "gfp", "9" * 5000],
        ["explain", ""],
        ["explain", "a\x1b[2Jb"],
        ["a\x1b[2Jb"],
        ["decode", "nothing", "1"],
        ["index"],
        ["serve", "--tcp", "1"],
        ["domains", "x"],
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(call: Call, arguments: list[str]) -> None:
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert _one_sentence(err), err
    assert "\x1b" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", str(SEED), "--vmlinux", "x"],
        ["explain", str(SEED), "--modules", "x"],
        ["explain", str(SEED), "--format", "markdown"],
        ["decode", "gfp", "1", "--vmlinux", "x"],
        ["where", "f+0x1/0x2", "--vmlinux", "x", "--return-address"],
        ["doctor", "--vmlinux", "x"],
    ],
)
def test_what_comes_later_says_so(call: Call, arguments: list[str]) -> None:
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert _one_sentence(err), err
    assert "version" in err


def test_no_arguments_show_the_help(call: Call) -> None:
    status, out, err = call()
    assert (status, out) == (2, "")
    for command in ("explain", "decode", "domains", "index", "serve", "where", "doctor"):
        assert command in err


@pytest.mark.parametrize(
    "command", [[], ["explain"], ["decode"], ["domains"], ["index"], ["serve"]]
)
def test_help_and_version(command: list[str]) -> None:
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"usage: oopsight" in done.stdout
    if not command:
        assert run("--version").stdout.startswith(b"oopsight ")


# decode, domains, index


def test_decode_in_a_tree(call: Call) -> None:
    status, out, err = call("decode", "gfp", "0x20200DA", "--tree", SAMPLE)
    assert (status, err) == (0, "")
    assert out.startswith("33685722 (0x20200da): GFP_HIGHUSER_MOVABLE | __GFP_CMA\n")
    assert "include/linux/gfp.h:" in out
    status, out, _ = call("decode", "gfp", "33685722", "--tree", SAMPLE, "--format", "json")
    value = json.loads(out)
    assert value["text"] == "GFP_HIGHUSER_MOVABLE | __GFP_CMA"
    covered = value["unknown"]
    for part in value["parts"]:
        covered |= part["mask"]
    assert covered == value["number"] == 33685722


def test_decode_of_a_register_reads_like_the_contract(call: Call) -> None:
    status, out, _ = call("decode", "arm-fsr", "2071", "--tree", SAMPLE, "--format", "json")
    value = json.loads(out)
    assert status == 0
    assert value["text"] == (
        "write, domain 1, status 7: page translation fault (do_page_fault, SIGSEGV, SEGV_MAPERR)"
    )
    assert {field["name"] for field in value["fields"]} >= {"domain", "status"}


def test_decode_without_a_tree_keeps_every_bit(call: Call) -> None:
    status, out, err = call("decode", "gfp", "4660", "--format", "json")
    value = json.loads(out)
    assert status == 0
    assert _one_sentence(err)
    assert (value["roots"], value["unknown"], value["hex"]) == ([], 4660, "0x1234")


@pytest.mark.parametrize(
    ("given", "number"), [("-1", 0xFFFFFFFF), ("-0x10", 0xFFFFFFF0), ("+0X1f", 31), ("010", 10)]
)
def test_decode_takes_signed_numbers(call: Call, given: str, number: int) -> None:
    status, out, _ = call("decode", "gfp", given, "--tree", SAMPLE, "--format", "json")
    assert status == 0
    assert (json.loads(out)["number"], json.loads(out)["printed"]) == (number, given)


@pytest.mark.parametrize(
    ("options", "option"),
    [((), "CONFIG_ARM=y"), (("--arch", "arm"), "CONFIG_MMU=y"), ((), None)],
    ids=["configuration", "named", "unknown"],
)
def test_decode_where_the_names_depend_on_the_architecture(
    call: Call, tmp_path: Path, options: tuple[str, ...], option: str | None
) -> None:
    tree = _copy_of_sample(tmp_path)
    if option is not None:
        (tree / ".config").write_text(option + "\n")
    status, out, err = call("decode", "signal", "11", "--tree", tree, *options)
    assert status == 0
    if option is not None:
        assert "SIGSEGV  arch/arm/include" in out
        assert err == ""
    else:
        assert _one_sentence(err)
        assert "--arch NAME" in err


def test_decode_takes_the_only_architecture_of_a_tree(call: Call, tmp_path: Path) -> None:
    tree = _copy_of_sample(tmp_path)
    for other in ("arm64", "x86"):
        shutil.rmtree(tree / "arch" / other)
    status, out, err = call("decode", "signal", "11", "--tree", tree)
    assert (status, err) == (0, "")
    assert "SIGSEGV  arch/arm/include" in out


def _copy_of_sample(tmp_path: Path) -> Path:
    """The sample kernel without a configuration."""
    tree = tmp_path / "linux"
    shutil.copytree(SAMPLE, tree)
    (tree / ".config").unlink()
    shutil.rmtree(tree / "include/generated", ignore_errors=True)
    return tree


def test_domains_lists_what_decode_knows(call: Call) -> None:
    status, out, _ = call("domains")
    keys = [line.split("\t")[0] for line in out.splitlines()]
    assert status == 0
    assert {"gfp", "alloc-flags", "fault-flags", "arm-fsr", "si-code"} <= set(keys)
    for key in keys:
        assert call("decode", key, "0", "--tree", SAMPLE)[0] == 0
    assert call("domains", "--tree", SAMPLE)[1].count("\n") == len(keys)


def test_index_prints_what_it_found(call: Call) -> None:
    for arguments in (("index", SAMPLE), ("index", SAMPLE, "--rebuild")):
        status, out, err = call(*arguments)
        assert (status, err) == (0, "")
        for word in ("files", "function", "seconds"):
            assert word in out


# The process


def test_a_closed_pipe_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "oopsight", "explain", str(SEED), "--tree", str(SAMPLE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert errors == b""


def test_a_terminal_that_cannot_show_a_character_shows_its_number(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(FRAME.replace("gfp_mask", "마스크"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "oopsight", "explain", str(log)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["explain", str(SEED)], ["domains"], ["decode", "errno", "1"], ["--help"]]
)
def test_an_answer_that_cannot_be_written_is_said(arguments: list[str]) -> None:
    for redirection in (">/dev/full", ">&-"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m oopsight "$@" {redirection}', sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        assert _one_sentence(done.stderr.splitlines(True)[-1]), done.stderr
        assert "Traceback" not in done.stderr
        assert "Error" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_indexing_that_is_ended_leaves_no_process_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(SAMPLE, tree)
    body = "".join(f"int f{n}(int a)\n{{\n\treturn a + {n};\n}}\n\n" for n in range(240))
    for index in range(1500):
        (tree / "mm" / f"more{index}.c").write_text(body)
    cache = tmp_path / "cache"
    process = subprocess.Popen(
        [sys.executable, "-m", "oopsight", "index", str(tree)],
        env={**os.environ, "OOPSIGHT_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _wait_until(lambda: list(cache.glob("*.sqlite")) != [] and len(_children(process.pid)) > 1)
    children = _children(process.pid)
    process.send_signal(number)
    # Workers hold the pipes: reading ends only when the last of them is gone.
    out, err = process.communicate(timeout=30)
    assert out == b""
    _wait_until(lambda: not any(_is_alive(child) for child in children))
    if number == signal.SIGTERM:
        assert process.returncode == 128 + signal.SIGTERM
        assert err == b""
    # What was read by then is kept, and the rest follows.
    monkeypatch.setenv("OOPSIGHT_CACHE", str(cache))
    index = trees.build_index(trees.open_tree(tree)).index
    assert len(index.find("f239")) == 1500


def _wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def _children(parent: int) -> list[int]:
    return [
        int(file.name)
        for file in Path("/proc").iterdir()
        if file.name.isdigit() and _stat(int(file.name))[1:2] == [str(parent)]
    ]


def _is_alive(process: int) -> bool:
    return _stat(process)[:1] not in ([], ["Z"])


def _stat(process: int) -> list[str]:
    """State, parent and more of a process; nothing when it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
