"""The two GELUs: the exact one and the tanh formula."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, fast_two_sum, plus, product, two_product
from ._exponential import Exponential, exp
from ._gated import from_left_slope, from_tail, logistic_left_slope, logistic_tail
from ._kinds import elementwise
from ._tables import (
    DENSITY_AT_0,
    GELU_AT_ROOT,
    GELU_ROOT,
    GELU_TANH_AT_ROOT,
    GELU_TANH_CUBIC,
    GELU_TANH_LINEAR,
    GELU_TANH_ROOT,
    MILLS,
)

__all__ = ["gelu", "gelu_tanh"]

Array = NDArray[Any]

# Beyond, every tail is 0 in float64: exp(-x**2 / 2) x, and exp(-2u) x already beyond 22.
_FAR = 40.0
_FAR_TANH = 22.0
# Where the table has a new row.
_EDGES = [2.0**octave * (1 + eighth / 8) - 1 for octave in range(6) for eighth in range(8)]


def _gaussian(a: Array) -> Exponential:
    """Return exp(-a**2 / 2), without the rounding of the square (Cody, 1969).

    A relative error in the square would come out multiplied by a**2 / 2.
    """
    square = two_product(a, a)
    return exp(-square.high / 2, -square.low / 2)


def _mills(a: Array) -> Pair:
    """Return Phi(-a) exp(a**2 / 2), by Taylor's series in one of 43 intervals, to 2**-56.

    Only the first coefficient counts fully; the others are multiplied by powers of a small number,
    the distance from the interval's middle, or from 0 in the first.
    """
    # The exponent of 1 + a and the three bits that follow.
    index = ((1 + a).view(np.int64) >> 49) - (1023 << 3)
    middle, *coefficients, first, left = MILLS
    z = a - middle.take(index, mode="clip")
    series = coefficients[0].take(index, mode="clip") * z
    for coefficient in coefficients[1:]:
        series += coefficient.take(index, mode="clip")
        series *= z
    total = fast_two_sum(first.take(index, mode="clip"), series)
    return Pair(total.high, total.low + left.take(index, mode="clip"))


@elementwise(seams=[sign * seam for seam in (*_EDGES, _FAR) for sign in (1, -1)])
def gelu(x: Array) -> Pair:
    """Gaussian error linear unit, exact: ``x * Phi(x)``, Phi the standard normal cdf.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    Phi(-a) is the product of exp(-a**2 / 2) with Mills' ratio over sqrt(2 pi), which a table has.
    ``x * erfc(-x / sqrt(2)) / 2`` would lose x**2 ulp to the rounding of its argument, and what
    SciPy has for Phi and erfc is off by 10 ulp before that.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016; W. J. Cody, 1969.
    """
    a = np.minimum(np.abs(x), _FAR)
    e = _gaussian(a)
    high, low = product(product(Pair(a, 0.0), _mills(a)), Pair(e.high, e.low))
    return from_tail(x, Pair(np.ldexp(high, e.power), np.ldexp(low, e.power)))


@gelu.derivative_rule
def _(x: Array) -> Array:
    a = np.minimum(np.abs(x), _FAR)
    e = _gaussian(a)
    drop = product(Pair(-a, 0.0), Pair(*DENSITY_AT_0))
    left = np.ldexp(plus(_mills(a), drop).high * e.high, e.power)
    return from_left_slope(x, left, GELU_ROOT, GELU_AT_ROOT)


@elementwise(seams=(_FAR_TANH, -_FAR_TANH))
def gelu_tanh(x: Array) -> Pair:
    """GELU by the tanh formula, ``x / 2 * (1 + tanh(u))``.

    Here ``u = sqrt(2 / pi) * (x + 0.044715 * x**3)``. It is a function of its own, up to 4.7e-4
    from `gelu`.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    (1 + tanh(u)) / 2 is the logistic function of 2u, which keeps the negative tail; there an error
    of 2u comes out multiplied by it, so 2u is a pair.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016.
    """
    a = np.minimum(np.abs(x), _FAR_TANH)
    return from_tail(x, logistic_tail(a, plus(*_terms_of_2u(a))))


@gelu_tanh.derivative_rule
def _(x: Array) -> Array:
    linear, cubic = _terms_of_2u(np.minimum(np.abs(x), _FAR_TANH))
    w = plus(linear, cubic)
    left = logistic_left_slope(w, plus(w, Pair(2 * cubic.high, 2 * cubic.low)))
    return from_left_slope(x, left, GELU_TANH_ROOT, GELU_TANH_AT_ROOT)


def _terms_of_2u(a: Array) -> tuple[Pair, Pair]:
    linear = product(Pair(*GELU_TANH_LINEAR), Pair(a, 0.0))
    cube = product(two_product(a, a), Pair(a, 0.0))
    return linear, product(Pair(*GELU_TANH_CUBIC), cube)
