r"""The error metric, defined once.

The error of a result is \|got - exact\| / ulp(exact), with ulp(y) = 2**(max(e, emin) - p + 1) for
2**e <= \|y\| < 2**(e + 1). Its edges:

- An infinity that came back, and an exact value beyond the format, both count as the first number
  that the format does not have, 2**(emax + 1) of IEEE 754's: so a result that overflows a little
  early or late has a small error, and one that overflows far off a large one. In a format without
  infinities nan is what overflows, and counts as the infinity of the exact value's sign.
- nan where a number is right, a number where nan is right, and an infinity where the exact value is
  in range by more than an ulp are *non-finite* mismatches; their error is inf, no other error is.
- A zero where the exact value is subnormal, or the value at zero where the input is subnormal, is a
  *flush*: a policy of the backend, counted apart and no error.
- A zero, or a number of the wrong sign, where the exact value is normal is *lost*: beyond every
  budget, however large that is beside a root.
- Zeros have no error against each other. A zero whose sign is not that of the exact value, zero or
  too small to be normal, is counted; it is judged with the special values.

`actinit.conformance.error.kernels` computes the same, fast; this is what it is held to.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from ..oracle import Exact

__all__ = ["Errors", "lost", "measure", "ulp"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
# Near float64's top, everything is halved twice: the first number beyond it must be held too.
_NEAR_TOP = 2.0**1000
_LARGEST = np.finfo(np.float64).max


class Errors(NamedTuple):
    """Errors of a batch of results, element by element.

    Attributes
    ----------
    ulps : ndarray of float64
        Error in ulp of the exact value; inf for a non-finite mismatch, 0 for a flush.
    nonfinite, flushed_input, flushed_result, wrong_sign, zero_sign, lost : ndarray of bool
        What else was seen.
    """

    ulps: Floats
    nonfinite: NDArray[np.bool_]
    flushed_input: NDArray[np.bool_]
    flushed_result: NDArray[np.bool_]
    wrong_sign: NDArray[np.bool_]
    zero_sign: NDArray[np.bool_]
    lost: NDArray[np.bool_]

    def beyond(self, budget: Floats) -> NDArray[np.bool_]:
        """Say which results are beyond their budget, in ulp: further off, or lost."""
        return ((self.ulps > budget) | self.lost) & ~self.nonfinite


def ulp(value: Floats, fmt: Format) -> Floats:
    """Return the unit in the last place of numbers in a format.

    Parameters
    ----------
    value : ndarray of float64
        Beyond the format, infinities too, they have the ulp of its last binade.
    fmt : Format
        The format.

    Returns
    -------
    ndarray of float64
        Powers of two.
    """
    _, exponent = np.frexp(value)  # value = m * 2**exponent with 1/2 <= m < 1
    exponent = np.where(value == 0, fmt.emin, exponent - 1)
    exponent = np.where(np.isinf(value), fmt.emax, exponent)
    return np.ldexp(1.0, np.clip(exponent, fmt.emin, fmt.emax) - fmt.precision + 1)


def measure(
    got: Array,
    exact: Exact,
    fmt: Format,
    *,
    x: Array | None = None,
    at_zero: tuple[Array, Array] | None = None,
) -> Errors:
    """Measure results against exact values.

    Parameters
    ----------
    got : ndarray
        Results in the format.
    exact : Exact
        What is right; of the shape of `got`. For formats below float64 the residual does not
        count (it is under 2**-29 of their ulp).
    fmt : Format
        The format of the results.
    x : ndarray, optional
        Inputs, to tell a flush of the input.
    at_zero : tuple of ndarray, optional
        From what to what is right in the format at the zero of the sign of each input: more than
        one number where zero is a kink.

    Returns
    -------
    Errors
        Arrays of the shape of `got`.
    """
    with np.errstate(all="ignore"):
        result = got.astype(np.float64)
        right = exact.rounded
        nan_right = np.isnan(right)
        if not fmt.infinities:
            result = np.where(np.isnan(result) & ~nan_right, np.copysign(np.inf, right), result)
        nan_got = np.isnan(result)

        scale = np.where(np.fmax(np.abs(result), np.abs(right)) > _NEAR_TOP, -2, 0)
        top = fmt.first_beyond(scale)
        a = np.clip(np.ldexp(result, scale), -top, top)
        b = np.clip(np.ldexp(right, scale), -top, top)
        unit = _ulp_of_exact(exact, fmt)
        distance = (a - b) / np.ldexp(unit, scale)
        if fmt.name == "float64":
            # The residual is in ulp of the rounded value, which may be twice that of the exact.
            distance -= np.where(np.isinf(right), 0, exact.residual * (ulp(right, fmt) / unit))
        ulps = np.abs(distance)

        early = np.isinf(result) & (np.abs(b) < top) & (ulps > 1)
        nonfinite = (nan_right != nan_got) | early
        ulps = np.where(nonfinite, np.inf, np.minimum(ulps, _LARGEST))
        ulps[nan_right & nan_got] = 0.0

        tiny = np.ldexp(1.0, fmt.emin)
        flushed_result = (result == 0) & (right != 0) & (np.abs(right) < tiny)
        # Half of the smallest subnormal and less rounds to zero: that is no flush.
        flushed_result &= ulps > 0.5
        flushed_input = np.zeros(got.shape, dtype=bool)
        if x is not None and at_zero is not None:
            subnormal = (x != 0) & (np.abs(x.astype(np.float64)) < tiny)
            low, high = (end.astype(np.float64) for end in at_zero)
            flushed_input = subnormal & (low <= result) & (result <= high) & (ulps > 0.5)
            flushed_input &= ~nonfinite
        ulps = np.where(flushed_result | flushed_input, 0.0, ulps)
        wrong_sign = (result * np.sign(right) < 0) & ~nonfinite
        zero_sign = (result == 0) & (np.abs(right) < tiny)
        zero_sign &= np.signbit(result) != np.signbit(right)
        gone = lost(result, right, fmt) & ~nonfinite & ~flushed_input
    return Errors(ulps, nonfinite, flushed_input, flushed_result, wrong_sign, zero_sign, gone)


def lost(got: Floats, exact: Floats, fmt: Format) -> NDArray[np.bool_]:
    """Say where a result is 0 or of the wrong sign though the exact value is normal.

    Parameters
    ----------
    got, exact : ndarray of float64
        Results and exact values.
    fmt : Format
        The format of the results.
    """
    tiny = 2.0**fmt.emin
    return ((exact >= tiny) & (got <= 0)) | ((exact <= -tiny) & (got >= 0))


def _ulp_of_exact(exact: Exact, fmt: Format) -> Floats:
    """Return the ulp of the exact value, which may lie just below a power of two."""
    unit = ulp(exact.rounded, fmt)
    if fmt.name != "float64":
        return unit
    mantissa, exponent = np.frexp(np.abs(exact.rounded))
    inward = exact.residual * np.sign(exact.rounded) < 0
    below = (mantissa == 0.5) & inward & (exponent - 1 > fmt.emin)
    return np.where(below, unit / 2, unit)
