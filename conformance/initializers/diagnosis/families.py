"""Distributions that samplers are seen to draw from by mistake, each with mean 0 and a scale."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

__all__ = ["CUT", "Distribution", "Family", "cut", "families", "mixture"]

Floats = NDArray[np.float64]
#: Standard deviation that is left of a standard normal distribution cut at two.
CUT = float(stats.truncnorm(-2, 2).std())
_DEGREES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20)
# Distributions of numbers above 0 that often draw numbers near 0.
_DENSE_AT_THE_END = ("halfnorm", "expon", "chi2")
# Rounds of fitting a mixture, and how many times as wide its wider part is to be.
_ITERATIONS, _APART = 100, 1.5
_UNIFORMS = {2: "a triangular distribution (the sum of two uniform numbers)"} | {
    k: f"the sum of {k} uniform numbers" for k in (3, 4, 5, 6, 8, 12)
}


class Distribution(Protocol):
    """What a test needs of a continuous distribution."""

    def cdf(self, x: Floats) -> Floats:
        """Return the distribution function."""

    def logpdf(self, x: Floats) -> Floats:
        """Return the logarithm of the density."""


@dataclass(frozen=True)
class Family:
    """A distribution that is known up to its location and scale.

    Attributes
    ----------
    name : str
        What a person calls it.
    standard : Distribution
        With any location and scale.
    centre, width : float
        Median and distance between the quartiles of the standard one.
    ends : tuple of float
        Where draws come so close to the ends of the support that these can be fitted; infinite
        elsewhere.
    moments : tuple of float
        Mean and standard deviation, where these are better to fit than quartiles; else nan.
    """

    name: str
    standard: Distribution
    centre: float
    width: float
    ends: tuple[float, float] = (-math.inf, math.inf)
    moments: tuple[float, float] = (math.nan, math.nan)


class _SumOfUniforms:
    """The sum of k uniform numbers on [-1/2, 1/2) (Irwin and Hall)."""

    def __init__(self, count: int) -> None:
        self._count = count

    def _sum(self, x: Floats, order: int) -> Floats:
        # By symmetry on the lower half, where the terms do not cancel.
        shifted = self._count / 2 - np.abs(x)
        total = np.zeros_like(shifted)
        for k in range(self._count // 2 + 1):
            terms = np.maximum(shifted - k, 0.0) ** order
            total += (-1) ** k * math.comb(self._count, k) * terms
        return total / math.factorial(order)

    def cdf(self, x: Floats) -> Floats:
        below = np.clip(self._sum(x, self._count), 0.0, 0.5)
        return np.where(x > 0, 1 - below, below)

    def logpdf(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            density: Floats = np.log(np.maximum(self._sum(x, self._count - 1), 0.0))
        return density


class _ProductOfNormals:
    """The product of two standard normal numbers, by a table of its distribution function."""

    def __init__(self) -> None:
        # The density is K0(|x|) / pi; integrated over the logarithm of x, where it is smooth.
        self._x = np.exp(np.linspace(-30, math.log(60), 20_000))
        mass = special.k0(self._x) * self._x / math.pi
        steps = np.diff(np.log(self._x))
        self._above = np.concatenate([[0.0], np.cumsum((mass[1:] + mass[:-1]) / 2 * steps)])

    def cdf(self, x: Floats) -> Floats:
        one_side = np.interp(np.abs(x), self._x, self._above)
        return 0.5 + np.sign(x) * np.minimum(one_side, 0.5)

    def logpdf(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            density: Floats = np.log(special.k0(np.maximum(np.abs(x), 1e-300)) / math.pi)
        return density


class _Mixture:
    """Normal numbers of two standard deviations, around 0."""

    def __init__(self, share: float, narrow: float, wide: float) -> None:
        self.share, self.narrow, self.wide = share, narrow, wide

    def cdf(self, x: Floats) -> Floats:
        mixed: Floats = (1 - self.share) * special.ndtr(x / self.narrow)
        return mixed + self.share * special.ndtr(x / self.wide)

    def parts(self, x: Floats) -> tuple[Floats, Floats]:
        """Return the densities of the narrow and of the wide numbers."""
        return (
            (1 - self.share) * stats.norm.pdf(x, scale=self.narrow),
            self.share * stats.norm.pdf(x, scale=self.wide),
        )

    def logpdf(self, x: Floats) -> Floats:
        density: Floats = np.log(np.add(*self.parts(x)))
        return density


class _Mirrored:
    """A distribution turned round."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def cdf(self, x: Floats) -> Floats:
        right: Floats = self._inner.sf(-x)
        return right

    def logpdf(self, x: Floats) -> Floats:
        right: Floats = self._inner.logpdf(-x)
        return right


