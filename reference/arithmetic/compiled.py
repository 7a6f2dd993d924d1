"""Machine code of the formulas, by numba: the same operations in the same order, so the same bits.

Nothing here computes: each way to say something for single numbers stands beside its way for
arrays. A loop is compiled when it is first needed and kept on the disk for the next process, under
a name that holds a digest of the sources.
"""

from __future__ import annotations

import hashlib
import inspect
import operator
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import (
    lower_builtin,
    make_attribute_wrapper,
    models,
    overload,
    register_jitable,
    register_model,
    type_callable,
)

from . import _floats, _pairs, _primitives, functions, pairs
from .functions import NORMAL, SAFE
from .pairs import Pair

__all__ = ["Loop", "loop"]

#: An input, an array for the results, one for what is left open, bound, parameters.
Loop = Callable[..., None]

# numba divides as Python does unless it is told otherwise: by an error, which ends vectors.
_OPTIONS: Any = {"error_model": "numpy"}


class _PairType(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Pair")


_PAIR = _PairType()


@register_model(_PairType)
class _PairModel(models.StructModel):
    def __init__(self, manager: Any, of: Any) -> None:
        super().__init__(manager, of, [("high", types.float64), ("low", types.float64)])


make_attribute_wrapper(_PairType, "high", "high")
make_attribute_wrapper(_PairType, "low", "low")


@type_callable(Pair)
def _pair_type(context: Any) -> Any:
    return lambda high, low: _PAIR


@lower_builtin(Pair, types.Number, types.Number)
def _pair(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    made = cgutils.create_struct_proxy(_PAIR)(context, builder)
    made.high, made.low = (
        context.cast(builder, value, of, types.float64)
        for value, of in zip(arguments, signature.args, strict=True)
    )
    return made._getvalue()


def _is_pair(of: Any) -> bool:
    return isinstance(of, _PairType)


def _overload(function: Any) -> Any:
    # Signatures may differ in annotations.
    return overload(function, jit_options=_OPTIONS, strict=False)


def _register() -> None:
    """Tell numba how each thing is said for single numbers."""
    for one in (*pairs.PRIMITIVES, *(f for row in pairs.OPERATIONS.values() for f in row)):
        register_jitable(**_OPTIONS)(one)
    for sign, function in (
        ("+", operator.add), ("-", operator.sub), ("*", operator.mul), ("/", operator.truediv),
    ):  # fmt: skip
        _overload(function)(_operation(*pairs.OPERATIONS[sign]))
    _overload(operator.neg)(_of_pair(pairs.negative))
    _overload(abs)(_of_pair(pairs.absolute))
    _overload(operator.lt)(_of_pair_and_number(pairs.less))
    _overload(operator.gt)(_of_pair_and_number(pairs.greater))
    for name in ("erf_integral", "exp", "expm1", "log1p", "mills", "root", "sinh_gap"):
        _overload(getattr(functions, name))(_by_type(getattr(_floats, name), getattr(_pairs, name)))
    for helper in (_floats._expm1_of_small, _floats.erf_tail, _floats.log1p_tail, _floats.interval,
                   _floats.mills_tail, _floats.sinh_gap_tail, _pairs._reduced, _pairs._cube_tail,
                   _pairs._fourth_tail, _pairs._erf_fourth_tail,
                   _pairs._log1p_fourth_tail):  # fmt: skip
        register_jitable(**_OPTIONS)(helper)


def _operation(of_pairs: Any, with_number: Any, of_number: Any) -> Any:
    def chosen(a: Any, b: Any) -> Any:
        if _is_pair(a) and _is_pair(b):
            return of_pairs
        if _is_pair(a) and isinstance(b, types.Number):
            return with_number
        return of_number if _is_pair(b) and isinstance(a, types.Number) else None

    return chosen


def _of_pair(function: Any) -> Any:
    return lambda a: function if _is_pair(a) else None


def _of_pair_and_number(function: Any) -> Any:
    return lambda a, b: function if _is_pair(a) and isinstance(b, types.Number) else None


def _by_type(of_float: Any, of_pair: Any) -> Any:
    return lambda x: of_pair if _is_pair(x) else of_float


@_overload(_primitives.select)
def _select(condition: Any, a: Any, b: Any) -> Any:
    return lambda condition, a, b: a if condition else b


@_overload(_primitives.at_least)
def _at_least(x: Any, bound: Any) -> Any:
    return lambda x, bound: bound if x < bound else x


@_overload(_primitives.at_most)
def _at_most(x: Any, bound: Any) -> Any:
    return lambda x, bound: x if x < bound else bound


@_overload(_primitives.nearest)
def _nearest(x: Any) -> Any:
    rounding = _primitives._ROUND
    return lambda x: (x + rounding) - rounding


@_overload(_primitives.whole)
def _whole(x: Any) -> Any:
    return lambda x: np.int64(x)


@_overload(_primitives.bits)
def _bits(x: Any) -> Any:
    return lambda x: np.float64(x).view(np.int64)


@_overload(_primitives.power_of_2)
def _power_of_2(k: Any) -> Any:
    return lambda k: np.int64((k + 1023) << 52).view(np.float64)


@_overload(_primitives.rounded_root)
def _rounded_root(x: Any) -> Any:
    return lambda x: np.sqrt(x)


@_overload(_primitives.entry)
def _entry(table: Any, row: Any, index: Any) -> Any:
    # Without a sign there is nothing to count from the end.
    return lambda table, row, index: table[row, np.uint64(index)]


@_overload(_primitives.copysign)
def _copysign(x: Any, sign: Any) -> Any:
    return lambda x, sign: np.copysign(x, sign)


@_overload(functions.constant)
def _constant(like: Any, value: Any) -> Any:
    if _is_pair(like):
        return lambda like, value: Pair(value.high, value.low)
    return lambda like, value: value.high


@_overload(functions.exact_product)
def _exact_product(x: Any, factor: Any) -> Any:
    two_product = pairs.two_product
    if _is_pair(x):
        return lambda x, factor: two_product(x.high, factor)
    return lambda x, factor: x * factor


@_overload(functions.unscaled)
def _unscaled(e: Any) -> Any:
    at_least, power_of_2 = _primitives.at_least, _primitives.power_of_2
    if _is_pair(e[0]):

        def of_pair(e: Any) -> Any:
            scale = power_of_2(at_least(e.power, -1022))
            return Pair(e.number.high * scale, e.number.low * scale)

        return of_pair
    return lambda e: e.number * power_of_2(at_least(e.power, -1022))


@_overload(functions.where)
def _where(condition: Any, a: Any, b: Any) -> Any:
    def pairs_of(condition: Any, a: Any, b: Any) -> Any:
        return Pair(a.high if condition else b.high, a.low if condition else b.low)

    def pair_or_number(condition: Any, a: Any, b: Any) -> Any:
        return Pair(a.high if condition else b, a.low if condition else 0.0)

    def number_or_pair(condition: Any, a: Any, b: Any) -> Any:
        return Pair(a if condition else b.high, 0.0 if condition else b.low)

    if _is_pair(a):
        return pairs_of if _is_pair(b) else pair_or_number
    return number_or_pair if _is_pair(b) else lambda condition, a, b: a if condition else b


@_overload(functions.size)
def _size(x: Any) -> Any:
    return (lambda x: abs(x.high)) if _is_pair(x) else (lambda x: abs(x))


@_overload(functions.rest)
def _rest(x: Any) -> Any:
    return (lambda x: x.low) if _is_pair(x) else (lambda x: 0.0)


@_overload(functions.number)
def _number(like: Any, value: Any) -> Any:
    if _is_pair(like):
        return lambda like, value: Pair(value, 0.0)
    return lambda like, value: np.float64(value)


@_overload(functions.far_below)
def _far_below(x: Any, bound: Any) -> Any:
    return lambda x, bound: x < bound


@_overload(functions.lifted)
def _lifted(x: Any) -> Any:
    scaled, tiny, huge = functions.Scaled, functions._TINY, functions._HUGE
    power_of_2 = _primitives.power_of_2

    def of_pair(x: Any) -> Any:
        a = abs(x.high)
        power = -300 if a < tiny else (300 if a > huge else 0)
        scale = power_of_2(-power)
        return scaled(Pair(x.high * scale, x.low * scale), power)

    return of_pair if _is_pair(x) else (lambda x: scaled(x, 0))


@_overload(functions.lifted_to_square)
def _lifted_to_square(x: Any) -> Any:
    scaled, power_of_2 = functions.Scaled, _primitives.power_of_2
    power_to_square = register_jitable(**_OPTIONS)(functions.power_to_square)

    def of_pair(x: Any) -> Any:
        power = power_to_square(abs(x.high))
        scale = power_of_2(-power)
        return scaled(Pair(x.high * scale, x.low * scale), power)

    return of_pair if _is_pair(x) else (lambda x: scaled(x, 0))


@_overload(functions.above_half)
def _above_half(y: Any, x: Any) -> Any:
    tiny = functions._TINY

    def of_pair(y: Any, x: Any) -> Any:
        return Pair(y.high, abs(y.high) * 2.0**-200 if abs(x.high) < tiny else y.low)

    return of_pair if _is_pair(y) else (lambda y, x: y)


@_overload(functions.weight_near_0)
def _weight_near_0(weight: Any, y: Any, x: Any) -> Any:
    if _is_pair(y):
        return lambda weight, y, x: abs(y.low) * 2.0**30 if abs(x.high) < 2.0**-60 else weight
    return lambda weight, y, x: weight


@_overload(functions.exact_in_pairs)
def _exact_in_pairs(like: Any, condition: Any, weight: Any) -> Any:
    exact = functions.EXACT
    if _is_pair(like):
        return lambda like, condition, weight: exact if condition else weight
    return lambda like, condition, weight: weight


@_overload(functions.with_sign)
def _with_sign(x: Any, sign: Any) -> Any:
    if _is_pair(x):

        def of_pair(x: Any, sign: Any) -> Any:
            side = np.copysign(1.0, x.high) * np.copysign(1.0, sign.high)
            return Pair(np.copysign(x.high, sign.high), x.low * side)

        return of_pair
    return lambda x, sign: np.copysign(x, sign)


_register()

# The largest power of 2 that a float64 has: numbers of larger ones are at least 1, so that times
# this they are beyond every narrower format. For float64 powers are halved, and a half that is
# larger still is the next power, infinity.
_LARGEST = np.int64(1023)

# Of the loops below: the formula, which each copy of a loop has of its own.
rule: Any = None


def _to_float32(x, results, left_open, bound, parameters):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        y, power, weight = rule(np.float64(x[i]), *parameters)
        scale = _power(power, _LARGEST)
        y, error = y * scale, bound * max(weight, 0.0) * scale
        lower = np.float32(y - error)
        results[i] = lower
        # An upper end that is another, or nan: as x may be, which rules need not pass on.
        left_open[i] = not (lower == np.float32(y + error) and x[i] == x[i])


def _to_bounds(x, lower, upper, bound, parameters):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        y, power, weight = rule(x[i], *parameters)
        scale = _power(power, _LARGEST)
        y, error = y * scale, bound * max(weight, 0.0) * scale
        lower[i] = y - error
        upper[i] = y + error


def _to_float64(x, results, left_open, bound, parameters):  # type: ignore[no-untyped-def]
    for i in range(x.size):
        y, power, weight = rule(Pair(x[i], 0.0), *parameters)
        error = bound * max(weight, 0.0)
        lower = y.high + (y.low - error)
        upper = y.high + (y.low + error)
        half = np.int64(power) >> 1  # the whole power may be beyond the range of a float
        scale, rest = _power(half, _LARGEST + 1), _power(power - half, _LARGEST + 1)
        result = np.copysign(lower * scale * rest, y.high)
        results[i] = result
        left_open[i] = not (
            lower == upper
            and x[i] == x[i]
            and (
                (abs(lower) > SAFE and abs(result) > NORMAL and power > -1022)
                or (weight < 0.0 and power == 0)
                or (x[i] == 0.0 and lower == 0.0)
            )
        )


@register_jitable(**_OPTIONS)
def _power(power, most):  # type: ignore[no-untyped-def]
    held = min(max(np.int64(power), np.int64(-1022)), most)
    return np.int64((held + 1023) << 52).view(np.float64)


_LOOPS = {"float32": _to_float32, "bounds": _to_bounds, "float64": _to_float64}


@cache
def _register_part(shared: Callable[..., Any]) -> None:
    register_jitable(**_OPTIONS)(shared)


@cache
def loop(formula: Callable[..., Any], kind: str) -> Loop:
    """Return a compiled loop over an array.

    Parameters
    ----------
    formula : callable
        From a number and the parameters to an `Approximation`.
    kind : {"float32", "bounds", "float64"}
        What comes out.
    """
    template = _LOOPS[kind]
    for shared in functions.PARTS:
        _register_part(shared)
    compiled = numba.njit(forceinline=True, **_OPTIONS)(formula)
    copy = FunctionType(template.__code__, {**globals(), "rule": compiled}, template.__name__)
    # The names of files in the cache come from this one.
    where = Path(inspect.getfile(formula))
    copy.__qualname__ = f"{where.stem}_{formula.__code__.co_firstlineno}_{kind}_{_digest(where)}"
    made: Loop = numba.njit(cache=True, **_OPTIONS)(copy)
    return made


@cache
def _digest(*files: Path) -> str:
    """Return a digest of the sources that a loop is made of."""
    ours = sorted(Path(__file__).parent.glob("*.py"))
    shared = sorted(files[0].parent.glob("_*.py"))
    content = b"".join(file.read_bytes() for file in (*ours, *shared, *files))
    return hashlib.sha256(content).hexdigest()[:12]
