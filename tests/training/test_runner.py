"""Runs are kept as they are done, judged, and reported in one schema; wrong trainers are caught."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import msgspec
import pytest

from actinit.adapters.training import Data
from actinit.conformance.results.registry import SCHEMAS
from actinit.conformance.results.training import Epoch, TrainingReport
from actinit.conformance.training import plots, results, table
from actinit.conformance.training.backends import Backend, Train
from actinit.conformance.training.errors import TrainingError
from actinit.conformance.training.runner import Job, open_report, train_all
from actinit.conformance.training.verdict import FIGURES, article
from actinit.spec.experiment import Choice, Experiment

PUBLISHED = SCHEMAS / "training.schema.json"

Shortened = Callable[..., Experiment]


def _right(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
    """A trainer that repeats the article."""
    for number in range(1, experiment.training.epochs + 1):
        theirs = article(experiment.start(start), number)
        yield Epoch(**{name: getattr(theirs, name) for name in FIGURES}, seconds=0.5)


def _shifted(figure: str, by: float) -> Train:
    """A trainer that is wrong in one figure."""

    def train(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
        for epoch in _right(experiment, start, data, seed):
            yield msgspec.structs.replace(epoch, **{figure: getattr(epoch, figure) + by})

    return train


def _backend(train: Train) -> Backend:
    return Backend("faux", "cpu", {"faux": "1.0"}, train, "numpy", code=Path(__file__))


def _trained(backend: Backend, job: Job, file: Path, *, fresh: bool = False) -> TrainingReport:
    return train_all(backend, job, file, open_report(backend, job, file, fresh=fresh))


@pytest.fixture
def job(shortened: Shortened, pictures: Data) -> Job:
    return Job(experiment=shortened(), data=pictures, starts=["zeros", "he_normal"], seeds=[3, 4])


def test_every_start_runs_with_every_seed(job: Job, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    file = tmp_path / "new" / "training.json"
    backend = _backend(_right)
    report = train_all(
        backend,
        job,
        file,
        open_report(backend, job, file),
        on_run=lambda run: told.append((run.start, run.seed)),
    )
    assert told == [("zeros", 3), ("he_normal", 3), ("zeros", 4), ("he_normal", 4)]
    assert [(run.start, run.seed) for run in report.runs] == told
    assert {run.verdict.status for run in report.runs} == {"met"}
    assert report.complete
    assert results.load(file) == report


@pytest.mark.parametrize(
    ("train", "start"),
    [
        (_shifted("loss", 2e-4), "zeros"),
        (_shifted("accuracy", -2e-4), "zeros"),
        (_shifted("val_loss", 2e-4), "zeros"),
        (_shifted("val_accuracy", -0.02), "he_normal"),
    ],
    ids=["loss", "accuracy", "val_loss", "val_accuracy"],
)
def test_a_wrong_trainer_is_caught(job: Job, tmp_path: Path, train: Train, start: str) -> None:
    report = _trained(_backend(train), job, tmp_path / "training.json")
    assert "missed" in {run.verdict.status for run in report.runs if run.start == start}


def test_another_batch_size_is_not_judged(job: Job, shortened: Shortened, tmp_path: Path) -> None:
    other = Job(experiment=shortened(batch_size=64), data=job.data, starts=["zeros"], seeds=[0])
    report = _trained(_backend(_right), other, tmp_path / "training.json")
    (run,) = report.runs
    assert run.verdict.status == "not judged"
    assert "batch size 64" in run.verdict.found


def test_finished_runs_outlive_a_failure(job: Job, tmp_path: Path) -> None:
    def fails_later(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
        if seed == 4:
            raise KeyboardInterrupt
        yield from _right(experiment, start, data, seed)

    file = tmp_path / "training.json"
    with pytest.raises(KeyboardInterrupt):
        _trained(_backend(fails_later), job, file)
    kept = results.load(file)
    assert [(run.start, run.seed) for run in kept.runs] == [("zeros", 3), ("he_normal", 3)]
    assert not kept.complete
    assert [one.name for one in tmp_path.iterdir()] == ["training.json"]


def _counting(seen: list[tuple[str, int]]) -> Train:
    def train(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
        seen.append((start, seed))
        yield from _right(experiment, start, data, seed)

    return train


def test_only_what_is_missing_is_trained(job: Job, tmp_path: Path) -> None:
    file, seen = tmp_path / "training.json", []
    backend = _backend(_counting(seen))
    _trained(backend, replace(job, seeds=[3]), file)
    report = _trained(backend, job, file)  # as after an interruption, or with more seeds
    assert seen == [("zeros", 3), ("he_normal", 3), ("zeros", 4), ("he_normal", 4)]
    assert report.seeds == [3, 4]
    assert report.complete
    again = _trained(backend, replace(job, starts=["zeros"]), file)  # asks for less: all is kept
    assert again.runs == report.runs
    assert len(seen) == 4


def test_starts_that_come_later_stand_in_the_specs_order(job: Job, tmp_path: Path) -> None:
    file = tmp_path / "training.json"
    _trained(_backend(_right), replace(job, starts=["he_normal"]), file)
    report = _trained(_backend(_right), replace(job, starts=["zeros"]), file)
    assert report.starts == ["zeros", "he_normal"]
    assert [run.start for run in report.runs] == ["zeros", "he_normal"] * 2


@pytest.mark.parametrize(
    "change", ["version", "epochs", "optimizer", "code", "fresh", "unreadable"]
)
def test_runs_of_another_origin_are_set_aside(
    job: Job, tmp_path: Path, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    file, seen = tmp_path / "training.json", []
    backend = _backend(_counting(seen))
    before = _trained(backend, job, file)
    experiment = job.experiment
    if change == "version":
        backend = backend._replace(versions={"faux": "2.0"})
    elif change == "epochs":
        shorter = msgspec.structs.replace(experiment.training, epochs=1)
        job = replace(job, experiment=msgspec.structs.replace(experiment, training=shorter))
    elif change == "optimizer":
        job = replace(
            job, experiment=msgspec.structs.replace(experiment, optimizer=Choice(name="sgd"))
        )
    elif change == "code":
        changed = tmp_path / "trainer.py"
        changed.write_text("another text")
        backend = backend._replace(code=changed)
    elif change == "unreadable":
        file.write_text(file.read_text()[:-40])
    _trained(backend, job, file, fresh=change == "fresh")
    assert len(seen) == 8
    kept = tmp_path / "training.json.bak"
    assert "kept as training.json.bak" in caplog.text
    if change != "unreadable":
        assert results.load(kept) == before


def test_another_optimizer_is_not_judged(job: Job, tmp_path: Path) -> None:
    other = msgspec.structs.replace(job.experiment, optimizer=Choice(name="sgd"))
    report = _trained(_backend(_right), replace(job, experiment=other), tmp_path / "t.json")
    assert {run.verdict.status for run in report.runs} == {"not judged"}
    assert report.runs[0].verdict.found == "sgd, not adam_hat"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_the_run(job: Job, tmp_path: Path, value: float) -> None:
    with pytest.raises(TrainingError, match=r"faux, zeros, seed 3: val_loss is .* after epoch 1"):
        _trained(_backend(_shifted("val_loss", value)), job, tmp_path / "training.json")


def test_a_place_that_cannot_be_written_is_known_before_training(job: Job, tmp_path: Path) -> None:
    def never(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
        raise AssertionError("trained in vain")

    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="--output"):
        _trained(_backend(never), job, tmp_path / "file" / "training.json")


@pytest.fixture
def report(job: Job, tmp_path: Path) -> TrainingReport:
    return _trained(_backend(_right), job, tmp_path / "training.json")


def test_a_report_obeys_the_published_schema(report: TrainingReport, tmp_path: Path) -> None:
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    written = json.loads((tmp_path / "training.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(written)
    del written["runs"][0]["verdict"]
    with pytest.raises(jsonschema.ValidationError, match="verdict"):
        jsonschema.Draft202012Validator(schema).validate(written)


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "training.json"
    file.write_text('{"schema": "actinit-training-0"}')
    with pytest.raises(TrainingError, match=r"training\.json.*actinit-training-0"):
        results.load(file)


def test_the_table_has_ours_and_the_articles(
    report: TrainingReport, job: Job, tmp_path: Path
) -> None:
    file = tmp_path / "training.txt"
    table.save(report, job.experiment, file)
    text = file.read_text(encoding="utf-8")
    assert "2.3016/2.3016" in text
    assert "0.9769/0.9769" in text


def test_the_plot_is_drawn_alike_each_time(
    report: TrainingReport, job: Job, tmp_path: Path
) -> None:
    for name in ("one.svg", "two.svg"):
        plots.save(report, job.experiment, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_bytes()
    assert b"<svg" in drawn
    assert drawn == (tmp_path / "two.svg").read_bytes()
