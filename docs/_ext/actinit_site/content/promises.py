"""Who promises how small an error, and who keeps it: what is stated beside what was measured."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from actinit import spec
from actinit.conformance.check import Witness
from actinit.spec import Activation, Expression

from ..results import Results

__all__ = ["Bound", "Kept", "Promise", "functions", "kept", "promises", "stated", "verdict"]

#: What others state.
_FILE = Path(__file__).resolve().parents[3] / "promises.toml"
_FORMAT = "float32"

Verdict = Literal["kept", "broken", "open"]


class Promise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one specification, library or suite of tests states."""

    title: str
    kind: Literal["required", "reported", "tested", "none"]
    what: str
    source: str
    read: str  #: The day on which that was read there.
    relative: bool = False  #: Whether `float32` counts units of 2^-23 of the exact result.
    float32: dict[str, str] = {}  #: By activation, an expression in x.
    ulp: dict[str, str] = {}  #: Those that count ulp where the others are relative.
    absolute: dict[str, str] = {}  #: What is granted where it is more.


@dataclass(frozen=True)
class Bound:
    """The error that one of them allows of a function."""

    stated: Expression
    relative: bool
    absolute: float

    def ulp(self, x: float, exact: float) -> float:
        """Return how many ulp are allowed at an input."""
        allowed = float(spec.evaluate(self.stated, {"x": x}))
        if exact == 0 or not math.isfinite(exact):
            return allowed
        significand, exponent = math.frexp(abs(exact))
        row = spec.formats()[_FORMAT]
        unit = math.ldexp(1.0, max(exponent - 1, row.emin) - row.precision + 1)
        if self.relative:  # a significand from 1 to 2, in ulp
            allowed *= 2 * significand
        return max(allowed, self.absolute / unit)

    def least(self, x: float) -> float:
        """Return how many ulp are allowed at the least at an input, whatever the exact result."""
        return float(spec.evaluate(self.stated, {"x": x}))

    @property
    def constant(self) -> bool:
        """Whether it is so many ulp everywhere."""
        return not self.stated.names and not self.relative and not self.absolute


@dataclass(frozen=True)
class Kept:
    """The largest error of a backend, and what it means for each promise."""

    backend: str
    error: float | None  #: In ulp; None where it has no size.
    every: bool  #: Whether all float32 numbers were asked.
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def told(self) -> list[tuple[str, str]]:
        """Return in words which promises are kept, broken and neither for sure, with what it is."""
        words = {"kept": "within", "broken": "more than", "open": "perhaps within"}
        found = {what: [k for k, v in self.verdicts.items() if v == what] for what in words}
        titles = {what: [promises()[key].title for key in keys] for what, keys in found.items()}
        return [(what, f"{words[what]} {_listed(titles[what])}") for what in words if titles[what]]


@cache
def promises() -> dict[str, Promise]:
    """Return what is stated, by who states it."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return msgspec.convert(table, dict[str, Promise])


def functions() -> list[Activation]:
    """Return the activations of which anybody states something, in the order of the spec."""
    named = {name for one in promises().values() for name in (*one.float32, *one.ulp)}
    return [entry for name, entry in spec.activations.items() if name in named]


def stated(key: str, entry: Activation) -> Bound | None:
    """Return what one of them states of a function; None if nothing."""
    one = promises()[key]
    text = one.float32.get(entry.name) or one.ulp.get(entry.name)
    if text is None:
        return None
    absolute = one.absolute.get(entry.name)
    return Bound(
        stated=Expression(text),
        relative=one.relative and entry.name in one.float32,
        absolute=float(spec.evaluate(Expression(absolute), {})) if absolute else 0.0,
    )


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def verdict(
    bound: Bound, error: float | None, worst: Witness | None, curve: Mapping[str, float] | None
) -> Verdict:
    """Say whether a bound is kept.

    It is broken if it is exceeded where the error is largest. Where it grows with the input it may
    be exceeded elsewhere, so that it is kept for sure if the error is below all of it, or, binade
    by binade, below what it allows at the beginning of the binade.

    Parameters
    ----------
    bound : Bound
        What is stated.
    error : float or None
        The largest error in ulp; None if it has no size.
    worst : Witness or None
        The input that has it.
    curve : mapping of str to float, or None
        The largest error of each binade of the input, as results have it, if all were asked.
    """
    if error is None:
        return "broken"
    if bound.constant:
        return "kept" if error <= float(spec.evaluate(bound.stated, {})) else "broken"
    if worst is None:
        return "open"
    x, exact = float.fromhex(worst.x_hex), float.fromhex(worst.exact_hex)
    if error > bound.ulp(x, exact):
        return "broken"
    if error <= bound.least(0.0):
        return "kept"
    return (
        "kept" if curve and all(e <= bound.least(_begin(b)) for b, e in curve.items()) else "open"
    )


def _begin(binade: str) -> float:
    """Return the size of the smallest number of a binade, such as ``-2^-3``."""
    base, power, exponent = binade.removeprefix("-").partition("^")
    return math.ldexp(1.0, int(exponent)) if power else abs(float(base))


def kept(results: Results, entry: Activation) -> list[Kept]:
    """Return the largest errors of the value in float32, backend by backend."""
    bounds = {key: bound for key in promises() if (bound := stated(key, entry))}
    return [
        Kept(
            backend,
            error,
            curve is not None,
            {key: verdict(one, error, worst, curve) for key, one in bounds.items()},
        )
        for backend, error, worst, curve in _measured(results, entry)
    ]


def _measured(
    results: Results, entry: Activation
) -> Iterator[tuple[str, float | None, Witness | None, Mapping[str, float] | None]]:
    """Yield backend, largest error, its input, and the errors by binade if all were asked."""
    swept = {
        one.report.backend: one
        for one in results.exhaustive
        if (one.swept.entry, one.swept.part) == (entry.name, "value") and one.swept.complete
    }
    for backend, one in swept.items():
        error = one.error if math.isfinite(one.error) else None
        yield backend, error, one.swept.worst, one.swept.curve
    wanted = f"activation/{entry.name}/{_FORMAT}/value/ulp"
    for measured in results.of(entry):
        outcome, backend = measured.result.outcome, measured.report.backend
        if measured.result.id == wanted and outcome and outcome.grade and backend not in swept:
            worst = outcome.witness or next((f.worst for f in outcome.findings if f.worst), None)
            yield backend, measured.error, worst, None
