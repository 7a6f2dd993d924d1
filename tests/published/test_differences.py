"""How far functions lie apart: known distances, jumps, limits, and what grows."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.special import expit

from actinit import reference, spec
from actinit.conformance.published.differences import apart, compute
from actinit.conformance.results.differences import Apart


@pytest.fixture(scope="module")
def found():
    return {(one.a, one.b): one for one in compute().pairs}


def test_every_pair_is_there_once_and_the_same_each_time(found):
    names = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]
    assert list(found) == list(combinations(names, 2))
    assert compute().pairs == list(found.values())


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        ("gelu", "gelu_tanh", Apart(how="at", largest=4.732e-4, x="2.699")),
        ("relu", "softplus", Apart(how="at", largest=0.6931, x="0")),  # log(2)
        ("celu", "elu", Apart(how="at", largest=0.0, x="0")),  # with alpha = 1
        ("elu", "relu", Apart(how="limit", largest=1.0, x="-inf")),
        ("relu", "relu6", Apart(how="grows", largest=None, x="inf")),
        ("hard_shrink", "identity", Apart(how="at", largest=0.5, x="0.5")),  # at the jump
    ],
)
def test_distances_that_are_known(found, a, b, value):
    assert found[a, b].value == value


def test_derivatives_that_part_from_a_kink_on_are_apart_there(found):
    assert found["leaky_relu", "relu"].derivative == Apart(how="at", largest=0.01, x="0")
    assert found["relu", "relu6"].derivative == Apart(how="at", largest=1.0, x="6")


def test_no_input_is_farther_apart(found):
    x = np.random.default_rng(1).uniform(-40, 40, 20_000)
    with np.errstate(all="ignore"):
        values = {name: reference.activations[name](x) for pair in found for name in pair}
    for (a, b), one in found.items():
        if one.value.largest is not None:
            assert np.abs(values[a] - values[b]).max() <= one.value.largest * 1.001 + 1e-15, (a, b)


def test_functions_of_one_s_own() -> None:
    one = apart(expit, lambda x: expit(x - 0.5))
    # The sigmoid is steepest at 0: midway between, which is 0.25 here.
    assert one == Apart(how="at", largest=float(f"{expit(0.25) - expit(-0.25):.3e}"), x="0.25")
