"""The formulas that people write with NumPy and SciPy, which the reference is timed beside.

They are fast and not exact: what they lose is what the reference is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["PLAIN"]

Array = NDArray[Any]
Function = Callable[[Array], Array]

_C = math.sqrt(2 / math.pi)
_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def _tanh_of_u(x: Array) -> Array:
    return np.tanh(_C * (x + 0.044715 * x**3))


def _gelu_tanh_slope(x: Array) -> Array:
    t = _tanh_of_u(x)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * _C * (1 + 3 * 0.044715 * x * x)


def _silu_slope(x: Array) -> Array:
    s = special.expit(x)
    return s * (1 + x * (1 - s))


def _mish_slope(x: Array) -> Array:
    t, s = np.tanh(np.log1p(np.exp(x))), special.expit(x)
    return t + x * s * (1 - t * t)


def _expm1(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(x))


def _exp(x: Array) -> Array:
    return np.where(x > 0, 1, np.exp(x))


#: Value and derivative of each function, on arrays; of rows, the value alone.
PLAIN: dict[str, tuple[Function, Function | None]] = {
    "sigmoid": (special.expit, lambda x: special.expit(x) * (1 - special.expit(x))),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "softplus": (lambda x: np.log1p(np.exp(x)), special.expit),
    "silu": (lambda x: x * special.expit(x), _silu_slope),
    "gelu": (
        lambda x: x * special.ndtr(x),
        lambda x: special.ndtr(x) + x * np.exp(-x * x / 2) * (1 / math.sqrt(2 * math.pi)),
    ),
    "gelu_tanh": (lambda x: 0.5 * x * (1 + _tanh_of_u(x)), _gelu_tanh_slope),
    "elu": (_expm1, _exp),
    "selu": (
        lambda x: _SCALE * np.where(x > 0, x, _ALPHA * np.expm1(x)),
        lambda x: _SCALE * np.where(x > 0, 1, _ALPHA * np.exp(x)),
    ),
    "softmax": (lambda x: special.softmax(x, axis=-1), None),
    "log_softmax": (lambda x: special.log_softmax(x, axis=-1), None),
}
