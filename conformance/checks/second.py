"""Second derivatives of elementwise functions, in ulp.

No formula of a second derivative is written down: the exact one comes from the entry's derivative,
differentiated by the oracle, and so does its condition number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, accuracy, compute

from .. import inputs
from ..formats import FORMATS, Format
from ..oracle import exact
from ..truth import Batch, defaults, roots, seams_of
from .base import Check, Outcome
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
    for fmt in FORMATS.values():
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
    x = inputs.every_nth(inputs.scalars(fmt, roots(entry)), _POINTS)
    x = x[~np.isin(x.astype(np.float64), seams_of(entry))]
    points = x.astype(np.float64)
    right = exact(entry, "derivative", points, parameters, order=1)
    beside = np.array([-1.0, 1.0]) * np.finfo(np.float64).smallest_subnormal
    ends = exact(entry, "derivative", beside, parameters, order=1).rounded
    at_zero = tuple(np.full(x.shape, end, fmt.dtype) for end in (ends.min(), ends.max()))
    budget = _budget(entry, fmt, points, right.rounded)
    return Batch(x, np.ones_like(x), right, budget, (at_zero[0], at_zero[1]))


def _budget(entry: Activation, fmt: Format, points: Floats, second: Floats) -> Floats:
    """Return the ulp granted at each point, by the accuracy class of the entry."""
    table = accuracy()
    expression = table.classes[entry.accuracy.second].budget
    names: dict[str, Any] = dict(table.elementary[fmt.name])
    if "kappa" in expression.names:
        third = exact(entry, "derivative", points, defaults(entry), order=2).rounded
        with np.errstate(all="ignore"):
            kappa = np.abs(points * third / second)
        names["kappa"] = np.nan_to_num(kappa, nan=0.0, posinf=np.finfo(np.float64).max)
    with np.errstate(over="ignore"):  # at a root, where kappa has no bound
        granted = np.asarray(compute(expression, names), dtype=np.float64)
    return np.broadcast_to(granted, points.shape)
