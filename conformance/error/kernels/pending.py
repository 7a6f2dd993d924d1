"""Room for the results that wait for their budgets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pending"]


class Pending(NamedTuple):
    """Room for what needs its full budget to be judged: indices into the inputs, and ulps."""

    errors: NDArray[np.int64]
    error_size: NDArray[np.float64]
    steps: NDArray[np.int64]  #: The second, in the order of the arrays, of two that go back.
    step_size: NDArray[np.float64]

    @classmethod
    def room(cls, size: int) -> Pending:
        """Return room for so many inputs."""
        return cls(
            np.empty(size, dtype=np.int64), np.empty(size),
            np.empty(size, dtype=np.int64), np.empty(size),
        )  # fmt: skip
