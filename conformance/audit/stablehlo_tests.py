"""StableHLO's test data: MLIR that compares the results of one operator with constants.

Two styles are read: a program whose ``@main`` calls ``@inputs`` (or ``@samples``) and
``@expected``, as those that tests of JAX became, and functions that compare with a constant of
their own, as the tests of the interpreter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import activations

from ..formats import FORMATS, Format
from ..results.audit import Tolerance
from .onetest import AuditError, OneTest, UnsupportedError, entry_of, one_test
from .stated import Stated

__all__ = ["stablehlo_tests"]

_LIBRARY = "stablehlo"
_TYPES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}
_FUNCTION = re.compile(r"^\s*func\.func\s+(?:public\s+|private\s+)?@(\w+)", re.MULTILINE)
# Of complex numbers the type has brackets of its own.
_DENSE = r"dense(\w*)<(.*?)>\s*:\s*tensor<((?:[^<>]|<[^<>]*>)*)>"
_CONSTANT = re.compile(rf"constant\s+{_DENSE}", re.DOTALL)
_COMPARED = re.compile(rf"check\.expect_(\w+?)_const\s+%\w+,\s*{_DENSE}(.*)", re.DOTALL)
_OPERATOR = re.compile(r"=\s*\"?(?:stablehlo|chlo)\.(\w+)\"?[ (]")
_CHECK = re.compile(r"check\.(?:expect_)?(\w+)(.*)")
# What is said of a program beside what it computes.
_AROUND = {"constant", "custom_call"}
_NUMBER = re.compile(r"[-+]?(?:0x[0-9A-Fa-f]+|[\d.]+(?:[eE][-+]?\d+)?)")
#: What the checks of StableHLO compare with where nothing else is stated.
_USUAL = {"eq": Tolerance(), "close": Tolerance(ulp=3), "almost_eq": Tolerance(atol=1e-4)}


class _Dense(NamedTuple):
    """A constant as it is written: the kind of ``dense``, its body, and its type."""

    kind: str
    body: str
    type: str


def stablehlo_tests(file: Path, stated: Stated) -> Iterator[OneTest | tuple[str, UnsupportedError]]:
    """Yield the tests of a file; of a function that is no test of an entry, why.

    Raises
    ------
    AuditError
        If its constants are damaged.
    UnsupportedError
        If it is no test of StableHLO.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuditError(f"{file}: no text of MLIR: {error}") from error
    functions = _functions(text)
    if not functions:
        raise UnsupportedError("is no test of StableHLO: it has no function")
    if "main" in functions:
        yield _of_program(file, functions, stated)
        return
    for name, body in functions.items():
        place = f"{file} [{name}]"
        try:
            yield _of_function(place, body, stated)
        except UnsupportedError as error:
            yield place, error


def _of_program(file: Path, functions: dict[str, str], stated: Stated) -> OneTest:
    """Return the test of a program with functions for inputs and expected results."""
    main = functions["main"]
    sides = [
        [
            _Dense(*found)
            for name, body in functions.items()
            if name.startswith(begins)
            for found in _CONSTANT.findall(body)
        ]
        for begins in (("inputs", "samples"), ("expected",))
    ]
    if [len(side) for side in sides] != [1, 1]:
        raise UnsupportedError("the program has not one constant of inputs and one of results")
    found = _CHECK.search(main)
    tolerance = _tolerance(found[1], found[2]) if found else None
    (x,), (expected,) = sides
    return _test(str(file), main, x, expected, tolerance, stated)


def _of_function(place: str, body: str, stated: Stated) -> OneTest:
    """Return the test of a function that compares with a constant."""
    constants, compared = _CONSTANT.findall(body), _COMPARED.search(body)
    if len(constants) != 1 or not compared:
        raise UnsupportedError("the function is not one constant, an operator and a comparison")
    name, *expected, rest = compared.groups()
    tolerance = _tolerance(name, rest)
    return _test(place, body, _Dense(*constants[0]), _Dense(*expected), tolerance, stated)


def _test(
    place: str,
    program: str,
    x: _Dense,
    expected: _Dense,
    tolerance: Tolerance | None,
    stated: Stated,
) -> OneTest:
    operators = [name for name in _OPERATOR.findall(program) if name not in _AROUND]
    if len(operators) != 1:
        raise UnsupportedError("the program is not one operator")
    name = stated.function
    entry = activations[name] if name else entry_of(operators[0], _LIBRARY)
    return one_test(
        place, entry, _array(place, x), _array(place, expected), stated.parameters,
        tolerance=stated.tolerance or tolerance,
    )  # fmt: skip


def _functions(text: str) -> dict[str, str]:
    """Return the text of each function by its name, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    parts = _FUNCTION.split("\n".join(lines))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _array(place: str, told: _Dense) -> NDArray[Any]:
    """Return a constant: bytes in hexadecimal digits, numbers, or one number for all."""
    if told.kind:
        raise UnsupportedError(f"its constants stand in a dense{told.kind} apart from the program")
    *sizes, word = told.type.replace(" ", "").split("x")
    if word not in _TYPES or not all(size.isdigit() for size in sizes):
        raise UnsupportedError(f"its numbers are tensor<{told.type}>")
    fmt, shape = FORMATS[_TYPES[word]], tuple(map(int, sizes))
    count, body = math.prod(shape), told.body
    if body.startswith('"0x'):
        flat = _from_bytes(place, body.strip('"')[2:], count, fmt)
    else:
        if re.sub(_NUMBER, "", body).strip("[], \n"):
            raise AuditError(f"{place}: a constant is damaged: {body[:40]!r} are no numbers")
        flat = np.array([_number(one, fmt) for one in _NUMBER.findall(body)]).astype(fmt.dtype)
    if flat.size not in (1, count):
        raise AuditError(f"{place}: a constant has {flat.size} numbers for the shape {shape}")
    return np.broadcast_to(flat, (count,)).reshape(shape)


def _from_bytes(place: str, digits: str, count: int, fmt: Format) -> NDArray[Any]:
    try:
        content = bytes.fromhex(digits)
    except ValueError as error:
        raise AuditError(f"{place}: a constant is damaged: {error}") from error
    if len(content) not in (count * fmt.width // 8, fmt.width // 8):
        raise AuditError(
            f"{place}: a constant has {len(content)} bytes for {count} numbers of {fmt.name}"
        )
    return fmt.from_bits(np.frombuffer(content, dtype=fmt.bits.newbyteorder("<")))


def _number(word: str, fmt: Format) -> float:
    """Read a number; in hexadecimal digits it is a bit pattern."""
    if "0x" in word:
        return float(fmt.from_bits(np.array([int(word, 16)]))[0])
    return float(word)


def _tolerance(check: str, stated: str) -> Tolerance | None:
    """Return the tolerance of a comparison; none if it is not known."""
    if ulp := re.search(r"max_ulp_difference\s*=\s*(\d+)", stated):
        return Tolerance(ulp=float(ulp[1]))
    if wide := re.search(r"\btolerance\s*=\s*([\d.eE+-]+)", stated):
        return Tolerance(atol=float(wide[1]))
    return _USUAL.get(check)
