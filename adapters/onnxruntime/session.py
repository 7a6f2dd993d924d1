"""A model of one node, and the session that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidGraph, NotImplemented

from ..base import Array
from ..errors import NotOffered

__all__ = ["OPSET", "Session"]

#: The version of ONNX's operators; the first with Swish.
OPSET = 24

_PROVIDERS = ["CPUExecutionProvider"]
_ONLY_FATAL = 4  # What fails is raised; the same on the standard error adds nothing.


class Session:
    """A session of ONNX Runtime with one operator.

    Parameters
    ----------
    operator : str
        Of ONNX's own domain, such as ``"Gelu"``.
    dtype : dtype
        Of input and output.
    attributes : mapping
        Of the node.

    Raises
    ------
    NotOffered
        If ONNX's definition of the operator excludes the dtype, or ONNX Runtime has no kernel.
    """

    def __init__(self, operator: str, dtype: np.dtype[Any], attributes: Mapping[str, Any]) -> None:
        self._kind = helper.np_dtype_to_tensor_dtype(dtype)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ONLY_FATAL
        model = _model(operator, self._kind, attributes).SerializeToString()
        try:
            self._session = onnxruntime.InferenceSession(model, options, _PROVIDERS)
        except NotImplemented as error:
            raise NotOffered(f"no kernel for {operator} in {dtype.name}: {error}") from error
        except InvalidGraph as error:
            if "Type Error" not in str(error):
                raise
            raise NotOffered(f"ONNX defines no {operator} of {dtype.name}") from error

    def run(self, x: Array) -> Array:
        """Return what the operator makes of an array."""
        if hasattr(np, x.dtype.name):
            (y,) = self._session.run(None, {"x": x})
            return np.asarray(y)
        return self._run_bits(x)

    def _run_bits(self, x: Array) -> Array:
        """Do so for a dtype that NumPy lacks: as integers of its width, which are then named."""
        y = np.empty_like(x, order="C")
        binding = self._session.io_binding()
        binding.bind_ortvalue_input("x", self._named(np.ascontiguousarray(x)))
        binding.bind_ortvalue_output("y", self._named(y))
        self._session.run_with_iobinding(binding)
        return y

    def _named(self, array: Array) -> Any:
        """Return an array as ONNX Runtime sees it, in the same memory."""
        bits = array.view(f"u{array.dtype.itemsize}")
        return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, self._kind)


def _model(operator: str, kind: int, attributes: Mapping[str, Any]) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, kind, None) for name in ("x", "y"))
    node = helper.make_node(operator, ["x"], ["y"], **attributes)
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(
        helper.make_graph([node], operator, [x], [y]), opset_imports=[opset],
        ir_version=helper.find_min_ir_version_for([opset]),
    )  # fmt: skip
