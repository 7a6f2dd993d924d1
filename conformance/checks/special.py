"""Special values: zeros of both signs, infinities, nan.

Each is asked for alone and in every place of an array that is long enough for vector code, which
may say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Expression, SpecialCase, accuracy, compute, evaluate

from ..formats import FORMATS, Format, brief
from ..metric import measure
from ..oracle import Exact
from ..oracle.formula import Part
from ..truth import defaults, kinks_of
from .base import Check, Outcome, Witness
from .naming import PARTS, activation_check

__all__ = ["checks"]

Array = NDArray[Any]
OPEN = "any"
OPEN_SIGN = "any zero"
# Longer than any vector register of today, and odd, so that the remainder loop runs too.
_LENGTH = 67


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of special values: ``activation/gelu/float32/value/special``."""
    for fmt in FORMATS.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "special"), "special", run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    # At a kink any subgradient will do; there is a check for that.
    kinks = {evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)}

    def run(adapter: Adapter) -> Outcome:
        failures = []
        asked = 0
        for case in entry.special.cases:
            if getattr(case, part) == OPEN or (part == "derivative" and case.x in kinks):
                continue
            asked += 1
            if found := _case(adapter, entry, fmt, part, case):
                failures.append(found)
        if not failures:
            return Outcome(
                conforms=True,
                message=f"all {asked} special values are right",
                measured={"cases": asked},
            )
        first = failures[0]
        others = f"; and {len(failures) - 1} more" if len(failures) > 1 else ""
        return Outcome(
            conforms=False,
            message="; ".join(failure.message for failure in failures[:3])
            + (others if len(failures) > 3 else ""),
            kind=first.kind,
            # The sign of a zero is no error of the value.
            grade=None if first.kind == "convention" else "F",
            witness=first.witness,
            measured={"cases": asked, "wrong": len(failures)},
        )

    return run


def _case(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, case: SpecialCase
) -> Outcome | None:
    """Return what is wrong with one special case, or None."""
    right = _right(getattr(case, part), entry)
    open_sign = np.atleast_1d(np.asarray(getattr(case, part), dtype=object)) == OPEN_SIGN
    x = np.asarray(case.x, dtype=fmt.dtype)
    alone = _ask(adapter, entry, part, x[np.newaxis])
    long = _ask(adapter, entry, part, np.repeat(x[np.newaxis], _LENGTH, axis=0))
    nans = _nans(fmt) if x.ndim == 0 and np.isnan(x) else x[np.newaxis]
    patterns = _ask(adapter, entry, part, nans)
    budget = _budget(entry, fmt, part, len(np.atleast_1d(x)))
    for got, kind in ((alone, None), (long, "layout"), (patterns, None)):
        wrong = _wrong(got, right, open_sign, fmt, budget)
        if wrong is not None:
            at, reason = wrong
            return _failure(x, got[at], right, reason, kind, part)
    return None


def _ask(adapter: Adapter, entry: Activation, part: Part, x: Array) -> Array:
    parameters = defaults(entry)
    if part == "value":
        return adapter.value(entry, x, parameters)
    shape = x.shape[:-1] if entry.shape == "reduction" else x.shape
    return adapter.gradient(entry, x, np.ones(shape, dtype=x.dtype), parameters)


def _right(stated: Any, entry: Activation) -> NDArray[np.float64]:
    """Return what the spec states as numbers: a text is an expression in the parameters."""

    def number(item: float | str) -> float:
        if item == OPEN_SIGN:
            return 0.0
        return evaluate(Expression(item), defaults(entry)) if isinstance(item, str) else item

    if isinstance(stated, tuple):
        return np.array([number(item) for item in stated])
    return np.array(number(stated))


def _nans(fmt: Format) -> Array:
    """Return nans of both signs and several payloads; all that a 16-bit format has."""
    if fmt.bits.itemsize == 2:
        every = fmt.every()
        return every[np.isnan(every.astype(np.float32))]
    infinity = int(np.asarray(np.inf, dtype=fmt.dtype).view(fmt.bits))
    quiet = infinity | 1 << (fmt.stored - 1)
    sign = fmt.sign
    patterns = [quiet, quiet | 1, quiet | sign, quiet | sign | 12345, infinity | 1]
    return fmt.from_bits(np.array(patterns, dtype=np.uint64))


def _budget(entry: Activation, fmt: Format, part: Part, length: int) -> float:
    """Return the budget of the accuracy class where nothing is amplified."""
    table = accuracy()
    names = {**table.elementary[fmt.name], "kappa": 0.0, "n": length, "spread": 0.0, "width": 0.0}
    granted = compute(table.classes[getattr(entry.accuracy, part)].budget, names)
    return max(float(granted), 0.5)  # what is stated is a real number: one rounding is no error


def _wrong(
    got: Array, right: NDArray[np.float64], open_sign: Array, fmt: Format, budget: float
) -> tuple[int, str] | None:
    """Return the index of the first wrong result and the kind of finding, or None."""
    expected = np.broadcast_to(right, got.shape)
    errors = measure(got, Exact(expected, np.zeros_like(expected)), fmt)
    with np.errstate(invalid="ignore"):  # a signalling nan says so when it is converted
        result = got.astype(np.float64)
    zero_sign = (result == 0) & (expected == 0) & (np.signbit(result) != np.signbit(expected))
    zero_sign &= ~np.broadcast_to(open_sign if right.ndim else open_sign[0], got.shape)
    # An infinity counts as the first number beyond the format; here it must be one.
    nonfinite = errors.nonfinite | (np.isinf(expected) & (result != expected))
    for failed, kind in (
        (nonfinite, "non-finite"),
        (errors.ulps > budget, "definition"),
        (zero_sign, "convention"),
    ):
        if failed.any():
            return int(np.argwhere(failed)[0][0]), kind
    return None


def _failure(
    x: Array, got: Array, right: NDArray[np.float64], reason: str, kind: str | None, part: str
) -> Outcome:
    place = "" if kind is None else f" in an array of {_LENGTH}, though not alone"
    what = "value" if part == "value" else "derivative"
    return Outcome(
        conforms=False,
        message=f"the {what} at x = {brief(x)} is {brief(got)}{place}, not {brief(right)}",
        kind=kind or reason,
        witness=Witness.of(x, got, right),
    )
