"""Properties that an entry states: range, monotonicity, symmetry.

What floating point can keep is asked for strictly: a bound that is an integer (sigmoid's 1,
tanh's -1), which every format holds, is never passed, and an odd function is odd to the last bit.
The rest may be off by the budgets of the results that are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, evaluate

from ..formats import FORMATS, Format, describe
from ..metric import ulp
from ..oracle.formula import Part
from ..truth import Batch, batches, defaults
from .accuracy import results
from .base import Check, Outcome, Witness
from .naming import activation_check

__all__ = ["checks"]

Array = NDArray[Any]


def checks(entry: Activation) -> Iterator[Check]:
    """Yield a check for each property: ``activation/tanh/float32/value/range``."""
    properties = entry.properties
    for fmt in FORMATS.values():
        bounds = [evaluate(end, defaults(entry)) for end in entry.value.range]
        if np.isfinite(bounds).any():
            yield activation_check(
                entry, (fmt.name, "value", "range"), "value", _range(entry, fmt, *bounds)
            )
        if properties.monotone:
            sign = 1 if properties.monotone == "increasing" else -1
            yield activation_check(
                entry, (fmt.name, "value", "monotone"), "properties", _monotone(entry, fmt, sign)
            )
        if properties.symmetry:
            run = _symmetry(entry, fmt, "value", properties.symmetry)
            yield activation_check(entry, (fmt.name, "value", "symmetry"), "properties", run)
        if properties.derivative_symmetry:
            run = _symmetry(entry, fmt, "derivative", properties.derivative_symmetry)
            yield activation_check(entry, (fmt.name, "derivative", "symmetry"), "properties", run)


def _range(entry: Activation, fmt: Format, low: float, high: float) -> Any:
    def run(adapter: Adapter) -> Outcome:
        points = 0
        for batch in batches(entry, fmt, "value"):
            got = results(adapter, entry, batch, "value")
            points += got.size
            for bound, side in ((low, 1), (high, -1)):
                if np.isinf(bound):
                    continue
                edge = float(np.asarray(bound).astype(fmt.dtype))
                slack = 0.0 if bound.is_integer() else batch.budget * ulp(np.asarray(bound), fmt)
                with np.errstate(invalid="ignore"):
                    past = (edge - got.astype(np.float64)) * side - slack
                if (past > 0).any():
                    at = np.unravel_index(int(np.nanargmax(past)), past.shape)
                    name = "below" if side == 1 else "above"
                    return _broken(
                        "range", batch, got, at, f"{name} the bound {describe(bound)}", bound,
                        {"outside": int((past > 0).sum()), "points": points},
                    )  # fmt: skip
        return Outcome(
            conforms=True, message=f"within [{low:g}, {high:g}]", measured={"points": points}
        )

    return run


def _monotone(entry: Activation, fmt: Format, sign: int) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, "value")  # sorted
        got = results(adapter, entry, batch, "value")
        y = sign * got.astype(np.float64)
        with np.errstate(invalid="ignore"):
            drop = y[:-1] - y[1:]
            unit = ulp(np.maximum(np.abs(y[:-1]), np.abs(y[1:])), fmt)
            broken = drop > (batch.budget[:-1] + batch.budget[1:]) * unit
            any_size = int((drop > 0).sum())
        measured: dict[str, float] = {"breaks": int(broken.sum()), "any_size": any_size}
        if not broken.any():
            return Outcome(conforms=True, message="never turns back", measured=measured)
        at = int(np.argmax(np.where(broken, drop / unit, -1)))
        before = f"after {describe(got[at])} at x = {describe(batch.x[at])}"
        return _broken("accuracy", batch, got, (at + 1,), before, got[at], measured)

    return run


def _symmetry(entry: Activation, fmt: Format, part: Part, symmetry: str) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, part)
        mirrored = Batch(-batch.x, batch.upstream, batch.exact, batch.budget, batch.at_zero)
        got = results(adapter, entry, batch, part).astype(np.float64)
        other = results(adapter, entry, mirrored, part).astype(np.float64)
        expected = -other if symmetry == "odd" else other
        with np.errstate(invalid="ignore"):
            apart = np.abs(got - expected)
        # Negating is exact, so a function loses nothing by being odd to the last bit. A derivative
        # is often computed from the value, where its budget leaves room.
        slack = np.zeros(got.shape)
        if part == "derivative":
            slack = 2 * batch.budget * ulp(np.maximum(np.abs(got), np.abs(expected)), fmt)
        broken = apart > slack
        measured: dict[str, float] = {"breaks": int(broken.sum()), "points": got.size}
        if not broken.any():
            return Outcome(conforms=True, message=f"the {part} is {symmetry}", measured=measured)
        at = (int(np.argmax(np.where(broken, apart / ulp(batch.exact.rounded, fmt), -1))),)
        note = f"at x = {describe(-batch.x[at])} it is {describe(other[at])}"
        return _broken("accuracy", batch, got, at, note, expected[at], measured)

    return run


def _broken(
    kind: str, batch: Batch, got: Array, at: Any, note: str, right: Any, measured: dict[str, float]
) -> Outcome:
    x = batch.x[at[0]]
    return Outcome(
        conforms=False,
        kind=kind,
        grade="F" if kind == "range" else None,
        message=f"at x = {describe(x)} it is {describe(got[at])}, {note}",
        witness=Witness.of(x, got[at], right),
        measured=measured,
    )