@cache
def cut(at: float) -> Family:
    """Return a normal distribution cut at so many standard deviations on either side."""
    words = "two" if at == 2 else f"{at:.3g}"
    bell = stats.truncnorm(-at, at)
    name = f"a normal distribution cut at {words} standard deviation{'s' * (at != 1)}"
    return _family(name, bell, ends=True)


@cache
def families() -> tuple[Family, ...]:
    """Return the families, the plainest first."""
    found = [
        _family("a normal distribution", stats.norm(), moments=True),
        _family("a uniform distribution", stats.uniform(-1, 2), ends=True),
        *(cut(at) for at in (2.0, 1.0, 1.5, 2.5, 3.0)),
        _family("a Laplace distribution", stats.laplace()),
        _family("a logistic distribution", stats.logistic()),
        _family("an arcsine distribution", stats.arcsine(-1, 2), ends=True),
        _family("a Cauchy distribution", stats.cauchy()),
        *(
            Family(name, _SumOfUniforms(count), 0.0, 2 * _quartile(_SumOfUniforms(count).cdf))
            for count, name in _UNIFORMS.items()
        ),
        *(
            _family(f"Student's t distribution of {degrees} degrees of freedom", stats.t(degrees))
            for degrees in _DEGREES[1:]
        ),
    ]
    product = _ProductOfNormals()
    found.append(
        Family("the product of two normal numbers", product, 0.0, 2 * _quartile(product.cdf))
    )
    for name, one_sided in {
        "a half-normal distribution (a normal one without its signs)": stats.halfnorm(),
        "an exponential distribution": stats.expon(),
        "a Rayleigh distribution": stats.rayleigh(),
        "a Gumbel distribution": stats.gumbel_r(),
        "a squared normal distribution": stats.chi2(1),
        **{
            f"a lognormal distribution of shape {shape:g}": stats.lognorm(shape)
            for shape in (0.25, 0.5, 1.0)
        },
    }.items():
        family = _family(name, one_sided, ends=one_sided.dist.name in _DENSE_AT_THE_END)
        found.append(family)
        low, high = family.ends
        mirrored = replace(
            family,
            name=f"{name}, mirrored",
            standard=_Mirrored(one_sided),
            centre=-family.centre,
            ends=(-high, -low),
        )
        found.append(mirrored)
    return tuple(found)


def mixture(centred: Floats) -> Family | None:
    """Return the likeliest mixture of two normal distributions, by expectation-maximization.

    Parameters
    ----------
    centred : ndarray of float64
        Draws, less their mean.

    Returns
    -------
    Family or None
        None where the two parts are hardly different, or one of them is hardly there.
    """
    spread = float(centred.std())
    found = _Mixture(0.2, 0.7 * spread, 1.8 * spread)
    for _ in range(_ITERATIONS):
        narrow, wide = found.parts(centred)
        responsible = wide / np.maximum(narrow + wide, 1e-300)
        share = float(responsible.mean())
        if not 1e-4 < share < 1 - 1e-4:
            return None
        squares = np.square(centred)
        found = _Mixture(
            share,
            math.sqrt(float(np.mean((1 - responsible) * squares)) / (1 - share)),
            math.sqrt(float(np.mean(responsible * squares)) / share),
        )
    ratio = found.wide / found.narrow
    if not ratio > _APART:
        return None
    name = (
        f"a mixture of two normal distributions, {share:.2g} of the weights {ratio:.2g} times as "
        "wide as the others"
    )
    return Family(name, found, 0.0, 1.0, moments=(0.0, spread))


def _family(name: str, standard: Any, *, ends: bool = False, moments: bool = False) -> Family:
    low, middle, high = (float(standard.ppf(p)) for p in (0.25, 0.5, 0.75))
    return Family(
        name,
        standard,
        middle,
        high - low,
        ends=standard.support() if ends else (-math.inf, math.inf),
        moments=(float(standard.mean()), float(standard.std())) if moments else (math.nan,) * 2,
    )


def _quartile(cdf: Callable[[Floats], Floats]) -> float:
    """Return the upper quartile of a symmetric distribution, by bisection."""
    low, high = 0.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(np.array([middle]))[0] < 0.75 else (low, middle)
    return (low + high) / 2
