"""Samples of inputs with their exact results: what the accuracy checks ask of a backend.

Float64 is held to the oracle. For the formats below it the float64 reference, itself held to the
oracle, is as good as exact (2**-29 of their ulp and less) and much faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part, evaluate

from ..formats import Format
from ..oracle import Exact, exact
from . import inputs
from .budgets import row_budgets
from .defaults import defaults, kinks_of
from .hard_cases import hard_inputs
from .reference import at_zero, gradients_at, reference_at
from .roots import roots
from .smooth import smooth

__all__ = [
    "Batch",
    "batches",
    "reference_of_rows",
    "sample_inputs",
    "scalars_of",
    "truth_of_rows",
]

Array = NDArray[Any]
Floats = NDArray[np.float64]


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
        question (see `expected.question`) grants it where it is needed.
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
    return _batches(entry, fmt, part, inputs.thinning())


@lru_cache(maxsize=3)
def _batches(entry: Activation, fmt: Format, part: Part, thin: int) -> tuple[Batch, ...]:
    """Make the sample; `thin` tells it apart from one that was made of more inputs, or fewer."""
    make = _scalar_batches if entry.shape == "elementwise" else _row_batches
    return tuple(make(entry, fmt, part))


def scalars_of(entry: Activation, fmt: Format, part: Part) -> Array:
    """Return the sample of an elementwise entry: hard places, roots and hard cases among it.

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
    ndarray
        As `inputs.scalars`.
    """
    return inputs.scalars(fmt, roots(entry), hard_inputs(entry.name, part, fmt.name))


def sample_inputs(entry: Activation, fmt: Format, part: Part) -> Array:
    """Return the inputs of an elementwise entry's sample, as its batch has them."""
    x = scalars_of(entry, fmt, part)
    if part == "derivative":
        for kink in kinks_of(entry):  # judged by a check of its own
            x = x[x.astype(np.float64) != evaluate(kink.at, defaults(entry))]
    return x


def _scalar_batches(entry: Activation, fmt: Format, part: Part) -> Iterator[Batch]:
    parameters = defaults(entry)
    x = sample_inputs(entry, fmt, part)
    points = x.astype(np.float64)
    if fmt.name == "float64":
        right = exact(entry, part, points, parameters)
    else:
        right = _from_reference(reference_at(entry, part, points))
    yield Batch(x, np.ones_like(x), right, None, at_zero(entry, fmt, part, points))


def _row_batches(entry: Activation, fmt: Format, part: Part) -> Iterator[Batch]:
    for x in inputs.rows(fmt):
        points = x.astype(np.float64)
        outputs = np.arange(len(x)) % x.shape[1]
        upstream = (np.arange(x.shape[1]) == outputs[:, np.newaxis]).astype(fmt.dtype)
        if part == "derivative":
            chosen = smooth(entry, fmt, points)
            if not chosen.any():  # long rows of a narrow format
                continue
            x, points, outputs, upstream = (a[chosen] for a in (x, points, outputs, upstream))
        if entry.shape == "reduction":
            upstream = np.ones(len(x), dtype=fmt.dtype)
        right = truth_of_rows(entry, fmt, part, points, outputs)
        budget = row_budgets(entry, fmt, part, points, right.rounded.shape)
        yield Batch(x, upstream, right, budget, None)


def truth_of_rows(
    entry: Activation, fmt: Format, part: Part, points: Floats, outputs: NDArray[np.intp]
) -> Exact:
    """Return what is right for rows in a format.

    Parameters
    ----------
    entry : Activation
        An entry of shape "row" or "reduction".
    fmt : Format
        The format that is judged.
    part : {"value", "derivative"}
        What is asked.
    points : ndarray of float64
        Shape (rows, n).
    outputs : ndarray of int
        For the derivative of a function from rows to rows: the output that is meant, for each row.

    Returns
    -------
    Exact
        Of the shape of the results.
    """
    if fmt.name == "float64":
        return exact(entry, part, points, defaults(entry), outputs)
    return reference_of_rows(entry, part, points, outputs)


def reference_of_rows(
    entry: Activation, part: Part, points: Floats, outputs: NDArray[np.intp]
) -> Exact:
    """Return what the reference has for rows, also of infinities and nan; see `truth_of_rows`."""
    if part == "derivative" and entry.shape == "row":
        return _from_reference(gradients_at(entry, points, outputs))
    return _from_reference(reference_at(entry, part, points))


def _from_reference(values: Floats) -> Exact:
    return Exact(values, np.zeros_like(values))
