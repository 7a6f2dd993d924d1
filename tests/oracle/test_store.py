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


def test_orders_that_are_made_together_are_kept_each_on_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry = spec.activations["gelu_tanh"]
    x = np.array([-math.inf, -7.5, -1.0, 0.0, 0.3, 2.0, math.inf])
    once = store.exact(entry, "derivative", x[1:-1], {}, order=1)
    first, second = store.exact_orders(entry, "derivative", x, {}, (1, 2))
    np.testing.assert_array_equal(first.rounded[1:-1], once.rounded)
    assert second.rounded[3] == 0  # an even function's slope
    assert first.rounded[3] == pytest.approx(math.sqrt(2 / math.pi))
    monkeypatch.setattr(store, "_compute", lambda *_: pytest.fail("it is in the cache"))
    for order, made in ((1, first), (2, second)):
        kept = store.exact(entry, "derivative", x, {}, order=order)
        np.testing.assert_array_equal(kept.rounded, made.rounded)


def test_many_points_are_made_by_several_processes(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTINIT_CACHE", str(tmp_path))
    entry, x = spec.activations["softplus"], np.linspace(-9, 9, 41)
    alone = store.exact_orders(entry, "derivative", x, {}, (1, 2))
    monkeypatch.setattr(store, "_ALONE", 30)
    monkeypatch.setattr(store, "_CHUNK", 20)
    monkeypatch.setattr(store, "_VERSION", 0)  # none of those that are kept
    for made, right in zip(
        store.exact_orders(entry, "derivative", x, {}, (1, 2)), alone, strict=True
    ):
        np.testing.assert_array_equal(made.rounded, right.rounded)


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
