"""Arithmetic with balls: numbers of any precision that carry a bound of their error.

A ball is slow, and decides the few results that floats and pairs leave open. It takes nothing from
their tables: its functions are series with a bound for what they leave out.

References
----------
J. van der Hoeven, Ball arithmetic, 2009; F. Johansson, Arb: efficient arbitrary-precision
midpoint-radius interval arithmetic, 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ._scaled import LEAST, Scaled

__all__ = [
    "CONSTANTS",
    "Ball",
    "UndecidedError",
    "any_exp",
    "erf_integral",
    "exp",
    "expm1",
    "log1p",
    "mills",
    "root",
    "sinh_gap",
    "widened",
]


class UndecidedError(ArithmeticError):
    """A comparison or a quotient that the precision of a ball is too low for."""


class Ball:
    """The numbers within ``radius * 2**exponent`` of ``middle * 2**exponent``.

    Parameters
    ----------
    middle, radius, exponent : int
        The radius is at least 0.
    bits : int
        Precision: what is computed with it is rounded to so many.
    """

    __slots__ = ("bits", "exponent", "middle", "radius")

    def __init__(self, middle: int, radius: int, exponent: int, bits: int) -> None:
        excess = middle.bit_length() - bits
        if excess > 0:
            # Both are rounded down, by less than 1 each, unless what is cut off is 0.
            lost = 2 if radius or middle & ((1 << excess) - 1) else 0
            middle, radius, exponent = (
                middle >> excess,
                (radius >> excess) + lost,
                exponent + excess,
            )
        self.middle, self.radius, self.exponent, self.bits = middle, radius, exponent, bits

    @classmethod
    def exactly(cls, value: float | int, bits: int) -> Ball:
        """Return the ball of one finite number."""
        numerator, denominator = value.as_integer_ratio()
        ball = cls(0, 0, 1 - denominator.bit_length(), bits)
        ball.middle = numerator
        return ball

    def ends(self) -> tuple[Fraction, Fraction]:
        """Return the least and the greatest number."""
        unit = Fraction(2) ** self.exponent
        return (self.middle - self.radius) * unit, (self.middle + self.radius) * unit

    def shifted(self, power: int) -> Ball:
        """Return the ball times a power of 2, exactly."""
        ball = Ball(0, 0, self.exponent + power, self.bits)
        ball.middle, ball.radius = self.middle, self.radius
        return ball

    def __add__(self, other: Any) -> Ball:
        other = self._ball(other)
        low = min(self.exponent, other.exponent)
        a, b = self.exponent - low, other.exponent - low
        middle = (self.middle << a) + (other.middle << b)
        return Ball(middle, (self.radius << a) + (other.radius << b), low, self.bits)

    __radd__ = __add__

    def __neg__(self) -> Ball:
        ball = Ball(0, self.radius, self.exponent, self.bits)
        ball.middle = -self.middle
        return ball

    def __abs__(self) -> Ball:
        return -self if self < 0 else self

    def __sub__(self, other: Any) -> Ball:
        return self + -self._ball(other)

    def __rsub__(self, other: Any) -> Ball:
        return self._ball(other) + -self

    def __mul__(self, other: Any) -> Ball:
        other = self._ball(other)
        radius = (
            abs(self.middle) * other.radius
            + abs(other.middle) * self.radius
            + self.radius * other.radius
        )
        return Ball(self.middle * other.middle, radius, self.exponent + other.exponent, self.bits)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ball:
        other = self._ball(other)
        least = abs(other.middle) - other.radius
        if least <= 0:
            raise UndecidedError("the divisor may be 0")
        # So many bits more that the quotient has them all.
        up = max(0, self.bits + 4 + other.middle.bit_length() - self.middle.bit_length())
        middle = (self.middle << up) // other.middle
        # |a / b - m / n| <= (|m| db + |n| da) / (|n| (|n| - db)), and 1 for the floor.
        spread = abs(self.middle) * other.radius + abs(other.middle) * self.radius
        exact = not spread and middle * other.middle == self.middle << up
        radius = 0 if exact else (spread << up) // (abs(other.middle) * least) + 2
        return Ball(middle, radius, self.exponent - other.exponent - up, self.bits)

    def __rtruediv__(self, other: Any) -> Ball:
        return self._ball(other) / self

    def __lt__(self, bound: Any) -> bool:
        return (self - bound)._sign() < 0

    def __gt__(self, bound: Any) -> bool:
        return (self - bound)._sign() > 0

    def sqrt(self) -> Ball:
        """Return the square root of a positive ball; that of the square of a number is exact."""
        up = max(0, 2 * self.bits + 4 - self.middle.bit_length())
        up += (self.exponent - up) % 2
        middle = self.middle << up
        root = math.isqrt(middle)
        # The root's slope is 1 / (2 sqrt); half the number bounds it well within the ball.
        exact = not self.radius and root * root == middle
        radius = 0 if exact else (self.radius << up) // root + 2
        return Ball(root, radius, (self.exponent - up) // 2, self.bits)

    def _ball(self, other: Any) -> Ball:
        return other if isinstance(other, Ball) else Ball.exactly(other, self.bits)

    def _sign(self) -> int:
        if self.middle == 0 == self.radius:
            return 0
        if abs(self.middle) <= self.radius:
            raise UndecidedError("the sign may be either")
        return 1 if self.middle > 0 else -1

    def __repr__(self) -> str:
        return f"Ball({self.middle}, {self.radius}, {self.exponent}, bits={self.bits})"

    def magnitude(self) -> int:
        """Return the least k that is known to have the ball within 2**k of 0."""
        return (abs(self.middle) + self.radius).bit_length() + self.exponent


def exp(x: Ball) -> Scaled:
    """Return exp(x) for x <= 0."""
    return Scaled(any_exp(x if x > LEAST else Ball.exactly(LEAST, x.bits)), 0)


def any_exp(x: Ball) -> Ball:
    """Return exp(x), without an end."""
    # exp(x) = 2**k exp(r / 2**s)**(2**s), with |r| < 0.36.
    excess = max(0, x.middle.bit_length() - 60)
    k = round(math.ldexp(x.middle >> excess, x.exponent + excess) / math.log(2))
    bits = x.bits + 40 + abs(k).bit_length()
    r = Ball(x.middle, x.radius, x.exponent, bits)
    r = (r - _log_2(bits) * k).shifted(-_HALVINGS)
    series = _expm1_series(r) + 1
    for _ in range(_HALVINGS):
        series = series * series
    return Ball(series.middle, series.radius, series.exponent, x.bits).shifted(k)


_HALVINGS = 8


def _expm1_series(r: Ball) -> Ball:
    """Return exp(r) - 1 for |r| < 1/2: Taylor's terms until they are below the precision."""
    term = total = r
    n = 1
    while term.middle and term.magnitude() > total.magnitude() - r.bits:
        n += 1
        term = term * r / n
        total = total + term
    # All terms that are left are at most as large as the last one together.
    return widened(total, term)


