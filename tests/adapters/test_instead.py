"""Where a name means another entry, what the binding has instead draws from the entry itself."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.installed import loaded

from actinit import check_tensor, spec
from actinit.adapters import bindings, frameworks
from actinit.conformance.initializers.distributions import defaults

#: The first backend of each framework: what it draws does not depend on the mode.
BACKENDS = {name: next(iter(one.modes)) for name, one in frameworks().items()}
CASES = [
    pytest.param(BACKENDS[key], entry, id=f"{key}-{entry.name}")
    for entry in spec.initializers.values()
    for key, binding in bindings(entry).items()
    if binding.instead
]


def drawn(adapter, entry, parameters):
    return adapter.draw(entry, (300, 200), np.dtype(np.float32), 7, parameters)


def settings(entry):
    """Yield the defaults, each other option, and another value of each parameter."""
    usual = defaults(entry)
    yield usual
    for name in entry.choices:
        yield from (usual | {name: option} for option in entry.options(name))
    yield from (usual | {name: 0.5} for name in entry.parameters)


@pytest.mark.parametrize(("backend", "entry"), CASES)
def test_it_draws_the_entry_which_the_name_does_not(backend, entry, monkeypatch):
    adapter = loaded(backend)
    assert not check_tensor(drawn(adapter, entry, {}), entry.name).plausible
    own = adapter.binding(entry).own
    monkeypatch.setattr(adapter, "binding", lambda _: own)
    for parameters in settings(entry):
        weights = drawn(adapter, entry, parameters)
        assert check_tensor(weights, entry.name, parameters=parameters).plausible, parameters
