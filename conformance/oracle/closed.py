"""Results that are exactly a float, proven.

An enclosure can show that a result is *not* a certain number, never that it is one: softmax([1, 1])
is 0.5, and no precision tells. Here a formula is evaluated exactly, as a quotient of sums of
``c * exp(q)`` with rational c and q. Exponentials of distinct rational numbers are linearly
independent over the rationals (Lindemann and Weierstrass, 1885), so such a sum is zero only if
every coefficient is, and whether the quotient is a rational number can be read off. So can, where
one exponential is larger than all others together, on which side of a number the result is, however
near: x - tanh(x) is more than x - 1, which may be the middle of two floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from actinit.spec import Activation, Part, interpret

__all__ = ["rational", "side"]

#: A sum of exponentials: the coefficient of each exponent; none of them is 0.
Sum = Mapping[Fraction, Fraction]

_ZERO = Fraction(0)
_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": Fraction.__lt__, "<=": Fraction.__le__, ">": Fraction.__gt__, ">=": Fraction.__ge__,
    "==": Fraction.__eq__,
}  # fmt: skip


class _UndecidedError(ArithmeticError):
    """The formula leaves what can be decided here."""


def rational(
    entry: Activation,
    part: Part,
    x: float | Sequence[float],
    parameters: Mapping[str, float],
    indices: Mapping[str, int] | None = None,
) -> Fraction | None:
    """Return the exact result at a point if it is provably a rational number.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        Which formula.
    x : float or sequence of float
        The input, or the row.
    parameters : mapping of str to float
        A value for each parameter.
    indices : mapping of str to int, optional
        Which elements of the row ``i`` and ``k`` are.

    Returns
    -------
    Fraction or None
        None if the result is irrational, or if this algebra cannot tell.
    """
    found = _quotient(entry, part, x, parameters, indices)
    return None if found is None else found.rational()


def side(
    entry: Activation, part: Part, x: float, parameters: Mapping[str, float], number: Fraction
) -> int | None:
    """Return on which side of a number the exact result is.

    Parameters
    ----------
    entry, part, x, parameters
        As for `rational`, of an elementwise entry.
    number : Fraction
        What to hold it against.

    Returns
    -------
    int or None
        The sign of the result less the number; None if this algebra cannot tell.
    """
    found = _quotient(entry, part, x, parameters, None)
    if found is None:
        return None
    left = found.plus(_Quotient.of(-number))
    above, below = _sign(left.above), _sign(left.below)
    return None if above is None or below is None else above * below


def _quotient(
    entry: Activation,
    part: Part,
    x: float | Sequence[float],
    parameters: Mapping[str, float],
    indices: Mapping[str, int] | None,
) -> _Quotient | None:
    """Return a result as a quotient; None if it is none."""
    reader = _Exponentials(entry, x, parameters, dict(indices or {}))
    try:
        for piece in getattr(entry, part).pieces:
            if piece.if_ is None or interpret(piece.if_, reader):
                found: _Quotient = interpret(piece.then, reader)
                return found
    except (_UndecidedError, ZeroDivisionError):
        pass
    return None


def _sign(total: Sum) -> int | None:
    """Return the sign of a sum; None if no term is larger than all others together."""
    if not total:
        return 0
    top = max(total)
    others = sum(
        # exp is below a float that is above 0, with room for its own rounding.
        abs(c) * Fraction(math.exp(max(float(q - top), -700.0)) * (1 + 2.0**-40))
        for q, c in total.items()
        if q != top
    )
    return None if others >= abs(total[top]) else 1 if total[top] > 0 else -1


@dataclass(frozen=True)
class _Quotient:
    """A quotient of two sums of exponentials."""

    above: Sum
    below: Sum = field(default_factory=lambda: {_ZERO: Fraction(1)})

    @classmethod
    def of(cls, number: Fraction | int) -> _Quotient:
        return cls({_ZERO: Fraction(number)} if number else {})

    def rational(self) -> Fraction | None:
        """Return the number that this is, if it is a rational one."""
        if not self.above:
            return _ZERO
        exponent = next(iter(self.below))
        ratio = self.above.get(exponent, _ZERO) / self.below[exponent]
        same = self.above == {key: ratio * value for key, value in self.below.items()}
        return ratio if same else None

    def number(self) -> Fraction:
        found = self.rational()
        if found is None:
            raise _UndecidedError
        return found

    def plus(self, other: _Quotient) -> _Quotient:
        above = _added(_multiplied(self.above, other.below), _multiplied(other.above, self.below))
        return _Quotient(above, _multiplied(self.below, other.below))

    def times(self, other: _Quotient) -> _Quotient:
        return _Quotient(_multiplied(self.above, other.above), _multiplied(self.below, other.below))

    def inverse(self) -> _Quotient:
        if not self.above:
            raise ZeroDivisionError
        return _Quotient(self.below, self.above)


def _added(left: Sum, right: Sum) -> Sum:
    total = dict(left)
    for exponent, value in right.items():
        total[exponent] = total.get(exponent, _ZERO) + value
    return {exponent: value for exponent, value in total.items() if value}


def _multiplied(left: Sum, right: Sum) -> Sum:
    total: dict[Fraction, Fraction] = {}
    for one, a in left.items():
        for two, b in right.items():
            total[one + two] = total.get(one + two, _ZERO) + a * b
    return {exponent: value for exponent, value in total.items() if value}


def _exp(value: _Quotient) -> _Quotient:
    return _Quotient({value.number(): Fraction(1)})


def _log(value: _Quotient) -> _Quotient:
    """Return the logarithm of a power of e, the only one that is decided here."""
    if len(value.above) == len(value.below) == 1:
        ((p, a),), ((q, b),) = value.above.items(), value.below.items()
        if a == b:
            return _Quotient.of(p - q)
    raise _UndecidedError


def _sqrt(value: _Quotient) -> _Quotient:
    number = value.number()
    roots = math.isqrt(max(number.numerator, 0)), math.isqrt(number.denominator)
    root = Fraction(*roots)
    if root * root != number:
        raise _UndecidedError
    return _Quotient.of(root)


def _level(numbers: list[Fraction]) -> Fraction:
    """Return the number above which numbers stand out by 1 in all: the largest of these means."""
    total, found = Fraction(0), []
    for count, number in enumerate(sorted(numbers, reverse=True), 1):
        total += number
        found.append((total - 1) / count)
    return max(found)


_ONE = _Quotient.of(1)


def _tanh(value: _Quotient) -> _Quotient:
    square = _exp(value.plus(value))
    return square.plus(_Quotient.of(-1)).times(square.plus(_ONE).inverse())


def _erf(value: _Quotient) -> _Quotient:
    if value.number():
        raise _UndecidedError
    return _Quotient.of(0)


_FUNCTIONS: dict[str, Callable[..., _Quotient]] = {
    "exp": _exp,
    "expm1": lambda v: _exp(v).plus(_Quotient.of(-1)),
    "log": _log,
    "log1p": lambda v: _log(v.plus(_ONE)),
    "sqrt": _sqrt,
    "tanh": _tanh,
    "erf": _erf,
    "erfc": lambda v: _ONE.plus(_Quotient.of(-1).times(_erf(v))),
    "abs": lambda v: _Quotient.of(abs(v.number())),
    "ceil": lambda v: _Quotient.of(math.ceil(v.number())),
    "min": lambda *v: _Quotient.of(min(item.number() for item in v)),
    "max": lambda *v: _Quotient.of(max(item.number() for item in v)),
}


class _Exponentials:
    """Formulas as quotients of sums of exponentials."""

    def __init__(
        self,
        entry: Activation,
        x: float | Sequence[float],
        parameters: Mapping[str, float],
        indices: dict[str, int],
    ) -> None:
        self._terms = {name: term.is_ for name, term in entry.terms.items()}
        self._names = {name: _Quotient.of(Fraction(value)) for name, value in parameters.items()}
        self._row: list[_Quotient] = []
        if isinstance(x, Sequence):
            self._row = [_Quotient.of(Fraction(item)) for item in x]
        else:
            self._names["x"] = _Quotient.of(Fraction(x))
        self._indices = indices

    def number(self, text: str) -> _Quotient:
        return _Quotient.of(Fraction(text))

    def name(self, name: str) -> Any:
        if name in self._indices:
            return self._indices[name]
        if name in self._terms and name not in self._names:
            # Once: a term depends on the row alone, and may be asked for by each of its elements.
            self._names[name] = interpret(self._terms[name], self)
        if name not in self._names:  # pi, inf, nan
            raise _UndecidedError
        return self._names[name]

    def negative(self, value: _Quotient) -> _Quotient:
        return _Quotient.of(-1).times(value)

    def binary(self, operator: str, left: _Quotient, right: _Quotient) -> _Quotient:
        match operator:
            case "+":
                return left.plus(right)
            case "-":
                return left.plus(self.negative(right))
            case "*":
                return left.times(right)
            case "/":
                return left.times(right.inverse())
        power = right.number()
        if power.denominator != 1:
            raise _UndecidedError
        base = left if power >= 0 else left.inverse()
        found = _ONE
        for _ in range(abs(power.numerator)):
            found = found.times(base)
        return found

    def call(self, function: str, arguments: list[Any]) -> _Quotient:
        if function == "delta":
            return _Quotient.of(int(arguments[0] == arguments[1]))
        return _FUNCTIONS[function](*arguments)

    def element(self, row: str, index: str) -> _Quotient:
        return self._row[self._indices[index]]

    def reduce(self, function: str, index: str, body: Callable[[], _Quotient]) -> Any:
        parts = []
        for position in range(len(self._row)):
            self._indices[index] = position
            parts.append(body())
        del self._indices[index]
        if function == "max":
            return _FUNCTIONS["max"](*parts)
        if function == "argmax":
            numbers = [part.number() for part in parts]
            return numbers.index(max(numbers))
        if function == "level":
            return _Quotient.of(_level([part.number() for part in parts]))
        total = _Quotient.of(0)
        for part in parts:
            total = total.plus(part)
        return total

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        # An index is an integer.
        sides = (Fraction(v) if isinstance(v, int) else v.number() for v in (left, right))
        return _COMPARISONS[operator](*sides)

    def logic(self, operator: str, values: list[Any]) -> Any:
        return (all if operator == "and" else any)(values)
