"""Which optimizer a backend trains with: the experiment's, or what it means by that name."""

from __future__ import annotations

from actinit.adapters import bindings, frameworks
from actinit.spec import Optimizer, optimizers
from actinit.spec.experiment import Choice

from .errors import TrainingError

__all__ = ["REFERENCE", "choose"]

#: The reference, which is trained by the suite itself, in `numpy_trainer`: what other trainers are
#: compared with, and what is looked into layer by layer, is no translation of anybody's calls.
REFERENCE = "numpy"


def choose(choice: Choice, family: str) -> tuple[Optimizer, dict[str, float]]:
    """Return the entry of an optimizer and a value for each of its parameters.

    Parameters
    ----------
    choice : actinit.spec.experiment.Choice
        The experiment's.
    family : str
        The backend's: a user of PyTorch who says Adam gets PyTorch's form of it.

    Raises
    ------
    TrainingError
        If the backend has neither the entry nor a variant of it.
    """
    entry = choice.entry
    framework = frameworks().get(family)
    trained = framework.training if framework else None
    computed = family == REFERENCE or (trained is not None and trained.formulas)
    for name in (entry.name, *entry.variants):
        found = optimizers[name]
        if computed or family in bindings(found):
            return found, choice.rates(found)
    have = [name for name, one in optimizers.items() if family in bindings(one)]
    raise TrainingError(
        f"{family} has no {entry.name}", f"one of {', '.join(have)}", "name another --optimizer"
    )
