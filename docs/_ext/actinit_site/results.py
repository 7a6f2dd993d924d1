"""Reading the results folders; whatever is missing there is None or absent, not an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from actinit.adapters import frameworks
from actinit.conformance.check import Finding, Grade, Outcome
from actinit.conformance.history.since import ReleaseRange, ranges
from actinit.conformance.history.snapshots import snapshots
from actinit.conformance.known.causes import Cause, causes
from actinit.conformance.known.files import BASELINES, known_baselines
from actinit.conformance.results import registry
from actinit.conformance.results.accuracy import Accuracies
from actinit.conformance.results.answers import Answers
from actinit.conformance.results.baseline import Baseline
from actinit.conformance.results.bench import SweepBench, TrainingBench
from actinit.conformance.results.claims import Claims
from actinit.conformance.results.conformance import ConformanceReport, Result
from actinit.conformance.results.curves import Curves
from actinit.conformance.results.depth import DepthReport
from actinit.conformance.results.differences import Differences, Pair
from actinit.conformance.results.dispatch import Dispatch
from actinit.conformance.results.exhaustive import ExhaustiveReport, Swept
from actinit.conformance.results.exports import Exports
from actinit.conformance.results.history import Snapshot
from actinit.conformance.results.layers import Layers
from actinit.conformance.results.parity import ParityReport
from actinit.conformance.results.power import Power
from actinit.conformance.results.propagation import Propagation
from actinit.conformance.results.rounding import CorrectRounding
from actinit.conformance.results.signals import Signals
from actinit.conformance.results.standing import Standing
from actinit.conformance.results.store import Record, read
from actinit.conformance.results.study import Study
from actinit.conformance.results.training import TrainingReport
from actinit.conformance.results.vectors import VectorFile, VectorFiles
from actinit.conformance.training import results as training
from actinit.conformance.training.errors import TrainingError
from actinit.spec import AnyEntry

__all__ = ["KNOWN", "Exhaustive", "Measured", "Results", "of_build"]

#: Where the project keeps its causes and baselines.
KNOWN = BASELINES.parent

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Measured:
    """One check of one backend."""

    report: ConformanceReport
    result: Result

    @property
    def grade(self) -> Grade | None:
        """The grade, where one was given."""
        return self.result.outcome.grade if self.result.outcome else None

    @property
    def error(self) -> float | None:
        """The error in ulp of the input that has the grade; None where it has no size."""
        outcome = self.result.outcome
        return outcome.measured.get("graded_ulp") if outcome and outcome.grade else None

    @property
    def kind(self) -> str | None:
        """The gravest kind of what was found."""
        return self.result.outcome.kind if self.result.outcome else None

    @property
    def findings(self) -> list[Finding]:
        """What diverges."""
        return _diverging(self.result.outcome)

    @property
    def standings(self) -> dict[str, Standing]:
        """How each finding stands to the baseline, by key; those that are gone too."""
        return {one.key: one for one in self.result.standings}


@dataclass(frozen=True)
class Exhaustive:
    """All float32 inputs, or as many as were asked, of one function and part on one backend."""

    report: ExhaustiveReport
    swept: Swept

    @property
    def anchor(self) -> str:
        """The id of its row on the page of the function."""
        return f"exhaustive/{self.swept.part}@{self.report.backend}"

    @property
    def error(self) -> float:
        """The largest error in ulp; infinity if a result is nan or infinite and should not be."""
        found = self.swept.outcome.measured
        return math.inf if found.get("nonfinite") else found["max_ulp"]

    @property
    def findings(self) -> list[Finding]:
        """What diverges, by interval."""
        return _diverging(self.swept.outcome)

    @property
    def notes(self) -> list[Finding]:
        """What conforms and was noted."""
        return [found for found in self.swept.outcome.findings if found.kind is None]


@dataclass(frozen=True)
class Results:
    """What the files of results folders hold.

    Parameters
    ----------
    folder : Path
        With ``conformance-*.json``, ``answers-*.json``, ``training-*.json`` and ``curves.json``, or
        some of them, or none.
    snapshots : Path, optional
        With what takes too long to be measured for each build and is kept with the sources:
        ``exhaustive-*.json``, ``reference-accuracy.json``, ``correct-rounding.json``,
        ``bench-sweep.json``, ``statistics-power.json``, ``parity-*.json``, ``signals-*.json``,
        ``depth.json``. Such files in `folder` count too: of two that tell of the same, the more
        complete one, and of those the later. So a fresh run is shown at once, and an interrupted
        one hides nothing.
    known : Path, optional
        With the folders ``causes`` and ``baselines``; by default the project's own.
    """

    folder: Path
    snapshots: Path | None = None
    known: Path = KNOWN

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """Why backends diverge, by slug."""
        return _read(causes, self.known / "causes")

    @cached_property
    def baselines(self) -> list[Baseline]:
        """The findings that were measured before, backend by backend."""
        found = _read(known_baselines, self.known / "baselines")
        return sorted(found, key=lambda one: (*_place(one.family, one.backend), one.environment))

    @cached_property
    def reports(self) -> list[ConformanceReport]:
        """The conformance runs, family by family.

        Of several of one backend the complete one counts, and of those the latest.
        """
        found = self._records(ConformanceReport)
        best = {run.backend: run for run in sorted(found, key=lambda r: (r.complete, r.date))}
        return sorted(best.values(), key=lambda run: _place(run.family, run.backend))

    @cached_property
    def answers(self) -> list[Answers]:
        """What backends returned at the inputs that are stored; which run counts as for reports."""
        found = self._records(Answers)
        best = {run.backend: run for run in sorted(found, key=lambda r: (r.complete, r.date))}
        return sorted(best.values(), key=lambda run: _place(run.family, run.backend))

    @cached_property
    def trainings(self) -> list[TrainingReport]:
        """The training runs, the reference first, then by name."""
        return _read(training.collect, [at for at in (self.folder, self.snapshots) if at])

    @cached_property
    def studies(self) -> dict[str, Study]:
        """What the training runs come to, by experiment."""
        return {one.experiment: one for one in self._records(Study)}

    @cached_property
    def layers(self) -> dict[str, Layers]:
        """What went on inside of the networks, by experiment; of each the latest."""
        found = self._records(Layers, kept=True)
        return {one.experiment: one for one in sorted(found, key=lambda one: one.date)}

    @cached_property
    def signals(self) -> dict[str, Signals]:
        """What theory predicts of networks, by experiment; a fresh file before a kept one."""
        found = self._records(Signals, kept=True)
        return {one.experiment: one for one in reversed(found)}

    @cached_property
    def curves(self) -> Curves | None:
        """The points of the plots."""
        return next(iter(self._records(Curves)), None)

    @cached_property
    def exhaustive(self) -> list[Exhaustive]:
        """The sweeps over all float32 inputs, family by family.

        A report may be of some functions only, so that the choice is made sweep by sweep.
        """
        found = [Exhaustive(run, swept) for run in self._exhaustive for swept in run.sweeps]
        found.sort(key=lambda one: (one.swept.complete, one.report.made.date))
        best = {(one.report.backend, one.swept.entry, one.swept.part): one for one in found}
        return sorted(best.values(), key=lambda one: _place(one.report.family, one.report.backend))

    @cached_property
    def lacking(self) -> dict[tuple[str, str, str], str]:
        """What was to be swept and is not offered: what a backend says of an entry and a part."""
        return {
            (run.backend, *what.split()): reason
            for run in self._exhaustive
            for what, reason in run.not_offered.items()
        }

    @cached_property
    def _exhaustive(self) -> list[ExhaustiveReport]:
        found = self._records(ExhaustiveReport, kept=True)
        return sorted(found, key=lambda run: _place(run.family, run.backend))

    @cached_property
    def reference(self) -> Accuracies | None:
        """How exact the reference was measured to be."""
        found = self._records(Accuracies, kept=True)
        return max(found, key=lambda one: (-one.float32_every, one.date), default=None)

    @cached_property
    def rounding(self) -> CorrectRounding | None:
        """Where the reference was proven to be correctly rounded, at every input."""
        found = self._records(CorrectRounding, kept=True)
        return max(found, key=lambda one: one.date, default=None)

    @cached_property
    def power(self) -> Power | None:
        """How small an error the statistics are sure to see."""
        found = self._records(Power, kept=True)
        return max(found, key=lambda one: one.date, default=None)

    @cached_property
    def parities(self) -> list[ParityReport]:
        """Whether backends train as the reference does; of each the latest."""
        found = self._records(ParityReport, kept=True)
        best = {run.backend: run for run in sorted(found, key=lambda run: run.date)}
        return sorted(best.values(), key=lambda run: _place(run.backend.split("-")[0], run.backend))

    @cached_property
    def claims(self) -> Claims | None:
        """What the article's claims come to."""
        return next(iter(self._records(Claims)), None)

    @cached_property
    def propagation(self) -> Propagation | None:
        """How starts carry signals and gradients through each activation."""
        return next(iter(self._records(Propagation)), None)

    @cached_property
    def depth(self) -> DepthReport | None:
        """How signals and gradients fare in deep networks."""
        found = self._records(DepthReport, kept=True)
        return max(found, key=lambda one: one.date, default=None)

    @cached_property
    def differences(self) -> list[Pair]:
        """How far any two functions lie apart."""
        return [one for found in self._records(Differences) for one in found.pairs]

    @cached_property
    def vectors(self) -> list[VectorFile]:
        """The vectors that are offered as files, entry by entry."""
        return [one for found in self._records(VectorFiles) for one in found.vectors]

    @cached_property
    def bench(self) -> SweepBench | None:
        """What a sweep costs."""
        found = self._records(SweepBench, kept=True)
        return max(found, key=lambda one: one.date, default=None)

    @cached_property
    def training_bench(self) -> TrainingBench | None:
        """What an epoch of training costs."""
        found = self._records(TrainingBench, kept=True)
        return max(found, key=lambda one: one.date, default=None)

    @cached_property
    def releases(self) -> dict[str, list[Snapshot]]:
        """The releases that were measured, by backend, the oldest first; a fresh file counts."""
        folders = [self.folder, *([self.snapshots / "history"] if self.snapshots else [])]
        found: dict[str, list[Snapshot]] = {}
        for one in _read(snapshots, folders):
            found.setdefault(one.backend, []).append(one)
        return found

    @cached_property
    def ranges(self) -> dict[str, list[ReleaseRange]]:
        """In which releases each cause is seen, and on which functions, by slug."""
        return ranges([one for several in self.releases.values() for one in several], self.causes)

    @cached_property
    def dispatches(self) -> list[Dispatch]:
        """Which results change with the processor's code, by backend; of each the latest."""
        found = self._records(Dispatch, kept=True)
        best = {one.backend: one for one in sorted(found, key=lambda one: one.date)}
        return sorted(best.values(), key=lambda one: _place(one.family, one.backend))

    @cached_property
    def exports(self) -> list[Exports]:
        """What functions become in files and graphs, by backend; of each the latest."""
        found = self._records(Exports, kept=True)
        best = {one.backend: one for one in sorted(found, key=lambda one: one.date)}
        return sorted(best.values(), key=lambda one: _place(one.family, one.backend))

    @property
    def files(self) -> list[Path]:
        """Every file of results; of two with one name that of the runs."""
        folders = (self.snapshots, self.folder)
        found = {file.name: file for at in folders if at for file in sorted(at.glob("*.json"))}
        return [found[name] for name in sorted(found)]

    @property
    def vector_files(self) -> list[Path]:
        """The files of the vectors that are there."""
        names = [name for one in self.vectors for name in one.files]
        return [file for name in names if (file := self.folder / "vectors" / name).exists()]

    def of(self, entry: AnyEntry) -> list[Measured]:
        """Return the results on an entry, backend by backend."""
        return self._by_entry.get((entry.family, entry.name), [])

    @cached_property
    def _by_entry(self) -> dict[tuple[str, str], list[Measured]]:
        found: dict[tuple[str, str], list[Measured]] = {}
        for run in self.reports:
            for result in run.results:
                found.setdefault((result.family, result.entry), []).append(Measured(run, result))
        return found

    def _records(self, kind: type[R], *, kept: bool = False) -> list[R]:
        """Return the files of a kind, read: those of runs, then, if wanted, those that are kept."""
        folders = (self.folder, self.snapshots if kept else None)
        files = (file for at in folders if at for file in sorted(at.glob("*.json")))
        return [
            _read(partial(read, kind=kind), file)
            for file in files
            if registry.RECORDS.get(registry.kind_of(file) or "") is kind
        ]


_OF_BUILDS: WeakKeyDictionary[Sphinx, Results] = WeakKeyDictionary()


def of_build(app: Sphinx) -> Results:
    """Return what the files held when the build first asked."""
    if app not in _OF_BUILDS:
        folder = Path(app.config.actinit_results)
        kept = Path(app.config.actinit_known) if app.config.actinit_known else KNOWN
        _OF_BUILDS[app] = Results(folder, Path(app.srcdir) / "measured", kept)
    return _OF_BUILDS[app]


def _place(family: str, backend: str) -> tuple[int, int, str]:
    """Return where a backend stands among others: as the spec lists it, then by name."""
    families = list(frameworks())
    if family not in families:
        return len(families), 0, backend
    modes = list(frameworks()[family].modes)
    place = modes.index(backend) if backend in modes else len(modes)
    return families.index(family), place, backend


def _diverging(outcome: Outcome | None) -> list[Finding]:
    return [found for found in outcome.findings if found.kind] if outcome else []


def _read(load: Callable[[P], T], place: P) -> T:
    try:
        return load(place)
    except (ValueError, TrainingError) as error:
        raise ExtensionError(str(error)) from error
