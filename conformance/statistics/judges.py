"""From what was drawn to an outcome: each judge holds samples against one demand of the law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checks.base import Outcome
from ..formats import FORMATS
from . import diagnosis, goodness
from .draws import Draw
from .goodness import Verdict

__all__ = ["bounds", "constant", "distribution", "figures", "moments", "nonfinite", "seeds"]

Array = NDArray[Any]


def nonfinite(*samples: Array) -> Outcome | None:
    """Object to weights that are infinite or nan; None if there are none."""
    bad = sum(int(np.count_nonzero(~np.isfinite(drawn))) for drawn in samples)
    size = sum(drawn.size for drawn in samples)
    if not bad:
        return None
    return Outcome(
        conforms=False,
        kind="non-finite",
        message=f"{bad:,} of {size:,} weights are infinite or nan",
        measured={"n": size, "nonfinite": bad},
    )


def constant(draw: Draw, drawn: Array) -> Outcome:
    """Hold every weight to one number, rounded to the dtype."""
    right = FORMATS[draw.dtype].dtype.type(draw.law.mean())
    wrong = drawn[drawn != right]
    return Outcome(
        conforms=not wrong.size,
        kind="definition" if wrong.size else None,
        message=f"{wrong.size:,} of {drawn.size:,} weights are not {right}; one is {wrong[0]}"
        if wrong.size
        else f"{right} everywhere",
        measured={"n": drawn.size, "wrong": wrong.size},
    )


def distribution(draw: Draw, drawn: Array) -> Outcome:
    """Hold the distribution function to the law's."""
    sample = drawn.astype(np.float64)
    test = goodness.kolmogorov_smirnov(sample, draw.law)
    figure = f"Kolmogorov-Smirnov distance {test.statistic:.3g}, p = {test.p:.2g}"
    return Outcome(
        conforms=test.good,
        kind=None if test.good else "distribution",
        message=figure
        if test.good
        else f"expected {draw}; {drawn.size:,} draws follow {diagnosis.shape(sample)} ({figure})",
        measured={"n": drawn.size, "distance": test.statistic, "p": test.p},
    )


def moments(draw: Draw, drawn: Array) -> Outcome:
    """Hold mean and variance to the law's."""
    sample = drawn.astype(np.float64)
    tests = {
        "mean": goodness.mean(sample, draw.law),
        "variance": goodness.variance(sample, draw.law),
    }
    good = all(test.good for test in tests.values())
    figure = f"mean {sample.mean():.4g}, standard deviation {sample.std():.6g}"
    return Outcome(
        conforms=good,
        kind=None if good else "distribution",
        message=figure
        if good
        else f"expected {draw}; {drawn.size:,} draws have {figure}: "
        + diagnosis.moments(draw, sample),
        measured={
            "n": drawn.size, "mean": float(sample.mean()), "stddev": float(sample.std()),
            **figures(tests),
        },
    )  # fmt: skip


def figures(tests: dict[str, Verdict]) -> dict[str, float]:
    """Return deviations and p-values by name of test."""
    deviations = {f"{name}_z": test.statistic for name, test in tests.items()}
    return deviations | {f"{name}_p": test.p for name, test in tests.items()}


def bounds(draw: Draw, drawn: Array) -> Outcome:
    """Hold every draw to the bounds of the law, rounded to the dtype."""
    dtype = FORMATS[draw.dtype].dtype
    low, high = draw.law.support()
    # Rounding is monotone: what lies within the bounds lies, rounded, within the rounded bounds.
    # They are granted the four roundings that it takes to compute them in binary64.
    slack = 4 * np.finfo(np.float64).eps * max(abs(low), abs(high))
    least, greatest = dtype.type(low - slack), dtype.type(high + slack)
    outside = int(np.count_nonzero((drawn < least) | (drawn > greatest)))
    span = f"[{drawn.min()}, {drawn.max()}]"
    return Outcome(
        conforms=not outside,
        kind="range" if outside else None,
        message=f"{outside:,} of {drawn.size:,} draws are outside [{least}, {greatest}], the "
        f"bounds rounded to {draw.dtype}; they fill {span}"
        if outside
        else f"{drawn.size:,} draws within {span}",
        measured={
            "n": drawn.size, "outside": outside,
            "min": float(drawn.min()), "max": float(drawn.max()),
        },
    )  # fmt: skip


def seeds(first: Array, other: Array, again: Array) -> Outcome:
    """Hold draws with one seed to be the same, and with the next one to be unrelated."""
    changed = int(np.count_nonzero(first != again))
    kept = int(np.count_nonzero(first == other))
    test = goodness.correlation(first.astype(np.float64), other.astype(np.float64))
    complaint = ""
    if changed:
        complaint = f"the same seed gave other weights: {changed:,} of {first.size:,} differ"
    elif kept == first.size:
        complaint = "another seed gave the same weights"
    elif not test.good:
        by = test.statistic / math.sqrt(first.size)
        complaint = f"two successive seeds gave weights that are correlated by {by:+.3g}"
    return Outcome(
        conforms=not complaint,
        kind="independence" if complaint else None,
        message=complaint or "the same seed gives the same bits, the next one unrelated ones",
        measured={
            "n": first.size, "changed": changed, "kept": kept, **figures({"correlation": test})
        },
    )  # fmt: skip
