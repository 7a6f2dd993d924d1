r"""What a budget is at most: no entry may grant so much that a result says nothing.

A stated budget that grows with the condition number kappa grants more than a binade holds where
kappa is large, and then accepts any number, 0 too. Two rules keep it from that.

*The cap.* 2**(p - 2) ulp are at most half of the exact result, which holds 2**(p - 1) to 2**p ulp.
So within the cap a result has the right sign and the right size to a factor of 2. It holds
everywhere but beside a root.

*Beside a root* r of the function, r not 0, no relative accuracy is to be had: the argument itself
is off by some units in its last place, so many as the budget has times kappa, and that moves the
result by this times the slope. Beside means that this root is what lifts the stated budget above
the cap: there kappa is about \|r\| / \|x - r\|. In a tail kappa grows as x**2 and no root is near:
the cap holds. At 0 a function that has a root there is relatively exact, and the cap holds too.

Whatever is granted, a result whose exact value is normal is never right as 0 or with the wrong
sign: see `actinit.conformance.error.metric.lost`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Expression, compute

from ..error.metric import ulp
from ..formats import Format

__all__ = ["cap", "capped", "near_root", "with_condition_number"]

Floats = NDArray[np.float64]

_LARGEST = np.finfo(np.float64).max
# Farther from a root than this part of it, the root is not what makes kappa large.
_FARTHEST = 0.5


def cap(fmt: Format) -> float:
    """Return the most ulp that are granted away from the roots of a function."""
    return 2.0 ** (fmt.precision - 2)


def capped(granted: Floats, fmt: Format) -> Floats:
    """Return what a stated budget grants, at most the cap."""
    return np.minimum(granted, cap(fmt))


def with_condition_number(
    expression: Expression,
    elementary: Mapping[str, float],
    fmt: Format,
    points: Floats,
    function: Floats,
    slope: Floats,
    roots: Sequence[float],
) -> Floats:
    """Return what is granted at points where the stated budget grows with kappa; see the module.

    Parameters
    ----------
    expression : Expression
        The stated budget; linear in kappa.
    elementary : mapping of str to float
        The other names of the expression.
    fmt : Format
        Of inputs and results.
    points, function, slope : ndarray of float64
        The inputs, the function there and its slope, to a few digits.
    roots : sequence of float
        The finite roots of the function other than 0.

    Returns
    -------
    ndarray of float64
        Ulp of the exact result; finite.
    """
    with np.errstate(all="ignore"):  # at a root, where kappa has no bound
        kappa = np.nan_to_num(np.abs(points * slope / function), nan=0.0, posinf=_LARGEST)
        granted = np.asarray(compute(expression, {**elementary, "kappa": kappa}), dtype=np.float64)
        base, argument = _parts(expression, elementary)
        # The argument is off by so many of its ulp; that, times the slope, in ulp of the result.
        moved = base + argument * ulp(points, fmt) * np.abs(slope) / ulp(function, fmt)
    beside = near_root(expression, elementary, fmt, points, roots)
    most = np.where(beside, np.clip(np.nan_to_num(moved), cap(fmt), _LARGEST), cap(fmt))
    return np.minimum(granted, most)


def near_root(
    expression: Expression,
    elementary: Mapping[str, float],
    fmt: Format,
    points: Floats,
    roots: Sequence[float],
) -> NDArray[np.bool_]:
    """Say at which points a root alone makes kappa so large that the budget exceeds the cap."""
    _, argument = _parts(expression, elementary)
    part = min(argument / cap(fmt), _FARTHEST)
    beside = np.zeros(points.shape, dtype=bool)
    for root in roots:
        beside |= np.abs(points - root) < part * abs(root)
    return beside


def _parts(expression: Expression, elementary: Mapping[str, float]) -> tuple[float, float]:
    """Return what a stated budget grants without kappa, and how many times kappa it adds."""
    base, one = (float(compute(expression, {**elementary, "kappa": k})) for k in (0.0, 1.0))
    return base, one - base
