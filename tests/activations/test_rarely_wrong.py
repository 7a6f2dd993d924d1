"""Backends that are wrong in one narrow place: caught by the check meant for it and by no other."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import wrong_rarely as rare
from helpers.running import run, wrong_ones

from actinit import spec
from actinit.conformance.expected import inputs
from actinit.conformance.expected.roots import roots
from actinit.conformance.formats import ARITHMETIC, FORMATS

# Backend, entry, all checks in float32 that must fail, kind of the finding, words of the message.
CAUGHT = [
    (rare.OneLane, "tanh", {"value/layout"}, "layout", "in arrays of 8 to 67"),
    (rare.OnlyLength65, "sigmoid", {"value/layout"}, "layout", "in arrays of 65"),
    (rare.OnlyBackwards, "gelu", {"value/layout"}, "layout", "backwards"),
    (rare.ForgetsStrides, "relu", {"value/layout"}, "layout", "strided"),
    (rare.RefusesNothing, "relu", {"value/layout"}, "layout", "an empty array raises"),
    (rare.OffInPlace, "elu", {"value/layout"}, "layout", "in place"),
    (rare.OneRowOfThree, "softmax", {"value/layout"}, "layout", "in arrays of 2 to 67"),
    (rare.OnlyForNegativeUpstream, "sigmoid", {"derivative/upstream"}, "definition", "of -1.0"),
    (rare.OnlyForNegativeUpstream, "maxout", {"derivative/upstream"}, "definition", ""),
    (rare.NoUpstreamInRemainder, "tanh", {"derivative/upstream"}, "definition", "of 3.29"),
    (rare.OnlyBelowOne, "hard_tanh", {"value/special"}, "definition", "is 0.99999994039535"),
    (rare.OnlyForHugeUpstream, "silu", {"derivative/upstream"}, "non-finite", "it is inf"),
    (rare.OnlyForZeroUpstream, "tanh", {"derivative/upstream"}, "non-finite", "it is nan"),
    (rare.UpstreamNanDropped, "sigmoid", {"derivative/upstream"}, "non-finite", "gradient of nan"),
    (rare.UpstreamNanDropped, "softmax", {"derivative/upstream"}, "non-finite", "nan, 0.0"),
    (rare.OnlyForNegativeZero, "silu", {"value/special"}, "convention", "x = -0.0 is 0.0"),
    # Zeros of two signs are 0 ulp apart: the check of oddness has no largest error to show.
    (rare.OnlyForNegativeZero, "tanh", {"value/special"}, "convention", "x = -0.0 is 0.0"),
    (rare.OnlyForSubnormals, "silu", {"value/ulp"}, "accuracy", ""),
    (rare.DerivativeForNan, "tanh", {"derivative/special"}, "non-finite", "x = nan is 0.0"),
    (rare.ForwardByAnotherFormula, "tanh", {"derivative/forward"}, "mode", "in forward mode, the"),
    (rare.ForwardTakesTheOtherSide, "relu", {"derivative/forward"}, "mode", "at 0.0 is 1.0, in"),
    (rare.ForwardIsNanAtInfinity, "silu", {"derivative/forward"}, "mode", "at inf is nan"),
    (rare.ForwardIgnoresTheTangent, "gelu", {"derivative/forward"}, "definition", "in proportion"),
    (rare.SecondOffByAFactor, "tanh", {"second/ulp"}, "definition", ""),
    (rare.SecondThatCancels, "sigmoid", {"second/ulp"}, "accuracy", "tail"),
    (rare.SecondIsNanFarOut, "silu", {"second/ulp"}, "non-finite", "nan from"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("backend", "name", "checks", "kind", "words"), CAUGHT,
    ids=[f"{case[0].__name__}-{case[1]}" for case in CAUGHT],
)  # fmt: skip
def test_is_caught_where_it_is_wrong_and_nowhere_else(backend, name, checks, kind, words):
    failed = wrong_ones(run(backend(), name, dtypes=("float32",)))
    assert {key.removeprefix("float32/") for key in failed} == checks
    for result in failed.values():
        assert result.status == "new"
        assert result.outcome.kind == kind
        assert words in result.message
        assert result.snippet


def test_what_is_wrong_the_second_time_is_caught_as_that_and_as_not_repeatable():
    failed = wrong_ones(run(rare.OnlyTheSecondTime(), "silu", dtypes=("float32",)))
    assert {key: result.outcome.kind for key, result in failed.items()} == {
        "float32/value/layout": "layout",
        "float32/value/repeat": "repeatability",
    }
    assert "the second time" in failed["float32/value/layout"].message


@pytest.mark.parametrize(
    ("backend", "name", "words"),
    [
        (rare.TruncatesIntegers, "sigmoid", "of bool it makes bool"),
        (rare.WrapsIntegers, "softmax", "of uint8 it makes float16"),
    ],
)
def test_integers_are_not_answered_wrongly(backend, name, words):
    failed = wrong_ones(run(backend(), name, dtypes=()))
    assert set(failed) == {"integers"}
    assert failed["integers"].outcome.kind == "definition"
    assert words in failed["integers"].message


def test_what_the_sample_does_not_ask_for_only_a_sweep_catches():
    sample = inputs.scalars(FORMATS["float32"], roots(spec.activations["silu"]))
    assert rare.ONE not in sample.view(np.uint32)
    assert not wrong_ones(run(rare.OneFloat32(), "silu", dtypes=("float32",)))


@pytest.mark.parametrize("name", ["sigmoid", "gelu_tanh", "selu", "relu"])
def test_right_second_derivatives_pass(name):
    found = run(rare.Second(), name, dtypes=tuple(ARITHMETIC))
    for fmt in ARITHMETIC:
        assert found[f"{fmt}/second/ulp"].status == "passed", found[f"{fmt}/second/ulp"].message


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        (rare.Forward, "selu"), (rare.Forward, "relu"),
        (rare.ForwardAnUlpOff, "sigmoid"), (rare.ForwardAnUlpOff, "gelu"),
    ],
)  # fmt: skip
def test_a_right_forward_mode_passes(backend, name):
    found = run(backend(), name, dtypes=tuple(ARITHMETIC))
    for fmt in ARITHMETIC:
        forward = found[f"{fmt}/derivative/forward"]
        assert forward.status == "passed", forward.message
