"""Hulls hold a formula's results on a whole interval, and say nothing where it has two pieces."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from actinit import spec
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.oracle.formula import UncertainError, compile_formula, compile_series
from actinit.conformance.proof.compute import PARTS, elementwise
from actinit.conformance.proof.hulls import Interval, hull


@pytest.fixture(autouse=True)
def _precision():
    before, ctx.prec = ctx.prec, 200
    yield
    ctx.prec = before


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", elementwise())
def test_what_it_holds(name, part):
    entry, random = spec.activations[name], np.random.default_rng(2)
    parameters = dict(defaults(entry))
    formula = compile_formula(entry, part, parameters)
    settled = 0
    for exponent in (-60, -3, 0, 1, 4, 9, 60):
        for sign in (1, -1):
            low, high = sorted(sign * 2.0**exponent * random.uniform(1, 2, 2))
            found = hull(entry, part, Interval(arb(low), arb(high)), parameters)
            if found is None:
                continue
            settled += 1
            (factor, rest), whole = found
            for x in (low, high, *random.uniform(low, high, 3)):
                exact = formula(arb(x))
                line = factor.low.union(factor.high) * arb(x) + rest.low.union(rest.high)
                assert line.overlaps(exact)
                assert exact.lower() <= whole.high
                assert exact.upper() >= whole.low
    assert settled > 8


def test_a_tail_is_x_times_nearly_one():
    (factor, rest), _ = hull(spec.activations["gelu"], "value", Interval(arb(100), arb(2e38)), {})
    assert rest.zero
    assert factor.high == 1
    assert 0 < 1 - factor.low < 2.0**-150


def test_what_is_made_of_expm1_is_nearly_a_line_next_to_0():
    entry = spec.activations["xielu"]
    x = Interval(arb(-(2.0**-120)), arb(-(2.0**-121)))
    (factor, rest), _ = hull(entry, "value", x, dict(defaults(entry)))
    assert rest.zero
    assert 0 < 0.5 - factor.high < 0.5 - factor.low < 2.0**-120


def test_an_interval_with_two_pieces():
    entry = spec.activations["hard_silu"]
    for low, high in [(2, 4), (-4, -2), (-9, 9)]:
        assert hull(entry, "value", Interval(arb(low), arb(high)), {}) is None


def test_a_series_around_two_pieces():
    """A ball that a border cuts has no series; one beside it has."""
    formula = compile_series(spec.activations["hard_silu"], "value", {})
    ctx.cap = 3
    for x in (3, -3):
        with pytest.raises(UncertainError):
            formula(arb_series([arb(x, 0.125), 1]))
    middle = formula(arb_series([arb(1, 0.125), 1]))
    assert middle[2].contains(arb(1) / 6)
    right = formula(arb_series([arb(4, 0.125), 1]))
    assert right[1] == 1
    assert right[2] == 0
