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
from actinit.spec import (
    Activation,
    Expression,
    Part,
    SpecialCase,
    budget_of,
    compute,
    evaluate,
)

from ..check import Check, Finding, Outcome, Witness
from ..error.metric import measure
from ..expected.caps import cap
from ..expected.defaults import defaults, kinks_of
from ..formats import Format, brief, describe, formats_of, hexadecimal
from ..kinds import Kind
from ..oracle import Exact
from .naming import PARTS, activation_check
from .offered import where_offered

__all__ = ["checks"]

Array = NDArray[Any]
OPEN = "any"
OPEN_SIGN = "any zero"
# Longer than any vector register of today, and odd, so that the remainder loop runs too.
_LENGTH = 67
# In ulp.
_ONE_ROUNDING = 0.5


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of special values: ``activation/gelu/float32/value/special``.

    Where the entry leaves every special value of a part open, nothing is asked.
    """
    for fmt in formats_of(entry).values():
        for part in PARTS:
            if _asked(entry, part, fmt):
                run = _runner(entry, fmt, part)
                run = where_offered(run, entry, fmt, part)
                yield activation_check(entry, (fmt.name, part, "special"), "special", run)


def _asked(entry: Activation, part: Part, fmt: Format) -> list[SpecialCase]:
    """Return the special cases that the entry settles, at inputs that the format has."""
    # At a kink any subgradient will do; there is a check for that.
    kinks = {evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)}
    return [
        case
        for case in entry.special.cases
        if getattr(case, part) != OPEN
        and fmt.holds(case.x)
        and not (part == "derivative" and (case.x in kinks or _ties(entry, case)))
    ]


def _ties(entry: Activation, case: SpecialCase) -> bool:
    """Say whether several elements of a row share its maximum, and any of them may be taken."""
    if entry.derivative.ties is None or not isinstance(case.x, tuple):
        return False
    return sum(number == max(case.x) for number in case.x) > 1


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    cases = _asked(entry, part, fmt)

    def run(adapter: Adapter) -> Outcome:
        findings = [finding for case in cases for finding in _case(adapter, entry, fmt, part, case)]
        measured: dict[str, float] = {"cases": len(cases), "wrong": len(findings)}
        if not findings:
            message = f"all {len(cases)} special values are right"
            return Outcome(conforms=True, message=message, measured=measured)
        # The sign of a zero is no error of the value.
        wrong = any(finding.kind != "convention" for finding in findings)
        return Outcome.diverging(findings, grade="F" if wrong else None, measured=measured)

    return run


def _case(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, case: SpecialCase
) -> Iterator[Finding]:
    """Yield what is wrong with one special case: alone, else only within an array."""
    right = _right(getattr(case, part), entry)
    open_sign = np.atleast_1d(np.asarray(getattr(case, part), dtype=object)) == OPEN_SIGN
    x = np.asarray(case.x, dtype=fmt.dtype)
    budget = _budget(entry, fmt, part, len(np.atleast_1d(x)))
    nans = _nans(fmt) if x.ndim == 0 and np.isnan(x) else None
    asked: list[tuple[str, Array, Kind | None]] = [
        ("alone", x[np.newaxis], None),
        ("array", np.repeat(x[np.newaxis], _LENGTH, axis=0), "layout"),
    ]
    if nans is not None:
        asked.append(("patterns", nans, None))
    for where, inputs, kind in asked:
        got = _ask(adapter, entry, part, inputs)
        wrong = _wrong(got, right, open_sign, fmt, budget)
        if wrong is not None:
            at, reason, count = wrong
            yield _finding(x, got[at], right, kind or reason, part, where, count, len(inputs))
            return


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
    """Return nans of both signs and several payloads; all that an exhaustive format has."""
    if fmt.exhaustive:
        every = fmt.every()
        return every[np.isnan(every.astype(np.float32))]
    infinity = int(np.asarray(np.inf, dtype=fmt.dtype).view(fmt.bits))
    quiet = infinity | 1 << (fmt.stored - 1)
    sign = fmt.sign
    patterns = [quiet, quiet | 1, quiet | sign, quiet | sign | 12345, infinity | 1]
    return fmt.from_bits(np.array(patterns, dtype=np.uint64))


def _budget(entry: Activation, fmt: Format, part: Part, length: int) -> float:
    """Return the budget where nothing is amplified."""
    names = {**fmt.elementary, "kappa": 0.0, "n": length, "spread": 0.0, "width": 0.0, "one": 1.0}
    granted = compute(budget_of(entry, part).budget, names)
    return min(float(granted), cap(fmt))


def _wrong(
    got: Array, right: NDArray[np.float64], open_sign: Array, fmt: Format, budget: float
) -> tuple[int, Kind, int] | None:
    """Return the index of the first wrong result, the kind and how many are; None if none is."""
    expected = np.broadcast_to(right, got.shape)
    # What is stated is a real number: one rounding is no error. Of one that the format has none is
    # due, and the number before a power of two is within half an ulp of it.
    with np.errstate(over="ignore"):
        held = right.astype(fmt.dtype).astype(np.float64) == right
    least = np.where(held & (budget <= _ONE_ROUNDING), 0.0, _ONE_ROUNDING)
    granted = np.maximum(least, budget if budget > _ONE_ROUNDING else 0.0)
    errors = measure(got, Exact(expected, np.zeros_like(expected)), fmt)
    with np.errstate(invalid="ignore"):  # a signalling nan says so when it is converted
        result = got.astype(np.float64)
    zero_sign = (result == 0) & (expected == 0) & (np.signbit(result) != np.signbit(expected))
    zero_sign &= ~np.broadcast_to(open_sign if right.ndim else open_sign[0], got.shape)
    # An infinity counts as the first number beyond the format; here it must be one.
    nonfinite = errors.nonfinite | (np.isinf(expected) & (result != expected))
    judged: tuple[tuple[Array, Kind], ...] = (
        (nonfinite, "non-finite"),
        (errors.beyond(np.broadcast_to(granted, got.shape)), "definition"),
        (zero_sign, "convention"),
    )
    for failed, kind in judged:
        if failed.any():
            by_input = failed.reshape(len(failed), -1).any(axis=1)
            return int(np.argmax(by_input)), kind, int(by_input.sum())
    return None


def _finding(
    x: Array,
    got: Array,
    right: NDArray[np.float64],
    kind: Kind,
    part: str,
    where: str,
    count: int,
    points: int,
) -> Finding:
    place = f" in an array of {_LENGTH}, though not alone" if where == "array" else ""
    what = "value" if part == "value" else "derivative"
    name = ",".join(f"{number:g}" for number in np.atleast_1d(x.astype(np.float64)))
    return Finding(
        key=f"special/{name}" + ("" if where == "alone" else f"/{where}"),
        kind=kind,
        defect="special",
        sentence=f"the {what} at x = {brief(x)} is {brief(got)}{place}, not {brief(right)}",
        first=describe(x),
        last=describe(x),
        first_hex=hexadecimal(x),
        last_hex=hexadecimal(x),
        count=count,
        points=points,
        worst=Witness.of(
            x, got, right, array=f"np.repeat(x, {_LENGTH}, axis=0)" if where == "array" else ""
        ),
        data={"x": describe(x)},
    )
