"""Gradients with upstream gradients other than 1: their product with the derivative.

A gradient is linear in the upstream gradient, so it is the derivative times the upstream gradient,
rounded. Implementations form it in many ways, and some give nan or infinity where that product is a
number, or 0 where it is none. Asked of the inputs at which the derivative itself conforms: what is
wrong with an upstream gradient of 1 is told by the checks of derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from actinit import reference
from actinit.adapters import Adapter
from actinit.spec import Activation, evaluate

from ..check import Check, Finding, Grade, Outcome, Witness
from ..error.metric import measure, ulp
from ..expected import inputs
from ..expected.budgets import budgets, row_budgets
from ..expected.defaults import defaults, has_slope, kinks_of
from ..expected.roots import roots
from ..expected.smooth import smooth
from ..formats import ARITHMETIC, Format, brief, describe, hexadecimal
from ..kinds import Kind
from ..oracle import Exact, exact
from . import diagnosis
from .diagnosis.gradients import Gradients
from .naming import activation_check

__all__ = ["checks"]

Array = NDArray[Any]

_POINTS = 600  # per format, beside the infinities; times some fifteen upstream gradients
_ROWS = 40  # of each length
_LAST = 2  # of the upstream gradients, nan and a large one, which say less than the one before


class _Asked(NamedTuple):
    """Inputs with their derivatives.

    Attributes
    ----------
    x : ndarray
        Shape (n,), or (rows, n).
    output : ndarray or None
        Of a function from rows to rows: the output whose derivative is meant, for each row.
    slope : Exact
        The derivative, of the shape of `x`.
    budget : ndarray of float64
        Ulp granted to the derivative.
    """

    x: Array
    output: Array | None
    slope: Exact
    budget: NDArray[np.float64]


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of upstream gradients: ``activation/gelu/float32/derivative/upstream``."""
    if not has_slope(entry):
        return
    for fmt in ARITHMETIC.values():
        path = (fmt.name, "derivative", "upstream")
        yield activation_check(entry, path, "derivative", _runner(entry, fmt))


