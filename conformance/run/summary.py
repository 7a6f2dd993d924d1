"""A report in a few lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.table import Table

from ..known.causes import causes
from ..results.conformance import STATUSES, ConformanceReport

__all__ = ["lines", "table"]

# In this order, after what fails.
_SHOWN = ("error", "void", "worse", "new", "gone", "better")


def lines(report: ConformanceReport) -> Iterator[str]:
    """Yield what a person needs to know of a run."""
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    yield f"{versions} on {report.device}, {report.machine.model}"
    yield from _compared(report)
    yield from _known(report)
    for status in _SHOWN:
        for result in report.results:
            if result.status == status:
                label = status.upper() if result.fails else f"({status})"
                yield f"{label:8} {result.id}: {result.message}"
    counted = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
    failing = sum(result.fails for result in report.results)
    yield f"{len(report.results)} checks: {counted}; {failing or 'none'} failed"
    if report.unexplained:
        yield f"findings without a cause: {report.unexplained}"


def _compared(report: ConformanceReport) -> Iterator[str]:
    """Yield what the run was compared with, a line for each baseline."""
    if report.baseline is None:
        yield "held to the spec: there is no baseline of this framework"
        return
    for known in (report.baseline, *report.further):
        versions = ", ".join(f"{name} {version}" for name, version in known.versions.items())
        how = (
            "every difference fails"
            if known.strict
            else "not this environment: what is grossly worse fails, the rest is news"
        )
        of = f", {known.entries} entries" if report.further else ""
        yield f"baseline: {known.backend} on {known.environment} ({versions}){of}; {how}"


def _known(report: ConformanceReport) -> Iterator[str]:
    """Yield the causes of the known findings that were seen, each once."""
    seen = Counter(
        standing.cause
        for result in report.results
        for standing in result.standings
        if standing.status == "known"
    )
    for slug, count in seen.items():
        if slug is not None:
            times = "1 finding" if count == 1 else f"{count} findings"
            yield f"KNOWN    {slug}: {causes()[slug].what} ({times})"
    if seen[None]:
        yield f"KNOWN    without a cause: {seen[None]} findings"


def table(reports: Iterable[ConformanceReport]) -> Table:
    """Return the counts of several runs as a table, one backend a row."""
    found = Table(title="Conformance")
    found.add_column("backend", no_wrap=True)
    for status in STATUSES:
        found.add_column(status, justify="right")
    for report in reports:
        partial = "" if report.complete else " (partial)"
        counts = [str(count) if count else "·" for count in report.counts.values()]
        found.add_row(f"{report.backend}{partial}", *counts)
    return found
