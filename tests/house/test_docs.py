"""Documents are checked like code: their commands run, their samples are what the tool prints, their tables are complete."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oopsight import __version__, log, values
from support import tables

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "server/README.md",
    "tests/README.md",
)
# How each command of README's shell blocks is run by a test; a command that is not here fails.
COMMANDS = {
    "make demo": "demo",
    "make test": "dry",
    ".venv/bin/oopsight explain crash.txt --tree ~/kernel/common": "explain",
    ".venv/bin/oopsight explain crash.txt --tree ~/kernel/common --build ~/kernel/out --also ~/modules/widget": "beside",
    ".venv/bin/oopsight doctor crash.txt --tree ~/kernel/common": "doctor",
    ".venv/bin/oopsight explain oops.txt --tree ~/kernel/common --vmlinux ~/kernel/out/vmlinux --modules ~/kernel/out": "image",
    ".venv/bin/oopsight where vfs_write+0xc7/0x3f0 --return-address --vmlinux ~/kernel/out/vmlinux": "image",
    ".venv/bin/oopsight explain oops.txt --tree ~/kernel/common --system-map ~/kernel/out/System.map": "image",
    "make vsix": "vsix",
    f"code --install-extension vscode-client/oopsight-{__version__}.vsix": "named by version",
}


def _run(*command: str, cwd: Path = TOP, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def _shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [
        line.split("#")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if line.strip()
    ]


def test_every_command_of_the_readme_is_known() -> None:
    assert set(COMMANDS) == set(_shell_lines())


def test_the_demo_explains_the_whole_callstack(tmp_path: Path) -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^demo:.*\n\t\$\(BIN\)/oopsight (.*)$", makefile, re.MULTILINE)
    assert recipe is not None
    done = _run(
        sys.executable, "-m", "oopsight", *recipe.group(1).split(), OOPSIGHT_CACHE=str(tmp_path)
    )
    assert 0 == done.returncode, done.stderr
    assert "mm/page_alloc.c:2926" in done.stdout
    assert "0xA806E848 is a user-space address" in done.stdout


def test_explain_as_the_readme_says_it(tmp_path: Path) -> None:
    crash = tmp_path / "crash.txt"
    shutil.copy(TOP / "sample_kernel" / "crashes" / "arm" / "seed.txt", crash)
    tree = str(TOP / "sample_kernel")
    done = _run(
        sys.executable,
        "-m",
        "oopsight",
        "explain",
        str(crash),
        "--tree",
        tree,
        OOPSIGHT_CACHE=str(tmp_path / "c"),
    )
    assert 0 == done.returncode, done.stderr
    assert "mm/page_alloc.c:2926" in done.stdout


def test_an_image_and_a_list_of_symbols_as_the_readme_says_it(tmp_path: Path) -> None:
    sample = TOP / "sample_kernel"
    oops, tree = str(sample / "crashes/x86_64/oops.txt"), str(sample)
    vmlinux = str(sample / "build/x86_64/vmlinux")
    symbols = tmp_path / "System.map"
    symbols.write_text(
        "".join(f"{0xFFFFFFFF81000000 + 64 * n:x} T sample_{n}\n" for n in range(200))
    )
    cache = {"OOPSIGHT_CACHE": str(tmp_path / "c")}
    start = (sys.executable, "-m", "oopsight")
    image = ("--vmlinux", vmlinux)
    done = _run(*start, "explain", oops, "--tree", tree, *image, "--modules", tree, **cache)
    assert 0 == done.returncode, done.stderr
    assert "mm/memory.c:3371  exact" in done.stdout
    place = "handle_mm_fault+0x3a5/0x8b0"
    done = _run(*start, "where", place, "--return-address", *image, **cache)
    assert 0 == done.returncode, done.stderr
    assert "do_anonymous_page at mm/memory.c:2661 (inlined)" in done.stdout
    done = _run(*start, "explain", oops, "--tree", tree, "--system-map", str(symbols), **cache)
    assert 0 == done.returncode, done.stderr
    assert "mm/page_alloc.c:2926" in done.stdout


def test_a_build_and_modules_beside_the_tree_as_the_readme_says_it(tmp_path: Path) -> None:
    crash, build, module = (tmp_path / name for name in ("crash.txt", "out", "widget"))
    build.mkdir()
    module.mkdir()
    (build / ".config").write_text("CONFIG_ARM=y\nCONFIG_MMU=y\n")
    (module / "main.c").write_text("int widget_open(int mode)\n{\n\treturn list_del(mode);\n}\n")
    crash.write_text("-000|list_del(entry = 1)\n-001|widget_open(mode = 1)\n")
    tree = str(TOP / "sample_kernel")
    given = ("explain", str(crash), "--tree", tree, "--build", str(build), "--also", str(module))
    done = _run(sys.executable, "-m", "oopsight", *given, OOPSIGHT_CACHE=str(tmp_path / "c"))
    assert 0 == done.returncode, done.stderr
    assert "also1:/main.c:3" in done.stdout


def test_doctor_as_the_readme_says_it(tmp_path: Path) -> None:
    crash = str(TOP / "sample_kernel" / "crashes" / "arm" / "seed.txt")
    given = ("doctor", crash, "--tree", str(TOP / "sample_kernel"))
    done = _run(sys.executable, "-m", "oopsight", *given, OOPSIGHT_CACHE=str(tmp_path))
    assert 0 == done.returncode, done.stderr
    assert "The index of the tree is complete" in done.stdout


def test_make_targets_exist() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not on this machine")
    named = {
        target
        for name in DOCUMENTS
        for target in re.findall(r"`make (\w+)`", (TOP / name).read_text(encoding="utf-8"))
    }
    for target in sorted(named):
        done = _run("make", "--dry-run", target)
        assert 0 == done.returncode, f"make {target}: {done.stderr}"


@pytest.mark.skipif(
    not (TOP / "vscode-client" / "node_modules").is_dir(),
    reason="the client is not set up; `make test` sets it up",
)
def test_the_client_packages_under_the_name_that_the_readme_says() -> None:
    done = _run("npm", "run", "package", cwd=TOP / "vscode-client")
    assert 0 == done.returncode, done.stdout + done.stderr
    assert (TOP / "vscode-client" / f"oopsight-{__version__}.vsix").is_file()


def test_the_samples_are_what_the_tool_prints(tmp_path: Path) -> None:
    """A block under `<!-- checked: … -->` may leave lines out, but what it shows stands in the output, in order."""
    found = re.findall(r"<!-- checked: (.*?) -->\n```text\n(.*?)```", README, re.DOTALL)
    assert found
    for command, block in found:
        done = _run(
            sys.executable, "-m", "oopsight", *command.split(), OOPSIGHT_CACHE=str(tmp_path)
        )
        output = iter(done.stdout.splitlines())
        for line in block.splitlines():
            assert any(line == printed for printed in output), (
                f"not printed, or not there: {line!r}"
            )


def test_tables_are_made_from_the_records(update: bool) -> None:
    """README says of formats and architectures what their records say; `pytest --update` writes it anew."""
    renewed = tables.renewed(README)
    if update:
        (TOP / "README.md").write_text(renewed, encoding="utf-8")
    else:
        assert README == renewed


def test_every_domain_is_in_the_readme() -> None:
    keys = [domain.key for domain in values.domains()]
    assert [] == [key for key in keys if f"`{key}`" not in README]


def test_every_prefix_is_in_the_servers_readme() -> None:
    document = (TOP / "server" / "README.md").read_text(encoding="utf-8")
    missing = []
    for row in log.PREFIXES:
        begins = row.pattern.match(row.sample)
        assert begins is not None
        looks = row.sample[: begins.end()].rstrip().replace("|", "\\|")
        line = f"| {row.title} | `{looks}` | {row.printed_by} |"
        if line not in document:
            missing.append(line)
    assert [] == missing


def test_every_problem_is_in_the_readme() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "server").rglob("*.py"))
    codes = set(re.findall(r"Problem\(\s*(?:code=)?\"([a-z-]+)\"", source))
    assert codes
    assert [] == sorted(code for code in codes if f"`{code}`" not in README)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    document = TOP / name
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{name}: {target}"


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of a machine, no registry host stands in what is published."""
    listed = _run("git", "ls-files", "-z")
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    wrong = re.compile(r"/(?:work|root)/(?=\w)|https?://[^\s\"]*(?:\.tgz|\.whl)|\"resolved\":")
    for name in filter(None, listed.stdout.split("\0")):
        path = TOP / name
        if path.is_file() and path.suffix in (
            ".py",
            ".md",
            ".toml",
            ".json",
            ".ts",
            ".lock",
            ".mjs",
            ".sh",
            "",
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            found = wrong.search(text) if path != Path(__file__) else None
            assert found is None, f"{name}: {found and found.group()}"
