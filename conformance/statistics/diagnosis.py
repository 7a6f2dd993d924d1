"""What went wrong, in words: a sample that is not from its law, held against the usual slips."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

from scipy import stats

from actinit.spec.laws import Normal, TruncatedNormal, Uniform

from .draws import Draw
from .goodness import kolmogorov_smirnov
from .laws import named, uses_fans
from .plan import DOUBT
from .sample import Sample

__all__ = ["cause", "moments", "scale", "shape"]

# Standard laws by what a person would call them, each with variance 1.
_CUT = stats.truncnorm(-2, 2)
_SHAPES: dict[str, Any] = {
    "a normal distribution": stats.norm(),
    "a uniform distribution": stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)),
    "a normal distribution cut at two standard deviations": stats.truncnorm(
        -2, 2, scale=1 / _CUT.std()
    ),
}  # fmt: skip


def shape(sample: Sample) -> str:
    """Name the distribution that a sample follows up to mean and scale, with its mean and scale.

    Parameters
    ----------
    sample : Sample
        The draws.

    Returns
    -------
    str
        Such as ``"a uniform distribution of mean 0.5 and standard deviation 0.288"``.
    """
    some = sample.some
    centre, spread = some.mean(), some.std()
    if spread == 0:
        return f"{centre:.9g} everywhere"
    figures = f"of mean {centre:.4g} and standard deviation {spread:.6g}"
    standard = (some - centre) / spread
    fits = {name: kolmogorov_smirnov(standard, law) for name, law in _SHAPES.items()}
    best = max(fits, key=lambda name: fits[name].p)
    return f"{best if fits[best].p >= DOUBT else 'a distribution of another shape'} {figures}"


def cause(draw: Draw, sample: Sample, about: str, failing: Collection[str]) -> str:
    """Return what a sample looks like, in a few words; empty where that is not recognized.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sample : Sample
        What came back.
    about : str
        The demand that it fails.
    failing : collection of str
        The tests of it that failed.
    """
    if about == "moments" and "variance" in failing:
        found = scale(draw, sample.standard_deviation, sample.summary.size)
        return "" if found.startswith("the scale is") else found
    if about == "distribution" and sample.format.bits.itemsize > 2:
        found = shape(sample).partition(" of mean")[0]
        return "" if found == "a distribution of another shape" else found
    return ""


def moments(draw: Draw, sample: Sample, failing: Collection[str]) -> str:
    """Explain moments that are not the law's; see `scale`.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sample : Sample
        What came back.
    failing : collection of str
        The moments that are off.
    """
    reasons = []
    if "mean" in failing:
        off = (sample.mean - sample.law.mean) / sample.law.stddev
        reasons.append(f"the mean is off by {off:+.3g} standard deviations")
    got = sample.standard_deviation
    # The variance is that around the law's mean, which a mean that is off makes larger.
    right = abs(got / sample.law.stddev - 1) < _resolution(sample.summary.size)
    if "variance" in failing and not ("mean" in failing and right):
        reasons.append(scale(draw, got, sample.summary.size))
    reasons += [f"the {name} is off" for name in ("skewness", "kurtosis") if name in failing]
    return " and ".join(reasons)


def scale(draw: Draw, got: float, size: int) -> str:
    """Explain a standard deviation that is not the law's.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    got : float
        The standard deviation of what came back.
    size : int
        How many weights came back.

    Returns
    -------
    str
        The slip that gives this standard deviation, or how many times the right one it is.
    """
    right = float(draw.law.std())
    tolerance = _resolution(size)
    slips = {name: abs(got / value - 1) for name, value in _slips(draw, right) if value > 0}
    near = min(slips, key=lambda name: slips[name])
    if slips[near] < tolerance:
        return near
    return f"the scale is {got / right:.5g} times the right one"


def _resolution(size: int) -> float:
    """Return four standard errors of the standard deviation of a normal sample, relative to it."""
    return 4 / math.sqrt(2 * size)


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
