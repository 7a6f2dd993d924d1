"""PyTorch and Keras build one convolutional network, and start it by the fans of its kernels."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from helpers.trained import DENSE_ONLY, TRAINED, require

from actinit import reference as ref
from actinit.adapters.training import Data
from actinit.conformance.training import backends
from actinit.conformance.training.errors import TrainingError
from actinit.spec.architecture import Conv2D, Dense, Flatten, Reshape
from actinit.spec.experiment import Experiment, experiment

MNIST = experiment("mnist_cnn")
#: Of the deviation of n normal weights: five of its own standard errors, 1 / sqrt(2 n).
SIGMAS = 5


def _conv(filters: int, stride: int, padding: int) -> Conv2D:
    return Conv2D(
        filters=filters, kernel=3, stride=stride, padding=padding,
        activation="relu", initializer="start",
    )  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Experiment:
    """A network with all that the spec's has, and no padding too; fans that differ by much."""
    layers = (
        Reshape(height=28, width=28),
        _conv(8, 2, 1),
        _conv(64, 2, 0),
        _conv(16, 1, 1),
        Flatten(),
        Dense(units=10, activation="softmax", initializer="glorot_uniform"),
    )
    network = msgspec.structs.replace(MNIST.network, layers=layers)
    training = msgspec.structs.replace(MNIST.training, batch_size=20)
    return msgspec.structs.replace(MNIST, network=network, training=training)


@pytest.fixture(scope="module")
def torch_build() -> Callable[..., Any]:
    pytest.importorskip("torch")
    from actinit.adapters.torch import trainer

    return trainer.build


@pytest.fixture(scope="module")
def keras_build() -> Callable[..., Any]:
    pytest.importorskip("keras")
    pytest.importorskip(os.environ.get("KERAS_BACKEND", "tensorflow"))
    from actinit.adapters.keras import trainer

    return trainer.build


def _kernels(model: Any) -> list[np.ndarray]:
    """Return the kernels of a model of either framework, inputs before outputs, channels last."""
    if hasattr(model, "parameters"):
        kernels = [part.detach().numpy() for part in model.parameters() if part.dim() > 1]
        return [kernel.transpose((2, 3, 1, 0) if kernel.ndim == 4 else (1, 0))
                for kernel in kernels]  # fmt: skip
    return [np.asarray(part) for part in model.trainable_weights if len(part.shape) > 1]


def _carry(keras_model: Any, torch_model: Any) -> None:
    """Give PyTorch's model Keras's weights, and both the same biases, none of them 0."""
    import torch

    rng = np.random.default_rng(3)
    features = keras_model.layers[-2].input.shape[1:]  # what is made flat
    parameters = iter(torch_model.parameters())
    for part in keras_model.trainable_weights:
        values = np.asarray(part)
        if values.ndim == 1:
            values = rng.normal(0, 0.1, values.shape).astype(np.float32)
            part.assign(values)
        elif values.ndim == 4:
            values = values.transpose(3, 2, 0, 1)
        else:
            # Keras makes flat with the channels last, PyTorch with the channels first.
            values = values.reshape(*features, -1).transpose(3, 2, 0, 1).reshape(values.T.shape)
        with torch.no_grad():
            next(parameters).copy_(torch.from_numpy(np.ascontiguousarray(values)))


def _logits(torch_model: Any, keras_model: Any, x: np.ndarray) -> list[np.ndarray]:
    """Return both models' logits; Keras's, whose model ends in probabilities, up to a constant."""
    import torch

    with torch.no_grad():
        theirs = torch_model(torch.from_numpy(x)).numpy()
    logs = np.log(np.asarray(keras_model(x), np.float64))
    return [one - one.mean(axis=1, keepdims=True) for one in (theirs.astype(np.float64), logs)]


def _apart(torch_model: Any, keras_model: Any, pictures: Data) -> float:
    """Return how far the logits are apart, in units of the greatest."""
    _carry(keras_model, torch_model)
    one, other = _logits(torch_model, keras_model, pictures.train.x[:32])
    return float(abs(one - other).max() / abs(one).max())


