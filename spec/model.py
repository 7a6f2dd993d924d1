"""The classes that entries are loaded into: frozen, and validated as they are made.

What one field can say of itself is checked by its type; what fields say of each other (a name in a
formula that is no parameter, a reference that is nowhere) is checked in `actinit.spec.rules`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from .distributions import Chosen, DeltaOrthogonal, Dirac, Distribution, Fourier
from .expression import Condition, Expression

__all__ = [
    "Accuracy",
    "AccuracyTable",
    "Activation",
    "Budget",
    "Called",
    "Choice",
    "Derivative",
    "Function",
    "Gain",
    "Initializer",
    "Kink",
    "Parameter",
    "Part",
    "Piece",
    "Properties",
    "Reference",
    "Special",
    "SpecialCase",
    "Struct",
    "Term",
    "Ties",
    "Value",
]

#: What of an entry is computed and checked.
Part = Literal["value", "derivative"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that no field has is refused."""


class Called(Struct, frozen=True, kw_only=True):
    """Which libraries call an entry by a name that is not its own, or mean it by another's."""

    by: tuple[str, ...]  #: The libraries, as their paths begin: torch, keras, jax, tf ...
    note: str = ""  #: How what they call so differs from the entry, or from what others call so.


class Parameter(Struct, frozen=True, kw_only=True):
    """An argument of the function beside its input."""

    symbol: str  #: LaTeX symbol.
    default: float  #: The binary64 number that a caller who says nothing gets.
    domain: Condition  #: What the parameter must satisfy.
    what: str  #: One line on what it does.
    integer: bool = False  #: Whether only whole numbers are meant.
    curves: tuple[float, ...] = ()  #: Values beside the default that a plot shows.


class Term(Struct, frozen=True, kw_only=True):
    """A named part of a formula, so that a formula reads as it does on paper."""

    symbol: str  #: LaTeX symbol.
    is_: Expression = msgspec.field(name="is")


class Piece(Struct, frozen=True, kw_only=True):
    """One line of a definition by cases; the first whose condition holds is meant."""

    then: Expression
    if_: Condition | None = msgspec.field(name="if", default=None)


class Value(Struct, frozen=True, kw_only=True):
    """What the function is."""

    pieces: tuple[Piece, ...]
    domain: tuple[float, float] = (float("-inf"), float("inf"))
    range: tuple[Expression, Expression]  #: Closed hull of the values.


class Kink(Struct, frozen=True, kw_only=True):
    """A point where the function has no derivative, and what the spec says there."""

    at: Expression
    take: Literal["left", "right"]  #: The one-sided derivative that the spec returns.
    accept: tuple[Expression, Expression]  #: Ends of the subdifferential: all of it conforms.
    why: str
    when: Condition | None = None  #: On the parameters, where the kink exists only for some.


class Ties(Struct, frozen=True, kw_only=True):
    """Where several elements of a row share the maximum, and what the spec says there."""

    take: Literal["first"]  #: The element that gets the whole derivative.
    accept: tuple[Expression, Expression]
    why: str


class Edges(Struct, frozen=True, kw_only=True):
    """Where an element of a row passes from one formula of the derivative to another.

    Rounding decides on which side an element is counted that is nearer than an implementation can
    tell, so there the derivative says nothing of it.
    """

    at: Expression  #: Of the element ``x[i]``; it is 0 there.
    within: Expression  #: How near to 0 the side is left open: units in the last place of 1.
    why: str


class Derivative(Struct, frozen=True, kw_only=True):
    """The derivative; for row functions the Jacobian, d y[i] / d x[k]."""

    pieces: tuple[Piece, ...]
    kinks: tuple[Kink, ...] = ()
    ties: Ties | None = None
    edges: Edges | None = None


class SpecialCase(Struct, frozen=True, kw_only=True):
    """What comes out at an input that a formula does not settle; the sign of zero counts.

    A text is an expression; ``"any"`` means that the spec leaves it open, ``"any zero"`` that it
    leaves the sign of a zero open.
    """

    x: float | tuple[float, ...]
    value: float | str | tuple[float | str, ...]
    derivative: float | str | tuple[float | str, ...] = "any"
    why: str = ""


