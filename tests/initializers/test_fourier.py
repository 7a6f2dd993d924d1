"""Kernels of a Fourier transform that are wrong on purpose, and the one that is right."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference as ref
from actinit import spec
from actinit.adapters.numpy.adapter import NumPy
from actinit.conformance import initializers as statistics
from actinit.conformance.run.session import Session

STFT = spec.initializers["stft"]


class Wrong(NumPy):
    """The reference, with what it was told or what it gives changed."""

    def __init__(self, told=None, change=lambda w: w):
        self._told, self._change = told or {}, change

    def source(self, entry, dtype, seed, parameters):
        def draw(shape):
            told = {name: self._told.get(name, {}).get(v, v) for name, v in parameters.items()}
            return self._change(ref.stft(shape, dtype=dtype, **told)).astype(dtype)

        return draw


def unreduced(shape, dtype):
    """Return a kernel whose phase is multiplied out in the dtype."""
    time, outputs = np.arange(shape[0], dtype=dtype)[:, None, None], np.arange(shape[2])
    angle = time * (outputs / (2 * shape[2] - 2)).astype(dtype) * dtype.type(2 * np.pi)
    envelope = ref.stft((*shape[:2], 2), dtype="float64")[:, :, :1]  # the wave of f = 0 is 1
    return (envelope * np.cos(angle.astype(np.float64))).astype(dtype)


class Unreduced(NumPy):
    def source(self, entry, dtype, seed, parameters):
        return lambda shape: unreduced(shape, dtype)


def found_wrong(adapter):
    session = Session(adapter)
    for check in statistics.checks(STFT):
        session.run(check)
    return {
        result.id.removeprefix("initializer/stft/"): result
        for result in session.results
        if result.status != "passed"
    }


def test_the_reference_is_right():
    assert found_wrong(Wrong()) == {}


@pytest.mark.parametrize(
    ("adapter", "sides"),
    [
        (Wrong({"side": {"imag": "real"}}), {"imag"}),
        (Wrong({"periodic": {"yes": "no"}}), {"real", "imag"}),
        (Wrong({"scaling": {"spectrum": "density"}}), {"real", "imag"}),
        (Wrong({"window": {"hamming": "hann"}}), {"real", "imag"}),
        (Wrong(change=np.negative), {"real", "imag", "defaults"}),
    ],
)
def test_what_is_wrong_is_caught(adapter, sides):
    wrong = found_wrong(adapter)
    assert {path.split("/")[0] for path in wrong} == sides
    assert {result.outcome.kind for result in wrong.values()} == {"definition"}


def test_an_angle_that_is_not_reduced_is_a_matter_of_accuracy():
    wrong = found_wrong(Unreduced())
    assert wrong["defaults"].outcome.kind == "accuracy"
    assert "roundings explain" in wrong["defaults"].message