def upstreams(fmt: Format) -> Array:
    """Return the upstream gradients: zeros, ones, tiny, huge, nan, and ordinary numbers."""
    largest = (2 - 2.0**-fmt.stored) * 2.0**fmt.emax
    tiny = [2.0**fmt.emin, 2.0 ** (fmt.emin - fmt.stored), 2.0 ** (-fmt.emax // 2)]
    huge = [largest, -largest, 2.0 ** (fmt.emax // 2)]
    found = [1.0, 0.0, -0.0, -1.0, *tiny, *huge, 1.5, -0.1, 3.3, -640.0, np.nan]
    return np.array(found).astype(fmt.dtype)


def _runner(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        above = upstreams(fmt)
        parts = [_compare(adapter, entry, fmt, asked, above) for asked in _asked(entry, fmt)]
        judged = _judge(parts, fmt)
        return judged if judged.conforms else _named(judged, parts, entry, fmt)

    return run


def _asked(entry: Activation, fmt: Format) -> Iterator[_Asked]:
    parameters = defaults(entry)
    if entry.shape == "elementwise":
        x = inputs.every_nth(inputs.scalars(fmt, roots(entry)), _POINTS)
        kinks = [evaluate(kink.at, parameters) for kink in kinks_of(entry)]
        numbers = x.astype(np.float64)
        # A subnormal input may count as zero; that is told with the derivative itself.
        x = x[~np.isin(numbers, kinks) & ((numbers == 0) | (np.abs(numbers) >= 2.0**fmt.emin))]
        x = np.concatenate([x, np.array([-np.inf, np.inf], dtype=fmt.dtype)])
        points = x.astype(np.float64)
        slope = exact(entry, "derivative", points, parameters)
        yield _Asked(x, None, slope, budgets(entry, fmt, "derivative", points))
        return
    for sample in inputs.rows(fmt)[:5]:
        x = inputs.every_nth(sample, _ROWS)
        points = x.astype(np.float64)
        x = x[smooth(entry, fmt, points)]
        if not len(x):
            continue
        points = x.astype(np.float64)
        output = np.arange(len(x)) % x.shape[1] if entry.shape == "row" else None
        slope = exact(entry, "derivative", points, parameters, output)
        granted = row_budgets(entry, fmt, "derivative", points, slope.rounded.shape)
        yield _Asked(x, output, slope, granted)


class _Compared(NamedTuple):
    """Results for each input and upstream gradient, of shape (upstream gradients, *inputs)."""

    asked: _Asked
    above: Array
    got: Array
    right: Exact
    budget: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    nonfinite: NDArray[np.bool_]
    ulps: NDArray[np.float64]
    judged: NDArray[np.bool_]
    nan_dropped: NDArray[np.bool_]


def _compare(
    adapter: Adapter, entry: Activation, fmt: Format, asked: _Asked, above: Array
) -> _Compared:
    got = _gradients(adapter, entry, asked, above)
    slope, factor = asked.slope.rounded, above.astype(np.float64)
    factor = factor.reshape(-1, *(1,) * slope.ndim)
    factor = np.broadcast_to(factor, got.shape)
    right = Exact(*(np.broadcast_to(part, got.shape) for part in asked.slope)).times(factor)

    # The first upstream gradient is 1: the derivative itself.
    itself = measure(got[0], asked.slope, fmt)
    sound = ~itself.beyond(asked.budget) & ~itself.nonfinite & ~itself.flushed_result
    with np.errstate(invalid="ignore", over="ignore"):
        # The error of the derivative comes out multiplied, and the product is rounded once more. Or
        # the upstream gradient is multiplied in first, and each rounding is one of a product.
        enlarged = ulp(slope, fmt) * np.abs(factor) / ulp(np.nan_to_num(right.rounded), fmt)
        budget = asked.budget * np.fmax(enlarged, 1) + 0.5
    errors = measure(got, right, fmt)
    # A derivative that is subnormal, or below all numbers, may be flushed before it is multiplied.
    flushed = (got == 0) & (np.abs(slope) < 2.0**fmt.emin)
    # nan times a derivative that is 0, or rounds to 0, may be either; which, is noted.
    is_nan = np.isnan(factor)
    vanishes = np.abs(slope) < 2.0 ** (fmt.emin - fmt.stored)
    # A derivative that is beyond the format is none of its numbers, to be multiplied or not.
    overflows = np.isinf(got[0].astype(np.float64)) & np.isfinite(asked.x.astype(np.float64))
    judged = sound & ~flushed & ~(is_nan & vanishes) & ~overflows
    granted = np.nan_to_num(budget, nan=0.5)
    nonfinite = errors.nonfinite & ~_rounds_beyond(got, right.rounded, granted, fmt)
    wrong = judged & (errors.beyond(granted) | nonfinite)
    dropped = sound & is_nan & (slope == 0) & (got == 0)
    return _Compared(
        asked, above, got, right, budget, wrong, wrong & nonfinite, errors.ulps,
        judged, dropped,
    )  # fmt: skip


def _rounds_beyond(
    got: Array, right: NDArray[np.float64], granted: NDArray[np.float64], fmt: Format
) -> NDArray[np.bool_]:
    """Say which products are infinite where the first number beyond the format is within budget.

    A derivative that rounds up to 1 and an ulp, times the largest number, is such a product.
    """
    with np.errstate(all="ignore"):
        # Quartered, as the first number beyond float64 is none of its own.
        past = np.ldexp(1.0, fmt.emax - 1) - np.abs(right) / 4
        ulps = past / (ulp(np.nan_to_num(right), fmt) / 4)
        same_side = np.isinf(got.astype(np.float64)) & (got.astype(np.float64) * right > 0)
    found: NDArray[np.bool_] = same_side & np.isfinite(right) & (ulps <= granted)
    return found


def _gradients(adapter: Adapter, entry: Activation, asked: _Asked, above: Array) -> Array:
    """Ask for all products at once.

    What is left over beyond whole vectors may be computed otherwise, so the array ends with inputs
    of ordinary size and with an ordinary upstream gradient.
    """
    x, count = asked.x, len(above)
    turn = _LAST * len(x) + len(x) // 4
    inputs_ = np.roll(np.concatenate([x] * count), turn, axis=0)
    upstream = np.roll(np.repeat(above, len(x)), turn)
    if asked.output is not None:
        outputs = np.roll(np.tile(asked.output, count), turn)
        chosen = np.arange(x.shape[1]) == outputs[:, np.newaxis]
        zero = np.zeros((), dtype=x.dtype)
        upstream = np.where(chosen, upstream[:, np.newaxis], zero)
    got = adapter.gradient(entry, inputs_, upstream, defaults(entry))
    return np.roll(got, -turn, axis=0).reshape(count, *x.shape)


def _judge(parts: list[_Compared], fmt: Format) -> Outcome:
    counts: dict[str, float] = {
        "points": sum(int(part.judged.sum()) for part in parts),
        "beyond_budget": sum(int(part.wrong.sum()) for part in parts),
        "nonfinite": sum(int(part.nonfinite.sum()) for part in parts),
        "nan_dropped": sum(int(part.nan_dropped.sum()) for part in parts),
    }
    if not counts["beyond_budget"]:
        message = "the gradient is the derivative times the upstream gradient"
        if counts["nan_dropped"]:
            message += "; where the derivative is 0, an upstream gradient of nan is dropped"
        if not counts["points"]:
            message = "the derivative conforms nowhere, so that its products say nothing"
        return Outcome(conforms=True, message=message, measured=counts)
    findings = [
        finding
        for name, chosen in _classes(parts[0].above, fmt).items()
        if (finding := _finding(name, chosen, parts, fmt))
    ]
    wrong = any(finding.kind != "accuracy" for finding in findings)
    grade: Grade = "F" if wrong else "D"
    return Outcome.diverging(findings, grade=grade, measured=counts)


def _named(outcome: Outcome, parts: list[_Compared], entry: Activation, fmt: Format) -> Outcome:
    """Say what the wrong gradients are: all together, else those of each class."""
    like = diagnosis.gradients(_made_of(parts, entry), fmt)
    names = {one.key: like for one in outcome.findings}
    if not like:
        for name, chosen in _classes(parts[0].above, fmt).items():
            names[f"upstream/{name}"] = diagnosis.gradients(_made_of(parts, entry, chosen), fmt)
    findings = [
        replace(one, looks_like=text, sentence=f"{one.sentence} ({text})")
        if (text := names[one.key])
        else one
        for one in outcome.findings
    ]
    causes = "; ".join(dict.fromkeys(text for text in names.values() if text))
    message = outcome.message
    if causes:
        message += f"; with the derivative d and the upstream gradient u it looks like {causes}"
    return replace(outcome, findings=findings, message=message)


def _made_of(
    parts: list[_Compared], entry: Activation, chosen: NDArray[np.bool_] | None = None
) -> Gradients:
    """Return gradients with what they are made of, of some upstream gradients or all."""
    which = np.ones(len(parts[0].above), dtype=bool) if chosen is None else chosen
    columns: list[list[Array]] = [[] for _ in Gradients._fields]
    for part in parts:
        x = part.asked.x.astype(np.float64)
        shape = (int(which.sum()), *part.got.shape[1:])
        value = np.asarray(reference.activations[entry.name](x))
        if value.ndim < x.ndim:  # of a reduction
            value = value[..., np.newaxis]
        with np.errstate(invalid="ignore"):
            above = part.above.astype(np.float64)[which].reshape(-1, *(1,) * (len(shape) - 1))
            got = part.got.astype(np.float64)[which]
        for column, array in zip(
            columns,
            (x, part.asked.slope.rounded, value, above, got, part.right.rounded[which],
             part.wrong[which], part.judged[which]),
            strict=True,
        ):  # fmt: skip
            column.append(np.broadcast_to(array, shape).reshape(-1))
    return Gradients(*(np.concatenate(column) for column in columns))


def _classes(above: Array, fmt: Format) -> dict[str, NDArray[np.bool_]]:
    """Return which upstream gradients are of each class: what goes wrong for one is of a class."""
    with np.errstate(invalid="ignore"):
        size = np.abs(above.astype(np.float64))
    found = {
        "nan": np.isnan(size),
        "zero": size == 0,
        "one": size == 1,
        "tiny": (size > 0) & (size < 2.0 ** (-fmt.emax // 2 + 1)),
        "huge": size > 2.0 ** (fmt.emax // 2 - 1),
    }
    found["ordinary"] = ~np.logical_or.reduce(list(found.values()))
    return found


def _finding(
    name: str, chosen: NDArray[np.bool_], parts: list[_Compared], fmt: Format
) -> Finding | None:
    """Return what is wrong with upstream gradients of a class, or None."""
    narrowed = []
    for part in parts:
        mask = chosen.reshape(-1, *(1,) * (part.wrong.ndim - 1))
        narrowed.append(part._replace(wrong=part.wrong & mask, nonfinite=part.nonfinite & mask))
    count = sum(int(part.wrong.sum()) for part in narrowed)
    if not count:
        return None
    points = sum(int(part.judged[chosen].sum()) for part in parts)
    witness, kind, _ = max(
        (_worst(part, fmt) for part in narrowed if part.wrong.any()), key=lambda found: found[2]
    )
    ends = [end for part in narrowed if part.wrong.any() for end in _inputs(part)]
    first, last = min(ends), max(ends)
    return Finding(
        key=f"upstream/{name}",
        kind=kind,
        defect="upstream",
        sentence=f"{count:,} of {points:,} gradients are not the derivative times the upstream "
        f"gradient; at x = {brief(witness.x)} with an upstream gradient of "
        f"{brief(witness.upstream)} it is {brief(witness.got)}, right is {brief(witness.exact)}",
        first=describe(first),
        last=describe(last),
        first_hex=hexadecimal(first),
        last_hex=hexadecimal(last),
        count=count,
        points=points,
        worst=witness,
        data={"upstream": name},
    )


def _inputs(part: _Compared) -> list[float]:
    """Return the least and the greatest input with a wrong result; of rows, their widths."""
    x = part.asked.x.astype(np.float64)
    wrong = part.wrong.any(axis=0).reshape(len(x), -1).any(axis=1)
    if x.ndim > 1:
        x = x.max(axis=1) - x.min(axis=1)
    return [float(x[wrong].min()), float(x[wrong].max())]


def _worst(part: _Compared, fmt: Format) -> tuple[Witness, Kind, float]:
    """Return the largest error as a witness, with its kind and its rank among others."""
    severity = np.where(part.wrong, part.ulps, -1.0)
    # Of equals, such as all that is nan, the smallest input tells most.
    size = np.abs(part.asked.x.astype(np.float64)).reshape(len(part.asked.x), -1).max(axis=1)
    size = np.broadcast_to(size.reshape(1, -1, *(1,) * (severity.ndim - 2)), severity.shape)
    equals = np.flatnonzero(severity == severity.max())  # may all be at infinity
    smallest = equals[np.argmin(size.reshape(-1)[equals])]
    at = np.unravel_index(int(smallest), severity.shape)
    up, row = at[0], at[1]
    got, right = part.got[at], part.right.rounded[at]
    upstream: Any = part.above[up]
    if part.asked.output is not None:
        chosen = np.arange(part.asked.x.shape[1]) == part.asked.output[row]
        upstream = np.where(chosen, upstream, 0).astype(fmt.dtype)
    error, budget = float(severity[at]), float(np.nan_to_num(part.budget[at], nan=0.5))
    witness = Witness.of(
        part.asked.x[row], got, right, error=error, budget=budget, upstream=upstream
    )
    half = np.sqrt(ulp(np.ones(1), fmt))[0]
    kind: Kind = "definition" if _off(got, right) > half else "accuracy"
    return witness, "non-finite" if part.nonfinite.any() else kind, error


def _off(got: Any, right: float) -> float:
    """Return the relative error of a result."""
    if right == 0 or not np.isfinite(right):
        return np.inf
    return float(np.abs(float(got) - right) / np.abs(right))
