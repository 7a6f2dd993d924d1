"""What an adapter may leave out."""

from __future__ import annotations

import pytest

from actinit.adapters import Adapter, NotOffered, frameworks
from actinit.spec import activations


def test_what_an_adapter_leaves_out_is_not_offered():
    class Bare(Adapter):
        name = "bare"

        def versions(self):
            return {}

        def value(self, entry, x, parameters):
            return x

    bare, entry = Bare(), activations["relu"]
    asked = {
        "no layer for relu": lambda: bare.layer(entry, None, {}),
        "no gradient for relu": lambda: bare.gradient(entry, None, None, {}),
        "no second derivative for relu": lambda: bare.second(entry, None, None, {}),
        "no in-place form of relu": lambda: bare.in_place(entry, None, {}),
        "no initializer relu": lambda: bare.draw(entry, (1,), None, 0, {}),
        "does not offer relu": lambda: bare.binding(entry),
    }
    for reason, ask in asked.items():
        with pytest.raises(NotOffered, match=f"bare.*{reason}|bare {reason}"):
            ask()
    assert bare.device == "cpu"
    assert bare.layouts == frameworks()["numpy"].layouts
