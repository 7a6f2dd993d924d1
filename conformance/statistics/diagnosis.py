"""What went wrong, in words: a sample that is not from its law, held against the usual slips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from actinit.spec.laws import Normal, TruncatedNormal, Uniform

from .draws import Draw
from .goodness import kolmogorov_smirnov, variance
from .laws import named, uses_fans

__all__ = ["moments", "scale", "shape"]

# Standard laws by what a person would call them, each with variance 1.
_CUT = stats.truncnorm(-2, 2)
_SHAPES: dict[str, Any] = {
    "a normal law": stats.norm(),
    "a uniform law": stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)),
    "a normal law cut at two standard deviations": stats.truncnorm(
        -2, 2, scale=1 / _CUT.std()
    ),
}  # fmt: skip

# Draws that tell these laws apart beyond doubt.
_ENOUGH = 2**16


def shape(sample: NDArray[np.float64]) -> str:
    """Name the law that a sample follows up to mean and scale, with its mean and scale.

    Parameters
    ----------
    sample : ndarray of float64
        The draws.

    Returns
    -------
    str
        Such as ``"a uniform law of mean 0.5 and standard deviation 0.288"``.
    """
    centre, spread = sample.mean(), sample.std()
    figures = f"of mean {centre:.4g} and standard deviation {spread:.6g}"
    if spread == 0:
        return f"{centre:.9g} everywhere"
    standard = (sample.ravel()[:_ENOUGH] - centre) / spread
    fits = {name: kolmogorov_smirnov(standard, law) for name, law in _SHAPES.items()}
    best = max(fits, key=lambda name: fits[name].p)
    return f"{best if fits[best].good else 'a law of another shape'} {figures}"


def moments(draw: Draw, sample: NDArray[np.float64]) -> str:
    """Explain a mean or a standard deviation that is not the law's; see `scale`."""
    law, centre = draw.law, sample.mean()
    # Judged by the sample's own spread: that of the law may be the fault.
    standard_error = sample.std() / math.sqrt(sample.size)
    reasons = []
    if abs(centre - law.mean()) > 6 * standard_error:
        off = (centre - law.mean()) / law.std()
        reasons.append(f"the mean is off by {off:+.3g} standard deviations")
    if not variance(sample - centre + law.mean(), law).good:
        reasons.append(scale(draw, sample))
    return " and ".join(reasons)


def scale(draw: Draw, sample: NDArray[np.float64]) -> str:
    """Explain a standard deviation that is not the law's.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sample : ndarray of float64
        What came back.

    Returns
    -------
    str
        The slip that gives this standard deviation, or how many times the right one it is.
    """
    got, right = float(sample.std()), float(draw.law.std())
    # Four standard errors of the standard deviation of a normal sample.
    tolerance = 4 / math.sqrt(2 * sample.size)
    slips = {name: abs(got / value - 1) for name, value in _slips(draw, right) if value > 0}
    near = min(slips, key=lambda name: slips[name])
    if slips[near] < tolerance:
        return near
    return f"the scale is {got / right:.5g} times the right one"


def _slips(draw: Draw, right: float) -> Iterator[tuple[str, float]]:
    """Yield the usual slips, each with the standard deviation that it leads to."""
    fans = draw.fans
    if uses_fans(draw.entry):
        swapped = draw.law_with(fan_in=fans["fan_out"], fan_out=fans["fan_in"])
        yield "fan_in and fan_out are swapped", swapped.std()
        alone = draw.law_with(fan_in=draw.sizes["i"], fan_out=draw.sizes["o"])
        yield "the fans leave out the receptive field", alone.std()
        yield "the variance is half of the right one, as without the gain", right / math.sqrt(2)
        yield "the variance is twice the right one, as with a gain too many", right * math.sqrt(2)
    yield "the variance stands where the standard deviation belongs", right**2
    yield "the standard deviation stands where the variance belongs", math.sqrt(right)
    match named(draw.entry, draw.names):
        case Normal() | TruncatedNormal():
            yield "tails are cut and the variance is not corrected for it", right * _CUT.std()
            yield "the variance is that of the bell before its tails are cut", right / _CUT.std()
        case Uniform():
            yield "the standard deviation stands where the limit belongs", right / math.sqrt(3)
            yield "the limit stands where the standard deviation belongs", right * math.sqrt(3)
