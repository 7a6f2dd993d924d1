"""A format and what is asked of results, as the plain numbers that compiled kernels take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..formats import Format
from .rows import bin_shift

__all__ = ["Terms", "terms"]


class Terms(NamedTuple):
    """What a kernel must know of the format and the question, as plain numbers.

    `floor` and `ceiling` are the exponent bits of the smallest and the largest binade, `flip` minus
    these bits gives those of 1/ulp, `unflip` minus them those of 1/2**e.
    """

    wide: bool  #: Float64: residuals count, and everything is examined.
    overflows_to_nan: bool  #: The format has no infinities.
    shift: int  #: Of the bits of an input, to get its bin.
    magnitude: int  #: Mask that takes the sign off an input.
    normal: int  #: The first magnitude that is no subnormal.
    floor: int
    ceiling: int
    flip: int
    unflip: int
    hidden: float  #: 2**(p - 1)
    top: float  #: The first number beyond the format; inf for float64.
    low_top: float  #: A quarter of it.
    tiny: float  #: The smallest normal number.
    base: float  #: The least budget; at most the cap, so that a lost result is above it.
    low: float
    high: float
    rising: float  #: 1 for an increasing function, -1 for a decreasing one, 0 for neither.
    at_low: float  #: From what to what is right at zero.
    at_high: float


def terms(
    fmt: Format,
    *,
    base: float,
    low: float = -np.inf,
    high: float = np.inf,
    rising: float = 0.0,
    at_zero: tuple[float, float] = (np.nan, np.nan),
) -> Terms:
    """Put a format and a question into numbers.

    Parameters
    ----------
    fmt : Format
        Of inputs and results.
    base : float
        The least budget, in ulp.
    low, high : float, optional
        The range of results, numbers of the format.
    rising : {1, -1, 0}, optional
        Which way the function goes, if it goes one way.
    at_zero : tuple of float, optional
        From what to what is right at zero, to know a flushed input.

    Returns
    -------
    Terms
        For `count`, `settle` and `mirror`.
    """
    return Terms(
        wide=fmt.name == "float64",
        overflows_to_nan=not fmt.infinities,
        shift=bin_shift(fmt),
        magnitude=fmt.sign - 1,
        normal=1 << fmt.stored,
        floor=(fmt.emin + 1023) << 52,
        ceiling=(fmt.emax + 1023) << 52,
        flip=_wrapped((2046 + fmt.stored) << 52),
        unflip=2046 << 52,
        hidden=2.0**fmt.stored,
        top=float(fmt.first_beyond()),
        low_top=float(fmt.first_beyond(-2)),
        tiny=2.0**fmt.emin,
        base=min(float(base), 2.0 ** (fmt.precision - 2)),
        low=float(low),
        high=float(high),
        rising=float(rising),
        at_low=float(at_zero[0]),
        at_high=float(at_zero[1]),
    )


def _wrapped(value: int) -> int:
    """Return an integer as the 64 bits that it is cut to, read with a sign."""
    return int(np.uint64(value & (2**64 - 1)).astype(np.int64))
