"""ONNX's node tests: a folder with ``model.onnx`` and, in others below it, TensorProtos."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import frameworks
from actinit.adapters.binding import Binding
from actinit.spec import Activation, Expression, activations, evaluate

from ..expected.defaults import defaults
from ..results.audit import Tolerance
from .onetest import AuditError, OneTest, UnsupportedError, one_test
from .stated import Stated

__all__ = ["onnx_tests"]

Array = NDArray[Any]
#: What onnx.backend.test compares with where a test states nothing else.
USUAL = Tolerance(rtol=1e-3, atol=1e-7)
_DOMAIN = "ai.onnx."
_DOMAINS = ("", "ai.onnx")
# From this version on the operators take rows along an axis; before it they flattened what is
# from an axis on.
_ALONG_AN_AXIS = 13


def onnx_tests(folder: Path, stated: Stated) -> Iterator[OneTest]:
    """Yield the tests of a folder that has a ``model.onnx`` of one node.

    Raises
    ------
    AuditError
        If a file is damaged or missing, or the package onnx is not installed.
    UnsupportedError
        If the model is not one function of the spec.
    """
    onnx = _onnx(folder)
    model = _model(onnx, folder / "model.onnx")
    if len(model.graph.node) != 1 or len(model.graph.node[0].input) != 1:
        raise UnsupportedError("the model is not one node with one input")
    (node,) = model.graph.node
    if node.domain not in _DOMAINS:
        raise UnsupportedError(f"the operator is of {node.domain}, not of ONNX's own domain")
    entry, parameters, axis = _function(onnx, model, node)
    if not all(
        one.type.HasField("tensor_type") for one in (*model.graph.input, *model.graph.output)
    ):
        raise UnsupportedError("its inputs and outputs are not tensors")
    sets = sorted(folder.glob("test_data_set_*"))
    if not sets:
        raise AuditError(f"{folder}: has a model and no test_data_set_0")
    for one in sets:
        x, expected = (_tensor(onnx, one / f"{name}_0.pb") for name in ("input", "output"))
        axis_now = axis
        if entry.shape == "row" and _version(model) < _ALONG_AN_AXIS:
            whole = (int(np.prod(x.shape[:axis])), -1)
            x, expected, axis_now = x.reshape(whole), expected.reshape(whole), -1
        place = f"{folder}" if len(sets) == 1 else f"{one}"
        tolerance = stated.tolerance or _tolerance(folder)
        yield one_test(place, entry, x, expected, parameters, axis=axis_now, tolerance=tolerance)


def _onnx(folder: Path) -> ModuleType:
    try:
        import onnx
        import onnx.defs
        import onnx.numpy_helper
    except ModuleNotFoundError as error:
        raise AuditError(
            f"{folder}: to read it takes the package {error.name!r}, which is not installed; "
            'run: pip install "actinit[onnx]"'
        ) from error
    return onnx


def _model(onnx: ModuleType, file: Path) -> Any:
    try:
        return onnx.load(file)
    except Exception as error:  # of any kind: protobuf's own have no common base
        raise AuditError(f"{file}: damaged, or no model of ONNX: {error}") from error


def _tensor(onnx: ModuleType, file: Path) -> Array:
    """Read a tensor; raise AuditError if there is none, or it is damaged."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AuditError(f"{file}: {error.strerror}") from error
    tensor = onnx.TensorProto()
    try:
        tensor.ParseFromString(content)
        found = np.asarray(onnx.numpy_helper.to_array(tensor))
    except Exception as error:  # of any kind: protobuf's own, and what to_array raises
        raise AuditError(f"{file}: damaged, or no TensorProto: {error}") from error
    if tensor.data_type == onnx.TensorProto.UNDEFINED:
        raise AuditError(f"{file}: damaged, or no TensorProto: it states no type of numbers")
    return found


