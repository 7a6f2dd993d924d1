"""Compiled loops have the bits of NumPy's arrays, and come only when they are worth it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from helpers.printed import printed_without

from actinit import reference as ref
from actinit import spec
from actinit.reference.activations._kinds import Elementwise
from actinit.reference.arithmetic import settle

pytest.importorskip("numba")
CURVED = [
    name
    for name, function in ref.activations.items()
    if isinstance(function, Elementwise) and not function._exact
]


def _everywhere(dtype):
    rng = np.random.default_rng(6)
    x = np.concatenate([
        *(rng.normal(0, scale, 700) for scale in (1e-3, 1, 10, 100, 500)),
        [0.0, -0.0, np.nan, np.inf, -np.inf, -3, 3, 1e-300, -1e-310, 5e-324, 1e308, -1e308],
    ])  # fmt: skip
    with np.errstate(all="ignore"):
        return x.astype(dtype)


@pytest.mark.parametrize("fmt", spec.formats())
@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", CURVED)
def test_the_bits_are_the_same(monkeypatch, name, part, fmt):
    function = ref.activations[name]
    function = function if part == "value" else function.derivative
    x = _everywhere(fmt)
    monkeypatch.setattr(settle, "_numba", lambda: False)
    of_arrays = function(x)
    monkeypatch.setattr(settle, "_numba", lambda: True)
    monkeypatch.setattr(settle, "_MANY", 1)
    compiled = function(x)
    assert of_arrays.tobytes() == compiled.tobytes()


_DIGESTS = """
import hashlib, json, sys, numpy as np
from actinit import reference as ref
from actinit.reference.activations._kinds import Elementwise
rng, inputs, found = np.random.default_rng(8), [], {}
for fmt in (np.float32, np.float64):
    x = rng.integers(-(2**52), 2**52, 5000) * 2.0 ** rng.integers(-60, -43, 5000)
    inputs.append(x.astype(fmt))
for name, function in ref.activations.items():
    if isinstance(function, Elementwise):
        digest = hashlib.sha256()
        for x in inputs:
            digest.update(function(x).tobytes() + function.derivative(x).tobytes())
        found[name] = digest.hexdigest()[:16]
assert "numba" not in sys.modules
print(json.dumps(found))
"""
#: Of what the lines above compute, on any machine, with any NumPy and Python.
GOLDEN = Path(__file__).with_name("golden.json")


@pytest.mark.parametrize(
    "without", ["", "AVX512F AVX512CD AVX512_SKX", "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"]
)
def test_bits_do_not_depend_on_vector_instructions(without):
    """NumPy's own functions would: its exp, tanh and log1p have a version for each."""
    assert json.loads(printed_without(without, _DIGESTS)) == json.loads(GOLDEN.read_text())


def test_nothing_is_compiled_for_a_few_numbers():
    lines = (
        "import sys; from actinit import reference as ref; import numpy as np;"
        "ref.gelu(np.ones(1000)); print('numba' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_order_and_length_do_not_matter():
    x = np.random.default_rng(9).normal(0, 5, 40_001)
    whole = ref.gelu(x)
    assert (ref.gelu(x[::-1]) == whole[::-1]).all()
    assert (ref.gelu(x[:7]) == whole[:7]).all()
    assert (np.array([ref.gelu(one) for one in x[:50]]) == whole[:50]).all()
    matrix = np.asfortranarray(x[:40_000].reshape(200, 200))
    assert ref.gelu(matrix).flags.f_contiguous
    assert (ref.gelu(matrix).ravel() == whole[:40_000]).all()


def test_few_numbers_run_the_machine_code_that_is_there(monkeypatch):
    monkeypatch.setattr(settle, "_LOADED", set())
    x = np.linspace(-3, 3, settle._MANY)
    ref.silu(x)
    monkeypatch.setattr(settle, "_first", None)  # what runs without machine code
    assert (ref.silu(x[:5]) == ref.silu(x)[:5]).all()


def test_many_calls_with_few_numbers_are_worth_machine_code(monkeypatch):
    monkeypatch.setattr(settle, "_LOADED", set())
    monkeypatch.setattr(settle, "_ASKED_FOR", Counter())
    monkeypatch.setattr(settle, "_MANY_IN_ALL", 250)
    made = []

    def noted(asked):
        made.append(asked.formula.rule)
        return first_compiled(asked)

    first_compiled = settle._first_compiled
    monkeypatch.setattr(settle, "_first_compiled", noted)
    x = np.linspace(-3, 3, 100)
    results = [ref.silu(x).tobytes() for _ in range(2)]
    ref.gelu(x[:60])  # of each formula its own
    ref.silu(x.astype(np.float32))  # and of each kind
    assert not made
    results += [ref.silu(x).tobytes() for _ in range(2)]
    assert made == [ref.silu._value.rule] * 2
    assert len(set(results)) == 1


def test_an_exact_result_is_kept_for_its_own_numbers_alone():
    for slope in (0.5, 0.25, 0.5):
        for fmt in (np.float64, np.float16):
            for x, factor in ((-1.0, 1.0), (-3.0, 1.0), (-3.0, 2.0)):
                one = np.array([x], fmt), [slope], np.array([factor])
                asked = settle._Asked(ref.leaky_relu._value, *one)
                result = settle._exactly(asked, 0)
                assert (result, result.dtype) == (slope * x * factor, fmt)
