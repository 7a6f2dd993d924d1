"""Integers and booleans: a backend may promote or refuse them, but not answer wrongly.

What is promoted has the result that the same numbers have as floats of the result's dtype. An
integer is right where the exact value is that very number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation

from ..backend.guard import BadResultError, HungError
from ..check import Check, Finding, Outcome, Witness
from ..error.metric import measure
from ..expected.budgets import budgets, row_budgets
from ..expected.defaults import defaults
from ..formats import FORMATS, brief
from ..oracle import Exact, exact
from .naming import activation_check

__all__ = ["checks"]

Array = NDArray[Any]

_DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64")
# With 11, whose cube and square are beyond the smaller of them.
_NUMBERS = (-11, -3, -1, 0, 1, 2, 5, 11)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the check of integers and booleans: ``activation/relu/integers``."""
    yield activation_check(entry, ("integers",), "value", _runner(entry))


def _runner(entry: Activation) -> Any:
    def run(adapter: Adapter) -> Outcome:
        became = defaultdict(list)
        wrong: list[Finding] = []
        for name in _DTYPES:
            x = _numbers(np.dtype(name), entry)
            try:
                got = adapter.value(entry, x, defaults(entry))
            except (NotOffered, HungError, BadResultError):
                raise
            except Exception:  # refused, each backend in its own way
                became["refused"].append(name)
                continue
            became[got.dtype.name].append(name)
            if finding := _wrong(adapter, entry, x, got):
                wrong.append(finding)
        told = [f"{', '.join(names)} {_fate(fate)}" for fate, names in became.items()]
        note = Finding(
            key="integers",
            kind=None,
            defect="integers",
            sentence="; ".join(told),
            data={name: fate for fate, names in became.items() for name in names},
        )
        if wrong:
            return Outcome.diverging([*wrong, note], grade="F")
        return Outcome(conforms=True, message=note.sentence, findings=[note])

    return run


def _fate(dtype: str) -> str:
    return "refused" if dtype == "refused" else f"give {dtype}"


def _numbers(dtype: np.dtype[Any], entry: Activation) -> Array:
    numbers = [n for n in _NUMBERS if n >= 0 or dtype.kind == "i"]
    x = np.array(numbers if dtype.kind != "b" else [0, 1]).astype(dtype)
    return x if entry.shape == "elementwise" else x[np.newaxis]


def _wrong(adapter: Adapter, entry: Activation, x: Array, got: Array) -> Finding | None:
    """Return what is wrong with the results for some integers, or None."""
    if got.dtype.name in FORMATS:
        right = adapter.value(entry, x.astype(got.dtype), defaults(entry)).astype(np.float64)
        off = _beyond(entry, x.astype(np.float64), got, right)
    else:
        right = exact(entry, "value", x.astype(np.float64), defaults(entry)).rounded
        off = got.astype(np.float64) != right
    if not off.any():
        return None
    at = np.unravel_index(int(np.argmax(off)), off.shape)
    row = x[at] if entry.shape == "elementwise" else x[at[0]]
    return Finding(
        key=f"integers/{x.dtype.name}",
        kind="definition",
        defect="integers",
        sentence=f"of {x.dtype.name} it makes {got.dtype.name}, at x = {brief(row)} "
        f"{brief(got[at])}, where {brief(right[at])} is right",
        count=int(off.sum()),
        points=off.size,
        worst=Witness.of(row, got[at], right[at]),
        data={"dtype": x.dtype.name, "became": got.dtype.name},
    )


def _beyond(entry: Activation, points: Array, got: Array, right: Array) -> NDArray[np.bool_]:
    fmt = FORMATS[got.dtype.name]
    if entry.shape == "elementwise":
        granted = budgets(entry, fmt, "value", points)
    else:
        granted = row_budgets(entry, fmt, "value", points, right.shape)
    # Either may be off by the budget, where some steps are taken in integers.
    errors = measure(got, Exact(right, np.zeros_like(right)), fmt)
    with np.errstate(over="ignore"):  # of a bound in ulp of 1 where 0 is right
        twice = np.minimum(2 * granted, np.finfo(np.float64).max)
    return errors.beyond(twice) | errors.nonfinite
