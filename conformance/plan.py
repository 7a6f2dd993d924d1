"""All checks, in the order of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from actinit import spec

from . import initializers as statistics
from . import layers as of_layers
from .activations import (
    accuracy,
    axes,
    defaults,
    forward,
    integers,
    kinds_of_rows,
    kinks,
    layout,
    modes,
    parameters,
    properties,
    repeat,
    second,
    side_effects,
    special,
    upstream,
)
from .check import Check
from .initializers.plan import DEFAULT, Size
from .parity import checks as of_trainings

__all__ = ["activation_checks", "plan"]


def activation_checks(entry: spec.Activation) -> Iterator[Check]:
    """Yield every check of an activation."""
    # Accuracy and properties look at the same sample, one format after the other.
    whole_sample = [*accuracy.checks(entry), *properties.checks(entry)]
    order = list(dict.fromkeys(check.id.split("/")[2] for check in whole_sample))
    yield from sorted(whole_sample, key=lambda check: order.index(check.id.split("/")[2]))
    for checks in (
        special, kinks, kinds_of_rows, axes, parameters, upstream, forward, second, layout,
        side_effects, repeat, modes, integers, defaults,
    ):  # fmt: skip
        yield from checks.checks(entry)


def plan(
    activations: Mapping[str, spec.Activation] = spec.activations,
    initializers: Mapping[str, spec.Initializer] = spec.initializers,
    layers: Mapping[str, spec.Layer] = spec.layers,
    optimizers: Mapping[str, spec.Optimizer] = spec.optimizers,
    networks: Mapping[str, spec.Network] = spec.networks,
    size: Size = DEFAULT,
) -> list[Check]:
    """Return every check.

    Parameters
    ----------
    activations, initializers, layers, optimizers, networks : mapping, optional
        The entries to check; by default the whole spec.
    size : Size, optional
        How much is drawn of each initializer.

    Returns
    -------
    list of Check
        With distinct ids.
    """
    found = [check for entry in activations.values() for check in activation_checks(entry)]
    found += [check for entry in initializers.values() for check in statistics.checks(entry, size)]
    found += [check for entry in layers.values() for check in of_layers.checks(entry)]
    found += [check for entry in optimizers.values() for check in of_trainings.of_optimizer(entry)]
    found += [check for entry in networks.values() for check in of_trainings.of_network(entry)]
    return found
