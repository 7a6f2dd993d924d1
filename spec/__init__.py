"""The spec: one TOML file per activation, initializer or kind of layer, loaded into frozen classes.

>>> from actinit import spec
>>> spec.activations["gelu"].value.pieces[0].then.text
'x*Phi'
"""

from __future__ import annotations

from collections.abc import Mapping

from .errors import SpecError, UnknownNameError
from .expression import Condition, Expression, interpret
from .floats import compute, evaluate, holds
from .layer import AnyEntry, Layer, LayerBinding, Start, Tensor
from .loader import ACTIVATIONS, HERE, INITIALIZERS, LAYERS, Catalogue, load_entry, table
from .model import (
    AccuracyTable,
    Activation,
    Binding,
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
from .network import Network, NetworkBinding
from .optimizer import Optimizer, OptimizerBinding
from .optimizer_step import stepped

__all__ = [
    "Activation",
    "AnyEntry",
    "Binding",
    "Condition",
    "Expression",
    "Function",
    "Gain",
    "Initializer",
    "Kink",
    "Layer",
    "LayerBinding",
    "Network",
    "NetworkBinding",
    "Optimizer",
    "OptimizerBinding",
    "Parameter",
    "Part",
    "Piece",
    "Reference",
    "SpecError",
    "SpecialCase",
    "Start",
    "Tensor",
    "UnknownNameError",
    "accuracy",
    "activations",
    "compute",
    "evaluate",
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
activations: Mapping[str, Activation] = ACTIVATIONS
#: Initializers by name or alias.
initializers: Mapping[str, Initializer] = INITIALIZERS

#: Kinds of layer by name or alias.
layers: Mapping[str, Layer] = LAYERS

#: Networks that are trained, by name or alias.
networks: Mapping[str, Network] = Catalogue(HERE / "training" / "networks", Network)

#: Optimizers by name or alias.
optimizers: Mapping[str, Optimizer] = Catalogue(HERE / "training", Optimizer)


def accuracy() -> AccuracyTable:
    """Return the accuracy classes and the ulp granted to elementary functions."""
    found: AccuracyTable = table("accuracy")
    return found


def gains() -> Mapping[str, Gain]:
    """Return the gains by the name of the activation that follows."""
    found: Mapping[str, Gain] = table("gains")
    return found


def references() -> Mapping[str, Reference]:
    """Return the publications that entries cite, by key."""
    found: Mapping[str, Reference] = table("references")
    return found
