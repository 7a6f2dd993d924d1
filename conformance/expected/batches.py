"""What is right, for a whole sample of inputs: exact values and budgets.

Float64 is held to the oracle. For the formats below it the float64 reference, itself held to the
oracle, is as good as exact (2**-29 of their ulp and less) and much faster.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import (
    Activation,
    Expression,
    Kink,
    Part,
    budget_of,
    compute,
    evaluate,
    holds,
)

from ..formats import Format
from ..oracle import Exact, exact
from . import inputs
from .caps import capped, with_condition_number

__all__ = [
    "Batch",
    "at_zero",
    "batches",
    "budgets",
    "crossings",
    "defaults",
    "kinks_of",
    "nonzero_roots",
    "roots",
    "row_budgets",
    "seams_of",
]

Array = NDArray[Any]
Floats = NDArray[np.float64]
# Numbers in the Jacobians of rows that are made at a time.
_JACOBIANS = 1 << 22

# Where roots are looked for, beside the places that are likely ones.
_ROOT_GRID = np.arange(-64, 64) / 8 + 1 / 16


@dataclass(frozen=True)
class Batch:
    """Inputs of one shape with what is right for each.

    Attributes
    ----------
    x : ndarray
        Inputs in the format: (n,), or (rows, n) for functions of a row.
    upstream : ndarray
        For a derivative: the upstream gradient that makes the backend's gradient the derivative.
        Ones, or for a row function one output of each row. Of the shape of the value.
    exact : Exact
        Exact results.
    budget : ndarray of float64, or None
        Ulp granted to each, of the shape of the results; none for elementwise entries, whose
        question (see `asked.question`) grants it where it is needed.
    at_zero : tuple of ndarray, or None
        From what to what is right, rounded, at the zero of the sign of each input (see
        `metric.measure`); none for row functions.
    """

    x: Array
    upstream: Array
    exact: Exact
    budget: Floats | None
    at_zero: tuple[Array, Array] | None

    @cached_property
    def scrambled(self) -> tuple[Array, Array]:
        """Inputs and upstream gradient in the order in which they are asked; read-only if `x` is.

        Made once, so that the array itself is the same from check to check.
        """
        order = inputs.scrambled(len(self.x))
        x, upstream = self.x[order], self.upstream[order]
        x.flags.writeable = self.x.flags.writeable
        return x, upstream


def defaults(entry: Activation) -> dict[str, float]:
    """Return the default value of each parameter of an entry."""
    return {name: parameter.default for name, parameter in entry.parameters.items()}


def kinks_of(entry: Activation) -> list[Kink]:
    """Return the kinks that an entry has at the defaults of its parameters."""
    return [
        kink
        for kink in entry.derivative.kinks
        if kink.when is None or holds(kink.when, defaults(entry))
    ]


def seams_of(entry: Activation) -> list[float]:
    """Return where the derivative has none: at kinks, and where two of its pieces meet."""
    places = [kink.at for kink in kinks_of(entry)]
    for piece in entry.derivative.pieces:
        # Every condition of an elementwise entry reads "x > place"; a test holds them to it.
        if piece.if_ and isinstance(piece.if_.tree, ast.Compare):
            places.append(Expression(ast.unparse(piece.if_.tree.comparators[0])))
    return sorted({evaluate(place, defaults(entry)) for place in places})


@lru_cache(maxsize=3)
def batches(entry: Activation, fmt: Format, part: Part) -> tuple[Batch, ...]:
    """Return the sample of an entry in a format, with the truth.

    Parameters
    ----------
    entry : Activation
        The entry.
    fmt : Format
        The format.
    part : {"value", "derivative"}
        What is asked of the backend.

    Returns
    -------
    tuple of Batch
        One for elementwise entries; one for each length of row for the others.
    """
    make = _scalar_batches if entry.shape == "elementwise" else _row_batches
    return tuple(make(entry, fmt, part))


def _scalar_batches(entry: Activation, fmt: Format, part: Part) -> Iterator[Batch]:
    parameters = defaults(entry)
    x = inputs.scalars(fmt, roots(entry))
    if part == "derivative":
        for kink in kinks_of(entry):  # judged by a check of its own
            x = x[x.astype(np.float64) != evaluate(kink.at, parameters)]
    points = x.astype(np.float64)
    if fmt.name == "float64":
        right = exact(entry, part, points, parameters)
    else:
        right = _from_reference(_reference(entry, part, points))
    yield Batch(x, np.ones_like(x), right, None, at_zero(entry, fmt, part, points))


def _row_batches(entry: Activation, fmt: Format, part: Part) -> Iterator[Batch]:
    parameters = defaults(entry)
    for x in inputs.rows(fmt):
        points = x.astype(np.float64)
        outputs = np.arange(len(x)) % x.shape[1]
        upstream = (np.arange(x.shape[1]) == outputs[:, np.newaxis]).astype(fmt.dtype)
        if entry.shape == "reduction":
            if part == "derivative":  # ties are judged by a check of their own
                alone = (points == points.max(axis=1, keepdims=True)).sum(axis=1) == 1
                if not alone.any():  # long rows of a narrow format
                    continue
                x, points, outputs = x[alone], points[alone], outputs[alone]
            upstream = np.ones(len(x), dtype=fmt.dtype)
        if fmt.name == "float64":
            right = exact(entry, part, points, parameters, outputs)
        elif part == "derivative" and entry.shape == "row":
            right = _from_reference(_slopes_of(entry, points, outputs))
        else:
            right = _from_reference(_reference(entry, part, points))
        budget = row_budgets(entry, fmt, part, points, right.rounded.shape)
        yield Batch(x, upstream, right, budget, None)


def _slopes_of(entry: Activation, points: Floats, outputs: NDArray[np.intp]) -> Floats:
    """Return the gradient of one output of each row; a block of Jacobians at a time."""
    found = np.empty(points.shape)
    block = max(1, _JACOBIANS // points.shape[1] ** 2)
    for start in range(0, len(points), block):
        cut = slice(start, start + block)
        jacobians = _reference(entry, "derivative", points[cut])
        found[cut] = jacobians[np.arange(len(jacobians)), outputs[cut]]
    return found


def at_zero(entry: Activation, fmt: Format, part: Part, points: Floats) -> tuple[Array, Array]:
    """Return the ends of what is right at zero: any subgradient if it is a kink."""
    if part == "derivative":
        for kink in kinks_of(entry):
            if evaluate(kink.at, defaults(entry)) == 0:
                low, high = (evaluate(end, defaults(entry)) for end in kink.accept)
                return np.full(points.shape, low, fmt.dtype), np.full(points.shape, high, fmt.dtype)
    positive, negative = _reference(entry, part, np.array([0.0, -0.0])).astype(fmt.dtype)
    found = np.where(np.signbit(points), negative, positive)
    return found, found


def _reference(
    entry: Activation, part: Part, points: Floats, parameters: Mapping[str, float] | None = None
) -> Floats:
    function, chosen = reference.activations[entry.name], parameters or {}
    return function(points, **chosen) if part == "value" else function.derivative(points, **chosen)


def _from_reference(values: Floats) -> Exact:
    return Exact(values, np.zeros_like(values))


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
    places = _exact_roots(entry, part, tuple(sorted(chosen.items())))
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
    granted = np.asarray(compute(expression, names), dtype=np.float64)
    return np.broadcast_to(capped(granted, fmt), shape)


def _with_slope(
    entry: Activation, part: Part, points: Floats, parameters: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """Return the value or derivative at points, and its own slope there, to a few digits.

    The slope of a derivative is a central difference of the reference's: a budget does not need
    more digits than that gives (about 2**-30, relative to the terms that g is made of).
    """
    step = 2.0**-20
    with np.errstate(all="ignore"):
        function = _reference(entry, part, points, parameters)
        if part == "value":
            return function, _reference(entry, "derivative", points, parameters)
        right = _reference(entry, part, points * (1 + step), parameters)
        left = _reference(entry, part, points * (1 - step), parameters)
        return function, (right - left) / (2 * step * points)


@cache
def roots(entry: Activation) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's value and derivative, to 40 bits, by bisection."""
    if entry.shape != "elementwise":
        return ()
    found = []
    parts: tuple[Part, ...] = ("value", "derivative")
    for part in parts:
        for low, _, _ in crossings(partial(_reference, entry, part), _ROOT_GRID):
            found.append(round(low * 2**40) / 2**40)
    return tuple(found)


