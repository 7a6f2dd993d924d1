"""Numbers as narrower arithmetic has them, and derivatives of formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...formats import ARITHMETIC, FORMATS, Format
from .evidence import Floats

__all__ = [
    "Formula",
    "Precision",
    "complex_step",
    "computed_in",
    "cutting",
    "narrower",
    "to_precision",
    "wider",
]

Formula = Callable[[Any], Any]


class Precision(NamedTuple):
    """Significant bits, and the exponents of the smallest and the largest normal number."""

    name: str
    bits: int
    emin: int
    emax: int


#: What results may have been computed in though another format was asked for, the widest first.
NARROWER = sorted(
    [Precision("TF32", 11, -126, 127)]
    + [Precision(each.name, each.precision, each.emin, each.emax) for each in FORMATS.values()],
    key=lambda kind: (-kind.bits, kind.emax),
)
# A few bits less are within the errors of a few roundings.
_BITS = 6
# So small that its square is 0: the derivative has no error of a difference.
_STEP = 1e-200


def narrower(fmt: Format) -> Iterator[Precision]:
    """Yield what is narrower than a format, the widest first."""
    for kind in NARROWER:
        if kind.bits <= fmt.precision - _BITS:
            yield kind


def wider(fmt: Format) -> list[Format]:
    """Return a format and those that its results may have been computed in."""
    return [
        each
        for each in ARITHMETIC.values()
        if each == fmt or (each.precision > fmt.precision and each.emax >= fmt.emax)
    ]


def to_precision(values: Floats, kind: Precision, *, truncate: bool = False) -> Floats:
    """Round numbers to a precision, to nearest even or toward zero; to infinity beyond it."""
    _, exponent = np.frexp(values)
    last = np.maximum(exponent, kind.emin + 1) - kind.bits
    scaled = np.ldexp(values, -last)
    found = np.ldexp(np.trunc(scaled) if truncate else np.rint(scaled), last)
    beyond = np.abs(found) >= np.ldexp(1.0, kind.emax + 1)
    return np.where(beyond & ~np.isinf(values), np.copysign(np.inf, values), found)


def cutting(kind: Precision, *, truncate: bool) -> Callable[[Floats], Floats]:
    """Return `to_precision` of a precision, as a function of the numbers alone."""
    return partial(to_precision, kind=kind, truncate=truncate)


def computed_in(formula: Formula, fmt: Format) -> Formula:
    """Return a formula, of numbers or rows, computed in a format's arithmetic; float64 outside."""

    def computed(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            found: NDArray[Any] = np.asarray(formula(x.astype(fmt.dtype)))
            numbers = found.astype(np.float64)
        return numbers if numbers.ndim else np.broadcast_to(numbers, x.shape)  # of a constant

    return computed


def complex_step(formula: Formula) -> Formula:
    """Return the derivative of a formula that may be asked for complex numbers."""

    def derivative(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            stepped = np.asarray(formula(x + _STEP * 1j), dtype=complex)
            return np.broadcast_to(stepped.imag / _STEP, x.shape)

    return derivative
