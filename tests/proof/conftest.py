"""What the tests of proofs share."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import spec
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.proof.chunk import Open, held
from actinit.conformance.proof.models import Modeller, Run
from actinit.conformance.proof.piece import ask_reference

#: Numbers of a run around an input.
COUNT = 256


def run_around(x: float) -> Run:
    """Return consecutive float32 numbers, an input among them; normal ones."""
    pattern = int(np.float32(x).view(np.uint32))
    field, fraction = (pattern >> 23) & 255, pattern & (2**23 - 1)
    first = (2**23 + fraction) // COUNT * COUNT
    return Run(-1 if pattern >> 31 else 1, first, COUNT, field - 150)


def numbers(run: Run) -> np.ndarray:
    """Return the numbers of a run."""
    steps = np.arange(run.first, run.first + run.size, dtype=np.float64)
    return (run.sign * np.ldexp(steps, run.exponent)).astype(np.float32)


@pytest.fixture
def proven():
    """Prove runs around some inputs as a whole binade is proven."""

    def prove(name, part, inputs, ask=None) -> Open:
        entry = spec.activations[name]
        parameters = dict(defaults(entry))
        modeller, found = Modeller(entry, part, parameters), Open(entry, part, parameters)
        for x in inputs:
            run = run_around(x)
            points = numbers(run)
            model = modeller.polynomial(run)
            assert model is not None
            held(model, points, (ask or ask_reference(name, part))(points), found)
        return found

    return prove
