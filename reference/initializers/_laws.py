"""The laws that weights are drawn from: how to draw, and what SciPy calls it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = ["Constant", "Law", "Normal", "TruncatedNormal", "Uniform"]

Draws = NDArray[np.float64]


class Law(ABC):
    """A distribution of one weight; all weights of a tensor are independent."""

    #: Least and greatest number that may be drawn, both included.
    bounds: tuple[float, float] = (-math.inf, math.inf)

    @abstractmethod
    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        """Return independent draws in float64."""

    @abstractmethod
    def frozen(self) -> Any:
        """Return the law as a frozen distribution of scipy.stats."""


@dataclass(frozen=True)
class Constant(Law):
    """All the mass at one point."""

    value: float

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        return np.full(shape, self.value)

    def frozen(self) -> Any:
        from scipy.stats import rv_discrete

        return rv_discrete(name="constant", values=([0], [1.0]))(loc=self.value)


@dataclass(frozen=True)
class Uniform(Law):
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
        return rng.uniform(self.low, self.high, shape)

    def frozen(self) -> Any:
        from scipy.stats import uniform

        return uniform(loc=self.low, scale=self.high - self.low)


@dataclass(frozen=True)
class Normal(Law):
    """Gaussian."""

    mean: float
    stddev: float

    @classmethod
    def of_variance(cls, variance: float) -> Normal:
        """Return the one around 0 that has this variance."""
        return cls(0.0, math.sqrt(variance))

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        return rng.normal(self.mean, self.stddev, shape)

    def frozen(self) -> Any:
        from scipy.stats import norm

        return norm(loc=self.mean, scale=self.stddev)


# Where the tails are cut, in standard deviations; the probability that one of them held; and the
# variance that a standard normal law has left. phi(2) = exp(-2) / sqrt(2 pi), and the integral of
# x^2 phi(x) over [-2, 2] is that of phi less 4 phi(2).
_CUT = 2.0
_TAIL = float(ndtr(-_CUT))
_VARIANCE_LEFT = 1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / (1 - 2 * _TAIL)


@dataclass(frozen=True)
class TruncatedNormal(Law):
    """Gaussian with its tails cut off at two standard deviations; `stddev` is that before it."""

    mean: float
    stddev: float

    @classmethod
    def of_variance(cls, variance: float) -> TruncatedNormal:
        """Return the one around 0 that has this variance after the cut."""
        return cls(0.0, math.sqrt(variance / _VARIANCE_LEFT))

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return self.mean - _CUT * self.stddev, self.mean + _CUT * self.stddev

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        # The inverse of the distribution function; nothing is rejected, so that every seed takes
        # one uniform number a weight.
        below = rng.uniform(_TAIL, 1 - _TAIL, shape)
        return self.mean + self.stddev * np.asarray(ndtri(below))

    def frozen(self) -> Any:
        from scipy.stats import truncnorm

        return truncnorm(-_CUT, _CUT, loc=self.mean, scale=self.stddev)
