"""The figure of a sample that a failed test is about, beside what is due, as NumPy takes it.

A statistic such as a distance between distribution functions means little to a reader, and cannot
be measured in one line. What stands behind it does: where the distance is greatest, one share of
the weights is below and another is due.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..check import Witness
from . import examine, order
from .goodness import Verdict, furthest
from .sample import TAILS, Sample

__all__ = ["coefficient", "figure", "of_draws", "share_below"]

Floats = NDArray[np.float64]
# Pairs whose correlation is tested, of tensors that are stacked in w.
_PAIRS = {
    "in_rows": ("w[:, :, 1:]", "w[:, :, :-1]"),
    "in_columns": ("w[:, 1:]", "w[:, :-1]"),
    "squares": ("((w - w.mean()) ** 2)[:, :, 1:]", "((w - w.mean()) ** 2)[:, :, :-1]"),
    "halves": ("w[:, : w.shape[1] // 2]", "w[:, w.shape[1] // 2 :]"),
    "tensors": ("w[1:]", "w[:-1]"),
}
_ORDERS = {"skewness": 3, "kurtosis": 4}


def figure(name: str, sample: Sample, test: Verdict) -> Witness:
    """Return what a test measured beside what is due, of tensors that are stacked in ``w``.

    Parameters
    ----------
    name : str
        Of a test of `actinit.conformance.initializers.examine`.
    sample : Sample
        What was drawn.
    test : Verdict
        What the test says; its statistic is the error where the figure has none of its own.
    """
    distribution, kept, off = sample.distribution, sample.summary, test.statistic
    if name == "mean":
        return Witness.figure("mean", sample.mean, distribution.mean, error=off, measure="w.mean()")
    if name == "variance":
        got = sample.standard_deviation
        return Witness.figure(
            "standard deviation", got, distribution.stddev, error=off, measure="w.std()"
        )
    if power := _ORDERS.get(name):
        got, due = float(kept.powers[power - 1] / kept.size), distribution.power(power)[0]
        measure = f"(((w - {distribution.mean!r}) / {distribution.stddev!r}) ** {power}).mean()"
        return Witness.figure(f"standardised {name}", got, due, error=off, measure=measure)
    if name in ("kolmogorov_smirnov", "anderson_darling"):
        return share_below(kept.uniform, distribution, off, "w[0]")
    if name == "cells":
        return _cell(sample, off)
    if name.startswith(("lower_0", "upper_0", "lower_1", "upper_1")):
        return _tail(name, sample)
    if name.endswith("_extreme"):
        return _extreme(name, sample, off)
    if witness := _order(name, sample, off):
        return witness
    if witness := _rare(name, sample):
        return witness
    return _dependence(name, sample, off)


def of_draws(
    name: str, drawn: Floats, distribution: Any, test: Verdict, weights: str = "w"
) -> Witness:
    """Return what a test of plain draws measured: of their mean, their variance or their shape.

    Parameters
    ----------
    name : {"mean", "variance", "distribution"}
        The test.
    drawn : ndarray of float64
        The draws.
    distribution : scipy.stats frozen distribution
        What they should follow.
    test : Verdict
        What the test says.
    weights : str
        What the draws are, as NumPy takes them of ``w``.
    """
    off = test.statistic
    if name == "mean":
        got, due = float(drawn.mean()), float(distribution.mean())
        return Witness.figure(name, got, due, error=off, measure=f"{weights}.mean()")
    if name == "variance":
        got, due = float(drawn.std()), float(distribution.std())
        what, measure = "standard deviation", f"{weights}.std()"
        return Witness.figure(what, got, due, error=off, measure=measure)
    return share_below(np.sort(distribution.cdf(drawn.ravel())), distribution, off, weights)


def share_below(uniform: Floats, distribution: Any, error: float, weights: str = "w") -> Witness:
    """Return the share of draws below the number where it is furthest from the one that is due.

    Parameters
    ----------
    uniform : ndarray of float64, shape (n,)
        What the distribution function made of the draws, in ascending order.
    distribution : object
        With `cdf`, and `quantile` or `ppf`.
    error : float
        The statistic.
    weights : str
        What the draws are, as NumPy takes them of ``w``.
    """
    quantile = getattr(distribution, "quantile", None) or distribution.ppf
    # Inside the support, and short enough to read; no draw lies just there.
    inside = min(max(furthest(uniform), 1e-12), 1 - 1e-12)
    number = float(f"{float(quantile(inside)):.6g}")
    due = float(distribution.cdf(np.array([number]))[0])
    got = float(np.searchsorted(uniform, due) / uniform.size)
    return Witness.figure(
        f"share of draws below {number!r}",
        got,
        due,
        error=error,
        measure=f"({weights} < {number!r}).mean()",
    )


def coefficient(statistic: float, count: int, measure: str) -> Witness:
    """Return a coefficient of correlation beside 0, from its deviation in standard errors."""
    got = statistic / math.sqrt(count)
    return Witness.figure("coefficient of correlation", got, 0.0, error=statistic, measure=measure)


def _cell(sample: Sample, error: float) -> Witness:
    """Return how often the numbers of a 16-bit format were drawn that are furthest off."""
    cells = examine.cells(sample)
    at = int(np.argmax(np.square(cells.drawn - cells.expected) / cells.expected))
    low, high = float(cells.low[at]), float(cells.high[at])
    # A bound that rounds to beyond itself is drawn too, and counts as the outermost number.
    least, greatest = (float(bound) for bound in sample.bounds)
    start = least if at == 0 and math.isfinite(least) else low
    end = greatest if at == len(cells.high) - 1 and math.isfinite(greatest) else high
    return Witness.figure(
        f"draws from {low!r} to {high!r}",
        float(cells.drawn[at]),
        float(cells.expected[at]),
        error=error,
        measure=f"((w >= {start!r}) & (w <= {end!r})).sum()",
    )


def _tail(name: str, sample: Sample) -> Witness:
    side, _, text = name.partition("_")
    probability = next(p for p in TAILS if f"{p:g}" == text)
    lower = side == "lower"
    cut = sample.distribution.quantile(probability if lower else 1 - probability)
    place = TAILS.index(probability) + (0 if lower else len(TAILS))
    got = float(sample.summary.tails[place] / sample.summary.size)
    return Witness.figure(
        f"share of draws {'below' if lower else 'above'} {cut!r}",
        got,
        probability,
        error=abs(got / probability - 1),
        measure=f"(w {'<' if lower else '>'} {cut!r}).mean()",
    )


def _extreme(name: str, sample: Sample, error: float) -> Witness:
    """Return the outermost draw, beside the number that one draw is to be expected beyond."""
    one = 1 / sample.summary.size
    if name.startswith("both"):
        mean = sample.distribution.mean
        got, due = sample.furthest, sample.distribution.quantile(1 - one / 2) - mean
        measure = f"abs(w - {mean!r}).max()"
    elif name.startswith("lower"):
        got, due, measure = sample.summary.least, sample.distribution.quantile(one), "w.min()"
    else:
        got, due, measure = (
            sample.summary.greatest,
            sample.distribution.quantile(1 - one),
            "w.max()",
        )
    return Witness.figure("outermost draw", got, due, error=error, measure=measure)


def _order(name: str, sample: Sample, error: float) -> Witness | None:
    """Return a coefficient of weights of the first tensor, or how many weights never change."""
    first = sample.first
    if name == "unchanged":
        count = int(np.count_nonzero(sample.unchanged))
        what = "weights that are the same in every tensor"
        measure = "(w == w[0]).all(axis=0).sum()"
        return Witness.figure(what, count, 0, error=float(count), measure=measure)
    if name in ("row_sizes", "column_sizes"):
        axis = 1 if name == "row_sizes" else 0
        centred = np.square(first - first.mean())
        got = float(centred.mean(axis=axis).std() / centred.mean())
        due = float(centred.std() / centred.mean() / math.sqrt(first.shape[axis]))
        measure = f"(v := (w[0] - w[0].mean()) ** 2).mean(axis={axis}).std() / v.mean()"
        return Witness.figure("spread of mean squares", got, due, error=error, measure=measure)
    z = order.clipped(first, sample.distribution.mean, sample.distribution.stddev)
    flat = first.ravel()
    if name == "lags":
        at = order.lags(z).at
        pair, measure = (flat, np.roll(flat, at)), f"w[0].ravel(), np.roll(w[0].ravel(), {at})"
    elif name == "mirror":
        at = order.mirror(z).at + 1
        pair = (flat, np.roll(flat[::-1], at))
        measure = f"w[0].ravel(), np.roll(w[0].ravel()[::-1], {at})"
    elif name == "transpose":
        above = np.triu_indices(len(first), 1)
        pair = (first[above], first.T[above])
        places = f"[np.triu_indices({len(first)}, 1)]"
        measure = f"w[0]{places}, w[0].T{places}"
    elif name in ("rows_alike", "columns_alike"):
        turned, view = (z, first) if name == "rows_alike" else (z.T, first.T)
        one, other = divmod(order.alike(turned).at, min(order.COMPARED, len(turned)))
        tensor = "w[0]" if name == "rows_alike" else "w[0].T"
        pair, measure = (view[one], view[other]), f"{tensor}[{one}], {tensor}[{other}]"
    else:
        return None
    got = float(np.corrcoef(*pair)[0, 1])
    what, measure = "coefficient of correlation", f"np.corrcoef({measure})[0, 1]"
    return Witness.figure(what, got, 0.0, error=error, measure=measure)


def _rare(name: str, sample: Sample) -> Witness | None:
    """Return a count of what is rare, beside the count to expect at most."""
    kept, expected = sample.summary, examine.expected(sample).get(name)
    if expected is None:
        return None
    what, got, measure = {
        "zeros": ("draws that are 0", kept.zeros, "(w == 0).sum()"),
        "lower_end": (
            "draws that are the lower bound",
            int(kept.ends[0]),
            f"(w == {sample.bounds[0]!r}).sum()",
        ),
        "upper_end": (
            "draws that are the upper bound",
            int(kept.ends[1]),
            f"(w == {sample.bounds[1]!r}).sum()",
        ),
        "collisions": (
            f"repeated numbers among {kept.uniform.size:,} draws",
            kept.collisions,
            "w[0].size - np.unique(w[0]).size",
        ),
    }[name]
    return Witness.figure(what, got, expected, error=float(got), measure=measure)


def _dependence(name: str, sample: Sample, error: float) -> Witness:
    kept = sample.summary
    rows, columns = kept.shape
    if name in _PAIRS:
        one, other = _PAIRS[name]
        counts = {
            "in_rows": kept.tensors * rows * (columns - 1),
            "squares": kept.tensors * rows * (columns - 1),
            "in_columns": kept.tensors * (rows - 1) * columns,
            "halves": kept.tensors * (rows // 2) * columns,
            "tensors": (kept.tensors - 1) * rows * columns,
        }
        measure = f"np.corrcoef({one}.ravel(), {other}.ravel())[0, 1]"
        return coefficient(error, counts[name], measure)
    if name == "tensor_means":
        return Witness.figure(
            "spread of the means of tensors, in that of independent weights",
            float(np.std(examine.tensor_means(sample))),
            1.0,
            error=error,
            measure=f"w.mean(axis=(1, 2)).std() / w.std() * {rows * columns} ** 0.5",
        )
    axis, length = (2, columns) if name == "row_means" else (1, rows)
    sums = kept.row_sums if name == "row_means" else kept.column_sums
    first, second = kept.powers[:2] / kept.size
    got = float(np.concatenate(sums).std() / math.sqrt(second - first**2))
    return Witness.figure(
        f"spread of the {name.replace('_', ' ')}, in that of independent weights",
        got,
        1.0,
        error=error,
        measure=f"w.mean(axis={axis}).std() / w.std() * {length} ** 0.5",
    )
