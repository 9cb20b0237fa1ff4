"""How hypothesis tries laws here: no law is about time, and --max-examples is for where a few examples will do."""

from __future__ import annotations

import pytest
from hypothesis import settings

# the first value of a kernel may load a library, and other programs want the processor too
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--max-examples", type=int, help="at most this many examples for every law (hypothesis)")


@pytest.hookimpl(trylast=True)  # after hypothesis has marked its tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    most = config.getoption("--max-examples")
    for item in items:
        if most and item.get_closest_marker("hypothesis"):
            law = item.obj  # hypothesis has no public way to change the settings of a test that is written
            its_own = law._hypothesis_internal_use_settings
            law._hypothesis_internal_use_settings = settings(its_own, max_examples=min(most, its_own.max_examples))
