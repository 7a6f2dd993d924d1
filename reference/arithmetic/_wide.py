"""The exponential of pairs to nearly all bits that pairs have: for rows, where balls are slow."""

from __future__ import annotations

from ._floats import LEAST, PER_STEP, STEP_1, STEP_2, STEP_3
from ._primitives import at_least, nearest, select, whole
from ._scaled import Scaled
from .pairs import Pair, pair_plus_float, pair_plus_pair, two_product, two_sum

__all__ = ["exp"]

_HALVINGS = 8


def exp(x: Pair) -> Scaled:
    """Return exp(x) for x <= 0, to 2**-97.

    x is k log(2) + r, and exp(r) - 1 comes of m = exp(r / 2**8) - 1 by eight doublings, each
    m (2 + m). No table is used. With u = 2**-53 the series, of which the next term is below 2**-125
    of it, has 20 u**2 at most; a doubling multiplies the relative error by
    (1 + m) / (1 + m / 2), all eight by less than 1.5, and adds 10 u**2. That is 2**-98; k log(2) is
    known to 2**-112.
    """
    held = at_least(x.high, LEAST)
    k = nearest(held * (PER_STEP / 256.0))
    steps = k * 256.0
    # The products with the first two parts, and the first difference, are exact.
    left = two_sum(held - steps * STEP_1, -(steps * STEP_2))
    last = two_product(steps, STEP_3)
    left = pair_plus_pair(left, Pair(-last.high, -last.low))
    left = pair_plus_float(left, select(x.high < LEAST, 0.0, x.low))
    r = Pair(left.high / 2**_HALVINGS, left.low / 2**_HALVINGS)
    # 10! over 9!, 8!, ... and 0!, Taylor's coefficients times 10!. Without loops, so that vectors
    # can be made of it.
    total = r + 10.0
    total = total * r + 90.0
    total = total * r + 720.0
    total = total * r + 5040.0
    total = total * r + 30240.0
    total = total * r + 151200.0
    total = total * r + 604800.0
    total = total * r + 1814400.0
    total = total * r + 3628800.0
    m = r * total / 3628800.0
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    m = m * (m + 2.0)
    return Scaled(m + 1.0, whole(k))
