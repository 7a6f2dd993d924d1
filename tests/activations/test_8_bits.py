"""Formats of 8 bits: every input, overflow without infinities, and what a backend offers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from helpers import wrong
from helpers.exactly import rounded

from actinit import reference as ref
from actinit import spec
from actinit.conformance.error.metric import measure
from actinit.conformance.error.question import Question
from actinit.conformance.error.tally import Tally
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.formats import ARITHMETIC, FORMATS
from actinit.conformance.oracle import Exact, enclose
from actinit.conformance.plan import activation_checks
from actinit.conformance.run.session import Session
from actinit.reference._rounding import rounded as to_format

NARROW = {name: fmt for name, fmt in FORMATS.items() if name not in ARITHMETIC}
E4M3, E5M2 = NARROW["float8_e4m3fn"], NARROW["float8_e5m2"]
ELEMENTWISE = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]


def run(adapter, name, fmt):
    """Run the checks of one entry in one format; return their results by the id's end."""
    session = Session(adapter)
    prefix = f"activation/{name}/{fmt.name}/"
    checks = [one for one in activation_checks(spec.activations[name]) if prefix in one.id]
    return {check.id.removeprefix(prefix): session.run(check) for check in checks}


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
@pytest.mark.parametrize("part", ["value", "derivative"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_reference_is_correctly_rounded_at_all_256_inputs(name, part, fmt):
    entry, x = spec.activations[name], fmt.every()
    function = ref.activations[name]
    got = function(x) if part == "value" else function.derivative(x)
    points = x.astype(np.float64)
    exact = enclose(entry, part, points.tolist(), defaults(entry), formats=[fmt.name])
    with np.errstate(invalid="ignore"):
        right = exact.rounded_to(fmt).astype(np.float64)
    asked = ~np.isnan(points) | (part == "value")  # a derivative at nan may be left open
    assert asked.sum() >= 250
    np.testing.assert_equal(got.astype(np.float64)[asked], np.where(right == 0, got, right)[asked])
    assert not got[asked & (right == 0)].any()


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
def test_float64_is_rounded_once_on_its_way_to_8_bits(fmt):
    # In the middle of two numbers but for float64's last bit: float32 in between would lose it.
    middle = 1 + 2.0**-fmt.precision
    above = np.nextafter(middle, 2.0)
    assert np.float64(above).astype(fmt.dtype) == 1  # what ml_dtypes makes of it
    got = to_format(np.array([above, middle, -above]), fmt.dtype).astype(float)
    assert got.tolist() == [rounded(one, fmt) for one in map(Fraction, [above, middle, -above])]
    assert got.tolist() == [1 + 2.0**-fmt.stored, 1.0, -1 - 2.0**-fmt.stored]


def error(got, exact, fmt):
    """Return the error in ulp and whether it is a non-finite mismatch, from metric and kernels."""
    with np.errstate(invalid="ignore", over="ignore"):
        result = np.array([got]).astype(fmt.dtype)
    right = Exact(np.array([float(exact)]), np.zeros(1))
    found = measure(result, right, fmt)
    tally = Tally(fmt)
    tally.add(np.array([1.0]).astype(fmt.dtype), result, right, Question(fmt, 0.0))
    assert bool(found.nonfinite[0]) == bool(tally.number("nonfinite"))
    if not found.nonfinite[0]:
        assert found.ulps[0] == tally.worst()["worst"]
    return float(found.ulps[0]), bool(found.nonfinite[0])


@pytest.mark.parametrize(
    ("got", "exact", "fmt", "ulps", "nonfinite"),
    [
        # Without infinities nan is what overflows; the number after 448 would be 480.
        (np.nan, 470.0, E4M3, 10 / 32, False),
        (np.nan, 1e9, E4M3, 0.0, False),
        (np.nan, -1e9, E4M3, 0.0, False),
        (np.nan, 448.0, E4M3, 1.0, False),
        (448.0, 470.0, E4M3, 22 / 32, False),  # saturated, as P3109's SatFinite has it
        (448.0, 1e9, E4M3, 1.0, False),
        (-448.0, 1e9, E4M3, 29.0, False),
        (np.nan, 240.0, E4M3, np.inf, True),
        (np.nan, np.nan, E4M3, 0.0, False),
        (1.0, np.nan, E4M3, np.inf, True),
        # With infinities nan is never right where a number is.
        (np.inf, 61440.0, E5M2, 0.5, False),
        (57344.0, 61440.0, E5M2, 0.5, False),
        (np.nan, 61440.0, E5M2, np.inf, True),
        (np.nan, 1e9, E5M2, np.inf, True),
        (np.inf, 28672.0, E5M2, np.inf, True),
    ],
)
def test_overflow_to_nan_counts_as_overflow_to_infinity_does(got, exact, fmt, ulps, nonfinite):
    assert error(got, exact, fmt) == (ulps, nonfinite)


class Saturating(wrong.Right):
    """Gives the largest number for what is beyond it: within a budget that is no error."""

    def value(self, entry, x, parameters):
        fmt = FORMATS[x.dtype.name]
        exact = ref.activations[entry.name](x.astype(np.float64), **parameters)
        return np.clip(exact, -fmt.row.largest, fmt.row.largest).astype(x.dtype)


class NanWhereExpOverflows(wrong.Right):
    """Sigmoid with each step in the format: exp(6.5) is beyond 448."""

    values = {"sigmoid": lambda x: 1 / (1 + np.exp(-x.astype(np.float64)).astype(x.dtype))}


class Squared(wrong.Right):
    """The derivative of tanh from the value rounded to the format: it cancels."""

    derivatives = {"tanh": lambda x: 1 - np.square(np.tanh(x.astype(np.float64)).astype(x.dtype))}


class Refusing(wrong.Right):
    """Has no sigmoid in a format of 8 bits, as torch has none; its gradient it has."""

    def value(self, entry, x, parameters):
        if entry.name == "sigmoid" and x.dtype.itemsize == 1:
            raise NotImplementedError(f'"sigmoid_cpu" not implemented for {x.dtype.name!r}')
        return super().value(entry, x, parameters)


class RaisingInTheTail(wrong.Right):
    """Computes at 1 but raises where a result is small."""

    def value(self, entry, x, parameters):
        if (x.astype(np.float64) < -8).any():
            raise ArithmeticError("too small")
        return super().value(entry, x, parameters)


class Widening(wrong.Right):
    """Returns float32 for 8 bits."""

    def value(self, entry, x, parameters):
        return super().value(entry, x.astype(np.float32), parameters)


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "selu", "gelu"])
def test_the_right_backend_passes(name, fmt):
    results = run(wrong.Right(), name, fmt)
    assert {"value/ulp", "derivative/ulp", "value/special"} <= set(results)
    assert {one.status for one in results.values()} == {"passed"}


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
def test_saturation_conforms_within_the_budget(fmt):
    results = run(Saturating(), "selu", fmt)
    assert results["value/ulp"].status == "passed"
    assert results["derivative/ulp"].status == "passed"


