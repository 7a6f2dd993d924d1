"""Carry in JAX: one compiled scan over the layers, and its transpose."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from actinit import spec

from ..calls import keywords, resolve
from ..lookup import bindings
from ..propagation import Carried, Network

__all__ = ["propagate"]


def propagate(network: Network) -> Carried:
    """Carry signal and gradient."""
    with jax.enable_x64(True):
        found = _squares(network.activation, network.kernels, network.x, network.top)
        return Carried(*map(np.asarray, found))


@partial(jax.jit, static_argnums=0)
def _squares(name: str, kernels: Any, x: Any, top: Any) -> Any:
    entry = spec.activations[name]
    binding = bindings(entry)["jax"]
    assert binding.function is not None
    told = {name: parameter.default for name, parameter in entry.parameters.items()}
    activate = partial(resolve(binding.function), **keywords(entry, binding, told))

    def layer(signal: Any, of: tuple[Any, Any]) -> Any:
        kernel, nothing = of
        z = signal @ kernel + nothing
        signal = activate(z)
        return signal, (jnp.mean(z**2), jnp.mean(signal**2))

    def network(nothings: Any) -> Any:
        last, squares = jax.lax.scan(layer, x, (kernels, nothings))
        return jnp.vdot(last, top), squares

    # The gradient by a zero that is added to the sums is that by the sums.
    nothings = jnp.zeros((len(kernels), *x.shape))
    gradients, (sums, outputs) = jax.grad(network, has_aux=True)(nothings)
    return sums, outputs, jnp.mean(gradients**2, axis=(1, 2))
