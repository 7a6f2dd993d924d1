"""Where each cause was seen when the baselines were measured, and how a run stands to its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actinit.conformance.check import Check, Finding
from actinit.conformance.known.causes import Cause
from actinit.conformance.plan import plan
from actinit.conformance.results.baseline import KnownFinding
from actinit.conformance.results.conformance import Compared, ConformanceReport

from ..results import Results

__all__ = ["Place", "cause_of", "compared", "places"]


@dataclass(frozen=True)
class Place:
    """A backend in an environment, with how many findings of one cause its baseline has."""

    backend: str
    environment: str
    versions: Mapping[str, str]
    count: int


def places(results: Results) -> dict[str, list[Place]]:
    """Return by slug where a cause was seen when the baselines were measured."""
    checks = {check.id: check for check in plan()} if results.baselines else {}
    found: dict[str, list[Place]] = {slug: [] for slug in results.causes}
    for baseline in results.baselines:
        counts = dict.fromkeys(results.causes, 0)
        for id, known in baseline.checks.items():
            for one in known if id in checks else ():
                if slug := cause_of(results.causes, checks[id], baseline.backend, one):
                    counts[slug] += 1
        for slug, count in counts.items():
            if count:
                header = baseline.header
                place = Place(baseline.backend, baseline.environment, header.versions, count)
                found[slug].append(place)
    return found


def cause_of(
    causes: Mapping[str, Cause], check: Check, backend: str, known: KnownFinding
) -> str | None:
    """Return the slug of the first cause that covers a finding, as in a run."""
    finding = Finding(
        key=known.key, kind=known.kind, defect=known.key.partition("/")[0], sentence="",
        first_hex=known.first or "", last_hex=known.last,
    )  # fmt: skip
    covering = (slug for slug, one in causes.items() if one.covers(check, backend, finding))
    return next(covering, None)


def compared(run: ConformanceReport) -> str:
    """Say what a run was compared with."""
    if run.baseline is None:
        return "held to the spec, without a baseline"
    return f"compared with {'; '.join(map(_one, (run.baseline, *run.further)))}"


def _one(known: Compared) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in known.versions.items())
    of = f" ({known.entries} entries)" if known.entries else ""
    strictly = ", every difference fails" if known.strict else ""
    return f"{known.backend} on {known.environment}, {versions}, {known.date[:10]}{of}{strictly}"
