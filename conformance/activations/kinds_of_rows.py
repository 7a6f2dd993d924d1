"""Functions of a row on rows as models have them: long, masked, far from zero, tied, with gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..check import Check, Finding, Outcome, Witness
from ..error.intervals import short
from ..error.metric import Errors, measure, ulp
from ..expected.defaults import defaults
from ..expected.kinds_of_rows import (
    KINDS_OF_ROWS,
    SPECIAL,
    RowsOfAKind,
    kind_called,
    rows_of_kinds,
)
from ..formats import ARITHMETIC, Format, brief
from ..kinds import Kind
from .judge import subject
from .naming import PARTS, activation_check

__all__ = ["checks"]

Array = NDArray[Any]
Mask = NDArray[np.bool_]

_FINITE = tuple(kind for kind in KINDS_OF_ROWS if kind not in SPECIAL)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of kinds of rows: ``activation/softmax/float32/value/rows``.

    Those with infinities or nan have one of their own, ``.../value/rows/special``.
    """
    if entry.shape == "elementwise":
        return
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            for path, kinds in (("rows",), _FINITE), (("rows", "special"), SPECIAL):
                run = _runner(entry, fmt, part, kinds)
                yield activation_check(entry, (fmt.name, part, *path), part, run)


class _Measured(NamedTuple):
    """Rows, what came back, and which of it is wrong in which way."""

    asked: RowsOfAKind
    got: Array
    errors: Errors
    nonfinite: Mask
    beyond: Mask


def _runner(entry: Activation, fmt: Format, part: Part, kinds: Sequence[str]) -> Any:
    def run(adapter: Adapter) -> Outcome:
        measured = list(_measured(adapter, entry, fmt, part, kinds))
        counts = {
            "rows": float(sum(len(one.asked.x) for one in measured)),
            "points": float(sum(one.got.size for one in measured)),
        }
        found = list(_findings(measured, entry, fmt, part))
        if not found:
            message = f"right in {counts['rows']:,.0f} rows of {len(kinds)} kinds"
            return Outcome(conforms=True, message=message, measured=counts)
        far_off = any(one.kind != "accuracy" for one in found)
        return Outcome.diverging(found, grade="F" if far_off else "D", measured=counts)

    return run


def _measured(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, kinds: Sequence[str]
) -> Iterator[_Measured]:
    """Ask all rows of one length in one call: a backend that compiles does so for each shape."""
    of_kinds = (one for one in rows_of_kinds(entry, fmt, part) if one.kind in kinds)
    asked = sorted(of_kinds, key=_length)
    for _, group in groupby(asked, key=_length):
        alike = list(group)
        x = np.concatenate([one.x for one in alike])
        outputs = np.concatenate([one.outputs for one in alike])
        got = _ask(adapter, entry, part, x, outputs)
        ends = np.cumsum([len(one.x) for one in alike])
        for one, end in zip(alike, ends, strict=True):
            yield _judged(one, got[end - len(one.x) : end], fmt)


def _length(asked: RowsOfAKind) -> int:
    return int(asked.x.shape[1])


def _ask(
    adapter: Adapter, entry: Activation, part: Part, x: Array, outputs: NDArray[np.intp]
) -> Array:
    if part == "value":
        return adapter.value(entry, x, defaults(entry))
    if entry.shape == "reduction":
        return adapter.gradient(entry, x, np.ones(len(x), x.dtype), defaults(entry))
    upstream = np.arange(x.shape[1]) == outputs[:, np.newaxis]
    return adapter.gradient(entry, x, upstream.astype(x.dtype), defaults(entry))


def _judged(asked: RowsOfAKind, got: Array, fmt: Format) -> _Measured:
    errors = measure(got, asked.exact, fmt)
    with np.errstate(invalid="ignore"):  # of a nan that signals
        infinite = np.isinf(asked.exact.rounded)
        nonfinite = errors.nonfinite | (infinite & (got.astype(np.float64) != asked.exact.rounded))
    return _Measured(asked, got, errors, nonfinite, errors.beyond(asked.budget) & ~nonfinite)


