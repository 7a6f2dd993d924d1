"""What a sample of weights says: the shape of its distribution, and which fan its scale follows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from actinit.spec.distributions import Normal, TruncatedNormal, Uniform

from ..initializers import goodness
from ..initializers.plan import DOUBT
from .draws import KERNELS, Drawn

__all__ = [
    "FAR",
    "FLAT",
    "KERNEL",
    "Sample",
    "Shape",
    "fan_of",
    "fan_that",
    "is_one",
    "middle",
    "scale_of",
    "shape_of",
    "uncertainty",
]

Floats = NDArray[np.float64]
Sides = tuple[int, int]

#: Standard errors of a two-sided test at the level of doubt.
FAR = -float(special.ndtri(DOUBT / 2))
#: The largest weight of a uniform distribution around 0, in standard deviations.
FLAT = math.sqrt(3)
#: The kernel of which figures are told where they depend on it.
KERNEL = next(iter(KERNELS))
_FANS: dict[str, Callable[[float, float], float]] = {
    "fan_in": lambda i, o: i,
    "fan_out": lambda i, o: o,
    "fan_avg": lambda i, o: (i + o) / 2,
    "fan_geo_avg": lambda i, o: math.sqrt(i * o),
    "none": lambda i, o: 1.0,
}
_ROUNDINGS = 1e-6
# Where people cut a normal distribution; any other place is fitted.
_CUTS = (2.0, 3.0, 1.0, 2.5, 1.5)


class Sample(NamedTuple):
    """Figures of what was drawn.

    Attributes
    ----------
    drawn : Drawn
        The weights.
    mean : float
        Of all weights; 0 where it cannot be told from 0.
    deviations : dict
        Of each kernel, from that mean.
    kurtosis : float
        The fourth moment of the standardized weights: 3 for a normal distribution.
    z : ndarray
        All weights in standard deviations of their kernel, in order.
    """

    drawn: Drawn
    mean: float
    deviations: dict[Sides, float]
    kurtosis: float
    z: Floats

    @classmethod
    def of(cls, drawn: Drawn) -> Sample:
        kernels = drawn.kernels
        means = {sides: float(one.mean()) for sides, one in kernels.items()}
        errors = {sides: float(one.std() / math.sqrt(one.size)) for sides, one in kernels.items()}
        weights = {sides: 1 / errors[sides] ** 2 for sides in kernels}
        pooled = sum(weights[one] * means[one] for one in kernels) / sum(weights.values())
        centred = abs(pooled) <= FAR / math.sqrt(sum(weights.values()))
        mean = 0.0 if centred else pooled
        deviations = {
            sides: float(np.sqrt(((one - mean) ** 2).mean())) for sides, one in kernels.items()
        }
        parts = [((one - mean) / deviations[sides]).ravel() for sides, one in kernels.items()]
        z = np.sort(np.concatenate(parts))
        return cls(drawn, mean, deviations, float((z**4).mean()), z)

    @property
    def furthest(self) -> float:
        """The largest weight, in standard deviations of its kernel."""
        return float(max(-self.z[0], self.z[-1]))

    @property
    def slack(self) -> float:
        """How many times too small a kernel's standard deviation may have come out by chance."""
        return 1 + FAR * max(map(self.error, self.deviations)) / 2

    def error(self, sides: tuple[int, int]) -> float:
        """Relative standard error of a kernel's variance."""
        spread = max(self.kurtosis - 1, _ROUNDINGS)  # of two numbers alone the variance is certain
        return math.sqrt(spread / self.drawn.kernels[sides].size)


class Shape(NamedTuple):
    """The shape of a distribution: a family, and where a normal one is cut before its own scale."""

    kind: type[Uniform | Normal | TruncatedNormal] | None
    cut: float
    text: str


def _standard(kind: type[Any], cut: float) -> Any:
    """Return a distribution of mean 0 and variance 1."""
    if kind is Uniform:
        return stats.uniform(loc=-FLAT, scale=2 * FLAT)
    if kind is Normal:
        return stats.norm()
    return stats.truncnorm(-cut, cut, scale=1 / float(stats.truncnorm(-cut, cut).std()))


