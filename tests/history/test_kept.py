"""The releases that were measured and are kept: whole, of their kind, and with what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from actinit.conformance.history.compare import changes
from actinit.conformance.history.snapshots import name_of, snapshots

KEPT = Path(__file__).parents[2] / "docs" / "measured" / "history"
FOUND = snapshots([KEPT])


@pytest.mark.parametrize("one", FOUND, ids=lambda one: f"{one.backend}-{one.release}")
def test_a_kept_release_is_whole_and_small(one):
    assert one.complete
    assert one.select == ""
    assert one.cells
    assert one.versions[one.package] == one.release
    assert (KEPT / name_of(one.backend, one.release)).stat().st_size < 60_000
    assert changes(one, one) == []


def test_the_suite_finds_by_itself_in_which_release_the_gradient_of_elu_was_mended():
    of_jax = {one.release: one for one in FOUND if one.backend == "jax"}
    mended = {one.id for one in changes(of_jax["0.11.2"], of_jax["0.12.0.1"]) if one.mended}
    assert "activation/elu/float32/derivative/ulp" in mended
