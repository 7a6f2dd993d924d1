"""Formulas on whole intervals: what lies between two multiples of x plus two numbers.

Where exp(-x) is 0 or infinite in any format, a ball around it is of no use: its middle is as wrong
as its ends. Here a quantity is ``a * x + b`` with a and b between two ends each, so that a tail is
settled for a whole binade: ``x * Phi(x)`` is x times something between 1 - 2**-300 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from flint import arb, fmpq

from actinit.spec import Activation, Expression, Part, interpret

from ..oracle.formula import UncertainError

__all__ = ["Hull", "Interval", "hull"]


class Interval(NamedTuple):
    """The real numbers from one to another; both are exact."""

    low: arb
    high: arb

    @classmethod
    def of(cls, low: arb, high: arb | None = None) -> Interval:
        """Return the least interval that holds one ball, or two."""
        return cls(low.lower(), (low if high is None else high).upper())

    @property
    def zero(self) -> bool:
        """Whether it is 0 alone."""
        return bool(self.low == 0) and bool(self.high == 0)

    def plus(self, other: Interval) -> Interval:
        return Interval.of(self.low + other.low, self.high + other.high)

    def times(self, other: Interval) -> Interval:
        if self.zero or other.zero:
            return _ZERO
        products = [a * b for a in self for b in other]
        least = products[0].lower()
        most = products[0].upper()
        for product in products[1:]:
            least, most = min(least, product.lower()), max(most, product.upper())
        return Interval(least, most)

    def inverse(self) -> Interval:
        if not (self.low > 0 or self.high < 0):
            raise UncertainError
        return Interval.of(1 / self.high, 1 / self.low)

    def power(self, exponent: int) -> Interval:
        if exponent < 0:
            return self.power(-exponent).inverse()
        if exponent % 2 or self.low >= 0:
            return Interval.of(self.low**exponent, self.high**exponent)
        if self.high <= 0:
            return Interval.of(self.high**exponent, self.low**exponent)
        return Interval(arb(0), max((self.low**exponent).upper(), (self.high**exponent).upper()))


_ZERO = Interval(arb(0), arb(0))
_ONE = Interval(arb(1), arb(1))
# Nearer to 0, expm1(x) is x to 50 bits.
_SMALL = 2.0**-50


class Hull(NamedTuple):
    """Numbers ``factor * x + rest``, with each of the two somewhere in its interval."""

    factor: Interval
    rest: Interval


def _rising(function: Callable[[arb], arb], least: float, most: float) -> Callable[..., Interval]:
    """Return a rising function with values between two numbers as one of intervals."""

    def on_interval(value: Interval) -> Interval:
        low, high = Interval.of(function(value.low), function(value.high))
        return Interval(max(low, arb(least)), min(high, arb(most)))

    return on_interval


def _erfc(value: Interval) -> Interval:
    low, high = Interval.of(value.high.erfc(), value.low.erfc())
    return Interval(max(low, arb(0)), min(high, arb(2)))


def _abs(value: Interval) -> Interval:
    if value.low >= 0:
        return value
    if value.high <= 0:
        return Interval(-value.high, -value.low)
    return Interval(arb(0), max(-value.low, value.high))


_INFINITE = float("inf")
_FUNCTIONS: dict[str, Callable[..., Interval]] = {
    "exp": _rising(arb.exp, 0, _INFINITE),
    "expm1": _rising(arb.expm1, -1, _INFINITE),
    "log": _rising(arb.log, -_INFINITE, _INFINITE),
    "log1p": _rising(arb.log1p, -_INFINITE, _INFINITE),
    "sqrt": _rising(arb.sqrt, 0, _INFINITE),
    "tanh": _rising(arb.tanh, -1, 1),
    "erf": _rising(arb.erf, -1, 1),
    "erfc": _erfc,
    "abs": _abs,
    "min": lambda a, b: Interval(min(a.low, b.low), min(a.high, b.high)),
    "max": lambda a, b: Interval(max(a.low, b.low), max(a.high, b.high)),
}


class _Hulls:
    """What the parts of a formula mean on an interval of inputs."""

    def __init__(self, entry: Activation, x: Interval, parameters: Mapping[str, float]) -> None:
        self._x = x
        self._terms: dict[str, Expression] = {n: term.is_ for n, term in entry.terms.items()}
        self._names = {name: _constant(arb(value)) for name, value in parameters.items()}
        self._names |= {"pi": _constant(arb.pi()), "x": Hull(_ONE, _ZERO)}

    def number(self, text: str) -> Hull:
        value = Fraction(text)
        return _constant(arb(fmpq(value.numerator, value.denominator)))

    def name(self, name: str) -> Hull:
        if name not in self._names:
            self._names[name] = interpret(self._terms[name], self)
        return self._names[name]

    def negative(self, value: Hull) -> Hull:
        return Hull(*(Interval(-part.high, -part.low) for part in value))

    def binary(self, operator: str, left: Hull, right: Hull) -> Hull:
        match operator:
            case "+":
                return Hull(left.factor.plus(right.factor), left.rest.plus(right.rest))
            case "-":
                return self.binary("+", left, self.negative(right))
            case "*":
                return self._times(left, right)
            case "/":
                return self._times(left, Hull(_ZERO, self.collapsed(right).inverse()))
        exponent = right.rest.low.unique_fmpz()
        assert exponent is not None  # the language has no other power
        return Hull(_ZERO, self.collapsed(left).power(int(exponent)))

    def _times(self, left: Hull, right: Hull) -> Hull:
        if left.factor.zero:
            left, right = right, left
        by = self.collapsed(right)
        return Hull(left.factor.times(by), left.rest.times(by))

    def call(self, function: str, arguments: list[Hull]) -> Hull:
        if function == "expm1" and arguments[0] == (_ONE, _ZERO) and self._small():
            # Nearly x: (exp(x) - 1) / x rises.
            return Hull(Interval.of(*(end.expm1() / end for end in self._x)), _ZERO)
        return Hull(_ZERO, _FUNCTIONS[function](*map(self.collapsed, arguments)))

    def _small(self) -> bool:
        """Say whether the inputs are near 0 and of one sign."""
        low, high = self._x
        return bool(max(abs(low), abs(high)) < _SMALL) and not bool(low <= 0 <= high)

    def collapsed(self, value: Hull) -> Interval:
        """Return the interval of all numbers of a hull."""
        return value.factor.times(self._x).plus(value.rest)

    def element(self, row: str, index: str) -> Hull:
        raise UncertainError

    def reduce(self, function: str, index: str, body: Callable[[], Hull]) -> Hull:
        raise UncertainError

    def compare(self, operator: str, left: Hull, right: Hull) -> Any:
        a, b = self.collapsed(left), self.collapsed(right)
        if operator in (">", ">="):
            a, b, operator = b, a, {">": "<", ">=": "<="}[operator]
        holds = a.high < b.low if operator == "<" else a.high <= b.low
        fails = a.low >= b.high if operator == "<" else a.low > b.high
        if operator == "==" or not (holds or fails):
            raise UncertainError
        return bool(holds)

    def logic(self, operator: str, values: list[Any]) -> Any:
        return (all if operator == "and" else any)(values)


def _constant(value: arb) -> Hull:
    return Hull(_ZERO, Interval.of(value))


def hull(
    entry: Activation, part: Part, x: Interval, parameters: Mapping[str, float]
) -> tuple[Hull, Interval] | None:
    """Enclose a formula's results on an interval of inputs.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    x : Interval
        The inputs.
    parameters : mapping of str to float
        A value for each parameter.

    Returns
    -------
    tuple of Hull and Interval, or None
        A hull, and the interval of all its numbers. None where a condition or a quotient is not
        settled for the whole interval.
    """
    reader = _Hulls(entry, x, parameters)
    try:
        for piece in getattr(entry, part).pieces:
            if piece.if_ is None or interpret(piece.if_, reader):
                found = interpret(piece.then, reader)
                whole = reader.collapsed(found)
                ends = (*found.factor, *found.rest, *whole)
                return (found, whole) if all(map(arb.is_finite, ends)) else None
    except UncertainError:
        pass
    return None
