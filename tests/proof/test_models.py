"""Models of runs enclose what they are models of."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import spec
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof.chunk import INPUTS, runs
from actinit.conformance.proof.compute import PARTS, elementwise
from actinit.conformance.proof.exactly import nearest
from actinit.conformance.proof.kernel import ends
from actinit.conformance.proof.models import Model, Modeller, Run

FLOAT32 = FORMATS["float32"]
#: Binades with subnormal and tiny inputs, around 1, in the tails, at the end; of both signs.
CHUNKS = [
    sign + field for sign in (0, 256) for field in (0, 1, 60, 110, 126, 127, 129, 131, 140, 254)
]


def numbers(run: Run) -> np.ndarray:
    """Return the numbers of a run."""
    steps = np.arange(run.first, run.first + run.size, dtype=np.float64)
    return (run.sign * np.ldexp(steps, run.exponent)).astype(np.float32)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", elementwise())
def test_both_ends_hold_the_exact_result(name, part):
    entry, random = spec.activations[name], np.random.default_rng(1)
    parameters = dict(defaults(entry))
    modeller = Modeller(entry, part, parameters)
    loose = 0
    for chunk in CHUNKS:
        cut = [(run, model) for run, model in runs(modeller, chunk) if model is not None]
        for at in random.choice(len(cut), min(len(cut), 6), replace=False):
            run, model = cut[at]
            lower, upper = np.empty((2, run.size), np.float32)
            ends(model, run.size, 0, lower, upper)
            xs = numbers(run)
            for place in (0, run.size - 1, *random.integers(run.size, size=3)):
                right = nearest(entry, part, float(xs[place]), parameters, FLOAT32).value
                assert lower[place] <= right <= upper[place], (xs[place], model)
                if model.any_zero:
                    assert right == 0
                else:
                    assert np.signbit(lower[place]) <= np.signbit(right) or lower[place] < 0
                loose += lower[place] != upper[place]
    assert loose < 5  # else balls would have to decide most inputs


@pytest.mark.parametrize("chunk", [0, 256, 127, 385, 254])
def test_runs_are_the_binade_without_a_gap(chunk):
    entry = spec.activations["silu"]
    found = [run for run, _ in runs(Modeller(entry, "value", {}), chunk)]
    patterns = np.arange(chunk << 23, (chunk + 1) << 23, dtype=np.uint32)
    assert sum(run.size for run in found) == INPUTS
    together = np.concatenate([numbers(run) for run in found])
    assert np.array_equal(together.view(np.uint32), patterns) or chunk == 256
    assert np.array_equal(together, patterns.view(np.float32))


def test_a_slack_that_is_too_small_is_seen():
    # What the test above would say of a model whose middle is off by more than it admits.
    entry = spec.activations["gelu"]
    run, model = next(iter(runs(Modeller(entry, "value", {}), 127)))
    moved = Model((model.coefficients[0] * (1 + 2.0**-20), *model.coefficients[1:]), model.slack)
    lower, upper = np.empty((2, run.size), np.float32)
    ends(moved, run.size, 0, lower, upper)
    right = nearest(entry, "value", float(numbers(run)[0]), {}, FLOAT32).value
    assert not lower[0] <= right <= upper[0]
