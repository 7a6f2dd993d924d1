"""Second derivatives: where they are asked for, and what is granted."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import spec
from actinit.conformance.activations import second
from actinit.conformance.error.metric import measure
from actinit.conformance.expected.batches import defaults
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact

ELEMENTWISE = [e for e in spec.activations.values() if e.shape == "elementwise"]
F32 = FORMATS["float32"]


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_all_pieces_meet_at_zero(entry):
    conditions = [piece.if_ for piece in entry.derivative.pieces if piece.if_]
    assert all(str(condition) == "x > 0" for condition in conditions)
    kinks = {spec.evaluate(kink.at, defaults(entry)) for kink in entry.derivative.kinks}
    assert kinks <= {0.0}


def test_nothing_is_asked_where_pieces_meet():
    # elu has a derivative at 0, and no second one.
    assert 0 not in second._batch(spec.activations["elu"], F32).x
    assert 0 in second._batch(spec.activations["tanh"], F32).x


def test_a_flushed_input_may_have_either_side():
    low, high = second._batch(spec.activations["elu"], F32).at_zero
    assert (low[0], high[0]) == (0, 1)


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_a_careful_implementation_in_float32_keeps_the_budget(entry):
    """What the classes count, written out: the forms of their `why`, in float32 throughout."""
    batch = second._batch(entry, F32)
    x = batch.x[np.abs(batch.x.astype(np.float64)) < 80]  # where no intermediate leaves the format
    chosen = np.isin(batch.x, x)
    with np.errstate(all="ignore"):
        got = CAREFUL[entry.name](x).astype(np.float32)
    right = Exact(batch.exact.rounded[chosen], batch.exact.residual[chosen])
    errors = measure(got, right, F32, x=x)
    normal = np.abs(right.rounded) > 2.0**-120
    assert (errors.ulps <= batch.budget[chosen])[normal | (right.rounded == 0)].all()


def _logistic_slope(x):
    z = np.exp(-np.abs(x))
    return z / ((1 + z) * (1 + z))


def _gelu(x):
    return np.exp(-x * x / 2) * np.float32(0.3989422804014327) * (2 - x * x)


def _gelu_tanh(x):
    c, d = np.float32(2 * 0.7978845608028654), np.float32(0.044715)
    v = c * (x + d * x * x * x)
    v1, v2 = c * (1 + 3 * d * x * x), 6 * c * d * x
    return _logistic_slope(v) * (2 * v1 + x * v2 - x * np.tanh(v / 2) * v1 * v1)


CAREFUL = {
    "identity": np.zeros_like,
    "relu": np.zeros_like,
    "leaky_relu": np.zeros_like,
    "elu": lambda x: np.where(x > 0, 0, np.exp(np.minimum(x, 0))),
    "selu": lambda x: np.where(x > 0, 0, np.float32(1.7580993408473766) * np.exp(np.minimum(x, 0))),
    "sigmoid": lambda x: -_logistic_slope(x) * np.tanh(x / 2),
    "softplus": _logistic_slope,
    "silu": lambda x: _logistic_slope(x) * (2 - x * np.tanh(x / 2)),
    "tanh": lambda x: -8 * np.tanh(x) * _logistic_slope(2 * x),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
}
