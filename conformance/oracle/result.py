"""What the oracle returns: rounded values, and what the rounding left."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..formats import Format

__all__ = ["Exact", "split"]

Floats = NDArray[np.float64]


class Exact(NamedTuple):
    """Exact values: ``rounded + residual * ulp(rounded)``, give or take 2**-22 ulp.

    Attributes
    ----------
    rounded : ndarray of float64
        Correctly rounded to float64; proven. The sign of a zero says nothing: it is judged with
        the special values.
    residual : ndarray of float64
        What the rounding left, in ulp of `rounded`, between -1/2 and 1/2. Its sign is proven where
        another format depends on it: where `rounded` lies in the middle of two of its numbers.
    """

    rounded: Floats
    residual: Floats

    def rounded_to(self, fmt: Format) -> NDArray[Any]:
        """Round the exact values to a format, once and correctly: ties to even.

        Parameters
        ----------
        fmt : Format
            The format.

        Returns
        -------
        ndarray
            Of the format's dtype.
        """
        if fmt.name == "float64":
            return self.rounded
        with np.errstate(over="ignore", invalid="ignore"):
            _, exponent = np.frexp(self.rounded)
            unit = np.ldexp(1.0, np.maximum(exponent - 1, fmt.emin) - fmt.stored)
            steps = self.rounded / unit
            # In the middle of two numbers the residual says to which side; half a step decides.
            middle = np.abs(steps - np.trunc(steps)) == 0.5
            steps = np.where(middle, steps + 0.25 * np.sign(self.residual), steps)
            near = np.rint(steps) * unit
            near = np.where(np.isfinite(self.rounded), near, self.rounded)
            # A number of the format but for its range: what is beyond becomes infinite.
            return np.copysign(near, self.rounded).astype(fmt.dtype)

    def times(self, factor: ArrayLike) -> Exact:
        """Return the exact values times floats, rounded once.

        Where a factor or a value is not finite the product is IEEE 754's.

        Parameters
        ----------
        factor : array_like of float64
            Of the shape of the values.

        Returns
        -------
        Exact
            Of that shape; good to 2**-21 ulp, as the values were good to 2**-22.
        """
        factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), self.rounded.shape)
        rounded, residual, sure = _products(self.rounded, self.residual, factors)
        for at in zip(*np.nonzero(~sure), strict=True):
            rounded[at], residual[at] = _product(
                float(self.rounded[at]), float(self.residual[at]), float(factors[at])
            )
        return Exact(rounded, residual)


def split(value: Fraction) -> tuple[float, float]:
    """Return the float64 nearest to a fraction, and what is left of it in ulp."""
    try:
        rounded = float(value)  # Python divides integers with one rounding, ties to even
    except OverflowError:
        return (math.inf if value > 0 else -math.inf), 0.0
    return rounded, float((value - Fraction(rounded)) / Fraction(math.ulp(rounded)))


def _products(
    values: Floats, residuals: Floats, factors: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Multiply what is normal, by normal numbers, with a normal product; say where that is so.

    The significands' product and its rounding error are exact (Dekker 1971, with Veltkamp's
    splitting); to the error comes the residual's share, and what is left of their sum is exact
    again but for the rounding of that share, 2**-52 ulp.
    """
    with np.errstate(all="ignore"):
        (left, left_exponent), (right, right_exponent) = np.frexp(values), np.frexp(factors)
        product = left * right
        (high, low), (top, rest) = _halves(left), _halves(right)
        error = low * rest - (((product - high * top) - low * top) - high * rest)
        error += residuals * right * 2.0**-53  # in units of an ulp of the significand
        rounded = product + error
        _, exponent = np.frexp(rounded)
        residual = np.ldexp(error - (rounded - product), 53 - exponent)
        result = np.ldexp(rounded, left_exponent + right_exponent)
        least, size = np.finfo(np.float64).tiny, np.abs(result)
        sure = (np.abs(values) >= least) & (size > least) & (size < np.inf)
    return result, residual, sure & np.isfinite(values) & np.isfinite(factors)


def _halves(x: Floats) -> tuple[Floats, Floats]:
    """Split significands into two halves whose products are exact."""
    shifted = x * (2.0**27 + 1)
    high = shifted - (shifted - x)
    return high, x - high


def _product(value: float, residual: float, factor: float) -> tuple[float, float]:
    """Multiply any value by any factor, in rational arithmetic."""
    finite = math.isfinite(value) and math.isfinite(factor)
    if not finite or factor == 0 or (value == 0 and residual == 0):
        return value * factor, 0.0  # IEEE 754 has the nan, the infinities and the sign of zero
    left = Fraction(residual) * Fraction(math.ulp(value))
    return split((Fraction(value) + left) * Fraction(factor))
