"""What a trainer returned, held to its form: a number, and an array for each parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step

from .problem import names

__all__ = ["BadStepError", "checked", "other_dtypes"]


class BadStepError(TypeError):
    """A trainer returned something of the wrong type, number or shape.

    Parameters
    ----------
    step : int
        From 1.
    what : str
        What it was, such as "gradient of the bias of layer 2".
    message : str
        What was expected, and what came back.
    """

    def __init__(self, step: int, what: str, message: str) -> None:
        super().__init__(f"step {step}: {what}: {message}")
        self.step, self.what = step, what


def checked(step: Any, problem: Problem, count: int) -> Step:
    """Return what a trainer returned for a step, if it has the form of a `Step`.

    Parameters
    ----------
    step : object
        What it returned.
    problem : Problem
        With the shapes.
    count : int
        Which step it was.

    Raises
    ------
    BadStepError
        If it has not.
    """
    if not all(hasattr(step, name) for name in ("loss", "gradient", "parameters")):
        raise BadStepError(count, "step", f"expected a Step, got {type(step).__name__}")
    gradient = step.gradient
    if gradient is not None:
        gradient = _arrays(gradient, problem, count, "gradient of the ")
    parameters = _arrays(step.parameters, problem, count, "")
    return Step(_number(step.loss, count), gradient, parameters)


def other_dtypes(step: Step, problem: Problem) -> list[str]:
    """Return the dtypes of arrays that are not of the problem's."""
    arrays = [*step.parameters, *(step.gradient or ())]
    return sorted({part.dtype.name for part in arrays} - {problem.dtype.name})


def _number(loss: Any, count: int) -> float:
    try:
        array = np.asarray(loss)
        if array.shape == () and array.dtype.kind in "fiu":
            return float(array)
    except Exception:  # of whatever class: it is an object of the backend's
        array = np.empty(0)
    said = f"shape {array.shape}" if array.dtype.kind in "fiu" else type(loss).__name__
    raise BadStepError(count, "loss", f"expected a number, got {said}")


def _arrays(values: Any, problem: Problem, count: int, prefix: str) -> list[NDArray[Any]]:
    titles = names(problem)
    if not isinstance(values, (list, tuple)) or len(values) != len(titles):
        size = f"{len(values)} of them" if isinstance(values, (list, tuple)) else "none"
        what = "gradient" if prefix else "parameters"
        raise BadStepError(count, what, f"expected a list of {len(titles)} arrays, got {size}")
    for title, start, value in zip(titles, problem.start, values, strict=True):
        what = f"{prefix}{title}"
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            name = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
            raise BadStepError(count, what, f"expected an ndarray of {start.dtype}, got {name}")
        if value.shape != start.shape:
            raise BadStepError(count, what, f"expected the shape {start.shape}, got {value.shape}")
    # A copy: a trainer may return the arrays that it goes on to write to.
    return [value.copy() for value in values]
