"""The VS Code client: it compiles, lints and passes its own tests, and its manifest keeps its promises."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
CLIENT = TOP / "vscode-client"
LOCKS = (CLIENT / "package-lock.json", TOP / "tests/e2e/vscode/package-lock.json")


def manifest() -> dict[str, Any]:
    return json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))


def settings() -> dict[str, Any]:
    return manifest()["contributes"]["configuration"]["properties"]


@pytest.mark.parametrize("script", ["lint", "compile", "test"])
def test_script_is_content(script: str) -> None:
    if not (CLIENT / "node_modules").is_dir():
        pytest.skip("vscode-client/node_modules is missing; `make test` installs it")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    done = subprocess.run(
        [npm, "run", "--silent", script], cwd=CLIENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_settings_are_described_in_sentences() -> None:
    """A description says the effect, and README's table has a row for each setting."""
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(oopsight\.\w+)` \|", readme, re.MULTILINE)
    assert sorted(settings()) == sorted(rows)
    for name, setting in settings().items():
        assert setting["markdownDescription"].endswith("."), name


def test_workspace_cannot_choose_the_program() -> None:
    assert settings()["oopsight.serverPath"]["scope"] == "machine"
    untrusted = manifest()["capabilities"]["untrustedWorkspaces"]
    assert untrusted["supported"] == "limited"
    assert sorted(untrusted["restrictedConfigurations"]) == sorted(settings())


def test_commands_are_registered_and_documented() -> None:
    """Each command of the manifest exists in the sources and stands in README's table."""
    sources = "".join(path.read_text(encoding="utf-8") for path in CLIENT.glob("src/**/*.ts"))
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")
    commands = manifest()["contributes"]["commands"]
    registered = re.findall(r"registerCommand\(\s*'([\w.]+)'", sources)
    assert sorted(registered) == sorted(command["command"] for command in commands)
    for command in commands:
        assert f"| {command['category']}: {command['title']} |" in readme


def test_version_is_that_of_the_project() -> None:
    project = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "([^"]+)"$', project, re.MULTILINE)
    assert version is not None
    assert manifest()["version"] == version[1]


def test_licence_is_that_of_the_project() -> None:
    assert (CLIENT / "LICENSE").read_bytes() == (TOP / "LICENSE").read_bytes()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_lock_file_has_no_download_addresses(lock: Path) -> None:
    """Everyone installs from the registry that their own npm is set up for."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "://" in package.get("version", "")] == []


def test_dependencies_are_pinned() -> None:
    wanted = {**manifest()["dependencies"], **manifest()["devDependencies"]}
    assert {name: v for name, v in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", v)} == {}
