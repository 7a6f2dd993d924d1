"""The three kinds of activation: what is common to all functions, said once."""

from __future__ import annotations

import functools
import inspect
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._rounding import rounded
from ..arithmetic.settle import Formula, settled
from ._input import floats, upstream_of

__all__ = ["Activation", "Domain", "Elementwise", "Reduction", "Rowwise", "elementwise"]

Array = NDArray[Any]
Rule = Callable[..., Array]


def _quiet() -> np.errstate:
    """Let overflow to infinity, underflow to zero and nan from nan be results, not accidents."""
    return np.errstate(over="ignore", under="ignore", invalid="ignore")


class Activation(ABC):
    """An activation function with its derivative.

    Calling it gives the value; `derivative` gives the derivative and `vjp` the gradient of a sum.
    A function is made by a decorator, and then given its derivative by `derivative_rule`.

    Parameters
    ----------
    rule : callable
        The value; what it takes and returns is a matter of the kind.
    seams : sequence of float, optional
        Where the rules pass from one formula or row of a table to the next, at the defaults of the
        parameters: those who measure the reference look there.
    """

    def __init__(self, rule: Callable[..., Any], *, seams: Sequence[float] = ()) -> None:
        self.rule, self.seams = rule, tuple(seams)
        functools.update_wrapper(self, rule)
        self.name = rule.__name__

    @abstractmethod
    def __call__(self, x: ArrayLike, *values: Any, **parameters: Any) -> Array:
        """Return the activation of `x`: an array of its dtype."""

    @abstractmethod
    def derivative(self, x: ArrayLike, *values: Any, **parameters: Any) -> Array:
        """Return the derivative at `x`.

        Parameters
        ----------
        x : array_like
            Any shape.
        *values, **parameters
            As for the value.

        Returns
        -------
        ndarray
            Of the dtype of `x`. For an elementwise function, of its shape; for a row function of
            n elements, the Jacobian ``d y[i] / d x[k]`` in two last axes (n, n); for a reduction,
            the gradient in a last axis (n,).
        """

    @abstractmethod
    def vjp(self, x: ArrayLike, upstream: ArrayLike, *values: Any, **parameters: Any) -> Array:
        """Return the gradient of ``sum(upstream * f(x))`` with respect to `x`.

        Parameters
        ----------
        x : array_like
            Input.
        upstream : array_like
            Gradient with respect to the value, of its shape and any of the formats.
        *values, **parameters
            As for the value.

        Returns
        -------
        ndarray
            Of the dtype and shape of `x`.

        Raises
        ------
        ValueError
            If the upstream gradient is of another shape.
        """

    def __reduce__(self) -> str:
        """Be pickled and copied as the name of the module that defines it."""
        return self.name

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


class Domain(NamedTuple):
    """Which values a parameter may have: in words, and as a test that may ask for others."""

    text: str
    holds: Callable[..., bool]
    others: tuple[str, ...] = ()  #: The parameters that the test takes beside this one.


