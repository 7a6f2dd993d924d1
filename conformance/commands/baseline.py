"""``actinit baseline``: write what a backend is known for, add to it, or show what changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..known.baseline import extended, knowing, nearest, of_report
from ..known.compare import compare
from ..known.files import BASELINES, known_baselines, load_baseline, place_of, save_baseline
from ..results.baseline import Baseline, KnownFinding
from ..results.conformance import ConformanceReport
from ..results.store import read
from .errors import told
from .options import results_option

__all__ = ["add_arguments", "differences"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs ``write``, ``extend`` and ``diff``."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    write = verbs.add_parser("write", help="record what the last complete run measured")
    extend = verbs.add_parser(
        "extend",
        help="add the entries that the last run, which may be narrowed by -k, asked whole",
    )
    diff = verbs.add_parser("diff", help="show what the last complete run changed")
    for verb in (write, extend, diff):
        verb.add_argument(
            "backend", help="name of a backend, such as torch, as its results have it"
        )
        results_option(verb)
    for verb in (write, extend):
        place = verb.add_mutually_exclusive_group()
        place.add_argument("--output", type=Path, metavar="FILE", help="a list of your own")
        place.add_argument(
            "--folder", type=Path, default=BASELINES, metavar="DIR",
            help="where baselines are kept, a folder for each environment (default: the project's)",
        )  # fmt: skip
    diff.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="compare with this one, a file or folder, not the nearest",
    )
    write.set_defaults(run=_write)
    extend.set_defaults(run=_extend)
    diff.set_defaults(run=_diff)


def differences(before: Sequence[Baseline], after: Baseline) -> Iterator[str]:
    """Yield a line for each finding that is not as the first baseline that knows its entry has it.

    Parameters
    ----------
    before : sequence of Baseline
        The nearest first.
    after : Baseline
        What was measured now.
    """
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

    for check in sorted({*after.checks}.union(*(one.checks for one in before))):
        known = knowing(before, check)
        found = [finding(one) for one in after.checks.get(check, [])]
        if not after.knows(check):
            continue
        for standing in compare(found, known.checks.get(check, []) if known else []):
            if standing.status != "known":
                why = f" ({standing.why})" if standing.why else ""
                yield f"{standing.status.upper():7} {check} {standing.key}{why}"


def _write(options: argparse.Namespace) -> int:
    try:
        after = of_report(_report(options))
        file = save_baseline(after, options.folder, options.output)
    except (ValueError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    _tell(file, after)
    return 0


def _extend(options: argparse.Namespace) -> int:
    from ..plan import plan

    try:
        more = of_report(_report(options, partial=True), (check.id for check in plan()))
        file = options.output or place_of(more, options.folder)
        after = extended(load_baseline(file), more) if file.exists() else more
        save_baseline(after, options.folder, options.output)
    except (ValueError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    print(f"measured: {', '.join(more.asked)}")
    _tell(file, after)
    return 0


def _tell(file: Path, baseline: Baseline) -> None:
    count = sum(map(len, baseline.checks.values()))
    print(
        f"{file}: {count} findings in {len(baseline.checks)} checks of {len(baseline.asked)} "
        "entries"
    )


def _diff(options: argparse.Namespace) -> int:
    try:
        report = _report(options)
        after = of_report(report)
        before = (
            [load_baseline(options.baseline)]
            if options.baseline
            else nearest(
                known_baselines(),
                report.backend,
                report.family,
                report.device,
                report.machine,
                report.versions,
            )
        )
        if not before:
            raise ValueError(
                f"there is no baseline of {report.backend} or its framework; "
                f"write one with: actinit baseline write {report.backend}"
            )
        if options.baseline and before[0].backend != report.backend:
            raise ValueError(
                f"{options.baseline} is a baseline of {before[0].backend}, not of {report.backend}"
            )
    except (ValueError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    changed = list(differences(before, after))
    for one in before:
        if any(one is knowing(before, entry) for entry in after.asked):
            print(f"compared with {one.backend} on {one.environment}, {one.header.date}")
    print("\n".join(changed) if changed else "no finding changed")
    return int(bool(changed))


def _report(options: argparse.Namespace, *, partial: bool = False) -> ConformanceReport:
    """Read the last run; with `partial` the last narrowed one, where there is one."""
    from ..run.collector import file_name

    file = options.results / f"conformance-{file_name(options.backend)}.json"
    narrowed = file.with_suffix(".partial.json")
    if partial and narrowed.exists():
        file = narrowed
    if not file.exists():
        hint = f"; {narrowed} is of an incomplete run" if narrowed.exists() else ""
        raise ValueError(f"there is no {file}{hint}; run: actinit check {options.backend}")
    return read(file, ConformanceReport)
