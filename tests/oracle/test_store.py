"""The cache of exact values."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from actinit import spec
from actinit.conformance.oracle import store


def test_the_cache_is_not_trusted_when_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry, x = spec.activations["gelu"], np.array([-3.0, 1.0])
    first = store.exact(entry, "value", x, {})
    (file,) = (tmp_path / "oracle").glob("*.npz")
    assert np.array_equal(store.exact(entry, "value", x, {}).rounded, first.rounded)
    file.write_bytes(file.read_bytes()[:100])
    assert np.array_equal(store.exact(entry, "value", x, {}).rounded, first.rounded)
    assert file.stat().st_size > 100


def test_the_cache_tells_inputs_parameters_and_parts_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry = spec.activations["leaky_relu"]

    def ask(part, x, slope, order=0):
        parameters = {"negative_slope": slope}
        found = store.exact(entry, part, np.array([x]), parameters, order=order)
        return float(found.rounded[0])

    assert ask("value", -1.0, 0.5) == -0.5
    assert ask("value", -2.0, 0.5) == -1.0
    assert ask("value", -2.0, 0.25) == -0.5
    assert ask("derivative", -2.0, 0.25) == 0.25
    assert ask("value", -2.0, 0.25, order=1) == 0.25
    assert ask("value", -2.0, 0.25, order=2) == 0


def test_the_cache_keeps_limits_apart_by_what_the_entry_states(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry = spec.activations["tanh"]
    assert store.exact(entry, "value", np.array([math.inf]), {}).rounded[0] == 1
    case = msgspec.structs.replace(entry.special.cases[2], value=2.0)
    assert case.x == math.inf
    special = msgspec.structs.replace(entry.special, cases=(case,))
    other = msgspec.structs.replace(entry, special=special)
    assert store.exact(other, "value", np.array([math.inf]), {}).rounded[0] == 2


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("ACTINIT_CACHE", str(blocked))
    found = store.exact(spec.activations["tanh"], "value", np.array([1.0]), {})
    assert found.rounded[0] == pytest.approx(math.tanh(1))
