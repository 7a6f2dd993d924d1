"""Arrays pass to tensors and back bit by bit, also of dtypes that NumPy lacks."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.imports import FRAMEWORKS
from helpers.installed import loaded

from actinit import spec


def has(engine, array):
    """Say whether a framework has a dtype that it does not compute in."""
    try:
        engine.tensor(array)
    except Exception:
        return False
    return True


@pytest.mark.parametrize("name", [n for n, row in spec.formats().items() if row.asked == "every"])
@pytest.mark.parametrize("backend", sorted(FRAMEWORKS - {"keras"}))  # which has theirs
def test_every_pattern_survives(backend, name):
    width = spec.formats()[name].width
    patterns = np.arange(2**width, dtype=f"u{width // 8}")
    numbers = patterns.view(np.dtype(name))
    engine = getattr(loaded(backend), "engine", None)
    if engine is None:
        pytest.skip(f"{backend} has no tensors of its own: it takes arrays")
    if not spec.formats()[name].arithmetic and not has(engine, numbers):
        pytest.skip(f"{backend} has no {name}")
    for array in (numbers, numbers[::-1], numbers[::2]):
        tensor = engine.tensor(array)
        assert name in str(tensor.dtype)
        back = engine.array(tensor)
        assert back.dtype == array.dtype
        nan = np.isnan(array.astype(np.float32))  # whose payload a framework need not keep
        np.testing.assert_array_equal(back.view(patterns.dtype)[~nan],
                                      array.view(patterns.dtype)[~nan])  # fmt: skip
        assert np.isnan(back.astype(np.float32)[nan]).all()