class Elementwise(Activation):
    """A function of one number, correctly rounded, as are its derivative and its vjp.

    Parameters
    ----------
    rule : callable
        The value: from a number and the parameters to an `Approximation`; or, if `exact`, from an
        array to the array of results.
    error : float, optional
        Bound of the rule's error, in units of the arithmetic times the weight.
    rational : bool, optional
        As for `Formula`.
    exact : bool, optional
        Whether the rule rounds nothing in any format, so that it runs in the input's own.
    domains : mapping of str to Domain, optional
        Of the parameters.
    seams : sequence of float, optional
        As for `Activation`.
    """

    def __init__(
        self,
        rule: Callable[..., Any],
        *,
        error: float = 0.0,
        rational: bool = False,
        exact: bool = False,
        domains: Mapping[str, Domain] | None = None,
        seams: Sequence[float] = (),
    ) -> None:
        super().__init__(rule, seams=seams)
        self._exact, self._domains = exact, domains or {}
        self._value = Formula(rule, error, rational)
        _, *parameters = inspect.signature(rule).parameters.values()
        self._defaults = {one.name: one.default for one in parameters}

    def derivative_rule(
        self, *, error: float = 0.0, rational: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return what attaches the derivative: a rule, with the bound of its error."""

        def attach(rule: Callable[..., Any]) -> Callable[..., Any]:
            self._slope = Formula(rule, error, rational)
            return rule

        return attach

    def __call__(self, x: ArrayLike, *values: float, **parameters: float) -> Array:
        return self._computed(self._value, floats(self.name, x), self._bound(values, parameters))

    def derivative(self, x: ArrayLike, *values: float, **parameters: float) -> Array:
        return self._computed(self._slope, floats(self.name, x), self._bound(values, parameters))

    def vjp(self, x: ArrayLike, upstream: ArrayLike, *values: float, **parameters: float) -> Array:
        array = floats(self.name, x)
        factor = upstream_of(self.name, upstream, array.shape)
        bound = self._bound(values, parameters)
        if not self._exact:
            return self._computed(self._slope, array, bound, factor)
        with _quiet():
            slope = np.asarray(self._slope.rule(array, *bound), dtype=np.float64)
            return rounded(np.asarray(slope * factor), array.dtype)

    def _computed(
        self,
        formula: Formula,
        array: Array,
        parameters: Sequence[float],
        factor: Array | None = None,
    ) -> Array:
        if self._exact:
            with _quiet():  # a signalling nan is no accident
                return np.asarray(formula.rule(array, *parameters))
        # In the order of the memory, whatever that is, and into the same.
        order: Any = "F" if array.flags.fnc else "C"
        flat = array.ravel(order=order)
        results = settled(
            formula, flat, parameters, None if factor is None else factor.ravel(order=order)
        )
        return results.reshape(array.shape, order=order)

    def _bound(self, values: tuple[float, ...], parameters: dict[str, float]) -> list[float]:
        """Return the parameters in the order of the rule, or say what is wrong with them."""
        names = list(self._defaults)
        if len(values) > len(names):
            raise TypeError(
                f"{self.name} takes {_listed(names)} beside x; got {len(values)} values"
            )
        given = dict(zip(names, values, strict=False))
        for name in parameters:
            if name in given:
                raise TypeError(f"{self.name} got two values for {name}")
            if name not in names:
                raise TypeError(f"{self.name} takes {_listed(names)} beside x; got {name}")
        bound = {**self._defaults, **given, **parameters}
        for name, domain in self._domains.items():
            if not domain.holds(*(bound[one] for one in (name, *domain.others))):
                raise ValueError(
                    f"{name} = {bound[name]!r} is outside its domain; expected {domain.text}"
                )
        return [float(value) for value in bound.values()]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


class _OfRows(Activation):
    """A function of the rows along an axis, with rules for an array of a format and its axis."""

    def derivative_rule(self, rule: Rule) -> Rule:
        """Attach the derivative."""
        self._derivative_rule = rule
        return rule

    def __call__(self, x: ArrayLike, axis: int = -1) -> Array:
        array = floats(self.name, x)
        return self._value(array, self._axis(axis, array))

    def derivative(self, x: ArrayLike, axis: int = -1) -> Array:
        array = floats(self.name, x)
        return self._derivative_rule(array, self._axis(axis, array))

    def _value(self, array: Array, axis: int) -> Array:
        with _quiet():
            return np.asarray(self.rule(array, axis))

    def _axis(self, axis: Any, array: Array) -> int:
        """Return the axis of the rows, or say what is wrong with it."""
        if array.ndim == 0:
            raise ValueError(
                f"{self.name} is a function of rows; got a single number; expected at least one "
                "axis"
            )
        if isinstance(axis, bool | np.bool_) or not hasattr(axis, "__index__"):
            raise TypeError(
                f"{self.name} takes one axis, an integer; got axis={axis!r}; for all elements as "
                "one row pass x.ravel()"
            )
        place = operator.index(axis)
        if not -array.ndim <= place < array.ndim:
            raise np.exceptions.AxisError(
                f"axis {place} is out of range for {self.name} of an array of {array.ndim} "
                f"dimensions; expected {-array.ndim} to {array.ndim - 1}"
            )
        return place % array.ndim


class Rowwise(_OfRows):
    """A function from a row to a row, along `axis`."""

    def gradient_rule(self, rule: Rule) -> Rule:
        """Attach the gradient, for an array of a format, a finite upstream gradient and an axis."""
        self._gradient_rule = rule
        return rule

    def unbounded_gradient_rule(self, rule: Rule) -> Rule:
        """Attach the gradient for rows of float64 and upstream ones with nan or infinities."""
        self._unbounded_gradient_rule = rule
        return rule

    def vjp(self, x: ArrayLike, upstream: ArrayLike, axis: int = -1) -> Array:
        array = floats(self.name, x)
        place = self._axis(axis, array)
        factor = upstream_of(self.name, upstream, array.shape)
        finite = np.isfinite(factor).all(axis=place)
        if finite.all():
            return self._gradient_rule(array, factor, place)
        kept = np.where(np.expand_dims(finite, place), factor, 0.0)
        gradient = self._gradient_rule(array, kept, place)
        into, row, above = (np.moveaxis(one, place, -1) for one in (gradient, array, factor))
        with _quiet():
            some = self._unbounded_gradient_rule(row[~finite].astype(np.float64), above[~finite])
            into[~finite] = rounded(some, array.dtype)
        return gradient


class Reduction(_OfRows):
    """A function from a row to one number, along `axis`.

    Without a rule for it, the gradient is the derivative, which is then 0 or 1, times the upstream
    one.
    """

    _gradient_rule: Rule | None = None

    def gradient_rule(self, rule: Rule) -> Rule:
        """Attach the gradient, for an array of a format, an upstream gradient and an axis."""
        self._gradient_rule = rule
        return rule

    def _axis(self, axis: Any, array: Array) -> int:
        place = super()._axis(axis, array)
        if array.shape[place] == 0:
            raise ValueError(
                f"{self.name} has no result for no elements; got an array of shape {array.shape}; "
                f"expected at least one along axis {place}"
            )
        return place

    def vjp(self, x: ArrayLike, upstream: ArrayLike, axis: int = -1) -> Array:
        array = floats(self.name, x)
        place = self._axis(axis, array)
        above = upstream_of(self.name, upstream, array.shape[:place] + array.shape[place + 1 :])
        if self._gradient_rule is not None:
            return self._gradient_rule(array, above, place)
        gradient = np.moveaxis(self.derivative(array, place), -1, place).astype(np.float64)
        with _quiet():
            return rounded(gradient * np.expand_dims(above, place), array.dtype)


def elementwise(
    *,
    error: float = 0.0,
    rational: bool = False,
    exact: bool = False,
    domains: Mapping[str, Domain] | None = None,
    seams: Sequence[float] = (),
) -> Callable[[Callable[..., Any]], Elementwise]:
    """Make an `Elementwise` of a rule for its value; see there."""
    return functools.partial(
        Elementwise, error=error, rational=rational, exact=exact, domains=domains, seams=seams
    )
