"""``actinit train`` does what it is asked for, and says clearly what it cannot do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.trained import TRAINED, require

from actinit.adapters.training import Data
from actinit.conformance.commands import train as command
from actinit.conformance.training import backends, data, numpy_optimizers

Train = Callable[..., int]


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch, pictures: Data, tmp_path: Path) -> Train:
    """The command on the small pictures; results go to the test's own folder."""
    monkeypatch.setattr(data, "load", lambda *args, **options: pictures)
    here = ("--workers", "1")  # not in processes, which would not see what tests change
    return lambda *words: _run(*here, *words, "--output", str(tmp_path / "results"))


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="actinit train")
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_it_writes_results_table_and_plot(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--starts", "zeros", "he_normal", "--epochs", "1", "--seeds", "2") == 0
    written = {file.name for file in (tmp_path / "results").iterdir()}
    name = "training-mnist_mlp-numpy"
    assert written == {
        f"{name}.json", f"{name}.txt", f"{name}.svg",
        "study-mnist_mlp.json", "layers-mnist_mlp.json",
    }  # fmt: skip
    report = json.loads((tmp_path / "results" / f"{name}.json").read_bytes())
    first = report["seeds"][0]
    assert [(run["start"], run["seed"]) for run in report["runs"]] == [
        ("zeros", first),
        ("he_normal", first),
        ("zeros", first + 1),
        ("he_normal", first + 1),
    ]
    lines = capsys.readouterr().out.splitlines()
    assert (
        sum(line.startswith(("numpy zeros, seed", "numpy he_normal, seed")) for line in lines) == 4
    )
    assert lines[-1].startswith("4 of 4 runs as expected")


def test_processes_find_what_one_does(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for workers in ("1", "2"):
        words = ("--starts", "zeros", "he_normal", "--epochs", "1", "--seeds", "2", "--fresh")
        assert train(*words, "--workers", workers) == 0
        kept = [tmp_path / "results" / f"{name}-mnist_mlp{of}.json"
                for name, of in (("training", "-numpy"), ("layers", ""))]  # fmt: skip
        report, layers = (json.loads(file.read_bytes()) for file in kept)
        runs = [(run["start"], run["seed"], run["verdict"]["status"]) for run in report["runs"]]
        looks = [(moment["start"], moment["epoch"]) for moment in layers["moments"]]
        losses = [run["epochs"][-1]["loss"] for run in report["runs"]]
        # The number of threads decides in which order a product's terms are added.
        found.append((runs, looks, pytest.approx(losses, rel=1e-4) if found else losses))
    assert found[0] == found[1]
    assert capsys.readouterr().out.count("numpy he_normal, seed") == 4


def test_a_missed_expectation_fails_and_is_named(
    train: Train, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(numpy_optimizers.Adam, "step", lambda adam, gradient: None)
    assert train("--starts", "he_normal") == 1
    out = capsys.readouterr().out
    assert "missed" in out
    assert "expected validation accuracy 0.965 by epoch 5" in out
    assert "0 of 1 runs as expected" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--starts", "he_norml"), "did you mean 'he_normal'?"),
        (("--backend", "trch"), "did you mean 'torch'?"),
        (("--batch-size", "401"), "at most 400"),
        (("--optimizer", "adm"), "did you mean 'adam'?"),
        (("--experiment", "mnist_mpl"), "did you mean 'mnist_mlp'?"),
        (("--backend", "keras-jax", "--backend", "keras-torch"), "run actinit train once for each"),
    ],
)
def test_what_cannot_be_done_is_said(
    train: Train, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert train(*words) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [("--epochs", "0"), ("--batch-size", "0"), ("--seeds", "-1"), ("--epochs", "many")],
    ids="=".join,
)
def test_a_wrong_number_is_a_wrong_call(
    train: Train, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        train(*words)
    assert caught.value.code == 2
    assert f"{words[0]}: expected a whole number from 1 on, not {words[1]!r}" in (
        capsys.readouterr().err
    )


def test_a_second_call_goes_on(train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--starts", "zeros", "--epochs", "1") == 0
    capsys.readouterr()
    assert train("--starts", "zeros", "--epochs", "1", "--seeds", "2") == 0
    out = capsys.readouterr().out
    assert "1 run(s) are in" in out
    assert out.count("numpy zeros, seed") == 1


@pytest.mark.parametrize("backend", TRAINED)
def test_every_framework_is_trained_by_the_command(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str], backend: str
) -> None:
    require(backend)
    words = ("--backend", backend, "--starts", "he_normal", "--epochs", "1")
    train(*words)  # one epoch of few pictures need not reach what the article did
    report = json.loads((tmp_path / "results" / f"training-mnist_mlp-{backend}.json").read_bytes())
    assert [run["start"] for run in report["runs"]] == ["he_normal"]
    capsys.readouterr()
    train(*words)
    assert "1 run(s) are in" in capsys.readouterr().out


def test_a_framework_is_known_by_the_file_that_trains() -> None:
    pytest.importorskip("torch")
    assert [backends.load(name).code.parts[-2:] for name in ("numpy", "torch")] == [
        ("training", "numpy_trainer.py"),
        ("torch", "trainer.py"),
    ]


def test_another_optimizer_is_used(train: Train, tmp_path: Path) -> None:
    assert train("--starts", "he_normal", "--epochs", "1", "--optimizer", "sgd") == 0
    report = json.loads((tmp_path / "results" / "training-mnist_mlp-numpy.json").read_bytes())
    assert report["optimizer"] == "sgd"
    assert report["runs"][0]["verdict"]["status"] == "not judged"


def test_time_left_is_told(train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--starts", "zeros", "he_normal", "--epochs", "1") == 0
    assert "(1 of 2, about 0.1 min left)" in capsys.readouterr().out


def test_missing_data_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--data", str(tmp_path), "--output", str(tmp_path / "results")) == 2
    error = capsys.readouterr().err
    assert "train-images-idx3-ubyte" in error
    assert str(tmp_path) in error


def test_an_output_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch,
    pictures: Data,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(data, "load", lambda *args, **options: pictures)
    (tmp_path / "file").touch()
    assert _run("--output", str(tmp_path / "file")) == 2
    assert "cannot be written" in capsys.readouterr().err
