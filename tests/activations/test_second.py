"""Second derivatives: where they are asked for, and what is granted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from helpers.formulas import FORMULAS

from actinit import spec
from actinit.conformance.activations import second
from actinit.conformance.error.metric import measure
from actinit.conformance.expected.defaults import defaults, kinks_of, seams_of
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact

ELEMENTWISE = [e for e in spec.activations.values() if e.shape == "elementwise"]
F32 = FORMATS["float32"]


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_conditions_say_where_pieces_meet(entry):
    conditions = [str(piece.if_) for piece in entry.derivative.pieces if piece.if_]
    assert all(re.fullmatch(r"x >=? [^x]+", condition) for condition in conditions)
    kinks = {spec.evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)}
    assert kinks <= set(seams_of(entry))


def test_pieces_meet_at_kinks_and_where_a_slope_bends():
    assert seams_of(spec.activations["elu"]) == [0]
    assert seams_of(spec.activations["hard_silu"]) == [-3, 3]
    assert seams_of(spec.activations["tanh"]) == []


def test_nothing_is_asked_where_pieces_meet():
    # elu has a derivative at 0, and no second one.
    assert 0 not in second._batch(spec.activations["elu"], F32).x
    assert 0 in second._batch(spec.activations["tanh"], F32).x


def test_a_flushed_input_may_have_either_side():
    low, high = second._batch(spec.activations["elu"], F32).at_zero
    assert (low[0], high[0]) == (0, 1)


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_a_careful_implementation_in_float32_keeps_the_budget(entry):
    """What the budgets count, written out: the forms of their `why`, in float32 throughout."""
    batch = second._batch(entry, F32)
    x = batch.x[np.abs(batch.x.astype(np.float64)) < 80]  # where no intermediate leaves the format
    chosen = np.isin(batch.x, x)
    with np.errstate(all="ignore"):
        got = FORMULAS[entry.name].second(x).astype(np.float32)
    right = Exact(batch.exact.rounded[chosen], batch.exact.residual[chosen])
    errors = measure(got, right, F32, x=x)
    normal = np.abs(right.rounded) > 2.0**-120
    assert (errors.ulps <= batch.budget[chosen])[normal | (right.rounded == 0)].all()
