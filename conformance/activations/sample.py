"""The sample that a default run asks for, counted as an exhaustive run counts everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..error.question import Question
from ..error.tally import Tally
from ..expected import inputs
from ..expected.batches import Batch
from ..expected.defaults import defaults
from ..expected.question import question
from ..formats import Format
from ..oracle import Exact

__all__ = ["by_sign", "count", "results", "tally"]

Array = NDArray[Any]


def results(adapter: Adapter, entry: Activation, batch: Batch, part: Part) -> Array:
    """Ask the backend for the value or the derivative of a batch, in a scrambled order.

    A sample is sorted. Asked so, a fault that strikes far along an array would meet the largest
    inputs alone, where few functions can go wrong. The results are in the order of the batch.
    """
    x, upstream = batch.scrambled
    if part == "value":
        got = adapter.value(entry, x, defaults(entry))
    else:
        got = adapter.gradient(entry, x, upstream, defaults(entry))
    found = np.empty_like(got)
    found[inputs.scrambled(len(x))] = got
    return found


def by_sign(x: Array) -> tuple[slice, slice]:
    """Return where in sorted inputs the positive and the negative ones are, outward from zero."""
    negative = int(np.signbit(x).sum())
    return slice(negative, None), slice(negative - 1, None, -1) if negative else slice(0)


def tally(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, batch: Batch, **without: Any
) -> tuple[Tally, Question]:
    """Ask for the sample of an elementwise entry and count.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    entry : Activation
        The entry.
    fmt : Format
        The format.
    part : {"value", "derivative"}
        What is asked for.
    batch : Batch
        The sample, sorted.
    **without
        What is asked otherwise than the entry does; see `Question`.

    Returns
    -------
    tally : Tally
        With its seams.
    asked : Question
        What was asked.
    """
    asked = replace(question(entry, fmt, part), **without)
    return count(fmt, batch, results(adapter, entry, batch, part), asked)


def count(
    fmt: Format, batch: Batch, got: Array, asked: Question | None = None
) -> tuple[Tally, Question]:
    """Count results of an elementwise function.

    Parameters
    ----------
    fmt : Format
        The format.
    batch : Batch
        A sample, sorted.
    got : ndarray
        What came back for it.
    asked : Question, optional
        What was asked; by default no more than to keep to the budgets of the batch.

    Returns
    -------
    tally : Tally
        With its seams.
    asked : Question
        What was asked.
    """
    asked = asked or _of_batch(fmt, batch)
    found = Tally(fmt)
    for side in by_sign(batch.x):
        exact = Exact(batch.exact.rounded[side], batch.exact.residual[side])
        found.add(batch.x[side], got[side], exact, asked)
    found.seams(asked)
    return found, asked


def _of_batch(fmt: Format, batch: Batch) -> Question:
    """Return a question that grants the budgets of a batch."""
    points, budget = batch.x.astype(np.float64), batch.budget
    assert budget is not None
    low, high = batch.at_zero or (np.full(1, np.nan),) * 2
    return Question(
        fmt=fmt,
        base_budget=float(budget.min()),
        budget=lambda asked: budget[np.searchsorted(points, asked)],
        at_zero=(float(low.min()), float(high.max())),
    )
