"""A badge for each backend: how exact, what failed, and whether what was found is explained."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..results.conformance import ConformanceReport

__all__ = ["badge"]

# With shields.io's names of colours.
_FAILED, _CLEAN, _EXPLAINED, _UNEXPLAINED = "red", "brightgreen", "blue", "orange"


def badge(run: ConformanceReport) -> dict[str, Any]:
    """Return the endpoint of a badge, as shields.io reads it.

    Parameters
    ----------
    run : ConformanceReport
        A backend's run.

    Returns
    -------
    dict
        On how large a share of the accuracy checks the worst result was at most 1 ulp off, how many
        checks failed, how many causes explain findings, and how many findings have none.
    """
    grades = Counter(
        result.outcome.grade
        for result in run.results
        if result.outcome and result.outcome.grade and result.id.endswith("/ulp")
    )
    graded = sum(grades.values())
    # Rounded down: all of them are 100 %, and no fewer.
    parts = [f"A on {100 * grades['A'] // graded} %"] if graded else []
    causes = len({
        one.cause
        for result in run.results
        for one in result.standings
        if one.cause and one.status != "gone"
    })  # fmt: skip
    if failing := sum(result.fails for result in run.results):
        parts.append(f"{failing} failed")
    if causes:
        parts.append(f"{causes} cause{'s' if causes != 1 else ''}")
    parts.append(f"{run.unexplained} unexplained" if run.unexplained or not causes else "")
    if not run.complete:
        parts.append("partial")
    version = run.versions.get(run.family, "")
    return {
        "schemaVersion": 1,
        "label": f"actinit: {run.backend} {version}".strip(),
        "message": ", ".join(filter(None, parts)),
        "color": _colour(run, failed=bool(failing), explained=bool(causes)),
    }


def _colour(run: ConformanceReport, *, failed: bool, explained: bool) -> str:
    if failed:
        return _FAILED
    if run.unexplained:
        return _UNEXPLAINED
    return _EXPLAINED if explained else _CLEAN
