"""Functions of which the formulas in these tables are made.

They take arrays, of complex numbers too: so a derivative is had without being written down. What
they compute is computed in the arithmetic of what they are given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

__all__ = [
    "ALPHA",
    "CUBIC",
    "ROOT_2_OVER_PI",
    "SCALE",
    "absolute",
    "clip",
    "elu",
    "erf",
    "erf_7_1_26",
    "gelu",
    "gelu_tanh",
    "leaky",
    "sigmoid",
    "softplus",
    "where",
    "with_threshold",
]

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
ROOT_2_OVER_PI, CUBIC = 0.7978845608028654, 0.044715


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """Choose without a change of type: a number takes that of the array."""
    kind = np.result_type(*(each for each in (then, otherwise) if isinstance(each, np.ndarray)))
    return np.where(condition, *(np.asarray(each, dtype=kind) for each in (then, otherwise)))


def clip(x: Any, low: float, high: float) -> Any:
    """Return numbers cut off at two bounds."""
    return where(x.real < low, low, where(x.real > high, high, x))


def absolute(x: Any) -> Any:
    """Return sizes; of a complex number, with the sign of its real part turned."""
    return where(x.real < 0, -x, x)


def sigmoid(x: Any) -> Any:
    """Return the sigmoid by its textbook formula."""
    return 1 / (1 + np.exp(-x))


def softplus(x: Any) -> Any:
    """Return softplus, without overflow."""
    return where(x.real > 0, x, 0) + np.log1p(np.exp(-absolute(x)))


def with_threshold(x: Any, at: float) -> Any:
    """Return softplus, and x itself where it is above a threshold."""
    return where(x.real > at, x, softplus(x))


def erf(x: Any) -> Any:
    """Return the error function, in the type of what it is given."""
    return special.erf(x).astype(x.dtype)


def erf_7_1_26(x: Any) -> Any:
    """Return erf by the rational approximation that is off by up to 1.5e-7."""
    size = absolute(x)
    t = 1 / (1 + 0.3275911 * size)
    series = 0.254829592 + t * (
        -0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))
    )
    return where(x.real < 0, -1.0 + 0 * x, 1.0) * (1 - t * series * np.exp(-size * size))


def gelu(x: Any, root: float = 1.4142135623730951) -> Any:
    """Return gelu by its textbook formula."""
    return 0.5 * x * (1 + erf(x / root))


def gelu_tanh(x: Any, factor: Any = ROOT_2_OVER_PI, cubic: Any = CUBIC) -> Any:
    """Return gelu_tanh with other constants."""
    return 0.5 * x * (1 + np.tanh(factor * (x + cubic * x * x * x)))


def elu(x: Any, alpha: Any = 1.0, scale: Any = 1.0) -> Any:
    """Return elu with a scale, as selu has one."""
    return scale * where(x.real > 0, x, alpha * np.expm1(clip(x, -np.inf, 0.0)))


def leaky(x: Any, slope: Any) -> Any:
    """Return leaky_relu."""
    return where(x.real > 0, x, slope * x)
