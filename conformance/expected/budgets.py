"""How many ulp an entry grants at each input: by its stated budget, within the caps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part, budget_of, compute

from ..error.metric import ulp
from ..formats import Format
from .caps import cap, capped, with_condition_number
from .defaults import defaults
from .reference import reference_at
from .roots import exact_roots

__all__ = ["budgets", "row_budgets"]

Floats = NDArray[np.float64]


def budgets(
    entry: Activation,
    fmt: Format,
    part: Part,
    points: Floats,
    parameters: Mapping[str, float] | None = None,
) -> Floats:
    """Return the ulp granted at each point: by the entry's budget, within `caps`.

    The condition number is that at the parameters; by default at their defaults.
    """
    expression = budget_of(entry, part).budget
    elementary = fmt.elementary
    if "kappa" not in expression.names:
        granted = np.asarray(compute(expression, elementary), dtype=np.float64)
        return np.broadcast_to(capped(granted, fmt), points.shape)
    chosen = defaults(entry) if parameters is None else parameters
    function, slope = _with_slope(entry, part, points, chosen)
    places = exact_roots(entry, part, tuple(sorted(chosen.items())))
    return with_condition_number(expression, elementary, fmt, points, function, slope, places)


def row_budgets(
    entry: Activation, fmt: Format, part: Part, points: Floats, shape: tuple[int, ...]
) -> Floats:
    """Return the ulp granted to each result of rows of points, of this shape; within `caps`."""
    expression = budget_of(entry, part).budget
    top = points.max(axis=1, keepdims=True)
    names: dict[str, Any] = {
        **fmt.elementary,
        "n": points.shape[1],
        "spread": top - points,
        "width": top - points.min(axis=1, keepdims=True),
    }
    if "kappa" in expression.names:
        return _of_reduction(entry, fmt, part, points, names)
    if "one" in expression.names:
        names["one"] = _ulp_of_one(fmt, reference_at(entry, part, points))
        with np.errstate(over="ignore"):
            granted = np.asarray(compute(expression, names), dtype=np.float64)
        # Float64 has no more ulp of a result of 0 than are four of 1.
        return np.broadcast_to(np.minimum(granted, np.finfo(np.float64).max), shape)
    granted = np.asarray(compute(expression, names), dtype=np.float64)
    return np.broadcast_to(capped(granted, fmt), shape)


def _ulp_of_one(fmt: Format, results: Floats) -> Floats:
    """Return how many ulp of results an ulp of 1 is."""
    return np.asarray(ulp(np.ones(1), fmt) / ulp(np.nan_to_num(results), fmt))


def _of_reduction(
    entry: Activation, fmt: Format, part: Part, points: Floats, names: Mapping[str, Any]
) -> Floats:
    """Return what is granted to the values of rows of points, where the budget has kappa.

    As `caps` has it, a root is what makes kappa large: there the elements are off by units in their
    last places.
    """
    expression = budget_of(entry, part).budget
    # What is masked has no part in the result, and so no error.
    held = np.where(np.isfinite(points), points, 0.0)
    with np.errstate(all="ignore"):
        function = reference_at(entry, "value", points)
        slope = np.abs(reference_at(entry, "derivative", points))
        amplified = (np.abs(held) * slope).sum(axis=1) / np.abs(function)
        kappa = np.nan_to_num(amplified, nan=0.0, posinf=np.finfo(np.float64).max)
        sides = {**names, "width": names["width"][:, 0]}
        base, one, granted = (
            np.asarray(compute(expression, {**sides, "kappa": k}), dtype=np.float64)
            for k in (0.0, 1.0, kappa)
        )
        moved = base + (one - base) * (ulp(held, fmt) * slope).sum(axis=1) / ulp(function, fmt)
    return np.minimum(granted, np.maximum(np.nan_to_num(moved), cap(fmt)))


def _with_slope(
    entry: Activation, part: Part, points: Floats, parameters: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """Return the value or derivative at points, and its own slope there, to a few digits.

    The slope of a derivative is a central difference of the reference's: a budget does not need
    more digits than that gives (about 2**-30, relative to the terms that g is made of).
    """
    step = 2.0**-20
    with np.errstate(all="ignore"):
        function = reference_at(entry, part, points, parameters)
        if part == "value":
            return function, reference_at(entry, "derivative", points, parameters)
        right = reference_at(entry, part, points * (1 + step), parameters)
        left = reference_at(entry, part, points * (1 - step), parameters)
        return function, (right - left) / (2 * step * points)
