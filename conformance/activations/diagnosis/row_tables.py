"""Functions of rows that stand for those of the spec by a slip: tables by entry.

Each takes rows as float64 and, of a derivative, which output of each row is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .evidence import Floats

__all__ = ["DERIVATIVES", "DIVISORS", "OF_SHARES", "VALUES", "Outputs", "RowForm", "shares"]

Outputs = NDArray[np.intp]
RowForm = Callable[[Floats], Floats]
Slope = Callable[[Floats, Outputs], Floats]


def _shifted(x: Floats) -> Floats:
    return x - x.max(axis=-1, keepdims=True)


def _sum(x: Floats) -> Floats:
    return np.asarray(x.sum(axis=-1, keepdims=True))


def shares(x: Floats, by: float = 1.0) -> Floats:
    """Return the softmax of rows times a number."""
    e = np.exp(_shifted(by * x))
    return e / _sum(e)


def _logarithms(x: Floats, by: float = 1.0) -> Floats:
    shifted = _shifted(by * x)
    return shifted - np.log(_sum(np.exp(shifted)))


def _log_of_sum(x: Floats) -> Floats:
    return np.asarray(np.log(np.exp(_shifted(x)).sum(axis=-1)))


def _hardmax(x: Floats) -> Floats:
    return (np.arange(x.shape[-1]) == x.argmax(axis=-1)[:, np.newaxis]).astype(np.float64)


def _level(x: Floats) -> Floats:
    """Return the number above which a row stands out by 1 in all."""
    ordered = -np.sort(-x, axis=-1)
    rank = np.arange(1, x.shape[-1] + 1)
    return np.asarray(((np.cumsum(ordered, axis=-1) - 1) / rank).max(axis=-1, keepdims=True))


def _sparsemax(x: Floats) -> Floats:
    return np.maximum(x - _level(x), 0)


def _of_sum_of_sums(x: Floats) -> Floats:
    """Return sparsemax where the sums of the first 1, 2, ... elements are added up in its level."""
    ordered = -np.sort(-x, axis=-1)
    sums = np.cumsum(ordered, axis=-1)
    above = (1 + np.arange(1, x.shape[-1] + 1) * ordered > sums).astype(np.float64)
    return np.maximum(x - (_sum(np.where(above > 0, sums, 0.0)) - 1) / _sum(above), 0)


def _above(x: Floats, outputs: Outputs) -> Any:
    """Return 1 at the output that is meant, 1 above the level, and how many are; 0 elsewhere."""
    chosen = (np.arange(x.shape[-1]) == outputs[:, np.newaxis]).astype(np.float64)
    above = (_sparsemax(x) > 0).astype(np.float64)
    return chosen, above, _sum(above)


def _second(x: Floats) -> Floats:
    return np.sort(x, axis=-1)[:, max(0, x.shape[-1] - 2)]


def _of_groups(step: int, least: int | None, x: Floats) -> Floats:
    """Return the maximum of as many whole groups as a row has; of fewer pieces, of the least."""
    return np.asarray(x[:, : x.shape[-1] // step * step or least].max(axis=-1))


def _of_first(count: int, x: Floats) -> Floats:
    return np.asarray(x[:, :count].max(axis=-1))


#: By entry: what a row may be taken to.
VALUES: Mapping[str, Mapping[str, RowForm]] = {
    "softmax": {
        "log_softmax": _logarithms,
        "softmin, softmax of -x": lambda x: shares(-x),
        "softmax of |x|": lambda x: shares(np.abs(x)),
        "softmax applied twice": lambda x: shares(shares(x)),
        "softmax of base 2": lambda x: shares(x, np.log(2)),
        "softmax of base 10": lambda x: shares(x, np.log(10)),
        "softmax of x / sqrt(n)": lambda x: shares(x, x.shape[-1] ** -0.5),
        "softmax of x / n": lambda x: shares(x, 1 / x.shape[-1]),
        "softmax squared": lambda x: shares(x) ** 2,
        "1 - softmax": lambda x: 1 - shares(x),
        "sigmoid of each element": lambda x: 1 / (1 + np.exp(-x)),
        "exp(x - max(x)), not divided by the sum": lambda x: np.exp(_shifted(x)),
        "exp(x), not divided by the sum": np.exp,
        "softmax divided by its maximum": lambda x: shares(x) / shares(x).max(-1, keepdims=True),
        "softmax divided by its Euclidean norm": lambda x: (
            np.exp(_shifted(x)) / np.sqrt(_sum(np.exp(_shifted(x)) ** 2))
        ),
        "softmax times the length of the row": lambda x: x.shape[-1] * shares(x),
        "softmax divided by the length of the row": lambda x: shares(x) / x.shape[-1],
        "1 where the maximum is, 0 elsewhere": _hardmax,
        "sparsemax": _sparsemax,
        "x / sum(x)": lambda x: x / _sum(x),
        "x / sum(|x|)": lambda x: x / _sum(np.abs(x)),
        "softplus(x) / sum(softplus(x))": lambda x: np.logaddexp(0, x) / _sum(np.logaddexp(0, x)),
        "softmax with a 1 added to the sum of exp(x - max(x))": lambda x: (
            np.exp(_shifted(x)) / (1 + _sum(np.exp(_shifted(x))))
        ),
        "softmax with a 1 added to the sum of exp(x)": lambda x: np.exp(x) / (1 + _sum(np.exp(x))),
        "each row reversed": lambda x: shares(x)[:, ::-1],
        "each row shifted by one": lambda x: np.roll(shares(x), 1, axis=-1),
        "1 / n in every place": lambda x: np.full(x.shape, 1 / x.shape[-1]),
    },
    "hardmax": {
        "softmax": shares,
        "1 where the minimum is, 0 elsewhere": lambda x: _hardmax(-x),
        "1 at all maxima, tied or not": lambda x: (x == x.max(-1, keepdims=True)).astype(float),
        "1 at the last of the maxima": lambda x: _hardmax(x[:, ::-1])[:, ::-1],
        "1 shared among the maxima": lambda x: (
            (x == x.max(-1, keepdims=True)) / _sum(x == x.max(-1, keepdims=True))
        ),
        "1 at the first element": lambda x: _hardmax(0 * x),
        "1 at the largest |x|": lambda x: _hardmax(np.abs(x)),
        "the maximum at its place, 0 elsewhere": lambda x: x * _hardmax(x),
        "0 at the maximum and 1 elsewhere": lambda x: 1 - _hardmax(x),
        "sparsemax": _sparsemax,
        "each row reversed": lambda x: _hardmax(x)[:, ::-1],
    },
    "sparsemax": {
        "softmax": shares,
        "1 where the maximum is, 0 elsewhere": _hardmax,
        "sparsemax with a level made of the sum of all sums": _of_sum_of_sums,
        "sparsemax of |x|": lambda x: _sparsemax(np.abs(x)),
        "sparsemax of -x": lambda x: _sparsemax(-x),
        "max(x, 0)": lambda x: np.maximum(x, 0),
        "x less the level, without the maximum with 0": lambda x: x - _level(x),
        "the level": lambda x: np.broadcast_to(_level(x), x.shape),
        "max(x, 0) / sum(max(x, 0))": lambda x: np.maximum(x, 0) / _sum(np.maximum(x, 0)),
        "each row reversed": lambda x: _sparsemax(x)[:, ::-1],
        "1 / n in every place": lambda x: np.full(x.shape, 1 / x.shape[-1]),
    },
    "softmin": {
        "softmax": shares,
        "log_softmax of -x": lambda x: _logarithms(-x),
        "softmax with the minus sign behind, -softmax": lambda x: -shares(x),
        "1 - softmin": lambda x: 1 - shares(-x),
        "1 - softmax": lambda x: 1 - shares(x),
        "1 / softmax": lambda x: 1 / shares(x),
        "softmin of |x|": lambda x: shares(-np.abs(x)),
        "exp(min(x) - x), not divided by the sum": lambda x: np.exp(_shifted(-x)),
        "1 where the minimum is, 0 elsewhere": lambda x: _hardmax(-x),
        "each row reversed": lambda x: shares(-x)[:, ::-1],
        "1 / n in every place": lambda x: np.full(x.shape, 1 / x.shape[-1]),
    },
    "log_softmax": {
        "softmax": shares,
        "-log_softmax": lambda x: -_logarithms(x),
        "log_softmax of -x": lambda x: _logarithms(-x),
        "log_softmax of base 2, the logarithm of base 2": lambda x: _logarithms(x) / np.log(2),
        "the logarithm of base 10": lambda x: _logarithms(x) / np.log(10),
        "log_softmax of exponentials of base 2": lambda x: _logarithms(x, np.log(2)),
        "log_softmax of x / sqrt(n)": lambda x: _logarithms(x, x.shape[-1] ** -0.5),
        "x - max(x), without the logarithm of the sum": _shifted,
        "x - log(sum(exp(x - max(x)))), without the maximum": lambda x: (
            x - np.log(_sum(np.exp(_shifted(x))))
        ),
        "x - max(x) - sum(exp(x - max(x))), without the logarithm": lambda x: (
            _shifted(x) - _sum(np.exp(_shifted(x)))
        ),
        "x - max(x) + log(sum(exp(x - max(x)))), with the wrong sign": lambda x: (
            _shifted(x) + np.log(_sum(np.exp(_shifted(x))))
        ),
        "x - max(x) - log1p(sum(exp(x - max(x))))": lambda x: (
            _shifted(x) - np.log1p(_sum(np.exp(_shifted(x))))
        ),
        "x - max(x) - log of the mean of exp(x - max(x))": lambda x: (
            _shifted(x) - np.log(np.exp(_shifted(x)).mean(axis=-1, keepdims=True))
        ),
        "log of sigmoid of each element": lambda x: -np.logaddexp(0, -x),
        "log_softmax applied to softmax": lambda x: _logarithms(shares(x)),
        "each row reversed": lambda x: _logarithms(x)[:, ::-1],
        "the logsumexp of the row": lambda x: np.broadcast_to(x - _logarithms(x), x.shape),
    },
    "logsumexp": {
        "the maximum": lambda x: x.max(axis=-1),
        "the sum": lambda x: x.sum(axis=-1),
        "the mean": lambda x: x.mean(axis=-1),
        "the logarithm of the sum of exp(x - max(x)), without the maximum": _log_of_sum,
        "the sum of exp(x), without the logarithm": lambda x: np.exp(x).sum(axis=-1),
        "the maximum with the logarithm of the mean": lambda x: (
            x.max(axis=-1) + _log_of_sum(x) - np.log(x.shape[-1])
        ),
        "the maximum less the logarithm": lambda x: x.max(axis=-1) - _log_of_sum(x),
        "of base 2, the logarithm of base 2": lambda x: (
            x.max(axis=-1) + np.log2(np.exp2(_shifted(x)).sum(axis=-1))
        ),
        "that of -x": lambda x: -x.min(axis=-1) + _log_of_sum(-x),
        "the maximum with log1p of the sum": lambda x: (
            x.max(axis=-1) + np.log1p(np.exp(_shifted(x)).sum(axis=-1))
        ),
        "the mean weighed by softmax": lambda x: (x * shares(x)).sum(axis=-1),
        "log(1 + the sum of exp(x)), with a 0 in the row": lambda x: np.logaddexp(
            0, x.max(axis=-1) + _log_of_sum(x)
        ),
    },
    "maxout": {
        "the minimum": lambda x: x.min(axis=-1),
        "the mean": lambda x: x.mean(axis=-1),
        "the sum": lambda x: x.sum(axis=-1),
        "the second largest": _second,
        "the median": lambda x: np.median(x, axis=-1),
        "the first piece": lambda x: x[:, 0],
        "the last piece": lambda x: x[:, -1],
        "-max(x)": lambda x: -x.max(axis=-1),
        "the largest |x|": lambda x: np.abs(x).max(axis=-1),
        "the piece of the largest |x|": lambda x: np.take_along_axis(
            x, np.abs(x).argmax(axis=-1)[:, np.newaxis], axis=-1
        )[:, 0],
        "the maximum or 0": lambda x: np.maximum(x.max(axis=-1), 0),
        "the place of the maximum": lambda x: x.argmax(axis=-1).astype(np.float64),
        "logsumexp, a smooth maximum": lambda x: (
            x.max(axis=-1) + np.log(np.exp(_shifted(x)).sum(axis=-1))
        ),
        "the mean weighed by softmax": lambda x: (x * shares(x)).sum(axis=-1),
        "the maximum of all but the last piece": lambda x: x[:, : max(1, x.shape[-1] - 1)].max(
            axis=-1
        ),
        "the maximum of all but the first piece": lambda x: x[:, min(1, x.shape[-1] - 1) :].max(
            axis=-1
        ),
        **{
            f"the maximum of whole groups of {step} pieces": partial(_of_groups, step, None)
            for step in (2, 4, 8, 16)
        },
        **{
            f"the maximum of whole groups of {step} pieces, or of the first": (
                partial(_of_groups, step, 1)
            )
            for step in (2, 4, 8, 16)
        },
        **{
            f"the maximum of the first {count} pieces": partial(_of_first, count)
            for count in (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
        },
        "the maximum less the minimum": lambda x: np.ptp(x, axis=-1),
    },
}


def _own(x: Floats, outputs: Outputs) -> Any:
    """Return 1 at the output that is meant and 0 elsewhere, and the share of that output."""
    chosen = (np.arange(x.shape[-1]) == outputs[:, np.newaxis]).astype(np.float64)
    y = shares(x)
    return chosen, y, np.take_along_axis(y, outputs[:, np.newaxis], axis=-1)


def _of_shares(rule: Callable[[Any, Any, Any], Floats]) -> Slope:
    return lambda x, outputs: rule(*_own(x, outputs))


def _of_shares_of_negative(rule: Callable[[Any, Any, Any], Floats]) -> Slope:
    return lambda x, outputs: rule(*_own(-x, outputs))


def _of_above(rule: Callable[[Any, Any, Any], Floats]) -> Slope:
    return lambda x, outputs: rule(*_above(x, outputs))


# u is the upstream gradient, 1 at one output o; y the softmax, and w that of o.
#: By entry, of those that are made of a softmax: the derivative. A softmin's softmax is that of -x.
OF_SHARES: Mapping[str, Callable[[Any, Any, Any], Floats]] = {
    "softmax": lambda u, y, w: y * (u - w),
    "softmin": lambda u, y, w: -y * (u - w),
    "log_softmax": lambda u, y, w: u - y,
}
_OF_SOFTMAX = {
    "the upstream gradient u itself": _of_shares(lambda u, y, w: u),
    "y * u, without - y * sum(u * y)": _of_shares(lambda u, y, w: u * y),
    "the diagonal of the Jacobian alone, y * (1 - y) * u": _of_shares(
        lambda u, y, w: u * y * (1 - y)
    ),
    "the Jacobian without its diagonal": _of_shares(lambda u, y, w: -(1 - u) * y * w),
    "-y * sum(u * y), without y * u": _of_shares(lambda u, y, w: -y * w),
    "u - sum(u * y), without the factor y": _of_shares(lambda u, y, w: u - w),
    "u - y, that of log_softmax": _of_shares(lambda u, y, w: u - y),
    "y * (u + sum(u * y)), with the wrong sign": _of_shares(lambda u, y, w: y * (u + w)),
    "y * (u - sum(u)), the sum without y": _of_shares(lambda u, y, w: y * (u - 1)),
    "y * (u - mean(u))": _of_shares(lambda u, y, w: y * (u - 1 / y.shape[-1])),
    "y * (u - mean(u * y)), the mean in place of the sum": _of_shares(
        lambda u, y, w: y * (u - w / y.shape[-1])
    ),
    "y * (u - y)": _of_shares(lambda u, y, w: y * (u - y)),
    "y * (1 - y), whatever u is": _of_shares(lambda u, y, w: y * (1 - y)),
    "the value": _of_shares(lambda u, y, w: y),
    "0": _of_shares(lambda u, y, w: 0 * y),
    "- of what is right": _of_shares(lambda u, y, w: -y * (u - w)),
    "y**2 * (u - sum(u * y)), y applied twice": _of_shares(lambda u, y, w: y * y * (u - w)),
    "y * (u - sum(u * y**2))": _of_shares(lambda u, y, w: y * (u - w * w)),
}
_OF_LOG_SOFTMAX = {
    "the upstream gradient u itself, without - y * sum(u)": _of_shares(lambda u, y, w: u),
    "the transposed Jacobian, u - sum(u * y)": _of_shares(lambda u, y, w: u - w),
    "-y * sum(u), without u": _of_shares(lambda u, y, w: -y),
    "u + y * sum(u), with the wrong sign": _of_shares(lambda u, y, w: u + y),
    "y - u, with the wrong sign": _of_shares(lambda u, y, w: y - u),
    "u - y * mean(u), the mean in place of the sum": _of_shares(
        lambda u, y, w: u - y / y.shape[-1]
    ),
    "u - y * u, the diagonal of the Jacobian alone": _of_shares(lambda u, y, w: u - y * u),
    "that of softmax, y * (u - sum(u * y))": _of_shares(lambda u, y, w: y * (u - w)),
    "u - y * sum(u * y)": _of_shares(lambda u, y, w: u - y * w),
    "u - mean(u)": _of_shares(lambda u, y, w: u - 1 / y.shape[-1]),
    "u - sum(u), without y": _of_shares(lambda u, y, w: u - 1),
    "u - 1 / y": _of_shares(lambda u, y, w: u - 1 / y),
    "u / y": _of_shares(lambda u, y, w: u / y),
    "softmax, the value": _of_shares(lambda u, y, w: y),
    "0": _of_shares(lambda u, y, w: 0 * y),
    "u - the logarithm of y": lambda x, outputs: _own(x, outputs)[0] - _logarithms(x),
    "u - exp(x), without the sum": lambda x, outputs: _own(x, outputs)[0] - np.exp(x),
    "u - exp(x - max(x)), without the sum": lambda x, outputs: (
        _own(x, outputs)[0] - np.exp(_shifted(x))
    ),
}

_OF_SOFTMIN = {
    "the upstream gradient u itself": _of_shares_of_negative(lambda u, y, w: u),
    "y * (u - sum(u * y)), without the minus sign": _of_shares_of_negative(
        lambda u, y, w: y * (u - w)
    ),
    "that of softmax": _of_shares(lambda u, y, w: y * (u - w)),
    "-y * u, without y * sum(u * y)": _of_shares_of_negative(lambda u, y, w: -y * u),
    "y * sum(u * y), without -y * u": _of_shares_of_negative(lambda u, y, w: y * w),
    "sum(u * y) - u, without the factor y": _of_shares_of_negative(lambda u, y, w: w - u),
    "y - u, that of the logarithm": _of_shares_of_negative(lambda u, y, w: y - u),
    "the value": _of_shares_of_negative(lambda u, y, w: y),
    "0": _of_shares(lambda u, y, w: 0 * y),
}


def _at(place: Callable[[Floats], Any]) -> Slope:
    return lambda x, outputs: (np.arange(x.shape[-1]) == place(x)[:, np.newaxis]).astype(float)


#: By entry: what a derivative may be taken for.
DERIVATIVES: Mapping[str, Mapping[str, Slope]] = {
    "softmax": _OF_SOFTMAX,
    "softmin": _OF_SOFTMIN,
    "log_softmax": _OF_LOG_SOFTMAX,
    "hardmax": {
        "the upstream gradient u itself": lambda x, outputs: _own(x, outputs)[0],
        "that of softmax": _of_shares(lambda u, y, w: y * (u - w)),
        "the value": lambda x, outputs: _hardmax(x),
    },
    "sparsemax": {
        "the upstream gradient u itself": lambda x, outputs: _own(x, outputs)[0],
        "that of softmax": _of_shares(lambda u, y, w: y * (u - w)),
        "u above the level, without its mean": _of_above(lambda u, a, n: u * a),
        "u less its mean over all elements, above the level": _of_above(
            lambda u, a, n: a * (u - _sum(u * a) / a.shape[-1])
        ),
        "u less its sum, above the level": _of_above(lambda u, a, n: a * (u - _sum(u * a))),
        "u less its mean above the level, everywhere": _of_above(
            lambda u, a, n: u - _sum(u * a) / n
        ),
        "the value": lambda x, outputs: _sparsemax(x),
    },
    "logsumexp": {
        "1 at the maximum": lambda x, outputs: _hardmax(x),
        "1 at all elements": lambda x, outputs: np.ones(x.shape),
        "1 / n at all elements": lambda x, outputs: np.full(x.shape, 1 / x.shape[-1]),
        "exp(x - max(x)), not divided by the sum": lambda x, outputs: np.exp(_shifted(x)),
        "exp(x), not divided by the sum": lambda x, outputs: np.exp(x),
        "the logarithm of softmax": lambda x, outputs: _logarithms(x),
        "softmin": lambda x, outputs: shares(-x),
        "1 - softmax": lambda x, outputs: 1 - shares(x),
    },
    "maxout": {
        "1 at the minimum": _at(lambda x: x.argmin(axis=-1)),
        "1 at the second largest": _at(lambda x: np.argsort(x, axis=-1)[:, max(0, x.shape[1] - 2)]),
        "1 at the first piece": _at(lambda x: np.zeros(len(x))),
        "1 at the last piece": _at(lambda x: np.full(len(x), x.shape[-1] - 1)),
        "1 at the largest |x|": _at(lambda x: np.abs(x).argmax(axis=-1)),
        "1 at all pieces": lambda x, outputs: np.ones(x.shape),
        "1 / n at all pieces": lambda x, outputs: np.full(x.shape, 1 / x.shape[-1]),
        "softmax, as of logsumexp": lambda x, outputs: shares(x),
        "the input at the maximum": lambda x, outputs: x * _hardmax(x),
        "the maximum at its place": lambda x, outputs: x * _hardmax(x),
        "0": lambda x, outputs: np.zeros(x.shape),
        "-1 at the maximum": lambda x, outputs: -_hardmax(x),
        "1 / n at the maximum": lambda x, outputs: _hardmax(x) / x.shape[-1],
        "1 where the maximum is not": lambda x, outputs: 1 - _hardmax(x),
        "1 where x > 0": lambda x, outputs: (x > 0).astype(float),
        "that of the largest and 0": lambda x, outputs: _hardmax(x) * (x > 0),
    },
}


def _sum_of_first(count: int, e: Floats) -> Floats:
    return _sum(e[:, :count])


def _upto(step: int) -> Callable[[Floats], Floats]:
    """Return the sum of exponentials of as many whole groups as a row has."""
    return lambda e: _sum(e[:, : max(1, e.shape[-1] // step * step)])


#: Sums of the exponentials e of a row that are taken for that of all; their names end a sentence.
DIVISORS: Mapping[str, Callable[[Floats], Floats]] = {
    **{
        f"the first {count} elements alone": partial(_sum_of_first, count)
        for count in (1, 2, 4, 8, 16, 32, 64, 100, 128, 256, 512, 1000, 1024, 2000, 2048)
    },
    "all but the last element": lambda e: _sum(e[:, : max(1, e.shape[-1] - 1)]),
    "all but the first element": lambda e: _sum(e[:, min(1, e.shape[-1] - 1) :]),
    **{f"whole groups of {step} alone": _upto(step) for step in (2, 4, 8, 16, 32, 64, 128, 256)},
    "every second element": lambda e: _sum(e[:, ::2]),
}
