"""Captions name what is drawn: as many kinks, rings and gaps as the function has."""

from __future__ import annotations

import pytest
from actinit_site.content import captions

from actinit.conformance.published import curves
from actinit.conformance.results.curves import Curve


@pytest.fixture(scope="module")
def drawn() -> dict[str, Curve]:
    return {curve.entry: curve for curve in curves.compute().activations}


@pytest.mark.parametrize(
    ("name", "value", "derivative", "second", "gaps"),
    [
        ("identity", "", "", "", ""),
        ("tanh", "a ring at the inflection", "", "a ring where it is 0", ""),
        ("gelu", "rings at the inflections and minimum", "", "rings where it is 0", ""),
        # Its derivative has no jump at the default alpha; the second one has.
        ("elu", "", "", "open where there is none", "x = 0"),
        ("relu", "a dot at the kink", "a dot at what is taken where it jumps",
         "open where there is none", "x = 0"),
        ("hard_silu", "dots at the kinks; a ring at the minimum",
         "dots at what is taken where it jumps", "open where there is none", "x = -3, 3"),
    ],
)  # fmt: skip
def test_what_is_marked_is_named(
    drawn: dict[str, Curve], name: str, value: str, derivative: str, second: str, gaps: str
) -> None:
    curve = drawn[name]
    assert captions.value(curve) == value
    assert captions.derivative(curve) == derivative
    assert captions.second(curve) == second
    assert captions.gaps(curve) == gaps
