"""The checks of trainings: a small network, some steps in float64, held to the reference.

What differs in its formulas diverges within the first steps, whatever the size; that nothing else
comes up in thousands of steps on real data is what ``actinit parity`` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from actinit.adapters import Adapter, NotOffered
from actinit.adapters.training import Problem
from actinit.spec import AnyEntry, Network, Optimizer

from ..check import LOAD, Check, Outcome
from ..results.parity import Comparison
from .findings import findings, malformed
from .offered import lacking
from .problem import made
from .reasons import explained
from .results import BadStepError
from .sentences import sentence

__all__ = ["compared", "far", "near", "of_network", "of_optimizer", "sentence"]

_FEATURES, _BATCH = 20, 32
# The last batch of an epoch is a short one: seven of 32, and one of 26.
_EXAMPLES = 250
# Two layers of one size: a kernel that is kept the other way round fits, and shows all the same.
_LAYERS = (16, 16, 5)
# How far from the others examples lie at which probabilities come to 0 and 1.
_FAR = 60.0
_SNIPPET = """
from actinit import adapters
from actinit.conformance.parity import checks
compared = checks.compared(adapters.load("{loaded}"), checks.{problem}("{optimizer}"))
for one in compared:
    print(checks.sentence(one))
if first := compared[0].parity.divergence:
    print("got  ", first.got)  # {place}
    print("right", first.exact)"""


def near(optimizer: str) -> Problem:
    """Return a problem of eight epochs, 64 steps, in which no probability comes near 0 or 1."""
    return _problem(optimizer, 1.0, 8, _EXAMPLES)


def far(optimizer: str) -> Problem:
    """Return one of 8 steps in which they do, beyond what float64 tells from 0 and 1."""
    return _problem(optimizer, _FAR, 1, 8 * _BATCH)


def _problem(optimizer: str, scale: float, epochs: int, examples: int) -> Problem:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((examples, _FEATURES)) * scale
    y = rng.integers(0, _LAYERS[-1], examples)
    problem = made(x, y, optimizer, layers=_LAYERS, batch=_BATCH, epochs=epochs, seed=4)
    # Biases that are not 0, for one to see that they are added, and given.
    start = [
        part if place % 2 == 0 else 0.1 * rng.standard_normal(part.shape)
        for place, part in enumerate(problem.start)
    ]
    # One hidden unit whose pre-activation is exactly 0 for every example, in any order of sums: it
    # stays so where the derivative of ReLU at 0 is 0, and shows another.
    start[0][:, 0], start[1][0] = 0.0, 0.0
    return replace(problem, start=start)


def of_optimizer(entry: Optimizer) -> Iterator[Check]:
    """Yield the check of an optimizer: ``training/adam/float64/parity``."""
    yield _check(entry, "float64/parity", "update", near, entry.name)


def of_network(entry: Network) -> Iterator[Check]:
    """Yield the check of a network's loss: ``training/classifier/float64/saturated``."""
    yield _check(entry, "float64/saturated", "formulas.loss", far, "sgd")


def compared(adapter: Adapter, problem: Problem) -> list[Comparison]:
    """Return what comes of a problem on a backend, and what must be matched for it to agree.

    Raises
    ------
    NotOffered
        If nothing trains on the backend, or it has no such optimizer.
    """
    train = adapter.trainer()
    if lacking(adapter, problem.optimizer):
        raise NotOffered(f"{adapter.name} has no {problem.optimizer.name}")
    return list(explained(train, problem))


def _check(
    entry: AnyEntry, path: str, key: str, problem_of: Callable[[str], Problem], optimizer: str
) -> Check:
    folder = "training/networks" if isinstance(entry, Network) else "training"

    def run(adapter: Adapter) -> Outcome:
        problem = problem_of(optimizer)
        try:
            comparisons = compared(adapter, problem)
        except BadStepError as error:
            return Outcome.diverging([malformed(error)], grade="F")
        first = comparisons[0].parity
        measured: dict[str, float] = {"steps": first.steps, "greatest": first.greatest}
        if first.divergence is None and not first.dtypes:
            return Outcome(conforms=True, message=sentence(comparisons[0]), measured=measured)
        if first.divergence:
            measured["step"] = first.divergence.step
        train = adapter.trainer()
        return Outcome.diverging(findings(train, problem, comparisons), measured=measured)

    return Check(
        id=f"training/{entry.name}/{path}",
        entry=entry,
        clause=f"spec/{folder}/{entry.name}.toml [{key}]",
        run=run,
        snippet=lambda adapter, outcome: _SNIPPET.format(
            loaded=LOAD,
            problem=problem_of.__name__,
            optimizer=optimizer,
            place=outcome.witness.x if outcome and outcome.witness else "the first divergence",
        ),
    )
