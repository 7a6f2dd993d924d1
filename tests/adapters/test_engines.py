"""What the engines promise beyond the arrays that come back."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from actinit.adapters.keras.engine import ENGINES

ENGINE_HERE = os.environ.get("KERAS_BACKEND", "tensorflow")


@pytest.mark.parametrize("name", ENGINES)
def test_an_array_has_memory_of_its_own(name):
    pytest.importorskip(name)
    engine, x = ENGINES[name](), np.ones(3)
    back = engine.array(engine.tensor(x))
    back[0] = 2
    assert list(x) == [1, 1, 1]
    assert list(engine.array(engine.tensor(x))) == [1, 1, 1]


def test_torch_sees_an_array_as_it_lies():
    """So that a kernel's strided path can be asked about."""
    pytest.importorskip("torch")
    tensor = ENGINES["torch"]().tensor(np.zeros((4, 6), np.float32)[:, ::2])
    assert tensor.stride() == (6, 2)


@pytest.mark.parametrize("engine", sorted(set(ENGINES) - {ENGINE_HERE}))
def test_keras_on_its_other_engines(engine):
    """Keras has one engine a process: the same tests, in a process with another."""
    for package in ("keras", engine):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "keras",
         str(Path(__file__).with_name("test_translation.py"))],
        env={**os.environ, "KERAS_BACKEND": engine}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout
