"""The page's exact values against the oracle: bit for bit, in every format."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from actinit_site.html.evaluator import formulas

from actinit import spec
from actinit.conformance.activations import second
from actinit.conformance.expected.budgets import budgets
from actinit.conformance.expected.defaults import defaults, seams_of
from actinit.conformance.expected.inputs import every_nth, scalars
from actinit.conformance.expected.reference import reference_at
from actinit.conformance.expected.roots import roots
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import enclose, exact
from actinit.conformance.published import every
from actinit.conformance.published.answers import inputs, patterns

ELEMENTWISE = [name for name, e in spec.activations.items() if e.shape == "elementwise"]
#: Of every stratum of the suite's sample, for each function, part and format; with the edges some
#: 40,000 results in half a minute.
ABOUT = 400


@cache
def sample(name, dtype):
    entry, fmt = spec.activations[name], FORMATS[dtype]
    # The suite's sample is sorted: what is taken at even distances spans all of it.
    spread = every_nth(scalars(fmt, roots(entry)), ABOUT)
    both = np.concatenate([spread, inputs(entry, fmt)])
    return fmt.from_bits(np.unique(both.view(fmt.bits)))


def oracle(entry, part, points, parameters, dtype):
    """Return exact results; there is no limit of a second derivative."""
    if part != "second":
        return enclose(entry, part, points, parameters, 0, [dtype])
    found = enclose(entry, "derivative", points, parameters, 1, [dtype])
    found.rounded[~np.isfinite(points)] = np.nan
    return found


def left_open(entry, part, points, right, fmt):
    """Say where the page may say nothing.

    At a second derivative where pieces meet, and at a result that is next to nothing from the
    middle of two numbers of the format: balls do not tell on which side it is.
    """
    below, above = (np.nextafter(right, end).astype(fmt.dtype) for end in (-np.inf, np.inf))
    middle = (right.astype(fmt.dtype) != right) & (below != above)
    return middle | (np.isin(points, seams_of(entry)) & (part == "second"))


def differing(ask, name, dtype, part, x, parameters=None):
    """Return the inputs at which the page and the oracle differ, with both results."""
    entry, fmt = spec.activations[name], FORMATS[dtype]
    parameters = parameters or defaults(entry)
    found = ask(
        "results", entry=formulas(entry), part=part, format=dtype, inputs=patterns(x, fmt),
        parameters={key: repr(value) for key, value in parameters.items()},
    )  # fmt: skip
    points = x.astype(np.float64).tolist()
    right = oracle(entry, part, points, parameters, dtype)
    exact = right.rounded_to(fmt)
    with np.errstate(all="ignore"):
        may = left_open(entry, part, points, right.rounded, fmt)
    wrong = []
    for point, got, right, pattern, silent in zip(
        points, found, exact, patterns(exact, fmt), may, strict=True
    ):
        if got is None and silent:
            continue
        number = np.nan if got is None else fmt.from_bits(np.array([int(got, 16)]))[0]
        # The oracle says nothing of the sign of a zero, and nan where a result is left open.
        open_ = np.isnan(number) and np.isnan(right)
        same = number == right if right == 0 else got == pattern or open_
        if not same:
            wrong.append((point, got, pattern))
    return wrong


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, parameter) for name in ELEMENTWISE for parameter in spec.activations[name].parameters],
)
def test_a_domain_is_that_of_the_entry(ask, name, parameter):
    entry, tried = spec.activations[name], [-3.0, -5e-324, 0.0, 5e-324, 0.3, 1.0, 2.0, 1.7e308]
    found = ask(
        "accepts", entry=formulas(entry), parameter=parameter, values=[repr(v) for v in tried],
        parameters={key: repr(value) for key, value in defaults(entry).items()},
    )  # fmt: skip
    domain = entry.parameters[parameter].domain
    right = [spec.holds(domain, {**defaults(entry), parameter: value}) for value in tried]
    assert found == right
    # The panel takes finite numbers only, which are all that some domains ask for.
    every = str(domain) == f"-inf < {parameter} and {parameter} < inf"
    assert set(right) == ({True} if every else {True, False})


@pytest.mark.parametrize("part", ["value", "derivative", "second"])
@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_result_is_the_oracle_s(ask, name, dtype, part):
    assert differing(ask, name, dtype, part, sample(name, dtype)) == []


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("elu", {"alpha": 0.3}),
        ("elu", {"alpha": 0.0}),
        ("leaky_relu", {"negative_slope": 0.2}),
        ("leaky_relu", {"negative_slope": 5e-324}),
    ],
)
def test_parameters_are_binary64_numbers(ask, name, parameters):
    for dtype in FORMATS:
        for part in ("value", "derivative", "second"):
            assert differing(ask, name, dtype, part, sample(name, dtype), parameters) == []


@pytest.mark.parametrize("dtype", FORMATS)
def test_zeros_have_the_sign_that_the_entry_states(ask, dtype):
    fmt = FORMATS[dtype]
    zeros = np.array([0.0, -0.0], dtype=fmt.dtype)
    for name in ELEMENTWISE:
        entry = spec.activations[name]
        given = {key: repr(value) for key, value in defaults(entry).items()}
        for part in ("value", "derivative"):
            found = ask(
                "results", entry=formulas(entry), part=part, format=dtype,
                inputs=patterns(zeros, fmt), parameters=given,
            )  # fmt: skip
            for x, got in zip(("0.0", "-0.0"), found, strict=True):
                stated = next(getattr(c, part) for c in entry.special.cases if repr(c.x) == x)
                if isinstance(stated, float):
                    assert got == patterns(np.array([stated], dtype=fmt.dtype), fmt)[0], name


def test_a_result_below_all_numbers_has_the_sign_of_the_exact_value(ask):
    entry, fmt = spec.activations["silu"], FORMATS["float64"]
    x = np.array([-800.0, -1e308])
    found = ask(
        "results", entry=formulas(entry), part="value", format="float64", inputs=patterns(x, fmt),
        parameters={},
    )  # fmt: skip
    assert found == ["8" + "0" * 15] * 2


def test_what_no_precision_settles_is_said_not_guessed(ask):
    # alpha lies in the middle of two numbers of float16, of which the outer one is even, and
    # alpha * expm1(x) less than 2**-90000 within it.
    x = np.array([-65504.0], dtype=np.float16)
    question = {
        "entry": formulas(spec.activations["elu"]), "part": "value", "format": "float16",
        "inputs": patterns(x, FORMATS["float16"]),
    }  # fmt: skip
    assert ask("results", **question, parameters={"alpha": repr(1 + 3 * 2**-11)}) == [None]
    assert ask("results", **question, parameters={"alpha": "1.0"}) == ["bc00"]


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("real.js", "[-4n, 239n]", "[-4n, 240n]"),  # pi
        ("real.js", "[8n, 8749n]", "[8n, 8750n]"),  # log(2)
        ("real.js", "return { m: direction < 0 ? m >> by : -(-m >> by)", "return { m: m >> by"),
        ("formats.js", "if (doubled & 1n && (rest || steps & 1n))", "if (doubled & 1n)"),
    ],
)
def test_scripts_that_are_wrong_are_caught(altered, file, right, wrong):
    with altered(file, right, wrong) as ask:
        found = [
            bad
            for name in ("gelu", "leaky_relu", "softplus")
            for dtype in FORMATS
            for bad in differing(ask, name, dtype, "value", sample(name, dtype))
        ]
    assert found


def test_errors_are_those_of_the_metric(ask):
    from actinit.conformance.error.metric import measure

    entry, fmt = spec.activations["gelu"], FORMATS["float64"]
    x = np.array([-37.0, -8.0, -1.0, 0.3, 2.0, 1e300, -1e-310])
    exact = enclose(entry, "value", x.tolist(), {})
    near, opposite = exact.rounded * (1 + 2**-40), -exact.rounded
    for got in (near, opposite, np.zeros_like(x), np.full_like(x, np.inf)):
        errors = measure(got, exact, fmt)
        found = ask(
            "errors", entry=formulas(entry), part="value", format="float64", parameters={},
            inputs=patterns(x, fmt), got=patterns(got, fmt),
        )  # fmt: skip
        for text, ulps, nonfinite, flushed in zip(
            found, errors.ulps, errors.nonfinite, errors.flushed_result, strict=True
        ):
            if nonfinite:
                assert text == "NaN"
            elif not flushed:
                # The oracle's residual is good to 2**-22 ulp.
                assert float(text) == pytest.approx(ulps, rel=1e-12, abs=2**-21)


def test_thirty_digits_are_those_of_a_second_library(ask):
    import mpmath

    fmt = FORMATS["float64"]
    x = np.array([-37.5, -6.52, -1e-300, 0.1, 3.0])
    question = {"format": "float64", "inputs": patterns(x, fmt), "parameters": {}, "count": 30}
    with mpmath.workdps(60):
        for name, function in (
            ("sigmoid", lambda v: 1 / (1 + mpmath.exp(-v))),
            ("gelu", lambda v: v * mpmath.erfc(-v / mpmath.sqrt(2)) / 2),
        ):
            found = ask("digits", entry=formulas(spec.activations[name]), part="value", **question)
            for point, answer in zip(x.tolist(), found, strict=True):
                text = answer["text"]
                right = function(mpmath.mpf(point))
                assert abs(mpmath.mpf(text) - right) <= abs(right) * mpmath.mpf(10) ** -29
                assert not answer["exact"]


def test_an_evaluation_takes_no_second(ask):
    # Of the slowest: ties that need 1100 bits, and tails of erfc. The bound is that of the page.
    for name in ("gelu", "silu", "gelu_tanh", "mish"):
        for part in ("value", "derivative", "second"):
            entry = spec.activations[name]
            x = patterns(inputs(entry, FORMATS["float64"]), FORMATS["float64"])
            took = ask(
                "slowest", entry=formulas(entry), part=part, format="float64", inputs=x,
                parameters={},
            )  # fmt: skip
            assert took["mean"] < 50, (name, part, took)
            assert took["milliseconds"] < 1000, (name, part, took)


def test_a_second_derivative_that_is_wrong_is_caught(altered):
    for right, wrong in (
        ("reals.multiply(b.value, lower)", "lower"),  # of a power
        ("this.reals.negate(this._bell(a.value))", "this._bell(a.value)"),  # of erfc
        ("reals.subtract(reals.divide(a.slope, b.value), part)", "reals.negate(part)"),
    ):
        with altered("slopes.js", right, wrong) as ask:
            assert [
                bad
                for name in ("gelu", "sigmoid", "softsign", "hard_silu")
                for bad in differing(ask, name, "float32", "second", sample(name, "float32"))
            ], right


def test_parameters_decide_whether_pieces_part(ask):
    zero = patterns(np.array([0.0]), FORMATS["float64"])
    for name, parameters, right in (
        ("leaky_relu", {"negative_slope": "1.0"}, "0" * 16),  # a straight line
        ("leaky_relu", {"negative_slope": "0.5"}, None),
        ("elu", {"alpha": "1.0"}, None),  # one derivative, two second ones
        ("celu", {"alpha": "2.0"}, None),
        ("squared_relu", {}, None),
    ):
        found = ask(
            "results", entry=formulas(spec.activations[name]), part="second", format="float64",
            inputs=zero, parameters=parameters,
        )  # fmt: skip
        assert found == [right], (name, parameters)


def granted(ask, name, part, dtype, x, **more):
    entry, fmt = spec.activations[name], FORMATS[dtype]
    return ask(
        "budgets", entry=formulas(entry), part=part, format=dtype, inputs=patterns(x, fmt),
        parameters={key: repr(value) for key, value in defaults(entry).items()}, **more,
    )  # fmt: skip


def wrong_budgets(ask, name, part, dtype):
    """Return the inputs at which page and suite grant unlike budgets, with both."""
    entry, fmt = spec.activations[name], FORMATS[dtype]
    x = sample(name, dtype)
    x = x[np.isfinite(x.astype(np.float64))]
    points = x.astype(np.float64)
    with np.errstate(all="ignore"):
        if part == "second":
            suite, right = budget_of_second(entry, fmt, points)
        else:
            suite, right = budgets(entry, fmt, part, points), reference_at(entry, part, points)
        # Where float64 has no digits left the suite's slope is none; no format asks there.
        normal = (np.abs(right) >= 2.0**-1000) & (np.abs(points) >= 2.0**-1000)
    if part == "second":  # there is none where pieces meet
        normal &= ~np.isin(points, seams_of(entry))
    page = granted(ask, name, part, dtype, x)
    return [
        (at, ours, theirs)
        for at, ours, theirs, asked in zip(points, page, suite, normal, strict=True)
        # The suite's own slope of a derivative is a difference of float64, good to some 2**-20.
        if asked and ours != pytest.approx(theirs, rel=1e-4)
    ]


def budget_of_second(entry, fmt, points):
    right = exact(entry, "derivative", points, defaults(entry), order=1).rounded
    return second.budget(entry, fmt, points, right), right


@pytest.mark.parametrize("part", ["value", "derivative", "second"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_budgets_are_those_of_the_suite(ask, name, dtype, part):
    assert wrong_budgets(ask, name, part, dtype) == []


def test_a_budget_that_is_wrong_is_caught(altered):
    with altered("budget.js", "2 ** (format.precision - 2)", "2 ** (format.precision - 1)") as ask:
        assert wrong_budgets(ask, "gelu", "value", "bfloat16")
    with altered("budget.js", "FARTHEST = 0.5", "FARTHEST = 0") as ask:
        assert wrong_budgets(ask, "gelu", "derivative", "float32")


def test_a_budget_that_needs_unknown_roots_is_not_told(ask):
    x = np.array([-5.5], dtype=np.float32)
    assert granted(ask, "celu", "derivative", "float32", x, usual=False) == [None]
    assert granted(ask, "celu", "value", "float32", x, usual=False) != [None]


def test_a_lost_result_keeps_to_no_budget(ask):
    fmt = FORMATS["float32"]
    x = np.array([-6.0, -6.0, -6.0, -6.0], dtype=np.float32)
    right = np.float32(-5.919526e-09)
    got = np.array([right, -0.0, -right, np.inf], dtype=np.float32)
    found = ask(
        "keeps", entry=formulas(spec.activations["gelu"]), part="value", format="float32",
        inputs=patterns(x, fmt), got=patterns(got, fmt), budget=1e30, parameters={},
    )  # fmt: skip
    assert found == [True, False, False, False]


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float16", "bfloat16"])
def test_the_page_reads_what_is_stored_of_all_inputs(ask, dtype):
    entry, fmt = spec.activations["gelu"], FORMATS[dtype]
    right = every.right(entry, fmt, "value")
    got = np.random.default_rng(1).permutation(right)  # whatever it is, it must come back
    text = every.pack(got, right, fmt)
    asked = [f"{pattern:0{fmt.width // 4}x}" for pattern in right.tolist()]
    found = ask("every", format=dtype, text=text, right=asked)
    assert found == [f"{pattern:0{fmt.width // 4}x}" for pattern in got.tolist()]
    # A zero, a nan and a result that is left open count as 0.
    zero, nan = f"{fmt.sign:0{fmt.width // 4}x}", patterns(np.array([np.nan], fmt.dtype), fmt)[0]
    at = int(np.flatnonzero(right == 0)[0])
    for base in (zero, nan, None):
        asked[at] = base
        assert ask("every", format=dtype, text=text, right=asked) == found