def _findings(
    measured: Sequence[_Measured], entry: Activation, fmt: Format, part: Part
) -> Iterator[Finding]:
    """Yield one finding for each kind of rows and defect."""
    for kind in KINDS_OF_ROWS:
        of_kind = [one for one in measured if one.asked.kind == kind]
        for defect in ("nonfinite", "beyond"):
            wrong = [(one, getattr(one, defect)) for one in of_kind]
            if any(mask.any() for _, mask in wrong):
                points = sum(one.got.size for one in of_kind)
                yield _finding(wrong, points, defect, entry, fmt, part)


def _finding(
    wrong: Sequence[tuple[_Measured, Mask]],
    points: int,
    defect: str,
    entry: Activation,
    fmt: Format,
    part: Part,
) -> Finding:
    wrong = [(one, mask) for one, mask in wrong if mask.any()]
    one, at = max(
        ((one, _worst(one, mask)) for one, mask in wrong),
        # Of equals the shortest row tells most.
        key=lambda found: (found[0].errors.ulps[found[1]], -found[0].asked.x.shape[1]),
    )
    asked, got, right = one.asked, one.got[at], one.asked.exact.rounded[at]
    (rows, elements), length = asked.base.shape, asked.x.shape[1]
    error = float(one.errors.ulps[at])
    worst = Witness.of(
        asked.base[at[0] % rows], got, right, error=error, budget=float(asked.budget[at]),
        array=f"np.resize(x, (1, {length}))" if length > elements else "",
    )  # fmt: skip
    lengths = sorted({one.asked.x.shape[1] for one, _ in wrong})
    where = f"{kind_called(entry, asked.kind)}, {_range(lengths)} elements each,"
    what = f"{brief(got)} for {brief(right)}"
    by = "" if defect == "nonfinite" else f" up to {short(error)} ulp off:"
    again = f", repeated to {length:,} elements" if worst.array else ""
    data: dict[str, str | float] = {"length": length, "output": int(asked.outputs[at[0]])}
    if len(at) > 1:
        data["place"] = int(at[1])
    return Finding(
        key=f"{asked.kind}/{defect}",
        kind=_kind(wrong, defect, fmt, part),
        defect=defect,
        count=sum(int(mask.sum()) for _, mask in wrong),
        points=points,
        worst=worst,
        sentence=f"{subject(entry, part)} {where} is{by} {what} at x = {brief(worst.x)}{again}",
        data=data,
    )


def _worst(one: _Measured, mask: Mask) -> tuple[int, ...]:
    ulps = np.where(mask, one.errors.ulps, -1.0)
    return tuple(int(place) for place in np.unravel_index(int(np.argmax(ulps)), ulps.shape))


def _range(lengths: Sequence[int]) -> str:
    ends = [f"{length:,}" for length in (lengths[0], lengths[-1])]
    return " to ".join(dict.fromkeys(ends))


def _kind(wrong: Sequence[tuple[_Measured, Mask]], defect: str, fmt: Format, part: Part) -> Kind:
    """Say if results are no numbers, are those of another function, or have lost digits."""
    if defect == "nonfinite":
        return "non-finite"
    half = float(np.sqrt(ulp(np.ones(1), fmt))[0])
    for one, mask in wrong:
        size = np.abs(one.asked.exact.rounded)
        scale = np.maximum(1.0, size)
        if part == "value" and size.ndim > 1:  # of a long row all results are small
            scale = np.maximum(size, np.minimum(1.0, size.max(axis=1, keepdims=True)))
        with np.errstate(all="ignore"):
            apart = np.abs(one.got.astype(np.float64) - one.asked.exact.rounded)
        if (mask & (apart > half * scale)).any():
            return "definition"
    return "accuracy"
