"""The three kinds of activation: what is common to all functions, said once."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._rounding import FLOATS, rounded
from ._compensated import Pair, to_odd

__all__ = ["Activation", "Elementwise", "Reduction", "Rowwise", "elementwise", "require"]

Array = NDArray[Any]
Rule = Callable[..., Array | Pair]

# Elements of a block: few enough for the cache, enough to make NumPy's cost of a call small.
_BLOCK = 2**14


def require(name: str, value: float, domain: str, inside: bool) -> None:
    """Raise ValueError unless a parameter is inside its domain."""
    if not inside:
        raise ValueError(f"{name} = {value!r} is outside its domain; expected {domain}")


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
        The value, for arrays of float64; an array of float64, or a `Pair` where float64 is too
        short for the rounding to a narrower format to be right.
    exact : bool, optional
        Whether the rule rounds nothing in any dtype, so that it may run in the input's own.
    seams : sequence of float, optional
        Where the rules pass from one formula or row of a table to the next, at the defaults of the
        parameters: those who measure the reference look there.
    """

    def __init__(self, rule: Rule, *, exact: bool = False, seams: Sequence[float] = ()) -> None:
        self._rule, self._exact, self.seams = rule, exact, tuple(seams)
        functools.update_wrapper(self, rule)
        self.name = rule.__name__

    def derivative_rule(self, rule: Rule) -> Rule:
        """Attach the derivative, for arrays of float64."""
        self._derivative_rule = rule
        return rule

    def __call__(self, x: ArrayLike, **parameters: Any) -> Array:
        """Return the activation of `x`: an array of its dtype."""
        return self._run(self._rule, x, parameters)

    def derivative(self, x: ArrayLike, **parameters: Any) -> Array:
        """Return the derivative at `x`.

        Parameters
        ----------
        x : array_like
            Any shape.
        **parameters
            As for the value.

        Returns
        -------
        ndarray
            Of the dtype of `x`. For an elementwise function, of its shape; for a row function of
            n elements, the Jacobian ``d y[i] / d x[k]`` in two last axes (n, n); for a reduction,
            the gradient in a last axis (n,).
        """
        return self._run(self._derivative_rule, x, parameters)

    @abstractmethod
    def vjp(self, x: ArrayLike, upstream: ArrayLike, **parameters: Any) -> Array:
        """Return the gradient of ``sum(upstream * f(x))`` with respect to `x`.

        Parameters
        ----------
        x : array_like
            Input.
        upstream : array_like
            Gradient with respect to the value, of its shape.
        **parameters
            As for the value.

        Returns
        -------
        ndarray
            Of the dtype and shape of `x`.
        """

    def __repr__(self) -> str:
        return f"<activation {self.name}>"

    def _run(self, rule: Rule, x: ArrayLike, parameters: dict[str, Any]) -> Array:
        array = self._floats(x)
        with _quiet():
            working = array if self._exact else array.astype(np.float64, copy=False)
            result = rule(working, **parameters)
            if isinstance(result, Pair):
                result = result.high if array.dtype == np.float64 else to_odd(result)
            return rounded(np.asarray(result), array.dtype)

    def _floats(self, x: ArrayLike) -> Array:
        array = np.asarray(x)
        if array.dtype in FLOATS.values() or array.dtype.kind == "f":
            return array
        if array.dtype.kind not in "biu":
            raise TypeError(
                f"{self.name} is defined on real numbers; got an array of dtype {array.dtype}; "
                "pass floats or integers"
            )
        # As NumPy's own functions promote: int8 to float16, int16 to float32, the rest to float64.
        return array.astype(np.exp.resolve_dtypes((array.dtype, None))[1])


class Elementwise(Activation):
    """A function of one number.

    Rules get arrays of one dimension, a block at a time: what they compute on the way then stays in
    the cache of a core, and memory does not grow with the input.
    """

    def vjp(self, x: ArrayLike, upstream: ArrayLike, **parameters: Any) -> Array:
        slope = self.derivative(x, **parameters)
        with _quiet():
            return np.asarray(slope * np.asarray(upstream, dtype=slope.dtype))

    def _run(self, rule: Rule, x: ArrayLike, parameters: dict[str, Any]) -> Array:
        array = self._floats(x)
        flat = array.reshape(-1)
        if flat.size <= _BLOCK:
            return super()._run(rule, flat, parameters).reshape(array.shape)
        result = np.empty_like(flat)
        for start in range(0, flat.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            result[block] = super()._run(rule, flat[block], parameters)
        return result.reshape(array.shape)


class Rowwise(Activation):
    """A function from a row to a row, along `axis`."""

    def vjp(self, x: ArrayLike, upstream: ArrayLike, *, axis: int = -1, **parameters: Any) -> Array:
        array = self._floats(x)
        row = np.moveaxis(array, axis, -1).astype(np.float64, copy=False)
        jacobian = self.derivative(row, **parameters)
        above = np.moveaxis(np.asarray(upstream, dtype=np.float64), axis, -1)
        with _quiet():
            gradient = np.einsum("...ik,...i->...k", jacobian, above)
        return rounded(np.moveaxis(gradient, -1, axis), array.dtype)


class Reduction(Activation):
    """A function from a row to one number, along `axis`."""

    def vjp(self, x: ArrayLike, upstream: ArrayLike, *, axis: int = -1, **parameters: Any) -> Array:
        slope = self.derivative(np.moveaxis(self._floats(x), axis, -1), **parameters)
        above = np.asarray(upstream, dtype=slope.dtype)[..., np.newaxis]
        with _quiet():
            return np.moveaxis(slope * above, -1, axis)


def elementwise(
    *, exact: bool = False, seams: Sequence[float] = ()
) -> Callable[[Rule], Elementwise]:
    """Make an `Elementwise` of a rule for its value."""
    return functools.partial(Elementwise, exact=exact, seams=seams)
