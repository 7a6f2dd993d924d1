"""How a few inputs are asked of a backend: the call of a part, and arrays of any length for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..expected import inputs
from ..expected.defaults import defaults
from ..formats import Format

__all__ = ["Ask", "asker", "ordinary", "upstream_of"]

Array = NDArray[Any]
#: From inputs and, for a derivative, the upstream gradient, to results.
Ask = Callable[[Array, Array], Array]
# Of a function of a row, in elements.
_ROW = 8


def asker(adapter: Adapter, entry: Activation, part: Part) -> Ask:
    """Return what asks for a value or a derivative; for a value the upstream is not looked at."""
    if part == "value":
        return lambda x, upstream: adapter.value(entry, x, defaults(entry))
    return lambda x, upstream: adapter.gradient(entry, x, upstream, defaults(entry))


def ordinary(entry: Activation, fmt: Format, count: int, start: int = 0) -> Array:
    """Return ordinary numbers, about so many, in rows where the entry takes rows; writable."""
    spread = (8 * inputs.weyl(count, start=start) - 4).astype(fmt.dtype)
    if entry.shape == "elementwise":
        return spread
    return np.resize(spread, (-(-count // _ROW), _ROW))


def upstream_of(entry: Activation, x: Array) -> Array:
    """Return an upstream gradient for inputs: numbers about 1, other ones from place to place."""
    shape = x.shape[:-1] if entry.shape == "reduction" else x.shape
    size = int(np.prod(shape))
    return (0.5 + inputs.weyl(size, start=7)).reshape(shape).astype(x.dtype)
