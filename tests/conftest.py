"""How the tests are spread over processes."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling


class ByFixture(LoadFileScheduling):
    """Gives a process a file, so that its fixtures are made once; all that need the site are one.

    Building the site takes longer than most files.
    """

    def _split_scope(self, nodeid):
        return "tests/docs" if nodeid.startswith("tests/docs/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFixture(config, log)
