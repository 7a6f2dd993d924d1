"""The points of the plots."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from actinit import spec
from actinit.conformance import curves
from actinit.conformance.curves import Curves
from actinit.spec.laws import Constant, Orthogonal, Structured

PUBLISHED = Path(curves.__file__).parent / "schemas" / "curves.schema.json"


@pytest.fixture(scope="module")
def points() -> Curves:
    return curves.compute()


def test_the_file_has_the_published_schema(tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    assert curves.main(["--output", str(file)]) == 0
    published = json.loads(PUBLISHED.read_text())
    assert published == curves.schema()
    jsonschema.validate(json.loads(file.read_text()), published)
    assert curves.load(file) == curves.compute()  # nothing is lost, and a second run says the same


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "curves.json"
    file.write_text("{}")
    with pytest.raises(ValueError, match=r"curves\.json is no actinit-curves-2 file"):
        curves.load(file)


def test_every_entry_has_points(points: Curves) -> None:
    assert [curve.entry for curve in points.activations] == list(spec.activations)
    assert [drawn.entry for drawn in points.initializers] == [
        name
        for name, entry in spec.initializers.items()
        # Most of the others have no law of one weight.
        if isinstance(entry.law, Orthogonal) or not isinstance(entry.law, Structured)
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


def test_softmax_over_two_is_the_sigmoid(points: Curves) -> None:
    by_name = {curve.entry: curve for curve in points.activations}
    softmax, sigmoid = by_name["softmax"], by_name["sigmoid"]
    # Two roundings of the last digit in the file.
    np.testing.assert_allclose(softmax.value.y, sigmoid.value.y, rtol=2e-7)
    np.testing.assert_allclose(softmax.derivative[0].y, sigmoid.derivative[0].y, rtol=2e-7)


def test_bars_hold_the_whole_sample_and_the_density_its_mass(points: Curves) -> None:
    for drawn in points.initializers:
        total = sum(bar.count for bar in drawn.bins)
        size = points.shape[0] * points.shape[1]
        if isinstance(spec.initializers[drawn.entry].law, Constant):
            assert (total, drawn.density) == (size, None)
            continue
        # Beyond 4.2 standard deviations of a normal law lie 2.7e-5 of it.
        assert size - 20 < total <= size
        assert drawn.density is not None
        mass = np.trapezoid(drawn.density.y, drawn.density.x)
        assert mass == pytest.approx(1, abs=1e-3)
        # The standard error of the deviation is at most stddev / sqrt(2 n) for these laws.
        assert abs(drawn.drawn_stddev / drawn.stddev - 1) < 5 / np.sqrt(2 * size)
