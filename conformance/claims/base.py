"""What the deciders have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..results.claims import Plot, PlotLine, Verdict

__all__ = ["DECIDERS", "GLOROT", "GRID", "HE", "Found", "decides", "holds", "line"]

Floats = NDArray[np.float64]
Numbers = NDArray[Any]
#: What float64 has of the sigmoid's domain before its exponential overflows.
GRID = np.linspace(-700, 700, 1_400_001)
#: Gains of the initializations, for layers with as many outputs as inputs.
HE, GLOROT = math.sqrt(2), 1.0


class Found(NamedTuple):
    """What a computation came to."""

    verdict: Verdict
    figure: str
    plot: Plot | None = None


Decide = Callable[[], Found]
#: By the id of the claim.
DECIDERS: dict[str, Decide] = {}


def decides(decide: Decide) -> Decide:
    """Enter a function into the register, by its name."""
    DECIDERS[decide.__name__] = decide
    return decide


def holds(always: Any, sometimes: Any = False) -> Verdict:
    """Return the verdict on what holds always, or at least in some of the cases that are tried."""
    return "true" if always else "under conditions" if sometimes else "false"


def line(label: str, x: Sequence[float] | Numbers, y: Sequence[float] | Numbers) -> PlotLine:
    """Return a series, to the digits that a plot shows."""
    found = [[float(f"{value:.5g}") for value in np.asarray(part, float)] for part in (x, y)]
    return PlotLine(label=label, x=found[0], y=found[1])
