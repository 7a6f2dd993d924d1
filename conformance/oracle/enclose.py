"""Raise the precision until the enclosure leaves no doubt about the rounding (Ziv's strategy)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
from flint import arb, ctx

from actinit.spec import Activation, Expression, Part, Piece

from ..formats import ARITHMETIC, FORMATS
from .closed import rational, side
from .formula import UncertainError, compile_formula, compile_orders
from .result import Exact, split

__all__ = ["OracleError", "enclose", "enclose_orders", "enclose_rows"]

# Bits asked for at each try; the last would tell apart values that agree to 4,900 digits.
_PRECISIONS = tuple(96 * 2**k for k in range(9))
# What is in doubt at this precision may be so at every one: a tie, or a sum that cancels. From here
# on a proof of that is looked for, which takes longer than an enclosure.
_PROVE_FROM = 384
# An enclosure this good gives the rounded value and what is left of it to 2**-22 ulp.
_ENOUGH = 53 + 22
# Below this every format of ours rounds to zero.
_NOTHING = arb(2) ** -1100
# Under this, residuals are scaled up before they are made floats, or they would underflow.
_SMALL = 2.0**-900
_UP = arb(2) ** 1074
_LARGE = 2.0**1000
# Further than this many ulp from a border is clear of it, at `_ENOUGH` bits.
_CLEAR = 2.0**-16
# A residual smaller than this is kept at it: only its sign matters, which would underflow.
_LEAST = 2.0**-100
# The middles of formats of 8 bits are proven where they are asked for by name: what was computed
# before there were any stays as good as it was.
ALL = tuple(ARITHMETIC)

Pair = tuple[float, float]


class OracleError(ArithmeticError):
    """A formula that could not be enclosed: it has no value there, or the entry is wrong."""


def enclose(
    entry: Activation,
    part: Part,
    points: Iterable[float],
    parameters: Mapping[str, float],
    order: int = 0,
    formats: Sequence[str] = ALL,
) -> Exact:
    """Evaluate an elementwise entry exactly.

    Parameters
    ----------
    entry : Activation
        An entry of shape "elementwise".
    part : {"value", "derivative"}
        Which formula.
    points : iterable of float
        Inputs. At infinities and nan a formula has no value, and the entry's special values are
        returned; nan where the entry leaves the result open.
    parameters : mapping of str to float
        A value for each parameter.
    order : int, optional
        How many times the formula is to be differentiated: 1 makes the second derivative of the
        derivative. At infinities it is then 0, as for every function that nears a straight line.
    formats : sequence of str, optional
        The formats that the rounding is to be proven for, beside float64. x + exp(-x) at 17088, the
        middle of two numbers of bfloat16 but itself one of float16, needs 25,000 bits for one only.

    Returns
    -------
    Exact
        Arrays of shape (number of points,).

    Raises
    ------
    OracleError
        If no precision settles a point.
    """
    return enclose_orders(entry, part, points, parameters, [order], formats)[0]


def enclose_orders(
    entry: Activation,
    part: Part,
    points: Iterable[float],
    parameters: Mapping[str, float],
    orders: Sequence[int],
    formats: Sequence[str] = ALL,
) -> list[Exact]:
    """Evaluate an elementwise entry and its derivatives exactly, all of one series for each point.

    Parameters
    ----------
    entry, part, points, parameters, formats
        As in `enclose`.
    orders : sequence of int
        How many times the formula is to be differentiated, for each result.

    Returns
    -------
    list of Exact
        One for each order.

    Raises
    ------
    OracleError
        If no precision settles a point.
    """
    inputs = list(points)
    finite = [x for x in inputs if math.isfinite(x)]

    def prove(x: float, position: int, ball: arb) -> Pair | None:
        if orders[position]:
            return None
        exact = rational(entry, part, x, parameters)
        if exact is not None:
            return split(exact)
        return _on_its_side(ball, lambda number: side(entry, part, x, parameters, number))

    found = _ladder(
        entry, part, parameters, finite, lambda formula, x: formula(arb(x)), prove, formats, orders
    )
    results = []
    for position, order in enumerate(orders):
        settled = iter(found)
        results.append(_exact([
            next(settled)[position] if math.isfinite(x)
            else _limit(entry, part, x, parameters, order)
            for x in inputs
        ]))  # fmt: skip
    return results


def enclose_rows(
    entry: Activation,
    part: Part,
    rows: Sequence[Sequence[float]],
    parameters: Mapping[str, float],
    outputs: Sequence[int] | None = None,
    formats: Sequence[str] = ALL,
) -> Exact:
    """Evaluate a function of rows exactly.

    Parameters
    ----------
    entry : Activation
        An entry of shape "row" or "reduction".
    part : {"value", "derivative"}
        The value, or the derivative of one output with respect to each element.
    rows : sequence of sequence of float
        Finite inputs, rows of one length n.
    parameters : mapping of str to float
        A value for each parameter.
    outputs : sequence of int, optional
        For a derivative of a row function: the output whose derivative is wanted, for each row.
    formats : sequence of str, optional
        As in `enclose`.

    Returns
    -------
    Exact
        Arrays of shape (rows, n), or (rows,) for the value of a reduction.

    Raises
    ------
    OracleError
        If no precision settles a row, or an element is not finite: what a row tends to depends on
        the others, and stands in the entry's special values.
    """
    for row in rows:
        if not all(map(math.isfinite, row)):
            raise OracleError(f"{entry.name}: the row {row!r} is not finite; expected numbers")
    single = entry.shape == "reduction" and part == "value"

    def evaluate(formula: Callable[..., Any], item: tuple[Sequence[float], int]) -> list[Any]:
        row, output = item
        many = 1 if single else len(row)
        try:
            of = formula([arb(x) for x in row], range(len(row)))
        except UncertainError:
            return [arb.nan()] * many
        if part == "derivative":
            return [_or_nothing(of, output, k) for k in range(many)]
        return [_or_nothing(of, i, 0) for i in range(many)]

    def prove(item: tuple[Sequence[float], int], position: int, ball: arb) -> Pair | None:
        row, output = item
        indices = {"i": output, "k": position} if part == "derivative" else {"i": position}
        exact = rational(entry, part, row, parameters, indices)
        return None if exact is None else split(exact)

    items = list(zip(rows, outputs or [0] * len(rows), strict=True))
    found = _ladder(entry, part, parameters, items, evaluate, prove, formats)
    flat = _exact([pair for pairs in found for pair in pairs])
    shape = (len(rows),) if single else (len(rows), -1)
    return Exact(flat.rounded.reshape(shape), flat.residual.reshape(shape))


def _or_nothing(of: Callable[[int, int], arb], i: int, k: int) -> arb:
    """Return a result, or what says nothing where its condition is not settled."""
    try:
        return of(i, k)
    except UncertainError:
        return arb.nan()


def _ladder(
    entry: Activation,
    part: Part,
    parameters: Mapping[str, float],
    items: list[Any],
    evaluate: Callable[[Callable[..., Any], Any], list[arb]],
    prove: Callable[[Any, int, arb], Pair | None],
    formats: Sequence[str],
    orders: Sequence[int] | None = None,
) -> list[list[Pair]]:
    """Settle every item, going to a higher precision with those that are left."""
    settled: list[list[Pair]] = [[]] * len(items)
    left = list(range(len(items)))
    before = ctx.prec
    try:
        for bits in _PRECISIONS:
            ctx.prec = bits
            formula = (
                compile_formula(entry, part, parameters)
                if orders is None
                else compile_orders(entry, part, parameters, orders)
            )
            doubtful = []
            for index in left:
                pairs: list[Pair] = []
                for position, ball in enumerate(evaluate(formula, items[index])):
                    pair = _settle(ball, formats)
                    if pair is None and bits >= _PROVE_FROM:
                        pair = prove(items[index], position, ball)
                    if pair is None:
                        doubtful.append(index)
                        break
                    pairs.append(pair)
                else:
                    settled[index] = pairs
            if not doubtful:
                return settled
            left = doubtful
    finally:
        ctx.prec = before
    raise OracleError(
        f"{entry.name}: the {part} at {items[left[0]]!r} is not settled with {_PRECISIONS[-1]} "
        "bits; its formula has no value there or cancels without end"
    )


def _settle(ball: arb, formats: Sequence[str]) -> Pair | None:
    """Return the rounded value and the residual in ulp, or None if the ball leaves a doubt."""
    rounded = float(ball)  # the midpoint's
    if not _SMALL <= abs(rounded) < _LARGE:
        return _settle_at_ends(ball, formats)
    left, ulp = ball - rounded, math.ulp(rounded)
    residual = float(left) / ulp
    # A ball of 75 good bits is 2**-20 ulp wide at most: what is further than that from half an ulp,
    # or from a quarter below a power of 2, is rounded as its midpoint is.
    half = 0.25 if abs(math.frexp(rounded)[0]) == 0.5 else 0.5
    if abs(residual) > half - _CLEAR or ball.rel_accuracy_bits() < _ENOUGH:
        return _settle_at_ends(ball, formats)
    if abs(residual) > _CLEAR:
        return rounded, residual
    return _beside(rounded, left, residual, formats)


def _settle_at_ends(ball: arb, formats: Sequence[str]) -> Pair | None:
    """Do what `_settle` does for any ball."""
    if abs(ball) < _NOTHING:
        return math.copysign(0.0, float(ball.mid())), 0.0
    # Rounding is monotone: where both ends go, all between them goes.
    rounded = float(ball.lower())
    if rounded != float(ball.upper()):
        return None
    if math.isinf(rounded):
        return rounded, 0.0
    if ball.rel_accuracy_bits() < _ENOUGH:
        return None
    left, ulp = ball - rounded, math.ulp(rounded)
    if abs(rounded) < _SMALL:
        residual = float(left * _UP) / math.ldexp(ulp, 1074)
    else:
        residual = float(left) / ulp
    return _beside(rounded, left, residual, formats)


def _on_its_side(ball: arb, side: Callable[[Fraction], int | None]) -> Pair | None:
    """Settle a result that is next to nothing from a float, or from the middle of two."""
    low, high = float(ball.lower()), float(ball.upper())
    if not (math.isfinite(low) and math.isfinite(high) and high <= math.nextafter(low, math.inf)):
        return None
    number = (Fraction(low) + Fraction(high)) / 2
    sign = side(number)
    if not sign:
        return None
    rounded = high if sign > 0 else low
    residual = float((number - Fraction(rounded)) / Fraction(math.ulp(rounded)))
    return rounded, residual or math.copysign(_LEAST, sign)


def _beside(rounded: float, left: arb, residual: float, formats: Sequence[str]) -> Pair | None:
    """Return both, the residual with a sign that is proven where another format depends on it."""
    if left.contains(0):
        if not left.is_zero() and _in_the_middle(rounded, formats):
            return None
    elif abs(residual) < _LEAST:
        residual = math.copysign(_LEAST, float(left > 0) - 0.5)
    return rounded, residual


def _in_the_middle(value: float, formats: Sequence[str]) -> bool:
    """Say whether a number of float64 lies in the middle of two of another format."""
    exponent = math.frexp(value)[1] - 1
    for fmt in (FORMATS[name] for name in formats):
        steps = math.ldexp(value, fmt.stored - max(exponent, fmt.emin))
        if abs(math.fmod(steps, 1)) == 0.5:
            return True
    return False


def _limit(
    entry: Activation, part: Part, x: float, parameters: Mapping[str, float], order: int
) -> Pair:
    """Return what the entry states at an infinity, or at nan."""
    if order:
        return (math.nan if math.isnan(x) else 0.0), 0.0
    for case in entry.special.cases:
        if case.x == x or (isinstance(case.x, float) and math.isnan(case.x) and math.isnan(x)):
            stated = getattr(case, part)
            if stated == "any":
                break
            if stated == "any zero":
                return 0.0, 0.0
            return _number(entry, str(stated), parameters)
    return math.nan, 0.0


def _number(entry: Activation, text: str, parameters: Mapping[str, float]) -> Pair:
    """Round an expression in the parameters, such as ``-alpha``."""
    if text in ("inf", "-inf", "nan", "-0.0"):
        return float(text), 0.0
    constant = msgspec.structs.replace(entry.value, pieces=(Piece(then=Expression(text)),))
    stated = msgspec.structs.replace(entry, value=constant)
    found = enclose(stated, "value", [1.0], parameters)
    return float(found.rounded[0]), float(found.residual[0])


def _exact(pairs: list[Pair]) -> Exact:
    array = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return Exact(np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1]))
