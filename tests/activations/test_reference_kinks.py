"""The reference takes the side of a kink that the entry states, not just any subgradient."""

from __future__ import annotations

import pytest

from actinit import reference as ref
from actinit import spec
from actinit.conformance.expected.defaults import defaults, kinks_of
from actinit.conformance.oracle import enclose

KINKED = [name for name, entry in spec.activations.items() if kinks_of(entry)]


def test_there_are_kinks_to_ask_about():
    assert {"relu", "leaky_relu", "selu"} <= set(KINKED)


@pytest.mark.parametrize("name", KINKED)
def test_the_reference_takes_the_stated_side(name):
    entry = spec.activations[name]
    for kink in kinks_of(entry):
        at = spec.evaluate(kink.at, defaults(entry))
        beside = at + (-(2.0**-60) if kink.take == "left" else 2.0**-60)
        limit = enclose(entry, "derivative", [beside], defaults(entry)).rounded[0]
        # 2**-60 from the kink an exponential rounds to its value there.
        assert float(ref.activations[name].derivative(at)) == limit
