"""Train in JAX: `jax.value_and_grad` of the loss, and the optimizer's formulas from the spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from actinit.spec import stepped

from ..calls import resolve
from ..lookup import bindings
from ..training import Problem, Step

__all__ = ["Trainer"]


class Trainer:
    """Trains in JAX; the step is compiled as a whole.

    Parameters
    ----------
    problem : Problem
        What to train.
    """

    def __init__(self, problem: Problem) -> None:
        config: Any = jax.config
        config.update("jax_enable_x64", bool(problem.dtype == np.float64))
        self.parameters = [jnp.asarray(part) for part in problem.start]
        self.state = [
            {name: jnp.zeros_like(part) for name in problem.optimizer.state}
            for part in self.parameters
        ]
        self.steps = 0
        self._step: Callable[..., Any] = jax.jit(_stepper(problem))

    def step(self, x: NDArray[Any], y: NDArray[Any]) -> Step:
        """Take a step."""
        self.steps += 1
        loss, gradient, self.parameters, self.state = self._step(
            self.parameters, self.state, x, y, float(self.steps)
        )
        return Step(
            float(loss),
            [np.asarray(part) for part in gradient],
            [np.asarray(part) for part in self.parameters],
        )


def _stepper(problem: Problem) -> Callable[..., Any]:
    """Return the function from parameters, states, batch and count to what a step makes of them."""
    log_softmax = resolve(bindings(problem.network)["jax"].loss)

    def loss_of(parameters: list[Any], x: Any, y: Any) -> Any:
        for place in range(0, len(parameters), 2):
            x = x @ parameters[place] + parameters[place + 1]
            if place < len(parameters) - 2:
                x = jax.nn.relu(x)
        return -jnp.mean(log_softmax(x)[jnp.arange(len(y)), y])

    def step(parameters: list[Any], states: list[Any], x: Any, y: Any, t: Any) -> Any:
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x, y)
        pairs = [
            stepped(problem.optimizer, problem.rates, part, g, t, state, jnp)
            for part, state, g in zip(parameters, states, gradient, strict=True)
        ]
        return loss, gradient, [part for part, _ in pairs], [state for _, state in pairs]

    return step