def widened(ball: Ball, by: Ball) -> Ball:
    """Return a ball with its radius enlarged by the largest number of another."""
    least = min(ball.exponent, by.exponent)
    radius = (ball.radius << (ball.exponent - least)) + (
        (abs(by.middle) + by.radius) << (by.exponent - least)
    )
    wide = Ball(0, 0, least, ball.bits)
    wide.middle, wide.radius = ball.middle << (ball.exponent - least), radius
    return Ball(wide.middle, wide.radius, least, ball.bits)


def expm1(x: Ball) -> Ball:
    """Return exp(x) - 1 for x <= 0."""
    return _expm1_series(x) if x.magnitude() < -6 else exp(x).number - 1


def log1p(x: Ball) -> Ball:
    """Return log(1 + x) for x > -1/2: 2 artanh(t) with t = x / (2 + x).

    Beyond 1, powers of 2 are taken out before.
    """
    k = max(0, (x + 1).magnitude() - 1)
    if k:  # 1 + x = 2**k (1 + y)
        return log1p(((x + 1).shifted(-k)) - 1) + _log_2(x.bits + k.bit_length()) * k
    t = x / (x + 2)
    square = t * t
    power = total = t
    n = 1
    while power.middle and power.magnitude() > total.magnitude() - x.bits:
        power = power * square
        n += 2
        total = total + power / n
    return widened(total, power).shifted(1)


def root(x: Ball) -> Ball:
    """Return the square root of x > 0."""
    return x.sqrt()


