"""What the runs of several backends come to, and what wrong ones would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from actinit.conformance.commands import main
from actinit.conformance.results.machine import this_machine
from actinit.conformance.results.store import read
from actinit.conformance.results.study import Study
from actinit.conformance.results.training import Epoch, Run, TrainingReport, Verdict
from actinit.conformance.training import study
from actinit.conformance.training.results import collect, save
from actinit.spec.experiment import experiment

MNIST = experiment("mnist_mlp")
STARTS = [start.name for start in MNIST.starts]

Shift = Callable[[str, int], float]


def _report(backend: str, seeds: int = 5, shift: Shift = lambda start, seed: 0.0) -> TrainingReport:
    """Runs like the article's, each off by a little chance of its own, and by a shift."""
    rng = np.random.default_rng(sum(map(ord, backend)))

    def epochs(start: str, seed: int) -> list[Epoch]:
        theirs = MNIST.start(start)
        found = []
        for at in range(5):
            by = shift(start, seed) + rng.normal(0, 0.0012 if theirs.name != "zeros" else 0)
            found.append(
                Epoch(
                    loss=theirs.loss[at] - by,
                    accuracy=theirs.accuracy[at] + by,
                    seconds=1.0,
                    val_loss=theirs.val_loss[at] - by,
                    val_accuracy=theirs.val_accuracy[at] + by,
                )
            )
        return found

    verdict = Verdict(status="met", expected="", found="")
    return TrainingReport(
        experiment="mnist_mlp", backend=backend, device="cpu", versions={}, optimizer="adam",
        machine=this_machine(), date="2026-01-01T00:00:00+00:00", batch_size=128, epochs=5,
        digest="", starts=STARTS, seeds=list(range(seeds)), complete=True,
        runs=[
            Run(
                start=start, seed=seed, date="2026-01-01T00:00:00+00:00", verdict=verdict,
                epochs=epochs(start, seed), minus_article=[],
            )
            for seed in range(seeds) for start in STARTS
        ],
    )  # fmt: skip


def test_the_same_are_equivalent_and_no_start_is_favoured() -> None:
    found = study.compute(MNIST, [_report("numpy"), _report("torch")])
    assert len(found.equivalences) == len(STARTS) * len(MNIST.comparison.margins)
    assert {one.status for one in found.equivalences} == {"equivalent"}
    assert len(found.contrasts) == 15
    apart = {frozenset((one.one, one.other)) for one in found.contrasts if one.differ}
    assert {frozenset(("zeros", other)) for other in STARTS[1:]} <= apart


def test_a_backend_that_learns_less_is_named() -> None:
    worse = _report("torch", shift=lambda start, seed: -0.02 * (start == "he_normal"))
    found = study.compute(MNIST, [_report("numpy"), worse])
    apart = [one for one in found.equivalences if one.status != "equivalent"]
    assert {(one.start, one.figure) for one in apart if one.status == "not equivalent"} == {
        ("he_normal", "accuracy"), ("he_normal", "val_accuracy")
    }  # fmt: skip
    (sentence,) = [one.sentence for one in apart if one.figure == "val_accuracy"]
    assert sentence.startswith("torch and numpy differ in validation accuracy from he_normal: ")
    assert sentence.endswith("margin ±0.50 points")


def test_few_runs_leave_it_open() -> None:
    wide = _report("torch", seeds=2, shift=lambda start, seed: 0.01 * seed)
    found = study.compute(MNIST, [_report("numpy", seeds=2), wide])
    assert "undecided" in {one.status for one in found.equivalences}


def test_pairs_see_what_the_seeds_would_hide() -> None:
    """Every seed moves all initializations; he_normal is always a little above he_uniform."""

    def shift(start: str, seed: int) -> float:
        return 0.03 * seed + 0.004 * (start == "he_normal")

    found = study.compute(MNIST, [_report(name, shift=shift) for name in ("numpy", "torch")])
    one = next(c for c in found.contrasts if (c.one, c.other) == ("he_uniform", "he_normal"))
    assert one.pairs == 10
    assert one.differ
    assert one.high < 0


def test_the_article_lies_where_one_more_run_would() -> None:
    found = study.compute(MNIST, [_report("numpy")])
    asked = [cell for cell in found.cells if cell.within is not None]
    assert len(asked) == 6 * 5 * 4
    assert np.mean([cell.within for cell in asked]) > 0.85
    other = _report("numpy", shift=lambda start, seed: 0.02)
    assert not any(cell.within for cell in study.compute(MNIST, [other]).cells)


def test_one_seed_makes_means_and_no_statements() -> None:
    found = study.compute(MNIST, [_report("numpy", seeds=1), _report("torch", seeds=1)])
    assert {cell.low for cell in found.cells} == {None}
    assert {cell.within for cell in found.cells} == {None}
    assert not found.equivalences
    assert {one.pairs for one in found.contrasts} == {2}  # the same seed on two backends


def test_runs_cut_short_are_left_out() -> None:
    report = _report("numpy")
    short = msgspec.structs.replace(report.runs[0], epochs=report.runs[0].epochs[:2])
    report = msgspec.structs.replace(report, runs=[short, *report.runs[1:]])
    found = study.compute(MNIST, [report])
    assert {cell.n for cell in found.cells if cell.start == "zeros"} == {4}


def test_of_each_backend_the_first_complete_report_counts(tmp_path: Path) -> None:
    """So one's own runs stand before those that came with the sources, once they are done."""
    for folder, seeds in (("own", 2), ("kept", 5)):
        for name in ("torch", "numpy"):
            save(_report(name, seeds), tmp_path / folder / f"training-mnist_mlp-{name}.json")
    cut = msgspec.structs.replace(_report("torch", 2), complete=False)
    save(cut, tmp_path / "own" / "training-mnist_mlp-torch.json")
    found = collect([tmp_path / "own", tmp_path / "kept"])
    assert [(one.backend, len(one.runs)) for one in found] == [("numpy", 12), ("torch", 30)]


def test_the_command_writes_what_can_be_read(tmp_path: Path) -> None:
    save(_report("numpy"), tmp_path / "training-mnist_mlp-numpy.json")
    assert main(["compute", "study", str(tmp_path), "--output", str(tmp_path)]) == 0
    assert len(read(tmp_path / "study-mnist_mlp.json", Study).contrasts) == 15


def test_what_is_no_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text("{}")
    with pytest.raises(ValueError, match="compute it again"):
        read(tmp_path / "study.json", Study)