class Special(Struct, frozen=True, kw_only=True):
    """The special values."""

    cases: tuple[SpecialCase, ...]


class Properties(Struct, frozen=True, kw_only=True):
    """Each becomes a check."""

    monotone: Literal["increasing", "decreasing"] | None = None
    symmetry: Literal["odd", "even"] | None = None
    derivative_symmetry: Literal["odd", "even"] | None = None


class Budget(Struct, frozen=True, kw_only=True):
    """How large an error conforms: ulp, as an expression that each format gives a value."""

    budget: Expression
    why: str  #: What a careful implementation must round.


class Accuracy(Struct, frozen=True, kw_only=True):
    """The budgets of value and derivatives: the entry's own, or the name of a shared class."""

    value: str | Budget
    derivative: str | Budget
    second: str | Budget = ""  #: Of the second derivative; elementwise entries have one.


class Activation(Struct, frozen=True, kw_only=True, eq=False):
    """An activation function; compared and hashed by identity, as there is one of each."""

    name: str
    since: str
    summary: str
    text: str
    history: str = ""  #: Who introduced it and when; what it is for.
    shape: Literal["elementwise", "row", "reduction"] = "elementwise"
    aliases: tuple[str, ...] = ()
    called: dict[str, Called] = {}  #: By name: the libraries that mean the entry by it.
    parameters: dict[str, Parameter] = {}
    terms: dict[str, Term] = {}
    value: Value
    derivative: Derivative
    special: Special
    properties: Properties = Properties()
    accuracy: Accuracy
    references: tuple[str, ...]

    family: ClassVar[Literal["activation"]] = "activation"


class Choice(Struct, frozen=True, kw_only=True):
    """An argument that is one of a few words."""

    default: str
    what: str  #: One line on what it decides.
    symbol: str = ""  #: LaTeX symbol, where formulas name it.
    options: dict[str, Expression] = {}  #: Word: what the choice's name then means in formulas.


class Initializer(Struct, frozen=True, kw_only=True, eq=False):
    """A weight initializer: a distribution whose parameters may depend on the fans."""

    name: str
    since: str
    summary: str
    text: str
    history: str = ""  #: Who introduced it and when; what it is for.
    aliases: tuple[str, ...] = ()
    called: dict[str, Called] = {}  #: By name: the libraries that mean the entry by it.
    parameters: dict[str, Parameter] = {}
    choices: dict[str, Choice] = {}
    terms: dict[str, Term] = {}
    distribution: Distribution
    support: tuple[Expression, Expression] | None = None  #: Closed hull of what may be drawn.
    mean: Expression | None = (
        None  #: Of one weight; stated, and held against the distribution by a test.
    )
    variance: Expression | None = None
    independent: Literal["weights", "inputs", "tensors", "none"]  #: What is drawn apart.
    seed: Literal["decides", "ignored"]  #: Whether the same seed means the same bits.
    references: tuple[str, ...]

    family: ClassVar[Literal["initializer"]] = "initializer"

    @property
    def example(self) -> tuple[str, dict[str, int]]:
        """A kind of layer with a kernel that suits the distribution, and sizes to show it on."""
        match self.distribution:
            case Fourier():
                return "conv1d", {"w": 32, "i": 1, "o": 17}
            case DeltaOrthogonal() | Dirac():
                return "conv2d", {"h": 3, "w": 3, "i": 16, "o": 32}
        return "dense", {"i": 784, "o": 128}

    def options(self, choice: str) -> tuple[str, ...]:
        """Return the words that a choice may be."""
        if isinstance(self.distribution, Chosen) and self.distribution.by == choice:
            return tuple(self.distribution.among)
        return tuple(self.choices[choice].options)


#: An entry that backends have as a function of their own.
Function = Activation | Initializer


class AccuracyTable(Struct, frozen=True, kw_only=True):
    """The content of accuracy.toml."""

    classes: dict[str, Budget]  #: Budgets that several entries share.


class Gain(Struct, frozen=True, kw_only=True):
    """What an initialization is multiplied by for the activation that follows."""

    gain: Expression
    why: str


class Reference(Struct, frozen=True, kw_only=True):
    """A publication."""

    authors: str
    title: str
    year: int
    venue: str
    link: str = ""
