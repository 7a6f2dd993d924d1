"""Where mathematics leaves a choice: what each backend was seen to take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from actinit.conformance.check import Finding
from actinit.conformance.expected.defaults import kinks_of
from actinit.spec import Activation, AnyEntry, SpecialCase

from ..results import Measured, Results
from .view import of_storage, rest

__all__ = ["Taken", "at_kinks", "at_special_points", "kinked", "lacked", "signs_and_limits"]


@dataclass(frozen=True)
class Taken:
    """What several backends took, in the same words and in the same checks."""

    text: str
    conforms: bool
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
    asked = [
        one for word in ("kink", "ties") for one in rest(results.of(entry), "derivative", word)
    ]
    return _alike((one, _taken(found), found.kind is None) for one, found in _noted(asked))


def at_special_points(results: Results, entry: AnyEntry) -> list[Taken]:
    """Return what was other than stated at zeros, infinities and nan."""
    noted = _noted(rest(results.of(entry), "special"))
    return _alike((one, found.sentence, False) for one, found in noted if found.kind)


def _noted(asked: Iterable[Measured]) -> Iterator[tuple[Measured, Finding]]:
    """Yield all findings, those that conform too; of formats that frameworks compute in."""
    for one in asked:
        if of_storage(one):
            continue
        for found in one.result.outcome.findings if one.result.outcome else ():
            yield one, found


def _taken(found: Finding) -> str:
    """Say what was taken; the number, which the format rounds, is left out."""
    match found.data:
        case {"at": float(at), "side": str(side)}:
            took = "takes one between" if side == "between" else f"takes the {side} derivative"
            return f"at x = {at:g} it {took}"
        case {"taken": str(taken)}:
            return f"of tied maxima, {taken} take the derivative"
    return found.sentence


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


def _alike(found: Iterable[tuple[Measured, str, bool]]) -> list[Taken]:
    """Put together the backends of which the same is said in the same checks."""
    by_backend: dict[tuple[str, bool, str], list[Measured]] = {}
    for one, text, conforms in found:
        by_backend.setdefault((text, conforms, one.report.backend), []).append(one)
    together: dict[tuple[str, bool, tuple[str, ...]], list[Measured]] = {}
    for (text, conforms, _), several in by_backend.items():
        checks = tuple("/".join(one.result.id.split("/")[2:]) for one in several)
        together.setdefault((text, conforms, checks), []).extend(several)
    return [Taken(*said, measured) for said, measured in together.items()]
