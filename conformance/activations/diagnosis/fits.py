"""Forms with one constant that is fitted to a few results, and held against all the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .arithmetic import complex_step
from .evidence import Evidence, Floats, Form
from .relatives import FITTED
from .slips import constants

__all__ = ["fitted"]

Family = Callable[[Floats, Any], Floats]

_FITTED_TO = 48
_ROUNDS = 40
# Digits of a constant that a person may have typed; more are those of the fit.
_DIGITS = range(1, 10)


def fitted(evidence: Evidence) -> Iterator[Form]:
    """Yield families, each at the constant that fits, plainest first and with few digits first."""
    sample = _sample(evidence)
    if sample is None:
        return
    x, got = sample
    for name, family, start in _families(evidence):
        constant = _constant(family, start, x, got)
        if constant is None:
            continue
        texts = dict.fromkeys(f"{constant:.{digits}g}" for digits in _DIGITS)
        for text in texts:
            yield _form(_written(name, text), family, float(text))
        yield _form(_written(name, f"{constant:.6g}"), family, constant)


def _written(name: str, text: str) -> str:
    """Put a constant in its place; a negative one is subtracted where one is added."""
    if "+ {}" in name and text.startswith("-"):
        return name.replace("+ {}", f"- {text[1:]}")
    return name.format(text)


def _form(name: str, family: Family, constant: float) -> Form:
    return Form(name, lambda x: family(x, constant), fitted=True)


def _sample(evidence: Evidence) -> tuple[Floats, Floats] | None:
    """Return inputs and results to fit to: of ordinary size if there are enough."""
    points = evidence.wrong
    size = np.abs(points.x)
    finite = np.isfinite(points.got) & np.isfinite(points.right)
    ordinary = np.flatnonzero(finite & (size > 2.0**-4) & (size < 8))
    chosen = ordinary if ordinary.size >= _FITTED_TO // 2 else np.flatnonzero(finite)
    if chosen.size < 8:
        return None
    chosen = chosen[:: max(1, chosen.size // _FITTED_TO)]
    return points.x[chosen], points.got[chosen]


def _families(evidence: Evidence) -> Iterator[tuple[str, Family, float]]:
    """Yield names with a place for the constant, families and where to look from."""
    own, right, entry = evidence.own, evidence.right, evidence.entry.name
    yield "{} * " + own, lambda x, c: c * right(x), 1.0
    yield own + " + {}", lambda x, c: right(x) + c, 0.0
    for name, (formula, start) in FITTED.get(entry, {}).items():
        if evidence.part == "value":
            yield name, formula, start
        else:

            def slope(x: Floats, c: Any, formula: Any = formula) -> Floats:
                return np.asarray(complex_step(lambda at: formula(at, c))(x))

            yield f"the derivative of {name}", slope, start
    yield from constants(evidence)
    yield own + " of {} * x", lambda x, c: right(c * x), 1.0
    yield own + " of x + {}", lambda x, c: right(x + c), 0.0
    if evidence.part == "derivative":
        yield (
            f"the derivative of {entry}({{}} * x)",
            lambda x, c: c * right(c * x),
            1.0,
        )
    yield own + " + {} * x", lambda x, c: right(x) + c * x, 0.0
    yield own + " to the power {}", lambda x, c: np.abs(right(x)) ** c * np.sign(right(x)), 1.0
    yield "{} * x", lambda x, c: c * x, 1.0


def _constant(family: Family, start: float, x: Floats, got: Floats) -> float | None:
    """Solve for the constant at each input by secants; the median of what they say."""
    with np.errstate(all="ignore"):
        for spread in (0.05, 0.5):
            before = np.full(x.shape, start)
            here = before + spread
            off = family(x, before) - got
            for _ in range(_ROUNDS):
                now = family(x, here) - got
                step = now * (here - before) / (now - off)
                # Not further than to twice the distance; where nothing moves any more, stay.
                limit = 2 * np.abs(here - before) + 1e-300
                step = np.where(np.isfinite(step), np.clip(step, -limit * 5, limit * 5), 0.0)
                before, off, here = here, now, here - step
            left = np.abs(family(x, here) - got)
            solved = here[np.isfinite(here) & (left <= 1e-3 * np.abs(got))]
            if solved.size >= x.size / 2:
                median = float(np.median(solved))
                return median if np.isfinite(median) and median != start else None
    return None
