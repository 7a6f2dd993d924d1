"""Baselines: what was measured of a backend once, and which of them a run is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ..results.baseline import Baseline, Header, KnownFinding, entry_of
from ..results.conformance import ConformanceReport
from ..results.machine import Machine

__all__ = ["extended", "is_own", "knowing", "nearest", "of_report"]


def of_report(report: ConformanceReport, checks: Iterable[str] | None = None) -> Baseline:
    """Return the baseline that a report makes.

    Parameters
    ----------
    report : ConformanceReport
        Of a complete run, or of a narrowed one if `checks` are given.
    checks : iterable of str, optional
        The ids of all checks that there are. The baseline is one of the entries of which all of
        these were asked.

    Returns
    -------
    Baseline
        With the entries that were asked.

    Raises
    ------
    ValueError
        If the run was cut short and no `checks` are given, if it asked no entry whole, or if a
        check of it was void: such a run knows nothing of what it did not ask.
    """
    ran = {result.id for result in report.results}
    asked = {entry_of(id) for id in ran}
    if checks is not None:
        lacking = {entry_of(id) for id in set(checks) - ran}
        if not asked - lacking:
            raise ValueError(
                f"the run of {report.backend} asked no entry whole ({len(ran)} checks of "
                f"{', '.join(sorted(asked)) or 'none'}); ask all checks of one, such as: "
                f"actinit check {report.backend} -k gelu"
            )
        asked -= lacking
    elif not report.complete:
        raise ValueError(
            f"the run of {report.backend} is incomplete ({len(report.results)} checks), and a "
            f"baseline needs every check: run actinit check {report.backend} without -k, to its "
            f"end; or add the entries that were asked whole: actinit baseline extend "
            f"{report.backend}"
        )
    if void := [result.id for result in report.results if result.status == "void"]:
        raise ValueError(
            f"{len(void)} checks of the run are void, the first {void[0]}: their controls were "
            "not caught, so that they say nothing; mend the checks first"
        )
    found = {
        result.id: [KnownFinding.of(one) for one in result.outcome.findings if one.kind]
        for result in report.results
        if entry_of(result.id) in asked and result.outcome and not result.outcome.conforms
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
        asked=sorted(asked),
        checks=found,
    )


def extended(baseline: Baseline, more: Baseline) -> Baseline:
    """Return a baseline with the entries of a later one of its environment, added or measured anew.

    Raises
    ------
    ValueError
        If they are of two backends, environments or versions, or the first does not say what it
        was asked: then nothing tells which of its entries the later one replaces.
    """
    for what, before, after in (
        ("of the backend", baseline.backend, more.backend),
        ("measured on", baseline.environment, more.environment),
        ("of versions", _public(baseline.header.versions), _public(more.header.versions)),
    ):
        if before != after:
            raise ValueError(
                f"the baseline is {what} {before}, and the run is {what} {after}; write one anew "
                f"of a complete run: actinit baseline write {more.backend}"
            )
    if not baseline.asked:
        raise ValueError(
            "the baseline does not say which entries it was asked; write it anew of a complete "
            f"run: actinit baseline write {more.backend}"
        )
    kept = {id: known for id, known in baseline.checks.items() if not more.knows(id)}
    return replace(
        more, asked=sorted({*baseline.asked, *more.asked}), checks={**kept, **more.checks}
    )


def nearest(
    baselines: Iterable[Baseline], backend: str, family: str, device: str, machine: Machine,
    versions: dict[str, str],
) -> list[Baseline]:  # fmt: skip
    """Return the baselines of a run's framework, the nearest to the run first.

    Nearest is the same mode, device, platform and vector instructions, vendor, and version, in this
    order.
    A check is compared with the first that was asked its entry.
    """
    of_family = [one for one in baselines if one.family == family]

    def nearness(one: Baseline) -> tuple[bool, ...]:
        header = one.header
        return (
            one.backend == backend,
            header.device == device,
            header.platform == machine.platform,
            header.simd == machine.simd,
            header.cpu == machine.cpu,
            _public(header.versions) == _public(versions),
        )

    return sorted(of_family, key=lambda one: (nearness(one), one.header.date), reverse=True)


def knowing(baselines: Iterable[Baseline], check: str) -> Baseline | None:
    """Return the first baseline that was asked the entry of a check, given by its id."""
    return next((one for one in baselines if one.knows(check)), None)


def is_own(
    baseline: Baseline, backend: str, device: str, machine: Machine, versions: dict[str, str]
) -> bool:
    """Say whether a run is one of the very environment in which a baseline was measured."""
    header = baseline.header
    return (
        (baseline.backend, header.device) == (backend, device)
        and (header.platform, header.cpu, header.simd)
        == (machine.platform, machine.cpu, machine.simd)
        and _public(header.versions) == _public(versions)
    )


def _public(versions: dict[str, str]) -> dict[str, str]:
    """Return versions without their local parts, such as ``+cpu``."""
    return {name: version.partition("+")[0] for name, version in versions.items()}
