"""Formats of up to 16 bits: every input in Arb, one by one."""

from __future__ import annotations

import time

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..formats import Format
from ..oracle.formula import compile_formula
from .exactly import nearest, rounded
from .piece import KEPT, Ask, Case, Piece, Wrong, digest, kept, wide
from .specials import fits

__all__ = ["prove"]

Floats = NDArray[np.float64]

_BITS = 128


def prove(
    entry: Activation, part: Part, parameters: dict[str, float], fmt: Format, ask: Ask
) -> Piece:
    """Hold all results in a format to the entry's formula.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : dict of str to float
        A value for each parameter.
    fmt : Format
        One whose numbers are all asked for.
    ask : callable
        What is proven, on arrays of the format.

    Returns
    -------
    Piece
        The only one.
    """
    start = time.process_time()
    inputs = fmt.every()
    results = np.asarray(ask(inputs))
    took = time.process_time() - start
    numbers = wide(inputs)
    special = (numbers == 0) | ~np.isfinite(numbers)
    wrong = [
        Wrong(x, got, float("nan"))
        for x, got in zip(numbers[special].tolist(), wide(results[special]).tolist(), strict=True)
        if not fits(entry, part, x, got, parameters, fmt)
    ]
    x, got = numbers[~special].tolist(), results[~special]
    low, high = _enclosed(entry, part, parameters, x)
    lower, upper = (_nearest(end, fmt) for end in (low, high))
    patterns = got.view(fmt.bits)
    # As bit patterns, so that the sign of a zero counts.
    sure = (lower.view(fmt.bits) == patterns) & (upper.view(fmt.bits) == patterns)
    # What is nothing may be nothing of the other sign: see `nearest`.
    sure &= np.isfinite(wide(got)) & (low != 0) & (high != 0)
    distances = np.abs(_distances(low / 2 + high / 2, fmt))
    near = np.argsort(distances, kind="stable")[: 4 * KEPT]
    normal = np.argsort(distances + (abs(low) < 2.0**fmt.emin), kind="stable")[:KEPT]
    cases = []
    for at in sorted({*np.nonzero(~sure)[0].tolist(), *near.tolist(), *normal.tolist()}):
        right = nearest(entry, part, x[at], parameters, fmt)
        cases.append(Case(x[at], right.value, right.distance))
        one = float(got[at])
        same = one == right.value or (np.isnan(one) and np.isnan(right.value))
        same &= right.any_zero or np.signbit(one) == np.signbit(right.value)
        if not sure[at] and not same:
            wrong.append(Wrong(x[at], one, right.value))
    return Piece(
        part=0,
        inputs=inputs.size,
        digest=digest(results, fmt),
        wrong_count=len(wrong),
        wrong=wrong[:KEPT],
        balls=inputs.size,
        nearest=kept(cases, fmt),
        open_zeros=0,
        seconds=time.process_time() - start,
        reference_seconds=took,
    )


def _enclosed(
    entry: Activation, part: Part, parameters: dict[str, float], points: list[float]
) -> tuple[Floats, Floats]:
    """Return float64 numbers on both sides of each exact result.

    The ends of its ball go to the nearest float64, which may be a boundary that they are not; a
    step further outward they are beyond it.
    """
    before, ctx.prec = ctx.prec, _BITS
    try:
        formula = compile_formula(entry, part, parameters)
        balls = [formula(arb(x)) for x in points]
        ends = [(float(ball.lower()), float(ball.upper())) for ball in balls]
    finally:
        ctx.prec = before
    low, high = np.array(ends).T
    return np.nextafter(low, -np.inf), np.nextafter(high, np.inf)


def _units(values: Floats, fmt: Format) -> NDArray[np.int64]:
    """Return the exponent of an ulp at each value."""
    _, exponent = np.frexp(np.where(np.isfinite(values), values, 0))
    return np.maximum(exponent.astype(np.int64) - 1, fmt.emin) - fmt.stored


def _nearest(values: Floats, fmt: Format) -> NDArray[np.generic]:
    with np.errstate(over="ignore", invalid="ignore"):
        units = _units(values, fmt)
        steps = np.rint(np.ldexp(values, -units))
        return rounded(np.copysign(steps, values), units, fmt)


def _distances(values: Floats, fmt: Format) -> Floats:
    """Return how far values are from a rounding boundary, in ulp, as float64 has them."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.ldexp(values, -_units(values, fmt))
        return np.abs(np.nan_to_num(steps - np.floor(steps), nan=0.0) - 0.5)
