"""The plan keeps its promise: a backend that is right is not accused."""

from __future__ import annotations

import contextlib
import math
import sys

import ml_dtypes  # noqa: F401 - gives NumPy bfloat16 by name
import numpy as np
import pytest
from helpers import runs
from helpers import wrong_layers as fakes
from helpers.samplers import Sampler
from helpers.together import Together

from actinit import spec
from actinit.adapters import NotOffered
from actinit.conformance import layers
from actinit.conformance.initializers import plan
from actinit.conformance.initializers.goodness import Verdict
from actinit.conformance.parallel import pool

RUNS = 1000
#: Of kernels, where not every one will do.
SHAPES = {
    "eye": ((4, 6), (3, 3)), "sparse": ((20, 6), (4, 9)), "stft": ((5, 1, 9), (8, 1, 5)),
}  # fmt: skip


@pytest.mark.timeout(1800)
def test_a_thousand_runs_without_a_false_alarm():
    with pool(2) as processes:
        parts = list(processes.map(runs.failures, [range(k, RUNS, 2) for k in range(2)]))
    assert [failure for part, _ in parts for failure in part] == []
    assert sum(count for _, count in parts) > 300 * RUNS


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", spec.initializers)
def test_what_is_drawn_together_is_what_each_run_draws(name, dtype):
    entry, kind, parameters = spec.initializers[name], np.dtype(dtype), {}
    drawn = Together([3, 8])
    first, second = SHAPES.get(name, ((3, 2, 7), (3, 4, 4)))
    for run in (3, 8):
        alone, together = (
            adapter.source(entry, kind, 5, parameters)
            for adapter in (runs.Another(run), runs.Another(run, drawn))
        )
        # One after the other: the second comes from where the first left the generator.
        for shape in (first, second, first):
            np.testing.assert_array_equal(together(shape), alone(shape))
    # What a run does to its own tensor is not seen by the others.
    source = runs.Another(3, drawn).source(entry, kind, 5, parameters)
    source(first)[:] = 1
    again = runs.Another(3, drawn).source(entry, kind, 5, parameters)(first)
    np.testing.assert_array_equal(again, runs.Another(3).source(entry, kind, 5, parameters)(first))


def test_a_run_makes_no_more_tests_than_the_plan_is_for(monkeypatch):
    made = []
    settled = plan.settled

    def counting(tests):
        first, failing = settled(tests)
        made.extend(first)
        return first, failing

    parts = [
        f"initializers.{name}" for name in (
            "judges", "repeats", "rotations", "sparse", "checks", "stream",
        )
    ]  # fmt: skip
    for part in [*parts, "layers.starts", "layers.apart"]:
        monkeypatch.setattr(sys.modules[f"actinit.conformance.{part}"], "settled", counting)
    for check in runs.checks():
        check.run(Sampler())
    for entry in spec.layers.values():
        for check in layers.checks(entry):
            with contextlib.suppress(NotOffered):
                check.run(fakes.Right())
                made.extend(["fan_in", "sum"] if check.id.endswith("/fans") else [])
    # Some thousand; every size of run makes the same tests.
    assert 1000 < len(made) <= plan.MOST_TESTS
    assert (
        plan.MOST_TESTS * (plan.DOUBT**2 + plan.CERTAIN) <= plan.FAMILY_WISE <= 1e-6 * (1 + 1e-12)
    )


@pytest.mark.parametrize(
    ("ps", "fails"),
    [((0.5, 0.0), []), ((1e-9, 0.5), []), ((1e-9, 1e-9), ["x"]), ((1e-5, 1e-9), [])],
)
def test_only_what_is_in_doubt_twice_fails(ps, fails):
    asked = []

    def tests(stage):
        asked.append(stage)
        return {"x": Verdict(0.0, ps[stage]), "other": Verdict(0.0, 0.5 if stage == 0 else 0.0)}

    first, failing = plan.settled(tests)
    assert list(failing) == fails
    assert first["x"].p == ps[0]
    assert asked == ([0, 1] if ps[0] < plan.DOUBT else [0])


@pytest.mark.parametrize(
    ("ps", "stages"), [((1e-31, 1e-40), [0]), ((1e-31, 1e-9), [0, 1]), ((1e-31, math.nan), [0, 1])]
)
def test_what_is_certain_is_not_drawn_again(ps, stages):
    asked = []

    def tests(stage):
        asked.append(stage)
        return {"x": Verdict(0.0, ps[0]), "y": Verdict(float(stage), ps[1])}

    _, failing = plan.settled(tests)
    assert asked == stages
    assert list(failing) == ["x", "y"]
    assert failing["y"].statistic == stages[-1]
