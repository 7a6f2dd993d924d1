"""How the weights of a tensor depend on each other, where they do.

Each name stands on a correlation that is significant among all that were looked at (see
`actinit.conformance.initializers.order`), so that one is given wrongly with a probability below
`DOUBT`; which of several is given is the plainest that holds for nearly all weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...undiagnosed import cause_search
from .. import order
from ..plan import DOUBT
from ..sample import Sample

__all__ = ["dependence", "repetition", "stream"]

Floats = NDArray[np.float64]
# A correlation of weights that are the same but for roundings and clipping.
_SAME = 0.97
# Of steps that go up, in a tensor that is sorted.
_SORTED = 0.999
# Rows and columns from which on their sizes are tested, as in `order.tests`.
_COMPARED = 256
# Different values that cannot be alike by chance.
_VALUES = 32
# Places where a period may end that are tried.
_TRIED = 8


def dependence(sample: Sample) -> str:
    """Return how the weights of the first tensor depend on each other; empty if they do not.

    Parameters
    ----------
    sample : Sample
        With finite weights.
    """
    z = order.clipped(sample.first, sample.distribution.mean, sample.distribution.stddev)
    if not z.any():
        return ""
    return (
        repetition(sample)
        or _sorted(sample.first)
        or _copied(z)
        or _by_rows(sample, z)
        or _by_lag(z)
        or _by_size(z)
    )


def repetition(sample: Sample) -> str:
    """Return what of the first tensor is other weights of it again, bit for bit; empty if nothing.

    Parameters
    ----------
    sample : Sample
        Of more than one value.
    """
    flat = sample.first.ravel()
    for name, tensor in (("row", sample.first), ("column", sample.first.T)):
        # Few values repeat by themselves.
        if np.unique(tensor[:1]).size >= _VALUES and (tensor == tensor[:1]).all():
            return f"all {name}s are equal"
    if np.unique(flat[: 2 * _VALUES]).size < _VALUES and np.unique(flat).size < flat.size / 32:
        return ""
    for times in (2, 3, 4, 8, 16, 32):
        runs = flat[: flat.size // times * times].reshape(-1, times)
        if (runs == runs[:, :1]).all():
            return f"each weight comes {'twice' if times == 2 else f'{times} times'} on end"
    for period in np.flatnonzero(flat == flat[0])[1:_TRIED]:
        if 2 * period <= flat.size and (flat[period:] == flat[:-period]).all():
            columns = sample.first.shape[1]
            if period % columns == 0:
                return f"the rows repeat after {period // columns:,}"
            return f"the stream repeats after {period:,} weights"
    return _equal(sample)


@cause_search("")
def stream(extreme: order.Extreme, what: str) -> str:
    """Say how the stream of one tensor goes on in another, or how the two are correlated.

    Parameters
    ----------
    extreme : Extreme
        Of `actinit.conformance.initializers.order.shifts`, significant.
    what : str
        The second tensor, such as ``the next seed``.
    """
    size_of_shift = f"{extreme.at:,} place{'s' * (extreme.at != 1)}"
    if extreme.at == 0 and extreme.coefficient < -_SAME:
        return f"{what} gives the same tensor with its sign turned round"
    if extreme.at == 0:
        return f"{what} shares {abs(extreme.coefficient):.2g} of its randomness with the former"
    return f"{what} gives the former stream, shifted by {size_of_shift}"


def _sorted(first: Floats) -> str:
    steps = np.diff(first.ravel())
    if steps.size < 64:
        return ""
    for name, up in (("ascending", steps >= 0), ("descending", steps <= 0)):
        if up.mean() > _SORTED:
            return f"the weights are sorted, {name}"
    for axis, name in ((1, "row"), (0, "column")):
        inside = np.diff(first, axis=axis)
        if not inside.size or not (inside != 0).any(axis=axis).all():  # all of one value
            continue
        if max((inside >= 0).mean(), (inside <= 0).mean()) > _SORTED:
            return f"the weights of each {name} are sorted"
    return ""


def _equal(sample: Sample) -> str:
    """Say how many rows or columns of the first tensor are others again, bit for bit."""
    for name, tensor in (("row", sample.first), ("column", sample.first.T)):
        distinct = len(np.unique(np.ascontiguousarray(tensor), axis=0))
        count = len(tensor)
        if distinct == count:
            continue
        later = np.flatnonzero((tensor[1:] == tensor[:1]).all(axis=1))
        period = int(later[0]) + 1 if later.size else 0
        if period and (tensor[period:] == tensor[:-period]).all():
            return f"the {name}s repeat after {period:,}"
        return f"{count - distinct:,} of {count:,} {name}s are another one again"
    return ""


def _by_rows(sample: Sample, z: Floats) -> str:
    rows, columns = order.alike(z), order.alike(z.T)
    if rows.test.p < DOUBT or columns.test.p < DOUBT:
        part = sample.first[: min(256, len(sample.first)), :256]
        part = part - (
            0.0
            if abs(sample.distribution.mean) < sample.distribution.stddev / 100
            else sample.distribution.mean
        )
        values = np.linalg.svd(part, compute_uv=False)
        rank = int(np.count_nonzero(values > 1e-4 * values[0])) if values[0] > 0 else 0
        if 0 < rank < min(part.shape) / 2:
            return f"the tensor has rank {rank} only: rows are combinations of each other"
    if rows.test.p < DOUBT and abs(rows.coefficient) > _SAME:
        return f"some rows are others again{_turned(rows.coefficient)}"
    if columns.test.p < DOUBT and abs(columns.coefficient) > _SAME:
        return f"some columns are others again{_turned(columns.coefficient)}"
    if z.shape[0] == z.shape[1]:
        above = np.triu_indices(len(z), 1)
        coefficient = float(np.mean(z[above] * z.T[above]))
        if coefficient > _SAME:
            return "the tensor is symmetric: its transpose is the same"
        if coefficient < -_SAME:
            return "the tensor is antisymmetric: its transpose is its negative"
    return ""


def _turned(coefficient: float) -> str:
    return ", with the sign turned round" if coefficient < 0 else ", up to a factor"


def _copied(z: Floats) -> str:
    """Say that weights are others again, in another order or with another sign."""
    flat = z.ravel()
    size = flat.size
    pairs = flat[: size // 2 * 2].reshape(-1, 2)
    if float(np.mean(pairs[:, 0] * pairs[:, 1])) < -_SAME:
        return "antithetic pairs: each second weight is the former one's negative"
    lag, back = order.lags(z), order.mirror(z)
    if back.test.p < DOUBT and abs(back.coefficient) > _SAME:
        turned = ", with the sign turned round" if back.coefficient < 0 else ""
        return f"the second half is the first one backwards{turned}"
    if lag.test.p >= DOUBT:
        return ""
    if 2 * lag.at == size and abs(lag.coefficient) > _SAME:
        if lag.coefficient < 0:
            return "antithetic: the second half is the first one with its sign turned round"
        return "the second half is the first one again, up to roundings"
    # Over the end of the ring nothing is repeated.
    if abs(lag.coefficient) > _SAME * (1 - lag.at / size):
        if lag.coefficient < 0:
            return f"weights {lag.at:,} apart are each other's negatives"
        return f"the stream repeats after {lag.at:,} weights, up to roundings"
    return ""


def _by_lag(z: Floats) -> str:
    lag, back = order.lags(z), order.mirror(z)
    flat = z.ravel()
    size, columns = flat.size, z.shape[1]
    if back.test.p < DOUBT and abs(back.coefficient) > abs(lag.coefficient):
        return f"weights are correlated with those in reverse order by {back.coefficient:+.3g}"
    if lag.test.p >= DOUBT:
        return ""
    where = f"{lag.at:,} place{'s' * (lag.at != 1)} before it"
    if lag.at > 1 and lag.at % columns == 0:
        rows = lag.at // columns
        where = f"{rows:,} row{'s' * (rows != 1)} above it in its column"
    what = ""
    if lag.at * 2 < size:
        second = float(np.mean(flat[2 * lag.at :] * flat[: -2 * lag.at]))
        error = 5 / np.sqrt(size)
        if lag.coefficient**2 > 2 * error:
            if abs(second - lag.coefficient**2) < error:
                what = " (an autoregression)"
            elif abs(second) < error:
                what = " (a moving average)"
    return f"each weight is correlated with the one {where} by {lag.coefficient:+.3g}{what}"


def _by_size(z: Floats) -> str:
    for name, tensor in (("row", z), ("column", z.T)):
        test = order.sizes(tensor)
        if test.p < DOUBT and min(tensor.shape) >= _COMPARED:
            if test.statistic < 0:
                return f"{name}s have all the same size, as if they were normalized"
            return f"{name}s have scales of their own"
    return ""
