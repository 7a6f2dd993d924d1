"""The command: what it says, writes and refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
from helpers.wrong_trainers import HeldInFloat32

from actinit.adapters.torch.adapter import Torch
from actinit.adapters.training import Data, Split
from actinit.conformance.commands import main
from actinit.conformance.results.parity import ParityReport
from actinit.conformance.results.store import read
from actinit.conformance.training import data


@pytest.fixture
def pictures(monkeypatch):
    rng = np.random.default_rng(0)
    split = Split(
        rng.random((256, 784), dtype=np.float32), rng.integers(0, 10, 256).astype(np.uint8)
    )
    monkeypatch.setattr(data, "load", lambda *_: Data(split, split))


def test_a_backend_that_agrees_is_told_so(pictures, capsys, tmp_path):
    pytest.importorskip("torch")
    words = ["parity", "torch", "--epochs", "1", "--optimizers", "sgd", "--results", str(tmp_path)]
    assert main(words) == 0
    assert "torch sgd: 2 steps, losses agree to " in capsys.readouterr().out
    found = read(tmp_path / "parity-torch.json", ParityReport)
    assert [(one.matched, one.parity.agrees) for one in found.compared] == [([], True)]


def test_what_brings_agreement_about_is_named(pictures, monkeypatch, capsys, tmp_path):
    pytest.importorskip("torch")
    monkeypatch.setattr(Torch, "trainer", lambda adapter: HeldInFloat32)
    words = ["parity", "torch", "--epochs", "1", "--optimizers", "adam", "--results", str(tmp_path)]
    assert main(words) == 1
    said = capsys.readouterr().out
    assert "first divergence at step 1 in the optimizer: " in said
    assert "held in float32: 2 steps, losses agree to " in said
    found = read(tmp_path / "parity-torch.json", ParityReport)
    agrees = [one.parity.agrees for one in found.compared]
    assert agrees == [*[False] * (len(agrees) - 1), True]
    assert found.compared[0].matched == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["numpy"], "nothing here trains on numpy"),
        (["pytorch"], "no backend is named 'pytorch'"),
        (
            ["torch", "--optimizers", "adam_hat"],
            "torch has no adam_hat; it has adam, momentum, sgd",
        ),
        (["torch", "--optimizers", "lion"], "no optimizer is named 'lion'"),
        (["torch", "--batch-size", "0"], "expected a batch of 1 to 256 examples, got 0"),
        (["torch", "--batch-size", "257"], "expected a batch of 1 to 256 examples, got 257"),
        (["torch", "--epochs", "0"], "expected 1 epoch or more, got 0"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    pictures, words, message, capsys, tmp_path
):
    pytest.importorskip("torch")
    assert main(["parity", *words, "--results", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_sort_is_refused(tmp_path):
    file = tmp_path / "parity-torch.json"
    file.write_text(json.dumps({"backend": "torch"}))
    with pytest.raises(ValueError, match="run actinit parity"):
        read(file, ParityReport)


def test_where_nothing_can_be_written_nothing_is_trained(monkeypatch, capsys, tmp_path):
    file = tmp_path / "file"
    file.write_text("")

    def fail(*_):
        raise AssertionError("trained all the same")

    monkeypatch.setattr(data, "load", fail)
    for folder in (file, file / "below"):
        assert main(["parity", "torch", "--results", str(folder)]) == 2
        assert "--results: expected a folder to write to" in capsys.readouterr().err
