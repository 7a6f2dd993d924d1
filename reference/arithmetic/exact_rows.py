"""Functions of a row by exact arithmetic: for the few elements that pairs leave open.

First with sums in pairs, of which nearly all bits are right; then with sums of balls of more and
more bits, at a hundred microseconds for each number of the row. That ends, by the theorem of
Lindemann and Weierstrass: if not all numbers are the same, a result is irrational, unless
coefficients cancel and leave 0 or the upstream gradient; they are fractions and seen to be 0. If
all are the same, the result is a fraction, except for the logarithm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import balls
from ._scaled import Scaled
from .balls import Ball, UndecidedError
from .elements import LIFT, At, Part, Row
from .functions import Approximation
from .settle import _BITS, _MOST_BITS, _nearest

__all__ = ["ExactRow", "decided", "exact_sum", "exp_of", "exp_of_factor"]

Array = NDArray[Any]

#: exp of it is below 2**-7200: beside any float, and times any, it counts by its sign alone.
_FAR = -5000
# Terms below exp of it are a radius.
_FARTHEST = -20000
_NEXT_TO_NOTHING = Fraction(1, 2**8000)
_WIDE_BITS = 160
# From here on, lifted sums of pairs have no subnormal parts.
_SAFE = 2.0**-300
_LARGE = 2.0**900
# Bound of the relative error of the sums that it is given.
_WIDE_ERROR = 2.0**-90


class ExactRow:
    """A row of numbers and minus infinities.

    Parameters
    ----------
    x : ndarray of float64
        The row.
    top : float
        Its maximum, finite.
    lead : int
        The first place of that.
    upstream : ndarray of float64, optional
        Upstream gradient, finite.
    sums : ndarray of float64, optional
        Its sums in pairs, to 2**-90, as the kernels' table has them.
    """

    def __init__(
        self,
        x: Array,
        top: float,
        lead: int,
        upstream: Array | None = None,
        sums: Array | None = None,
    ) -> None:
        self.x, self.top, self.lead, self._sums = x, top, lead, sums
        self.upstream = np.zeros_like(x) if upstream is None else upstream
        self._nearest: dict[Any, Any] = {}
        self._rows: dict[int, Row] = {}
        self._exponentials: dict[tuple[Fraction, int], Ball] = {}

    def nearest(
        self, part: Part, dtype: np.dtype[Any], place: int, other: int | None = None
    ) -> Any:
        """Return the nearest float of a format to a function's result at a place, or at two."""
        key = tuple(
            (float(self.x[one]), float(self.upstream[one]), one == self.lead)
            for one in ((place,) if other is None else (place, other))
        )
        if (part.rule, key) not in self._nearest:
            results = self._results(part, place, other)
            self._nearest[part.rule, key] = decided(results, dtype)
        return self._nearest[part.rule, key]

    def nearest_beside(self, part: Part, dtype: np.dtype[Any]) -> Any:
        """Return the nearest float to a function's result at the number 0, no element of the row.

        Of an irrational part.
        """
        return decided(self._results(part, None, None), dtype)

    def at(self, place: int | None, bits: int, other: int | None = None) -> At:
        """Return an element in balls of so many bits; in fractions of 0 bits.

        With another it has the product of the two exponentials. Without a place it is the number 0
        beside the row, which has no exponential.
        """
        if place is None:
            return At(Ball.exactly(-self.top, bits), 0, None, self.top == 0.0, 0.0)
        if other is not None:
            first, second = self.at(place, bits), self.at(other, bits)
            return first._replace(exp=Scaled(first.exp.number * second.exp.number, 0))
        u, leads = float(self.upstream[place]), place == self.lead
        if not bits:
            share = Fraction(1) if self.x[place] == self.top else _NEXT_TO_NOTHING
            return At(Fraction(0), 0, Scaled(share, 0), leads, Fraction(u))
        e = Scaled(exp_of_factor(self.distance(place), bits), 0)
        d = Fraction(0)  # of minus infinity log_softmax is known
        if np.isfinite(self.x[place]):
            d = Fraction(float(self.x[place])) - Fraction(self.top)
        return At(Ball.exactly(d, bits), 0, e, leads, u)  # type: ignore[arg-type]

    def distance(self, place: int) -> Fraction:
        """Return an element less the maximum, or a number that does as well in an exponential."""
        return self._distances[float(self.x[place])]

    def row(self, bits: int) -> Row:
        """Return the sums in balls of so many bits."""
        if bits not in self._rows:
            rest = dot = Ball.exactly(0, bits)
            for d, count, upstream in self._others:
                e = self.exp(d, bits)
                rest, dot = rest + e * count, dot + e * upstream
            self._rows[bits] = self._row(rest, dot, bits)
        return self._rows[bits]

    def exp(self, d: Fraction, bits: int) -> Ball:
        """Return `exp_of`, which the elements of a row share."""
        if (d, bits) not in self._exponentials:
            self._exponentials[d, bits] = exp_of(d, bits)
        return self._exponentials[d, bits]

    @cached_property
    def _distances(self) -> dict[float, Fraction]:
        """Distances from the maximum, the largest first, where no two are too far apart.

        Further apart than `_FAR`, numbers count by their signs alone, and would ask for more bits.
        Minus infinity is below all.
        """
        values = np.unique(self.x[np.isfinite(self.x)])[::-1].tolist()
        distances, held, above = {}, Fraction(0), Fraction(self.top)
        for value in values:
            held -= min(above - Fraction(value), Fraction(-_FAR))
            distances[value], above = held, Fraction(value)
        return {**distances, -np.inf: held + _FAR}

    @cached_property
    def groups(self) -> list[tuple[Fraction, int, Fraction]]:
        """Distances from the maximum, 0 first, the number of each, and its upstream sum."""
        finite = np.isfinite(self.x)
        values, which, counts = np.unique(self.x[finite], return_inverse=True, return_counts=True)
        order = np.argsort(which, kind="stable")
        parts = np.split(self.upstream[finite][order], np.cumsum(counts)[:-1])
        return [
            (self._distances[x], count, exact_sum(part))
            for x, count, part in zip(
                values.tolist()[::-1], counts.tolist()[::-1], parts[::-1], strict=True
            )
        ]

    @cached_property
    def _uniform(self) -> bool:
        """Whether all numbers are the same."""
        return bool(((self.x == self.top) | np.isneginf(self.x)).all())

    @cached_property
    def upstream_sum(self) -> Fraction:
        """The sum of the upstream gradient."""
        return exact_sum(self.upstream)

    @cached_property
    def _others(self) -> list[tuple[Fraction, int, Fraction]]:
        """The groups without the leader."""
        (d, count, upstream), *below = self.groups
        first = (d, count - 1, upstream - Fraction(float(self.upstream[self.lead])))
        return [first, *below] if count > 1 else below

    def _results(self, part: Part, place: int | None, other: int | None) -> Iterator[Any]:
        """Yield a result as it is, or as balls, each better than the one before."""
        if not part.irrational and self._uniform:
            rest, dot = (Fraction(sum(one[k] for one in self._others)) for k in (1, 2))
            at = self.at(place, 0, other)
            yield _result(part, at, self._row(rest, dot, 0))
        if self._wide is not None:
            yield _result(part, self.at(place, _WIDE_BITS, other), self._wide)
        bits = 2 * _WIDE_BITS
        while bits <= _MOST_BITS:
            try:
                if part.exactly is not None:
                    yield part.exactly(self, place, bits)
                else:
                    yield _result(part, self.at(place, bits, other), self.row(bits))
            except UndecidedError:
                pass
            bits *= 2

    @cached_property
    def _wide(self) -> Row | None:
        """The sums in pairs as balls; none where parts may have underflowed."""
        if self._sums is None:
            return None
        rest, rest_low, dot, dot_low, *_, spread, _, _ = self._sums.tolist()
        if rest < _SAFE or (self.upstream.any() and not _SAFE < spread < _LARGE):
            return None
        sums = _ball(rest, rest_low, rest), _ball(dot, dot_low, 1.01 * spread)
        return self._row(*sums, _WIDE_BITS)

    def _row(self, rest: Any, dot: Any, bits: int) -> Row:
        leading: Any = float(self.upstream[self.lead])
        upstream: Any = self.upstream_sum - Fraction(leading)
        if bits:
            upstream = Ball.exactly(upstream, bits)
        else:
            leading = Fraction(leading)
        return Row(rest, rest + 1, dot, 0.0, upstream, 0.0, leading, 1, 0, 0.0)


