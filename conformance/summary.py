"""A report in a few lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rich.table import Table

from actinit import spec

from .report import FAILING, STATUSES, Report

__all__ = ["lines", "table"]

_SHOWN = ("news", *FAILING)
_CATALOGUES: Mapping[str, Mapping[str, spec.AnyEntry]] = {
    "activation": spec.activations,
    "initializer": spec.initializers,
    "layer": spec.layers,
    "training": {**spec.optimizers, **spec.networks},
}


def lines(report: Report) -> Iterator[str]:
    """Yield what a person needs to know of a run."""
    where = f"measured in the spec's environment {report.environment}"
    if report.environment is None:
        where = "not an environment of the spec: differences from its lists are news"
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    yield f"{versions} on {report.device}, {report.machine.model} ({where})"
    yield from _known(report)
    for status in _SHOWN:
        for result in report.results:
            if result.status == status:
                yield f"{status.upper():6} {result.id}: {result.message}"
    counted = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
    yield f"{len(report.results)} checks: {counted}"


def _known(report: Report) -> Iterator[str]:
    """Yield what the entries say of the known divergences that were seen, each once."""
    seen = Counter(
        (result.family, result.entry, result.divergence)
        for result in report.results
        if result.status == "known" and result.divergence is not None
    )
    for (family, name, index), checks in seen.items():
        divergence = _CATALOGUES[family][name].divergence[index]
        times = "1 check" if checks == 1 else f"{checks} checks"
        yield f"KNOWN  {family}/{name}: {divergence.what} ({divergence.kind}; {times})"


def table(reports: Iterable[Report]) -> Table:
    """Return the counts of several runs as a table, one backend a row."""
    found = Table(title="Conformance")
    found.add_column("backend")
    for status in STATUSES:
        found.add_column(status, justify="right")
    for report in reports:
        partial = "" if report.complete else " (partial)"
        counts = [str(count) if count else "·" for count in report.counts.values()]
        found.add_row(f"{report.backend}{partial}", *counts)
    return found
