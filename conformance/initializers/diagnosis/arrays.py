"""What weights are that should be one number, or a distribution that is wholly known."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...undiagnosed import cause_search
from ..draws import Draw
from .shape import fits, recognized

__all__ = ["distribution", "in_place_of", "zeros_and_others"]

Floats = NDArray[np.float64]
# Relative standard errors that are granted to a standard deviation.
_ERRORS = 5.0


@cause_search("")
def in_place_of(right: Any, drawn: NDArray[Any], default: Any = None) -> str:
    """Return what stands where one number should; empty if it is not recognized.

    Parameters
    ----------
    right : scalar
        The number that is due.
    drawn : ndarray
        What came back, with at least one other number.
    default : scalar, optional
        What the number would be if the parameters were ignored.
    """
    flat = np.ascontiguousarray(drawn).ravel()
    wide = flat.astype(np.float64)
    wrong = np.flatnonzero(~(flat == right))
    if wrong.size == flat.size and (flat == flat[0]).all():
        same = f"{wide[0]:.6g} everywhere"
        if default is not None and flat[0] == default and default != right:
            return f"the parameter is ignored: {same}"
        if float(wide[0]) == -float(right):
            return f"the sign is turned round: {same}"
        return same
    if wrong.size < flat.size and wrong[-1] - wrong[0] + 1 == wrong.size:
        if wrong[-1] == flat.size - 1:
            which = "the last weight is" if wrong.size == 1 else f"the last {wrong.size:,} are"
            return f"{which} not filled"
        if wrong[0] == 0:
            which = "the first weight is" if wrong.size == 1 else f"the first {wrong.size:,} are"
            return f"{which} not filled"
    if wrong.size == 1:
        return "one weight is not filled"
    with np.errstate(all="ignore"):
        found = recognized(wide)
    if found:
        return f"random numbers: {found.family.name}"
    # Too few to tell a distribution.
    if wrong.size == flat.size and np.unique(flat).size > flat.size / 2:
        return f"random numbers between {wide.min():.4g} and {wide.max():.4g}"
    return ""


@cause_search("")
def distribution(drawn: Floats, deviation: float) -> str:
    """Return which distribution weights follow, and how its scale is off.

    Parameters
    ----------
    drawn : ndarray of float64
        Finite weights, independent of each other.
    deviation : float
        The standard deviation that is due.
    """
    with np.errstate(all="ignore"):
        found = recognized(drawn.ravel())
    if found is None:
        return ""
    ratio = float(drawn.std()) / deviation
    centred = drawn - drawn.mean()
    kurtosis = float(np.mean(centred**4)) / float(np.mean(centred**2)) ** 2
    if abs(ratio - 1) < _ERRORS * math.sqrt(max(kurtosis - 1, 0.1) / 4 / drawn.size):
        return found.family.name
    return f"{found.family.name}, {ratio:.4g} times as wide as is due"


@cause_search("")
def zeros_and_others(draw: Draw, kernel: Floats, expected: Any, failing: Collection[str]) -> str:
    """Return what is wrong with the places of zeros, or with the weights beside them.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    kernel : ndarray of float64
        What came back.
    expected : scipy.stats frozen distribution
        Of the weights that are not 0.
    failing : collection of str
        The tests that failed.
    """
    others = kernel[kernel != 0]
    if not others.size:
        return "zeros everywhere"
    if "next_seed" in failing and not {"next_input", "places"} & set(failing):
        return "the zeros are at the same places for every seed"
    if "places" in failing or "next_input" in failing:
        always = (kernel == 0).all(axis=0)
        if always.any():
            return "the zeros are at the same places for every input"
        if "runs" in failing:
            return "the zeros stand on end, in blocks that move from input to input"
        return "the zeros prefer some outputs, or follow those of the input before"
    if "runs" in failing:
        return "the zeros stand on end, not at random places"
    if {"distribution", "variance", "mean"} & set(failing):
        right = float(expected.std())
        told = float(draw.names["stddev"])
        for name, value in {
            "the parameter stddev is ignored": draw.entry.parameters["stddev"].default,
            "the standard deviation is that of all weights, zeros among them": right
            / math.sqrt(max(1e-9, 1 - float(np.mean(kernel == 0)))),
            "the variance stands where the standard deviation belongs": told**2,
            "the standard deviation stands where the variance belongs": math.sqrt(told),
        }.items():
            granted = _ERRORS / math.sqrt(2 * others.size)
            near = abs(others.std() / value - 1) < granted < abs(value / right - 1) / 2
            if near and fits(others / value * right, expected):
                return name
        return distribution(others, right)
    return ""
