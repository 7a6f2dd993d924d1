"""Train in PyTorch: `nn.Sequential`, its own loss and optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..calls import resolve
from ..lookup import bindings
from ..training import Problem, Step

__all__ = ["Trainer"]


class Trainer:
    """Trains in PyTorch.

    Parameters
    ----------
    problem : Problem
        What to train.
    """

    def __init__(self, problem: Problem) -> None:
        modules: list[nn.Module] = []
        for kernel, bias in zip(problem.start[::2], problem.start[1::2], strict=True):
            dtype = getattr(torch, problem.dtype.name)
            linear = nn.Linear(kernel.shape[0], kernel.shape[1], dtype=dtype)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(kernel.T.copy()))
                linear.bias.copy_(torch.from_numpy(bias))
            modules += [linear, nn.ReLU()]
        self.model = nn.Sequential(*modules[:-1])
        self.loss = resolve(bindings(problem.network)["torch"].loss)()
        optimizer: Any = resolve(bindings(problem.optimizer)["torch"].function)
        self.optimizer = optimizer(self.model.parameters(), **problem.keywords("torch"))

    def step(self, x: NDArray[Any], y: NDArray[Any]) -> Step:
        """Take a step."""
        self.optimizer.zero_grad()
        loss = self.loss(self.model(torch.from_numpy(x)), torch.from_numpy(y.astype(np.int64)))
        loss.backward()
        parameters = list(self.model.parameters())
        gradient = [_array(part.grad) for part in parameters]
        self.optimizer.step()
        return Step(loss.item(), gradient, [_array(part.detach()) for part in parameters])


def _array(tensor: Any) -> NDArray[Any]:
    """Return a copy; kernels as (inputs, outputs)."""
    return np.array(tensor.numpy().T)
