"""The committed snapshots of parity: five epochs, all optimizers, and agreement once it is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from actinit import spec
from actinit.adapters import bindings
from actinit.conformance.parity.compare import TOLERANCE
from actinit.conformance.results.parity import ParityReport
from actinit.conformance.results.store import read
from actinit.spec.experiment import experiment

FOLDER = Path(__file__).parents[2] / "docs" / "measured"
FILES = sorted(FOLDER.glob("parity-*.json"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def found(request):
    return read(request.param, ParityReport)


def test_they_are_there():
    assert FILES


def test_every_optimizer_of_the_backend_comes_to_agree_in_five_epochs(found):
    plan = experiment("mnist_mlp")
    steps = plan.training.epochs * -(-60_000 // plan.training.batch_size)
    family = found.backend.partition("-")[0]
    names = [n for n, one in spec.optimizers.items() if family == "jax" or family in bindings(one)]
    last = {one.parity.optimizer: one.parity for one in found.compared}
    assert list(last) == names
    for one in last.values():
        assert (one.steps, one.agrees) == (steps, True), one.divergence
        assert one.greatest <= TOLERANCE


def test_in_float32_no_backend_parts_as_a_formula_would(found):
    # At the first step, before a unit has jumped: another formula is off by what it is off, such as
    # a hundredth, ten thousand times the noise (test_drift); orders of sums are within some ten. At
    # the end all have jumped, and distances are of one size.
    for one in found.drifts:
        first, last = one.marks[0], one.marks[-1]
        assert (first.step, last.step) == (1, 2345)
        for mark in (first, last):
            assert mark.between < 100 * max(mark.backend, mark.reference), one.optimizer


def test_each_says_where_it_was_made(found):
    assert found.versions
    assert found.machine.model
    assert found.date.startswith("20")
