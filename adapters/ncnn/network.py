"""A network of one layer, written in ncnn's own text format, and what runs it."""

from __future__ import annotations

from collections.abc import Mapping

import ncnn
import numpy as np

from ..base import Array
from ..errors import NotOffered

__all__ = ["Network"]

# A magic number, the numbers of layers and blobs, then a layer a line: its type, its name, how many
# blobs it reads and writes, their names, and its parameters by their numbers.
_TEXT = """7767517
2 2
Input input 0 1 x
{layer} layer 1 1 x y {parameters}
"""


class Network:
    """A network of one layer.

    Parameters
    ----------
    layer : str
        Its type, such as ``"Sigmoid"``.
    parameters : mapping of str to float or int
        By their numbers, such as ``{"p0": 1.0}`` for the first.

    Raises
    ------
    NotOffered
        If this release of ncnn has no such layer.
    """

    def __init__(self, layer: str, parameters: Mapping[str, float]) -> None:
        words = " ".join(
            f"{name.removeprefix('p')}={value!r}" for name, value in parameters.items()
        )
        self._net = ncnn.Net()
        if self._net.load_param_mem(_TEXT.format(layer=layer, parameters=words)):
            raise NotOffered(f"this release of ncnn has no layer {layer}")
        self._net.load_model(ncnn.DataReaderFromEmpty())

    def run(self, x: Array) -> Array:
        """Return what the layer makes of a vector or of a matrix of float32."""
        extractor = self._net.create_extractor()
        # A copy, since a layer may compute in place.
        given = ncnn.Mat(np.ascontiguousarray(x)).clone()
        extractor.input("x", given)
        status, y = extractor.extract("y")
        if status:
            raise RuntimeError(f"ncnn's extract returned {status}")
        return np.array(y)  # whose memory goes with the extractor
