"""Values that are drawn too often: one number, zeros, bounds, a grid, a table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ...formats import ARITHMETIC
from ..goodness import at_least
from ..plan import DOUBT
from ..sample import Sample
from .shape import recognized

__all__ = ["places", "values"]

Floats = NDArray[np.float64]
# As many different values are listed.
_LISTED = 4
# A share of weights on one number that no continuous distribution has, whatever the format: a
# normal one has less than a hundredth on any number of 16 bits but those beside 0.
_SHARE = 0.02
# Of a grid each value is drawn several times.
_AGAIN = 4
# Units in the last place that a number of a grid may be off by.
_ROUNDINGS = 4


def places(sample: Sample) -> str:
    """Return what is the same in every tensor, at which places; empty if that is nothing.

    What agrees by chance, as numbers of a coarse grid do, has no name.
    """
    tensors = sample.summary.tensors
    count = int(np.count_nonzero(sample.unchanged))
    if tensors < 2 or not count:
        return ""
    rows, columns = sample.unchanged.shape
    shares = np.unique(sample.first, return_counts=True)[1] / sample.first.size
    # Of numbers that are drawn as often as in the first tensor; see `order.tests`.
    expected = sample.first.size * float(np.square(shares).sum()) ** (tensors / 2)
    if at_least(count, expected).p >= DOUBT or shares.size == 1:
        return ""
    if count == sample.unchanged.size:
        return "every tensor is the same one again, whatever the seed"
    held = sample.first[sample.unchanged]
    what = f"{held[0]:.6g}" if (held == held[0]).all() else "the same numbers"
    if _only(sample.unchanged[-1:], count) and count == columns:
        return f"the last row is not filled: {what} in every tensor"
    if _only(sample.unchanged[:1], count) and count == columns:
        return f"the first row is not filled: {what} in every tensor"
    if _only(sample.unchanged[:, -1:], count) and count == rows:
        return f"the last column is not filled: {what} in every tensor"
    if _only(sample.unchanged[:, :1], count) and count == rows:
        return f"the first column is not filled: {what} in every tensor"
    flat = np.flatnonzero(sample.unchanged)
    if flat[-1] - flat[0] + 1 == count:
        size = sample.unchanged.size
        which = "one weight is" if count == 1 else f"{count:,} weights on end are"
        if flat[-1] == size - 1:
            which = "the last weight is" if count == 1 else f"the last {count:,} weights are"
        elif flat[0] == 0:
            which = "the first weight is" if count == 1 else f"the first {count:,} weights are"
        return f"{which} not filled: {what} in every tensor"
    return ""


def _only(part: NDArray[np.bool_], count: int) -> bool:
    return int(np.count_nonzero(part)) == count


def values(sample: Sample) -> str:
    """Return which values are drawn too often; empty if none is.

    Parameters
    ----------
    sample : Sample
        With finite weights.
    """
    drawn = sample.first.ravel()
    if drawn.size < 2:
        return ""
    distinct, counts = np.unique(drawn, return_counts=True)
    if distinct.size == 1:
        return f"{distinct[0]:.6g} everywhere"
    if distinct.size <= _LISTED and drawn.size > 10 * _LISTED:
        listed = " and ".join(f"{value:.6g}" for value in distinct)
        what = "two-point distribution: " if distinct.size == 2 else ""
        return f"{what}only the values {listed}"
    if atoms := _atoms(drawn, distinct, counts, sample):
        return atoms
    return _coarse(drawn, distinct, sample)


def _atoms(drawn: Floats, distinct: Floats, counts: NDArray[np.int64], sample: Sample) -> str:
    """Say that some numbers have a share of their own: zeros, or the ends of a clipped sample."""
    size = drawn.size
    # An atom is told from the numbers beside it, which in 16 bits are drawn often as well.
    least = max(20.0, _SHARE * size) if sample.format.exhaustive else max(20.0, 1e-4 * size)
    if np.median(counts) * 10 > least:
        return ""
    low, high = int(counts[0]), int(counts[-1])
    inner = drawn[(drawn != distinct[0]) & (drawn != distinct[-1])]
    if low > least and high > least and inner.size > size / 10:
        return (
            f"a distribution clipped, not drawn again, at {distinct[0]:.4g} and {distinct[-1]:.4g}"
            f" ({(low + high) / size:.2%} of the weights)"
        )
    for count, end, side in ((low, distinct[0], "below"), (high, distinct[-1], "above")):
        if count > least and end != 0 and inner.size > size / 10:
            return (
                f"a distribution clipped, not drawn again, {side} at {end:.4g} "
                f"({count / size:.2%} of the weights)"
            )
    zeros = int(counts[distinct == 0].sum())
    if zeros > least:
        rest = recognized(sample.some[sample.some != 0])
        beside = f"; the others follow {rest.family.name}" if rest else ""
        return f"{zeros / size:.3g} of the weights are 0{beside}"
    top = int(np.argmax(counts))
    if counts[top] > least and counts[top] > 100 * np.median(counts):
        return f"{counts[top] / size:.3g} of the weights are {distinct[top]:.6g}"
    return ""


def _coarse(drawn: Floats, distinct: Floats, sample: Sample) -> str:
    """Say that numbers come from a grid, a table or another format."""
    for name in sorted(ARITHMETIC, key=lambda name: ARITHMETIC[name].precision):
        if _of_format(drawn, name, sample):
            return f"numbers of {name}: drawn or rounded in a coarser format"
    if sample.format.exhaustive or distinct.size * _AGAIN > drawn.size:
        return ""
    if step := _step(distinct, float(np.spacing(sample.format.dtype.type(np.abs(distinct).max())))):
        return f"a grid of step {step:.4g}: only {distinct.size:,} different values"
    bits = math.log2(distinct.size)
    exact = bits == round(bits)
    behind = f" (a uniform number of {bits:.0f} bits behind each weight)" if exact else ""
    return f"only {distinct.size:,} different values{behind}"


def _step(distinct: Floats, spacing: float) -> float:
    """Return the step of the grid that numbers lie on; 0 if they lie on none.

    Each number has roundings of a few units in the last place, and so has the step that is taken
    from two of them: where that could explain that distances are multiples, they prove nothing.
    """
    steps = np.diff(distinct)
    step = float(steps.min())
    multiples = np.round(steps / step)
    granted = _ROUNDINGS * spacing * (1 + multiples)
    if granted.max() > step / 4 or (np.abs(steps - multiples * step) > granted).any():
        return 0.0
    return float(distinct[-1] - distinct[0]) / float(multiples.sum())


def _of_format(drawn: Floats, name: str, sample: Sample) -> bool:
    fmt = ARITHMETIC[name]
    if fmt.width >= sample.format.width:
        return False
    with np.errstate(over="ignore"):
        return bool((drawn.astype(fmt.dtype).astype(np.float64) == drawn).all())
