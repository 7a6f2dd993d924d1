"""Baselines: the findings of a backend as they were measured once, one file per environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ..check import Finding
from ..kinds import Kind
from ..results.conformance import Report
from ..results.files import write_atomically
from ..results.machine import Machine, environment_name
from ..results.store import read

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
# Of results, right and wrong, and of ends of intervals, which are compared to a part of a binade.
_DIGITS, _END_DIGITS = 6, 4
# Fields that a list may leave out if they are those of the list before it.
_REPEATED = ("first", "last", "x", "got", "exact", "error")
REMEDY = "write one with: actinit baseline write BACKEND"


class KnownFinding(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A finding as a baseline keeps it: what it is compared by, and its worst input as hex.

    In the file it is a list in the order of these fields, which stand once in `Baseline.columns`:
    hundreds of findings with names at each number would be twice as large. A list that ends after
    `points` has the rest from the list before it, as arrangements of one input often do.
    """

    key: str
    kind: Kind
    count: int = 1
    points: int = 0
    first: str | None = None  #: The lowest input, as hex, to four hexadecimal digits.
    last: str = ""
    x: str = ""  #: The worst input; a row is shortened to its first numbers.
    got: str = ""
    exact: str = ""  #: To six hexadecimal digits.
    error: float | None = None  #: In the unit of the witness; none where it has no size.

    @classmethod
    def of(cls, finding: Finding) -> KnownFinding:
        """Return what is kept of a finding that has a kind."""
        assert finding.kind is not None
        worst = finding.worst
        error = worst.error if worst else None
        # What has no size is known only as it was, so that every digit counts.
        exactly = 13 if error is None else _DIGITS
        return cls(
            key=finding.key,
            kind=finding.kind,
            count=finding.count,
            points=finding.points,
            first=_short(finding.first_hex, digits=_END_DIGITS),
            last=_short(finding.last_hex, digits=_END_DIGITS),
            x=_short(worst.x_hex) if worst else "",
            got=_short(worst.got_hex, digits=exactly) if worst else "",
            exact=_short(worst.exact_hex, digits=_DIGITS) if worst else "",
            error=None if error is None else float(f"{error:.4g}"),
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
    columns: tuple[str, ...] = KnownFinding.__struct_fields__  #: Of the lists in `checks`.
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
    """Read a baseline; see `actinit.conformance.results.store.read` for what it may raise."""
    baseline = read(file, Baseline, REMEDY)
    checks = {check: list(_filled(known)) for check, known in baseline.checks.items()}
    return replace(baseline, checks=checks)


def _filled(known: Iterable[KnownFinding]) -> Iterator[KnownFinding]:
    """Yield findings with what their lists left out."""
    before: KnownFinding | None = None
    for one in known:
        if one.first is None:
            repeated = {name: getattr(before, name, "") for name in _REPEATED}
            one = replace(one, **repeated)
        yield one
        before = one


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


def _short(text: str, most: int = 4, digits: int = 13) -> str:
    """Shorten hexadecimal numbers: a row to its first ones, each without zeros at its end."""
    items = text.strip("[]").split(", ")
    shorter = [
        re.sub(r"\.?0*(?=p)", "", re.sub(rf"(\.[0-9a-f]{{{digits}}})[0-9a-f]*", r"\1", item))
        for item in items[:most]
    ]
    if not text.startswith("["):
        return shorter[0]
    return f"[{', '.join([*shorter, *(['...'] if len(items) > most else [])])}]"


def _text(baseline: Baseline) -> str:
    """Write a baseline as JSON with a line for each finding, so that a difference reads well."""
    encode = msgspec.json.Encoder().encode
    head = {
        "schema": baseline.schema,
        "backend": baseline.backend,
        "family": baseline.family,
        "header": baseline.header,
        "columns": baseline.columns,
    }
    lines = [f' "{name}": {encode(value).decode()},' for name, value in head.items()]
    checks = [_lines(name, known) for name, known in sorted(baseline.checks.items())]
    body = ",\n".join(checks)
    return "{\n" + "\n".join(lines) + '\n "checks": {' + (f"\n{body}\n " if body else "") + "}\n}\n"


def _lines(check: str, known: Sequence[KnownFinding]) -> str:
    lists = []
    for place, one in enumerate(known):
        values = msgspec.to_builtins(one)
        if place and all(
            getattr(one, name) == getattr(known[place - 1], name) for name in _REPEATED
        ):
            values = values[: -len(_REPEATED)]
        lists.append(f" {msgspec.json.encode(values).decode()}")
    found = ",\n".join(lists)
    return f'  "{check}": [\n{found}]'
