"""Baselines: the findings of a backend as they were measured once, one file per environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ..checks.base import Finding
from ..files import write_atomically
from ..kinds import Kind
from ..machine import Machine, environment_name
from ..records import read
from ..report import Report

__all__ = [
    "BASELINES",
    "Baseline",
    "Header",
    "KnownFinding",
    "known_baselines",
    "load_baseline",
    "of_report",
    "save_baseline",
]

#: The project's own.
BASELINES = Path(__file__).parent / "baselines"
SCHEMA_ID = "actinit-baseline-1"
REMEDY = "write one with: actinit baseline write BACKEND"


class KnownFinding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding as a baseline keeps it: what it is compared by, and its worst input as hex."""

    key: str
    kind: Kind
    defect: str
    first: str = ""  #: The lowest input, as hex.
    last: str = ""
    count: int = 1
    points: int = 0
    x: str = ""  #: The worst input; a row is shortened to its ends.
    got: str = ""
    exact: str = ""
    error: float | None = None  #: In the unit of the witness; none where it has no size.

    @classmethod
    def of(cls, finding: Finding) -> KnownFinding:
        """Return what is kept of a finding that has a kind."""
        assert finding.kind is not None
        worst = finding.worst
        return cls(
            key=finding.key,
            kind=finding.kind,
            defect=finding.defect,
            first=finding.first_hex,
            last=finding.last_hex,
            count=finding.count,
            points=finding.points,
            x=_short(worst.x_hex) if worst else "",
            got=_short(worst.got_hex) if worst else "",
            exact=_short(worst.exact_hex) if worst else "",
            error=None if worst is None or worst.error is None else float(f"{worst.error:.6g}"),
        )


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a baseline was measured."""

    versions: dict[str, str]
    platform: str  #: Such as ``linux-x86_64``.
    cpu: str  #: Vendor.
    simd: str  #: Widest vector instructions.
    device: str
    date: str  #: ISO 8601, UTC.


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of one complete run, by check."""

    schema: str = SCHEMA_ID
    backend: str
    family: str
    header: Header
    checks: dict[str, list[KnownFinding]]

    @property
    def environment(self) -> str:
        """Name of the folder that it belongs in: platform, vendor and vector instructions."""
        return environment_name(self.header.platform, self.header.cpu, self.header.simd)


def of_report(report: Report) -> Baseline:
    """Return the baseline that a report makes.

    Raises
    ------
    ValueError
        If the run was narrowed or cut short, or a check of it was void: such a run knows nothing of
        what it did not ask.
    """
    if not report.complete:
        raise ValueError(
            f"the run of {report.backend} is incomplete ({len(report.results)} checks), and a "
            f"baseline needs every check: run actinit check {report.backend} without -k, to its end"
        )
    if void := [result.id for result in report.results if result.status == "void"]:
        raise ValueError(
            f"{len(void)} checks of the run are void, the first {void[0]}: their controls were "
            "not caught, so that they say nothing; mend the checks first"
        )
    checks = {
        result.id: [KnownFinding.of(one) for one in result.outcome.findings if one.kind]
        for result in report.results
        if result.outcome and not result.outcome.conforms
    }
    machine = report.machine
    return Baseline(
        backend=report.backend,
        family=report.family,
        header=Header(
            versions=report.versions,
            platform=machine.platform,
            cpu=machine.cpu,
            simd=machine.simd,
            device=report.device,
            date=report.date,
        ),
        checks=checks,
    )


def save_baseline(baseline: Baseline, folder: Path = BASELINES, file: Path | None = None) -> Path:
    """Write a baseline, a finding a line.

    Parameters
    ----------
    baseline : Baseline
        What to write.
    folder : Path, optional
        Where baselines are kept; the file is ``<environment>/<backend>.json`` there.
    file : Path, optional
        Another file.

    Returns
    -------
    Path
        The file.
    """
    name = re.sub(r"[^\w.-]+", "-", baseline.backend)
    file = file or folder / baseline.environment / f"{name}.json"
    write_atomically(file, _text(baseline).encode())
    return file


def load_baseline(file: Path) -> Baseline:
    """Read a baseline; see `actinit.conformance.records.read` for what it may raise."""
    return read(file, Baseline, REMEDY)


def known_baselines(folder: Path = BASELINES) -> list[Baseline]:
    """Read all baselines of a folder.

    Raises
    ------
    ValueError
        If a file is no baseline, stands where its own header does not put it, or there are two of
        one backend and environment.
    """
    found: dict[tuple[str, str], Path] = {}
    baselines = []
    for file in sorted(folder.glob("*/*.json")):
        baseline = load_baseline(file)
        key = (baseline.backend, baseline.environment)
        if key in found:
            raise ValueError(
                f"{file} and {found[key]} are both baselines of {key[0]} on {key[1]}; keep one, "
                "the one that its newest run wrote"
            )
        if file.parent.name != baseline.environment:
            raise ValueError(
                f"{file} was measured on {baseline.environment}, so it belongs in "
                f"{folder / baseline.environment}; move it there, or write it anew"
            )
        found[key] = file
        baselines.append(baseline)
    return baselines


def nearest(
    baselines: Iterable[Baseline], backend: str, family: str, machine: Machine,
    versions: dict[str, str],
) -> Baseline | None:  # fmt: skip
    """Return the baseline that is nearest to a run, or None if its framework has none.

    Nearest is the same framework, then the same mode, platform and vector instructions, vendor, and
    version, in this order.
    """
    of_family = [one for one in baselines if one.family == family]

    def nearness(one: Baseline) -> tuple[bool, ...]:
        header = one.header
        return (
            one.backend == backend,
            header.platform == machine.platform,
            header.simd == machine.simd,
            header.cpu == machine.cpu,
            _public(header.versions) == _public(versions),
        )

    return max(of_family, key=lambda one: (nearness(one), one.header.date), default=None)


def is_own(baseline: Baseline, backend: str, machine: Machine, versions: dict[str, str]) -> bool:
    """Say whether a run is one of the very environment in which a baseline was measured."""
    header = baseline.header
    return (
        baseline.backend == backend
        and (header.platform, header.cpu, header.simd)
        == (machine.platform, machine.cpu, machine.simd)
        and _public(header.versions) == _public(versions)
    )


def _public(versions: dict[str, str]) -> dict[str, str]:
    """Return versions without their local parts, such as ``+cpu``."""
    return {name: version.partition("+")[0] for name, version in versions.items()}


def _short(text: str, most: int = 4) -> str:
    """Shorten a row of numbers to its first ones."""
    items = text.strip("[]").split(", ")
    if len(items) <= most or not text.startswith("["):
        return text
    return f"[{', '.join(items[:most])}, ...]"


def _text(baseline: Baseline) -> str:
    """Write a baseline as JSON with a line for each finding, so that a difference reads well."""
    encode = msgspec.json.Encoder().encode
    head = {
        "schema": baseline.schema,
        "backend": baseline.backend,
        "family": baseline.family,
        "header": baseline.header,
    }
    lines = [f' "{name}": {encode(value).decode()},' for name, value in head.items()]
    checks = [_lines(name, known) for name, known in sorted(baseline.checks.items())]
    body = ",\n".join(checks)
    return "{\n" + "\n".join(lines) + '\n "checks": {' + (f"\n{body}\n " if body else "") + "}\n}\n"


def _lines(check: str, known: Sequence[KnownFinding]) -> str:
    found = ",\n".join(f"   {msgspec.json.encode(one).decode()}" for one in known)
    return f'  "{check}": [\n{found}\n  ]'
