"""Expected values in tables: ``.csv``, ``.npz`` and ``.npy``, with a mapping of their columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, UnknownNameError, activations

from ..formats import FORMATS
from .onetest import AuditError, OneTest, one_test
from .stated import Stated

__all__ = ["csv_tests", "npy_tests", "npz_tests"]

Array = NDArray[Any]
# What each column is usually called.
_USUAL = {"x": ("x", "input", "inputs"), "expected": ("expected", "y", "output", "outputs")}


def csv_tests(file: Path, stated: Stated) -> Iterator[OneTest]:
    """Yield the test of a table of numbers: one, or one for each function that a column names."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row and not row[0].startswith("#")]
    except (UnicodeDecodeError, csv.Error) as error:
        raise AuditError(f"{file}: no table of text: {error}") from error
    if len(rows) < 2:
        what = "is empty" if not rows else "has a line of names and no numbers"
        raise AuditError(f"{file}: {what}; expected a line of names, then numbers")
    names = [name.strip() for name in rows[0]]
    at = {role: names.index(_column(file, role, names, stated)) for role in _USUAL}
    if "function" in stated.columns:
        at["function"] = names.index(_column(file, "function", names, stated))
    by_function: dict[str, list[tuple[float, float]]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise AuditError(
                f"{file}: row {number} has {len(row)} cells, the names are {len(names)}"
            )
        function = row[at["function"]].strip() if "function" in at else stated.function
        pair = tuple(_number(file, number, row[at[role]]) for role in _USUAL)
        by_function.setdefault(function, []).append((pair[0], pair[1]))
    dtype = _format(stated.format)
    for function, pairs in by_function.items():
        entry = _entry(file, function)
        x, expected = np.array(pairs, dtype=np.float64).T
        if entry.shape != "elementwise":
            raise AuditError(f"{file}: {entry.name} takes rows; a table of numbers has none")
        place = f"{file} [{function}]" if "function" in at else str(file)
        yield _test(place, entry, _rounded(x, dtype), _rounded(expected, dtype), stated)


def npz_tests(file: Path, stated: Stated) -> Iterator[OneTest]:
    """Yield the test of two arrays of an archive."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, BadZipFile, EOFError, KeyError) as error:
        raise AuditError(f"{file}: damaged, or no .npz of numbers: {error}") from error
    x, expected = (arrays[_column(file, role, arrays, stated)] for role in _USUAL)
    yield _test(str(file), _entry(file, stated.function), x, expected, stated)


def npy_tests(file: Path, stated: Stated) -> Iterator[OneTest]:
    """Yield the test of two arrays in files of their own."""
    inputs = stated.columns.get("x", "")
    if not inputs:
        raise AuditError(f"{file}: holds expected values; --map x=FILE.npy names their inputs")
    x, expected = _npy(Path(inputs)), _npy(file)
    yield _test(str(file), _entry(file, stated.function), x, expected, stated)


def _test(place: str, entry: Activation, x: Array, expected: Array, stated: Stated) -> OneTest:
    return one_test(
        place, entry, x, expected, stated.parameters, part=stated.part, tolerance=stated.tolerance
    )


def _npy(file: Path) -> Array:
    try:
        with file.open("rb") as stream:
            return np.asarray(np.load(stream, allow_pickle=False))
    except FileNotFoundError as error:
        raise AuditError(f"{file}: there is no such file") from error
    except (OSError, ValueError, EOFError) as error:
        raise AuditError(f"{file}: damaged, or no .npy of numbers: {error}") from error


def _column(file: Path, role: str, names: Mapping[str, Any] | list[str], stated: Stated) -> str:
    """Return the name of the column that has a role; raise if it is not there."""
    if role in stated.columns:
        if (wanted := stated.columns[role]) not in names:
            raise AuditError(f"{file}: {UnknownNameError('column', wanted, names)}")
        return wanted
    found = [name for name in _USUAL[role] if name in names]
    if len(found) == 1:
        return found[0]
    what = "there are several" if found else "there is none"
    raise AuditError(
        f"{file}: which column is {role}? {what} of {', '.join(_USUAL[role])}; "
        f"say --map {role}=NAME, of {', '.join(names)}"
    )


def _entry(file: Path, function: str) -> Activation:
    if not function:
        raise AuditError(f"{file}: does not say of which function it is; say --function NAME")
    return activations[function]


def _format(name: str) -> np.dtype[Any]:
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS)
    return FORMATS[name].dtype


def _rounded(values: NDArray[np.float64], dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):  # a number beyond the format is infinite there
        return values.astype(dtype)


def _number(file: Path, row: int, text: str) -> float:
    """Read a number in decimal digits, or in C's hexadecimal ones."""
    word = text.strip()
    try:
        return float.fromhex(word) if "0x" in word.lower() else float(word)
    except (ValueError, OverflowError):
        raise AuditError(f"{file}: row {row}: {text!r} is no number") from None
