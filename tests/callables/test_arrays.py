"""Which arrays a callable may take."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from actinit.adapters import BackendMissingError
from actinit.conformance.callables import arrays


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
