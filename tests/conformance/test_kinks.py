"""Which derivative a backend takes at a kink is told rightly, whichever of the two is less."""

from __future__ import annotations

import numpy as np
import pytest
from wrong import Right

from actinit import spec
from actinit.conformance.checks import kinks

LAMBDA = 1.0507009873554804934193349852946
ALPHA = 1.6732632423543772848170429916717


def told(name, derivative=None):
    class Backend(Right):
        derivatives = {} if derivative is None else {name: derivative}

    found = {}
    for check in kinks.checks(spec.activations[name]):
        outcome = check.run(Backend())
        assert outcome.conforms
        found[check.id.split("/")[2]] = outcome.message.partition(" it ")[2].rpartition(",")[0]
    return found


EVERY = ("float16", "bfloat16", "float32", "float64")


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [("relu", 0.0, 1.0), ("leaky_relu", 0.01, 1.0), ("selu", LAMBDA * ALPHA, LAMBDA)],
)
def test_both_sides_are_told_apart(name, left, right):
    assert told(name) == dict.fromkeys(EVERY, "takes the left derivative")
    below = told(name, lambda x: np.full_like(x, np.asarray(left).astype(x.dtype)))
    assert below == dict.fromkeys(EVERY, "takes the left derivative")
    above = told(name, lambda x: np.full_like(x, np.asarray(right).astype(x.dtype)))
    assert above == dict.fromkeys(EVERY, "takes the right derivative")
    middle = np.asarray((left + right) / 2)
    between = told(name, lambda x: np.full_like(x, middle.astype(x.dtype)))
    assert between == dict.fromkeys(EVERY, "takes one between")


def test_a_product_of_rounded_constants_is_still_that_side():
    # As PyTorch has it: one ulp of float64 below.
    found = told("selu", lambda x: np.full_like(x, np.nextafter(LAMBDA * ALPHA, 0)))
    assert found["float64"] == "takes the left derivative"
