"""The check of shapes that are no kernel's, given to a distribution that depends on fans."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from actinit import spec
from actinit.adapters import Adapter, NotOffered
from actinit.spec import Layer

from ..backend.guard import BadResultError, HungError, message_of
from ..check import Check, Finding, Outcome, Witness
from ..snippets.weights import Drawn, draw_lines, figure_lines
from .weights import DTYPE

__all__ = ["checks"]

# Draws that the fan is read off where there should have been an error; for a person, to a per cent.
_MANY = 400
# The shape of what holds no weights gives no fan to measure: whatever is raised shows itself.
_LARGEST = """\
shape = {shape}
w = np.stack([source(seed)(shape) for seed in range({many})])
{figure}"""


def checks(entry: Layer) -> Iterator[Check]:
    """Yield a check for each odd shape: ``layer/dense/odd/vector``."""
    for name in entry.odd:
        yield _check(entry, name)


def _check(entry: Layer, name: str) -> Check:
    odd = entry.odd[name]
    initializer = spec.initializers["lecun_uniform"]

    def run(adapter: Adapter) -> Outcome:
        try:
            drawn = adapter.draw(initializer, odd.shape, DTYPE, 0, {})
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
            float(np.abs(adapter.draw(initializer, odd.shape, DTYPE, seed, {})).max())
            for seed in range(_MANY)
        )
        fan = 3 / greatest**2
        finding = Finding(
            key=f"shape/{name}",
            kind="definition",
            defect="shape",
            sentence=f"the shape {odd.shape} has no fans, but is drawn from as if fan_in were "
            f"{fan:.2g}",
            worst=Witness.figure(
                f"fan_in of the shape {odd.shape}",
                fan,
                "an error",
                measure="3 / abs(w).max() ** 2",
            ),
            data={"fan_in": fan},
        )
        return Outcome.diverging([finding], measured={"fan_in": fan})

    def lines(adapter: Adapter, outcome: Outcome | None) -> str:
        drawn = Drawn(initializer, {}, odd.shape, DTYPE.name, 0)
        shown = outcome.shown if outcome else None
        asked = _LARGEST.format(shape=odd.shape, many=_MANY, figure=figure_lines(shown))
        return f"{draw_lines(adapter, drawn)}\n\n{asked}"

    return Check(
        id=f"layer/{entry.name}/odd/{name}",
        entry=entry,
        clause=f"spec/layers/{entry.name}.toml [odd.{name}]",
        run=run,
        snippet=lines,
    )
