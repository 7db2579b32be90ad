"""The checks that a tool makes: format, lint and types, run as tests so that one command finds everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "server", "tests"),
        ("ruff", "check", "server", "tests"),
        ("mypy",),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_tool_is_content(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
