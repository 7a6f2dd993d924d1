"""Which derivative a backend takes at a kink is told rightly, whichever of the two is less."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.wrong import Right

from actinit import spec
from actinit.conformance.activations import kinks
from actinit.conformance.formats import FORMATS

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


EVERY = tuple(FORMATS)


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
    # Of float8_e5m2, 1.5 is one ulp from SELU's 1.758 as rounded: a product may be as far off.
    near_left = {"float8_e5m2": "takes the left derivative"} if name == "selu" else {}
    assert between == dict.fromkeys(EVERY, "takes one between") | near_left


def test_a_product_of_rounded_constants_is_still_that_side():
    # As PyTorch has it: one ulp of float64 below.
    found = told("selu", lambda x: np.full_like(x, np.nextafter(LAMBDA * ALPHA, 0)))
    assert found["float64"] == "takes the left derivative"


HARD_SILU = spec.activations["hard_silu"]


class HardSilu(Right):
    """Right, with the derivatives of the middle piece at both kinks, or with those given."""

    at: dict[float, float] = {-3.0: -0.5, 3.0: 1.5}

    def gradient(self, entry, x, upstream, parameters):
        wide = x.astype(np.float64)
        slope = np.where(wide > 3, 1.0, np.where(wide > -3, (2 * wide + 3) / 6, 0.0))
        for place, derivative in self.at.items():
            slope = np.where(wide == place, derivative, slope)
        return (slope * upstream.astype(np.float64)).astype(x.dtype)


class OnTheOuterSides(HardSilu):
    at = {-3.0: 0.0, 3.0: 1.0}


class BeyondAtThree(HardSilu):
    """0 at 3, which is a subgradient at -3 alone."""

    at = {-3.0: 0.0, 3.0: 0.0}


def at_kinks(backend):
    for check in kinks.checks(HARD_SILU):
        yield check.run(backend)


@pytest.mark.parametrize(
    ("backend", "sides"),
    [(HardSilu, ["right", "left"]), (OnTheOuterSides, ["left", "right"])],
)
def test_a_kink_off_zero_is_asked_for_there_and_not_at_its_mirror_image(backend, sides):
    outcomes = list(at_kinks(backend()))
    assert len(outcomes) == len(EVERY)
    for outcome in outcomes:
        assert outcome.conforms, outcome.message
        assert [one.data["side"] for one in outcome.findings] == sides


def test_what_is_no_subgradient_is_found_at_that_kink_alone():
    for outcome in at_kinks(BeyondAtThree()):
        wrong, right = outcome.findings
        assert (wrong.key, wrong.kind, wrong.worst.x) == ("kink/3", "convention", "3.0")
        assert (right.key, right.kind) == ("kink/-3", None)
