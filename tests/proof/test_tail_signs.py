"""Where results are nothing in any format, their zeros still have the sign of what they are."""

from __future__ import annotations

import pytest

from actinit import spec
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof.exactly import nearest


@pytest.mark.parametrize(
    ("name", "part", "x", "value", "any_zero"),
    [
        ("mish", "derivative", -(2.0**81), -0.0, False),
        ("sigmoid", "value", -(2.0**100), 0.0, False),
        ("silu", "derivative", -(2.0**100), -0.0, False),
        ("gelu_tanh", "derivative", -(2.0**90), -0.0, False),
        ("hard_silu", "value", -(2.0**100), 0.0, True),
        ("relu", "derivative", -1.0, 0.0, True),
    ],
)
def test_nothing_has_a_sign(name, part, x, value, any_zero):
    found = nearest(spec.activations[name], part, x, {}, FORMATS["bfloat16"])
    assert repr(found.value) == repr(value)
    assert found.any_zero == any_zero
