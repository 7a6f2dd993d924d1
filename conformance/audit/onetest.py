"""A test that others wrote: inputs, expected values, the function they are of, a tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part, UnknownNameError, activations, holds
from actinit.spec.names import all_names, meanings

from ..expected.defaults import defaults
from ..formats import FORMATS, Format, formats_of
from ..results.audit import Tolerance

__all__ = ["AuditError", "OneTest", "UnsupportedError", "entry_of", "one_test"]

Array = NDArray[Any]


class AuditError(ValueError):
    """A file that is damaged, or no such file, or that lacks what was asked of it."""


class UnsupportedError(ValueError):
    """A test that is whole, but not of one function of the spec."""


@dataclass(frozen=True)
class OneTest:
    """Expected values of a function of the spec.

    Attributes
    ----------
    place : str
        The file, and what in it.
    entry : Activation
        The function.
    x, expected : ndarray
        Of one format. For a function of rows each row is the last dimension of `x`.
    parameters : mapping of str to float
        A value for each parameter of the entry.
    part : {"value", "derivative"}
        What is expected of it.
    tolerance : Tolerance, optional
        The test's own, if it is known.
    """

    place: str
    entry: Activation
    x: Array
    expected: Array
    parameters: Mapping[str, float] = field(default_factory=dict)
    part: Part = "value"
    tolerance: Tolerance | None = None

    @property
    def format(self) -> Format:
        """The format of the numbers."""
        return FORMATS[self.expected.dtype.name]


def one_test(
    place: str,
    entry: Activation,
    x: Any,
    expected: Any,
    parameters: Mapping[str, float],
    *,
    part: Part = "value",
    axis: int = -1,
    tolerance: Tolerance | None = None,
) -> OneTest:
    """Return a test, its arrays held to each other and to the entry.

    Parameters
    ----------
    place, entry, x, expected, parameters, part, tolerance
        As in `OneTest`; parameters that are left out are at the entry's defaults.
    axis : int, optional
        Along which the rows lie.

    Raises
    ------
    AuditError
        If the arrays do not suit each other.
    UnsupportedError
        If there are no exact values of such numbers.
    UnknownNameError
        If the entry has no such parameter.
    """
    inputs, results = np.asarray(x), np.asarray(expected)
    for name in parameters:
        if name not in entry.parameters:
            raise UnknownNameError(f"parameter of {entry.name}", name, entry.parameters)
    chosen = {**defaults(entry), **parameters}
    for name, parameter in entry.parameters.items():
        if not holds(parameter.domain, chosen):
            raise UnsupportedError(
                f"{name} = {chosen[name]:g} is outside its domain, {parameter.domain.text}"
            )
    for array in (inputs, results):
        if array.dtype.name not in formats_of(entry):
            raise UnsupportedError(f"{entry.name} has no exact values in {array.dtype}")
    if inputs.dtype != results.dtype:
        raise UnsupportedError(f"the inputs are {inputs.dtype}, the results {results.dtype}")
    if not results.size:
        raise AuditError(f"{place}: there are no expected values")
    if entry.shape != "elementwise":
        if part != "value":
            raise UnsupportedError(f"the derivative of {entry.name} is a matrix")
        if not inputs.ndim or not -inputs.ndim <= axis < inputs.ndim:
            raise AuditError(f"{place}: an array of shape {inputs.shape} has no axis {axis}")
        inputs = np.moveaxis(inputs, axis, -1)
        if entry.shape == "row" and results.ndim == inputs.ndim:
            results = np.moveaxis(results, axis, -1)
    due = inputs.shape[:-1] if entry.shape == "reduction" else inputs.shape
    if results.shape != due:
        raise AuditError(
            f"{place}: there are results of shape {results.shape} for inputs of {inputs.shape}"
        )
    return OneTest(place, entry, inputs, results, chosen, part, tolerance)


def entry_of(operator: str, library: str) -> Activation:
    """Return the entry that a library's operator is, by its own name or what the library calls it.

    Raises
    ------
    UnsupportedError
        If it is none, or only what another library calls so.
    """
    for meaning in meanings(f"{library}.{operator}", activations.values()):
        if not meaning.by or library in meaning.by or operator == meaning.entry.name:
            return meaning.entry
    names = all_names(activations.values())
    raise UnsupportedError(str(UnknownNameError("activation", operator, names)))
