"""Tests of the tests: each wrong backend is caught, for its own reason and no other."""

from __future__ import annotations

import warnings

import pytest
from helpers import wrong
from helpers.patience import PATIENCE
from helpers.running import run, wrong_ones


@pytest.mark.parametrize(
    "name",
    [
        "sigmoid",
        "relu",
        "leaky_relu",
        "gelu",
        "elu",
        "tanh",
        "silu",
        "softmax",
        "maxout",
        "mish",
        "hard_silu",
        "celu",
    ],
)
def test_the_right_backend_passes(name):
    assert not wrong_ones(run(wrong.Right(), name))


# Backend, entry, the check that must fail, its kind, words of its message.
CAUGHT = [
    (wrong.MaskedRelu, "relu", "float32/value/special", "non-finite", "at x = -inf is nan"),
    (wrong.SteepLeaky, "leaky_relu", "float32/value/ulp", "definition", "beyond the budget"),
    (wrong.TanhGelu, "gelu", "float32/value/ulp", "definition", "beyond the budget"),
    (wrong.TanhGelu, "gelu", "float32/derivative/ulp", "definition", "beyond the budget"),
    (wrong.ExactGeluTanh, "gelu_tanh", "float32/value/ulp", "definition", "beyond the budget"),
    (wrong.EluWithoutExpm1, "elu", "float32/value/ulp", "accuracy", "beyond the budget"),
    (wrong.CeluLikeElu, "celu", "float32/value/parameters", "definition", "alpha"),
    (wrong.HardSiluByParts, "hard_silu", "float32/derivative/ulp", "accuracy", "beyond the budget"),
    (wrong.MishOfTheLogarithm, "mish", "float32/value/ulp", "accuracy", "beyond the budget"),
    (wrong.ReluThatDropsNan, "relu", "float32/value/special", "non-finite", "at x = nan is 0.0"),
    (wrong.DerivativeOffByAFactor, "tanh", "float32/derivative/ulp", "definition", "beyond"),
    (
        wrong.WrongOnlyAtTheKink,
        "relu",
        "float32/derivative/kink",
        "convention",
        "x = 0.0 the deriv",
    ),
    (wrong.TanhBeyondOne, "tanh", "float32/value/range", "range", "below the bound -1.0"),
    (wrong.OnlyInLongArrays, "silu", "float32/value/special", "layout", "though not alone"),
    (wrong.SwappedFans, "he_normal", "fans", "definition", "fan_in and fan_out"),
    (wrong.VarianceForDeviation, "glorot_normal", "float32/moments", "distribution", ""),
    (wrong.IgnoresSeed, "he_normal", "seed/again", "independence", "same seed"),
    (wrong.UniformForNormal, "he_normal", "float32/distribution", "distribution", ""),
]


@pytest.mark.parametrize(
    ("backend", "name", "check", "kind", "words"), CAUGHT,
    ids=[f"{case[0].__name__}-{case[2].replace('/', '-')}" for case in CAUGHT],
)  # fmt: skip
def test_is_caught_for_its_own_reason(backend, name, check, kind, words):
    result = run(backend(), name, check)[check]
    assert result.status == "new"
    assert result.outcome.kind == kind
    assert words in result.message
    assert result.clause.startswith("spec/")
    assert result.snippet


def test_every_nan_is_asked_about():
    found = run(wrong.ReluThatDropsNegativeNan(), "relu", dtypes=("float16", "float32"))
    assert {key for key, r in found.items() if r.status == "new"} == {
        "float16/value/special",
        "float32/value/special",
    }


# What is broken in one place must not be reported in another.
ONLY = [
    (wrong.MaskedRelu, "relu", {"value/special"}),
    (wrong.ReluThatDropsNan, "relu", {"value/special"}),
    (wrong.WrongOnlyAtTheKink, "relu", {"derivative/kink"}),
    (wrong.OnlyInLongArrays, "silu", {"value/special", "value/layout"}),
    (wrong.DerivativeOffByAFactor, "tanh", {"derivative/ulp", "derivative/special"}),
    (wrong.CeluLikeElu, "celu", {"value/parameters"}),
    (wrong.HardSiluByParts, "hard_silu", {"derivative/ulp"}),
    (wrong.MishOfTheLogarithm, "mish", {"value/ulp"}),
    # exp(-0) - 1 is +0: the sign of zero goes too.
    (wrong.EluWithoutExpm1, "elu", {"value/ulp", "value/special", "value/parameters"}),
]


