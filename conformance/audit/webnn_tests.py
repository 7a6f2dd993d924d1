"""WebNN's conformance tests as JSON: each a graph of one operator, or an operator a file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, activations

from ..formats import FORMATS
from .onetest import AuditError, OneTest, UnsupportedError, entry_of, one_test
from .stated import Stated

__all__ = ["webnn_tests"]

_LIBRARY = "webnn"
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def webnn_tests(file: Path, stated: Stated) -> Iterator[OneTest | tuple[str, UnsupportedError]]:
    """Yield the tests of a file; of one that is of no function of the spec, why.

    A file is a list of tests, or has one under ``tests``. A test has a ``graph``; in the older
    style it has ``inputs`` and ``expected``, and the file is called as the operator.
    """
    try:
        told = json.loads(file.read_bytes())
    except ValueError as error:
        raise AuditError(f"{file}: damaged, or no JSON: {error}") from error
    tests = told.get("tests") if isinstance(told, dict) else told
    if not isinstance(tests, list) or not tests:
        raise UnsupportedError("holds no tests of WebNN: expected a list, or one under 'tests'")
    for number, test in enumerate(tests):
        name = test.get("name", number) if isinstance(test, dict) else number
        place = f"{file} [{name}]"
        try:
            yield _test(place, file.stem, test, stated)
        except UnsupportedError as error:
            yield place, error
        except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
            what = f"{type(error).__name__}: {error}"
            raise AuditError(f"{place}: is not as WebNN's tests are: {what}") from error


def _test(place: str, stem: str, test: Any, stated: Stated) -> OneTest:
    graph = test.get("graph")
    if graph is None:
        operator, options = stem, dict(test.get("options") or {})
        inputs, (expected,) = list(test["inputs"].values()), _several(test["expected"])
        options |= {"axis": test["axis"]} if "axis" in test else {}
    else:
        if len(graph["operators"]) != 1:
            raise UnsupportedError("the graph is not one operator")
        (node,) = graph["operators"]
        operator, options = node["name"], _options(node["arguments"])
        inputs = list(graph["inputs"].values())
        expected, *more = graph["expectedOutputs"].values()
        if more:
            raise UnsupportedError("the graph has several outputs")
    if len(inputs) != 1:
        raise UnsupportedError("the operator does not have one input")
    name = stated.function
    entry = activations[name] if name else entry_of(operator, _LIBRARY)
    x, result = _array(place, inputs[0]), _array(place, expected)
    axis = int(options.pop("axis", -1))
    return one_test(
        place, entry, x, result, _parameters(entry, options), axis=axis,
        tolerance=stated.tolerance,
    )  # fmt: skip


def _several(expected: Any) -> list[Any]:
    return expected if isinstance(expected, list) else [expected]


def _options(arguments: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what stands in a node's arguments beside the names of its inputs."""
    found: dict[str, Any] = {}
    for one in arguments:
        for name, value in one.items():
            if name == "options":
                found |= value
            elif not isinstance(value, str):
                found[name] = value
    found.pop("label", None)
    return found


def _parameters(entry: Activation, options: dict[str, Any]) -> dict[str, float]:
    """Return the entry's parameters; ``alpha`` is its only one, whatever that is called."""
    found = {}
    for name, value in options.items():
        names = list(entry.parameters)
        known = name if name in names else names[0] if name == "alpha" and len(names) == 1 else ""
        if not known:
            raise UnsupportedError(f"{entry.name} of the spec has no {name}")
        found[known] = float(value)
    return found


def _array(place: str, told: dict[str, Any]) -> NDArray[Any]:
    """Return a tensor; a single number stands for as many as its shape has."""
    about = told.get("descriptor", told)
    kind = about.get("dataType") or told.get("type")
    if kind not in FORMATS:
        raise UnsupportedError(f"its numbers are {kind}")
    shape = tuple(about.get("shape", about.get("dimensions", ())))
    data = told["data"]
    numbers = [_number(place, one) for one in _flat(data)]
    array = np.array(numbers, dtype=np.float64)
    size = math.prod(shape)
    if len(numbers) != size and (isinstance(data, list) or len(numbers) != 1):
        raise AuditError(f"{place}: has {len(numbers)} numbers for the shape {list(shape)}")
    with np.errstate(over="ignore"):
        return np.broadcast_to(array, (size,)).reshape(shape).astype(FORMATS[kind].dtype)


def _flat(told: Any) -> Iterator[Any]:
    """Yield the numbers of lists in lists."""
    if isinstance(told, list):
        for one in told:
            yield from _flat(one)
    else:
        yield told


def _number(place: str, told: Any) -> float:
    if isinstance(told, str) and told in _WORDS:
        return _WORDS[told]
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise AuditError(f"{place}: {told!r} is no number")
    return float(told)
