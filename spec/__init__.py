"""The spec: one TOML file per activation, initializer or kind of layer, loaded into frozen classes.

>>> from actinit import spec
>>> spec.activations["gelu"].value.pieces[0].then.text
'x*Phi'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .errors import SpecError, UnknownNameError
from .expression import Condition, Expression, interpret
from .floats import compute, evaluate, holds
from .format import FloatFormat
from .layer import AnyEntry, Layer
from .loader import (
    ACTIVATIONS,
    HERE,
    INITIALIZERS,
    LAYERS,
    Catalogue,
    load_entry,
    load_formats,
    table,
)
from .model import (
    AccuracyTable,
    Activation,
    Budget,
    Called,
    Edges,
    Function,
    Gain,
    Initializer,
    Kink,
    Parameter,
    Part,
    Piece,
    Reference,
    SpecialCase,
)
from .network import Network
from .optimizer import Optimizer
from .optimizer_step import stepped

__all__ = [
    "CATALOGUES",
    "Activation",
    "AnyEntry",
    "Budget",
    "Called",
    "Catalogue",
    "Condition",
    "Edges",
    "Expression",
    "FloatFormat",
    "Function",
    "Gain",
    "Initializer",
    "Kink",
    "Layer",
    "Network",
    "Optimizer",
    "Parameter",
    "Part",
    "Piece",
    "Reference",
    "SpecError",
    "SpecialCase",
    "UnknownNameError",
    "accuracy",
    "activations",
    "budget_of",
    "compute",
    "evaluate",
    "formats",
    "gains",
    "holds",
    "initializers",
    "interpret",
    "layers",
    "load_entry",
    "networks",
    "optimizers",
    "references",
    "stepped",
]

#: Activations by name or alias.
activations: Catalogue[Activation] = ACTIVATIONS
#: Initializers by name or alias.
initializers: Catalogue[Initializer] = INITIALIZERS

#: Kinds of layer by name or alias.
layers: Catalogue[Layer] = LAYERS

#: Networks that are trained, by name or alias.
networks: Catalogue[Network] = Catalogue(HERE / "training" / "networks", Network)

#: Optimizers by name or alias.
optimizers: Catalogue[Optimizer] = Catalogue(HERE / "training", Optimizer)

#: The catalogues of what is asked for by name, in the order in which pages and commands tell them.
CATALOGUES: tuple[Catalogue[Any], ...] = (activations, initializers, layers, optimizers)


def accuracy() -> AccuracyTable:
    """Return the budgets that several entries share, by name of their class."""
    found: AccuracyTable = table("accuracy")
    return found


def budget_of(entry: Activation, part: Literal["value", "derivative", "second"]) -> Budget:
    """Return how large an error of an entry's value or derivative conforms, and why.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative", "second"}
        The value, the derivative, or the second derivative, which elementwise entries have.

    Returns
    -------
    Budget
        The entry's own, or that of the class which the entry names.
    """
    stated: str | Budget = getattr(entry.accuracy, part)
    return accuracy().classes[stated] if isinstance(stated, str) else stated


def formats() -> Mapping[str, FloatFormat]:
    """Return the floating-point formats by name, from the narrowest to the widest."""
    return load_formats()


def gains() -> Mapping[str, Gain]:
    """Return the gains by the name of the activation that follows."""
    found: Mapping[str, Gain] = table("gains")
    return found


def references() -> Mapping[str, Reference]:
    """Return the publications that entries cite, by key."""
    found: Mapping[str, Reference] = table("references")
    return found
