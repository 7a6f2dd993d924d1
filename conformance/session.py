"""A run of the suite on one backend: what was found, held against what was expected."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Divergence, backends

from .checks.base import LOAD, Check, Outcome
from .guard import Guarded
from .machine import environment, this_machine
from .report import Report, Result, Status

__all__ = ["Session"]


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
    """

    def __init__(self, adapter: Adapter, limit: float = 120.0, loaded_by: str = "") -> None:
        self.adapter = Guarded(adapter, limit)
        self._loaded_by = loaded_by or adapter.name
        self.results: list[Result] = []
        self._machine = this_machine()
        self.environment = environment(self._machine, adapter.versions())

    def run(self, check: Check) -> Result:
        """Run one check; whatever the backend does, a result comes back and is kept.

        Parameters
        ----------
        check : Check
            The check.

        Returns
        -------
        Result
            The outcome and the status that it has in this environment.
        """
        start = time.perf_counter()
        outcome: Outcome | None = None
        index: int | None = None
        status: Status
        try:
            outcome = check.run(self.adapter)
            index = self._listed(check)
            status, message = self._status(check, outcome, index)
        except NotOffered as reason:
            status, message = "not-offered", str(reason)
        except Exception as error:  # the backend's, of whatever kind: the others must still run
            index = self._listed(check)
            outcome = _raised(error)
            status, message = self._status(check, outcome, index)
            if status == "fail" and not isinstance(error, RuntimeWarning):
                status = "error"
        result = Result(
            id=check.id,
            entry=check.entry.name,
            family=check.entry.family,
            clause=check.clause,
            status=status,
            message=message,
            outcome=outcome,
            divergence=index,
            snippet=check.snippet(self.adapter, outcome).replace(LOAD, self._loaded_by),
            seconds=round(time.perf_counter() - start, 3),
        )
        self.results.append(result)
        return result

    def report(self, results: list[Result] | None = None, *, complete: bool) -> Report:
        """Return a report of results, by default of all that came of `run` so far."""
        return Report(
            backend=self.adapter.name,
            family=self.adapter.family,
            device=self.adapter.device,
            versions=self.adapter.versions(),
            machine=self._machine,
            environment=self.environment,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            complete=complete,
            results=self.results if results is None else results,
        )

    def _listed(self, check: Check) -> int | None:
        """Return the index of the entry's divergence that covers a check on this backend."""
        prefix = f"{check.entry.family}/{check.entry.name}/"
        below = check.id.removeprefix(prefix)
        for index, divergence in enumerate(check.entry.divergence):
            if divergence.covers(self.adapter.name) and any(
                fnmatchcase(below, pattern) for pattern in divergence.checks
            ):
                return index
        return None

    def _status(self, check: Check, outcome: Outcome, index: int | None) -> tuple[Status, str]:
        divergence = None if index is None else check.entry.divergence[index]
        if divergence is None:
            if outcome.conforms:
                return "pass", outcome.message
            return ("fail" if self._strict(None) else "news"), outcome.message
        if outcome.conforms:
            status: Status = "stale" if self._strict(divergence) else "news"
            return status, f"no longer shows: {divergence.what} ({outcome.message})"
        if outcome.kind != divergence.kind:
            status = "fail" if self._strict(divergence) else "news"
            return status, (
                f"{outcome.message} [the entry lists a finding of kind {divergence.kind!r}, "
                f"this is of kind {outcome.kind!r}]"
            )
        return "known", outcome.message

    def _strict(self, divergence: Divergence | None) -> bool:
        """Say whether a difference from the entry's list fails the run.

        Where the list was measured it must be true; elsewhere a difference is news. The reference,
        and an adapter that the spec does not know, are held to the spec everywhere.
        """
        if self.adapter.family == "numpy" or self.adapter.family not in backends():
            return True
        if self.environment is None:
            return False
        return divergence is None or self.environment in divergence.seen


def _raised(error: Exception) -> Outcome:
    """Return the outcome of a call that raised: a warning of NumPy's is an overflow inside."""
    kind = "non-finite" if isinstance(error, RuntimeWarning) else "definition"
    message = f"{type(error).__name__}: {error}"
    return Outcome(conforms=False, kind=kind, grade="F", message=message)
