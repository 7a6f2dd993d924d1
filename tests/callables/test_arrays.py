"""Which arrays a callable may take."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from actinit.adapters import BackendMissingError
from actinit.conformance.callables import arrays, check


def test_a_framework_that_lacks_something_is_in_nobodys_way(monkeypatch):
    def load(name: str):
        raise BackendMissingError(f"{name} lacks its compiler")

    lacking = "tinygrad"
    monkeypatch.setattr(arrays, "load", load)
    monkeypatch.setattr(arrays, "kinds", lambda: ("numpy", lacking))
    monkeypatch.setitem(sys.modules, lacking, ModuleType(lacking))  # as others imported it
    arrays._named.cache_clear()
    assert [one.name for one in arrays.candidates(lambda x: x)] == ["numpy"]
    with pytest.raises(BackendMissingError, match="lacks its compiler"):
        list(arrays.candidates(lambda x: x, lacking))  # somebody asked for it


def test_tensors_may_lie_on_a_device():
    torch = pytest.importorskip("torch")
    report = check(torch.relu, "relu", arrays="torch@cpu")
    assert (report.arrays, report.conforms) == ("torch@cpu", True), str(report)
    (meta,) = arrays.candidates(torch.tanh, "torch@meta")
    assert torch.tanh(meta.given(np.ones(3, np.float32))).device.type == "meta"
    with pytest.raises(BackendMissingError, match="torch computes on no device 'cdua' here"):
        check(torch.tanh, "tanh", arrays="torch@cdua")
