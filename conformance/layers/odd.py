"""The check of shapes that are no kernel's, given to a law that depends on fans."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from actinit import spec
from actinit.adapters import Adapter, NotOffered
from actinit.spec import Layer

from ..checks.base import LOAD, Check, Finding, Outcome, Witness
from ..formats import describe, hexadecimal
from ..guard import BadResultError, HungError, message_of
from .weights import DTYPE

__all__ = ["checks"]

# Draws that the fan is read off where there should have been an error; for a person, to a per cent.
_MANY = 400
_SNIPPET = """
import numpy as np
from actinit import adapters, spec
backend = adapters.load("{loaded}")
print(backend.draw(spec.initializers["lecun_uniform"], {shape}, np.dtype("float32"), 0, {{}}))"""


def checks(entry: Layer) -> Iterator[Check]:
    """Yield a check for each odd shape: ``layer/dense/odd/vector``."""
    for name in entry.odd:
        yield _check(entry, name)


def _check(entry: Layer, name: str) -> Check:
    odd = entry.odd[name]
    law = spec.initializers["lecun_uniform"]

    def run(adapter: Adapter) -> Outcome:
        try:
            drawn = adapter.draw(law, odd.shape, DTYPE, 0, {})
        except (NotOffered, BadResultError, HungError):
            raise
        except Exception as error:  # the backend's, of whatever kind
            said = f"raises {type(error).__name__}: {message_of(error)[:200]}"
            if odd.gives == "error":
                return Outcome(conforms=True, message=said)
            finding = Finding(
                key=f"shape/{name}",
                kind="definition",
                defect="shape",
                sentence=f"the shape {odd.shape}, which holds no weight, {said}",
                data={"raises": type(error).__name__},
            )
            return Outcome.diverging([finding])
        if odd.gives == "empty":
            return Outcome(conforms=True, message=f"gives an empty tensor of shape {drawn.shape}")
        greatest = max(
            float(np.abs(adapter.draw(law, odd.shape, DTYPE, seed, {})).max())
            for seed in range(_MANY)
        )
        fan = 3 / greatest**2
        finding = Finding(
            key=f"shape/{name}",
            kind="definition",
            defect="shape",
            sentence=f"the shape {odd.shape} has no fans, but is drawn from as if fan_in were "
            f"{fan:.2g}",
            worst=Witness(
                x=f"fan_in of the shape {odd.shape}",
                x_hex="",
                got=describe(fan),
                got_hex=hexadecimal(fan),
                exact="an error",
                exact_hex="",
                error=None,
                budget=0.0,
            ),
            data={"fan_in": fan},
        )
        return Outcome.diverging([finding], measured={"fan_in": fan})

    return Check(
        id=f"layer/{entry.name}/odd/{name}",
        entry=entry,
        clause=f"spec/layers/{entry.name}.toml [odd.{name}]",
        run=run,
        snippet=lambda adapter, outcome: _SNIPPET.format(loaded=LOAD, shape=odd.shape),
    )
