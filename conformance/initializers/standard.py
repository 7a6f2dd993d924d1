"""A distribution as the statistics need it: fast, with moments, and with a format's cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..formats import Format

__all__ = ["Standard", "resolution", "standard"]

Floats = NDArray[np.float64]
T = TypeVar("T")

# How far outwards, in standard deviations, a sampler may move the outermost probability that its
# uniform numbers tell apart. Samplers put those draws at the quantile of a half or a quarter of
# that probability; that of a sixteenth lies so far beyond that of the whole, where 23 bits end.
_MOVED = 0.5

# Beyond this many standard deviations a normal distribution has nothing that a sum of ours would
# notice.
_FAR = 14.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def resolution(fmt: Format) -> int:
    """Return how many bits the uniform number has that a draw in a format may be a function of.

    Generators that fill the significand of a number in [1, 2) give 23 in float32 and 52 in float64;
    what is drawn in 16 bits is to be drawn in float32 at least, and rounded.
    """
    return fmt.computed.stored


class Standard:
    """A continuous distribution in the form that tests use.

    Parameters
    ----------
    distribution : scipy.stats frozen distribution
        Uniform, normal or truncated normal.

    Attributes
    ----------
    mean, stddev : float
        Of the distribution.
    low, high : float
        Ends of its support.
    """

    def __init__(self, distribution: Any) -> None:
        self.mean, self.stddev = float(distribution.mean()), float(distribution.std())
        self.low, self.high = (float(end) for end in distribution.support())
        self.frozen = distribution
        # What was asked of the distribution before: many samples are held against one.
        self._known: dict[tuple[Any, ...], Any] = {}

    def _once(self, compute: Callable[..., T], *arguments: Any) -> T:
        key = (compute.__name__, *arguments)
        if key not in self._known:
            self._known[key] = compute(*arguments)
        found: T = self._known[key]
        return found

    def cdf(self, x: Floats) -> Floats:
        """Return the distribution function; faster than SciPy's, by which a test holds it."""
        kind, arguments = self.frozen.dist.name, self.frozen.kwds
        loc, scale = arguments["loc"], arguments["scale"]
        inside = np.clip(x, self.low, self.high)
        if kind == "uniform":
            return (inside - loc) / scale
        if kind == "norm":
            return special.ndtr((inside - loc) / scale)
        start, end = (float(special.ndtr(cut)) for cut in self.frozen.args)
        return (special.ndtr((inside - loc) / scale) - start) / (end - start)

    def beyond(self, x: float) -> float:
        """Return the probability of a draw further out than this one, on its side of the mean."""
        return float(self.frozen.cdf(x) if x < self.mean else self.frozen.sf(x))

    def beyond_both(self, distance: float) -> float:
        """Return the probability of a draw that is further from the mean, on either side."""
        return self.beyond(self.mean - distance) + float(self.frozen.sf(self.mean + distance))

    def granted(self, at: float, fmt: Format) -> float:
        """Return the probability that a sampler may have from here on outwards, beside what is due.

        A draw is made of a uniform number of so many bits (`resolution`), so that the outermost
        probability comes in one piece, which may lie at the end of its range: at a bound that is
        near. From where that is too far, no such sampler has anything but what is due.
        """
        piece = 2.0 ** -resolution(fmt)
        if at < self.mean:
            reached = at >= self.quantile(piece) - _MOVED * self.stddev
        else:
            reached = at <= self.quantile(1 - piece) + _MOVED * self.stddev
        return piece if reached else 0.0

    def quantile(self, probability: float) -> float:
        """Return where the distribution function has this value."""
        return float(self._once(self.frozen.ppf, probability))

    @cached_property
    def moments(self) -> list[float]:
        """Moments of the standardised distribution, of the orders 0 to 12, by Gauss-Legendre."""
        low = max(self.low, self.mean - _FAR * self.stddev)
        high = min(self.high, self.mean + _FAR * self.stddev)
        x = (high + low) / 2 + (high - low) / 2 * _NODES
        mass = self.frozen.pdf(x) * _WEIGHTS * (high - low) / 2
        z = (x - self.mean) / self.stddev
        return [float(np.sum(mass * z**order)) for order in range(13)]

    def power(self, order: int) -> tuple[float, float, float]:
        """Return mean, standard deviation and skewness of a power of a standardised draw."""
        return self._once(self._power, order)

    def _power(self, order: int) -> tuple[float, float, float]:
        first, second, third = (self.moments[order * times] for times in (1, 2, 3))
        variance = second - first**2
        central = third - 3 * first * second + 2 * first**3
        return first, math.sqrt(variance), central / variance**1.5

    def rounded_bounds(self, fmt: Format) -> tuple[float, float]:
        """Return the least and the greatest number of a format that a draw may be.

        Rounding is monotone: what lies within the bounds lies, rounded, within the rounded bounds.
        They are granted the four roundings that it takes to compute them in binary64.
        """
        slack = 4 * math.ulp(1.0) * max(abs(self.low), abs(self.high))
        if not math.isfinite(slack):
            slack = 0.0
        least, greatest = fmt.dtype.type(self.low - slack), fmt.dtype.type(self.high + slack)
        return float(least), float(greatest)

    def cells(self, fmt: Format) -> tuple[Floats, Floats]:
        """Return the numbers of a 16-bit format that may be drawn, each with its probability.

        A number is what rounds to it: all between the midpoints to its neighbours. What would
        round beyond a bound is drawn as the outermost number inside.
        """
        return self._once(self._cells, fmt)

    def _cells(self, fmt: Format) -> tuple[Floats, Floats]:
        numbers = np.unique(fmt.finite().astype(np.float64))
        inside = numbers[(numbers >= self.low) & (numbers <= self.high)]
        edges = self.cdf((inside[1:] + inside[:-1]) / 2)
        return inside, np.diff(edges, prepend=0.0, append=1.0)

    def places(self, fmt: Format) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Return which bit patterns of a 16-bit format may be drawn, and the cell of each of them.

        A bound may be rounded to either side of itself: both count as the outermost number.
        """
        return self._once(self._places, fmt)

    def _places(self, fmt: Format) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        numbers, _ = self.cells(fmt)
        with np.errstate(invalid="ignore"):  # not every pattern is a number
            every = fmt.every().astype(np.float64)
        low, high = self.rounded_bounds(fmt)
        inside = (every >= low) & (every <= high)
        return inside, np.searchsorted(numbers, np.clip(every[inside], numbers[0], numbers[-1]))

    def pooled(self, fmt: Format, size: int, least: float) -> tuple[NDArray[np.intp], Floats]:
        """Put cells together until so many draws are expected in each.

        Parameters
        ----------
        fmt : Format
            A 16-bit format.
        size : int
            How many draws there are.
        least : float
            How many are to be expected in each.

        Returns
        -------
        starts, expected : ndarray, shape (k,)
            The first of the cells that are put together, and how many draws are due in them.
        """
        return self._once(self._pooled, fmt, size, least)

    def _pooled(self, fmt: Format, size: int, least: float) -> tuple[NDArray[np.intp], Floats]:
        expected = self.cells(fmt)[1] * size
        _, first = np.unique(np.floor(np.cumsum(expected) / (2 * least)), return_index=True)
        enough = np.add.reduceat(expected, first) >= least
        enough[0] = True
        starts = first[enough]
        return starts, np.add.reduceat(expected, starts)

    def near(self, value: float, fmt: Format) -> float:
        """Return the probability that a draw rounds to a number of a format."""
        return self._once(self._near, value, fmt)

    def _near(self, value: float, fmt: Format) -> float:
        number = fmt.dtype.type(value)
        below, above = (
            float(np.nextafter(number, fmt.dtype.type(toward))) for toward in (-math.inf, math.inf)
        )
        ends = self.cdf((np.array([below, above]) + float(number)) / 2)
        return float(ends[1] - ends[0])

    def agreement(self, fmt: Format) -> float:
        """Return a bound on the probability that two draws are the same number of a format.

        They agree if they round to one number, or if the uniform numbers behind them do.
        """
        return self._once(self._agreement, fmt)

    def _agreement(self, fmt: Format) -> float:
        if fmt.exhaustive:
            return float(np.square(self.cells(fmt)[1]).sum()) + 2.0 ** -resolution(fmt)
        probability = (np.arange(4096) + 0.5) / 4096
        x = self.frozen.ppf(probability)
        spacing = np.abs(np.spacing(x.astype(fmt.dtype))).astype(np.float64)
        # The sum of the cells' squared probabilities is the mean of density times spacing.
        return float(np.mean(self.frozen.pdf(x) * spacing)) + 2.0 ** -resolution(fmt)


@lru_cache(maxsize=256)  # by identity: one distribution is handed out again and again
def standard(distribution: Any) -> Standard:
    """Return a distribution in the form that tests use, the same object each time.

    Parameters
    ----------
    distribution : scipy.stats frozen distribution
        As `distributions.distribution_of` makes it.
    """
    return Standard(distribution)
