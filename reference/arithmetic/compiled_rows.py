"""Machine code of the passes over rows, by numba: the operations of `_row_kernels`, row by row."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba.extending import register_jitable

from . import _row_kernels, _wide, elements, functions
from ._primitives import at_least
from ._row_kernels import ROUNDING, Kernel, ends_of_float, ends_of_pair, row_of_floats, row_of_pairs
from ._scaled import Scaled
from .compiled import _OPTIONS, _digest, _is_pair, _overload, _register_part
from .elements import At, Part, at_float, distance, raised
from .functions import where
from .pairs import Pair, fast_two_sum, two_product, two_sum

__all__ = ["kernel"]


def _register() -> None:
    for one in (
        elements.distance, elements._exp, elements._or_0, _wide.exp, elements.at_float,
        elements.at_pair, elements.at_wide, elements.raised, elements.exponent,
        elements.log_of_float, elements.log_of_pair, elements.less_of_float,
        elements.less_of_pair, elements.ends_in_zeros, _row_kernels.row_of_floats,
        _row_kernels.row_of_pairs, _row_kernels.ends_of_float, _row_kernels.ends_of_pair,
    ):  # fmt: skip
        register_jitable(**_OPTIONS)(one)


@_overload(elements.log_of_total)
def _log_of_total(row: Any) -> Any:
    of_arithmetic = elements.log_of_pair if _is_pair(row[0]) else elements.log_of_float
    return lambda row: of_arithmetic(row)


@_overload(elements.less_a_little)
def _less_a_little(at: Any, amount: Any, some: Any) -> Any:
    of_arithmetic = elements.less_of_pair if _is_pair(amount) else elements.less_of_float
    return lambda at, amount, some: of_arithmetic(at, amount, some)


@_overload(elements.held)
def _held(at: Any) -> Any:
    if _is_pair(at[2][0]):
        return lambda at: where(at.exp.number.high == 0.0, 1.0, at.exp.number)
    return lambda at: at_least(at.exp.number, 2.0**-500)


@_overload(elements.difference)
def _difference(like: Any, a: Any, b: Any) -> Any:
    if _is_pair(like):
        return lambda like, a, b: two_sum(a, -b)
    return lambda like, a, b: a - b


_register()

# Of the kernels below: what each copy of one has of its own.
rule: Any = None
constant: Any = None
at_one: Any = None
gradient: bool = False
bounds: bool = False


@numba.njit(**_OPTIONS)
def _tree(x, n):  # type: ignore[no-untyped-def]
    while n > 1:
        half = n // 2
        kept = n - half
        for i in range(half):
            x[i] += x[i + kept]
        n = kept
    return x[0]


@numba.njit(**_OPTIONS)
def _tree_of_pairs(high, low, n):  # type: ignore[no-untyped-def]
    while n > 1:
        half = n // 2
        kept = n - half
        for i in range(half):
            total = two_sum(high[i], high[i + kept])
            low[i] = (low[i] + low[i + kept]) + total.low
            high[i] = total.high
        n = kept
    return fast_two_sum(high[0], low[0])


@numba.njit(**_OPTIONS)
def _of_upstream(sums, e, upstream, lead, work, work_low):  # type: ignore[no-untyped-def]
    n = upstream.size
    for i in range(n):
        work[i] = e[i] * abs(upstream[i])
    sums[6] = _tree(work, n)
    for i in range(n):
        work[i] = abs(upstream[i])
    if 0 <= lead < n:
        work[lead] = 0.0
    sums[7] = _tree(work, n)
    for i in range(n):
        work[i] = upstream[i]
        work_low[i] = 0.0
    if 0 <= lead < n:
        work[lead] = 0.0
    total = _tree_of_pairs(work, work_low, n)
    sums[4] = total.high
    sums[5] = total.low


def _floats(mode, x, top, lead, upstream, sums, results, left_open, bound):  # type: ignore[no-untyped-def]
    n = x.shape[1]
    number, e, work, low = np.empty((4, n))
    for r in range(x.shape[0]):
        for i in range(n):
            number[i] = at_float(np.float64(x[r, i]), top[r], False, 0.0).exp.number
        if mode & 1:
            for i in range(n):
                e[i] = number[i]
            if 0 <= lead[r] < n:
                e[lead[r]] = 0.0
            if gradient:
                for i in range(n):
                    work[i] = e[i] * upstream[r, i]
                sums[r, 2] = _tree(work, n)
                _of_upstream(sums[r], e, upstream[r], lead[r], work, low)
            sums[r, 0] = _tree(e, n)
        if mode & 2:
            row = row_of_floats(sums[r])
            given = constant(row)
            for i in range(n):
                u = upstream[r, i] if gradient else 0.0
                d = distance(np.float64(x[r, i]), top[r])
                at = At(d.high, d.low, Scaled(number[i], 0), i == lead[r], u)
                y = rule(at, row, given)
                lower, upper = ends_of_float(y.number, y.power, y.weight, bound)
                if bounds:
                    results[r, i] = lower
                    left_open[r, i] = upper
                else:
                    nearest = np.float32(lower)
                    results[r, i] = nearest
                    signs = (lower < 0.0) != (upper < 0.0)
                    left_open[r, i] = (nearest != np.float32(upper)) | signs


def _pairs(mode, x, top, lead, upstream, sums, results, left_open, bound):  # type: ignore[no-untyped-def]
    n = x.shape[1]
    number, low, e, e_low, work, work_low = np.empty((6, n))
    power = np.empty(n, np.int64)
    for r in range(x.shape[0]):
        for i in range(n):
            exp = at_one(np.float64(x[r, i]), top[r], False, 0.0).exp
            number[i], low[i], power[i] = exp.number.high, exp.number.low, exp.power
        if mode & 1:
            for i in range(n):
                one = raised(Scaled(Pair(number[i], low[i]), power[i]))
                e[i], e_low[i] = one.high, one.low
            if 0 <= lead[r] < n:
                e[lead[r]], e_low[lead[r]] = 0.0, 0.0
            if gradient:
                for i in range(n):
                    product = two_product(e[i], upstream[r, i])
                    work[i] = product.high
                    work_low[i] = product.low + e_low[i] * upstream[r, i]
                total = _tree_of_pairs(work, work_low, n)
                sums[r, 2], sums[r, 3] = total.high, total.low
                _of_upstream(sums[r], e, upstream[r], lead[r], work, work_low)
            total = _tree_of_pairs(e, e_low, n)
            sums[r, 0], sums[r, 1] = total.high, total.low
        if mode & 2:
            row = row_of_pairs(sums[r], ROUNDING)
            given = constant(row)
            for i in range(n):
                u = upstream[r, i] if gradient else 0.0
                exp = Scaled(Pair(number[i], low[i]), power[i])
                d = distance(np.float64(x[r, i]), top[r])
                at = At(d, 0.0, exp, i == lead[r], u)
                y = rule(at, row, given)
                results[r, i], upper = ends_of_pair(y.number, y.power, y.weight, bound)
                left_open[r, i] = np.isnan(upper)


@cache
def kernel(part: Part, arithmetic: str, *, bounds: bool) -> Kernel:
    """Return the kernel of a function, in an arithmetic of `AT`, compiled."""
    for shared in functions.PARTS:
        _register_part(shared)
    template = _floats if arithmetic == "floats" else _pairs
    # The names of files in the cache come from this one.
    where = Path(inspect.getfile(part.rule))
    own = {
        "rule": numba.njit(forceinline=True, **_OPTIONS)(part.rule),
        "constant": numba.njit(**_OPTIONS)(part.constant),
        "at_one": _row_kernels.AT[arithmetic],
        "gradient": part.gradient,
        "bounds": bounds,
    }
    copy = FunctionType(template.__code__, {**globals(), **own}, template.__name__)
    line = part.rule.__code__.co_firstlineno
    kind = f"{arithmetic}{'_bounds' * bounds}"
    copy.__qualname__ = f"{where.stem}_{line}_{kind}_{_digest(where)}"
    made: Kernel = numba.njit(cache=True, **_OPTIONS)(copy)
    return made
