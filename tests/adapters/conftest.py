"""The backends that one process can hold: Keras has one engine a process."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from actinit import adapters

BACKENDS = ("numpy", "torch", "keras")
DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}


@pytest.fixture(params=BACKENDS)
def backend(request):
    try:
        return adapters.load(request.param)
    except adapters.BackendMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=DTYPES)
def dtype(request):
    return DTYPES[request.param]
