"""Where mathematics leaves a choice: what each backend was seen to take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from actinit.conformance.truth import kinks_of
from actinit.spec import Activation, AnyEntry, SpecialCase

from ..results import Measured, Results
from .view import rest

__all__ = ["Taken", "at_kinks", "at_special_points", "kinked", "lacked", "signs_and_limits"]

# A check of a kink ends each note with the number, which the format rounds.
_NUMBER = re.compile(r"(?:(?<=derivative)|(?<=e between)), [^;]+")


@dataclass(frozen=True)
class Taken:
    """What several backends took, in the same words and in the same checks."""

    text: str
    checks: tuple[str, ...]  #: Below the entry.
    measured: list[Measured]

    @property
    def backends(self) -> list[str]:
        """The backends, each once."""
        return list(dict.fromkeys(one.report.backend for one in self.measured))

    @property
    def formats(self) -> list[str]:
        """The formats of the checks, each once."""
        return list(dict.fromkeys(check.split("/")[0] for check in self.checks))

    @property
    def parts(self) -> list[str]:
        """Value or derivative, each once."""
        return list(dict.fromkeys(check.split("/")[1] for check in self.checks))


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


def lacked(results: Results) -> dict[str, dict[str, list[Measured]]]:
    """Return by backend what it does not offer: checks by the reason, whatever the entry."""
    found: dict[str, dict[str, list[Measured]]] = {}
    for run in results.reports:
        for result in run.results:
            if result.status == "not-offered":
                reason = re.sub(rf"\b{result.entry}\b", "…", result.message)
                by_reason = found.setdefault(run.backend, {})
                by_reason.setdefault(reason, []).append(Measured(run, result))
    return found


def signs_and_limits(entry: Activation) -> dict[str, SpecialCase]:
    """Return what an elementwise entry states at -0, 0, the infinities and nan, by input."""
    return {repr(case.x): case for case in entry.special.cases if isinstance(case.x, float)}


def _alike(found: Iterable[Measured], text: Callable[[Measured], str]) -> list[Taken]:
    """Put together the backends of which the same is said in the same checks."""
    by_backend: dict[tuple[str, str], list[Measured]] = {}
    for one in found:
        by_backend.setdefault((text(one), one.report.backend), []).append(one)
    together: dict[tuple[str, tuple[str, ...]], list[Measured]] = {}
    for (words, _), several in by_backend.items():
        checks = tuple("/".join(one.result.id.split("/")[2:]) for one in several)
        together.setdefault((words, checks), []).extend(several)
    return [Taken(*said, measured) for said, measured in together.items()]
