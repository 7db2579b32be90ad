"""Options and habits of all tests: `--update` rewrites recorded facts, slow tests run only when asked for."""

from __future__ import annotations

import hypothesis
import pytest

# The same examples in every run: a test that fails must fail again.
hypothesis.settings.register_profile(
    "oopsight",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=120,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("oopsight")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite the facts in case files; then read the diff"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "slow" in config.option.markexpr:
        return
    skip = pytest.mark.skip(reason="slow: run with -m slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache directory for this test alone, outside of the trees that it makes."""
    monkeypatch.setenv("OOPSIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether recorded facts are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update"))
