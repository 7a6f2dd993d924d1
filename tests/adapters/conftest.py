"""The frameworks that are installed; of Keras one engine, which is what a process can hold."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from helpers.installed import loaded

from actinit import adapters

FLOAT32_ALONE = {"mnn", "ncnn"}
DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}


@pytest.fixture(params=adapters.frameworks())
def backend(request):
    return loaded(request.param)


@pytest.fixture
def differentiable(backend):
    """One that has gradients; which of ours have none, a test of its own says."""
    if type(backend).gradient is adapters.Adapter.gradient:
        pytest.skip(f"{backend.name} is forward only")
    return backend


@pytest.fixture(params=DTYPES)
def dtype(request):
    """One that the backend has, where a test asks a backend."""
    if request.param != "float32" and "backend" in request.fixturenames:
        name = request.getfixturevalue("backend").name
        if name in FLOAT32_ALONE:
            pytest.skip(f"{name} has float32 alone")
    return DTYPES[request.param]