def _tolerance(folder: Path) -> Tolerance:
    file = folder / "data.json"
    if not file.exists():
        return USUAL
    try:
        told = json.loads(file.read_bytes())
        return Tolerance(
            rtol=float(told.get("rtol", USUAL.rtol)), atol=float(told.get("atol", USUAL.atol))
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise AuditError(f"{file}: damaged: {error}") from error


def _version(model: Any) -> int:
    return max(
        (int(one.version) for one in model.opset_import if one.domain in _DOMAINS), default=1
    )


def _function(onnx: ModuleType, model: Any, node: Any) -> tuple[Activation, dict[str, float], int]:
    """Return which function a node is, at which parameters, along which axis.

    That is read off the bindings of a framework that has the operators of ONNX.
    """
    set_here = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    usual = _usual(onnx, node.op_type, _version(model))
    attributes = {name: _plain(value) for name, value in {**usual, **set_here}.items()}
    axis = int(attributes.pop("axis", -1))
    fitting: list[tuple[int, int, Activation, dict[str, float]]] = []
    reasons = []
    for entry, binding in _bound(node.op_type):
        parameters, why = _matched(entry, binding, attributes, usual)
        if why:
            reasons.append(why)
        else:
            stated = defaults(entry)
            set_otherwise = sum(value != stated[name] for name, value in parameters.items())
            fitting.append((set_otherwise, len(fitting), entry, parameters))
    if fitting:
        _, _, entry, parameters = min(fitting, key=lambda one: one[:2])
        return entry, parameters, axis
    raise UnsupportedError(
        "; ".join(reasons) or f"the spec has no function that is ONNX's {node.op_type}"
    )


def _matched(
    entry: Activation, binding: Binding, attributes: Mapping[str, Any], usual: Mapping[str, Any]
) -> tuple[dict[str, float], str]:
    """Return the parameters at which an entry is an operator with these attributes; if not, why."""
    parameters: dict[str, float] = {}
    rest = dict(attributes)
    for keyword, expression in binding.parameters.items():
        if keyword not in rest:
            continue
        found = _inverse(expression, float(rest.pop(keyword)))
        if found is None:
            return {}, f"{keyword} is {expression.text} of {entry.name}, which is not turned round"
        name, value = found
        if parameters.setdefault(name, value) != value:
            return {}, f"{entry.name} has one {name} for {', '.join(binding.parameters)}"
    left = {
        name: value
        for name, value in rest.items()
        if not _same(value, binding.arguments.get(name, usual.get(name)))
    }
    if left:
        told = ", ".join(f"{name} = {value!r}" for name, value in sorted(left.items()))
        return {}, f"{entry.name} has no {told}"
    if not all(_same(rest.get(name), value) for name, value in binding.arguments.items()):
        return {}, f"it is not {entry.name}"
    return parameters, ""


def _inverse(expression: Expression, value: float) -> tuple[str, float] | None:
    """Return the parameter with which an expression has a value: of a name, or its own inverse.

    ``1 / width`` is such a one, and ``1 - momentum``.
    """
    if len(expression.names) != 1:
        return None
    (name,) = expression.names
    at = evaluate(expression, {name: value}) if value else value
    back = evaluate(expression, {name: at}) if at else at
    return (name, at) if math.isclose(back, value) else None


def _same(one: Any, other: Any) -> bool:
    """Say whether attributes are the same; numbers of ONNX are float32."""
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.float32(one) == np.float32(other))
    return bool(one == other)


def _bound(operator: str) -> Iterator[tuple[Activation, Binding]]:
    """Yield the entries that an operator is bound to, those with fixed arguments first."""
    found: dict[str, Binding] = {}
    for framework in frameworks().values():
        for name, binding in framework.bindings.activations.items():
            if binding.function == _DOMAIN + operator:
                found.setdefault(name, binding)
    for name, binding in sorted(found.items(), key=lambda pair: -len(pair[1].arguments)):
        yield activations[name], binding


def _usual(onnx: ModuleType, operator: str, version: int) -> Mapping[str, Any]:
    """Return the attributes that an operator has when a node states none."""
    try:
        schema = onnx.defs.get_schema(operator, version)
    except onnx.defs.SchemaError:
        return {}
    found = {}
    for name, one in schema.attributes.items():
        if one.default_value.name:
            found[name] = _plain(onnx.helper.get_attribute_value(one.default_value))
    return found


def _plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
