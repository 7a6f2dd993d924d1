"""What becomes of a backend that changes, where its baseline was measured and elsewhere."""

from __future__ import annotations

import pytest
from helpers import known_backends as backends

ELSEWHERE = {"simd": "avx9000"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return backends.baseline(tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return backends.baseline(tmp_path_factory.mktemp("elsewhere"), machine=ELSEWHERE)


def test_without_a_baseline_a_backend_is_held_to_the_spec():
    result = backends.run(backends.Framework())
    assert (result.status, result.fails) == ("new", True)
    assert backends.run(backends.RightAgain()).status == "passed"


@pytest.mark.parametrize("strict", [False, True])
def test_what_was_measured_is_known(here, elsewhere, strict):
    for file in (here, elsewhere):
        result = backends.run(backends.Framework(), baseline=file, strict=strict)
        assert (result.status, result.fails) == ("known", False)


@pytest.mark.parametrize(
    ("backend", "status", "gross"),
    [
        (backends.Triple, "new", True),
        (backends.Raising, "error", True),
        (backends.LongerTail, "worse", False),
        (backends.TailFromABinadeEarlier, "worse", True),
        (backends.SlightlyWorse, "worse", False),
        (backends.Sixteenfold, "worse", True),
        (backends.RightAgain, "gone", False),
        (backends.HalfRight, "gone", False),
    ],
)
def test_each_change_has_its_status(here, elsewhere, backend, status, gross):
    at_home = backends.run(backend(), baseline=here)
    assert at_home.status == status
    assert at_home.fails
    away = backends.run(backend(), baseline=elsewhere)
    assert away.status == at_home.status
    assert away.fails == gross, away.message
    assert backends.run(backend(), baseline=elsewhere, strict=True).fails


def test_a_change_says_what_changed(here):
    message = backends.run(backends.LongerTail(), baseline=here).message
    assert "binades" in message
    assert "count" in message
    (gone, *_) = (
        one
        for one in backends.run(backends.RightAgain(), baseline=here).standings
        if one.status == "gone"
    )
    assert "from" in gone.why


def test_another_release_is_not_the_environment_of_the_baseline(here):
    adapter = backends.SlightlyWorse()
    adapter.version = "1.1"
    result = backends.run(adapter, baseline=here)
    assert (result.status, result.fails) == ("worse", False)
