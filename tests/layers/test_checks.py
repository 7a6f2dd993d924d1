"""Backends that are wrong on purpose: each is caught by the check that it breaks, and no other."""

from __future__ import annotations

import pytest
from helpers import wrong_layers as fakes

from actinit import spec
from actinit.adapters import bindings
from actinit.conformance import layers
from actinit.conformance.run.session import Session


def found_wrong(adapter, name):
    """Return the checks that fail, with what they say."""
    session = Session(adapter)
    for check in layers.checks(spec.layers[name]):
        session.run(check)
    return {
        result.id.split("/", 2)[2]: result
        for result in session.results
        if result.status not in ("passed", "not-offered")
    }


@pytest.mark.parametrize(
    "name",
    [name for name, entry in spec.layers.items() if "keras" in bindings(entry)],
)
def test_what_obeys_the_spec_is_never_accused(name):
    assert found_wrong(fakes.Right(), name) == {}


@pytest.mark.parametrize(
    ("adapter", "name", "checks"),
    [
        (fakes.SwappedFans, "dense", {"kernel/fans"}),
        (fakes.SwappedFans, "conv2d_transpose", {"kernel/fans"}),
        (fakes.CountsTheField, "conv2d_grouped", {"kernel/fans", "kernel/start"}),
        (fakes.CountsTheField, "depthwise_conv2d", {"kernel/fans", "kernel/start"}),
        (fakes.Scaled, "dense", {"kernel/start"}),
        (fakes.Scaled, "conv1d", {"kernel/start"}),
        (fakes.Normal, "conv2d", {"kernel/start"}),
        (fakes.WarmBias, "dense", {"bias/start"}),
        (fakes.ClosedForgetGate, "lstm", {"forget_bias/start"}),
        (fakes.OneForAll, "dense", {"shared"}),
        (fakes.OneForAll, "multi_head_attention", {"shared"}),
        (fakes.TiedKey, "multi_head_attention", {"apart"}),
        (fakes.Twins, "dense", {"apart"}),
        (fakes.Skewed, "simple_rnn", {"recurrent/start"}),
        (fakes.FansForAll, "dense", {"odd/scalar", "odd/vector"}),
        (fakes.NoNothing, "dense", {"odd/no_inputs", "odd/no_outputs"}),
    ],
)
def test_what_is_wrong_is_caught_for_its_own_reason(adapter, name, checks):
    assert found_wrong(adapter(), name).keys() == checks


@pytest.mark.parametrize(
    ("adapter", "name", "check", "words"),
    [
        (fakes.SwappedFans, "dense", "kernel/fans", "fan_in and fan_out are swapped"),
        (fakes.CountsTheField, "conv2d_grouped", "kernel/fans", "is read as"),
        (fakes.Scaled, "dense", "kernel/start", "a uniform distribution, 1.04"),
        (fakes.Normal, "conv2d", "kernel/start", "glorot_normal"),
        (fakes.HeForGlorot, "dense", "kernel/start", "he_uniform"),
        (
            fakes.SwappedStart,
            "conv2d",
            "kernel/start",
            "lecun_uniform with fan_in and fan_out swapped",
        ),
        (fakes.SameGates, "lstm", "kernel/start", "its 4 parts along the outputs"),
        (fakes.WarmBias, "dense", "bias/start", "0.01 everywhere"),
        (fakes.RandomBias, "dense", "bias/start", "random numbers between -0.09"),
        (fakes.ClosedForgetGate, "lstm", "forget_bias/start", "0 everywhere"),
        (fakes.IdentityRecurrent, "simple_rnn", "recurrent/start", "the identity"),
        (fakes.NormalRecurrent, "simple_rnn", "recurrent/start", "normal numbers, not orthog"),
        (fakes.DenseEmbedding, "embedding", "table/start", "glorot_uniform"),
    ],
)
def test_the_cause_is_named(adapter, name, check, words):
    outcome = found_wrong(adapter(), name)[check].outcome
    assert all(words in finding.looks_like for finding in outcome.findings), outcome
    assert words in outcome.message


def test_a_message_tells_rule_and_reading():
    (wrong,) = found_wrong(fakes.SwappedFans(), "conv2d_transpose").values()
    assert wrong.message == (
        "kernel of shape (3, 5, 80, 24): fan_in is taken to be 1200, and is i*h*w = 360; this "
        "looks like: fan_in and fan_out are swapped; "
        "kernel of shape (3, 5, 80, 24): fan_out is taken to be 360, and is o*h*w = 1200; this "
        "looks like: fan_in and fan_out are swapped"
    )
    assert wrong.outcome.kind == "definition"
    (wrong,) = found_wrong(fakes.OneForAll(), "dense").values()
    assert wrong.message == (
        "equal, bit for bit: kernel of the first layer and kernel of the second layer"
    )
    assert wrong.outcome.kind == "independence"
    wrong = found_wrong(fakes.FansForAll(), "dense")["odd/vector"]
    assert wrong.message == "the shape (7,) has no fans, but is drawn from as if fan_in were 7"


def test_a_reading_that_the_entry_does_not_tell_is_of_another_kind():
    class Stated(fakes.SwappedFans):
        def layer_binding(self, entry):
            return bindings(entry)["keras"]  # says that grouped kernels are read otherwise

    wrong = found_wrong(Stated(), "conv2d_grouped")["kernel/fans"]
    assert wrong.outcome.kind == "distribution"
    assert "; the binding says that it reads other fans" in wrong.message


def test_weights_of_the_wrong_shape_are_an_error_of_the_backend():
    wrong = found_wrong(fakes.WrongShape(), "dense")
    assert {result.status for result in wrong.values()} == {"error"}
    assert "expected shape (96, 160)" in wrong["kernel/fans"].message


def test_a_nan_is_not_finite_and_nothing_else():
    wrong = found_wrong(fakes.Broken(), "conv1d")
    assert wrong.keys() == {"kernel/fans", "kernel/start", "apart"}
    assert {result.outcome.kind for result in wrong.values()} == {"non-finite"}


def test_every_check_has_lines_to_paste():
    session = Session(fakes.Right())
    for check in layers.checks(spec.layers["conv2d"]):
        compile(session.run(check).snippet, check.id, "exec")
