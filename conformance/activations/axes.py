"""Functions of a row along each axis of arrays of one to four dimensions, in both memory orders."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation

from ..backend.guard import HungError, message_of
from ..check import Check, Finding, Outcome, Witness
from ..error.metric import measure
from ..expected.batches import truth_of_rows
from ..expected.budgets import row_budgets
from ..expected.defaults import defaults
from ..expected.inputs import weyl
from ..formats import ARITHMETIC, Format
from ..oracle import Exact
from .naming import activation_check

__all__ = ["checks"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

# No two dimensions are alike, so that results along another axis are other results.
_SHAPE = (2, 3, 4, 5)
_ORDERS = {"C": "", "F": "np.asfortranarray(x)"}
# What a result is: the key of a finding, and what people read.
_LIKE = {
    "digits": "",
    "last": "along the last axis, whatever is asked",
    "first": "along the first axis, whatever is asked",
    "flattened": "over all that follows from the axis on, as ONNX had it before opset 13",
    "other": "",
}


class _Wrong(NamedTuple):
    """An array along one of whose axes a result is wrong."""

    x: Array
    axis: int
    order: str
    like: str
    witness: Witness
    place: str


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of axes: ``activation/softmax/float32/value/axis``."""
    if entry.shape == "elementwise":
        return
    for fmt in ARITHMETIC.values():
        yield activation_check(entry, (fmt.name, "value", "axis"), "value", _runner(entry, fmt))


def _runner(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        wrong: list[_Wrong] = []
        found: list[Finding] = []
        asked = 0
        for x in _arrays(fmt):
            for axis in range(-x.ndim, x.ndim):
                for order in _ORDERS:
                    asked += 1
                    try:
                        got = adapter.along(entry, x.copy(order), axis, defaults(entry))  # type: ignore[arg-type]
                    except (NotOffered, HungError):
                        raise
                    except Exception as error:  # whatever a backend raises
                        found = found or [_raised(entry, x, axis, error)]
                        continue
                    wrong += _judged(entry, fmt, x, axis, order, got)
        found += [_finding(entry, alike, asked) for alike in _by_likeness(wrong)]
        if not found:
            message = f"right along all axes in {asked} arrays"
            return Outcome(conforms=True, message=message, measured={"arrays": asked})
        grade = "D" if all(one.kind == "accuracy" for one in found) else "F"
        return Outcome.diverging(
            found, grade=grade, measured={"arrays": asked, "wrong": len(wrong)}
        )

    return run


def _arrays(fmt: Format) -> Iterator[Array]:
    """Yield arrays of one to four dimensions."""
    for dimensions in range(1, len(_SHAPE) + 1):
        shape = _SHAPE[-dimensions:]
        # Near enough together that no result is near 0 or 1, where digits are lost along any axis.
        yield (2 * weyl(int(np.prod(shape)), start=5) - 1).reshape(shape).astype(fmt.dtype)


def _judged(
    entry: Activation, fmt: Format, x: Array, axis: int, order: str, got: Array
) -> Iterator[_Wrong]:
    """Yield what is wrong with a result, if anything."""
    right, budget = _right(entry, fmt, x.ndim, axis % x.ndim)
    errors = measure(got, right, fmt)
    beyond = errors.nonfinite | errors.beyond(budget)
    if not beyond.any():
        return
    at = np.unravel_index(int(np.argmax(np.where(beyond, errors.ulps, -1))), beyond.shape)
    witness = Witness.of(
        x, got[at], right.rounded[at], error=float(errors.ulps[at]), budget=float(budget[at]),
        array=_ORDERS[order],
    )  # fmt: skip
    place = ", ".join(str(int(one)) for one in at)
    like = "digits"
    if not _near(got.astype(np.float64), right.rounded):
        like = _likeness(entry, x, axis % x.ndim, got)
    yield _Wrong(x, axis, order, like, witness, place)


@lru_cache(maxsize=64)
def _right(entry: Activation, fmt: Format, dimensions: int, axis: int) -> tuple[Exact, Floats]:
    """Return what is right along an axis, and the ulp granted."""
    x = next(array for array in _arrays(fmt) if array.ndim == dimensions)
    moved = np.moveaxis(x, axis, -1).astype(np.float64)
    rows = np.ascontiguousarray(moved).reshape(-1, moved.shape[-1])
    exact = truth_of_rows(entry, fmt, "value", rows, np.zeros(len(rows), dtype=np.intp))
    budget = row_budgets(entry, fmt, "value", rows, exact.rounded.shape)

    def back(of_rows: Floats) -> Floats:
        if entry.shape == "reduction":
            return of_rows.reshape(moved.shape[:-1])
        return np.moveaxis(of_rows.reshape(moved.shape), -1, axis)

    return Exact(back(exact.rounded), back(exact.residual)), back(np.array(budget))


def _likeness(entry: Activation, x: Array, axis: int, got: Array) -> str:
    """Return which other rows a result is of."""
    function = reference.activations[entry.name]
    points, results = x.astype(np.float64), got.astype(np.float64)
    flat = points.reshape(int(np.prod(x.shape[:axis])), -1)
    others = {"last": function(points, axis=-1), "first": function(points, axis=0)}
    if entry.shape == "row":
        others["flattened"] = function(flat).reshape(x.shape)
    return next((name for name, other in others.items() if _near(other, results)), "other")


def _near(one: Floats, other: Floats) -> bool:
    """Say whether results are those of the same rows, whatever their digits."""
    return one.shape == other.shape and np.allclose(one, other, rtol=0.02, atol=0.01)


def _by_likeness(wrong: list[_Wrong]) -> Iterator[list[_Wrong]]:
    for like in _LIKE:
        if alike := [one for one in wrong if one.like == like]:
            yield alike


def _finding(entry: Activation, alike: list[_Wrong], asked: int) -> Finding:
    one, like = alike[0], _LIKE[alike[0].like]
    where = _where(one.x, one.axis)
    others = f", and in {len(alike) - 1} others" if len(alike) > 1 else ""
    order = " in Fortran's order" if all(wrong.order == "F" for wrong in alike) else ""
    return Finding(
        key=f"axis/{one.like}",
        kind="accuracy" if one.like == "digits" else "definition",
        defect="axis",
        sentence=f"{entry.name} is wrong {where}{order}{others}, such as "
        f"{one.witness.got} for {one.witness.exact}" + (f" (it is taken {like})" if like else ""),
        count=len(alike),
        points=asked,
        worst=one.witness,
        data={"axis": one.axis, "dimensions": one.x.ndim, "place": one.place},
        looks_like=like,
    )


def _where(x: Array, axis: int) -> str:
    return f"along axis {axis} of an array of {x.ndim} dimension{'s' if x.ndim > 1 else ''}"


def _raised(entry: Activation, x: Array, axis: int, error: Exception) -> Finding:
    return Finding(
        key="axis/raised", kind="error", defect="raised",
        sentence=f"{entry.name} {_where(x, axis)} raises {type(error).__name__}: "
        f"{message_of(error)[:200]}",
        data={"axis": axis, "dimensions": x.ndim},
    )  # fmt: skip
