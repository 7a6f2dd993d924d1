"""The cause of what a sample fails, in a few words: the hypotheses, the plainest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

import numpy as np

from ...undiagnosed import cause_search
from ..draws import Draw
from ..examine import tensor_means
from ..sample import Sample
from . import dependence, parameters, values
from .scale import resolution, scale
from .shape import Fit, fits, recognized

__all__ = ["cause", "moments", "shape"]

# A mean that is off is told from one that is not by so many standard errors.
_ERRORS = 5.0
# Means of tensors that vary less than this, in standard errors, were set.
_SET = 0.01
# Probability that no draw is so far out, below which a tail counts as missing.
_MISSING = 1e-6


# What a test of independence says by itself, where nothing says more.
_DEPENDENT = {
    "tensors": "tensors of successive seeds share a part of their randomness",
    "row_means": "rows have means of their own",
    "column_means": "columns have means of their own",
    "squares": "neighbours have a common scale",
}


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
    if some.size == 0 or some.min() == some.max():
        return f"{some[0]:.9g} everywhere" if some.size else "nothing"
    if "shape" not in sample.notes:
        with np.errstate(all="ignore"):
            found = recognized(some)
        sample.notes["shape"] = found.family.name if found else "a distribution of another shape"
    figures = f"of mean {some.mean():.4g} and standard deviation {some.std():.6g}"
    return f"{sample.notes['shape']} {figures}"


@cause_search("")
def cause(draw: Draw, sample: Sample, about: str, failing: Collection[str]) -> str:
    """Return what a sample looks like, in a few words; empty where that is not recognized.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sample : Sample
        What came back, finite.
    about : str
        The demand that it fails.
    failing : collection of str
        The tests of it that failed.
    """
    # Where the finding is of order, order is what explains it; else only if nothing else does.
    first, second = (_of_order, _of_values) if about == "independence" else (_of_values, _of_order)
    with np.errstate(all="ignore"):
        found = _noted(sample, first, draw) or _noted(sample, second, draw)
    if found or about != "independence":
        return found
    if "tensor_means" in failing and float(np.std(tensor_means(sample))) < _SET:
        return "the mean of each tensor was set, as if it were subtracted"
    return next((words for test, words in _DEPENDENT.items() if test in failing), "")


def _noted(sample: Sample, find: Callable[[Draw, Sample], str], draw: Draw) -> str:
    """Return what one group of hypotheses finds; asked once for each sample."""
    name = find.__name__
    if name not in sample.notes:
        sample.notes[name] = find(draw, sample)
    return sample.notes[name]


def _of_order(draw: Draw, sample: Sample) -> str:
    return values.places(sample) or dependence.dependence(sample)


def _of_values(draw: Draw, sample: Sample) -> str:
    if found := values.places(sample) or dependence.repetition(sample) or values.values(sample):
        return found
    if found := parameters.slip(draw, sample):
        return found
    off = _off_centre(sample)
    size, kurtosis = sample.summary.size, sample.kurtosis
    got = sample.standard_deviation
    due = sample.distribution.stddev
    wrong_scale = abs(got / due - 1) > resolution(size, kurtosis) + 1e-6
    slip = scale(draw, got, size, kurtosis) if wrong_scale else ""
    slip = "" if slip.startswith("the scale is") else slip
    if _right_shape(sample):
        parts = [off, slip, "" if slip or off or wrong_scale else _missing_tail(sample)]
        return " and ".join(filter(None, parts))
    fit = recognized(sample.some)
    if fit is None:
        return ""
    name = _of_shape(fit, sample)
    return "; ".join(filter(None, [name, _parameter_of_shape(fit, sample) or slip]))


def _of_shape(fit: Fit, sample: Sample) -> str:
    name = fit.family.name
    if name == "a uniform distribution" and _one_sided(sample):
        kept = sample.summary
        return f"a uniform distribution on one side of 0, [{kept.least:.4g}, {kept.greatest:.4g}]"
    return name


def _one_sided(sample: Sample) -> bool:
    """Say whether draws of a distribution on both sides of 0 are on one side only."""
    both = sample.distribution.low < 0 < sample.distribution.high
    return both and (sample.summary.least >= 0 or sample.summary.greatest <= 0)


def _parameter_of_shape(fit: Fit, sample: Sample) -> str:
    """Say that the standard deviation was handed to a distribution as its own scale parameter."""
    words = {
        "a Laplace distribution": 1.0,
        "a logistic distribution": 1.0,
        "a uniform distribution": 1.0,
        "a Cauchy distribution": 1.0,
    }
    if fit.family.name in words and abs(fit.scale / sample.distribution.stddev - 1) < 0.02:
        kind = "limit" if fit.family.name == "a uniform distribution" else "scale parameter"
        return f"the standard deviation is taken for its {kind}"
    return ""


def _right_shape(sample: Sample) -> bool:
    """Say whether draws follow the right distribution up to mean and scale."""
    some = sample.some
    spread = some.std()
    if not spread > 0:
        return False
    standard = sample.distribution.mean + sample.distribution.stddev * (some - some.mean()) / spread
    # The kurtosis of all draws says more of the tails than the distribution function of some.
    _, error, _ = sample.distribution.power(4)
    granted = _ERRORS * error / math.sqrt(sample.summary.size) + 1e-3
    near = abs(sample.kurtosis - sample.distribution.moments[4]) < granted
    return near and fits(standard, sample.distribution.frozen)


def _off_centre(sample: Sample) -> str:
    off = (sample.mean - sample.distribution.mean) / sample.distribution.stddev
    error = sample.standard_deviation / sample.distribution.stddev / math.sqrt(sample.summary.size)
    if abs(off) <= _ERRORS * error:
        return ""
    return f"the mean is off by {off:+.3g} standard deviations"


def _missing_tail(sample: Sample) -> str:
    """Say beyond which point nothing is drawn, where chance does not explain that."""
    kept, distribution = sample.summary, sample.distribution
    far = sample.furthest
    if math.isfinite(distribution.low) or math.isfinite(distribution.high):
        return ""
    expected = kept.size * distribution.beyond_both(far)
    if expected < -math.log(_MISSING):
        return ""
    due = f"where {expected:.0f} are due"
    return f"no draws beyond {far / distribution.stddev:.3g} standard deviations, {due}"


def moments(draw: Draw, sample: Sample, failing: Collection[str]) -> str:
    """Explain moments that are not the distribution's; see `diagnosis.scale`.

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
        off = (sample.mean - sample.distribution.mean) / sample.distribution.stddev
        reasons.append(f"the mean is off by {off:+.3g} standard deviations")
    got = sample.standard_deviation
    # The variance is that around the distribution's mean, which a mean that is off makes larger.
    right = abs(got / sample.distribution.stddev - 1) < resolution(sample.summary.size)
    if "variance" in failing and not ("mean" in failing and right):
        reasons.append(scale(draw, got, sample.summary.size))
    reasons += [f"the {name} is off" for name in ("skewness", "kurtosis") if name in failing]
    return " and ".join(reasons)
