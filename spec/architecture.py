"""The networks of training experiments: layers one after the other, whose shapes fit together."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta

from .model import Struct

__all__ = ["Architecture", "Conv2D", "Dense", "Flatten", "Layer", "Reshape", "Shape"]

Positive = Annotated[int, Meta(gt=0)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
#: Of what stands for one picture: its features, or height, width and channels.
Shape = tuple[int, ...]


class Weighted(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A layer with weights; the initializer ``"start"`` is the one that the experiment varies."""

    activation: Name
    initializer: Name

    def initializer_from(self, start: str) -> str:
        """Return the initializer of this layer in a run from `start`."""
        return start if self.initializer == "start" else self.initializer


class Dense(Weighted, frozen=True, kw_only=True, tag="dense"):
    """Each unit sees all features."""

    units: Positive

    def shape_after(self, shape: Shape) -> Shape:
        """Return the shape that it makes of one."""
        _require_dimensions("a dense layer", shape, 1, "flatten it first")
        return (self.units,)


class Conv2D(Weighted, frozen=True, kw_only=True, tag="conv2d"):
    """A square kernel that is moved over a picture.

    `padding` is how many rows and columns of zeros are put around it, as many on each side. (A
    rule such as "same" would not do: with a stride, frameworks differ in where they put them.)
    """

    filters: Positive
    kernel: Positive
    stride: Positive = 1
    padding: Annotated[int, Meta(ge=0)] = 0

    def shape_after(self, shape: Shape) -> Shape:
        """Return the shape that it makes of one."""
        _require_dimensions("a convolution", shape, 3, "reshape it first")
        height, width = (self.places(length) for length in shape[:2])
        return height, width, self.filters

    def places(self, length: int) -> int:
        """Return at how many places the kernel stands along so many rows or columns."""
        padded = length + 2 * self.padding
        if self.kernel > padded:
            raise ValueError(
                f"a kernel of {self.kernel} does not fit into {length} places"
                + (f" and {self.padding} of padding on each side" if self.padding else "")
            )
        if self.padding >= self.kernel:
            raise ValueError(
                f"with a padding of {self.padding} a kernel of {self.kernel} would see zeros alone"
                f" at the border; expected at most {self.kernel - 1}"
            )
        return (padded - self.kernel) // self.stride + 1


class Reshape(Struct, frozen=True, kw_only=True, tag_field="kind", tag="reshape"):
    """Makes a picture of one channel of features, which come row by row."""

    height: Positive
    width: Positive

    def shape_after(self, shape: Shape) -> Shape:
        """Return the shape that it makes of one."""
        _require_dimensions("what is made a picture", shape, 1, "it is one already")
        if self.height * self.width != shape[0]:
            made = f"{self.height} x {self.width}"
            raise ValueError(f"{made} are {self.height * self.width} pixels, not {shape[0]}")
        return self.height, self.width, 1


class Flatten(Struct, frozen=True, kw_only=True, tag_field="kind", tag="flatten"):
    """Makes features of a picture, in the order in which the framework keeps it."""

    def shape_after(self, shape: Shape) -> Shape:
        """Return the shape that it makes of one."""
        _require_dimensions("what is made flat", shape, 3, "it is flat already")
        return (math.prod(shape),)


Layer = Dense | Conv2D | Reshape | Flatten


class Architecture(Struct, frozen=True, kw_only=True):
    """Layers one after the other; what enters is a picture's pixels in one row."""

    inputs: Positive
    bias: Literal["zeros"]
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("a network needs at least one layer")
        last = self.layers[-1]
        if not (isinstance(last, Dense) and last.activation == "softmax"):
            raise ValueError("the loss is that of a softmax: the last layer must be dense with one")
        if any(layer.activation == "softmax" for layer, _ in self.weighted[:-1]):
            raise ValueError("softmax belongs to the last layer only")

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape that enters each layer, and last the one that leaves the network.

        Raises
        ------
        ValueError
            If a layer does not take what the one before makes; says which and why.
        """
        shapes: list[Shape] = [(self.inputs,)]
        for place, layer in enumerate(self.layers):
            try:
                shapes.append(layer.shape_after(shapes[-1]))
            except ValueError as error:
                raise ValueError(f"layers[{place}]: {error}") from None
        return tuple(shapes)

    @property
    def weighted(self) -> tuple[tuple[Conv2D | Dense, Shape], ...]:
        """The layers with weights, each with the shape that enters it."""
        return tuple(
            (layer, shape)
            for layer, shape in zip(self.layers, self.shapes, strict=False)
            if isinstance(layer, Conv2D | Dense)
        )

    @property
    def dense(self) -> tuple[Dense, ...]:
        """The layers of a network that has dense ones only.

        Raises
        ------
        ValueError
            If it has others.
        """
        found = tuple(layer for layer in self.layers if isinstance(layer, Dense))
        if len(found) < len(self.layers):
            raise ValueError("the network has layers that are not dense")
        return found


def _require_dimensions(what: str, shape: Shape, expected: int, remedy: str) -> None:
    if len(shape) != expected:
        wanted = {1: "features in one row", 3: "height x width x channels"}[expected]
        raise ValueError(f"{what} takes {wanted}, not {_text(shape)}: {remedy}")


def _text(shape: Shape) -> str:
    return " x ".join(map(str, shape))
