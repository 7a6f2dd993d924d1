"""A callable as a backend: an adapter that has one function, and its derivative if there is one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from actinit.adapters import Adapter, NotOffered
from actinit.adapters.base import Array
from actinit.adapters.calls import Parameters
from actinit.spec import Activation

from ..expected.defaults import defaults
from .arrays import Arrays, ForeignResultError

__all__ = ["Derivative", "OneFunction"]

#: A callable, or whether the framework's own autograd is asked.
Derivative = Callable[..., Any] | Literal["autograd"] | None

# What libraries call the argument of the axis.
_OF_AXIS = ("axis", "dim")


class OneFunction(Adapter):
    """A backend that has one function.

    Parameters
    ----------
    name : str
        What a person calls it.
    function : callable
        Takes an array and returns one of its shape and dtype. Parameters of the entry that it
        names are passed by keyword.
    arrays : Arrays
        What it takes.
    derivative : callable, "autograd" or None, optional
        What tells the derivative: a callable of an array, or of an array and the upstream
        gradient, with parameters as above. By default nothing does.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        arrays: Arrays,
        derivative: Derivative = None,
    ) -> None:
        self.name, self.arrays = name, arrays
        self._function, self._derivative = function, derivative

    def versions(self) -> dict[str, str]:
        engine = self.arrays.engine
        return {self.arrays.name: engine.version() if engine else np.__version__}

    @property
    def device(self) -> str:
        engine = self.arrays.engine
        return engine.device(engine.tensor(np.zeros((), np.float32))) if engine else "cpu"

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        options = self._options(self._function, entry, parameters)
        return self.arrays.taken(self._function(self.arrays.given(x), **options))

    def along(self, entry: Activation, x: Array, axis: int, parameters: Parameters) -> Array:
        told = [name for name in _OF_AXIS if name in _names(self._function)]
        if not told:
            raise NotOffered(f"{self.name} has no argument for the axis")
        options = self._options(self._function, entry, parameters)
        return self.arrays.taken(self._function(self.arrays.given(x), **options, **{told[0]: axis}))

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        if callable(self._derivative):
            return self._told(self._derivative, entry, x, upstream, parameters)
        return self._autograd("gradient", entry, x, upstream, parameters)

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Parameters) -> Array:
        if entry.shape != "elementwise":
            raise NotOffered(f"{entry.name} is no function of one number")
        try:
            return self._autograd("forward", entry, x, tangent, parameters)
        except NotImplementedError as error:
            raise NotOffered(f"{self.name} cannot be differentiated in forward mode") from error

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Parameters) -> Array:
        if entry.shape != "elementwise":
            raise NotOffered(f"{entry.name} is no function of one number")
        return self._autograd("second", entry, x, upstream, parameters)

    def _told(
        self,
        derivative: Callable[..., Any],
        entry: Activation,
        x: Array,
        upstream: Array,
        parameters: Parameters,
    ) -> Array:
        """Ask the callable that tells the derivative; it need not take an upstream gradient."""
        options = self._options(derivative, entry, parameters)
        if _takes_upstream(derivative, entry):
            result = derivative(self.arrays.given(x), self.arrays.given(upstream), **options)
        elif entry.shape == "row":
            raise NotOffered(
                f"the derivative of {entry.name} is a matrix: "
                "derivative= must take an array and the upstream gradient"
            )
        elif not (upstream == 1).all():
            raise NotOffered("the derivative takes no upstream gradient")
        else:
            result = derivative(self.arrays.given(x), **options)
        return self.arrays.taken(result)

    def _autograd(
        self,
        kind: Literal["gradient", "forward", "second"],
        entry: Activation,
        x: Array,
        factor: Array,
        parameters: Parameters,
    ) -> Array:
        engine = self.arrays.engine
        if self._derivative != "autograd" or engine is None:
            raise NotOffered(f"{self.name} was given without a {kind}")
        options = self._options(self._function, entry, parameters)

        def call(tensor: Any) -> Any:
            return self._function(tensor, **options)

        found = getattr(engine, kind)(call, engine.tensor(x), engine.tensor(factor))
        if found is None:  # TensorFlow's word for a result that does not depend on the input
            raise ForeignResultError(f"{self.arrays.name} finds no {kind}: the result has no graph")
        return self.arrays.taken(found)

    def _options(
        self, function: Callable[..., Any], entry: Activation, parameters: Parameters
    ) -> dict[str, Any]:
        """Return the keywords of a call; raise NotOffered for a parameter that it does not take."""
        stated, accepted = defaults(entry), _names(function) & entry.parameters.keys()
        for name, value in parameters.items():
            if name not in accepted and value != stated[name]:
                raise NotOffered(f"{self.name} has no argument for {name} of {entry.name}")
        return {
            name: int(value) if entry.parameters[name].integer else value
            for name, value in parameters.items()
            if name in accepted
        }


def _signature(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the arguments of a callable by name; none if it does not tell."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # ufuncs of NumPy, functions of C
        return {}


def _names(function: Callable[..., Any]) -> set[str]:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_KEYWORD)
    return {name for name, one in _signature(function).items() if one.kind not in positional}


def _takes_upstream(function: Callable[..., Any], entry: Activation) -> bool:
    """Say whether a derivative takes an upstream gradient: a second argument that it must have."""
    in_order = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [
        name
        for name, one in _signature(function).items()
        if one.kind in in_order and one.default is one.empty and name not in entry.parameters
    ]
    return len(required) > 1
