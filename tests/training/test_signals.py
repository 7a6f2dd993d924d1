"""What is predicted of a network's signals is what many drawn networks show on average."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from actinit.adapters.training import Data
from actinit.conformance.published import signals
from actinit.conformance.results.signals import Signals
from actinit.conformance.results.store import read, save
from actinit.spec.architecture import Conv2D, Dense, Flatten, Layer, Reshape
from actinit.spec.experiment import Experiment, experiment

MNIST = experiment("mnist_cnn")
DRAWS = 400


def _conv(filters: int, stride: int, padding: int) -> Conv2D:
    return Conv2D(
        filters=filters, kernel=3, stride=stride, padding=padding,
        activation="relu", initializer="start",
    )  # fmt: skip


#: Small pictures, so that padding takes much; layers of a few filters.
LAYERS: tuple[Layer, ...] = (
    Reshape(height=28, width=28),
    _conv(6, 3, 0),
    _conv(8, 2, 1),
    _conv(12, 1, 1),
    _conv(10, 1, 1),
    Flatten(),
    Dense(units=10, activation="softmax", initializer="glorot_uniform"),
)


def _plan(layers: tuple[Layer, ...] = LAYERS) -> Experiment:
    return msgspec.structs.replace(
        MNIST, network=msgspec.structs.replace(MNIST.network, layers=layers)
    )


def _squares(pictures: Data) -> np.ndarray:
    return np.square(pictures.train.x[:32], dtype=np.float64).mean(axis=0)


@pytest.fixture(scope="module")
def seen(pictures: Data) -> Callable[[str], tuple[np.ndarray, np.ndarray]]:
    """Return the mean squares of sums and of gradients, (networks, layers) each, of a start."""
    torch = pytest.importorskip("torch")
    from actinit.adapters.torch import trainer

    x = torch.from_numpy(pictures.train.x[:32])

    def one(start: str) -> list[list[float]]:
        at, sums = x, []
        for module in trainer.build(_plan(), start):
            at = module(at)
            if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
                at.retain_grad()
                sums.append(at)
        at.backward(torch.randn(at.shape))
        return [[float(part.detach().square().mean()) for part in parts]
                for parts in (sums, [part.grad for part in sums])]  # fmt: skip

    def many(start: str) -> tuple[np.ndarray, np.ndarray]:
        torch.manual_seed(4)
        drawn = np.array([one(start) for _ in range(DRAWS)])
        return drawn[:, 0], drawn[:, 1]

    return many


def _beyond(drawn: np.ndarray, predicted: list[float]) -> float:
    """Return by how many standard errors a mean over the networks is off, at most."""
    errors = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn))
    # The last gradients are not drawn by the network; they are 1 as far as 320 normal numbers are.
    return float((abs(drawn.mean(axis=0) - predicted) / errors).max())


@pytest.mark.parametrize("start", ["he_normal", "glorot_uniform", "random_normal_wide"])
def test_drawn_networks_show_it(start: str, seen: Any, pictures: Data) -> None:
    """Ten means, each off by more than five standard errors once in a million."""
    sums, gradients = seen(start)
    found = signals.predict(_plan(), start, _squares(pictures))
    assert _beyond(sums, [layer.sums for layer in found]) < 5
    assert _beyond(gradients, [layer.gradients for layer in found]) < 5


def test_padding_that_is_not_counted_is_noticed(
    seen: Any, pictures: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = signals._seen
    monkeypatch.setattr(
        signals, "_seen", lambda layer, length: np.maximum(whole(layer, length), 1 / length)
    )
    found = signals.predict(_plan(), "he_normal", _squares(pictures))
    assert _beyond(seen("he_normal")[0], [layer.sums for layer in found]) > 5


def test_the_theorys_factors(pictures: Data) -> None:
    """Behind a ReLU: He's is 1, Glorot's fan_in / (fan_in + fan_out), forward; and backward."""
    conv = LAYERS[3]
    assert isinstance(conv, Conv2D)
    for start, forward, backward in (
        ("he_normal", 1, 12 / 8),
        ("glorot_uniform", 8 / (8 + 12), 12 / (8 + 12)),
        ("random_normal_wide", 0.25 * 72 / 2, 0.25 * 108 / 2),
    ):
        layer = signals.predict(_plan(), start, _squares(pictures))[2]
        assert (layer.fan_in, layer.fan_out) == (72, 108)
        assert math.isclose(layer.forward, forward, rel_tol=1e-12)
        assert math.isclose(layer.backward, backward, rel_tol=1e-12)


def test_zeros_carry_nothing(pictures: Data) -> None:
    found = signals.predict(_plan(), "zeros", _squares(pictures))
    assert [layer.sums for layer in found] == [0] * 5
    assert [layer.gradients for layer in found[:3]] == [0] * 3


def test_the_specs_network_is_one_where_he_and_glorot_part(pictures: Data) -> None:
    """In thirty layers of equal fans the second halves what the first keeps, padding or not."""
    squares = _squares(pictures)
    he, glorot = (signals.predict(MNIST, name, squares) for name in ("he_normal", "glorot_uniform"))
    ratios = [one.sums / other.sums for one, other in zip(glorot[2:-1], he[2:-1], strict=True)]
    assert len(ratios) == 30
    assert math.isclose(ratios[-1] / ratios[0], 2.0**-29, rel_tol=1e-9)


def test_the_kept_file_is_of_the_specs_network(pictures: Data) -> None:
    """If this fails, write it anew: actinit compute signals."""
    kept = read(Path(__file__).parents[2] / "docs" / "measured" / "signals-mnist_cnn.json", Signals)
    found = signals.compute(MNIST, pictures.train)
    assert [one.start for one in kept.starts] == [start.name for start in MNIST.starts]
    for one, other in zip(kept.starts, found.starts, strict=True):
        for name in ("fan_in", "fan_out", "variance", "forward", "backward"):
            # What does not depend on the pictures, to the digits of the quadrature.
            ours, theirs = ([getattr(layer, name) for layer in x.layers] for x in (one, other))
            assert np.allclose(ours, theirs, rtol=1e-12, atol=0)


def test_a_file_is_read_as_it_was_written(pictures: Data, tmp_path: Path) -> None:
    found = signals.compute(_plan(), pictures.train)
    save(found, tmp_path / "signals.json")
    assert read(tmp_path / "signals.json", Signals) == found
    (tmp_path / "signals.json").write_text("{}")
    with pytest.raises(ValueError, match="actinit-signals-1"):
        read(tmp_path / "signals.json", Signals)
