"""Deep networks: frameworks against the reference, the reference against theory, and wrong ones."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from helpers.trained import PROPAGATE

from actinit import adapters, spec
from actinit import reference as ref
from actinit.adapters.propagation import Carried
from actinit.conformance.commands import main
from actinit.conformance.depth import compare, compute, judge, network, theory
from actinit.conformance.depth.compute import Plan
from actinit.conformance.depth.starts import OWN_GAIN, STARTS, Start, own_gain
from actinit.conformance.results.depth import DepthReport
from actinit.conformance.results.store import read
from actinit.reference import propagation

SNAPSHOT = Path(__file__).parents[2] / "docs" / "measured" / "depth.json"
SIMULATED = compute.simulated()
WIDTH, DEPTH = 64, 30


def net(activation: str, start: str = "he_normal", width: int = WIDTH, depth: int = DEPTH):
    return network.made(activation, STARTS[start].kernels(width, depth, seed=1), batch=8, seed=2)


@pytest.mark.parametrize("backend", compute.backends())
def test_frameworks_carry_as_the_reference_does(backend):
    pytest.importorskip(backend)
    found = compute.compute(Plan(depth=10, width=WIDTH, batch=8), [backend], SIMULATED)
    assert {(pair.activation, pair.start) for pair in found.pairs} == {
        (name, start) for name in SIMULATED for start in (*STARTS, OWN_GAIN)
    }
    for pair in found.pairs:
        if not adapters.bindings(spec.activations[pair.activation]).get(backend):
            assert not pair.agreements  # it has no such function
            continue
        (one,) = pair.agreements
        assert one.agrees or one.listed, (pair.activation, pair.start, one)
    assert list(compute.odd(found)) == []


def wrong(activation, *, slope=None, value=None, dtype=np.float64, gain=1.0):
    """Carry with one thing changed."""
    posed = net(activation)
    function = ref.activations[activation]
    signal, slopes, sums, outputs = posed.x.astype(dtype), [], [], []
    for kernel in posed.kernels:
        z = signal @ (gain * kernel).astype(dtype)
        signal = (value or function)(z)
        slopes.append((slope or function.derivative)(z))
        sums.append(np.mean(z**2))
        outputs.append(np.mean(signal**2))
    gradient, gradients = posed.top.astype(dtype), []
    for kernel, at in zip(posed.kernels[::-1], slopes[::-1], strict=True):
        gradient = at * gradient
        gradients.append(np.mean(gradient**2))
        gradient = gradient @ (gain * kernel).T.astype(dtype)
    return compare.apart(
        network.reference(posed)[0],
        Carried(*map(np.array, (sums, outputs, gradients[::-1]))), WIDTH,
    )  # fmt: skip


def test_the_same_formulas_agree():
    assert wrong("gelu").largest == 0


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ({"gain": 1.1}, "sums"),
        ({"slope": np.ones_like}, "gradients"),
        ({"value": ref.gelu_tanh}, "outputs"),
        ({"dtype": np.float32}, None),
    ],
    ids=["gain off by 10 %", "no slope", "another gelu", "float32"],
)
def test_a_wrong_network_is_seen(what, part):
    found = wrong("gelu", **what)
    assert not found.agrees
    if part == "gradients":
        assert found.part == part
    assert found.difference > 100 * found.allowed


def test_what_is_not_finite_is_seen_and_can_be_written():
    reference = network.reference(net("relu"))[0]
    for bad in (np.nan, np.inf, 0.0):
        sums = np.append(reference.sums[:-1], bad)
        found = compare.apart(reference, replace(reference, sums=sums), WIDTH)
        assert not found.agrees
        assert (found.part, found.layer) == ("sums", DEPTH)
        assert math.isfinite(found.difference)


def test_another_order_of_sums_is_within_what_is_allowed():
    # Chaotic, so that what is rounded grows; a wrong tolerance would be too narrow here.
    posed = network.made("tanh", Start("wide", "lecun_normal").kernels(WIDTH, 60, 1), 8, 2)
    posed = replace(posed, kernels=3 * posed.kernels)
    order = np.random.default_rng(0).permutation(WIDTH)
    shuffled = replace(posed, x=posed.x[:, order], top=posed.top[:, order],
                       kernels=posed.kernels[:, order][:, :, order])  # fmt: skip
    (one, _), (other, _) = map(network.reference, (posed, shuffled))
    found = compare.apart(one, other, WIDTH)
    assert found.largest > 0
    assert found.agrees
    # By layer 60 it has grown beyond what the last layer alone could round.
    assert compare.allowed(one, WIDTH).sums[-1] > 1e3 * compare.allowed(one, WIDTH).sums[0]


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid"])
def test_theory_holds_and_a_gain_that_is_off_by_a_tenth_does_not(name):
    width, depth, start = 512, 60, own_gain(name)
    posed = network.made(name, start.kernels(width, depth, 3), 4, 4)
    expected = theory.predicted(name, start.gain(width), depth, width)
    assert theory.strays(network.reference(posed)[0], expected) < 1
    off = replace(posed, kernels=1.1 * posed.kernels)
    assert theory.strays(network.reference(off)[0], expected) > 1


def test_what_grows_faster_than_a_line_is_not_simulated(capsys):
    others = {name for name, entry in spec.activations.items() if entry.shape == "elementwise"}
    assert {"relu", "gelu", "tanh", "softplus"} <= set(SIMULATED)
    assert others - set(SIMULATED) == {"exponential", "heaviside", "squared_relu", "xielu"}
    assert main(["depth", "--activations", "squared_relu"]) == 2
    assert "grows no faster than a line" in capsys.readouterr().err


def test_theory_says_nothing_where_it_is_not_known_how_far_networks_stray():
    # A variance of gelu that is a little off leaves: at this gain it may fade as well as grow.
    found = theory.predicted("gelu", own_gain("gelu").gain(64), 30, 64)
    assert found.reckoned[0]
    assert not found.reckoned[-1]
    # The signal of a ReLU strays as far, but its logarithm is a sum at every scale.
    relu = theory.predicted("relu", math.sqrt(2), 30, 64)
    assert relu.deviations.outputs[-1] > 1
    assert relu.reckoned.all()


def test_a_gradient_without_slopes_is_not_as_predicted():
    width, depth = 128, 20
    posed = network.made("tanh", STARTS["he_normal"].kernels(width, depth, 3), 4, 4)
    carried, _ = network.reference(posed)
    expected = theory.predicted("tanh", math.sqrt(2), depth, width)
    assert theory.strays(carried, expected) < 1
    linear = network.reference(replace(posed, activation="identity"))[0]
    mixed = replace(carried, gradients=linear.gradients)
    assert theory.strays(mixed, expected) > 1


def test_fluctuations_are_those_of_samples():
    rng = np.random.default_rng(0)
    for name in ("tanh", "softplus"):
        function = ref.activations[name]
        z, u = rng.standard_normal((2, 4000, 250)) * math.sqrt(2.0)
        means = (
            np.mean(function(z) ** 2, axis=1),
            np.mean((function.derivative(z) * u) ** 2, axis=1),
        )
        for got, right in zip(means, propagation.fluctuations(name, 2.0), strict=True):
            # The standard error of a variance over 4,000 samples is 2.2 %, a mean's little.
            assert 250 * got.var() / got.mean() ** 2 == pytest.approx(right, rel=0.1)


@pytest.mark.parametrize("name", ["relu", "tanh", "silu"])
def test_responses_are_those_of_differences(name):
    low, high = (np.log(propagation.moments(name, 2.0 * k)) for k in (1 - 1e-4, 1 + 1e-4))
    # Central differences, off by the square of the step.
    assert propagation.responses(name, 2.0) == pytest.approx((high - low) / 2e-4, abs=1e-6)


def test_relu_strays_as_published():
    # hanin2020: the logarithm's variance is 5 L / n, for weights of a normal distribution.
    found = theory.predicted("relu", math.sqrt(2), 100, 256).deviations
    assert found.outputs[-1] ** 2 == pytest.approx(5 * 100 / 256 + 2 / 256)


def test_examples_become_alike_and_units_die_in_a_deep_relu_network():
    _, life = network.reference(net("relu", width=128, depth=60))
    assert life.dead[0] < 0.05 < 0.3 < life.dead[-1]
    assert life.alike[0] < 0.7 < 0.9 < life.alike[-1]
    _, nothing = network.reference(net("relu", "zeros"))
    assert (nothing.dead == 1).all()
    assert np.isnan(nothing.alike).all()


def test_alike_is_the_mean_cosine():
    signal = np.random.default_rng(0).standard_normal((5, 3))
    unit = signal / np.linalg.norm(signal, axis=1, keepdims=True)
    pairs = [unit[i] @ unit[j] for i in range(5) for j in range(i)]
    assert network._alike(signal) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize(
    ("squares", "fate", "layers"),
    [
        ([1.0, 0.5, 2.0], "kept", None),
        ([1.0, 1e-30, 1e-80], "vanishes", 3),
        ([1.0, 1e80], "explodes", 2),
        ([1.0, 0.0, 0.0], "cut off", None),
        ([0.0, 0.0], "cut off", None),
    ],
)
def test_fates(squares, fate, layers):
    assert judge.fate(np.array(squares)) == fate
    assert judge.leaves_float32(np.array(squares)) == layers


def test_at_a_kink_gradients_are_not_compared():
    pytest.importorskip("jax")
    found = compute.compute(Plan(depth=3, width=8, batch=2), ["jax"], ["leaky_relu", "tanh"])
    parts = {
        (pair.activation, pair.start): pair.agreements[0]
        for pair in found.pairs
        if pair.start == "zeros"
    }
    # JAX takes the right slope at 0, the reference the left.
    assert parts["leaky_relu", "zeros"].agrees
    posed = net("leaky_relu", "zeros", width=8, depth=3)
    carry = adapters.load("jax").propagate
    assert not compare.apart(network.reference(posed)[0], carry(posed), 8).agrees


def test_the_file_is_written_and_read_and_says_what_is_odd(tmp_path, monkeypatch, capsys):
    small = Plan(depth=6, width=32, batch=4)
    monkeypatch.setattr(compute, "Plan", lambda: small)
    file = tmp_path / "depth.json"
    words = ["depth", "--output", str(file), "--activations", "relu", "--backends"]
    assert main([*words, "torch"]) == 0
    found = read(file, DepthReport)
    assert found.depths == [1, 2, 3, 5, 6]
    assert {pair.activation for pair in found.pairs} == {"relu"}
    assert "all as they should be" in capsys.readouterr().out
    # Others that the file has are kept, unless they are of other networks.
    assert main([*words[:-2], "identity", "--backends", "torch"]) == 0
    both = read(file, DepthReport)
    assert [one for one in both.pairs if one.activation == "relu"] == found.pairs
    assert {pair.activation for pair in both.pairs} == {"identity", "relu"}
    monkeypatch.setattr(compute, "Plan", lambda: replace(small, width=16))
    before = file.read_bytes()
    assert main(words) == 2
    assert "has the versions" in (told := capsys.readouterr().err) or "has the width" in told
    assert file.read_bytes() == before
    monkeypatch.setattr(compute, "Plan", lambda: small)
    file.unlink()
    # A gain that is wrong in every initialization is far from theory.
    gain = Start.gain
    monkeypatch.setattr(Start, "gain", lambda self, width: 3 * gain(self, width))
    assert main(words) == 1
    assert "times as far from theory as allowed" in capsys.readouterr().out
    file.write_text("{}")
    with pytest.raises(ValueError, match="run nox -s depth"):
        read(file, DepthReport)


def test_what_was_simulated_on_another_machine_is_marked():
    snapshot = read(SNAPSHOT, DepthReport)
    pairs = [pair for pair in snapshot.pairs if pair.activation == "relu"]
    other = msgspec.structs.replace(snapshot.machine, simd="asimd")
    more = msgspec.structs.replace(snapshot, machine=other, pairs=pairs)
    both = compute.joined(snapshot, more)
    assert both.machine == snapshot.machine
    assert both.elsewhere == {**snapshot.elsewhere, "relu": other}
    assert both.pairs == snapshot.pairs
    again = compute.joined(both, msgspec.structs.replace(more, machine=snapshot.machine))
    assert "relu" not in again.elsewhere


def test_the_snapshot_is_whole_and_as_it_should_be():
    found = read(SNAPSHOT, DepthReport)
    assert SNAPSHOT.stat().st_size < 2**20  # the repository holds no larger file
    assert {(pair.activation, pair.start) for pair in found.pairs} == {
        (name, start) for name in SIMULATED for start in (*STARTS, OWN_GAIN)
    }
    assert found.depths[-1] == 100
    assert {one.backend for pair in found.pairs for one in pair.agreements} == set(PROPAGATE)
    assert list(compute.odd(found)) == []
