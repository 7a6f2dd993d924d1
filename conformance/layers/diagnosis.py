"""What a layer's weights were drawn from, or read as fans, in place of what the entry says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import spec
from actinit.spec import Initializer
from actinit.spec.distributions import Constant, Structured

from ..initializers import diagnosis, distributions
from ..initializers.diagnosis.shape import fits
from ..undiagnosed import cause_search

__all__ = ["initial", "reading", "repeated"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
# Standard errors of a standard deviation that are granted.
_ERRORS = 5.0


@cause_search("")
def initial(drawn: Floats, start: Initializer, names: Mapping[str, float | str]) -> str:
    """Return which initializer weights were drawn from; empty if that is not recognized.

    One is named if the weights fit its distribution, which is wholly known, and not the right one:
    with fans exchanged, or another entry at its defaults with the same fans.

    Parameters
    ----------
    drawn : ndarray of float64, shape (layers, ...)
        Finite weights.
    start : Initializer
        What they should be drawn from.
    names : mapping of str to float or str
        A value for each name in its formulas.
    """
    right = distributions.distribution_of(start, names)
    if drawn.size and (drawn == drawn.flat[0]).all():
        return f"{drawn.flat[0]:.6g} everywhere"
    for name, distribution in _others(start, names, drawn.shape[1:]):
        deviation = float(distribution.std())
        apart = (
            abs(deviation / float(right.std()) - 1) > 1e-9
            or distribution.dist.name != right.dist.name
        )
        near = abs(_spread(drawn, distribution) / deviation - 1) < _ERRORS / math.sqrt(
            2 * drawn.size
        )
        if apart and near and fits(drawn.ravel(), distribution):
            return name
    return diagnosis.distribution(drawn, float(right.std()))


def _spread(drawn: Floats, distribution: Any) -> float:
    return float(np.sqrt(np.mean(np.square(drawn - distribution.mean()))))


def _others(
    start: Initializer, names: Mapping[str, float | str], shape: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    """Yield distributions that may have been taken for the right one, the nearest first."""
    fans = {name: float(names[name]) for name in ("fan_in", "fan_out") if name in names}
    readings: list[tuple[str, dict[str, float]]] = [("", fans)]
    if len(fans) > 1:
        fan_in, fan_out = fans["fan_in"], fans["fan_out"]
        readings += [
            (" with fan_in and fan_out swapped", {"fan_in": fan_out, "fan_out": fan_in}),
            (" with fan_in for both fans", {"fan_in": fan_in, "fan_out": fan_in}),
            (" with fan_out for both fans", {"fan_in": fan_out, "fan_out": fan_out}),
        ]
    if len(shape) == 2:
        dense = {"fan_in": float(shape[0]), "fan_out": float(shape[1])}
        readings.append((" with the fans of a dense kernel", dense))
    entries = [start, *(one for one in spec.initializers.values() if one.name != start.name)]
    random = [one for one in entries if not isinstance(one.distribution, Structured | Constant)]
    # Those that take their scale from the layer before those that have one by default.
    for suffix, read in [*readings, (" at its defaults", {})]:
        for entry in random:
            if distributions.uses_fans(entry) == (suffix == " at its defaults"):
                continue
            own = dict(names) if entry is start else dict(distributions.defaults(entry))
            try:
                distribution = distributions.distribution_of(entry, {**own, **read})
            except (KeyError, ArithmeticError, ValueError):  # it needs another fan
                continue
            if float(distribution.std()) > 0:
                yield f"{entry.name}{suffix}", distribution
    if "fan_in" in fans:
        # As PyTorch's layers, of whatever kind, draw.
        bound = 1 / math.sqrt(fans["fan_in"])
        yield (
            "uniform up to 1 / sqrt(fan_in)",
            distributions.distribution_of(
                spec.initializers["random_uniform"], {"minval": -bound, "maxval": bound}
            ),
        )


@cause_search("")
def reading(
    fans: Mapping[str, tuple[float, float]],
    right: Mapping[str, float],
    sizes: Mapping[str, int | float],
) -> str:
    """Return how fans that were read off weights come about; empty if that is not recognized.

    Parameters
    ----------
    fans : mapping of str to tuple of float
        For ``fan_in`` and ``fan_out``, the interval that it was read to be in.
    right : mapping of str to float
        What it is.
    sizes : mapping of str to number
        The sizes of the layer by letter.
    """

    def holds(name: str, value: float) -> bool:
        low, high = fans[name]
        return low <= value <= high

    if holds("fan_in", right["fan_out"]) and holds("fan_out", right["fan_in"]):
        return "fan_in and fan_out are swapped"
    parts = []
    for name, value in right.items():
        if holds(name, value):
            continue
        other = "fan_out" if name == "fan_in" else "fan_in"
        if holds(name, right[other]):
            parts.append(f"{other} is taken for {name}")
            continue
        product = _product(fans[name], sizes)
        if not product:
            return ""
        parts.append(f"{name} is read as {product}")
    return " and ".join(parts)


def _product(span: tuple[float, float], sizes: Mapping[str, int | float]) -> str:
    """Return the one product of a few sizes that lies in an interval; empty if none or several."""
    low, high = span
    letters = [name for name, size in sizes.items() if float(size) > 1]
    for count in range(1, len(letters) + 1):
        fitting = [
            some
            for some in combinations(letters, count)
            if low <= math.prod(float(sizes[letter]) for letter in some) <= high
        ]
        if len(fitting) == 1:
            return "*".join(fitting[0])
        if fitting:
            return ""
    return ""


@cause_search("")
def repeated(kernel: Array, axis: int) -> str:
    """Return how a kernel repeats weights of its own, bit for bit; empty if it does not.

    Parameters
    ----------
    kernel : ndarray
        As drawn, of a continuous distribution.
    axis : int
        The axis of the outputs, along which gates stand.
    """
    for count in (4, 3, 2):
        if kernel.shape[axis] % count == 0 and kernel.shape[axis] > count:
            parts = np.split(kernel, count, axis)
            if all(np.array_equal(parts[0], part) for part in parts[1:]):
                return f"its {count} parts along the outputs, such as gates, are the same"
    for at, size in enumerate(kernel.shape):
        if size > 1 and (kernel == np.take(kernel, [0], at)).all():
            return f"it is the same all along dimension {at}"
    return "weights of it are drawn more than once"
