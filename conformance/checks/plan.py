"""All checks, in the order of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from actinit import spec

from .. import layers as of_layers
from .. import statistics
from ..statistics.plan import DEFAULT, Size
from . import (
    accuracy,
    defaults,
    integers,
    kinks,
    layout,
    modes,
    properties,
    second,
    special,
    upstream,
)
from .base import Check

__all__ = ["activation_checks", "plan"]


def activation_checks(entry: spec.Activation) -> Iterator[Check]:
    """Yield every check of an activation."""
    # Accuracy and properties look at the same sample, one format after the other.
    whole_sample = [*accuracy.checks(entry), *properties.checks(entry)]
    order = list(dict.fromkeys(check.id.split("/")[2] for check in whole_sample))
    yield from sorted(whole_sample, key=lambda check: order.index(check.id.split("/")[2]))
    for checks in (special, kinks, upstream, second, layout, modes, integers, defaults):
        yield from checks.checks(entry)


def plan(
    activations: Mapping[str, spec.Activation] = spec.activations,
    initializers: Mapping[str, spec.Initializer] = spec.initializers,
    layers: Mapping[str, spec.Layer] = spec.layers,
    size: Size = DEFAULT,
) -> list[Check]:
    """Return every check.

    Parameters
    ----------
    activations, initializers, layers : mapping, optional
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
    return found
