"""assert_ulp: silent where results are right, and a message that shows the worst input."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import reference
from actinit.spec import UnknownNameError
from actinit.testing import assert_ulp

X = np.linspace(-6, 6, 121).astype(np.float32)


def test_right_results_pass_in_every_shape():
    assert_ulp(reference.gelu(X), "gelu", X, max_ulp=0.5)
    assert_ulp(reference.gelu(X).reshape(11, 11), "gelu", X.reshape(11, 11), max_ulp=0.5)
    assert_ulp(np.float32(0.0), "relu", -1.0, max_ulp=0)
    assert_ulp(reference.gelu.derivative(X), "gelu", X, max_ulp=0.5, part="derivative")
    slope = {"negative_slope": 0.2}
    assert_ulp(reference.leaky_relu(X, **slope), "leaky_relu", X, max_ulp=0.5, parameters=slope)


def test_the_message_shows_the_worst_input_in_decimal_and_hexadecimal():
    got = reference.gelu(X)
    for _ in range(2):
        got[17] = np.nextafter(got[17], np.float32(1), dtype=np.float32)
    got[60] = got[60] + np.float32(1e-30)
    with pytest.raises(AssertionError) as raised:
        assert_ulp(got, "gelu", X, max_ulp=0.9)
    text = str(raised.value)
    assert "2 of 121 results are more than 0.9 ulp from gelu in float32" in text
    assert f"x     = 0.0 ({float(0).hex()})" in text
    assert f"got   = {float(got[60])!r} ({float(got[60]).hex()})" in text
    assert "right = 0.0 (0x0.0p+0)" in text
    assert_ulp(np.delete(got, 60), "gelu", np.delete(X, 60), max_ulp=2.5)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 0.0, -1.0])
def test_what_has_no_distance_is_wrong_whatever_is_granted(wrong):
    with pytest.raises(AssertionError, match="off beyond counting in ulp"):
        assert_ulp(np.float32([wrong]), "sigmoid", np.float32([0.5]), max_ulp=1e30)


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((X, "gelo", X), {}, UnknownNameError),
        ((X, "softmax", X), {}, ValueError),
        ((X, "relu", X[1:]), {}, ValueError),
        ((X[:0], "relu", X[:0]), {}, ValueError),
        ((X.astype(int), "relu", X), {}, TypeError),
        ((X, "relu", X), {"part": "slope"}, UnknownNameError),
        ((X, "relu", X), {"max_ulp": -1}, ValueError),
        ((X, "relu", X), {"max_ulp": np.nan}, ValueError),
        ((X, "relu", X), {"parameters": {"alpha": 1}}, UnknownNameError),
    ],
)
def test_bad_input_is_told(arguments, options, error):
    with pytest.raises(error):
        assert_ulp(*arguments, **{"max_ulp": 1, **options})
