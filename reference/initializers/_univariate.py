"""Distributions of weights that are drawn one by one, each from the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _portable
from ._distribution import Distribution, Draws

__all__ = ["Constant", "Normal", "TruncatedNormal", "Uniform"]


@dataclass(frozen=True)
class Constant(Distribution):
    """All the mass at one point."""

    value: float
    random = False

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        return np.full(shape, self.value)

    def frozen(self) -> Any:
        from scipy.stats import rv_discrete

        return rv_discrete(name="constant", values=([0], [1.0]))(loc=self.value)


@dataclass(frozen=True)
class Uniform(Distribution):
    """Uniform on [low, high)."""

    low: float
    high: float

    @classmethod
    def of_variance(cls, variance: float) -> Uniform:
        """Return the one around 0 that has this variance."""
        limit = math.sqrt(3 * variance)
        return cls(-limit, limit)

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return self.low, math.nextafter(self.high, -math.inf)

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        share = _portable.uniforms(rng, math.prod(shape)).reshape(shape)
        return _scaled(share, self.low, self.high - self.low)

    def frozen(self) -> Any:
        from scipy.stats import uniform

        return uniform(loc=self.low, scale=self.high - self.low)


@dataclass(frozen=True)
class Normal(Distribution):
    """Gaussian."""

    mean: float
    stddev: float

    @classmethod
    def of_variance(cls, variance: float) -> Normal:
        """Return the one around 0 that has this variance."""
        return cls(0.0, math.sqrt(variance))

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        standard = _portable.normals(rng, math.prod(shape)).reshape(shape)
        return _scaled(standard, self.mean, self.stddev)

    def frozen(self) -> Any:
        from scipy.stats import norm

        return norm(loc=self.mean, scale=self.stddev)


# The variance that a standard normal distribution has left when it is cut at two standard
# deviations: 1 - 4 phi(2) / (Phi(2) - Phi(-2)); the integral of x^2 phi(x) over [-2, 2] is that of
# phi less 4 phi(2). Written out, since exp and erf may differ in their last bit from platform to
# platform.
_VARIANCE_LEFT = 0.7737413035499232


@dataclass(frozen=True)
class TruncatedNormal(Distribution):
    """Gaussian with its tails cut off; `mean` and `stddev` are those before the cut.

    `lower` and `upper`, where it is cut, are in standard deviations from the mean.
    """

    mean: float
    stddev: float
    lower: float = -2.0
    upper: float = 2.0

    @classmethod
    def of_variance(cls, variance: float) -> TruncatedNormal:
        """Return the one around 0, cut at two standard deviations, of this variance after that."""
        return cls(0.0, math.sqrt(variance / _VARIANCE_LEFT))

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return self.mean + self.lower * self.stddev, self.mean + self.upper * self.stddev

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        standard = _portable.between(rng, math.prod(shape), self.lower, self.upper).reshape(shape)
        return _scaled(standard, self.mean, self.stddev)

    def frozen(self) -> Any:
        from scipy.stats import truncnorm

        return truncnorm(self.lower, self.upper, loc=self.mean, scale=self.stddev)


def _scaled(standard: Draws, location: float, scale: float) -> Draws:
    """Scale and move numbers, in place: there may be many."""
    standard *= scale
    standard += location
    return standard