def exp_of(d: Fraction, bits: int) -> Ball:
    """Return exp(d) as a ball; from 0 to a bound if it is next to nothing."""
    if d < _FARTHEST:
        return Ball(0, 1, int(1.4426 * _FARTHEST), bits)
    return balls.any_exp(Ball.exactly(d, bits))  # type: ignore[arg-type]


def exp_of_factor(d: Fraction, bits: int) -> Ball:
    """Return exp(d) as a ball, or any number that has its sign and is next to nothing as well."""
    return balls.any_exp(Ball.exactly(max(d, Fraction(_FAR)), bits))  # type: ignore[arg-type]


def _ball(high: float, low: float, relative_to: float) -> Ball:
    """Return a lifted sum as a ball, without the lift."""
    ball = Ball.exactly(Fraction(high) + Fraction(low), _WIDE_BITS)  # type: ignore[arg-type]
    radius = Ball.exactly(relative_to * _WIDE_ERROR, _WIDE_BITS)
    return balls.widened(ball, radius).shifted(-LIFT)


def _result(part: Part, at: At, row: Row) -> Any:
    result: Approximation = part.rule(at, row, part.constant(row))
    if isinstance(result.number, Ball):
        return result.number.shifted(result.power)
    return result.number * Fraction(2) ** result.power


def decided(results: Iterable[Any], dtype: np.dtype[Any]) -> Any:
    """Return the float that the first good enough of some balls rounds to, or a fraction."""
    bits = _BITS[dtype.itemsize]
    for result in results:
        ends = result.ends() if isinstance(result, Ball) else (result, result)
        lower, upper = (np.asarray(_nearest(end, dtype), dtype) for end in ends)
        if lower.view(bits) == upper.view(bits):
            return lower[()]
    raise ArithmeticError(f"{_MOST_BITS} bits leave open what a result of a row rounds to")


def exact_sum(x: Array) -> Fraction:
    """Return the sum of finite float64, exactly."""
    mantissa, exponent = np.frexp(x)
    whole = (mantissa * 2.0**53).astype(np.int64)
    sums = np.zeros((2, 2200), np.int64)  # by exponent, from -1074 on, in two halves of 27 bits
    np.add.at(sums[0], exponent + 1100, whole >> 27)
    np.add.at(sums[1], exponent + 1100, whole & (2**27 - 1))
    total = 0
    for (at,) in np.argwhere(sums.any(axis=0)).tolist():
        high, low = sums[:, at].tolist()
        total += ((high << 27) + low) << at
    return Fraction(total, 2 ** (1100 + 53))
