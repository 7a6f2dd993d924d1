"""The largest error from each power of two to the next: what an error curve is drawn from.

A binade is named by its sign and its lower end, such as ``-2^-3``; zero and the subnormals are one,
``0`` and ``-0``. Infinity and nan are in none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from .rows import bin_of_minus_zero
from .tally import Tally

__all__ = ["ROUNDED", "curve", "curve_by_size", "per_binade"]

#: Half an ulp, the error of a result that is rounded correctly: nobody's is smaller everywhere.
ROUNDED = 0.5
_LARGEST = float(np.finfo(np.float64).max)


def curve(tally: Tally, above: float | None = None) -> dict[str, float]:
    """Return the largest finite error of each binade that a tally has seen.

    Parameters
    ----------
    tally : Tally
        Whole or in part; what is merged gives the larger of the errors.
    above : float, optional
        Leave out binades in which no error is above this. Of float64 there are four thousand, and
        in most of them nearly every backend is as exact as can be.

    Returns
    -------
    dict of str to float
        Ulp by binade, to three digits, away from zero, the positive of each first.
    """
    rows = tally.to_array()
    return _named(rows["bin"] // per_binade(tally.fmt), rows["worst"], tally.fmt, above)


def curve_by_size(
    sizes: NDArray[Any], errors: NDArray[Any], fmt: Format, above: float | None = None
) -> dict[str, float]:
    """Return the largest error of each binade of a size that is not negative.

    Parameters
    ----------
    sizes, errors : ndarray of float64
        By result: what it is sorted by, such as the width of its row, and its error in ulp. A size
        beyond the format is in its last binade, one below its normal numbers in ``0``.
    fmt : Format
        Whose binades.
    above : float, optional
        As in `curve`.
    """
    _, exponents = np.frexp(sizes)
    # A number of exponent e lies from 2**(e - 1) to 2**e; the field of 2**(e - 1) is biased.
    field = np.clip(exponents - fmt.emin, 0, fmt.exponents - 1)
    field[sizes == 0] = 0
    return _named(field, errors, fmt, above)


def per_binade(fmt: Format) -> int:
    """Return how many bins a binade has."""
    return bin_of_minus_zero(fmt) >> (fmt.width - fmt.precision)


def _named(
    places: NDArray[Any], errors: NDArray[Any], fmt: Format, above: float | None
) -> dict[str, float]:
    """Return the largest of the errors at each place: an exponent field below its sign."""
    signs = 1 << (fmt.width - fmt.precision)  # as many exponent fields has a sign
    largest = np.full(2 * signs, -1.0)
    np.maximum.at(largest, places, np.maximum(errors, 0.0))
    kept = np.flatnonzero(largest >= 0 if above is None else largest > above)
    found = {}
    for field, negative in sorted((place % signs, place >= signs) for place in kept.tolist()):
        # Near the largest float64, three digits round to infinity, which JSON does not have.
        error = min(float(f"{largest[field + signs * negative]:.3g}"), _LARGEST)
        if field >= fmt.exponents or (above is not None and error <= above):
            continue
        name = f"2^{field - 1 + fmt.emin}" if field else "0"
        found[f"-{name}" if negative else name] = error
    return found
