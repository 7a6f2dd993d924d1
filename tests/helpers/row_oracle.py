"""Functions of a row by ball arithmetic (Arb), rounded once; shares no code with the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx

from actinit.conformance.formats import FORMATS
from helpers.exactly import rounded

__all__ = ["FUNCTIONS", "expected"]

# Enough for exponentials of -2000 beside 1.
_BITS = 6000
_LOGARITHMS = ("log_softmax", "logsumexp")


def expected(what: str, row: Sequence[float], dtype: Any, upstream: Sequence[float] = ()) -> Any:
    """Return what a function of a row rounds to, element by element.

    Parameters
    ----------
    what : str
        Key of `FUNCTIONS`.
    row : sequence of float
        Numbers and minus infinities, at least one number.
    dtype : dtype
        Of the results.
    upstream : sequence of float, optional
        For gradients.
    """
    before = ctx.prec
    ctx.prec = _BITS
    try:
        numbers = {float(x) for x in row} - {-np.inf}
        # If all numbers are the same, results are fractions, which may be the middle of two floats.
        kind = Fraction if len(numbers) == 1 and what not in _LOGARITHMS else arb
        given = [None if np.isneginf(float(x)) else kind(float(x)) for x in row]
        exact = FUNCTIONS[what](given, [kind(float(u)) for u in upstream])
        return np.array([_rounded(one, np.dtype(dtype)) for one in exact], dtype)
    finally:
        ctx.prec = before


def _exponentials(row: list[Any]) -> list[Any]:
    top = max((x for x in row if x is not None), key=float)
    if isinstance(top, Fraction):
        return [Fraction(x is not None) for x in row]
    return [arb(0) if x is None else (x - top).exp() for x in row]


def _softmax(row: list[Any], _: Any) -> list[Any]:
    e = _exponentials(row)
    total = sum(e, 0)
    return [one / total for one in e]


def _log_softmax(row: list[Any], _: Any) -> list[Any]:
    e = _exponentials(row)
    top = max((x for x in row if x is not None), key=float)
    logarithm = sum(e, 0).log()
    return [-arb("inf") if x is None else (x - top) - logarithm for x in row]


def _hardmax(row: list[Any], _: Any) -> list[Any]:
    numbers = [Fraction(0) if x is None else _fraction(x) for x in row]
    able = [at for at, x in enumerate(row) if x is not None]
    best = next(at for at in able if all(numbers[at] >= numbers[other] for other in able))
    return [Fraction(at == best) for at in range(len(row))]


def _above(row: list[Any]) -> tuple[list[bool], Fraction, list[Fraction]]:
    """Return which elements of a row sparsemax keeps, their level, and the row in fractions.

    By martins2016's characterization, tried on each number of largest elements.
    """
    numbers = [None if x is None else _fraction(x) for x in row]
    ordered = sorted((x for x in numbers if x is not None), reverse=True)
    for n in range(1, len(ordered) + 1):
        level = (sum(ordered[:n]) - 1) / n
        if ordered[n - 1] > level and all(x <= level for x in ordered[n:]):
            break
    lowest = level - 1
    filled = [lowest if x is None else x for x in numbers]
    return [x > level for x in filled], level, filled


def _sparsemax(row: list[Any], _: Any) -> list[Any]:
    above, level, numbers = _above(row)
    return [(x - level) * a for x, a in zip(numbers, above, strict=True)]


def _vjp_of_sparsemax(row: list[Any], u: list[Any]) -> list[Any]:
    above, _, _ = _above(row)
    upstream = [_fraction(one) for one in u]
    mean = sum(one * a for one, a in zip(upstream, above, strict=True)) / sum(above)
    return [(one - mean) * a for one, a in zip(upstream, above, strict=True)]


def _jacobian_of_sparsemax(row: list[Any], _: Any) -> list[Any]:
    above, _, _ = _above(row)
    n = range(len(row))
    return [((i == k) - Fraction(1, sum(above))) * (above[i] and above[k]) for i in n for k in n]


def _logsumexp(row: list[Any], _: Any) -> list[Any]:
    top = max((x for x in row if x is not None), key=float)
    return [top + sum(_exponentials(row), 0).log()]


def _vjp_of_logsumexp(row: list[Any], u: list[Any]) -> list[Any]:
    return [u[0] * y for y in _softmax(row, u)]


def _vjp_of_softmax(row: list[Any], u: list[Any]) -> list[Any]:
    e = _exponentials(row)
    total = sum(e, 0)
    return [
        y * sum(((one - two) * z for two, z in zip(u, e, strict=True)), 0) / total**2
        for one, y in zip(u, e, strict=True)
    ]


def _vjp_of_log_softmax(row: list[Any], u: list[Any]) -> list[Any]:
    above = sum(u, 0)
    return [one - y * above for one, y in zip(u, _softmax(row, u), strict=True)]


def _jacobian(of_two: Callable[..., Any]) -> Callable[..., Any]:
    def matrix(row: list[Any], _: Any) -> list[Any]:
        e = _exponentials(row)
        total = sum(e, 0)
        others = [sum((two for k, two in enumerate(e) if k != i), 0) / total for i in range(len(e))]
        y = [one / total for one in e]
        n = range(len(e))
        return [of_two(i, k, y, others) for i in n for k in n]

    return matrix


#: By what they give: of exact numbers, to exact numbers.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "softmax vjp": _vjp_of_softmax,
    "log_softmax vjp": _vjp_of_log_softmax,
    "hardmax": _hardmax,
    "hardmax vjp": lambda row, u: [Fraction(0)] * len(row),
    "hardmax derivative": lambda row, u: [Fraction(0)] * len(row) ** 2,
    "sparsemax": _sparsemax,
    "sparsemax vjp": _vjp_of_sparsemax,
    "sparsemax derivative": _jacobian_of_sparsemax,
    "logsumexp": _logsumexp,
    "logsumexp vjp": _vjp_of_logsumexp,
    "logsumexp derivative": _softmax,
    "softmax derivative": _jacobian(
        lambda i, k, y, others: y[i] * others[i] if i == k else -y[i] * y[k]
    ),
    "log_softmax derivative": _jacobian(lambda i, k, y, others: others[i] if i == k else -y[k]),
}


def _rounded(ball: Any, dtype: np.dtype[Any]) -> Any:
    if isinstance(ball, arb) and not ball.is_finite():
        return -np.inf
    parts = (ball.mid(), ball.rad()) if isinstance(ball, arb) else (ball, 0)
    middle, radius = (_fraction(part) for part in parts)
    ends = (rounded(end, FORMATS[dtype.name]) for end in (middle - radius, middle + radius))
    lower, upper = ends
    assert lower == upper or (np.isnan(lower) and np.isnan(upper)), "too few bits"
    return np.copysign(lower, -1.0 if middle < 0 else 1.0)


def _fraction(number: Any) -> Fraction:
    if not isinstance(number, arb):
        return Fraction(number)
    mantissa, exponent = (int(part) for part in number.man_exp())
    if (
        exponent + mantissa.bit_length() < -50_000
    ):  # next to nothing, which counts by its sign alone
        return Fraction((mantissa > 0) - (mantissa < 0), 2**40_000)
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
