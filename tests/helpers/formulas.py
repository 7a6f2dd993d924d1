"""The tests' own formula of every elementwise function, and entries made for tests of the oracle.

Each is written by hand and shares no code with the spec, the oracle or the reference. A new
function is a row of `FORMULAS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import msgspec
import numpy as np

from actinit import spec

__all__ = ["FORMULAS", "Formula", "altered"]


class Formula(NamedTuple):
    """An elementwise function at the defaults of its parameters.

    Attributes
    ----------
    value : callable
        Of an mpmath number, at the precision of the moment.
    second : callable
        The second derivative of an array of float32, in float32 throughout: the form that the
        entry's budget counts, for |x| < 80.
    """

    value: Callable[[Any], Any]
    second: Callable[[Any], Any]


def _gelu_tanh(x):
    u = mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)
    return x / 2 * (1 + mpmath.tanh(u))


def _selu(x):
    scale = mpmath.mpf("1.0507009873554804934193349852946")
    alpha = mpmath.mpf("1.6732632423543772848170429916717")
    return scale * (x if x > 0 else alpha * mpmath.expm1(x))


def _logistic_slope(x):
    z = np.exp(-np.abs(x))
    return z / ((1 + z) * (1 + z))


def _second_of_gelu(x):
    return np.exp(-x * x / 2) * np.float32(0.3989422804014327) * (2 - x * x)


def _second_of_gelu_tanh(x):
    c, d = np.float32(2 * 0.7978845608028654), np.float32(0.044715)
    v = c * (x + d * x * x * x)
    v1, v2 = c * (1 + 3 * d * x * x), 6 * c * d * x
    return _logistic_slope(v) * (2 * v1 + x * v2 - x * np.tanh(v / 2) * v1 * v1)


def _second_of_mish(x):
    z = np.exp(-np.abs(x))
    left = x < 0
    below = np.where(left, z * (z + 2) + 2, 1 + 2 * z * (1 + z))
    slope = 4 * np.where(left, z, z * z) * (z + 1) / (below * below)
    above = np.where(left, ((-2 * z - 3) * z + 2) * z + 2, ((2 * z + 2) * z - 3) * z - 2)
    return slope * (2 + x * (above / ((z + 1) * below)))


def _second_of_quick_gelu(x):
    c = np.float32(1.702)
    w = c * x
    return c * _logistic_slope(w) * (2 - w * np.tanh(w / 2))


def _second_of_scaled_tanh(x):
    alpha, beta = np.float32(1.7159), np.float32(2 / 3)
    w = beta * x
    return -8 * alpha * beta * beta * np.tanh(w) * _logistic_slope(2 * w)


def _second_of_laplace(x):
    mu, sigma = np.float32(0.707107), np.float32(0.282095)
    z = (x - mu) / sigma
    return -z * np.exp(-z * z / 2) * np.float32(0.3989422804014327) / (sigma * sigma)


FORMULAS = {
    "celu": Formula(
        lambda x: x if x > 0 else mpmath.expm1(x),
        lambda x: np.where(x > 0, 0, np.exp(np.minimum(x, 0))),
    ),
    "clipped_gelu": Formula(
        lambda x: min(x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2, mpmath.mpf(10)),
        lambda x: np.where(x > 10, 0, _second_of_gelu(x)),
    ),
    "elu": Formula(
        lambda x: x if x > 0 else mpmath.expm1(x),
        lambda x: np.where(x > 0, 0, np.exp(np.minimum(x, 0))),
    ),
    "erf": Formula(
        mpmath.erf,
        lambda x: -4 / np.float32(np.sqrt(np.pi)) * x * np.exp(-x * x),
    ),
    "exponential": Formula(mpmath.exp, np.exp),
    "gelu": Formula(lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2, _second_of_gelu),
    "gelu_tanh": Formula(_gelu_tanh, _second_of_gelu_tanh),
    "hard_mish": Formula(
        lambda x: x * min(max(x + 2, mpmath.mpf(0)), mpmath.mpf(2)) / 2,
        lambda x: np.where((x > -2) & (x < 0), np.float32(1), 0),
    ),
    "hard_shrink": Formula(lambda x: x if abs(x) > 0.5 else mpmath.mpf(0), np.zeros_like),
    "hard_sigmoid": Formula(
        lambda x: min(max((x + 3) / 6, mpmath.mpf(0)), mpmath.mpf(1)), np.zeros_like
    ),
    "hard_silu": Formula(
        lambda x: x * min(max(x + 3, 0), 6) / 6,
        lambda x: np.where(np.abs(x) < 3, np.float32(1) / 3, 0),
    ),
    "hard_tanh": Formula(lambda x: min(max(x, mpmath.mpf(-1)), mpmath.mpf(1)), np.zeros_like),
    "heaviside": Formula(lambda x: (1 + mpmath.sign(x)) / 2, np.zeros_like),
    "identity": Formula(lambda x: x, np.zeros_like),
    "laplace": Formula(
        lambda x: (
            mpmath.erfc((mpmath.mpf(0.707107) - x) / mpmath.mpf(0.282095) / mpmath.sqrt(2)) / 2
        ),
        _second_of_laplace,
    ),
    "leaky_relu": Formula(lambda x: x if x > 0 else mpmath.mpf(0.01) * x, np.zeros_like),
    "lisht": Formula(
        lambda x: x * mpmath.tanh(x),
        lambda x: 8 * _logistic_slope(2 * x) * (1 - x * np.tanh(x)),
    ),
    "log_sigmoid": Formula(lambda x: -mpmath.log1p(mpmath.exp(-x)), lambda x: -_logistic_slope(x)),
    "mish": Formula(lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), _second_of_mish),
    "quick_gelu": Formula(
        lambda x: x / (1 + mpmath.exp(-mpmath.mpf("1.702") * x)), _second_of_quick_gelu
    ),
    "relu": Formula(lambda x: max(x, mpmath.mpf(0)), np.zeros_like),
    "relu6": Formula(lambda x: min(max(x, mpmath.mpf(0)), mpmath.mpf(6)), np.zeros_like),
    "scaled_tanh": Formula(
        lambda x: mpmath.mpf(1.7159) * mpmath.tanh(mpmath.mpf(2 / 3) * x), _second_of_scaled_tanh
    ),
    "selu": Formula(
        _selu,
        lambda x: np.where(x > 0, 0, np.float32(1.7580993408473766) * np.exp(np.minimum(x, 0))),
    ),
    "shrink": Formula(lambda x: x if abs(x) > 0.5 else mpmath.mpf(0), np.zeros_like),
    "sigmoid": Formula(
        lambda x: 1 / (1 + mpmath.exp(-x)), lambda x: -_logistic_slope(x) * np.tanh(x / 2)
    ),
    "silu": Formula(
        lambda x: x / (1 + mpmath.exp(-x)),
        lambda x: _logistic_slope(x) * (2 - x * np.tanh(x / 2)),
    ),
    "soft_shrink": Formula(
        lambda x: mpmath.sign(x) * max(abs(x) - mpmath.mpf(0.5), mpmath.mpf(0)), np.zeros_like
    ),
    "softplus": Formula(lambda x: mpmath.log1p(mpmath.exp(x)), _logistic_slope),
    "softplus_beta": Formula(lambda x: mpmath.log1p(mpmath.exp(x)), _logistic_slope),
    "softsign": Formula(
        lambda x: x / (1 + abs(x)),
        lambda x: np.copysign(2 / ((1 + np.abs(x)) * (1 + np.abs(x)) * (1 + np.abs(x))), -x),
    ),
    "sparse_plus": Formula(
        lambda x: x if x >= 1 else max(x + 1, mpmath.mpf(0)) ** 2 / 4,
        lambda x: np.where(np.abs(x) < 1, np.float32(0.5), 0),
    ),
    "sparse_sigmoid": Formula(
        lambda x: min(max((x + 1) / 2, mpmath.mpf(0)), mpmath.mpf(1)), np.zeros_like
    ),
    "squareplus": Formula(
        lambda x: 2 / (mpmath.sqrt(x * x + 4) - x),
        lambda x: 2 / np.power(np.sqrt(x * x + 4), 3),
    ),
    "squared_relu": Formula(
        lambda x: max(x, mpmath.mpf(0)) ** 2, lambda x: np.where(x > 0, np.float32(2), 0)
    ),
    "swish_beta": Formula(
        lambda x: x / (1 + mpmath.exp(-x)),
        lambda x: _logistic_slope(x) * (2 - x * np.tanh(x / 2)),
    ),
    "tanh": Formula(mpmath.tanh, lambda x: -8 * np.tanh(x) * _logistic_slope(2 * x)),
    "tanh_shrink": Formula(
        lambda x: x - mpmath.tanh(x), lambda x: 8 * np.tanh(x) * _logistic_slope(2 * x)
    ),
    "thresholded_relu": Formula(lambda x: x if x > 1 else mpmath.mpf(0), np.zeros_like),
    "xielu": Formula(
        lambda x: mpmath.mpf(0.8) * (x * x if x > 0 else mpmath.expm1(x) - x) + mpmath.mpf(0.5) * x,
        lambda x: np.float32(0.8) * np.where(x > 0, np.float32(2), np.exp(np.minimum(x, 0))),
    ),
}


def altered(text, entry=None):
    """Return an entry whose formula is the given one."""
    entry = entry or spec.activations["identity"]
    value = msgspec.structs.replace(entry.value, pieces=(spec.Piece(then=spec.Expression(text)),))
    return msgspec.structs.replace(entry, value=value)
