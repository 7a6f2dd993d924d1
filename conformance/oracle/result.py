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
        factors = np.asarray(factor, dtype=np.float64)
        pairs = [
            _product(*item)
            for item in zip(
                self.rounded.ravel().tolist(),
                self.residual.ravel().tolist(),
                factors.ravel().tolist(),
                strict=True,
            )
        ]
        array = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        shape = self.rounded.shape
        return Exact(array[:, 0].reshape(shape), array[:, 1].reshape(shape))


def split(value: Fraction) -> tuple[float, float]:
    """Return the float64 nearest to a fraction, and what is left of it in ulp."""
    try:
        rounded = float(value)  # Python divides integers with one rounding, ties to even
    except OverflowError:
        return (math.inf if value > 0 else -math.inf), 0.0
    return rounded, float((value - Fraction(rounded)) / Fraction(math.ulp(rounded)))


def _product(value: float, residual: float, factor: float) -> tuple[float, float]:
    finite = math.isfinite(value) and math.isfinite(factor)
    if not finite or factor == 0 or (value == 0 and residual == 0):
        return value * factor, 0.0  # IEEE 754 has the nan, the infinities and the sign of zero
    left = Fraction(residual) * Fraction(math.ulp(value))
    return split((Fraction(value) + left) * Fraction(factor))
