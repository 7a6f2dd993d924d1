"""The class of an optimizer's entry: its update as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from .expression import Expression
from .floats import evaluate
from .model import Parameter, Struct

__all__ = ["Optimizer", "OptimizerBinding"]


class OptimizerBinding(Struct, frozen=True, kw_only=True):
    """What a backend calls the optimizer."""

    function: str  #: Dotted path of its class.
    arguments: dict[str, Expression] = {}  #: Keyword: in the spec's parameters.
    tuples: dict[str, tuple[Expression, ...]] = {}  #: Those that are several numbers.
    source: str = ""

    def keywords(self, rates: Mapping[str, float]) -> dict[str, Any]:
        """Return the arguments for a value of each of the entry's parameters."""
        told: dict[str, Any] = {name: evaluate(one, rates) for name, one in self.arguments.items()}
        return told | {
            name: tuple(evaluate(one, rates) for one in several)
            for name, several in self.tuples.items()
        }


class Optimizer(Struct, frozen=True, kw_only=True, eq=False):
    """How a step changes a parameter x with the gradient g; t counts steps from 1.

    The formulas of `state` are evaluated first, in their order: each names the last step's states,
    all 0 at the start, and sees those before it as they are now. Then comes `update`.
    """

    name: str
    since: str
    summary: str
    text: str
    aliases: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()  #: Entries that others mean by the same name.
    #: Variant: what its parameters are for both to be the same at step t, in those of this entry.
    conversion: dict[str, dict[str, Expression]] = {}
    parameters: dict[str, Parameter]
    state: dict[str, Expression] = {}
    update: Expression  #: The new x.
    backends: dict[str, OptimizerBinding]
    references: tuple[str, ...]

    family: ClassVar[Literal["training"]] = "training"
