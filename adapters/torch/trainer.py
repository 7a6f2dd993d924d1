"""Train in PyTorch as people write it: `nn.Sequential`, `optim.Adam`, an eager loop.

The data lies in tensors as a whole, so that no loader's workers stand between the loop and its
time. PyTorch's Adam adds epsilon after the bias correction: that is how a user of PyTorch trains,
and with epsilon at 1e-7 it is far below what the figures show.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn

from actinit import spec
from actinit.spec.architecture import Conv2D, Dense, Flatten, Reshape, Shape
from actinit.spec.experiment import Experiment, Weights

from ..calls import keywords, resolve
from ..lookup import bindings
from ..training import EpochFigures, Split, Training

__all__ = ["build", "train"]


def build(experiment: Experiment, start: str) -> nn.Sequential:
    """Return the network, started by PyTorch's own initializers; it ends in logits."""
    network = experiment.network
    modules: list[nn.Module] = []
    for layer, shape in zip(network.layers, network.shapes, strict=False):
        match layer:
            case Reshape():
                modules.append(nn.Unflatten(1, (1, layer.height, layer.width)))
            case Flatten():
                modules.append(nn.Flatten())
            case Conv2D() | Dense():
                weighted = _weighted(layer, shape)
                _initialize(weighted.weight, experiment.weights(layer, start))
                nn.init.zeros_(cast(Tensor, weighted.bias))
                modules += [weighted, _activation(layer.activation)]
    return nn.Sequential(*modules[:-1])  # CrossEntropyLoss has the softmax in it.


def train(training: Training) -> Iterator[EpochFigures]:
    """Train from one initialization; see `actinit.adapters.Adapter.train`."""
    torch.manual_seed(training.seed)
    schedule = training.experiment.training
    model = build(training.experiment, training.start)
    loss_of = nn.CrossEntropyLoss()
    binding = bindings(training.optimizer)["torch"]
    optimizer = resolve(binding.function)(model.parameters(), **binding.keywords(training.rates))
    x, y = _tensors(training.data.train)
    x_test, y_test = _tensors(training.data.test)
    for _ in range(schedule.epochs):
        begun = time.perf_counter()
        total, right = 0.0, 0
        for batch in torch.split(torch.randperm(len(x)), schedule.batch_size):
            logits = model(x[batch])
            loss = loss_of(logits, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
            right += _right(logits, y[batch])
        with torch.no_grad():
            logits = model(x_test)
            val_loss = loss_of(logits, y_test).item()
        yield EpochFigures(
            loss=total / len(x),
            accuracy=right / len(x),
            val_loss=val_loss,
            val_accuracy=_right(logits, y_test) / len(x_test),
            seconds=time.perf_counter() - begun,
        )


def _tensors(split: Split) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(split.x), torch.from_numpy(split.y)


def _right(logits: Tensor, y: Tensor) -> int:
    return int((logits.argmax(dim=1) == y).sum())


def _weighted(layer: Conv2D | Dense, shape: Shape) -> nn.Conv2d | nn.Linear:
    if isinstance(layer, Dense):
        return nn.Linear(shape[0], layer.units)
    return nn.Conv2d(shape[2], layer.filters, layer.kernel, layer.stride, layer.padding)


def _activation(name: str) -> nn.Module:
    binding = bindings(spec.activations[name])["torch"]
    assert binding.layer, f"bindings.toml has no layer for {name}"
    module: nn.Module = resolve(binding.layer)(**binding.arguments)
    return module


def _initialize(weight: Tensor, drawn: Weights) -> None:
    entry = spec.initializers[drawn.initializer]
    binding = bindings(entry)["torch"]
    assert binding.function, f"bindings.toml has no initializer for {entry.name}"
    defaults = {key: parameter.default for key, parameter in entry.parameters.items()}
    resolve(binding.function)(weight, **keywords(entry, binding, defaults | drawn.parameters))
