"""What a release is asked: the checks in which frameworks change, and weights of one seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import spec
from actinit.spec import Activation, Part

from ..activations.naming import PARTS
from ..check import Check
from ..expected.defaults import defaults, kinks_of
from ..formats import ARITHMETIC, FORMATS, Format, formats_of
from ..plan import plan
from ..published.answers import inputs, patterns

__all__ = [
    "SEED",
    "SELECTED",
    "SHAPE",
    "Drawn",
    "all_inputs",
    "checks",
    "drawn",
    "recorded_inputs",
    "sample_of",
]

#: Of all weights that are drawn; any number will do.
SEED = 20_26
#: Sizes of a dense kernel: enough weights for any other generator or order to show.
SHAPE = {"i": 48, "o": 32}
#: Patterns of the ids of checks that are made if nobody chooses. In float32: values and derivatives
#: on the whole sample, at kinks, ties, infinities and nan, and what a function takes by default.
SELECTED = (
    "activation/*/float32/value/ulp",
    "activation/*/float32/derivative/ulp",
    "activation/*/float32/derivative/kink",
    "activation/*/float32/derivative/ties",
    "activation/*/float32/value/special",
    "activation/*/float32/derivative/special",
    "activation/*/float32/second/ulp",
    "activation/*/defaults/*",
)
#: What is no matter of one backend in one process: another mode beside it, or a training.
_APART = ("activation/*/mode", "training/*", "initializer/*/gains")


class Drawn(NamedTuple):
    """Weights that are asked for: of an initializer, or of a layer that is told nothing."""

    family: str  #: ``initializers`` or ``layers``.
    name: str
    format: str

    @property
    def id(self) -> str:
        """As a cell is named: ``weights/he_normal/float32``."""
        return f"weights/{self.name}/{self.format}"


def checks(*, every: bool = False) -> list[Check]:
    """Return the checks that a release is asked for.

    Parameters
    ----------
    every : bool, optional
        Whether all are returned that a release can be asked for; by default the usual ones.
    """
    return [
        check
        for check in plan()
        if not _matches(check.id, _APART) and (every or _matches(check.id, SELECTED))
    ]


def drawn() -> list[Drawn]:
    """Return the weights that a release is asked for."""
    of_functions = [
        Drawn("initializers", name, fmt) for name in spec.initializers for fmt in ARITHMETIC
    ]
    return of_functions + [Drawn("layers", name, "float32") for name in spec.layers]


@cache
def recorded_inputs(fmt: Format) -> NDArray[np.generic]:
    """Return the inputs of a format whose results are kept, the same for every function.

    Those that people ask about: see `actinit.conformance.published.answers.inputs`; the kinks and
    roots of all functions are among them.
    """
    entries = [one for one in spec.activations.values() if one.shape == "elementwise"]
    kinks = [spec.evaluate(kink.at, defaults(one)) for one in entries for kink in kinks_of(one)]
    found = [inputs(entry, fmt, kinks) for entry in entries]
    together = np.concatenate(found)
    _, first = np.unique(together.view(fmt.bits), return_index=True)
    order = np.sort(first)  # as the first function has them, then what others add
    return together[order]


def sample_of(check: Check) -> tuple[Activation, Format, Part] | None:
    """Return of which function, format and part a check asks the sample; None if of none."""
    entry = check.entry
    words = check.id.split("/")
    if not isinstance(entry, Activation) or entry.shape != "elementwise" or len(words) != 5:
        return None
    fmt, part, what = words[2:]
    if what != "ulp" or part not in PARTS:
        return None
    return entry, formats_of(entry)[fmt], part


def all_inputs() -> Iterator[tuple[str, str]]:
    """Yield each format with its recorded inputs as a file keeps them."""
    for name, fmt in FORMATS.items():
        yield name, "".join(patterns(recorded_inputs(fmt), fmt))


def _matches(id: str, patterns_: Collection[str]) -> bool:
    return any(fnmatchcase(id, pattern) for pattern in patterns_)
