"""Which distribution a sample follows, up to its location and scale.

A family is named only if the sample fits it: the distance between the distribution functions is one
that draws from the family exceed with a probability of `DOUBT` at most (Massart 1990; location and
scale are fitted, which makes the distance smaller). Of several that fit, the plainest counts unless
another one is more likely by `_LEAD`: a likelihood ratio of a million, so that a plainer name is
given up wrongly once in a million at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from ..plan import DOUBT
from .families import Distribution, Family, cut, families, mixture

__all__ = ["Fit", "fits", "recognized"]

Floats = NDArray[np.float64]
_LEAD = math.log(1e6)
# Fewer draws tell families apart too badly.
_LEAST = 1000
# As many are looked at before all are, one number after the other.
_FEW = (2_000, 16_000)
# Cuts that are looked for, in standard deviations of the bell: below, it is hardly a bell.
_CUTS = (0.5, 4.5)
# A kurtosis above which a mixture of narrow and wide normal numbers is fitted, and draws for it.
_HEAVY, _ENOUGH = 3.5, 10_000


@dataclass(frozen=True)
class Fit:
    """A family that a sample fits.

    Attributes
    ----------
    family : Family
        Which one.
    location, scale : float
        Of the standard distribution of the family.
    """

    family: Family
    location: float
    scale: float


def recognized(drawn: Floats) -> Fit | None:
    """Return the family that draws follow; none where none of those that are known fits.

    Parameters
    ----------
    drawn : ndarray of float64, shape (n,)
        Independent draws, in any order.
    """
    ordered = np.sort(drawn[np.isfinite(drawn)])
    if ordered.size < _LEAST or ordered[0] == ordered[-1]:
        return None
    low, middle, high = np.quantile(ordered, (0.25, 0.5, 0.75))
    if not high > low:
        return None
    best: tuple[float, Fit] | None = None
    fewer = [
        ordered[np.linspace(0, ordered.size - 1, count).astype(int)]
        for count in _FEW
        if count < ordered.size
    ]
    with np.errstate(all="ignore"):
        for family in _candidates(ordered):
            fit = _fitted(family, ordered, float(middle), float(high - low))
            # Evenly spaced order statistics are nearer to the distribution than independent draws
            # are, so that these few leave out less than all do.
            cdf = family.standard.cdf
            if not all(_near(cdf((few - fit.location) / fit.scale)) for few in fewer):
                continue
            standard = (ordered - fit.location) / fit.scale
            if not _near(cdf(standard)):
                continue
            # Draws may be beyond a bound that was fitted: the others tell the likelihoods apart.
            likely = family.standard.logpdf(standard) - math.log(fit.scale)
            total = float(np.sum(np.maximum(likely, -100.0)))
            if best is None or total > best[0] + _LEAD:
                best = (total, fit)
    return best[1] if best else None


def fits(drawn: Floats, distribution: Distribution) -> bool:
    """Say whether draws fit a distribution that is wholly known."""
    return drawn.size > 0 and _near(np.asarray(distribution.cdf(np.sort(drawn))))


def _near(uniform: Floats) -> bool:
    """Say whether ordered numbers may be uniform: ``2 * exp(-2 * n * d**2)`` is not below DOUBT."""
    n = uniform.size
    steps = np.arange(n + 1) / n
    apart = max((steps[1:] - uniform).max(), (uniform - steps[:-1]).max())
    return bool(2 * math.exp(-2 * n * apart**2) >= DOUBT)


def _candidates(ordered: Floats) -> list[Family]:
    """Return the known families, and the normal one that is cut where these draws end."""
    at = _cut_at(float((ordered[-1] - ordered[0]) / 2 / ordered.std()))
    cuts = [] if at is None else [cut(round(at, digits)) for digits in (1, 2)]
    centred = (ordered - ordered.mean()) / ordered.std()
    heavy = float(np.mean(centred**4)) > _HEAVY
    wide = mixture(centred) if heavy and ordered.size >= _ENOUGH else None
    return [*families(), *cuts, *([wide] if wide else [])]


def _cut_at(ends: float) -> float | None:
    """Return where a bell is cut that ends at so many of its standard deviations after the cut."""

    def excess(at: float) -> float:
        return at / float(stats.truncnorm(-at, at).std()) - ends

    if excess(_CUTS[0]) > 0 or excess(_CUTS[1]) < 0:
        return None
    return float(optimize.brentq(excess, *_CUTS))


def _fitted(family: Family, ordered: Floats, middle: float, width: float) -> Fit:
    """Fit location and scale: by moments or an end where these are good, else by quartiles."""
    mean, deviation = family.moments
    if math.isfinite(mean):
        scale = float(ordered.std()) / deviation
        return Fit(family, float(ordered.mean()) - scale * mean, scale)
    low, high = family.ends
    if math.isfinite(low) and math.isfinite(high):
        scale = float(ordered[-1] - ordered[0]) / (high - low)
        return Fit(family, float(ordered[0]) - low * scale, scale)
    if math.isfinite(low):
        scale = (middle - float(ordered[0])) / (family.centre - low)
        return Fit(family, float(ordered[0]) - low * scale, scale)
    if math.isfinite(high):
        scale = (float(ordered[-1]) - middle) / (high - family.centre)
        return Fit(family, float(ordered[-1]) - high * scale, scale)
    scale = width / family.width
    return Fit(family, middle - scale * family.centre, scale)