@pytest.mark.parametrize(
    ("backend", "name", "checks"), ONLY, ids=[case[0].__name__ for case in ONLY]
)
def test_is_caught_nowhere_else(backend, name, checks):
    failed = wrong_ones(run(backend(), name, dtypes=("float32",)))
    assert {key.removeprefix("float32/") for key in failed} == checks


@pytest.mark.parametrize("name", ["sigmoid", "silu"])
def test_a_warning_of_overflow_is_no_fault_where_the_result_is_right(name):
    # Of unsigned integers it takes the negative, which is another matter.
    assert {*wrong_ones(run(wrong.NaiveSigmoid(), name, dtypes=("float32",)))} <= {"integers"}


def test_scalars_of_numpy_are_results_without_dimensions():
    assert not wrong_ones(run(wrong.Scalars(), "silu", dtypes=("float32",)))


def test_another_of_tied_maxima_may_take_the_derivative():
    assert not wrong_ones(run(wrong.LastOfTies(), "maxout"))


def test_subnormal_inputs_may_count_as_zero_in_a_maximum():
    assert not wrong_ones(run(wrong.FlushesInputs(), "maxout", dtypes=("float32",)))


def test_an_exponential_below_all_normal_numbers_may_be_multiplied_by_a_large_parameter():
    asked = run(wrong.EluByItsFormula(), "elu", dtypes=("float32",))
    assert asked["float32/derivative/parameters"].status == "passed"


@pytest.mark.parametrize(
    ("name", "words"), [("hard_sigmoid", "width = 6, but at width = 5:"),
                        ("scaled_tanh", "beta = 0.666667, but at beta = 0.6667:")]
)  # fmt: skip
def test_another_default_is_named(name, words):
    asked = run(wrong.OtherDefaults(), name, "defaults/function")
    assert words in asked["defaults/function"].message


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (wrong.HeavisideOfHalf, "whatever is given, the results are those of the default at_zero"),
        (wrong.HeavisideOfOne, "whatever is given, the results are the same"),
    ],
)
def test_what_an_ignored_parameter_is_taken_for_is_said_only_if_it_is_so(backend, words):
    asked = run(backend(), "heaviside", "float32/value/parameters")
    assert words in asked["float32/value/parameters"].message


def test_an_odd_function_may_be_off_within_the_budgets_of_the_pair():
    assert not wrong_ones(run(wrong.NotQuiteOdd(), "tanh", dtypes=("float32",)))


def test_a_derivative_that_rounds_up_may_overflow_with_the_largest_upstream_gradient():
    assert not wrong_ones(run(wrong.OneUlpAboveOne(), "tanh", dtypes=("float32",)))


def test_a_lost_tail_is_graded_as_one():
    result = run(wrong.GeluWithErf(), "gelu", "float32/value/ulp")["float32/value/ulp"]
    # Computed in float64, the tail survives in float32 longer than it does in float64.
    assert result.status == "new"
    assert result.outcome.kind == "accuracy"
    assert result.outcome.grade == "D"


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (wrong.Raises, "RuntimeError: no kernel for this type"),
        (wrong.Hangs, "nothing came back within 5 s"),
        (wrong.WrongShape, "expected shape"),
        (wrong.WrongDtype, "expected shape (63488,) and dtype float16, got (63488,) and float64"),
    ],
)
def test_a_broken_adapter_is_an_error_and_hides_nothing(backend, words):
    # What hangs is asked once, and given up when nothing else would look like it.
    few = ("float16/value/ulp", "float16/derivative/ulp") if backend is wrong.Hangs else ()
    limit = 5.0 if few else PATIENCE
    found = run(backend(), "relu", *few, limit=limit, dtypes=("float16",))
    result = found["float16/value/ulp"]
    assert result.status == "error"
    assert words in result.message
    assert found["float16/derivative/ulp"].status == "passed"


def test_a_call_left_behind_leaves_the_warnings_as_they_were():
    before = list(warnings.filters)
    run(wrong.Hangs(), "relu", limit=0.2, dtypes=("float16",))
    assert list(warnings.filters) == before


def test_what_is_lacking_is_not_offered():
    (result,) = run(wrong.Lacks(), "relu", "float16/value/ulp").values()
    assert result.status == "not-offered"
