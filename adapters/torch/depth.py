"""Carry in PyTorch: its linear layers, its activations, its autograd."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch

from actinit import spec

from ..calls import keywords, resolve
from ..lookup import bindings
from ..propagation import Carried, Network

__all__ = ["propagate"]


def propagate(network: Network) -> Carried:
    """Carry signal and gradient."""
    activate = _activation(network.activation)
    signal = torch.from_numpy(network.x).requires_grad_()
    sums, outputs = [], []
    for kernel in network.kernels:
        z = torch.nn.functional.linear(signal, torch.from_numpy(kernel.T))
        z.retain_grad()
        signal = activate(z)
        sums.append(z)
        outputs.append(signal)
    loss: Any = (signal * torch.from_numpy(network.top)).sum()
    loss.backward()
    return Carried(*map(_squares, (sums, outputs, [z.grad for z in sums])))


def _activation(name: str) -> Any:
    entry = spec.activations[name]
    binding = bindings(entry)["torch"]
    told = {name: parameter.default for name, parameter in entry.parameters.items()}
    options = keywords(entry, binding, told)
    if binding.function is None:
        assert binding.layer is not None
        return resolve(binding.layer)(**options)
    return partial(resolve(binding.function), **options)


def _squares(tensors: list[Any]) -> Any:
    return np.array([float((tensor.detach() ** 2).mean()) for tensor in tensors])