#: A sum of n terms may be off by n roundings of the sum of their sizes. Sums here have up to 576
#: terms, in four layers; that signs are mixed, the roundings as well, leaves ample room.
ROUNDINGS = 4 * 576 * 2.0**-24


def test_both_compute_the_same(
    small: Experiment, torch_build: Any, keras_build: Any, pictures: Data
) -> None:
    models = torch_build(small, "he_normal"), keras_build(small, "he_normal")
    shapes = [[kernel.shape for kernel in _kernels(model)] for model in models]
    assert shapes == [[(3, 3, 1, 8), (3, 3, 8, 64), (3, 3, 64, 16), (6 * 6 * 16, 10)]] * 2
    assert sum(part.numel() for part in models[0].parameters()) == models[1].count_params()
    assert _apart(*models, pictures) < ROUNDINGS


def test_the_specs_network_is_built_alike(torch_build: Any, keras_build: Any) -> None:
    models = torch_build(MNIST, "glorot_uniform"), keras_build(MNIST, "glorot_uniform")
    one, other = ([kernel.shape for kernel in _kernels(model)] for model in models)
    assert one == other
    assert len(one) == len(MNIST.network.weighted)


def test_a_missing_relu_is_noticed(
    small: Experiment, torch_build: Any, keras_build: Any, pictures: Data
) -> None:
    import torch

    model = torch_build(small, "he_normal")
    place = next(n for n, part in enumerate(model) if isinstance(part, torch.nn.ReLU))
    model[place] = torch.nn.Identity()
    assert _apart(model, keras_build(small, "he_normal"), pictures) > 100 * ROUNDINGS


def test_padding_on_one_side_is_noticed(
    small: Experiment, torch_build: Any, keras_build: Any, pictures: Data
) -> None:
    """What "same" of Keras does where the stride is 2."""
    import torch

    model = torch_build(small, "he_normal")
    place = next(n for n, part in enumerate(model) if isinstance(part, torch.nn.Conv2d))
    model[place].padding = (0, 0)
    model.insert(place, torch.nn.ZeroPad2d((0, 1, 0, 1)))
    assert _apart(model, keras_build(small, "he_normal"), pictures) > 100 * ROUNDINGS


def _misfits(plan: Experiment, start: str, model: Any) -> list[int]:
    """Return the places of the layers whose weights do not spread as the initialization says."""
    wrong = []
    for place, ((layer, _), kernel) in enumerate(
        zip(plan.network.weighted, _kernels(model), strict=True)
    ):
        drawn = plan.weights(layer, start)
        distribution = ref.initializers[drawn.initializer].distribution(
            kernel.shape, **drawn.parameters
        )
        error = SIGMAS / math.sqrt(2 * kernel.size)
        if not math.isclose(kernel.std(), distribution.std(), rel_tol=error):
            wrong.append(place)
    return wrong


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("start", [start.name for start in MNIST.starts])
def test_kernels_start_by_their_fans(
    small: Experiment, request: pytest.FixtureRequest, framework: str, start: str
) -> None:
    build = request.getfixturevalue(f"{framework}_build")
    assert _misfits(small, start, build(small, start)) == []


def test_swapped_fans_are_noticed(
    small: Experiment, torch_build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    whole = torch.nn.init.kaiming_normal_
    monkeypatch.setattr(
        torch.nn.init, "kaiming_normal_", lambda w, **options: whole(w.transpose(0, 1), **options)
    )
    assert _misfits(small, "he_normal", torch_build(small, "he_normal")) == [0, 1, 2]


@pytest.mark.parametrize("name", [name for name in TRAINED if name not in DENSE_ONLY])
def test_it_learns(small: Experiment, pictures: Data, name: str) -> None:
    require(name)
    epochs = list(backends.load(name).train(small, "he_normal", pictures, 0))
    assert epochs[-1].val_accuracy > 0.9


def test_a_backend_that_has_no_convolutions_says_so() -> None:
    backends.require(backends.names(), experiment("mnist_mlp"))
    backends.require([name for name in TRAINED if name not in DENSE_ONLY], MNIST)
    said = rf"{', '.join(DENSE_ONLY)} cannot train mnist_cnn.*Conv2D.*Flatten"
    with pytest.raises(TrainingError, match=said):
        backends.require(TRAINED, MNIST)
