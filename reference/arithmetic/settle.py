"""Correct rounding: from a formula to the floats that are nearest to its exact results.

A formula is asked in the arithmetic that is most likely to be enough. What an interval as wide as
the bound of its error rounds to one number, is that number; what it does not, is asked again in a
better arithmetic, in the end with balls (A. Ziv, 1991).
"""

from __future__ import annotations

import importlib.util
import os
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._rounding import rounded
from ._primitives import power_of_2
from .balls import Ball, UndecidedError
from .functions import EXACT, NORMAL, PAIR_UNIT, SAFE, UNIT, Approximation, size
from .pairs import Pair, fast_two_sum, two_sum

__all__ = ["Formula", "bound_of", "settled", "to_odd"]

Array = NDArray[Any]

# Elements of a block: few enough for the cache, enough to make NumPy's cost of a call small.
_BLOCK = 2**14
# Fewer elements are not worth the start of the compiler.
_MANY = 2**16
# As many in small calls take as long as the compiler.
_MANY_IN_ALL = 2**20
_MOST_BITS = 2**14
# More than the error of a few operations with pairs, relatively; and the size of inputs of 24 bits
# from which on x (x + 3) / 6 has fewer than 92 bits beside its denominator.
_NEXT_TO_NOTHING = 2.0**-98
_TINY = 2.0**-40


class Formula(NamedTuple):
    """A formula and the bound of its error.

    Attributes
    ----------
    rule : callable
        From a number and the parameters to an `Approximation`.
    error : float
        Bound of the error, in units of the arithmetic times the weight.
    rational : bool
        Whether the result is a rational number of input and parameters, so that it may lie in the
        middle of two floats; the rule is then exact for fractions.
    """

    rule: Callable[..., Approximation]
    error: float
    rational: bool = False


