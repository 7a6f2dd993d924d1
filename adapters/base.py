"""What the suite asks of a backend: the whole border is in this class.

An adapter translates and never computes: arrays in and out bit for bit, an entry to the backend's
own call, a gradient through its own autograd, an initializer to its own sampler.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Function, Initializer, Layer

from .binding import Binding
from .calls import AXIS, Parameters, holds, keywords, resolve, takes
from .discovery import frameworks
from .errors import AdapterError, NotOffered
from .layer_binding import LayerBinding
from .lookup import binding_in
from .propagation import Carried, Network
from .training import EpochFigures, TrainerOf, Training

__all__ = ["Adapter", "Array", "Builder", "Parameters", "Source"]

Array = NDArray[Any]
#: From a shape to a tensor of weights.
Source = Callable[[tuple[int, ...]], Array]
#: From nothing to the weights of a new layer, by the names of the layer's entry.
Builder = Callable[[], dict[str, Array]]


class Adapter(ABC):
    """A backend as the suite sees it.

    The only methods that must be written are `versions` and, for activations, `value`; what is
    left out is reported as not offered.

    Attributes
    ----------
    name : str
        Name of the backend in ids of runs and in results, such as ``"keras-jax"``.
    family : str
        Name of the framework whose folder says what it calls the entries, such as ``"keras"``;
        empty for a backend that has no such folder.
    """

    name: str
    family: str = ""

    @abstractmethod
    def versions(self) -> dict[str, str]:
        """Return the versions of all that computes, by distribution name."""

    @property
    def device(self) -> str:
        """Where it computes."""
        return "cpu"

    def place(self, device: str) -> None:
        """Compute on a device from now on, whose name the backend's then ends with.

        Parameters
        ----------
        device : str
            As the framework calls it, such as ``"cuda"``.

        Raises
        ------
        AdapterError
            If the backend has no choice of a device, or there is none of that name.
        """
        raise AdapterError(f"{self.name} has no choice of a device: got {device!r}")

    @property
    def each_shape(self) -> bool:
        """Whether it compiles anew for each shape of its arrays, so that a new one costs much."""
        return False

    @property
    def layouts(self) -> Mapping[str, str]:
        """Order of a kernel's dimensions by kind of layer, as in the framework's ``backend.toml``.

        By default what stands there for the family, or NumPy's order where nothing does.
        """
        known = frameworks()
        own = known[self.family].layouts if self.family in known else {}
        return own or known["numpy"].layouts

    @abstractmethod
    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        """Return the activation of `x`.

        Parameters
        ----------
        entry : Activation
            The spec's entry.
        x : ndarray
            Any shape; of one of the spec's formats, such as float32 or ml_dtypes' bfloat16. Row
            functions run over the last axis.
        parameters : mapping of str to float
            Values for the entry's parameters; those left out are left to the backend's defaults.

        Returns
        -------
        ndarray
            Of the dtype of `x`; of its shape, less the last axis if the entry's shape is
            ``"reduction"``.

        Raises
        ------
        NotOffered
            If the backend has no such function.
        """

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters
    ) -> Mapping[str, Sequence[str]]:
        """Return the operators that a function becomes on its way to where it runs.

        A backend that has functions under names of their own, and runs them, has none to tell.

        Parameters
        ----------
        entry, parameters
            As in `value`.
        dtype : dtype
            Of the input.

        Returns
        -------
        mapping of str to sequence of str
            By stage: those in the file that was ``"exported"``, those that are ``"run"``, each only
            where it is known. They are in their order, under the runtime's names, such as
            ``("Sigmoid", "Log")``, with the format in brackets where it is not that of the input,
            such as ``"Gelu (float32)"``.

        Raises
        ------
        NotOffered
            As `value` does.
        """
        return {}

    def stop(self) -> None:  # noqa: B027 - most have nothing to stop
        """End what computes for the adapter in another process.

        Called when a call has taken too long, from another thread, and when nothing more is asked
        for now. A later call may start it anew.
        """

    def layer(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        """Return what the backend's layer of this name makes of `x`; see `value`."""
        raise NotOffered(f"{self.name} has no layer for {entry.name}")

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        """Return the gradient of ``sum(upstream * value(x))``, through the backend's own autograd.

        Parameters
        ----------
        entry, x, parameters
            As in `value`.
        upstream : ndarray
            Of the shape and dtype of the value.

        Returns
        -------
        ndarray
            Of the shape and dtype of `x`.
        """
        raise NotOffered(f"{self.name} has no gradient for {entry.name}")

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Parameters) -> Array:
        """Return ``tangent * value'(x)``, through the backend's own forward mode.

        Parameters
        ----------
        entry : Activation
            Of the shape ``"elementwise"``.
        x, parameters
            As in `value`.
        tangent : ndarray
            Of the shape and dtype of `x`.

        Returns
        -------
        ndarray
            Of the shape and dtype of `x`.

        Raises
        ------
        NotOffered
            If the entry is no elementwise function, or the backend has no forward mode for it.
        """
        raise NotOffered(f"{self.name} has no forward mode for {entry.name}")

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Parameters) -> Array:
        """Return the gradient of ``sum(upstream * value'(x))``, through the backend's own autograd.

        The first derivative is the backend's too: the gradient of ``sum(value(x))``.

        Parameters
        ----------
        entry : Activation
            Of the shape ``"elementwise"``.
        x, parameters
            As in `value`.
        upstream : ndarray
            Of the shape and dtype of `x`.

        Returns
        -------
        ndarray
            Of the shape and dtype of `x`: ``upstream * value''(x)``.

        Raises
        ------
        NotOffered
            If the entry is no elementwise function, or the backend cannot differentiate its
            gradient.
        """
        raise NotOffered(f"{self.name} has no second derivative for {entry.name}")

    def along(self, entry: Activation, x: Array, axis: int, parameters: Parameters) -> Array:
        """Return what `value` does, of rows along any axis.

        By default through `value`, to which the axis goes among the parameters, where the
        framework's binding names an argument for it.

        Parameters
        ----------
        entry : Activation
            Of the shape ``"row"`` or ``"reduction"``.
        x, parameters
            As in `value`.
        axis : int
            From ``-x.ndim`` to ``x.ndim - 1``.

        Returns
        -------
        ndarray
            Of the dtype of `x`; of its shape, less the axis if the entry's shape is
            ``"reduction"``.

        Raises
        ------
        NotOffered
            If the backend's function has no argument for the axis.
        """
        binding = binding_in(self.family, entry)
        if binding is None or binding.axis is None:
            raise NotOffered(f"{self.name} has no argument for the axis of {entry.name}")
        return self.value(entry, x, {**parameters, AXIS: axis})

    def in_place(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        """Return what stands in the tensor of `x` after the function was applied in place.

        Parameters
        ----------
        entry, parameters
            As in `value`.
        x : ndarray
            As in `value`, but it may be written to: give one that nobody else looks at.

        Returns
        -------
        ndarray
            Of the shape and dtype of `x`.

        Raises
        ------
        NotOffered
            If the backend has no such form of the function.
        """
        raise NotOffered(f"{self.name} has no in-place form of {entry.name}")

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Parameters,
    ) -> Array:
        """Return a weight tensor drawn by the backend's initializer.

        Parameters
        ----------
        entry : Initializer
            The spec's entry.
        shape : tuple of int
            In the backend's own layout (`layouts`), such as (out, in) for torch.
        dtype : dtype
            Of the tensor.
        seed : int
            From 0 to 2**32 - 1; seeds the backend's generator for this draw alone.
        parameters : mapping of str to float or str
            As in `value`; for a choice of the entry, one of its options.

        Returns
        -------
        ndarray
            Of this shape and dtype.
        """
        return self.source(entry, dtype, seed, parameters)(shape)

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        """Return what draws one tensor after the other, as a person would hold it.

        That is one initializer object, or one generator, seeded once.

        Parameters
        ----------
        entry, dtype, seed, parameters
            As in `draw`.

        Returns
        -------
        callable
            From a shape to an ndarray; the first one is what `draw` returns.
        """
        raise NotOffered(f"{self.name} has no initializer {entry.name}")

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        """Return what builds one layer after the other, as a program would that is seeded once.

        Parameters
        ----------
        entry : Layer
            The spec's entry; the layers have its example sizes.
        dtype : dtype
            Of the weights.
        seed : int
            As in `draw`.
        start : Initializer, optional
            What the kernels are drawn from: one object, or one generator, for all of them. By
            default the layer draws what it draws when nobody says anything.

        Returns
        -------
        callable
            From nothing to a dict with an ndarray for each weight of the backend's binding, or with
            those that have fans if there is a `start`.

        Raises
        ------
        NotOffered
            If the backend has no such layer. One that has no layers at all draws kernels of the
            shapes that such layers have.
        """
        binding = self.layer_binding(entry)
        if start is None:
            raise NotOffered(f"{self.name} has no layers, so it starts none")
        source = self.source(start, dtype, seed, {})
        return lambda: {
            name: source(tensor.dimensions(entry.examples))
            for name, tensor in binding.weights.items()
        }

    def layer_binding(self, entry: Layer) -> LayerBinding:
        """Return where this backend keeps the weights of a kind of layer."""
        found = binding_in(self.family, entry)
        if found is None:
            raise NotOffered(f"{self.name} does not offer {entry.name}")
        return found

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        """Put weights into the kernel of a live layer of the backend, in its own order.

        Parameters
        ----------
        layer : object
            A dense or convolution layer of the backend, built.
        weights : ndarray
            The kernel.
        layout : str
            The order of its dimensions, such as ``"io"``; see `actinit.reference.fans`.

        Raises
        ------
        NotOffered
            If the backend has no layers.
        ValueError
            If the kernel does not fit.
        """
        raise NotOffered(f"{self.name} has no layers to fill")

    def trainer(self) -> TrainerOf:
        """Return what trains a network on the backend step by step, for the reference to follow.

        Returns
        -------
        callable
            From a problem, as in `actinit.adapters.training`, to an object whose ``step`` takes a
            batch.

        Raises
        ------
        NotOffered
            If nothing trains on it; says where something does.
        """
        trained = ", ".join(one.name for one in frameworks().values() if one.training)
        raise NotOffered(f"nothing here trains on {self.name}; there are {trained}")

    def train(self, training: Training) -> Iterator[EpochFigures]:
        """Train a network on data, as people write it in the framework.

        Parameters
        ----------
        training : Training
            Network, data, optimizer and seed.

        Yields
        ------
        EpochFigures
            The figures of one epoch after the other.

        Raises
        ------
        NotOffered
            If the backend does not train.
        """
        raise NotOffered(f"{self.name} trains no networks")

    def propagate(self, network: Network) -> Carried:
        """Carry a signal forward through a deep network and a gradient back.

        Through the backend's own matrix products, activations and autograd, in float64.

        Raises
        ------
        NotOffered
            If the backend does not.
        """
        raise NotOffered(f"{self.name} carries nothing through deep networks")

    def gain(self, activation: str, negative_slope: float) -> float:
        """Return the gain that the backend recommends before an activation.

        Parameters
        ----------
        activation : str
            As in the spec's table of gains.
        negative_slope : float
            Of the leaky ReLU.
        """
        known = frameworks().get(self.family)
        path = known.gains if known else None
        if path is None:
            raise NotOffered(f"{self.name} has no table of gains")
        return float(resolve(path)(activation, negative_slope))

    def binding(self, entry: Function) -> Binding:
        """Return what this backend calls an entry."""
        found = binding_in(self.family, entry)
        if found is None:
            raise NotOffered(f"{self.name} does not offer {entry.name}")
        return found

    def held(self, entry: Function, name: str) -> float | str | None:
        """Return the value that a parameter or choice has here where it cannot be told.

        Parameters
        ----------
        entry : Function
            The spec's entry.
        name : str
            Of its parameter or choice.

        Returns
        -------
        float or str or None
            None if the backend has an argument for it, or no binding says that it has none.
        """
        binding = binding_in(self.family, entry)
        if binding is None or takes(binding, name):
            return None
        return holds(entry, binding, name)

    def function(self, entry: Function) -> Callable[..., Any]:
        """Return the backend's function, or class, of this entry."""
        path = self.binding(entry).function
        if path is None:
            raise NotOffered(f"{self.name} has no function for {entry.name}")
        return resolve(path)

    def options(self, entry: Function, parameters: Parameters) -> dict[str, Any]:
        """Return the keyword arguments that these parameters are to this backend.

        Raises
        ------
        NotOffered
            If the backend has no argument for one that is not at the default, lacks an option, or
            has no default for one that is left out.
        """
        binding = self.binding(entry)
        if AXIS in parameters:
            assert binding.axis is not None  # or `along` would not have asked
            others = {name: value for name, value in parameters.items() if name != AXIS}
            return self.options(entry, others) | {binding.axis: parameters[AXIS]}
        if missing := [name for name in binding.required if name not in parameters]:
            raise NotOffered(f"{binding.function} has no default for {', '.join(missing)}")
        for name, value in parameters.items():
            if not takes(binding, name) and value != holds(entry, binding, name):
                raise NotOffered(f"{self.name} has no argument for {name} of {entry.name}")
            words = binding.choices.get(name)
            if words is not None and value not in words:
                raise NotOffered(f"{self.name} has no {name} {value!r} of {entry.name}")
        return keywords(entry, binding, parameters)
