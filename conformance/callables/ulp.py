"""``assert_ulp``: for tests of one's own, results held to the exact values of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from actinit import reference
from actinit.spec import Activation, Part, UnknownNameError, activations

from ..error.metric import measure
from ..expected.defaults import defaults
from ..formats import FORMATS, brief, hexadecimal
from ..oracle import Exact

__all__ = ["assert_ulp"]


def assert_ulp(
    got: ArrayLike,
    name: str,
    x: ArrayLike,
    *,
    max_ulp: float,
    part: Part = "value",
    parameters: Mapping[str, float] | None = None,
) -> None:
    """Raise AssertionError if results are further from an activation's exact values than so much.

    Parameters
    ----------
    got : array_like
        What came back, of one of the spec's formats. What is no array of NumPy is made one, so a
        tensor of PyTorch needs ``.detach()``, and one of bfloat16 ``.float()``, with which it
        would be held to float32: turn it into an array of ml_dtypes instead.
    name : str
        Of an elementwise entry, such as ``"gelu"``.
    x : array_like
        The inputs, of the shape of `got`; they are taken as they are, so they should be numbers of
        that format.
    max_ulp : float
        Units in the last place of the exact value; 0.5 is what correct rounding has.
    part : {"value", "derivative"}, optional
        What `got` is to be.
    parameters : mapping of str to float, optional
        Of the entry; by default its own defaults.

    Raises
    ------
    AssertionError
        With the worst input, what came back and what is right, in decimal and hexadecimal.
    TypeError, ValueError, UnknownNameError
        If it cannot be asked so.
    """
    entry = activations[name]
    results, points = np.asarray(got), np.asarray(x, dtype=np.float64)
    _hold(entry, results, points, max_ulp, part, parameters or {})
    fmt = FORMATS[results.dtype.name]
    function = reference.activations[entry.name]
    of_part = function if part == "value" else function.derivative
    right = np.asarray(of_part(points, **(defaults(entry) | dict(parameters or {}))))
    errors = measure(
        np.atleast_1d(results), Exact(np.atleast_1d(right), np.zeros(right.size).reshape(
            np.atleast_1d(right).shape)), fmt,
    )  # fmt: skip
    # A result that was flushed to zero has no error in the metric: here it is one.
    wrong = (errors.ulps > max_ulp) | errors.nonfinite | errors.lost | errors.flushed_result
    if not wrong.any():
        return
    ulps = np.where(errors.nonfinite | errors.lost | errors.flushed_result, np.inf, errors.ulps)
    at = np.unravel_index(int(np.argmax(np.where(wrong, ulps, -1))), ulps.shape)
    worst = results[at] if results.ndim else results
    with np.errstate(over="ignore", invalid="ignore"):
        exact = np.atleast_1d(right)[at]
        rounded = exact.astype(fmt.dtype)
    place = f"[{', '.join(map(str, at))}]" if results.ndim else ""
    point = np.atleast_1d(points)[at]
    how_far = f"{ulps[at]:.4g} ulp" if np.isfinite(ulps[at]) else "off beyond counting in ulp"
    what = entry.name if part == "value" else f"the derivative of {entry.name}"
    raise AssertionError(
        f"{int(wrong.sum()):,} of {results.size:,} results are more than {max_ulp:g} ulp from "
        f"{what} in {fmt.name}; the worst{place and ' is at '}{place}:\n"
        f"  x     = {brief(point)} ({hexadecimal(point)})\n"
        f"  got   = {brief(worst)} ({hexadecimal(worst)})\n"
        f"  right = {brief(rounded)} ({hexadecimal(rounded)})\n"
        f"  error = {how_far}"
    )


def _hold(
    entry: Activation,
    got: Any,
    x: Any,
    max_ulp: float,
    part: str,
    parameters: Mapping[str, float],
) -> None:
    """Raise for what cannot be asked."""
    if entry.shape != "elementwise":
        raise ValueError(f"{entry.name} is no function of one number; check it with actinit.check")
    if part not in ("value", "derivative"):
        raise UnknownNameError("part", part, ("value", "derivative"))
    for name in parameters:
        if name not in entry.parameters:
            raise UnknownNameError(f"parameter of {entry.name}", name, entry.parameters)
    if got.dtype.name not in FORMATS:
        raise TypeError(f"results of {got.dtype} are of no format of the spec: {list(FORMATS)}")
    if got.shape != x.shape:
        raise ValueError(f"there are results of shape {got.shape} for inputs of shape {x.shape}")
    if not got.size:
        raise ValueError("there is nothing to compare: the arrays are empty")
    if not max_ulp >= 0:
        raise ValueError(f"max_ulp must be 0 or more, got {max_ulp}")
