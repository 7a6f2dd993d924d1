"""What is asked of the results of a function in a format, for the kernels that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from .terms import Terms, terms

__all__ = ["Question"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """What is asked of a function's results in a format.

    Parameters
    ----------
    fmt : Format
        Of inputs and results.
    base_budget : float
        The least budget of any input, in ulp.
    budget : callable, optional
        Takes inputs as float64, returns the budget of each; called only for those whose error is
        above the least budget. Left out where all have the least.
    range : tuple of float, optional
        Lowest and highest result, numbers of the format: the bounds, rounded outward.
    monotone : {"increasing", "decreasing"}, optional
        Which way the function goes, if it goes one way.
    symmetry : {"odd", "even"}, optional
        What the function is. A result and the mirrored one may lie apart by their two budgets, as
        two results that conform may.
    at_zero : tuple of float, optional
        From what to what is right at zero: what a backend says that flushes its input.
    open : tuple of tuple of int, optional
        Ordinals, from and to, of inputs at which any result will do.
    any_zero : tuple of int, optional
        Ordinals at which a zero of either sign is right.
    """

    fmt: Format
    base_budget: float
    budget: Callable[[Floats], Floats] | None = None
    range: tuple[float, float] = (-np.inf, np.inf)
    monotone: Literal["increasing", "decreasing"] | None = None
    symmetry: Literal["odd", "even"] | None = None
    at_zero: tuple[float, float] = (np.nan, np.nan)
    open: tuple[tuple[int, int], ...] = ()
    any_zero: tuple[int, ...] = ()

    @cached_property
    def terms(self) -> Terms:
        """The question as the kernels take it."""
        low, high = self.range
        rising = {"increasing": 1.0, "decreasing": -1.0, None: 0.0}[self.monotone]
        return terms(
            self.fmt, base=self.base_budget, low=low, high=high, rising=rising, at_zero=self.at_zero
        )

    def budgets(self, points: Floats) -> Floats:
        """Return the ulp granted at these inputs."""
        if self.budget is None:
            return np.full(points.shape, self.base_budget)
        return np.ascontiguousarray(self.budget(points), dtype=np.float64)
