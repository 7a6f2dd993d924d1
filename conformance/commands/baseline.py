"""``actinit baseline``: write what a backend is known for, or show what changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from ..known.baseline import (
    BASELINES,
    known_baselines,
    load_baseline,
    nearest,
    of_report,
    save_baseline,
)
from ..known.compare import compare
from ..results.baseline import Baseline, KnownFinding
from ..results.conformance import ConformanceReport
from ..results.store import read
from .options import results_option

__all__ = ["add_arguments", "differences"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs ``write`` and ``diff``."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    write = verbs.add_parser("write", help="record what the last complete run measured")
    diff = verbs.add_parser("diff", help="show what the last complete run changed")
    for verb in (write, diff):
        verb.add_argument(
            "backend", help="name of a backend, such as torch, as its results have it"
        )
        results_option(verb)
    place = write.add_mutually_exclusive_group()
    place.add_argument("--output", type=Path, metavar="FILE", help="a list of your own")
    place.add_argument(
        "--folder", type=Path, default=BASELINES, metavar="DIR",
        help="where baselines are kept, a folder for each environment (default: the project's)",
    )  # fmt: skip
    diff.add_argument(
        "--baseline", type=Path, metavar="FILE", help="compare with this one, not the nearest"
    )
    write.set_defaults(run=_write)
    diff.set_defaults(run=_diff)


def differences(baseline: Baseline, after: Baseline) -> Iterator[str]:
    """Yield a line for each finding that is not as the first baseline has it."""
    from ..check import Finding, Witness

    def finding(one: KnownFinding) -> Finding:
        worst = Witness(
            x=one.x, x_hex=one.x, got=one.got, got_hex=one.got, exact=one.exact,
            exact_hex=one.exact, error=one.error, budget=0.0,
        )  # fmt: skip
        return Finding(
            key=one.key, kind=one.kind, defect=one.key, sentence="", first_hex=one.first or "",
            last_hex=one.last, count=one.count, points=one.points, worst=worst if one.got else None,
        )  # fmt: skip

    for check in sorted({*baseline.checks, *after.checks}):
        found = [finding(one) for one in after.checks.get(check, [])]
        for standing in compare(found, baseline.checks.get(check, [])):
            if standing.status != "known":
                why = f" ({standing.why})" if standing.why else ""
                yield f"{standing.status.upper():7} {check} {standing.key}{why}"


def _write(options: argparse.Namespace) -> int:
    try:
        after = of_report(_report(options))
        file = save_baseline(after, options.folder, options.output)
    except (ValueError, OSError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    count = sum(map(len, after.checks.values()))
    print(f"{file}: {count} findings in {len(after.checks)} checks")
    return 0


def _diff(options: argparse.Namespace) -> int:
    try:
        report = _report(options)
        after = of_report(report)
        before = (
            load_baseline(options.baseline)
            if options.baseline
            else nearest(
                known_baselines(), report.backend, report.family, report.machine, report.versions
            )
        )
        if before is None:
            raise ValueError(
                f"there is no baseline of {report.backend} or its framework; "
                f"write one with: actinit baseline write {report.backend}"
            )
        if before.backend != report.backend and options.baseline:
            raise ValueError(
                f"{options.baseline} is a baseline of {before.backend}, not of {report.backend}"
            )
    except (ValueError, OSError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    print(f"compared with {before.backend} on {before.environment}, {before.header.date}")
    changed = list(differences(before, after))
    print("\n".join(changed) if changed else "no finding changed")
    return int(bool(changed))


def _report(options: argparse.Namespace) -> ConformanceReport:
    from ..run.collector import file_name

    file = options.results / f"conformance-{file_name(options.backend)}.json"
    if not file.exists():
        partial = file.with_suffix(".partial.json")
        hint = f"; {partial} is of an incomplete run" if partial.exists() else ""
        raise ValueError(f"there is no {file}{hint}; run: actinit check {options.backend}")
    return read(file, ConformanceReport)
