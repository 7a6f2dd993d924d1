"""The check of sparse kernels: where the zeros are, and what is beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from actinit.adapters import Adapter
from actinit.spec import Initializer, evaluate
from actinit.spec.distributions import Sparse

from ..check import Check, Finding, Outcome, Witness
from ..snippets.weights import ALONE
from . import figures, goodness, judges
from .asked import asked_for, ordered, reordered
from .diagnosis import zeros_and_others
from .draws import Draw
from .goodness import Verdict
from .plan import LARGER, Size, settled, stage_of
from .whole_kernels import wanted_zeros

__all__ = ["sparse"]

Floats = NDArray[np.float64]
_NEXT_INPUT = "(w == 0)[1:][(w == 0)[:-1]].mean()"
_RUNS = "(w == 0)[:, 1:][(w == 0)[:, :-1]].mean()"


def sparse(entry: Initializer, dtype: str, size: Size) -> Check:
    """Return the check of where the zeros are and of what is beside them."""
    told = asked_for(entry, f"{dtype}/law", dtype, size.of({"i": 2048, "o": 256}))

    def run(adapter: Adapter) -> Outcome:
        draw = told.offered(adapter)
        distribution = stats.norm(0, _deviation(draw))

        def drawn(stage: int) -> Floats:
            return np.concatenate([
                ordered(draw, adapter, draw.run(adapter, later=place + 100 * stage))
                for place in range(LARGER**stage)
            ])  # fmt: skip

        def tests(stage: int) -> dict[str, Verdict]:
            kernel = drawn(stage)
            rows = len(kernel) // LARGER**stage
            share = wanted_zeros(draw, (rows, kernel.shape[1])) / kernel.shape[1]
            # The zeros of an input are drawn without replacement: outputs compete for them.
            counts = (kernel == 0).sum(axis=0)
            outputs = kernel.shape[1]
            spread = len(kernel) * share * (1 - share) * outputs / (outputs - 1)
            statistic = float(np.square(counts - len(kernel) * share).sum() / spread)
            others = kernel[kernel != 0]
            if not others.size:  # nothing to test
                return {"others": Verdict(0.0, 0.0)}
            return _patterns(kernel[:rows] == 0, _later(draw, adapter, stage) == 0) | {
                "places": goodness.chi_square(statistic, outputs - 1),
                "distribution": goodness.kolmogorov_smirnov(others, distribution),
                "mean": goodness.mean(others, distribution),
                "variance": goodness.variance(others, distribution),
            }

        first, failing = settled(tests)
        worst = ", ".join(f"{name} (p = {test.p:.2g})" for name, test in failing.items())
        measured = judges.figures(first)
        if failing:
            stage = stage_of(first, failing)
            kernel = drawn(stage)
            cause = zeros_and_others(draw, kernel, distribution, failing)
            like = f"; this looks like: {cause}" if cause else ""
            message = f"not as the distribution says: {worst}{like}"
            other = _later(draw, adapter, stage)
            share = wanted_zeros(draw, other.shape) / other.shape[1]
            worst_of = {
                name: _sparse_figure(name, kernel, other, share, distribution, test)
                for name, test in failing.items()
            }
            findings = judges.by_test(failing, "distribution", "sparse", message, worst_of, cause)
            return Outcome.diverging(findings, message, measured=measured)
        message = "zeros are anywhere alike, the other weights are normal"
        return Outcome(conforms=True, message=message, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        return told.lines(adapter, finding, f"{ALONE}{reordered(told, adapter, 0)}")

    return told.check("distribution", run, lines)


def _sparse_figure(
    name: str, kernel: Floats, other: Floats, share: float, distribution: Any, test: Verdict
) -> Witness:
    """Return what a test of a sparse kernel measured, beside what is due."""
    zero, columns = kernel[: len(other)] == 0, kernel.shape[1]
    beside = {
        "next_input": (zero[1:][zero[:-1]], "next to a zero of the input before", _NEXT_INPUT),
        "runs": (zero[:, 1:][zero[:, :-1]], "behind a zero of the same input", _RUNS),
        "next_seed": ((other == 0)[zero], "in the place of a zero of another seed", ""),
        "others": (zero, "among all weights", "(w == 0).mean()"),
    }
    if name in beside:
        found, where, measure = beside[name]
        return Witness.figure(
            f"share of zeros {where}",
            float(found.mean()) if found.size else 0.0,
            # Zeros of one input are drawn without replacement.
            (share * columns - 1) / (columns - 1) if name == "runs" else share,
            error=test.statistic,
            measure=measure,
        )
    if name != "places":
        return figures.of_draws(name, kernel[kernel != 0], distribution, test, "w[w != 0]")
    counts = (kernel == 0).sum(axis=0)
    due = math.sqrt(len(kernel) * share * (1 - share))
    return Witness.figure(
        "spread of the outputs' zeros",
        float(counts.std()),
        due,
        error=test.statistic,
        measure="(w == 0).sum(axis=0).std()",
    )


def _later(draw: Draw, adapter: Adapter, stage: int) -> Floats:
    return ordered(draw, adapter, draw.run(adapter, later=1000 + stage))


def _patterns(zero: NDArray[np.bool_], other: NDArray[np.bool_]) -> dict[str, Verdict]:
    """Test whether zeros have to do with those of the next input, the next seed, and each other.

    Where each of two inputs has z zeros among n places, how many they share is hypergeometric; so
    is the number of runs that z zeros make among n places.
    """
    inputs, n = zero.shape
    counts = zero.sum(axis=1)
    z = int(counts[0])
    if not 1 < z < n - 1 or (counts != z).any() or (other.sum(axis=1) != z).any():
        return {}  # which the check of the number of zeros says
    shared, spread = z * z / n, z * z * (n - z) ** 2 / (n * n * (n - 1))
    runs = (zero[:, 1:] & ~zero[:, :-1]).sum(axis=1) + zero[:, 0]
    due = z * (n - z + 1) / n
    runs_spread = z * (z - 1) * (n - z) * (n - z + 1) / (n * n * (n - 1))
    return {
        name: goodness.normal(float((got - expected).sum() / np.sqrt(variance * len(got))))
        for name, got, expected, variance in (
            ("next_input", (zero[1::2] & zero[: inputs // 2 * 2 : 2]).sum(axis=1), shared, spread),
            ("next_seed", (zero & other).sum(axis=1), shared, spread),
            ("runs", runs, due, runs_spread),
        )
    }


def _deviation(draw: Draw) -> float:
    assert isinstance(draw.entry.distribution, Sparse)
    return evaluate(draw.entry.distribution.stddev, {
        name: value for name, value in draw.names.items() if not isinstance(value, str)
    })  # fmt: skip
