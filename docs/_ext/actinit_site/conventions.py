"""Where mathematics leaves a choice: what each backend was seen to take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from actinit.conformance.truth import kinks_of
from actinit.spec import Activation, AnyEntry, SpecialCase

from .results import Measured, Results
from .view import rest

__all__ = ["Taken", "at_kinks", "at_special_points", "kinked", "lacked", "signs_and_limits"]

# A check of a kink ends each note with the number, which the format rounds.
_NUMBER = re.compile(r"(?:(?<=derivative)|(?<=e between)), [^;]+")


@dataclass(frozen=True)
class Taken:
    """What several backends took, in several formats or of several checks, in the same words."""

    text: str
    measured: list[Measured]

    @property
    def backends(self) -> list[str]:
        """The backends, each once."""
        return list(dict.fromkeys(one.report.backend for one in self.measured))

    @property
    def checks(self) -> list[str]:
        """The checks below the entry, each once."""
        return list(dict.fromkeys("/".join(m.result.id.split("/")[2:]) for m in self.measured))

    @property
    def formats(self) -> list[str]:
        """The formats, each once."""
        return list(dict.fromkeys(check.split("/")[0] for check in self.checks))


def kinked(entry: Activation) -> bool:
    """Say whether there is a kink or a tie to ask about at the entry's default parameters."""
    return bool(kinks_of(entry) or entry.derivative.ties)


def at_kinks(results: Results, entry: AnyEntry) -> list[Taken]:
    """Return what was taken at the kinks of an entry, or where maxima tie."""
    mine = list(results.of(entry))
    asked = [one for word in ("kink", "ties") for one in rest(mine, "derivative", word)]
    offered = [one for one in asked if one.result.outcome]
    return _alike(offered, lambda one: _NUMBER.sub("", one.result.message))


def at_special_points(results: Results, entry: AnyEntry) -> list[Taken]:
    """Return what was other than stated at zeros, infinities and nan."""
    asked = [one for one in rest(results.of(entry), "special") if one.result.outcome]
    wrong = [one for one in asked if one.result.outcome and not one.result.outcome.conforms]
    return _alike(wrong, lambda one: one.result.message)


def lacked(results: Results) -> dict[str, list[tuple[str, list[Measured]]]]:
    """Return by backend what it does not offer: reasons, each with the checks."""
    found: dict[str, list[tuple[str, list[Measured]]]] = {}
    for run in results.reports:
        mine = [Measured(run, one) for one in run.results if one.status == "not-offered"]
        reasons = [(taken.text, taken.measured) for taken in _alike(mine, _reason)]
        if reasons:
            found[run.backend] = reasons
    return found


def _reason(measured: Measured) -> str:
    return measured.result.message


def _alike(found: Iterable[Measured], text: Callable[[Measured], str]) -> list[Taken]:
    by_text: dict[str, list[Measured]] = {}
    for one in found:
        by_text.setdefault(text(one), []).append(one)
    return [Taken(*item) for item in by_text.items()]


def signs_and_limits(entry: AnyEntry) -> dict[str, SpecialCase]:
    """Return what an elementwise entry states at -0, 0, the infinities and nan, by input."""
    cases = getattr(getattr(entry, "special", None), "cases", ())
    return {repr(case.x): case for case in cases if isinstance(case.x, float)}