def test_what_overflows_on_the_way_is_caught():
    results = run(NanWhereExpOverflows(), "sigmoid", E4M3)
    failed = {key for key, one in results.items() if one.status != "passed"}
    assert failed == {"value/ulp"}
    (finding,) = results["value/ulp"].outcome.findings
    assert finding.defect == "nonfinite"
    assert float(finding.last) == -6.5
    assert finding.worst.got == "nan"


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
def test_a_derivative_that_cancels_is_caught(fmt):
    results = run(Squared(), "tanh", fmt)
    failed = {key for key, one in results.items() if one.status != "passed"}
    assert failed == {"derivative/ulp"}
    assert results["derivative/ulp"].outcome.findings[0].kind == "accuracy"


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
def test_what_raises_at_one_is_not_offered_in_a_storage_format(fmt):
    results = run(Refusing(), "sigmoid", fmt)
    refused = {key for key, one in results.items() if one.status == "not-offered"}
    assert refused == {key for key in results if key.startswith("value/")}
    assert all(one.status == "passed" for key, one in results.items() if key not in refused)
    assert "does not compute the value of sigmoid in" in results["value/ulp"].message
    assert all(one.status == "passed" for one in run(Refusing(), "tanh", fmt).values())


def test_what_raises_in_an_arithmetic_format_is_an_error_as_before():
    class Raising(wrong.Right):
        def value(self, entry, x, parameters):
            raise ArithmeticError("broken")

    assert run(Raising(), "relu", FORMATS["float16"])["value/ulp"].status == "error"
    assert run(Raising(), "relu", E5M2)["value/ulp"].status == "not-offered"


@pytest.mark.parametrize("fmt", NARROW.values(), ids=NARROW)
def test_what_raises_elsewhere_or_changes_the_dtype_is_an_error(fmt):
    raising = run(RaisingInTheTail(), "sigmoid", fmt)
    assert raising["value/ulp"].status == "error"
    assert raising["value/special"].status == ("error" if fmt.infinities else "passed")
    assert run(Widening(), "sigmoid", fmt)["value/ulp"].status == "error"


def test_functions_of_rows_are_asked_in_arithmetic_formats_alone():
    for name, entry in spec.activations.items():
        formats = {check.id.split("/")[2] for check in activation_checks(entry)}
        assert bool(formats & set(NARROW)) == (entry.shape == "elementwise"), name