@cache
def _exact_roots(
    entry: Activation, part: Part, parameters: tuple[tuple[str, float], ...]
) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's value or derivative, to the last bit of float64."""
    return nonzero_roots(partial(_reference, entry, part, parameters=dict(parameters)))


def nonzero_roots(function: Callable[[Floats], Floats]) -> tuple[float, ...]:
    """Return where a function changes its sign beside 0, to the last bit of float64."""
    found = (low for low, _, _ in crossings(function, _ROOT_GRID, 2.0**-60))
    return tuple(low for low in found if abs(low) > 2.0**-40)


def crossings(
    function: Callable[[Floats], Floats], grid: Floats, width: float = 2.0**-40
) -> Iterator[tuple[float, float, bool]]:
    """Yield where a function changes its sign between points of a grid, by bisection.

    Parameters
    ----------
    function : callable
        From points to its values.
    grid : ndarray of float64
        Ascending; no two roots between neighbours.
    width : float, optional
        Of the interval at which to stop, at the latest with two neighbouring numbers.

    Yields
    ------
    low, high : float
        The interval; the upper end is the root itself if that was met.
    rising : bool
        Whether the function goes from below zero to above.
    """
    y = function(grid)
    for index in np.flatnonzero(y[:-1] * y[1:] < 0):
        low, high = grid[index], grid[index + 1]
        while high - low > width and low < (middle := (low + high) / 2) < high:
            same = function(np.array([middle]))[0] * y[index] > 0
            low, high = (middle, high) if same else (low, middle)
        yield float(low), float(high), bool(y[index] < 0)
