"""One result, exactly: what it rounds to and how far from a boundary it is."""

from __future__ import annotations

import pytest

from actinit import spec
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof.exactly import nearest


@pytest.mark.parametrize(
    ("name", "part", "x", "fmt", "value", "distance"),
    [
        # 3/8 (3 + 3/8) / 6 is 27/128, in the middle of 13/64 and 14/64.
        ("hard_silu", "value", 0.375, "float8_e4m3fn", 14 / 64, 0.0),
        ("hard_silu", "value", -0.375, "float8_e4m3fn", -10 / 64, -0.0),
        # Half of the smallest number, and 0.4 of its square: 0.4 of an ulp times the number.
        ("gelu", "value", 2.0**-149, "float32", 2.0**-149, 0.3989422804 * 2.0**-149),
        ("gelu", "value", -(2.0**-149), "float32", -0.0, -0.3989422804 * 2.0**-149),
        # 1/2 + 2**-25, the middle, less x**3 / 48 with x = 2**-23, in units of 2**-24.
        ("sigmoid", "value", 2.0**-23, "float32", 0.5, -(2.0**-69) / 48 * 2.0**24),
        # x - 1, the middle, and 2**-48000000 more: of the distance the sign alone is known.
        ("tanh_shrink", "value", 2.0**24 + 2, "float32", 2.0**24 + 2, 2.0**-1000),
        ("tanh_shrink", "value", -(2.0**24) - 2, "float32", -(2.0**24) - 2, 2.0**-1000),
        # As far as can be: x, and 2**-100000 less.
        ("gelu", "value", 1e38, "float32", 9.999999680285692e37, 0.5),
        ("relu", "derivative", 3.0, "float32", 1.0, 0.5),
        # Beyond the numbers of the format: it has no infinity.
        ("identity", "value", 500.0, "float8_e4m3fn", float("nan"), 0.5),
    ],
)
def test_value_and_distance(name, part, x, fmt, value, distance):
    x = float(FORMATS[fmt].dtype.type(x)) if fmt == "float32" else x
    found = nearest(spec.activations[name], part, x, {}, FORMATS[fmt])
    assert repr(found.value) == repr(value)
    if name == "identity":
        assert abs(found.distance) <= 0.5
    else:
        assert abs(found.distance) == pytest.approx(abs(distance), rel=1e-6)
        assert abs(distance) == 0.5 or (found.distance < 0) == (distance < 0)


def test_a_zero_has_the_sign_of_what_rounds_to_it():
    for name, x, value in [
        ("gelu", -60.0, -0.0),
        ("gelu_tanh", -60.0, -0.0),  # 1 + tanh(u), of which no digit is left
        ("sigmoid", -200.0, 0.0),
        ("mish", -1e38, -0.0),
    ]:
        found = nearest(spec.activations[name], "value", x, {}, FORMATS["float32"])
        assert repr(found.value) == repr(value)
