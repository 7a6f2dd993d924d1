"""A run of the suite on one backend: what was found, held against what was measured before."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from actinit.adapters import Adapter, NotOffered

from ..backend.guard import Guarded, message_of
from ..check import LOAD, Check, Finding, Outcome
from ..controls import control
from ..kinds import Kind
from ..known.baseline import is_own, knowing, nearest
from ..known.causes import explained
from ..known.compare import compare, gravest
from ..known.files import known_baselines, load_baseline
from ..results.baseline import Baseline, KnownFinding, entry_of
from ..results.conformance import Compared, ConformanceReport, Result, Status
from ..results.machine import this_machine
from ..results.standing import Standing
from ..undiagnosed import undiagnosed

__all__ = ["Session"]

# What backends say where they do not implement something, beside NotImplementedError.
_UNSUPPORTED = (
    "not implemented",
    "not supported",
    "unsupported",
    "unimplemented",
    "not registered",
)


class Session:
    """Runs checks on a backend and keeps the results.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    limit : float, optional
        Seconds that one call of the backend may take.
    loaded_by : str, optional
        What to give `actinit.adapters.load` to get the backend, for the lines that are shown to be
        pasted; by default its name.
    baseline : Path, optional
        A baseline of the caller's own; by default the nearest that the project has.
    strict : bool, optional
        Whether every difference from the baseline fails, wherever it was measured.
    controls : bool, optional
        Whether each check is also asked of a copy of the backend with a planted fault.

    Raises
    ------
    ValueError
        If the baseline is of another backend, or no baseline.
    OSError
        If it cannot be read.
    """

    def __init__(
        self,
        adapter: Adapter,
        limit: float = 120.0,
        loaded_by: str = "",
        *,
        baseline: Path | None = None,
        strict: bool = False,
        controls: bool = False,
    ) -> None:
        self.adapter = Guarded(adapter, limit)
        self.limit = limit
        self._loaded_by = loaded_by or adapter.name
        self._controls = controls
        self.results: list[Result] = []
        self._machine, self._device = this_machine(), self.adapter.device
        self._baselines = self._chosen(baseline)
        self._strict = strict

    def run(self, check: Check) -> Result:
        """Run one check; whatever the backend does, a result comes back and is kept.

        Parameters
        ----------
        check : Check
            The check.

        Returns
        -------
        Result
            The outcome and how it stands to the baseline.
        """
        start = time.perf_counter()
        try:
            outcome: Outcome | None = check.run(self.adapter)
        except NotOffered as reason:
            outcome, message = None, message_of(reason)
        except Exception as error:  # the backend's, of whatever kind: the others must still run
            outcome = raised(error)
        if outcome is None:
            result = self._result(check, None, "not-offered", message, fails=False)
        else:
            result = self._judged(check, outcome)
        if self._controls and not self._caught(check, outcome):
            result = replace(
                result, status="void", fails=True,
                message=f"a planted fault was not seen, so that the check says nothing; it said: "
                f"{result.message}",
            )  # fmt: skip
        result = replace(result, seconds=round(time.perf_counter() - start, 3))
        self.results.append(result)
        return result

    def report(self, results: list[Result] | None = None, *, complete: bool) -> ConformanceReport:
        """Return a report of results, by default of all that came of `run` so far."""
        results = self.results if results is None else results
        compared = self._compared(results)
        return ConformanceReport(
            backend=self.adapter.name,
            family=self.adapter.family,
            device=self._device,
            versions=self.adapter.versions(),
            machine=self._machine,
            baseline=compared[0] if compared else None,
            further=compared[1:],
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            complete=complete,
            results=results,
        )

    def _compared(self, results: Sequence[Result]) -> list[Compared]:
        """Return the baselines that results were compared with, that of most entries first."""
        entries = dict.fromkeys(entry_of(result.id) for result in results)
        used = Counter(
            place
            for entry in entries
            for place, one in enumerate(self._baselines)
            if one is knowing(self._baselines, entry)
        )
        # A run without a result says all the same what it would be compared with.
        places = [place for place, _ in used.most_common()] or [*range(len(self._baselines))][:1]
        return [
            Compared(
                backend=known.backend,
                environment=known.environment,
                versions=known.header.versions,
                date=known.header.date,
                strict=self._strict or self._is_own(known),
                entries=used[place],
            )
            for place, known in ((place, self._baselines[place]) for place in places)
        ]

    def _chosen(self, file: Path | None) -> list[Baseline]:
        """Return the baseline of the caller's own, or the project's, the nearest first."""
        adapter = self.adapter
        if file is None:
            return nearest(
                known_baselines(), adapter.name, adapter.family, self._device, self._machine,
                adapter.versions(),
            )  # fmt: skip
        baseline = load_baseline(file)
        if baseline.backend != adapter.name:
            raise ValueError(
                f"{file} is a baseline of {baseline.backend}, not of {adapter.name}; "
                f"write one with: actinit baseline write {adapter.name} --output FILE"
            )
        return [baseline]

    def _is_own(self, baseline: Baseline | None) -> bool:
        # Without a baseline, or where it has no finding, a backend is held to the spec.
        if baseline is None or not baseline.checks:
            return True
        versions = self.adapter.versions()
        return is_own(baseline, self.adapter.name, self._device, self._machine, versions)

    def _judged(self, check: Check, outcome: Outcome) -> Result:
        """Return the result of an outcome: how its findings stand to the baseline."""
        baseline = knowing(self._baselines, check.id)
        known = baseline.checks.get(check.id, []) if baseline else []
        standings = explained(check, outcome, self.adapter.name, compare(outcome.findings, known))
        status: Status = gravest(standings)  # type: ignore[assignment]
        is_error = any(
            one.kind in ("error", "unsupported") and standing.status in ("new", "worse")
            for one in outcome.findings
            for standing in standings
            if standing.key == one.key
        )
        changed = [one for one in standings if one.status != "known"]
        strict = self._strict or self._is_own(baseline)
        fails = bool(changed) if strict else any(one.gross for one in changed)
        message = outcome.message
        if known and changed:
            told = "; ".join(
                f"{one.status}: {one.key}" + (f" ({one.why})" if one.why else "")
                for one in changed[:3]
            )
            message = f"{message} [{told}]"
        return self._result(
            check, outcome, "error" if is_error else status, message, fails, standings
        )

    def _result(
        self,
        check: Check,
        outcome: Outcome | None,
        status: Status,
        message: str,
        fails: bool,
        standings: Sequence[Standing] = (),
    ) -> Result:
        return Result(
            id=check.id,
            entry=check.entry.name,
            family=check.entry.family,
            clause=check.clause,
            status=status,
            fails=fails,
            message=message,
            outcome=outcome,
            standings=list(standings),
            snippet=check.snippet(self.adapter, outcome).replace(LOAD, _in_quotes(self._loaded_by)),
            seconds=0.0,
        )

    def _caught(self, check: Check, outcome: Outcome | None) -> bool:
        """Ask a copy of the backend with a planted fault; say whether the check saw it."""
        if outcome is None:
            return True  # what is not offered has nothing to plant a fault in
        try:
            with undiagnosed():
                faulty = check.run(Guarded(control(check)(self.adapter), self.limit))
        except NotOffered:
            return False
        except Exception:
            return True
        known = [KnownFinding.of(one) for one in outcome.findings if one.kind]
        return any(one.status in ("new", "worse") for one in compare(faulty.findings, known))


def _in_quotes(text: str) -> str:
    """Return a text as it stands between double quotes in Python: a command may have some."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def raised(error: Exception) -> Outcome:
    """Return the outcome of a call that raised: an error, or what a backend says it lacks."""
    text = message_of(error)
    kind: Kind = "error"
    if isinstance(error, NotImplementedError) or any(word in text.lower() for word in _UNSUPPORTED):
        kind = "unsupported"
    name = type(error).__name__
    message = f"{name}: {text[:400]}"
    finding = Finding(key=f"raised/{name}", kind=kind, defect="raised", sentence=message)
    return Outcome.diverging([finding], grade=None if kind == "unsupported" else "F")
