"""The class of an optimizer's entry: its update as formulas."""

from __future__ import annotations

from typing import ClassVar, Literal

from .expression import Expression
from .model import Called, Parameter, Struct

__all__ = ["Optimizer"]


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
    called: dict[str, Called] = {}  #: By name: the libraries that mean the entry by it.
    variants: tuple[str, ...] = ()  #: Entries that others mean by the same name.
    #: Variant: what its parameters are for both to be the same at step t, in those of this entry.
    conversion: dict[str, dict[str, Expression]] = {}
    parameters: dict[str, Parameter]
    state: dict[str, Expression] = {}
    update: Expression  #: The new x.
    references: tuple[str, ...]

    family: ClassVar[Literal["training"]] = "training"
