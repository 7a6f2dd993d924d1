"""The points of the plots."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import mpmath
import numpy as np
import pytest
from helpers.formulas import FORMULAS

from actinit import spec
from actinit.conformance.commands import main
from actinit.conformance.expected.defaults import seams_of
from actinit.conformance.published import curves
from actinit.conformance.results.curves import Curve, Curves
from actinit.conformance.results.store import read, schema
from actinit.spec.distributions import Constant, Orthogonal, Structured


@pytest.fixture(scope="module")
def points() -> Curves:
    return curves.compute()


def test_the_file_has_the_published_schema(tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    assert main(["compute", "curves", "--output", str(file)]) == 0
    jsonschema.validate(json.loads(file.read_text()), schema(Curves))
    assert read(file, Curves) == curves.compute()  # nothing is lost, and a second run says the same


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    file.write_text("{}")
    with pytest.raises(ValueError, match=r"curves\.json is no actinit-curves-2 file"):
        read(file, Curves)


def test_every_entry_has_points(points: Curves) -> None:
    assert [curve.entry for curve in points.activations] == list(spec.activations)
    assert [drawn.entry for drawn in points.initializers] == [
        name
        for name, entry in spec.initializers.items()
        # Most of the others have no distribution of one weight.
        if isinstance(entry.distribution, Orthogonal)
        or not isinstance(entry.distribution, Structured)
    ]


def test_a_jump_is_not_joined(points: Curves) -> None:
    relu = next(curve for curve in points.activations if curve.entry == "relu")
    below, above = relu.derivative
    assert (set(below.y), set(above.y)) == ({0.0}, {1.0})
    assert below.x[-1] == above.x[0] == 0.0  # both reach the kink, to the digits of the file
    (kink,) = relu.kinks
    assert (kink.low, kink.high, kink.taken) == (0.0, 1.0, 0.0)
    smooth = next(curve for curve in points.activations if curve.entry == "elu")
    assert (len(smooth.derivative), smooth.kinks) == (1, [])  # with alpha = 1 there is none


def by_name(points: Curves) -> dict[str, Curve]:
    return {curve.entry: curve for curve in points.activations}


@pytest.mark.parametrize("name", FORMULAS)
def test_second_derivatives_are_those_of_the_functions(points: Curves, name: str) -> None:
    curve, seams = by_name(points)[name], seams_of(spec.activations[name])
    drawn = {x: y for line in curve.second for x, y in zip(line.x, line.y, strict=True)}
    with mpmath.workdps(40):
        # Where pieces meet there is none.
        for x in {-5.0, -2.0, -0.5, 0.25, 1.0, 3.5}.difference(seams):
            right = float(mpmath.diff(FORMULAS[name].value, mpmath.mpf(x), 2))
            # Seven digits, and what the difference leaves of a zero.
            assert drawn[x] == pytest.approx(right, rel=1e-6, abs=1e-12)


def test_a_second_derivative_is_drawn_piece_by_piece(points: Curves) -> None:
    below, above = by_name(points)["elu"].second  # smooth, and yet its slope has a kink
    assert (below.x[-1], below.y[-1]) == (0.0, 1.0)
    assert (above.x[0], set(above.y)) == (0.0, {0.0})
    assert len(by_name(points)["gelu"].second) == 1
    assert not by_name(points)["softmax"].second


def test_marked_points_are_where_a_derivative_is_zero(points: Curves) -> None:
    found = {name: [(p.what, p.x) for p in curve.points] for name, curve in by_name(points).items()}
    assert found["sigmoid"] == found["tanh"] == [("inflection", 0.0)]
    assert found["relu"] == found["elu"] == found["softplus"] == []
    root = 2**0.5  # of phi(x) (2 - x**2), the second derivative of gelu
    (left, lowest, right) = by_name(points)["gelu"].points
    assert (left.x, right.x) == pytest.approx((-root, root), rel=1e-6)
    with mpmath.workdps(30):
        least = mpmath.findroot(lambda x: mpmath.diff(FORMULAS["gelu"].value, x), -0.75)
        assert lowest.what == "minimum"
        assert lowest.x == pytest.approx(float(least), rel=1e-6)
        assert lowest.value == pytest.approx(float(FORMULAS["gelu"].value(least)), rel=1e-6)


def test_curves_of_a_parameter_are_those_that_the_entry_names(points: Curves) -> None:
    for name, curve in by_name(points).items():
        shown = [(one.parameter, one.at) for one in curve.variants]
        assert shown == [
            (key, at)
            for key, parameter in spec.activations[name].parameters.items()
            for at in sorted({parameter.default, *parameter.curves})
        ]
    steep = by_name(points)["elu"].variants[-1]
    assert steep.at == 2.0
    assert steep.value.y[0] == pytest.approx(2 * np.expm1(-6.0), rel=1e-6)


def test_softmax_over_two_is_the_sigmoid(points: Curves) -> None:
    softmax, sigmoid = by_name(points)["softmax"], by_name(points)["sigmoid"]
    # Two roundings of the last digit in the file.
    np.testing.assert_allclose(softmax.value.y, sigmoid.value.y, rtol=2e-7)
    np.testing.assert_allclose(softmax.derivative[0].y, sigmoid.derivative[0].y, rtol=2e-7)


def test_bars_hold_the_whole_sample_and_the_density_its_mass(points: Curves) -> None:
    for drawn in points.initializers:
        total = sum(bar.count for bar in drawn.bins)
        size = points.shape[0] * points.shape[1]
        if isinstance(spec.initializers[drawn.entry].distribution, Constant):
            assert (total, drawn.density) == (size, None)
            continue
        # Beyond 4.2 standard deviations of a normal distribution lie 2.7e-5 of it.
        assert size - 20 < total <= size
        assert drawn.density is not None
        mass = np.trapezoid(drawn.density.y, drawn.density.x)
        assert mass == pytest.approx(1, abs=1e-3)
        # The standard error of the deviation is at most stddev / sqrt(2 n) for these distributions.
        assert abs(drawn.drawn_stddev / drawn.stddev - 1) < 5 / np.sqrt(2 * size)
