"""A model of one operator, compiled for the CPU, and what runs it."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np
import openvino
from openvino import Node, opset16

from ..base import Array
from ..errors import NotOffered

__all__ = ["Model"]

# NumPy's names of formats, by those of OpenVINO.
_FORMATS = {
    "f64": "float64", "f32": "float32", "f16": "float16", "bf16": "bfloat16",
    "f8e4m3": "float8_e4m3fn", "f8e5m2": "float8_e5m2",
}  # fmt: skip
# Layers of a compiled model that compute nothing.
_PASSIVE = ("Input", "Output", "Const")


class Model:
    """A compiled model whose shape is left open.

    Parameters
    ----------
    operator : callable
        Of an opset, such as ``openvino.opset16.gelu``.
    dtype : dtype
        Of input and output.
    rank : int
        Number of dimensions, the one thing of a shape that OpenVINO wants to be told.
    arguments : mapping
        Of the operator.
    hint : str or None
        The inference precision, such as ``"f32"``; or what OpenVINO chooses itself.
    dense : bool
        Whether the operator follows a dense layer, of the weight 1.

    Raises
    ------
    NotOffered
        If OpenVINO defines no such operator of the dtype.
    """

    def __init__(
        self,
        operator: Callable[..., Any],
        dtype: np.dtype[Any],
        rank: int,
        arguments: Mapping[str, Any],
        hint: str | None,
        *,
        dense: bool,
    ) -> None:
        self._dtype, self._type = dtype, _type(dtype)
        x = opset16.parameter(openvino.PartialShape([-1] * rank), self._type)
        try:
            inputs = _dense(x, self._type) if dense else x
            y = operator(inputs, **_operands(operator, arguments, self._type))
        except RuntimeError as error:
            if "While validating node" not in str(error):
                raise
            raise NotOffered(f"OpenVINO defines no {operator.__name__} of {dtype.name}") from error
        y.set_friendly_name(y.get_type_name())
        settings = {} if hint is None else {"INFERENCE_PRECISION_HINT": hint}
        model = openvino.Model([y], [x], operator.__name__)
        self._compiled = openvino.Core().compile_model(model, "CPU", settings)

    def run(self, x: Array) -> Array:
        """Return what the model makes of an array."""
        y = np.empty(x.shape, self._dtype)
        # OpenVINO does not keep an array alive whose memory it was given: its tensor does.
        given, result = self._tensor(x), self._tensor(y)
        request = self._compiled.create_infer_request()  # one can be used by one thread at a time
        request.set_input_tensor(0, given)
        request.set_output_tensor(0, result)
        request.infer()
        return y

    def operators(self) -> tuple[str, ...]:
        """Return what the CPU runs, each with its format where that is not the model's."""
        nodes = self._compiled.get_runtime_model().get_ordered_ops()
        layers = [node.get_rt_info() for node in nodes]
        return tuple(
            self._named(layer) for layer in layers if layer["layerType"].value not in _PASSIVE
        )

    def _named(self, layer: Mapping[str, Any]) -> str:
        kind = layer["layerType"].value
        # The nodes that a layer is made of have numbers in their names; some have none of ours.
        nodes = "" if kind in ("Convert", "Reorder") else layer["originalLayersNames"].value
        name = " and ".join(re.sub(r"[_.]\d+$", "", node) for node in nodes.split(",")) or kind
        precision = layer["runtimePrecision"].value
        computed = _FORMATS.get(precision, precision)
        return name if computed == self._dtype.name else f"{name} ({computed})"

    def _tensor(self, array: Array) -> Any:
        """Return an array as OpenVINO sees it: in the same memory, if it can be shared."""
        if not (array.flags.c_contiguous and array.flags.writeable):
            array = np.array(array, order="C")
        if hasattr(np, array.dtype.name):
            return openvino.Tensor(array, shared_memory=True)
        bits = array.view(f"u{array.dtype.itemsize}")
        return openvino.Tensor(bits, array.shape, self._type)


def _type(dtype: np.dtype[Any]) -> Any:
    """Return OpenVINO's type of a dtype; of those that NumPy lacks it knows the names alone."""
    for name, ours in _FORMATS.items():
        if ours == dtype.name:
            return getattr(openvino.Type, name)
    if not hasattr(np, dtype.name):
        raise NotOffered(f"OpenVINO has no {dtype.name}")
    return openvino.Type(dtype)


def _dense(x: Any, element: Any) -> Any:
    """Return each number multiplied with the only weight of a dense layer, 1."""
    last = opset16.constant([-1], openvino.Type.i64)
    kernel = opset16.constant([[1.0]], element)
    product = opset16.matmul(opset16.unsqueeze(x, last), kernel, False, False)
    return opset16.squeeze(product, last)


def _operands(
    operator: Callable[..., Any], arguments: Mapping[str, Any], element: Any
) -> dict[str, Any]:
    """Return arguments, those that are tensors to the operator as constants of the input's type.

    OpenVINO makes float32 of a number that it is given, and then refuses any other input.
    """
    hints = typing.get_type_hints(operator)
    return {
        name: opset16.constant(value, element) if Node in typing.get_args(hints[name]) else value
        for name, value in arguments.items()
    }
