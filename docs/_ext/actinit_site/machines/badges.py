"""A badge for each backend: how exact, how many findings, and whether they were expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from actinit.conformance import report

from ..content.departures import Departure, of_run
from ..results import Measured

__all__ = ["badge"]

# From the best that can be said of a run to the worst, with shields.io's names of colours.
_COLOURS = {"pass": "brightgreen", "known": "blue", "news": "orange", "fail": "red"}


def badge(run: report.Report, found: Iterable[Departure]) -> dict[str, Any]:
    """Return the endpoint of a badge, as shields.io reads it.

    Parameters
    ----------
    run : Report
        A backend's run.
    found : iterable of Departure
        The ways in which backends depart from the spec, of all runs.
    """
    grades = Counter(
        measured.grade
        for result in run.results
        if (measured := Measured(run, result)).grade and result.id.endswith("/ulp")
    )
    graded = sum(grades.values())
    # Rounded down: all of them are 100 %, and no fewer.
    parts = [f"A on {100 * grades['A'] // graded} %"] if graded else []
    own = len(of_run(found, run))
    parts.append(f"{own} finding{'s' if own != 1 else ''}")
    if not run.complete:
        parts.append("partial")
    version = run.versions.get(run.family, "")
    return {
        "schemaVersion": 1,
        "label": f"actinit: {run.backend} {version}".strip(),
        "message": ", ".join(parts),
        "color": _COLOURS[_verdict(run)],
    }


def _verdict(run: report.Report) -> str:
    counts = run.counts
    if any(counts[status] for status in report.FAILING):
        return "fail"
    return next((status for status in ("news", "known") if counts[status]), "pass")
