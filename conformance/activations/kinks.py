"""Derivatives where there is none: at a kink, and where maxima tie.

Any subgradient conforms; which one a backend takes is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation, Kink, evaluate

from ..check import Check, Finding, Outcome, Witness
from ..error.metric import ulp
from ..expected.defaults import defaults, kinks_of
from ..formats import Format, describe, formats_of, hexadecimal
from ..oracle import enclose
from .naming import activation_check
from .offered import where_offered

__all__ = ["checks"]

# Alone, and in arrays with and without a remainder for vector code.
_LENGTHS = (1, 64, 67)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks at kinks and ties: ``activation/relu/float32/derivative/kink``."""
    kinks = kinks_of(entry)
    for fmt in formats_of(entry).values():
        if kinks:
            path = (fmt.name, "derivative", "kink")
            run = where_offered(_kinks(entry, fmt, kinks), entry, fmt, "derivative")
            yield activation_check(entry, path, "derivative", run)
        if entry.derivative.ties:
            path = (fmt.name, "derivative", "ties")
            yield activation_check(entry, path, "derivative", _ties(entry, fmt))


def _kinks(entry: Activation, fmt: Format, kinks: list[Kink]) -> Any:
    def run(adapter: Adapter) -> Outcome:
        findings = [_at(adapter, entry, fmt, kink) for kink in kinks]
        if any(finding.kind for finding in findings):
            return Outcome.diverging(findings, grade="F")
        message = "; ".join(finding.sentence for finding in findings)
        return Outcome(conforms=True, message=message, findings=findings)

    return run


def _at(adapter: Adapter, entry: Activation, fmt: Format, kink: Kink) -> Finding:
    """Ask for the derivative at one kink; what conforms is noted with the side that was taken."""
    at = evaluate(kink.at, defaults(entry))
    # A slope of more than 1 on the left is the upper end.
    ends = sorted(evaluate(end, defaults(entry)) for end in kink.accept)
    low, high = (np.asarray(end).astype(fmt.dtype) for end in ends)
    # A kink elsewhere than at 0 has no mirror image; both zeros are one place.
    points = (at,) if at else (0.0, -0.0)
    wrong: list[tuple[Any, Any]] = []
    asked = 0
    for point in points:
        for length in _LENGTHS:
            x = np.full(length, point, dtype=fmt.dtype)
            got = adapter.gradient(entry, x, np.ones_like(x), defaults(entry))
            asked += length
            outside = ~((got >= low) & (got <= high))
            wrong += [(x[0], one) for one in got[outside]]
    place = f"x = {describe(at)}"
    if wrong:
        x, result = wrong[0]
        return Finding(
            key=f"kink/{at:g}",
            kind="convention",
            defect="kink",
            sentence=f"at the kink {place} the derivative is {describe(result)}; any number from "
            f"{describe(low)} to {describe(high)} would be a subgradient",
            first=describe(at),
            last=describe(at),
            first_hex=hexadecimal(at),
            last_hex=hexadecimal(at),
            count=len(wrong),
            points=asked,
            worst=Witness.of(x, result, [low, high]),
            data={"at": at},
        )
    side = _side(entry, fmt, kink, got[0], low, high)
    took = "takes one between" if side == "between" else f"takes the {side} derivative"
    return Finding(
        key=f"kink/{at:g}",
        kind=None,
        defect="kink",
        sentence=f"at {place} it {took}, {describe(got[0])}",
        points=asked,
        data={"at": at, "side": side, "derivative": float(got[0])},
    )


def _side(entry: Activation, fmt: Format, kink: Kink, got: Any, low: Any, high: Any) -> str:
    """Return which of the one-sided derivatives was taken, or ``between``."""
    stated = enclose(entry, "derivative", [evaluate(kink.at, defaults(entry))], defaults(entry))
    ends = sorted((float(low), float(high)), key=lambda end: abs(end - float(stated.rounded[0])))
    sides = {"left": ("left", "right"), "right": ("right", "left")}[kink.take]
    # The nearer one first: in 8 bits a number may be near to both.
    away, end, side = min(
        (abs(float(got) - end), end, side) for end, side in zip(ends, sides, strict=True)
    )
    # The product of two rounded constants, as in selu, is less than 2 ulp off.
    return side if away <= 2 * ulp(np.array(end), fmt) else "between"


def _ties(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        x = np.array([[2.0, 2.0, 1.0], [-1.0, 0.5, 0.5], [3.0, 3.0, 3.0]], dtype=fmt.dtype)
        got = adapter.gradient(entry, x, np.ones(len(x), dtype=fmt.dtype), defaults(entry))
        share = got.astype(np.float64)
        tied = x == x.max(axis=1, keepdims=True)
        # A split into n parts is rounded n times.
        slack = x.shape[1] * 2.0 ** (1 - fmt.precision)
        good = (share >= 0) & (tied | (share == 0))
        right = good.all(axis=1) & (np.abs(share.sum(axis=1) - 1) <= slack)
        if right.all():
            first = np.array_equal(share.argmax(axis=1), tied.argmax(axis=1))
            whole = bool((share.max(axis=1) == 1).all())
            taken = "the first" if first and whole else "one" if whole else "all of them"
            note = Finding(
                key="tie",
                kind=None,
                defect="tie",
                sentence=f"of tied maxima, {taken} take the derivative",
                points=len(x),
                data={"taken": taken},
            )
            return Outcome(conforms=True, message=note.sentence, findings=[note])
        row = int(np.argmin(right))
        # Of what is right at a tie, the spec's own choice stands for all: the first maximum.
        exact = np.zeros(x.shape[1])
        exact[tied[row].argmax()] = 1
        finding = Finding(
            key="tie",
            kind="convention",
            defect="tie",
            sentence=f"at the tie x = {describe(x[row])} the derivative is {describe(got[row])}; "
            "expected parts of 1 at the maxima and 0 elsewhere",
            count=int((~right).sum()),
            points=len(x),
            worst=Witness.of(x[row], got[row], exact),
        )
        return Outcome.diverging([finding], grade="F")

    return run
