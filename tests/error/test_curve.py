"""Error curves: what is wrong in one binade shows there and nowhere else, in parts as in one."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from helpers import wrong
from helpers.running import run

from actinit import spec
from actinit.conformance.error.curve import ROUNDED, curve, curve_by_size
from actinit.conformance.error.question import Question
from actinit.conformance.error.tally import Tally
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact
from actinit.conformance.plan import activation_checks
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.store import read, save
from actinit.conformance.run.session import Session

F32, F64 = FORMATS["float32"], FORMATS["float64"]


class OffInOneBinade(wrong.Right):
    """Two numbers too high, from 8 to 16 and from -1/4 to -1/8."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if entry.shape != "elementwise" or x.dtype.kind == "V":
            return right
        here = ((x >= 8) & (x < 16)) | ((x <= -0.125) & (x > -0.25))
        with np.errstate(invalid="ignore", over="ignore"):
            return np.where(here, np.nextafter(np.nextafter(right, np.inf), np.inf), right)


class OffInWideRows(wrong.Right):
    """Twice as much as is right, in rows that are from 32 to 64 wide."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if entry.name != "softmax" or x.dtype != np.float32:
            return right
        width = (x.max(axis=-1, keepdims=True) - x.min(axis=-1, keepdims=True)).astype(float)
        return np.where((width >= 32) & (width < 64), right * np.float32(2), right)


def of(backend, name, check):
    return run(backend, name, check)[check].outcome.curve


@pytest.mark.parametrize("name", ["silu", "gelu", "identity"])
def test_what_is_wrong_in_a_binade_shows_there_and_nowhere_else(name):
    right = of(wrong.Right(), name, "float32/value/ulp")
    found = of(OffInOneBinade(), name, "float32/value/ulp")
    off = {"2^3", "-2^-3"}
    assert off <= set(found)
    # Up to a power of two they are as large as beyond it.
    assert all(1.5 < found[binade] <= 3 for binade in off)
    assert {key: ulp for key, ulp in found.items() if key not in off} == right


def test_derivatives_have_curves_of_their_own():
    ulps = "float32/value/ulp", "float32/derivative/ulp"
    found = run(wrong.DerivativeOffByAFactor(), "tanh", *ulps)
    assert not found["float32/value/ulp"].outcome.curve
    assert max(found["float32/derivative/ulp"].outcome.curve.values()) > 1000


def test_rows_are_sorted_by_their_width():
    found = of(OffInWideRows(), "softmax", "float32/value/ulp")
    right = of(wrong.Right(), "softmax", "float32/value/ulp")
    assert found["2^5"] > 1e6
    assert {key: ulp for key, ulp in found.items() if key != "2^5"} == {
        key: ulp for key, ulp in right.items() if key != "2^5"
    }


def tally(x, got):
    found = Tally(F32)
    found.add(x, got, x.astype(np.float64), Question(F32, 1.0))
    return found


def test_parts_that_are_merged_give_the_curve_of_the_whole():
    patterns = np.arange(0x3F800000, 0x41000000, 4099, dtype=np.uint32)
    x = patterns.view(np.float32)
    got = np.where(patterns % 7 == 0, np.nextafter(x, np.float32(np.inf)), x)
    got[np.searchsorted(x, 5.0)] = 6.0
    whole = curve(tally(x, got))
    assert list(whole) == ["2^0", "2^1", "2^2"]
    assert whole["2^2"] > 1e6
    assert whole["2^0"] == whole["2^1"] == 1
    cuts = np.searchsorted(patterns, [0x3FA00000, 0x40000000, 0x40900000])  # ends of bins
    pieces = [tally(*both) for both in zip(np.split(x, cuts), np.split(got, cuts), strict=True)]
    for order in itertools.permutations(pieces):
        merged = Tally(F32)
        for piece in order:
            merged.merge(piece)
        assert curve(merged) == whole


def test_zero_and_subnormals_are_one_binade_and_infinity_is_in_none():
    found = Tally(F32)
    for sign in (1, -1):
        x = sign * np.array([0.0, 1e-45, 1e-39, 2.0**-126, 3e38, np.inf], dtype=np.float32)
        found.add(x, x, x.astype(np.float64), Question(F32, 1.0))
    expected = ["0", "-0", "2^-126", "-2^-126", "2^127", "-2^127"]
    assert curve(found) == dict.fromkeys(expected, 0.0)


def test_sizes_are_sorted_as_numbers_are():
    sizes = np.array([0.0, 1e-45, 1.0, 1.5, 2.0, 1e300, 8.0])
    errors = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0])
    expected = {"0": 2.0, "2^0": 4.0, "2^1": 5.0, "2^3": 0.0, "2^127": 6.0}
    assert curve_by_size(sizes, errors, F32) == expected
    assert curve_by_size(sizes, errors, F32, above=4.0) == {"2^1": 5.0, "2^127": 6.0}


def test_what_is_as_exact_as_can_be_takes_no_room():
    found = Tally(F64)
    x = np.array([1.0, 2.0, 4.0])
    left = np.array([0.5, 0.5004, 0.506])  # ulp; the second is half of one, to three digits
    found.add(x, x, Exact(x, left), Question(F64, 1.0))
    assert curve(found) == {"2^0": 0.5, "2^1": 0.5, "2^2": 0.506}
    assert curve(found, above=ROUNDED) == {"2^2": 0.506}
    assert not of(wrong.Right(), "relu", "float32/value/ulp")


def test_a_curve_has_a_bounded_size_however_wrong_a_backend_is():
    """Of float64, which has the most binades, wrong by thousands of ulp in each of them."""
    found = Tally(F64)
    patterns = np.arange(2047, dtype=np.uint64) << np.uint64(52) | np.uint64(5)
    for sign in (0, 1 << 63):
        x = (patterns | np.uint64(sign)).view(np.float64)
        got = (patterns + np.arange(2047, dtype=np.uint64) * np.uint64(997) | np.uint64(sign)).view(
            np.float64
        )
        found.add(x, got, x, Question(F64, 1.0))
    kept = curve(found, above=ROUNDED)
    assert len(kept) < 2 * (2 * F64.emax + 1)
    assert len(json.dumps(kept, indent=1)) < 100_000
    assert all(float(f"{ulp:.3g}") == ulp for ulp in kept.values())


class EndsOnAFloor(wrong.Right):
    """A sigmoid of clamped inputs: in the tail of float64 more ulp off than float64 holds."""

    def value(self, entry, x, parameters):
        if x.dtype.kind not in "f":
            return super().value(entry, x, parameters)
        return super().value(entry, np.clip(x, -30, 30), parameters)


def test_what_is_further_off_than_numbers_go_is_a_report_that_reads_back(tmp_path):
    checks = activation_checks(spec.activations["sigmoid"])
    session = Session(EndsOnAFloor(), 60.0)
    session.run(next(one for one in checks if one.id.endswith("float64/value/ulp")))
    save(session.report(complete=False), tmp_path / "own.json")
    (result,) = read(tmp_path / "own.json", ConformanceReport).results
    assert result.outcome == session.results[0].outcome
    figures = [*result.outcome.curve.values(), *result.outcome.measured.values()]
    assert np.isfinite(figures).all()
    assert max(figures) == np.finfo(np.float64).max
