"""How the tests are spread over processes."""

from __future__ import annotations

from collections import Counter

import pytest
from xdist.scheduler import LoadFileScheduling

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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Sort files: the longest, then those with most tests; in a file the order stays."""
    sizes = Counter(item.nodeid.partition("::")[0] for item in items)

    def order(item):
        file = item.nodeid.partition("::")[0]
        rank = next(
            (at for at, start in enumerate(_LONGEST) if file.startswith(start)), len(_LONGEST)
        )
        return rank, -sizes[file], file

    items.sort(key=order)
