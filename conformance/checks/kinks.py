"""Derivatives where there is none: at a kink, and where maxima tie.

Any subgradient conforms; which one a backend takes is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation, Kink, evaluate

from ..formats import FORMATS, Format, describe
from ..metric import ulp
from ..oracle import enclose
from ..truth import defaults, kinks_of
from .base import Check, Outcome, Witness
from .naming import activation_check

__all__ = ["checks"]

# Alone, and in arrays with and without a remainder for vector code.
_LENGTHS = (1, 64, 67)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks at kinks and ties: ``activation/relu/float32/derivative/kink``."""
    kinks = kinks_of(entry)
    for fmt in FORMATS.values():
        if kinks:
            path = (fmt.name, "derivative", "kink")
            yield activation_check(entry, path, "derivative", _kinks(entry, fmt, kinks))
        if entry.derivative.ties:
            path = (fmt.name, "derivative", "ties")
            yield activation_check(entry, path, "derivative", _ties(entry, fmt))


def _kinks(entry: Activation, fmt: Format, kinks: list[Kink]) -> Any:
    def run(adapter: Adapter) -> Outcome:
        notes = []
        for kink in kinks:
            at = evaluate(kink.at, defaults(entry))
            low, high = (
                np.asarray(evaluate(end, defaults(entry))).astype(fmt.dtype) for end in kink.accept
            )
            for point in {at, -at} if at else (0.0, -0.0):
                for length in _LENGTHS:
                    x = np.full(length, point, dtype=fmt.dtype)
                    got = adapter.gradient(entry, x, np.ones_like(x), defaults(entry))
                    outside = ~((got >= low) & (got <= high))
                    if outside.any():
                        return _outside(x[0], got[outside][0], low, high)
            notes.append(f"at x = {describe(at)} it {_took(entry, fmt, kink, got[0], low, high)}")
        return Outcome(conforms=True, message="; ".join(notes))

    return run


def _took(entry: Activation, fmt: Format, kink: Kink, got: Any, low: Any, high: Any) -> str:
    """Say which of the one-sided derivatives was taken; which of the two is less tells nothing."""
    stated = enclose(entry, "derivative", [evaluate(kink.at, defaults(entry))], defaults(entry))
    ends = sorted((float(low), float(high)), key=lambda end: abs(end - float(stated.rounded[0])))
    sides = {"left": ("left", "right"), "right": ("right", "left")}[kink.take]
    for side, end in zip(sides, ends, strict=True):
        # The product of two rounded constants, as in selu, is less than 2 ulp off.
        if abs(float(got) - end) <= 2 * ulp(np.array(end), fmt):
            return f"takes the {side} derivative, {describe(got)}"
    return f"takes one between, {describe(got)}"


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
            note = "the first" if first and whole else "one" if whole else "all of them"
            return Outcome(conforms=True, message=f"of tied maxima, {note} take the derivative")
        row = int(np.argmin(right))
        return Outcome(
            conforms=False,
            kind="convention",
            grade="F",
            message=f"at the tie x = {describe(x[row])} the derivative is {describe(got[row])}; "
            "expected parts of 1 at the maxima and 0 elsewhere",
        )

    return run


def _outside(x: Any, got: Any, low: Any, high: Any) -> Outcome:
    return Outcome(
        conforms=False,
        kind="convention",
        grade="F",
        message=f"at the kink x = {describe(x)} the derivative is {describe(got)}; any number "
        f"from {describe(low)} to {describe(high)} would be a subgradient",
        witness=Witness.of(x, got, [low, high]),
    )
