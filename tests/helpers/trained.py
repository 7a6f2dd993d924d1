"""The backends that train or propagate, as the registry lists them, and whether they can here."""

from __future__ import annotations

import os

import pytest

from actinit.adapters import frameworks
from actinit.conformance.training import backends

__all__ = ["DENSE_ONLY", "PROPAGATE", "TRAINED", "require"]

#: The engine that a framework over others runs on in this process, which has one.
ENGINE = os.environ.get("KERAS_BACKEND", "tensorflow")
_OVER = {name: over for one in frameworks().values() for name, over in one.over.items()}
_FRAMEWORKS = {name: one for one in frameworks().values() for name in one.backends}
#: Backends that train, each under the name that says all: not one whose engine is left open.
TRAINED = [name for name in backends.names() if name in _OVER or not _FRAMEWORKS[name].over]
#: Those that know dense layers only.
DENSE_ONLY = [
    name for name in TRAINED if not (trained := _FRAMEWORKS[name].training) or trained.dense_only
]
#: Backends that carry signals through deep networks.
PROPAGATE = [name for one in frameworks().values() for name in one.depth]


def require(backend: str) -> None:
    """Skip a test unless all that a backend needs is installed, and its engine is the one here."""
    pytest.importorskip(_FRAMEWORKS[backend].name)
    engine = _OVER.get(backend)
    if engine:
        pytest.importorskip(engine)
        if engine != ENGINE:
            pytest.skip(f"this process runs on {ENGINE}, and one has one engine")