def shape_of(sample: Sample) -> Shape:
    """Return the plainest shape that fits: its furthest weight, kurtosis and whole function."""
    named = [Shape(Uniform, math.inf, "uniform"), Shape(Normal, math.inf, "normal")]
    named += [_cut_at(cut) for cut in _CUTS]
    fitted = _fitted_cut(sample.furthest)
    for shape in [*named, *([_cut_at(fitted)] if fitted else [])]:
        if _suits(sample, shape):
            return shape
    text = f"neither uniform nor normal, nor a normal one cut (kurtosis {sample.kurtosis:.3g})"
    return Shape(None, math.inf, text)


def _cut_at(cut: float) -> Shape:
    return Shape(TruncatedNormal, cut, f"normal, cut at {cut:.3g} standard deviations")


def _fitted_cut(furthest: float) -> float | None:
    """Return where a normal distribution is cut whose largest weight is so many deviations out."""

    def excess(cut: float) -> float:
        return cut / float(stats.truncnorm(-cut, cut).std()) - furthest

    if not excess(0.2) < 0 < excess(6):
        return None
    return float(optimize.brentq(excess, 0.2, 6))


def _suits(sample: Sample, shape: Shape) -> bool:
    assert shape.kind is not None
    standard = _standard(shape.kind, shape.cut)
    low, high = standard.support()
    if sample.z[0] < low * sample.slack or sample.z[-1] > high * sample.slack:
        return False
    # That nothing is further out has this probability.
    count, furthest = sample.z.size, sample.furthest * sample.slack
    if count * math.log1p(-2 * float(standard.sf(furthest))) < math.log(DOUBT):
        return False
    moments = [float(standard.moment(order)) for order in (4, 8)]
    # Of the fourth moment over the square of the second, to first order.
    variance = moments[1] - moments[0] ** 2
    sixth = float(standard.moment(6))
    variance += 4 * moments[0] ** 2 * (moments[0] - 1) - 4 * moments[0] * (sixth - moments[0])
    deviation = (sample.kurtosis - moments[0]) / math.sqrt(variance / count)
    if goodness.normal(deviation).p < DOUBT:
        return False
    # With an estimated scale the p-value is too large, never too small.
    return goodness.distance(np.clip(standard.cdf(sample.z), 0, 1)).p >= DOUBT


def fan_of(sample: Sample) -> str | None:
    """Return the fan that, times the variances, gives one number; none if there is no such fan."""
    fits = {}
    for name, rule in _FANS.items():
        scales = {sides: one**2 * rule(*sides) for sides, one in sample.deviations.items()}
        fits[name] = _alike(sample, scales)
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] >= DOUBT else None


def scale_of(sample: Sample, fan: str | None) -> float:
    """Return the variance times a fan; of one kernel, if the variance follows none."""
    if fan is None:
        return sample.deviations[KERNEL] ** 2
    rule = _FANS[fan]
    return middle(
        sample, {sides: one**2 * rule(*sides) for sides, one in sample.deviations.items()}
    )


def fan_that(variances: dict[Sides, float]) -> str:
    """Return the fan that, times variances that are known exactly, gives one number."""
    for name, rule in _FANS.items():
        scales = [one * rule(*sides) for sides, one in variances.items()]
        if max(scales) - min(scales) < 1e-9 * max(scales):
            return name
    return "none of the fans"


def is_one(sample: Sample, ratios: dict[Sides, float]) -> bool:
    """Say whether numbers that are as uncertain as the variances are the same, but for chance."""
    return _alike(sample, ratios) >= DOUBT


def middle(sample: Sample, numbers: dict[Sides, float]) -> float:
    """Return the mean of numbers that are as uncertain as the variances, by how sure they are."""
    weights = {sides: sample.error(sides) ** -2 for sides in numbers}
    return sum(weights[one] * numbers[one] for one in numbers) / sum(weights.values())


def uncertainty(sample: Sample) -> float:
    """Return the relative standard error of such a mean."""
    return 1 / math.sqrt(sum(sample.error(sides) ** -2 for sides in sample.deviations))


def _alike(sample: Sample, numbers: dict[Sides, float]) -> float:
    """Return the p-value of the numbers being one and the same."""
    logs = {sides: math.log(one) for sides, one in numbers.items()}
    centre = middle(sample, logs)
    statistic = sum(((logs[one] - centre) / sample.error(one)) ** 2 for one in logs)
    return float(special.chdtrc(len(logs) - 1, statistic))
