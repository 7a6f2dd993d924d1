"""The lines that are shown to be pasted draw what the check drew."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.conformance.statistics.draws import Draw
from actinit.conformance.statistics.laws import defaults

SIZES = {"i": 24, "o": 16}


@pytest.mark.parametrize("backend", ["numpy", "torch", "keras"])
@pytest.mark.parametrize("name", ["he_normal", "glorot_uniform", "orthogonal", "constant"])
def test_lines_to_paste_draw_the_same(backend, name, capsys):
    pytest.importorskip(backend)
    adapter, entry = adapters.load(backend), spec.initializers[name]
    draw = Draw(entry, "float32", "float32", SIZES, defaults(entry)).offered(adapter)
    exec(draw.snippet(adapter).replace("{loaded_by}", backend), {})
    said = capsys.readouterr().out.replace("tensor(", "").replace(")", "").split()
    drawn = draw.run(adapter).astype(np.float64)
    right = [drawn.mean(), drawn.std(), drawn.min(), drawn.max()]
    # PyTorch prints four digits and divides by one less.
    assert [float(word) for word in said] == pytest.approx(right, abs=1e-4, rel=2e-3)


@pytest.mark.parametrize("name", ["he_normal", "variance_scaling", "dirac"])
def test_a_backend_without_lines_of_its_own_gets_some(name, capsys):
    adapter, entry = adapters.load("numpy"), spec.initializers[name]
    sizes = {"w": 3, **SIZES} if name == "dirac" else SIZES
    layer = "conv1d" if name == "dirac" else "dense"
    draw = Draw(entry, "float32", "float32", sizes, defaults(entry), layer)
    bare = adapters.load("numpy")
    bare.family = ""
    exec(draw.snippet(bare).replace("{loaded_by}", "numpy"), {})
    first = float(capsys.readouterr().out.split()[0])
    assert first == pytest.approx(float(draw.run(adapter).mean()), abs=1e-6)
