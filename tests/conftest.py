"""How the tests are spread over processes."""

from __future__ import annotations

import os
from collections import Counter

import hypothesis
import pytest
from helpers.imports import FRAMEWORKS
from xdist.scheduler import LoadFileScheduling

from actinit.conformance.parallel import own_caches
from actinit.reference.arithmetic import settle

# How long an example takes is the machine's affair, and no fault of what is tested.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

# What takes minutes begins first, so that no process is left alone with it in the end.
_LONGEST = (
    "tests/docs/",
    "tests/initializers/test_thousand_runs.py",
    "tests/controls/",
    "tests/parity/",
    "tests/run/test_fuzz.py",
)


class ByFixture(LoadFileScheduling):
    """Gives a process a file, so that its fixtures are made once; all that need the site are one.

    Building the site takes longer than most files.
    """

    def _split_scope(self, nodeid):
        return "tests/docs" if nodeid.startswith("tests/docs/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # the order is that of the items
    return ByFixture(config, log)


# What frameworks bring along.
_BROUGHT = {"astunparse", "google"}


def pytest_configure(config):
    # Frameworks warn about their own innards; what is ours stays an error.
    for kind, modules in (
        ("DeprecationWarning", FRAMEWORKS | _BROUGHT),
        ("FutureWarning", FRAMEWORKS),
    ):
        pattern = "|".join(sorted(modules))
        config.addinivalue_line("filterwarnings", f"ignore::{kind}:({pattern}).*")
    # JAX says so of any other framework in its process that starts one.
    config.addinivalue_line("filterwarnings", "ignore:os.fork:RuntimeWarning")
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        os.environ.update(own_caches(f"tests-{worker['workerid']}"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Sort files: the longest, then those with most tests; in a file the order stays.

    The limit for a test is for itself alone: what it shares with others, such as a built site, is
    made when the first of them comes, and takes as long as the machine needs.
    """
    limit = config.getoption("--timeout", None)
    for item in items:
        if limit and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(limit, func_only=True))
    sizes = Counter(item.nodeid.partition("::")[0] for item in items)

    def order(item):
        file = item.nodeid.partition("::")[0]
        rank = next(
            (at for at, start in enumerate(_LONGEST) if file.startswith(start)), len(_LONGEST)
        )
        return rank, -sizes[file], file

    items.sort(key=order)


@pytest.fixture
def nothing_from_before(monkeypatch):
    """Keep the reference from machine code and results that it had before a fault was planted."""
    monkeypatch.setattr(settle, "_numba", lambda: False)
    settle._exact.cache_clear()
    yield
    settle._exact.cache_clear()
