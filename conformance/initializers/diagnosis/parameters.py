"""Slips of parameters: the same entry with one of them ignored, squared, inverted, exchanged.

Each gives a distribution that is wholly known. It is named only if the draws fit its distribution
function, and mean and standard deviation of the whole sample its own to within five standard
errors: a wrong one of a few dozen candidates fits by chance less often than once in ten thousand,
and the right one is left out no more than once in a million.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scipy import stats

from actinit.spec.distributions import TruncatedNormal, Uniform

from ..distributions import defaults, named
from ..draws import Draw
from ..sample import Sample
from ..standard import Standard
from .shape import fits

__all__ = ["slip", "slips"]

_ERRORS = 5.0


def slip(draw: Draw, sample: Sample) -> str:
    """Return the slip of parameters that explains a sample; empty if none does."""
    some = sample.some
    for name, distribution in slips(draw):
        if _moments_fit(sample, distribution) and fits(some, distribution):
            return name
    return ""


def _moments_fit(sample: Sample, distribution: Any) -> bool:
    size = sample.summary.size
    mean, variance, excess = (float(each) for each in distribution.stats(moments="mvk"))
    if not (math.isfinite(variance) and variance > 0):
        return False
    deviation = math.sqrt(variance)
    _, error, _ = Standard(distribution).power(4)
    # Powers of all draws around their own mean, in their own deviation.
    shape = abs(sample.kurtosis - (excess + 3)) <= _ERRORS * error / math.sqrt(size) + 1e-3
    near_mean = abs(sample.mean - mean) <= _ERRORS * deviation / math.sqrt(size) + 1e-12
    # Rounding to 16 bits changes a deviation by less than a millionth.
    granted = _ERRORS * math.sqrt(max(0.1, excess + 2) / 4 / size) + 1e-6
    return shape and near_mean and abs(sample.standard_deviation / deviation - 1) <= granted


def slips(draw: Draw) -> Iterator[tuple[str, Any]]:
    """Yield slips with the distributions that they lead to, the plainest first.

    One that leads to the right distribution is left out.
    """
    right = draw.distribution
    for name, other in _described(draw):
        if (other.mean(), other.std(), other.support()) != (
            right.mean(), right.std(), right.support(),
        ):  # fmt: skip
            yield name, other


def _described(draw: Draw) -> Iterator[tuple[str, Any]]:
    told = {name: value for name, value in draw.names.items() if name in draw.entry.parameters}
    default = defaults(draw.entry)
    numbers = {name: float(value) for name, value in told.items() if not isinstance(value, str)}
    ignored = {name: default[name] for name in numbers if numbers[name] != default[name]}
    for name, value in ignored.items():
        yield from _with(
            draw, f"the parameter {name} is ignored ({value:g} is used)", {name: value}
        )
    if len(ignored) > 1:
        yield from _with(draw, "all parameters are ignored", ignored)
        for kept in ignored:
            rest = {name: value for name, value in ignored.items() if name != kept}
            if len(rest) > 1:
                yield from _with(draw, f"the parameters {' and '.join(rest)} are ignored", rest)
    yield from _other_options(draw)
    yield from _of_uniform(draw, numbers)
    yield from _of_cut(draw)
    for name, value in numbers.items():
        changed = {
            f"{name} is squared": value**2,
            f"the root of {name} is taken": math.sqrt(abs(value)),
            f"{name} has its sign turned round": -value,
            f"the inverse of {name} is used": 1 / value if value else math.nan,
            f"twice {name} is used": 2 * value,
            f"half of {name} is used": value / 2,
        }
        for what, other in changed.items():
            if math.isfinite(other) and other != value:
                yield from _with(draw, what, {name: other})
    if len(numbers) == 2:
        one, two = numbers
        exchanged = {one: numbers[two], two: numbers[one]}
        yield from _with(draw, f"{one} and {two} are exchanged", exchanged)


def _with(draw: Draw, name: str, changed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the distribution that changed parameters or options lead to, where there is one."""
    try:
        distribution = replace(draw, parameters={**draw.parameters, **changed}).distribution
        spread = float(distribution.std())
    except (ArithmeticError, ValueError):  # no value of this parameter
        return
    if math.isfinite(spread) and spread > 0:
        yield name, distribution


def _other_options(draw: Draw) -> Iterator[tuple[str, Any]]:
    """Yield what the entry draws where another of its options is chosen."""
    for name in draw.entry.choices:
        chosen = draw.names[name]
        for option in draw.entry.options(name):
            if option != chosen:
                what = f"{name} {option} is drawn in place of {chosen}"
                yield from _with(draw, what, {name: option})


def _of_uniform(draw: Draw, numbers: Mapping[str, float]) -> Iterator[tuple[str, Any]]:
    if not isinstance(named(draw.entry, draw.names), Uniform):
        return
    low, high = (float(end) for end in draw.distribution.support())
    for start, end in (
        (0.0, high), (low, 0.0), (-high, high), (low, -low), (0.0, high - low), (low, low + high),
        (0.0, 1.0), (-1.0, 1.0), (-2 * high, 2 * high), (2 * low, 2 * high), (low / 2, high / 2),
        (-0.05, 0.05),
    ):  # fmt: skip
        if end > start and (start, end) != (low, high):
            yield (
                f"a uniform distribution on [{start:.4g}, {end:.4g}) instead of "
                f"[{low:.4g}, {high:.4g})",
                stats.uniform(loc=start, scale=end - start),
            )


def _of_cut(draw: Draw) -> Iterator[tuple[str, Any]]:
    """Yield what a cut normal distribution becomes by a wrong cut or a wrong correction."""
    if not isinstance(named(draw.entry, draw.names), TruncatedNormal):
        return
    distribution = draw.distribution
    (start, end), bell = distribution.args, distribution.kwds
    centre, scale = bell["loc"], bell["scale"]
    yield "the tails are not cut", stats.norm(loc=centre, scale=scale)
    yield (
        "the tails are not cut (the variance is that of the cut distribution)",
        stats.norm(loc=distribution.mean(), scale=distribution.std()),
    )
    sides = {
        "only the lower tail is cut": (start, math.inf),
        "only the upper tail is cut": (-math.inf, end),
        "the cuts are exchanged": (-end, -start),
        "both tails are cut where the upper one should be": (-end, end),
        "both tails are cut where the lower one should be": (start, -start),
        "the tails are cut at two standard deviations": (-2.0, 2.0),
        "the cut is absolute, not in standard deviations": (start / scale, end / scale),
        "the cut is not moved by the mean": (start - centre / scale, end - centre / scale),
    }
    for name, (low, high) in sides.items():
        if (low, high) != (start, end) and low < high:
            yield name, stats.truncnorm(low, high, loc=centre, scale=scale)
    left = float(distribution.std()) / scale
    for name, factor in {
        "the standard deviation is corrected for the cut": 1 / left,
        "tails are cut and the variance is not corrected for it": left,
    }.items():
        if (start, end) != (-2.0, 2.0):  # the scale says that of the usual cut
            yield name, stats.truncnorm(start, end, loc=centre, scale=scale * factor)