def mills(x: Ball) -> Ball:
    """Return Phi(-x) exp(x**2 / 2) for x >= 0, Phi the normal distribution function.

    Phi(-x) is 1/2 less the density times ``x + x**3 / 3 + x**5 / 15 + ...``, of which x**2 / log(4)
    bits are lost to cancellation, and log(x) more.
    """
    size = max(0, x.magnitude())
    bits = x.bits + 20 + size + math.ceil(0.7214 * 4**size)
    wide = Ball(0, 0, x.exponent, bits)
    wide.middle, wide.radius = x.middle, x.radius
    square = wide * wide
    term = total = wide
    n = 1
    while term.middle and (term.magnitude() > total.magnitude() - bits or n < 2 * 4**size):
        n += 2
        term = term * square / n
        total = total + term
    # From here on, a term is less than half of the one before.
    value = any_exp(square.shifted(-1)).shifted(-1) - widened(total, term) / _sqrt_2_pi(bits)
    return Ball(value.middle, value.radius, value.exponent, x.bits)


def erf_integral(x: Ball) -> Ball:
    """Return the integral of exp(-t**2) from 0 to x, for 0 <= x <= 1/8.

    The terms ``(-1)**n x**(2 n + 1) / (n! (2 n + 1))`` alternate and fall, so that what is left out
    is below the last.
    """
    square = x * x
    power = total = term = x
    n = 0
    while term.middle and term.magnitude() > total.magnitude() - x.bits:
        n += 1
        power = power * square / -n
        term = power / (2 * n + 1)
        total = total + term
    return widened(total, term)


def sinh_gap(x: Ball) -> Ball:
    """Return (x cosh(x) - sinh(x)) / x**3, for 0 <= x <= 1/2.

    The terms ``2 n x**(2 n - 2) / (2 n + 1)!`` fall by more than a half.
    """
    square = x * x
    power = total = term = Ball.exactly(1, x.bits) / 3  # power: of x over that factorial, times 2
    n = 1
    while term.middle and term.magnitude() > total.magnitude() - x.bits:
        n += 1
        power = power * square / (2 * n * (2 * n + 1))
        term = power * n
        total = total + term
    return widened(total, term)


@lru_cache(maxsize=64)
def _log_2(bits: int) -> Ball:
    """Return log(2) = 2 artanh(1 / 3)."""
    bits += 10
    third = Ball.exactly(1, bits) / 3
    square = third * third
    power = total = third
    n = 1
    while power.magnitude() > -bits:
        power = power * square
        n += 2
        total = total + power / n
    return widened(total, power).shifted(1)


@lru_cache(maxsize=64)
def _pi(bits: int) -> Ball:
    """Return pi = 16 arctan(1 / 5) - 4 arctan(1 / 239) (J. Machin, 1706)."""
    return _arctan_of_one_over(5, bits) * 16 - _arctan_of_one_over(239, bits) * 4


def _arctan_of_one_over(k: int, bits: int) -> Ball:
    power = total = Ball.exactly(1, bits + 10) / k
    n = 1
    while power.magnitude() > -bits - 10:
        power = power / -(k * k)
        n += 2
        total = total + power / n
    return widened(total, power)


def _sqrt_2_pi(bits: int) -> Ball:
    return (_pi(bits).shifted(1)).sqrt()


def _decimal(text: str) -> Callable[[int], Ball]:
    def exact(bits: int) -> Ball:
        value = Fraction(text)
        return Ball.exactly(value.numerator, bits + 4) / value.denominator

    return exact


_SCALE = _decimal("1.0507009873554804934193349852946")
_ALPHA = _decimal("1.6732632423543772848170429916717")

#: By name: from bits to the ball of a constant.
CONSTANTS: dict[str, Callable[[int], Ball]] = {
    "LOG2": _log_2,
    "SELU_SCALE": _SCALE,
    "SELU_SCALE_ALPHA": lambda bits: _SCALE(bits) * _ALPHA(bits),
    "DENSITY_AT_0": lambda bits: 1 / _sqrt_2_pi(bits),
    "ROOT_2": lambda bits: Ball.exactly(2, bits + 4).sqrt(),
    "TWO_OVER_ROOT_PI": lambda bits: 2 / _pi(bits + 4).sqrt(),
    "QUICK_GELU_FACTOR": _decimal("1.702"),
    "GELU_TANH_LINEAR": lambda bits: 4 / _sqrt_2_pi(bits),
    "GELU_TANH_CUBIC": lambda bits: 4 / _sqrt_2_pi(bits) * _decimal("0.044715")(bits),
}
