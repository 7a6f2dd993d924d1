"""Derivatives by forward mode against those by reverse mode, of elementwise functions.

A framework has a formula for each of the two, written apart. Both are asked for the same sample,
with ones for the tangent and for the upstream gradient, and at kinks, infinities and nan, where
they must be one number: what a kink's derivative is taken for is a matter of the framework, not of
the way to it. With another tangent the result is that many times as large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, evaluate

from ..check import Check, Finding, Outcome, Witness
from ..expected import inputs
from ..expected.batches import Batch, batches
from ..expected.defaults import defaults, kinks_of
from ..formats import ARITHMETIC, Format, describe
from .asking import ordinary
from .compared import Compared, Ways, outcome_of
from .judge import subject
from .naming import activation_check
from .sample import results

__all__ = ["checks"]

Array = NDArray[Any]
# A tangent, and inputs to ask with it. It is a power of 2, by which every rounding is scaled
# exactly but for subnormal numbers: results are in proportion, and what these leave of one that is
# not small is far below an eighth. A tangent that is ignored is off by five quarters.
_TANGENT, _POINTS, _OFF, _SMALL = -4.0, 200, 1 / 8, 2.0**-6
_WAYS = Ways("in forward mode", "in reverse mode")


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of forward mode: ``activation/gelu/float32/derivative/forward``."""
    if entry.shape != "elementwise":
        return
    for fmt in ARITHMETIC.values():
        path = (fmt.name, "derivative", "forward")
        yield activation_check(entry, path, "derivative", _runner(entry, fmt))


def _runner(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, "derivative")
        ways = _forward(adapter, entry, batch), results(adapter, entry, batch, "derivative")
        compared = Compared(entry, fmt, "derivative", batch, *ways)
        further = [*_at_places(adapter, entry, fmt), *_nonlinear(adapter, entry, fmt)]
        return outcome_of([compared], subject(entry, "derivative"), _WAYS, further)

    return run


def _forward(adapter: Adapter, entry: Activation, batch: Batch) -> Array:
    """Ask for the derivative of a batch, in the order in which reverse mode is asked."""
    x, tangent = batch.scrambled
    got = adapter.forward(entry, x, tangent, defaults(entry))
    found = np.empty_like(got)
    found[inputs.scrambled(len(x))] = got
    return found


def _at_places(adapter: Adapter, entry: Activation, fmt: Format) -> list[Finding]:
    """Return a finding for each kink, infinity or nan at which the modes give other numbers."""
    kinks = [evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)]
    x = np.array([*kinks, np.inf, -np.inf, np.nan]).astype(fmt.dtype)
    ways = [
        ask(entry, x, np.ones_like(x), defaults(entry))
        for ask in (adapter.forward, adapter.gradient)
    ]
    wide = [way.astype(np.float64) for way in ways]
    apart = (wide[0] != wide[1]) & ~(np.isnan(wide[0]) & np.isnan(wide[1]))
    return [_finding(entry, x[at], ways[0][at], ways[1][at]) for at in np.flatnonzero(apart)]


def _finding(entry: Activation, x: Any, forward: Any, reverse: Any) -> Finding:
    worst, place = Witness.of(x, forward, reverse), describe(x)
    return Finding(
        key=f"place/{place}", kind="mode", defect="place", worst=worst,
        first=place, last=place, count=1, points=1,
        sentence=f"{_WAYS.one}, {subject(entry, 'derivative')} at {place} is {worst.got}, "
        f"{_WAYS.other} {worst.exact}",
    )  # fmt: skip


def _nonlinear(adapter: Adapter, entry: Activation, fmt: Format) -> list[Finding]:
    """Return a finding if a result is not in proportion to the tangent."""
    x = ordinary(entry, fmt, _POINTS)
    one, more = (
        adapter.forward(entry, x, np.full_like(x, tangent), defaults(entry)).astype(np.float64)
        for tangent in (1.0, _TANGENT)
    )
    right = _TANGENT * one
    judged = np.isfinite(one) & (np.abs(one) > _SMALL)
    off = judged & ~(np.abs(more - right) <= _OFF * np.abs(right))
    if not off.any():
        return []
    at = int(np.argmax(np.where(off, np.abs(np.nan_to_num(more - right, nan=np.inf)), -1)))
    tangent = x.dtype.type(_TANGENT)
    worst = Witness.of(x[at], *np.array([more[at], right[at]]).astype(x.dtype), upstream=tangent)
    return [
        Finding(
            key="tangent", kind="definition", defect="tangent", worst=worst,
            first=describe(x[off].min()), last=describe(x[off].max()),
            count=int(off.sum()), points=int(judged.sum()),
            sentence=f"{_WAYS.one}, {subject(entry, 'derivative')} is not in proportion to the "
            f"tangent: at {worst.x} with a tangent of {_TANGENT:g} it is {worst.got}, "
            f"{_TANGENT:g} times that with 1 is {worst.exact}",
        )
    ]  # fmt: skip
