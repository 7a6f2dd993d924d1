"""StableHLO's test data: a module of MLIR that compares one operator's results with constants."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import activations

from ..formats import FORMATS
from ..results.audit import Tolerance
from .onetest import AuditError, OneTest, UnsupportedError, entry_of, one_test
from .stated import Stated

__all__ = ["stablehlo_tests"]

_LIBRARY = "stablehlo"
_TYPES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}
_FUNCTION = re.compile(r"^\s*func\.func\s+(?:public\s+|private\s+)?@(\w+)", re.MULTILINE)
_CONSTANT = re.compile(r"constant\s+dense(\w*)<(.*?)>\s*:\s*tensor<([^>]*)>", re.DOTALL)
_OPERATOR = re.compile(r"=\s*\"?(?:stablehlo|chlo)\.(\w+)\"?[ (]")
_CHECK = re.compile(r"check\.(?:expect_)?(\w+)(.*)")
# What is said of a program beside what it computes.
_AROUND = {"constant", "custom_call"}
_NUMBER = re.compile(r"[-+]?(?:0x[0-9A-Fa-f]+|[\d.]+(?:[eE][-+]?\d+)?)")


def stablehlo_tests(file: Path, stated: Stated) -> Iterator[OneTest]:
    """Yield the test of a module: one operator between ``@inputs`` and ``@expected``.

    Raises
    ------
    AuditError
        If it is no such module, or its constants are damaged.
    UnsupportedError
        If it does not have one operator that is a function of the spec.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuditError(f"{file}: no text of MLIR: {error}") from error
    functions = _functions(text)
    if "main" not in functions:
        raise UnsupportedError("is no test of StableHLO: it has no function @main")
    inputs = _constants(file, functions, "inputs", "samples")
    expected = _constants(file, functions, "expected")
    operators = [name for name in _OPERATOR.findall(functions["main"]) if name not in _AROUND]
    if len(operators) != 1 or len(inputs) != 1 or len(expected) != 1:
        raise UnsupportedError("the program is not one operator with one input and one result")
    name = stated.function
    entry = activations[name] if name else entry_of(operators[0], _LIBRARY)
    tolerance = stated.tolerance or _tolerance(functions["main"])
    yield one_test(str(file), entry, inputs[0], expected[0], stated.parameters, tolerance=tolerance)


def _functions(text: str) -> dict[str, str]:
    """Return the text of each function by its name, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    parts = _FUNCTION.split("\n".join(lines))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _constants(file: Path, functions: dict[str, str], *begins: str) -> list[NDArray[Any]]:
    names = [name for name in functions if name.startswith(begins)]
    if not names:
        raise UnsupportedError(f"is no test of StableHLO: it has no function @{begins[0]}")
    return [_array(file, *found) for name in names for found in _CONSTANT.findall(functions[name])]


def _array(file: Path, kind: str, body: str, declared: str) -> NDArray[Any]:
    """Return a constant: bytes in hexadecimal digits, numbers, or one number for all."""
    if kind:
        raise UnsupportedError(f"its constants stand in a dense{kind} apart from the program")
    *sizes, word = declared.strip().split("x")
    if word not in _TYPES:
        raise UnsupportedError(f"its numbers are {word}")
    fmt, shape = FORMATS[_TYPES[word]], tuple(map(int, sizes))
    count = math.prod(shape)
    if body.startswith('"0x'):
        try:
            content = bytes.fromhex(body.strip('"')[2:])
        except ValueError as error:
            raise AuditError(f"{file}: a constant is damaged: {error}") from error
        if len(content) not in (count * fmt.width // 8, fmt.width // 8):
            raise AuditError(
                f"{file}: a constant has {len(content)} bytes for {count} numbers of {fmt.name}"
            )
        order = fmt.bits.newbyteorder("<")
        flat = fmt.from_bits(np.frombuffer(content, dtype=order))
    else:
        words = _NUMBER.findall(body)
        if re.sub(_NUMBER, "", body).strip("[], \n"):
            raise AuditError(f"{file}: a constant is damaged: {body[:40]!r} are no numbers")
        flat = np.array([_number(one, fmt) for one in words]).astype(fmt.dtype)
    if flat.size not in (1, count):
        raise AuditError(f"{file}: a constant has {flat.size} numbers for the shape {shape}")
    return np.broadcast_to(flat, (count,)).reshape(shape)


def _number(word: str, fmt: Any) -> float:
    """Read a number; in hexadecimal digits it is a bit pattern."""
    if "0x" in word:
        return float(fmt.from_bits(np.array([int(word, 16)]))[0])
    return float(word)


def _tolerance(main: str) -> Tolerance | None:
    """Return the tolerance that a comparison states; none where its own default is meant."""
    found = _CHECK.search(main)
    if found is None:
        return None
    if found[1] == "eq":
        return Tolerance()
    ulp = re.search(r"max_ulp_difference\s*=\s*(\d+)", found[2])
    wide = re.search(r"tolerance\s*=\s*([\d.eE+-]+)", found[2])
    if ulp:
        return Tolerance(ulp=float(ulp[1]))
    return Tolerance(atol=float(wide[1])) if wide else None
