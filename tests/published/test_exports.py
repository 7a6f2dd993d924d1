"""What functions become on a backend that runs files: asked of an adapter made up here."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.adapters import AdapterError, NotOffered, load
from actinit.conformance.backend.copy import Copy
from actinit.conformance.commands import main
from actinit.conformance.published import exports as module
from actinit.conformance.published.exports import exports
from actinit.conformance.results.exports import Exports
from actinit.conformance.results.store import read


class Files(Copy):
    """The reference, as if it exported; it raises for float64, and takes no mish."""

    name = "numpy-files"

    def __init__(self):
        super().__init__(load("numpy"))

    def operators(self, entry, dtype, parameters):
        if entry.name == "mish":
            raise NotOffered("the exporter does not take mish")
        if dtype == np.float64:
            raise RuntimeError("no such kernel\nand much more")
        return {"exported": ["Log", "Sigmoid"], "run": ["LogSigmoid"]}


@pytest.fixture
def files(monkeypatch):
    monkeypatch.setattr(module, "load", lambda backend: Files())


def test_operators_and_refusals_are_kept(files):
    found = exports("numpy-files").functions
    assert found["log_sigmoid"]["float32"].operators == {
        "exported": ["Log", "Sigmoid"], "run": ["LogSigmoid"]
    }  # fmt: skip
    assert "RuntimeError: no such kernel" in found["log_sigmoid"]["float64"].refused
    assert {one.refused for one in found["mish"].values()} == {"the exporter does not take mish"}


def test_the_command_writes_a_file_that_can_be_read(files, tmp_path, capsys):
    assert main(["compute", "exports", "numpy-files", "--results", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("exports-*.json")
    assert str(file) in capsys.readouterr().out
    assert read(file, Exports).functions["relu"]["float32"].operators


def test_a_backend_without_files_is_told(tmp_path, capsys):
    with pytest.raises(AdapterError, match="numpy runs its functions itself"):
        exports("numpy")
    assert main(["compute", "exports", "nmupy", "--results", str(tmp_path)]) == 2
    assert "did you mean 'numpy'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
