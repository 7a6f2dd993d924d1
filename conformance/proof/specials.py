"""What is right where no formula says it: at zeros, infinities and nan."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from actinit.spec import Activation, Part

from ..formats import Format
from ..oracle import enclose

__all__ = ["fits"]


def fits(
    entry: Activation, part: Part, x: float, got: float, parameters: dict[str, float], fmt: Format
) -> bool:
    """Say whether a result is what the entry states at 0, -0, an infinity or nan, rounded once.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    x, got : float
        Input and result.
    parameters : dict of str to float
        A value for each parameter.
    fmt : Format
        The format of both.
    """
    stated = _stated(entry, part, x)
    if stated == "any":
        return True
    if math.isnan(x) and stated is None:
        return math.isnan(got)
    right = float(enclose(entry, part, [x], parameters).rounded_to(fmt)[0])
    if right != 0 or got != 0:
        return got == right or (math.isnan(got) and math.isnan(right))
    return not isinstance(stated, float) or math.copysign(1, got) == math.copysign(1, stated)


def _stated(entry: Activation, part: Part, x: float) -> Any:
    """Return what the entry states at an input: a number, a text, or None."""
    for case in entry.special.cases:
        if np.array(case.x, np.float64).tobytes() == np.array(x, np.float64).tobytes() or (
            isinstance(case.x, float) and math.isnan(case.x) and math.isnan(x)
        ):
            return getattr(case, part)
    return None