def settled(
    formula: Formula, x: Array, parameters: Sequence[float] = (), factor: Array | None = None
) -> Array:
    """Return the nearest floats to a formula's exact results.

    Parameters
    ----------
    formula : Formula
        What to compute.
    x : ndarray
        Input, of one dimension and one of the spec's formats.
    parameters : sequence of float
        What the rule takes beside it.
    factor : ndarray of float64, optional
        What the results are multiplied by before they are rounded.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; nan where x is nan.
    """
    results = np.empty_like(x)
    if factor is not None and (factor == 1).all():
        factor = None
    compiled = _numba() and _worth_compiling(formula, x)
    with np.errstate(all="ignore"):
        for start in range(0, x.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            asked = _Asked(formula, x[block], parameters, None if factor is None else factor[block])
            results[block] = _block(asked, compiled=compiled)
    return results


class _Asked(NamedTuple):
    """A block of inputs, and what is asked of them."""

    formula: Formula
    x: Array
    parameters: Sequence[float]
    factor: Array | None

    def at(self, places: Array) -> _Asked:
        """Return what is asked at some places."""
        factor = None if self.factor is None else self.factor[places]
        return self._replace(x=self.x[places], factor=factor)

    def approximated(self, x: Any, unit: float) -> tuple[Any, Any, Any]:
        """Return number, power and bound of the number's error; `EXACT` where it has none."""
        number, power, weight = self.formula.rule(x, *self.parameters)
        error = bound_of(self.formula, unit)
        if self.factor is not None:
            exact = (weight < 0) | _exact_at_0(x, number)
            # Of tiny parameters a product may underflow, so that nothing is known of it.
            underflows = (size(number) < SAFE) & ~(exact & (size(number) == 0))
            # The powers of 2 apart, so that no other does.
            factor, lift = np.frexp(self.factor)
            number, power = number * factor, power + lift.astype(np.int64)
            weight = np.where(exact, EXACT, weight * np.abs(factor))
            weight = np.where(underflows, 1.0, weight)
            error += unit / 2  # a rounding more
        return number, power, np.where(weight < 0, EXACT, error * weight)


def _exact_at_0(x: Any, number: Any) -> Any:
    """Say where a pair is a derivative at 0 itself: 1/4, 1/2, 1, or a parameter.

    No other that there is, such as 3/5, is as near to a float as that it had no second part.
    """
    return isinstance(x, Pair) and (x.high == 0) & (number.low == 0)


def _block(asked: _Asked, *, compiled: bool) -> Array:
    first = _first_compiled if compiled and asked.factor is None else _first
    results, left_open = first(asked)
    if asked.factor is not None:  # of a product with 0 only the sign is asked
        (at,) = np.nonzero(asked.factor == 0)
        slopes = _block(asked.at(at)._replace(factor=None), compiled=False).astype(np.float64)
        # One that is beyond the format is a number all the same.
        beyond = np.isinf(slopes) & np.isfinite(asked.x[at].astype(np.float64))
        slopes = np.where(beyond, np.copysign(1.0, slopes), slopes)
        results[at] = rounded(slopes * asked.factor[at], asked.x.dtype)
        left_open[at] = False
    (at,) = np.nonzero(left_open)
    if at.size:
        results[at] = _again(asked.at(at))
    return results


@cache
def _numba() -> bool:
    """Say whether numba is installed, and not kept out by ``ACTINIT_COMPILED=0``."""
    wanted = os.environ.get("ACTINIT_COMPILED", "1") != "0"
    return wanted and importlib.util.find_spec("numba") is not None


def _worth_compiling(formula: Formula, x: Array) -> bool:
    """Say whether elements are many, on their own or with those of all calls before."""
    if x.size >= _MANY or _compiled_before(formula, x.dtype):
        return True
    kind = formula.rule, _kind(x.dtype)
    _ASKED_FOR[kind] += x.size
    return _ASKED_FOR[kind] >= _MANY_IN_ALL


def _compiled_before(formula: Formula, dtype: np.dtype[Any]) -> bool:
    """Say whether this process has the machine code, so that few elements are worth a call."""
    return (formula.rule, _kind(dtype)) in _LOADED


# Elements of calls too small for the compiler, by formula and kind.
_ASKED_FOR: Counter[tuple[Callable[..., Approximation], str]] = Counter()
# Of the loops that this process has: their formulas and kinds.
_LOADED: set[tuple[Callable[..., Approximation], str]] = set()


def _kind(dtype: np.dtype[Any]) -> str:
    """Return the kind of loop whose results are, or lead to, numbers of a format."""
    return dtype.name if dtype in (np.float64, np.float32) else "bounds"


def bound_of(formula: Formula, unit: float) -> float:
    """Return the bound of a formula's error, relative to the weight.

    The ends of the interval are rounded: for floats, which have nothing else to hold them, by half
    a unit each.
    """
    return (formula.error + (unit == UNIT)) * unit


def _first_compiled(asked: _Asked) -> tuple[Array, Array]:
    """Do what `_first` does by a compiled loop."""
    from .compiled import loop

    rule, x, parameters = asked.formula.rule, asked.x, tuple(asked.parameters)
    kind = _kind(x.dtype)
    run = loop(rule, kind)
    _LOADED.add((rule, kind))
    results, left_open = np.empty_like(x), np.empty(x.size, bool)
    if x.dtype == np.float64:
        bound = bound_of(asked.formula, PAIR_UNIT)
        run(x, results, left_open, bound, parameters)
        return results, left_open
    if x.dtype == np.float32:
        run(x, results, left_open, bound_of(asked.formula, UNIT), parameters)
        return results, left_open
    lower, upper = np.empty((2, x.size))
    bound = bound_of(asked.formula, UNIT)
    run(x.astype(np.float64), lower, upper, bound, parameters)
    return _agreed(x, rounded(lower, x.dtype), rounded(upper, x.dtype))


def _first(asked: _Asked) -> tuple[Array, Array]:
    """Return results, and where they are left open: by pairs for float64, by floats for others."""
    x = asked.x
    if x.dtype == np.float64:
        number, power, error = asked.approximated(Pair(x, np.zeros_like(x)), PAIR_UNIT)
        bound = np.maximum(error, 0.0)
        lower, upper = (number.high + (number.low + side) for side in (-bound, bound))
        results = np.copysign(_times_power(lower, power), number.high)
        safe = (np.abs(lower) > SAFE) & (np.abs(results) > NORMAL)
        exact = ((error < 0) & np.equal(power, 0)) | ((x == 0) & (lower == 0))
        sure = (lower == upper) & (safe | exact)
        return results, ~sure | np.isnan(x)
    number, power, error = asked.approximated(x.astype(np.float64), UNIT)
    number, error = (_times_power(one, power) for one in (number, np.maximum(error, 0.0)))
    return _agreed(x, rounded(number - error, x.dtype), rounded(number + error, x.dtype))


def _agreed(x: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return the lower ends, and where they leave the result open."""
    return lower, ~(lower == upper) | (x != x)


def _again(asked: _Asked) -> Array:
    """Return the results that the first attempt left open."""
    dtype, wide = asked.x.dtype, asked.x.astype(np.float64)
    results = np.full_like(asked.x, np.nan)
    finite = np.isfinite(wide)
    if asked.factor is not None:
        finite &= np.isfinite(asked.factor)
    (at,) = np.nonzero(~finite & ~np.isnan(wide))
    if at.size:  # limits, which floats have exactly
        number, power, _ = asked.formula.rule(wide[at], *asked.parameters)
        factor = 1.0 if asked.factor is None else asked.factor[at]
        results[at] = rounded(np.ldexp(number, power) * factor, dtype)
    (at,) = np.nonzero(finite)
    x = Pair(wide[at], np.zeros(at.size))
    number, power, error = asked.at(at).approximated(x, PAIR_UNIT)
    if asked.formula.rational and dtype != np.float64:
        # Numerators and denominators have so few bits, where x is not tiny, that what is as near to
        # a float as an error of pairs is that float.
        near = np.abs(number.low) <= _NEXT_TO_NOTHING * np.abs(number.high)
        exact = near & (np.abs(x.high) > _TINY) & (np.abs(number.high) > SAFE)
        number = Pair(number.high, np.where(exact, 0.0, number.low))
        error = np.where(exact, EXACT, error)
    bound = np.maximum(error, 0.0)
    lower, upper = (
        _nearest_to_pair(fast_two_sum(number.high, number.low + side), power, dtype)
        for side in (-bound, bound)
    )
    results[at] = lower
    sure = lower.view(_BITS[dtype.itemsize]) == upper.view(_BITS[dtype.itemsize])
    sure &= ~np.isnan(number.high + number.low)  # out of the range of pairs
    if dtype == np.float64:
        sure &= (np.abs(number.high) > SAFE) | (error < 0)
    for one in at[~sure]:
        results[one] = _exactly(asked, one)
    return results


_BITS = {size: np.dtype(f"u{size}") for size in (1, 2, 4, 8)}


def _times_power(x: Any, power: Any) -> Any:
    """Return x * 2**power; where the result is subnormal, roughly.

    Numbers of a power above 2046 are at least 1/2, and so infinite.
    """
    if isinstance(power, int) and power == 0:
        return x
    held = np.clip(power, -2044, 2046)
    half = held >> 1
    return x * power_of_2(half) * power_of_2(held - half)


def _nearest_to_pair(a: Pair, power: Any, dtype: np.dtype[Any]) -> Array:
    """Return the nearest numbers of a format to a pair times 2**power."""
    if dtype != np.float64:
        return rounded(_times_power(to_odd(a), power), dtype)
    # Subnormal results in units of 2**-1074.
    up = power_of_2(np.clip(np.add(power, 1074), -1022, 1023))
    subnormal = np.copysign(_nearest_integer(Pair(a.high * up, a.low * up)) * 2.0**-1074, a.high)
    normal = np.ldexp(a.high, power)
    return np.where(np.abs(normal) < NORMAL, subnormal, normal)


def _nearest_integer(a: Pair) -> Array:
    """Return the nearest integers to pairs below 2**53, ties to even."""
    whole = np.floor(a.high)
    rest = two_sum(a.high - whole, a.low)  # from 0 to 1, or outside by a rounding
    up = (rest.high > 0.5) | (
        (rest.high == 0.5) & ((rest.low > 0) | (rest.low == 0) & (whole % 2 == 1))
    )
    return whole + up


def to_odd(a: Pair) -> Array:
    """Round to float64 so that a second rounding, to a narrower format, is as if it were the first.

    What is not exact gets an odd last bit, and so is never taken for the middle of two numbers
    (S. Boldo and G. Melquiond, 2008).
    """
    high = np.asarray(a.high)
    bits = high.view(np.int64)
    inexact = np.isfinite(high) & (high != 0) & (a.low != 0)
    # One step toward zero where the rounding went away from it.
    away = inexact & (np.signbit(a.low) != np.signbit(high))
    return ((bits - away) | inexact).view(np.float64)


def _exactly(asked: _Asked, place: int) -> Any:
    """Return one result by balls of more and more bits, or by fractions."""
    factor = 1.0 if asked.factor is None else float(asked.factor[place])
    # As text, which tells -0 from 0 and forgets nothing.
    numbers = (float(asked.x[place]), factor, *asked.parameters)
    return _exact(asked.formula, asked.x.dtype, *(float(one).hex() for one in numbers))


@lru_cache(maxsize=2**12)  # the same few are asked again and again, by tests above all
def _exact(formula: Formula, dtype: np.dtype[Any], *numbers: str) -> Any:
    """Return one result: of an input, a factor and the parameters, in hexadecimal digits."""
    rule, _, rational = formula
    x, factor, *parameters = map(float.fromhex, numbers)
    if rational:
        number, power, _ = rule(Fraction(x), *map(Fraction, parameters))
        return _nearest(Fraction(number) * Fraction(factor) * Fraction(2) ** power, dtype)
    bits = 128
    while bits <= _MOST_BITS:
        try:
            number, power, _ = rule(Ball.exactly(x, bits), *parameters)
            number = number if isinstance(number, Ball) else Ball.exactly(number, bits)
            ends = (number * factor).shifted(power).ends()
            lower, upper = sorted(_nearest(end, dtype) for end in ends)
        except UndecidedError:
            lower, upper = 0.0, np.nan  # unlike
        if lower == upper or (np.isnan(lower) and np.isnan(upper)):
            return lower
        bits *= 2
    raise ArithmeticError(
        f"{rule.__module__} left open, after {_MOST_BITS} bits, what its result at {x!r} rounds "
        "to: exact results in the middle of two floats need a rule that says rational=True"
    )


def _nearest(value: Fraction, dtype: Any) -> Any:
    """Return the nearest number of a format to a fraction, ties to even."""
    near: Any
    try:
        near = value.numerator / value.denominator  # rounded once, also where it is subnormal
    except OverflowError:
        near = np.inf if value > 0 else -np.inf
    if dtype != np.float64 and np.isfinite(near):
        left = value - Fraction(near)
        near = to_odd(Pair(np.asarray(near), np.asarray(float((left > 0) - (left < 0)))))
    return rounded(np.asarray(near, np.float64), np.dtype(dtype))[()]
