"""Second derivatives of elementwise functions, in ulp.

No formula of a second derivative is written down: the exact one comes from the entry's derivative,
differentiated by the oracle, and so does its condition number.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, budget_of, compute

from ..check import Check, Outcome
from ..expected import inputs
from ..expected.batches import Batch
from ..expected.caps import capped, with_condition_number
from ..expected.defaults import defaults, seams_of
from ..expected.roots import nonzero_roots, roots
from ..formats import ARITHMETIC, Format
from ..oracle import enclose, exact_orders
from .judge import outcome_and_curve
from .naming import activation_check
from .sample import count

__all__ = ["checks"]

Floats = NDArray[np.float64]

_POINTS = 25_000  # per format


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of second derivatives: ``activation/gelu/float32/second/ulp``."""
    if entry.shape != "elementwise":
        return
    for fmt in ARITHMETIC.values():
        yield activation_check(
            entry, (fmt.name, "second", "ulp"), "derivative", _runner(entry, fmt)
        )


def _runner(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        batch = _batch(entry, fmt)
        got = adapter.second(entry, batch.x, batch.upstream, defaults(entry))
        return outcome_and_curve(*count(fmt, batch, got), entry, "second")

    return run


def _batch(entry: Activation, fmt: Format) -> Batch:
    parameters = defaults(entry)
    x = inputs.every_nth(inputs.scalars(fmt, roots(entry)), _POINTS // inputs.thinning())
    x = x[~np.isin(x.astype(np.float64), seams_of(entry))]
    points = x.astype(np.float64)
    # The slope is asked for only where the budget depends on it.
    orders = (1, 2) if _kappa(entry) else (1,)
    right, *slope = exact_orders(entry, "derivative", points, parameters, orders)
    beside = np.array([-1.0, 1.0]) * np.finfo(np.float64).smallest_subnormal
    ends = _second(entry, beside)
    at_zero = tuple(np.full(x.shape, end, fmt.dtype) for end in (ends.min(), ends.max()))
    budget = _budget(entry, fmt, points, right.rounded, *(one.rounded for one in slope))
    return Batch(x, np.ones_like(x), right, budget, (at_zero[0], at_zero[1]))


def _kappa(entry: Activation) -> bool:
    """Say whether the budget grows with the condition number."""
    return "kappa" in budget_of(entry, "second").budget.names


def _budget(
    entry: Activation, fmt: Format, points: Floats, second: Floats, third: Floats | None = None
) -> Floats:
    """Return the ulp granted at each point: by the entry's budget, within `caps`."""
    expression = budget_of(entry, "second").budget
    elementary = fmt.elementary
    if third is None:
        granted = np.asarray(compute(expression, elementary), dtype=np.float64)
        return np.broadcast_to(capped(granted, fmt), points.shape)
    return with_condition_number(
        expression, elementary, fmt, points, second, third, _roots_of_second(entry)
    )


def _second(entry: Activation, x: Floats) -> Floats:
    """Return the second derivative at a few points, which are not worth keeping."""
    return enclose(entry, "derivative", x.tolist(), defaults(entry), order=1).rounded


@cache
def _roots_of_second(entry: Activation) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's second derivative, to the last bit of float64."""
    return nonzero_roots(partial(_second, entry))
