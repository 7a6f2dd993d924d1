"""The checks of trainings: a small network, some steps in float64, held to the reference.

What parts by its formulas parts within the first steps, whatever the size; that nothing else comes
up in thousands of steps on real data is what ``actinit parity`` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from actinit.adapters import Adapter, NotOffered
from actinit.spec import AnyEntry, Network, Optimizer

from ..checks.base import LOAD, Check, Outcome
from .problem import Problem, made
from .reasons import explained, kind
from .report import Compared, sentence
from .trainers import lacking, trainer

__all__ = ["compared", "far", "near", "of_network", "of_optimizer"]

_EXAMPLES, _FEATURES = 256, 20
# Two layers of one size: a kernel that is kept the other way round fits, and shows all the same.
_LAYERS = (16, 16, 5)
# How far from the others examples lie at which probabilities come to 0 and 1.
_FAR = 60.0
_SNIPPET = """
from actinit import adapters
from actinit.conformance.parity import checks
for one in checks.compared(adapters.load("{loaded}"), checks.{posed}("{optimizer}")):
    print(one)"""


def near(optimizer: str) -> Problem:
    """Return a problem of eight epochs, 64 steps, in which no probability comes near 0 or 1."""
    return _posed(optimizer, 1.0, 8)


def far(optimizer: str) -> Problem:
    """Return one of 8 steps in which they do, beyond what float64 tells from 0 and 1."""
    return _posed(optimizer, _FAR, 1)


def _posed(optimizer: str, scale: float, epochs: int) -> Problem:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((_EXAMPLES, _FEATURES)) * scale
    y = rng.integers(0, _LAYERS[-1], _EXAMPLES)
    return made(x, y, optimizer, layers=_LAYERS, batch=32, epochs=epochs, seed=4)


def of_optimizer(entry: Optimizer) -> Iterator[Check]:
    """Yield the check of an optimizer: ``training/adam/float64/parity``."""
    yield _check(entry, "float64/parity", "update", near, entry.name)


def of_network(entry: Network) -> Iterator[Check]:
    """Yield the check of a network's loss: ``training/classifier/float64/saturated``."""
    yield _check(entry, "float64/saturated", "formulas.loss", far, "sgd")


def compared(adapter: Adapter, posed: Problem) -> list[Compared]:
    """Return what comes of a problem on a backend, and what must be matched for it to agree.

    Raises
    ------
    NotOffered
        If nothing trains on the backend, or it has no such optimizer.
    """
    train = trainer(adapter)
    if lacking(adapter, posed.optimizer):
        raise NotOffered(f"{adapter.name} has no {posed.optimizer.name}")
    return list(explained(train, posed))


def _check(
    entry: AnyEntry, path: str, key: str, posed: Callable[[str], Problem], optimizer: str
) -> Check:
    folder = "training/networks" if isinstance(entry, Network) else "training"

    def run(adapter: Adapter) -> Outcome:
        first, *others = compared(adapter, posed(optimizer))
        last = others[-1] if others else first
        measured = {"steps": first.parity.steps, "greatest": first.parity.greatest}
        message = sentence(first)
        if first.parity.parting:
            measured["step"] = first.parity.parting.step
            agrees = last.parity.agrees
            message += (
                f"; what makes them agree, to {last.parity.greatest:.1e}, is: "
                f"{', '.join(last.matched)}"
                if agrees
                else "; nothing that is known here brings them to agree"
            )
        return Outcome(
            conforms=first.parity.agrees,
            message=message,
            kind=kind(trainer(adapter), last),
            measured=measured,
        )

    return Check(
        id=f"training/{entry.name}/{path}",
        entry=entry,
        clause=f"spec/{folder}/{entry.name}.toml [{key}]",
        run=run,
        snippet=lambda adapter, outcome: _SNIPPET.format(
            loaded=LOAD, posed=posed.__name__, optimizer=optimizer
        ),
    )
