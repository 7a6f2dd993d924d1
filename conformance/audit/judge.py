"""How expected values stand to the exact ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import evaluate, holds

from ..check import Witness
from ..error.metric import measure
from ..error.ordinals import ordinals
from ..expected.budgets import budgets, row_budgets
from ..expected.reference import reference_at
from ..formats import Format
from ..oracle import Exact, exact
from ..results.audit import Audited, Tolerance
from .onetest import OneTest

__all__ = ["judge"]

Array = NDArray[Any]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def judge(test: OneTest, max_ulp: float | None = None) -> Audited:
    """Hold a test's expected values to the exact ones.

    Parameters
    ----------
    test : OneTest
        The test.
    max_ulp : float, optional
        How far off a value is wrong; by default, further than the entry's budget grants a backend.

    Returns
    -------
    Audited
        How many are wrong, by how much, and whether the test's tolerance hides it.
    """
    entry, fmt = test.entry, test.format
    points = test.x.astype(np.float64)
    rows = points.reshape(-1, points.shape[-1]) if entry.shape != "elementwise" else points.ravel()
    right = _exact(test, rows)
    got = test.expected.reshape(right.rounded.shape)
    nearest = right.rounded_to(fmt)
    granted = _granted(test, rows, got.shape, max_ulp)
    errors = measure(got, right, fmt)
    is_open = _open(test, rows, got.shape)
    # A test whose expected value is a flushed zero says so to every backend: here it is an error.
    flushed = errors.flushed_result & ~_is(nearest, got)
    wrong = (errors.beyond(granted) | errors.nonfinite | flushed) & ~is_open
    off = np.where(errors.nonfinite | errors.lost | flushed, np.inf, errors.ulps)
    off = np.where(is_open, -1.0, off)
    shown = int(np.argmax(np.where(wrong, off, off - 1e300) if wrong.any() else off))
    return Audited(
        place=test.place,
        entry=entry.name,
        parameters={name: float(value) for name, value in test.parameters.items()},
        part=test.part,
        format=fmt.name,
        values=int(got.size),
        open=int(is_open.sum()),
        nearest=int((_is(nearest, got) & ~is_open).sum()),
        wrong=int(wrong.sum()),
        hidden=_hidden(test.tolerance, nearest, got, wrong, fmt),
        tolerance=test.tolerance,
        worst=_witness(test, rows, got, nearest, errors.ulps, granted, shown, off),
    )


def _exact(test: OneTest, rows: Floats) -> Exact:
    """Return exact values; of rows that are not finite those of the reference, in float64."""
    entry, chosen = test.entry, dict(test.parameters)
    if entry.shape == "elementwise":
        return exact(entry, test.part, rows, chosen, formats=(test.format.name,))
    finite = np.isfinite(rows).all(axis=1)
    rounded = np.asarray(reference_at(entry, "value", rows, chosen), dtype=np.float64)
    residual = np.zeros_like(rounded)
    if finite.any():
        found = exact(entry, "value", rows[finite], chosen)
        rounded[finite], residual[finite] = found.rounded, found.residual
    return Exact(rounded, residual)


def _granted(test: OneTest, rows: Floats, shape: tuple[int, ...], max_ulp: float | None) -> Floats:
    if max_ulp is not None:
        return np.full(shape, max_ulp)
    if test.entry.shape == "elementwise":
        found = budgets(test.entry, test.format, test.part, rows, test.parameters)
    else:
        with np.errstate(invalid="ignore"):  # of rows with infinities, which have no spread
            found = row_budgets(test.entry, test.format, test.part, rows, shape)
    return np.nan_to_num(found, nan=0.0)


def _open(test: OneTest, rows: Floats, shape: tuple[int, ...]) -> Bools:
    """Say where the spec leaves the result open, or a derivative has a kink."""
    found = np.zeros(shape, dtype=bool)
    if test.entry.shape != "elementwise":
        return found
    cases = test.entry.special.cases
    points = [case.x for case in cases if getattr(case, test.part) == "any"]
    if test.part == "derivative":
        kinks = test.entry.derivative.kinks
        points += [
            evaluate(kink.at, test.parameters)
            for kink in kinks
            if kink.when is None or holds(kink.when, test.parameters)
        ]
    for point in points:
        found |= np.isnan(rows) if np.isnan(point) else rows == point
    return found


def _is(one: Array, other: Array) -> Bools:
    """Say where numbers are the same; nan is nan, and zeros of both signs are one."""
    left, right = one.astype(np.float64), other.astype(np.float64)
    same: Bools = (left == right) | (np.isnan(left) & np.isnan(right))
    return same


def _hidden(
    tolerance: Tolerance | None, nearest: Array, got: Array, wrong: Bools, fmt: Format
) -> int | None:
    """Count the wrong values with which a test passes the right result."""
    if tolerance is None:
        return None
    right, expected = nearest.astype(np.float64), got.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        wide = tolerance.atol + tolerance.rtol * np.abs(expected)
        passes = _is(nearest, got) | (np.abs(right - expected) <= wide)
        steps = np.abs(ordinals(nearest, fmt) - ordinals(got, fmt))
        passes |= (steps <= tolerance.ulp) & np.isfinite(right) & np.isfinite(expected)
    return int((passes & wrong).sum())


def _witness(
    test: OneTest,
    rows: Floats,
    got: Array,
    nearest: Array,
    ulps: Floats,
    granted: Floats,
    shown: int,
    off: Floats,
) -> Witness | None:
    """Write down the value that is furthest off; none if all are the nearest numbers."""
    if off.flat[shown] <= 0 or (_is(nearest, got).all()):
        return None
    at = np.unravel_index(shown, got.shape)
    elementwise = test.entry.shape == "elementwise"
    x = rows[at] if elementwise else rows[at[0]]
    return Witness.of(
        x, got[at], nearest[at],
        error=float(ulps[at]) if np.isfinite(off[at]) else float("inf"),
        budget=float(granted[at]),
        parameters=test.parameters,
    )  # fmt: skip
