"""Three releases of a framework that exists for tests alone, measured once for all of them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from helpers.distributions import forget
from helpers.released import Shelf, lay

from actinit.conformance.commands import history
from actinit.conformance.history.snapshots import snapshots

#: Few cells, of each kind some.
SELECT = (
    "activation and float32 and (relu/ or tanh/ or sigmoid/)"
    " and (value/ulp or kink or value/special) and not (gelu or hard or leaky)"
    " or weights/he_normal"
)


class Bench:
    """The command, with an installer that needs no network."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf = folder, Shelf()

    def history(self, *releases: str, **options: object) -> int:
        """Measure releases; returns the exit status."""
        told = {
            "backend": "lanes", "releases": ",".join(releases) or None, "select": SELECT,
            "environments": self.folder / "environments", "discard": False, "fresh": False,
            "time_limit": 60.0, "results": self.folder / "results",
        }  # fmt: skip
        return history.run_with(argparse.Namespace(**{**told, **options}), self.shelf)

    @property
    def snapshots(self):
        return {one.release: one for one in snapshots([self.folder / "results"])}


@pytest.fixture(scope="package")
def lanes(tmp_path_factory):
    """The framework as it is known here: found, without its releases."""
    folder = tmp_path_factory.mktemp("lanes")
    lay(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        forget("lanes")  # other tests have one by this name
        yield folder
        forget("lanes")


@pytest.fixture(scope="package")
def measured(lanes, tmp_path_factory):
    """A folder in which the three releases have been measured."""
    bench = Bench(tmp_path_factory.mktemp("history"))
    assert bench.history() == 0
    return bench


@pytest.fixture
def bench(lanes, tmp_path):
    """An empty one."""
    return Bench(tmp_path)
