"""The check of a tensor that is longer than the stream behind it: weights that come again.

A generator of 20 bits, a buffer that is filled once and read round and round, a kernel that gives
each block of memory the same counter: each repeats what it has drawn, and shows it only in a tensor
that is larger than its period. A run of weights decides: that one comes twice by chance is out of
the question in any sample that fits into a machine.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter

from ..check import Check, Finding, Outcome, Witness
from . import judges
from .draws import Draw
from .plan import Size

__all__ = ["check", "comes_again"]

# Weights that are compared. A distribution in float32 has far more than 2**8 values, so that a run
# comes twice in 2**26 weights with a probability below 2**(26 - 8 * 64).
_RUN = 64
# More than 2**21 weights, and of a thorough run 2**26; a longer period is not seen.
_SIDE, _THOROUGH, _ROWS = 1448, 8192, 64


def check(draw: Draw, size: Size) -> Check:
    """Return the check ``initializer/he_normal/seed/period``.

    Parameters
    ----------
    draw : Draw
        What to draw; its path and sizes are replaced.
    size : Size
        How much a run draws; a thorough one draws a larger tensor.
    """
    side = (_THOROUGH if size.stream >= _THOROUGH**2 else _SIDE) // size.divisor
    told = replace(draw, path="seed/period", sizes={"i": side + _ROWS, "o": side})
    return told.check("seed", partial(_outcome, told))


def comes_again(flat: NDArray[Any]) -> tuple[int, bool] | None:
    """Return after how many weights the first run of a tensor comes again, or the last came before.

    Parameters
    ----------
    flat : ndarray
        Weights, shape (n,).

    Returns
    -------
    distance : int
        Weights between the two; the least there is.
    at_start : bool
        Whether it is the first run. What begins otherwise than it goes on is seen at the end alone.
    """
    for at_start, weights in ((True, flat), (False, flat[::-1])):
        run = weights[:_RUN]
        for place in np.flatnonzero(weights[1 : 1 - _RUN] == run[0]) + 1:
            if np.array_equal(weights[place : place + _RUN], run):
                return int(place), at_start
    return None


def _outcome(draw: Draw, adapter: Adapter) -> Outcome:
    drawn = draw.offered(adapter).run(adapter)
    if bad := judges.nonfinite(drawn):
        return bad
    flat = drawn.reshape(-1)
    measured: dict[str, float] = {"n": flat.size}
    found = comes_again(flat)
    if found is None:
        message = f"no run of {_RUN} weights comes twice in {flat.size:,}"
        return Outcome(conforms=True, message=message, measured=measured)
    distance, at_start = found
    first, again = (0, distance) if at_start else (flat.size - _RUN, flat.size - _RUN - distance)
    which = "first" if at_start else "last"
    compared = f"w.ravel()[{first}:{first + _RUN}] == w.ravel()[{again}:{again + _RUN}]"
    cause = f"the stream repeats after {distance:,} weights"
    finding = Finding(
        key=f"seed/period/{which}",
        kind="independence",
        defect="seed",
        sentence=f"in a tensor of {flat.size:,} weights the {which} {_RUN} stand {distance:,} "
        f"places {'on' if at_start else 'before'} once more: {cause}",
        count=_RUN,
        points=flat.size,
        worst=Witness.figure("weights that come again", _RUN, 0, measure=f"({compared}).sum()"),
        looks_like=cause,
    )
    return Outcome.diverging([finding], measured={**measured, "period": distance})
