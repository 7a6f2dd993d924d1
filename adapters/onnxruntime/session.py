"""The session that runs a model on the CPU, and models of one node."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidGraph, NotImplemented

from ..base import Array
from ..errors import NotOffered

__all__ = ["OPSET", "Session", "one_node", "operators_of", "versions"]

#: The version of ONNX's operators; the first with Swish.
OPSET = 24

_PROVIDERS = ["CPUExecutionProvider"]
_ONLY_FATAL = 4  # What fails is raised; the same on the standard error adds nothing.


def versions() -> dict[str, str]:
    """Return the versions of what reads and runs a model."""
    return {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__}


class Session:
    """A session of ONNX Runtime, of a model with one input and one output.

    Parameters
    ----------
    model : onnx.ModelProto
        The model.
    name : str
        What it computes, for messages.

    Raises
    ------
    NotOffered
        If ONNX's definition of an operator excludes the dtype, or ONNX Runtime has no kernel.
    """

    def __init__(self, model: onnx.ModelProto, name: str) -> None:
        (x,), (y,) = model.graph.input, model.graph.output
        self._kind, self._ends = x.type.tensor_type.elem_type, (x.name, y.name)
        dtype = helper.tensor_dtype_to_np_dtype(self._kind)
        self._model = model.SerializeToString()
        try:
            self._session = self._started()
        except NotImplemented as error:
            raise NotOffered(f"no kernel for {name} in {dtype.name}: {error}") from error
        except InvalidGraph as error:
            if "Type Error" not in str(error):
                raise
            raise NotOffered(f"ONNX defines no {name} of {dtype.name}") from error

    def _started(self, optimized: Path | None = None) -> Any:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ONLY_FATAL
        if optimized:
            options.optimized_model_filepath = str(optimized)
        return onnxruntime.InferenceSession(self._model, options, _PROVIDERS)

    def operators(self) -> tuple[str, ...]:
        """Return the operators that ONNX Runtime runs once it has optimized the model."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "optimized.onnx")
            self._started(file)
            return operators_of(onnx.load(file))

    def run(self, x: Array) -> Array:
        """Return what the model makes of an array."""
        if hasattr(np, x.dtype.name):
            (y,) = self._session.run(None, {self._ends[0]: x})
            return np.asarray(y)
        return self._run_bits(x)

    def _run_bits(self, x: Array) -> Array:
        """Do so for a dtype that NumPy lacks: as integers of its width, which are then named."""
        y = np.empty_like(x, order="C")
        binding = self._session.io_binding()
        binding.bind_ortvalue_input(self._ends[0], self._named(np.ascontiguousarray(x)))
        binding.bind_ortvalue_output(self._ends[1], self._named(y))
        self._session.run_with_iobinding(binding)
        return y

    def _named(self, array: Array) -> Any:
        """Return an array as ONNX Runtime sees it, in the same memory."""
        bits = array.view(f"u{array.dtype.itemsize}")
        return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, self._kind)


def one_node(operator: str, dtype: np.dtype[Any], attributes: Mapping[str, Any]) -> onnx.ModelProto:
    """Return a model of one node.

    Parameters
    ----------
    operator : str
        Of ONNX's own domain, such as ``"Gelu"``.
    dtype : dtype
        Of input and output.
    attributes : mapping
        Of the node.
    """
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    x, y = (helper.make_tensor_value_info(name, kind, None) for name in ("x", "y"))
    node = helper.make_node(operator, ["x"], ["y"], **attributes)
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(
        helper.make_graph([node], operator, [x], [y]), opset_imports=[opset],
        ir_version=helper.find_min_ir_version_for([opset]),
    )  # fmt: skip


def operators_of(model: onnx.ModelProto) -> tuple[str, ...]:
    """Return the operators of a model, in their order; a cast with the format that it is to."""
    return tuple(_name(node) for node in model.graph.node if node.op_type != "Constant")


def _name(node: onnx.NodeProto) -> str:
    for attribute in node.attribute:
        if node.op_type == "Cast" and attribute.name == "to":
            return f"Cast ({helper.tensor_dtype_to_np_dtype(attribute.i).name})"
    return str(node.op_type)
