"""The register of claims, held against the computations that decide them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from actinit import spec
from actinit.conformance import claims
from actinit.conformance.claims import base, distributions, lessons, signals, trained, units, values
from actinit.conformance.claims import register as deciding
from actinit.conformance.commands import main
from actinit.conformance.results.claims import Claims
from actinit.conformance.results.store import read
from actinit.spec.claim import MEANS, topics
from actinit.spec.claim import claims as register

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="session")
def decided():
    return {one.id: one for one in claims.compute().decisions}


def test_every_claim_has_a_decider_and_only_these():
    assert set(register()) == set(claims.deciders)
    assert len(register()) == sum(len(topic.claims) for topic in topics())  # no id twice


def test_the_register_alone_has_every_decider():
    """What this file imports beside it must not be what enters a decider."""
    line = "from actinit.conformance import claims; print(*sorted(claims.deciders))"
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert told.stdout.split() == sorted(register())


def test_topics_are_in_order():
    assert [topic.place for topic in topics()] == list(range(1, len(topics()) + 1))


def test_several_processes_decide_as_one_does(monkeypatch):
    few = ["tanh_steeper", "sigmoid_slope"]
    monkeypatch.setattr(deciding, "claims", lambda: dict.fromkeys(few))
    assert claims.compute(workers=2) == claims.compute()
    assert [one.id for one in claims.compute(workers=2).decisions] == few


@pytest.mark.parametrize("name", register())
def test_the_verdict_is_what_the_computation_comes_to(name, decided):
    found = decided[name]
    assert found.verdict == register()[name].verdict, found.figure
    assert any(letter.isdigit() for letter in found.figure) or "nan" in found.figure
    assert bool(found.plot) == bool(register()[name].plot)
    if found.plot:
        assert all(len(line.x) == len(line.y) > 1 for line in found.plot.lines)


@pytest.mark.parametrize("name", register())
def test_what_a_claim_points_to_is_there(name):
    claim = register()[name]
    assert claim.by in MEANS
    entries = {
        f"{entry.family}s/{key}"
        for found in (spec.activations, spec.initializers, spec.layers)
        for key, entry in found.items()
    }
    for page in claim.see:
        assert page in entries or page == "experiments/mnist_mlp" or (DOCS / f"{page}.md").exists()


def test_a_slope_that_is_too_steep_is_seen(monkeypatch):
    real = values.ref.sigmoid

    class Steep:
        derivative = staticmethod(lambda z: 8 * real.derivative(z))

    monkeypatch.setattr(values.ref, "sigmoid", Steep)
    assert values.sigmoid_slope().verdict == "false"


def test_a_start_that_is_too_narrow_is_seen(monkeypatch):
    monkeypatch.setattr(signals, "HE", 1.0)
    assert signals.he_for_relu().verdict == "false"
    assert signals.relu_vanishing().verdict == "false"
    assert signals.large_and_small_starts().verdict == "true"  # around 1 as well as around He's
    monkeypatch.setattr(signals, "_USUAL", {"much too wide": 20.0})
    assert signals.sigmoid_explodes().verdict == "under conditions"


def test_a_distribution_of_the_variance_that_was_said_is_seen(monkeypatch):
    wide = {"glorot_normal": lambda shape, rng, dtype: distributions.ref.random_normal(
        shape, rng=rng, dtype=dtype, stddev=(2 / sum(shape)) ** 0.25)}  # fmt: skip
    monkeypatch.setattr(distributions.ref, "initializers", wide)
    assert distributions.glorot_variance().verdict == "true"


def test_a_unit_without_a_way_back_stays_dead(monkeypatch):
    class Frozen(units.Reference):
        """The layers before learn nothing."""

        def learn(self, x, y):
            loss, gradient = super().learn(x, y)
            return loss, [0 * part if at < 2 else part for at, part in enumerate(gradient)]

    monkeypatch.setattr(units, "Reference", Frozen)
    assert units.dead_units().verdict == "true"


def test_a_unit_that_learns_while_it_is_dead_is_seen(monkeypatch):
    monkeypatch.setattr(units, "Reference", units._Leaky)
    assert units.dead_units().verdict == "false"
    assert units.off_units_have_no_gradient().verdict == "false"


def test_zeros_that_are_not_zeros_are_seen(monkeypatch):
    real = lessons.posed
    monkeypatch.setattr(lessons, "posed", lambda start, **more: real("he_normal", **more))
    assert trained.zeros_all_the_same().verdict == "false"
    assert trained.zeros_loss_stays().verdict == "false"


def test_the_task_is_one_that_can_be_learnt_and_not_by_guessing():
    shares = lessons.shares()
    assert shares.min() > 0.1
    assert lessons.learn("he_normal", hidden=(32,) * 4).accuracy > 0.95 > shares.max()


def test_a_series_is_written_to_five_digits():
    assert base.line("a", [1 / 3, 2], [1e-9 / 3, 5]).y[0] == 3.3333e-10


def test_the_file_is_written_and_read(tmp_path, monkeypatch):
    some = {name: register()[name] for name in ("sigmoid_flat", "squashes")}
    monkeypatch.setattr("actinit.conformance.claims.register.claims", lambda: some)
    file = tmp_path / "claims.json"
    assert main(["claims", "--output", str(file)]) == 0
    assert [one.id for one in read(file, Claims).decisions] == list(some)
    file.write_text("{}")
    with pytest.raises(ValueError, match="compute it again"):
        read(file, Claims)
