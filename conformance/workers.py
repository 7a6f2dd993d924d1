"""Checks in several processes, by pytest-xdist: how many, and which go together."""

from __future__ import annotations

import os

from xdist.scheduler import LoadScopeScheduling

__all__ = ["ByEntry", "default"]

# More gain little, since frameworks compute on several cores anyway, and take 2 GiB each.
_MOST = 4


def default() -> int:
    """Return how many processes to use where nobody says."""
    return min(_MOST, os.cpu_count() or 1)


class ByEntry(LoadScopeScheduling):
    """Gives a process all checks that look at one sample, so that it is made once.

    The checks of an activation share the inputs and what is right for them, those of an initializer
    what was drawn in a format.
    """

    def _split_scope(self, nodeid: str) -> str:
        check = nodeid.partition("[")[2].removesuffix("]")
        if check.startswith("activation/"):
            return "/".join(check.split("/")[:2])
        return check.rpartition("/")[0]
