"""Raise the precision until the enclosure leaves no doubt about the rounding (Ziv's strategy)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from actinit.spec import Activation

from .formula import Part, compile_formula

__all__ = ["Exact", "OracleError", "enclose", "enclose_rows"]

Floats = NDArray[np.float64]

# Bits asked for at each try; the last would tell apart values that agree to 4,900 digits.
_PRECISIONS = tuple(96 * 2**k for k in range(9))
# An enclosure this good gives the rounded value and what is left of it to 2**-22 ulp.
_ENOUGH = 53 + 22
# Below this every format of ours rounds to zero.
_NOTHING = arb(2) ** -1100
# Under this, residuals are scaled up before they are made floats, or they would underflow.
_SMALL = 2.0**-900
_UP = arb(2) ** 1074


class OracleError(ArithmeticError):
    """A formula that could not be enclosed: it has no value there, or the entry is wrong."""


class Exact(NamedTuple):
    """Exact values: ``rounded + residual * ulp(rounded)``, to 2**-22 ulp.

    Attributes
    ----------
    rounded : ndarray of float64
        Correctly rounded to float64; proven, except on a tie, where it is one of the two.
    residual : ndarray of float64
        What the rounding left, in ulp of `rounded`, between -1/2 and 1/2.
    """

    rounded: Floats
    residual: Floats


def enclose(
    entry: Activation, part: Part, points: Iterable[float], parameters: Mapping[str, float]
) -> Exact:
    """Evaluate an elementwise entry exactly.

    Parameters
    ----------
    entry : Activation
        An entry of shape "elementwise".
    part : {"value", "derivative"}
        Which formula.
    points : iterable of float
        Finite inputs.
    parameters : mapping of str to float
        A value for each parameter.

    Returns
    -------
    Exact
        Arrays of shape (number of points,).

    Raises
    ------
    OracleError
        If no precision settles a point.
    """
    found = _ladder(entry, part, parameters, list(points), lambda formula, x: [formula(arb(x))])
    return _exact([pairs[0] for pairs in found])


def enclose_rows(
    entry: Activation,
    part: Part,
    rows: Sequence[Sequence[float]],
    parameters: Mapping[str, float],
    outputs: Sequence[int] | None = None,
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

    Returns
    -------
    Exact
        Arrays of shape (rows, n), or (rows,) for the value of a reduction.
    """
    single = entry.shape == "reduction" and part == "value"

    def evaluate(formula: Callable[..., Any], item: tuple[Sequence[float], int]) -> list[Any]:
        row, output = item
        of = formula([arb(x) for x in row], range(len(row)))
        if part == "derivative":
            return [of(output, k) for k in range(len(row))]
        return [of(0, 0)] if single else [of(i, 0) for i in range(len(row))]

    items = list(zip(rows, outputs or [0] * len(rows), strict=True))
    found = _ladder(entry, part, parameters, items, evaluate)
    flat = _exact([pair for pairs in found for pair in pairs])
    shape = (len(rows),) if single else (len(rows), -1)
    return Exact(flat.rounded.reshape(shape), flat.residual.reshape(shape))


Pair = tuple[float, float]


def _ladder(
    entry: Activation,
    part: Part,
    parameters: Mapping[str, float],
    items: list[Any],
    evaluate: Callable[[Callable[..., Any], Any], list[Any]],
) -> list[list[Pair]]:
    """Settle every item, going to a higher precision with those that are left."""
    settled: list[list[Pair]] = [[]] * len(items)
    left = range(len(items))
    before = ctx.prec
    try:
        for bits in _PRECISIONS:
            ctx.prec = bits
            formula = compile_formula(entry, part, parameters)
            doubtful = []
            for index in left:
                pairs = [_settle(ball) for ball in evaluate(formula, items[index])]
                if None in pairs:
                    doubtful.append(index)
                else:
                    settled[index] = pairs  # type: ignore[assignment]
            if not doubtful:
                return settled
            left = doubtful  # type: ignore[assignment]
    finally:
        ctx.prec = before
    raise OracleError(
        f"{entry.name}: the {part} at {items[left[0]]!r} is not settled with {_PRECISIONS[-1]} "
        "bits; its formula has no value there or cancels without end"
    )


def _settle(ball: arb) -> Pair | None:
    """Return the rounded value and the residual in ulp, or None if the ball leaves a doubt."""
    if ball.rel_accuracy_bits() < _ENOUGH:
        if abs(ball) < _NOTHING:
            return math.copysign(0.0, float(ball.mid())), 0.0
        return None
    rounded = float(ball)
    if math.isinf(rounded):
        return rounded, 0.0
    left = ball - rounded
    ulp = math.ulp(rounded)
    if abs(rounded) < _SMALL:
        residual = float(left * _UP) / math.ldexp(ulp, 1074)
    else:
        residual = float(left) / ulp
    if abs(abs(residual) - 0.5) < 2.0**-20:
        # Near the middle of two floats: the ball must be on one side of it, or be the middle.
        past = abs(left) - arb(ulp) / 2
        if past.contains(0) and not past.is_zero():
            return None
    return rounded, residual


def _exact(pairs: list[Pair]) -> Exact:
    array = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return Exact(np.ascontiguousarray(array[:, 0]), np.ascontiguousarray(array[:, 1]))
