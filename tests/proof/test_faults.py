"""Faults of the reference that a proof sees: in a table, in a bound, in the exact step, anywhere.

Each changes a few results of millions, so the proof is made around the hardest inputs.
"""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference as ref
from actinit.conformance.expected.hard_cases import hard_inputs
from actinit.conformance.formats import FORMATS
from actinit.conformance.proof import narrow
from actinit.conformance.proof.piece import ask_reference
from actinit.reference.arithmetic import _floats, _pairs, balls, settle
from actinit.spec import activations

pytestmark = pytest.mark.usefixtures("nothing_from_before")


def hardest(name, part):
    """Return the hardest float32 inputs whose numbers are not of the smallest."""
    return [x for x in hard_inputs(name, part, "float32") if abs(x) > 2.0**-100][:12]


@pytest.mark.parametrize("part", ["value", "derivative"])
def test_the_reference_is_right_around_the_hardest_inputs(proven, part):
    inputs = hardest("gelu", part)
    found = proven("gelu", part, inputs)
    assert found.wrong_count == 0
    assert {case.x for case in found.cases} >= set(inputs)  # which no model decides


def test_a_rounding_test_without_its_bound(proven, monkeypatch):
    monkeypatch.setattr(settle, "bound_of", lambda formula, unit: 0.0)
    for part in ("value", "derivative"):
        assert proven("gelu", part, hardest("gelu", part)).wrong_count > 0


def test_the_last_bit_of_a_table(proven, monkeypatch):
    """A place of the table is asked for by few inputs; the hardest tell which."""
    x = hardest("gelu", "derivative")[0]

    seen = 0
    place = int(_floats.interval(np.array([abs(x)]))[0])
    for row in range(1, 13):
        for way in (np.inf, -np.inf):
            altered = _floats.MILLS.copy()
            altered[row, place] = np.nextafter(altered[row, place], way)
            with monkeypatch.context() as planted:
                for module in (_floats, _pairs):
                    planted.setattr(module, "MILLS", altered)
                seen += proven("gelu", "derivative", [x]).wrong_count > 0
    assert seen > 0


def test_a_wrong_exact_step(proven, monkeypatch):
    """Of float32 no result needs it, so all are made to."""
    open_ = ref.sigmoid._value._replace(error=2.0**60)
    monkeypatch.setattr(ref.sigmoid, "_value", open_)
    inputs = [-3.0]
    assert proven("sigmoid", "value", inputs).wrong_count == 0
    settle._exact.cache_clear()
    monkeypatch.setattr(balls, "_HALVINGS", 0)
    monkeypatch.setattr(balls, "widened", lambda ball, by: ball)
    monkeypatch.setattr(balls, "_expm1_series", lambda r: r + r * r / 2)
    assert proven("sigmoid", "value", inputs).wrong_count > 0


@pytest.mark.parametrize("way", [np.inf, -np.inf])
@pytest.mark.parametrize("name", ["tanh", "mish", "hard_silu"])
def test_one_result_that_is_not_the_nearest(proven, name, way):
    at = np.float32(-0.7)

    def ask(x):
        results = ref.activations[name](x)
        return np.where(x == at, np.nextafter(results, np.float32(way)), results)

    found = proven(name, "value", [float(at)], ask)
    assert found.wrong_count == 1
    assert found.wrong[0].x == float(at)
    assert found.wrong[0].right == float(ref.activations[name](at))


@pytest.mark.parametrize("fmt", ["float8_e4m3fn", "float8_e5m2", "float16", "bfloat16"])
def test_one_result_of_a_narrow_format(fmt):
    entry, ask = activations["silu"], ask_reference("silu", "value")
    whole = narrow.prove(entry, "value", {}, FORMATS[fmt], ask)
    assert whole.wrong_count == 0
    x = FORMATS[fmt].every()
    patterns = x.view(FORMATS[fmt].bits).tolist()
    zeros = [patterns.index(pattern) for pattern in (0, FORMATS[fmt].sign)]
    for at, by in ((70, 1), *((zero, FORMATS[fmt].sign) for zero in zeros)):

        def altered(x, at=at, by=by):
            results = ask(x).view(FORMATS[fmt].bits).copy()
            results[at] ^= by
            return results.view(FORMATS[fmt].dtype)

        found = narrow.prove(entry, "value", {}, FORMATS[fmt], altered)
        assert found.wrong_count == 1
        assert found.wrong[0].x == float(x[at])
        assert found.digest != whole.digest


def test_a_sign_of_zero_in_the_tail():
    """silu(-2000) is less than 0, however little."""
    fmt = FORMATS["float16"]

    def ask(x):
        results = ref.silu(x)
        return np.where(x == -2000, np.float16(0.0), results)

    found = narrow.prove(activations["silu"], "value", {}, fmt, ask)
    assert [(one.x, one.right) for one in found.wrong] == [(-2000, 0.0)]


def test_a_result_just_beyond_a_tie():
    """0.01 is a little more than it says, so that 0.01 x is 2**-25 and 2**-80 more."""
    fmt, entry = FORMATS["float16"], activations["leaky_relu"]
    x = float.fromhex("-0x1.9p-19")
    for value, wrong in ((-(2.0**-24), []), (-0.0, [x])):

        def ask(points, value=value):
            return np.where(points == x, value, ref.leaky_relu(points)).astype(np.float16)

        found = narrow.prove(entry, "value", {"negative_slope": 0.01}, fmt, ask)
        assert [one.x for one in found.wrong] == wrong
