"""Which dimensions of a kernel are inputs and which outputs, and what that makes of its fans.

A layout is a string with one letter a dimension: ``i`` for the input features (channels), ``o`` for
the output features, any other letter for a place in the receptive field. ``"io"`` is the kernel of
a Keras dense layer, ``"oi"`` of a PyTorch one, ``"hwio"`` and ``"oihw"`` of their convolutions.

Fans are a matter of more kernels than these. The inputs may have several dimensions, or none, and
so may the outputs: ``"ioo"`` is an attention's projection to heads of some features. And ``g``
stands for a dimension that only numbers kernels which have nothing to do with each other:
``"hwgo"`` is Keras's depthwise convolution, ``"go"`` a table of embeddings.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from actinit.spec.errors import UnknownNameError

__all__ = ["Fans", "Kernel", "Shape", "fans", "kernel", "sizes"]

Shape = SupportsIndex | Sequence[SupportsIndex] | NDArray[np.integer[Any]]

# Input before output and channels last, as NumPy's matrix product and Keras have it.
_DEFAULT = {len(layout): layout for layout in ("io", "wio", "hwio", "dhwio")}
_COMMON = (*_DEFAULT.values(), "oi", "oiw", "oihw", "oidhw")


class Fans(NamedTuple):
    """How many numbers flow into a unit of a layer, and into how many units one of its inputs goes.

    Attributes
    ----------
    fan_in : int
        Input features times the size of the receptive field.
    fan_out : int
        Output features times the size of the receptive field; a stride, which leaves some out, is
        not counted.
    """

    fan_in: int
    fan_out: int


class Kernel(NamedTuple):
    """The shape of a layer's weights, and which dimension is which.

    Attributes
    ----------
    shape : tuple of int
        The sizes.
    layout : str
        A letter for each.
    """

    shape: tuple[int, ...]
    layout: str

    @property
    def inputs(self) -> int:
        """Size of the input dimension."""
        return self.shape[self.layout.index("i")]

    @property
    def outputs(self) -> int:
        """Size of the output dimension."""
        return self.shape[self.layout.index("o")]

    @property
    def places(self) -> tuple[int, ...]:
        """Sizes of the receptive field, in the order in which they stand."""
        named = zip(self.layout, self.shape, strict=True)
        return tuple(length for letter, length in named if letter not in "io")

    @property
    def centre(self) -> tuple[int, ...]:
        """The place that padding of the kind "same" lays on the output's own."""
        return tuple((length - 1) // 2 for length in self.places)

    def laid_out(self, ordered: NDArray[Any]) -> NDArray[Any]:
        """Return weights in this layout, from places first, then inputs, then outputs."""
        standing = [letter for letter in self.layout if letter not in "io"] + ["i", "o"]
        return np.transpose(ordered, [standing.index(letter) for letter in self.layout])


def fans(shape: Shape, layout: str | None = None, *, groups: SupportsIndex = 1) -> Fans:
    """Return the fans of a layer's kernel.

    Parameters
    ----------
    shape : sequence of int
        Shape of the kernel, of two dimensions or more. A size of 0 counts as 0.
    layout : str, optional
        One letter a dimension: ``i`` for inputs, ``o`` for outputs, ``g`` for what numbers kernels
        of their own, and a letter of your choice for each dimension of the receptive field. By
        default ``"io"``, ``"wio"``, ``"hwio"`` or ``"dhwio"``.
    groups : int, optional
        How many kernels of their own lie one after the other along the outputs: the groups of a
        grouped convolution, three where the projections of an attention are packed into one tensor.

    Returns
    -------
    Fans
        The named tuple ``(fan_in, fan_out)``.

    Raises
    ------
    TypeError
        If the shape, or `groups`, is not made of integers.
    ValueError
        If a size is negative, the shape and the layout differ in their number of dimensions, or the
        outputs cannot be divided into so many groups. A bias or a scalar has no fans.
    UnknownNameError
        If the string is no layout; it names the nearest.

    Examples
    --------
    >>> fans((784, 128))
    Fans(fan_in=784, fan_out=128)
    >>> fans((128, 784), "oi")
    Fans(fan_in=784, fan_out=128)
    >>> fans((3, 3, 16, 32))
    Fans(fan_in=144, fan_out=288)
    >>> fans((32, 4, 3, 3), "oihw", groups=4)
    Fans(fan_in=36, fan_out=72)
    >>> fans((3, 3, 16, 2), "hwgo")
    Fans(fan_in=9, fan_out=18)
    """
    lengths = sizes(shape)
    letters = _layout(lengths, layout, _tells_fans)
    count = _groups(groups)
    named = list(zip(letters, lengths, strict=True))
    outputs = math.prod(length for letter, length in named if letter == "o")
    if outputs % count:
        raise ValueError(f"{outputs} outputs cannot be divided into {count} groups")
    inputs = math.prod(length for letter, length in named if letter == "i")
    field = math.prod(length for letter, length in named if letter not in "iog")
    return Fans(inputs * field, outputs // count * field)


def _groups(groups: SupportsIndex) -> int:
    try:
        count = operator.index(groups)
    except TypeError:
        raise TypeError(f"expected as groups an integer of 1 or more, got {groups!r}") from None
    if count < 1:
        raise ValueError(f"expected as groups an integer of 1 or more, got {count}")
    return count


def kernel(shape: Shape, layout: str | None = None) -> Kernel:
    """Return the kernel of a layer with its dimensions told apart: one input, one output."""
    lengths = sizes(shape)
    return Kernel(lengths, _layout(lengths, layout, _tells_kernel))


def sizes(shape: Shape) -> tuple[int, ...]:
    """Return a shape as a tuple of int; one integer is a shape of one dimension, as in NumPy.

    Parameters
    ----------
    shape : int or sequence of int
        The shape; an array of one dimension is a sequence too.

    Returns
    -------
    tuple of int
        The sizes.

    Raises
    ------
    TypeError
        If it is not made of integers.
    ValueError
        If a size is negative.
    """
    try:
        lengths = (
            tuple(operator.index(length) for length in shape)
            if isinstance(shape, Sequence) or (isinstance(shape, np.ndarray) and shape.ndim)
            else (operator.index(shape),)
        )
    except TypeError:
        raise TypeError(
            f"expected a shape: integers of 0 or more, such as (784, 128); got {shape!r}"
        ) from None
    if any(length < 0 for length in lengths):
        raise ValueError(f"expected sizes of 0 or more; got the shape {lengths}")
    return lengths


def _layout(lengths: tuple[int, ...], layout: str | None, is_layout: Callable[[str], bool]) -> str:
    count = len(lengths)
    if count < 2:
        raise ValueError(
            f"the shape {lengths} has no fans: expected the kernel of a layer, with an input and "
            "an output dimension; for a bias, take an initializer that does not depend on fans"
        )
    if layout is None:
        if count not in _DEFAULT:
            raise ValueError(
                f"no layout is usual for {count} dimensions; name one, with an i for the input "
                "features, an o for the output features and other letters for the rest"
            )
        return _DEFAULT[count]
    if not (isinstance(layout, str) and layout.isalpha() and is_layout(layout)):
        raise UnknownNameError("layout", layout, _COMMON)
    if len(layout) != count:
        raise ValueError(
            f"the layout {layout!r} has {len(layout)} dimensions, the shape {lengths} has {count}"
        )
    return layout


def _tells_kernel(layout: str) -> bool:
    return layout.islower() and len(set(layout)) == len(layout) and {"i", "o"} <= set(layout)


def _tells_fans(layout: str) -> bool:
    places = [letter for letter in layout if letter not in "iog"]
    return layout.islower() and len(set(places)) == len(places) and "o" in layout
