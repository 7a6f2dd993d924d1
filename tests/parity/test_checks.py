"""Parity as a check of its own: what is wrong is caught within the first steps, and named."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from helpers.wrong_trainers import (
    EpsilonElsewhere,
    FixedBias,
    HeldInFloat32,
    LabelsOffOnce,
    SoftmaxTwice,
    Summed,
    Transposed,
)

from actinit import adapters, spec
from actinit.adapters import Adapter, NotOffered
from actinit.conformance.parity import checks, compare
from actinit.conformance.parity.reference import Reference
from actinit.conformance.plan import plan
from actinit.conformance.run.session import Session

CHECKS = {
    check.id.removeprefix("training/"): check
    for check in plan(activations={}, initializers={}, layers={})
}


class Own(Adapter):
    """A backend with a trainer of its own, which the spec does not know."""

    name = family = "own"

    def __init__(self, train):
        self.train = train

    def versions(self):
        return {}

    def value(self, entry, x, parameters):
        raise NotOffered(entry.name)

    def trainer(self):
        return self.train


def ran(train, identity):
    return Session(Own(train)).run(CHECKS[identity])


def test_there_is_one_for_each_optimizer_and_one_for_the_loss():
    wanted = {f"{name}/float64/parity" for name in spec.optimizers}
    assert set(CHECKS) == wanted | {"classifier/float64/saturated"}


@pytest.mark.parametrize("identity", CHECKS)
def test_the_reference_passes(identity):
    found = ran(Reference, identity)
    assert found.status == "passed"
    assert found.outcome.measured["greatest"] == 0


@pytest.mark.parametrize("identity", CHECKS)
def test_a_clause_leads_to_the_entry(identity):
    file, _, key = CHECKS[identity].clause.partition(" ")
    text = (spec.HERE / file.removeprefix("spec/")).read_text()
    first, *rest = key.strip("[]").split(".")
    assert all(f"\n{word} " in text or f"\n[{word}" in text for word in (first, *rest))


@pytest.mark.parametrize(
    ("train", "identity", "step", "named"),
    [
        (EpsilonElsewhere, "adam/float64/parity", 1, "in the optimizer: "),
        (EpsilonElsewhere, "adam_hat/float64/parity", 1, "in the optimizer: "),
        (Summed, "sgd/float64/parity", 1, "in the forward pass: loss"),
        (FixedBias, "sgd/float64/parity", 1, "in the optimizer: bias of layer 2"),
        (FixedBias, "adam/float64/parity", 1, "in the optimizer: bias of layer 2"),
        (LabelsOffOnce, "momentum/float64/parity", 3, "in the forward pass: loss"),
        (SoftmaxTwice, "sgd/float64/parity", 1, "in the backward pass: gradient of the"),
        (Transposed, "sgd/float64/parity", 1, "in the forward pass: loss"),
    ],
)
def test_a_wrong_trainer_fails_and_is_named(train, identity, step, named):
    found = ran(train, identity)
    assert (found.status, found.outcome.kind) == ("new", "definition")
    assert found.outcome.measured["step"] == step
    assert f"first divergence at step {step} {named}" in found.message
    (finding,) = found.outcome.findings
    assert finding.data["step"] == step
    assert finding.worst.error > finding.worst.budget


def test_rates_in_float32_are_named_one_by_one():
    found = ran(HeldInFloat32, "momentum/float64/parity")
    assert (found.status, found.outcome.kind) == ("new", "accuracy")
    assert {one.key: one.looks_like for one in found.outcome.findings} == {
        "divergence/optimizer": "learning_rate held in float32",
        "divergence/optimizer/2": "momentum held in float32",
    }


def test_a_clipped_loss_shows_where_probabilities_come_to_0_and_nowhere_else():
    class Clipped(Reference):
        def learn(self, x, y):
            loss, gradient = super().learn(x, y)
            return min(loss, -np.log(1e-7)), gradient

    assert ran(Clipped, "sgd/float64/parity").status == "passed"
    found = ran(Clipped, "classifier/float64/saturated")
    assert found.status == "new"
    assert "first divergence at step 1 in the forward pass: loss" in found.message


def test_a_trainer_that_raises_is_an_error_and_one_that_hangs_too():
    class Raises(Reference):
        def step(self, x, y):
            raise ValueError("no such layer")

    found = ran(Raises, "sgd/float64/parity")
    assert (found.status, found.message) == ("error", "ValueError: no such layer")

    class Hangs(Reference):
        def step(self, x, y):
            time.sleep(30)

    found = Session(Own(Hangs), limit=0.2).run(CHECKS["sgd/float64/parity"])
    assert found.status == "error"
    assert "training by sgd: nothing came back within 0.2 s" in found.message


NAN = float("nan")


def returned(change):
    """Return a trainer whose steps are changed from the third on."""

    class Returned(Reference):
        def step(self, x, y):
            found = super().step(x, y)
            return change(found) if self.steps >= 3 else found

    return Returned


@pytest.mark.parametrize(
    ("change", "key", "kind"),
    [
        (lambda s: None, "malformed/step", "error"),
        (lambda s: replace(s, loss="low"), "malformed/loss", "error"),
        (lambda s: replace(s, loss=None), "malformed/loss", "error"),
        (lambda s: replace(s, loss=np.ones(3)), "malformed/loss", "error"),
        (lambda s: replace(s, loss=NAN), "divergence/forward", "non-finite"),
        (lambda s: replace(s, loss=np.inf), "divergence/forward", "non-finite"),
        (lambda s: replace(s, gradient=s.gradient[:-1]), "malformed/gradient", "error"),
        (lambda s: replace(s, gradient=3), "malformed/gradient", "error"),
        (
            lambda s: replace(s, gradient=[*s.gradient[:-1], s.gradient[-1][:-1]]),
            "malformed/gradient of the bias of layer 3", "error",
        ),
        (
            lambda s: replace(s, gradient=[None, *s.gradient[1:]]),
            "malformed/gradient of the kernel of layer 1", "error",
        ),
        (
            lambda s: replace(s, parameters=[s.parameters[0].T, *s.parameters[1:]]),
            "malformed/kernel of layer 1", "error",
        ),
        (
            lambda s: replace(s, parameters=[p.astype(complex) for p in s.parameters]),
            "malformed/kernel of layer 1", "error",
        ),
        (lambda s: replace(s, parameters=None), "malformed/parameters", "error"),
        (lambda s: replace(s, parameters=[p * NAN for p in s.parameters]),
         "divergence/optimizer", "non-finite"),
        (lambda s: replace(s, parameters=[p.astype(np.float32) for p in s.parameters]),
         "dtype/float32", "error"),
        (lambda s: [][0], "raised/IndexError", "error"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_whatever_comes_back_is_a_finding(change, key, kind, optimizer):
    found = ran(returned(change), f"{optimizer}/float64/parity")
    assert key in {one.key for one in found.outcome.findings}
    assert found.outcome.kind == kind


@pytest.mark.parametrize("place", range(6))
def test_nan_in_any_gradient_is_seen(place):
    def change(step):
        gradient = [part.copy() for part in step.gradient]
        gradient[place].flat[-1] = NAN
        return replace(step, gradient=gradient)

    (finding,) = ran(returned(change), "sgd/float64/parity").outcome.findings
    assert (finding.key, finding.data["step"]) == ("divergence/backward", 3)
    assert finding.worst.got == "nan"


@pytest.mark.parametrize(
    ("backend", "library", "identity", "said"),
    [
        ("numpy", "numpy", "sgd/float64/parity", "nothing here trains on numpy"),
        ("torch", "torch", "adam_hat/float64/parity", "torch has no adam_hat"),
        ("torch-compile", "torch", "sgd/float64/parity", "a matter of torch"),
        ("tensorflow", "tensorflow", "sgd/float64/parity", "nothing here trains on tensorflow"),
    ],
)
def test_what_a_backend_lacks_is_not_offered(backend, library, identity, said):
    pytest.importorskip(library)
    try:
        adapter = adapters.load(backend)
    except adapters.AdapterError as error:
        pytest.skip(str(error))
    found = Session(adapter).run(CHECKS[identity])
    assert found.status == "not-offered"
    assert said in found.message


@pytest.mark.parametrize("identity", ["sgd/float64/parity", "classifier/float64/saturated"])
def test_what_is_shown_to_be_pasted_runs(identity, capsys):
    pytest.importorskip("torch")
    found = Session(adapters.load("torch")).run(CHECKS[identity])
    assert found.status == "passed"
    exec(found.snippet, {})
    assert "losses agree" in capsys.readouterr().out


@pytest.mark.parametrize("identity", CHECKS)
def test_a_cause_explains_where_keras_diverges(identity):
    pytest.importorskip("keras")
    adapter = adapters.load("keras")
    check = CHECKS[identity]
    found = Session(adapter).run(check)
    if found.status != "not-offered":
        assert all(one.cause for one in found.standings), found.message
        assert "no cause is recognized" not in found.message


def test_a_step_is_compared_in_the_order_of_computation():
    places = [
        compare.Divergence(step=step, operation=operation, what="", difference=1.0).place
        for step, operation in (
            (1, "forward pass"), (1, "backward pass"), (1, "optimizer"), (2, "forward pass"),
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert len(set(places)) == 4


def test_far_examples_come_to_0_and_near_ones_do_not():
    def least(posed):
        told = Reference(posed)
        return [told.step(x, y).loss for x, y in posed.batches()]

    assert max(least(checks.far("sgd"))) > -np.log(1e-7) > 2 * max(least(checks.near("sgd")))
